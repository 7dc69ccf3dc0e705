"""How many messages a second the sandbox takes: a client in this process, the sandbox in another, loopback.

The client writes ready bytes on kept connections and reads no further than the length of the answer, so that the
sandbox is what is measured; statuses go to a webhook of its own. Prints messages/s, and the sandbox's own CPU time
a message (which another load on the machine changes less). `--messages N`, `--connections N`, `--rounds N`; the
rounds of both providers alternate.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from barqia.sandbox.client import Sandbox

TOKEN, BOT, NUMBER, PORT = "7654321:bench-token", "bench_bot", "100200300", 8791
PARAGRAPH = "قال مدير الميناء سامي العامر إن العمل في الرصيف الجديد يبدأ صباح السبت، وإن السفن ترسو فيه بعد شهر."
TEXT = "<b>افتتاح الرصيف الجديد</b>\n\n" + "\n\n".join([PARAGRAPH] * 5) + '\n\n<a href="https://e.org/d/1">التفاصيل</a>'


class Client(asyncio.Protocol):
    """One connection: a request, its answer, the next, until there is none."""

    def __init__(self, requests: Iterator[bytes], counts: dict[bytes, int]) -> None:
        self._requests, self._counts, self._buffer = requests, counts, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        if len(body) >= _length(head):
            self._counts[head[9:12]] = self._counts.get(head[9:12], 0) + 1
            self._buffer = b""
            self._next()


class Hook(asyncio.Protocol):
    """A webhook that takes everything."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(parts := self._buffer.split(b"\r\n\r\n", 1)) == 2 and len(parts[1]) >= _length(parts[0]):
            self._buffer = parts[1][_length(parts[0]) :]
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def _request(path: str, body: dict[str, Any], headers: str = "") -> bytes:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data


def telegram(phones: list[dict[str, Any]], count: int) -> Iterator[bytes]:
    for at in range(count):
        to = phones[at % len(phones)]["telegram_id"]
        yield _request(f"/bot{TOKEN}/sendMessage", {"chat_id": to, "text": TEXT, "parse_mode": "HTML"})


def whatsapp(phones: list[dict[str, Any]], count: int) -> Iterator[bytes]:
    values = [{"type": "text", "text": text} for text in ("افتتاح الرصيف الجديد", "https://e.org/d/1")]
    template = {"name": "news", "language": {"code": "ar"}, "components": [{"type": "body", "parameters": values}]}
    for at in range(count):
        payload = {
            "messaging_product": "whatsapp", "to": "+" + phones[at % len(phones)]["number"], "type": "template",
            "template": template, "biz_opaque_callback_data": f"a{at}",
        }  # fmt: skip
        yield _request(f"/v24.0/{NUMBER}/messages", payload, "Authorization: Bearer access\r\n")


async def _drive(requests: list[bytes], connections: int) -> tuple[float, dict[bytes, int]]:
    """Seconds until all were answered, and how many answers of each status."""
    counts: dict[bytes, int] = {}
    shared = iter(requests)
    loop = asyncio.get_running_loop()
    hook = await loop.create_server(Hook, "127.0.0.1", PORT + 1)
    began = time.monotonic()
    made = [await loop.create_connection(lambda: Client(shared, counts), "127.0.0.1", PORT) for _ in range(connections)]
    await asyncio.gather(*(client.done for _transport, client in made))
    took = time.monotonic() - began
    await asyncio.sleep(2)  # the statuses that follow belong to the message
    hook.close()
    return took, counts


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    log = Path(tempfile.mkdtemp(prefix="barqia-bench-")) / "log.jsonl"
    server = subprocess.Popen(
        [sys.executable, "-m", "barqia.sandbox", "--port", str(PORT), "--log", str(log), "--die-with-parent"]
    )
    try:
        sandbox = Sandbox(f"http://127.0.0.1:{PORT}")
        sandbox.wait_until_up()
        sandbox.add_bot(TOKEN, BOT, "bench", rate=0, chat_rate=0)
        template = {"name": "news", "language": "ar", "body": "خبر جديد: {{1}}\nالتفاصيل: {{2}} — الوكالة"}
        sandbox.add_number(
            phone_number_id=NUMBER, waba_id="9", display="+963944000111", name="bench", access_token="access",
            app_secret="secret", rate=0, pair_seconds=0, templates=[template],
            webhook_url=f"http://127.0.0.1:{PORT + 1}/",
        )  # fmt: skip
        phones = sandbox.add_phones(given.messages, started_bot=BOT, started_number=NUMBER)
        rates: dict[str, list[float]] = {"telegram": [], "whatsapp": []}
        costs: dict[str, list[float]] = {"telegram": [], "whatsapp": []}
        for _round in range(given.rounds):
            for name, make in (("telegram", telegram), ("whatsapp", whatsapp)):
                requests = list(make(phones, given.messages))
                cpu = _cpu_seconds(server.pid)
                took, counts = asyncio.run(_drive(requests, given.connections))
                rates[name].append(given.messages / took)
                costs[name].append((_cpu_seconds(server.pid) - cpu) / given.messages * 1e6)
                assert counts == {b"200": given.messages}, counts
        for name, measured in rates.items():
            print(
                f"{name}: {statistics.median(measured):,.0f} messages/s, "
                f"{statistics.median(costs[name]):,.0f} µs of CPU a message ({given.connections} connections)"
            )
        total = 2 * given.rounds * given.messages
        size = log.stat().st_size / 1e6
        print(f"after {total:,} messages: {_resident_mb(server.pid):,.0f} MB resident, {size:,.0f} MB of log")
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
