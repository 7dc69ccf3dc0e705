"""One connection to NATS: the stream of wake-ups, and JetStream's JSON interface.

The stream only wakes. It keeps one message a subject, in memory, and is made again where it is gone: what is
to be sent is in the database. Replies of the interface are as in NATS's own reference, `error.err_code` included.
"""

import asyncio
import json
import logging
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error

from barqia.delivery.several.address import NatsAddress
from barqia.errors import SetupError

log = logging.getLogger("barqia.delivery")

OLDEST = (2, 11)
CONNECT_SECONDS = 2
# a start waits this long for a server; once there was one, it is waited for without end
FIRST_CONNECT_SECONDS = 6.0
RECONNECT_SECONDS = 0.25
# a server that is silent for so long is left for another one
PING_SECONDS = 1
PINGS_MISSED = 2
API_SECONDS = 5.0
TRIES = 2
SECOND_NS = 1_000_000_000
MESSAGE_LIFE_NS = 60 * SECOND_NS
STREAM_BYTES = 1 << 20
NO_STREAM, NO_CONSUMER = 10059, 10014


@dataclass(frozen=True, slots=True)
class Inbox:
    """`came` is what came to any subject below `prefix`."""

    prefix: str
    came: asyncio.Queue[Msg]
    subscription: Subscription


class BusError(Exception):
    """JetStream refused a request; `code` is its `err_code`, 0 where it gave none."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class NoAnswer(BusError):
    """There is nobody who answers, or nobody yet: a cluster is silent while it elects a leader."""


class Bus:
    """Subjects `<name>.…` of one installation; `name` tells apart those that share a server."""

    def __init__(self, address: NatsAddress, name: str) -> None:
        self._address = address
        self.name = name
        self._nats: Client | None = None
        self._said = ""
        self._leaving = False

    @property
    def connected(self) -> bool:
        return self._nats is not None and bool(self._nats.is_connected)

    @property
    def closed(self) -> bool:
        """Whether the client gave up, and does not connect again by itself."""
        return self._nats is not None and bool(self._nats.is_closed)

    @property
    def version(self) -> str:
        """As the connected server says it, like 2.11.4."""
        assert self._nats is not None
        found = self._nats.connected_server_version
        return f"{found.major}.{found.minor}.{found.patch}"

    async def open(self) -> None:
        """Connect, and make the stream. Raises SetupError for what an operator has to mend."""
        self._nats, self._said, self._leaving = Client(), "", False
        try:
            await asyncio.wait_for(self._nats.connect(**self._options()), FIRST_CONNECT_SECONDS)
            await self._require_jetstream()
            await self.ensure_stream()
        except FileNotFoundError as error:
            await self.close()
            raise SetupError(f"nats_url names a file that is not there: {error.filename}.") from None
        except (OSError, Error, ValueError) as error:
            await self.close()
            said = self._said or str(error) or "no answer"
            where = self._address.shown
            raise SetupError(f"NATS at {where} cannot be used ({said}): start it, or mend nats_url.") from None
        except BaseException:
            await self.close()
            raise

    def _options(self) -> dict[str, Any]:
        address = self._address
        options: dict[str, Any] = {
            "servers": list(address.servers),
            "name": "barqia",
            "connect_timeout": CONNECT_SECONDS,
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": RECONNECT_SECONDS,
            "ping_interval": PING_SECONDS,
            "max_outstanding_pings": PINGS_MISSED,
            "error_cb": self._note,
            "disconnected_cb": self._disconnected,
            "reconnected_cb": _reconnected,
        }
        if address.credentials:
            options["user_credentials"] = str(address.credentials)
        if address.nkey:
            options["nkeys_seed"] = str(address.nkey)
        if address.authority:
            options["tls"] = ssl.create_default_context(cafile=str(address.authority))
        return options

    async def _note(self, error: Exception) -> None:
        """The client tells of every try to connect: kept for `open` to say, for the log once is enough.

        A server that refuses the user says so, or hangs up before it can be heard.
        """
        if "Authorization" not in self._said:
            self._said = str(error).removeprefix("nats: ") or type(error).__name__

    async def _require_jetstream(self) -> None:
        assert self._nats is not None
        found = self._nats.connected_server_version
        if (found.major, found.minor) < OLDEST:
            where = self._address.shown
            raise SetupError(f"NATS at {where} is {self.version}: 2.11 or newer is needed, for pinned consumers.")
        try:
            await self.api("INFO")
        except BusError as error:
            raise SetupError(
                f"NATS at {self._address.shown} has no JetStream for this user ({error}): start it with `-js`, or "
                "allow its use."
            ) from None

    async def ensure_stream(self) -> None:
        """Make the stream where it is not there, with as many replicas as `nats_url` says. Raises SetupError."""
        config = {
            "name": self.name,
            "subjects": [f"{self.name}.>"],
            "storage": "memory",
            "num_replicas": self._address.replicas,
            "max_msgs_per_subject": 1,
            "max_bytes": STREAM_BYTES,
            "max_age": MESSAGE_LIFE_NS,
            "discard": "old",
        }
        try:
            await self._make_stream(config)
        except NoAnswer as error:
            raise SetupError(
                f"JetStream of NATS at {self._address.shown} does not answer ({error}): of a cluster most servers have "
                "to be up."
            ) from None
        except BusError as error:
            raise SetupError(
                f"NATS at {self._address.shown} does not keep a stream on {self._address.replicas} servers ({error}): "
                "write ?replicas=1 or ?replicas=3 in nats_url, as many as there are servers."
            ) from None

    async def _make_stream(self, config: dict[str, Any]) -> None:
        try:
            found = await self._patiently(f"STREAM.INFO.{self.name}")
        except BusError as error:
            if error.code != NO_STREAM:
                raise
            await self.api(f"STREAM.CREATE.{self.name}", config)
        else:
            if found["config"]["num_replicas"] != config["num_replicas"]:
                await self.api(f"STREAM.UPDATE.{self.name}", config)

    async def _patiently(self, verb: str) -> dict[str, Any]:
        """As `api`, asked again while a cluster elects a leader."""
        for _try in range(TRIES):
            with suppress(NoAnswer):
                return await self.api(verb)
        return await self.api(verb)

    async def stream(self) -> dict[str, Any]:
        """JetStream's own words on the stream: `config`, `state`, `cluster`. Raises BusError."""
        return await self.api(f"STREAM.INFO.{self.name}")

    async def api(self, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request to the JSON interface. Raises BusError."""
        assert self._nats is not None
        try:
            reply = await self._nats.request(
                f"$JS.API.{verb}", b"" if body is None else json.dumps(body).encode(), timeout=API_SECONDS
            )
        except (Error, TimeoutError, OSError) as error:
            raise NoAnswer(0, str(error).removeprefix("nats: ") or type(error).__name__) from None
        found: dict[str, Any] = json.loads(reply.data)
        if "error" in found:
            raise BusError(found["error"].get("err_code", 0), found["error"].get("description", "refused"))
        return found

    async def publish(self, subject: str, data: bytes = b"", reply: str = "") -> bool:
        """Without waiting for an answer; False where the connection does not take it now."""
        assert self._nats is not None
        if not self.connected:
            return False
        try:
            await self._nats.publish(subject, data, reply=reply)
        except (Error, OSError):
            return False
        return True

    async def inbox(self) -> "Inbox":
        """Answers to what is asked from here."""
        assert self._nats is not None
        prefix = self._nats.new_inbox()
        came: asyncio.Queue[Msg] = asyncio.Queue()
        return Inbox(prefix, came, await self._nats.subscribe(f"{prefix}.*", cb=came.put))

    async def _disconnected(self) -> None:
        if not self._leaving:
            log.warning("the connection to NATS is lost; lanes are held no longer than a take-over needs")

    async def close(self) -> None:
        self._leaving = True
        if self._nats is not None:
            await self._nats.close()


async def _reconnected() -> None:
    log.info("connected to NATS again")
