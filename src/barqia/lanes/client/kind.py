"""Client newsrooms as a lane kind."""

import json
from collections.abc import Callable, Mapping

from barqia.delivery.endpoint import Endpoint
from barqia.delivery.lane import (
    Call,
    Calls,
    Challenge,
    CheckLine,
    Inbound,
    Job,
    LaneConfig,
    Malformed,
    Outcome,
    Reply,
    Skip,
    Terms,
)
from barqia.lanes.client import replies
from barqia.lanes.client.body import body_of
from barqia.lanes.client.calls import webhook
from barqia.rendering import AnswerText

# what one client's server is asked for; ours could do more
FASTEST, USUAL = 1000.0, 100.0
PERSON = (100, 20)
CONNECTIONS = 100


class ClientNewsroom:
    """The webhooks of all client newsrooms; what is each one's own lies with the recipient."""

    name = "client"
    settings: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    makes: Mapping[str, Callable[[], str]] = {}
    required = frozenset[str]()
    window_ms: int | None = None
    edits_in_place = False

    def terms(self, settings: Mapping[str, str]) -> Terms:  # noqa: ARG002 - the contract's
        return Terms(FASTEST, USUAL, PERSON, connections=CONNECTIONS, again=replies.again)

    def probe(self, lane: LaneConfig) -> Call | None:  # noqa: ARG002 - the contract's
        return None

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip:  # noqa: ARG002 - the contract's
        if not job.to.address:
            return Skip("no_address")
        if job.done or isinstance(job.content, AnswerText) or job.content.record is None:
            return Skip("nothing_to_do")
        record = job.content.record
        message_id = f"msg_{record.public_id}_{record.release}"
        endpoint = Endpoint.read(job.to.address)
        return Calls((webhook(endpoint, message_id, body_of(job.content, job.act), job.now_ms),))

    def outcome(self, call: Call, reply: Reply) -> Outcome:
        return replies.outcome(call, reply)

    def poll(self, lane: LaneConfig, offset: int) -> Call | None:  # noqa: ARG002 - the contract's
        return None

    def verify(self, lane: LaneConfig, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002 - the contract's
        return False

    def challenge(self, lane: LaneConfig, query: Mapping[str, str]) -> Challenge:  # noqa: ARG002 - the contract's
        return Challenge(405, "client newsrooms are written to, and write nothing")

    def parse(self, lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:  # noqa: ARG002 - the contract's
        raise Malformed("a client newsroom sends nothing")

    def next_offset(self, body: bytes) -> int | None:  # noqa: ARG002 - the contract's
        return None

    def check_calls(self, lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:  # noqa: ARG002 - the contract's
        return ()

    def check_line(self, what: str, lane: LaneConfig, reply: Reply) -> CheckLine:  # noqa: ARG002 - the contract's
        return CheckLine(what, 200 <= reply.status < 300, f"HTTP {reply.status}")


def ping(endpoint: Endpoint, message_id: str, now_ms: int) -> Call:
    """A signed message that says nothing but that the address and the secret fit."""
    body = json.dumps({"type": "ping", "data": {}}, separators=(",", ":")).encode()
    return webhook(endpoint, message_id, body, now_ms)
