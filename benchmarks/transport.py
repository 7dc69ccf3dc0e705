"""The sender's transport beside aiohttp, against one provider on the other core: `transport.py [ROUNDS] [MESSAGES]`.

Plain and TLS (verified), answers after 0 and 60 ms, 100 and 1,000 calls at once; alternating rounds on warm
connections. Prints JSON, then a table: medians of messages a second and of our CPU microseconds a message.
"""

import asyncio
import json
import os
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import aiohttp
import pycurl
import trustme
import uvloop

from barqia.delivery.lane import Call, Reply
from barqia.delivery.transport import exchange, sockets
from barqia.delivery.transport.http import Answer, Http

HEADERS = {"content-type": "application/json"}
BODY = json.dumps({"chat_id": 123456789, "text": "خبر عاجل " * 12, "parse_mode": "HTML"}, ensure_ascii=False).encode()
HANDSHAKES_SECONDS = 30  # a thousand at once, before the measuring
CASES = [(secure, wait, at_once) for secure in (False, True) for wait in (0, 60) for at_once in (100, 1000)]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
        return port


@contextmanager
def provider(milliseconds: int, pem: Path | None) -> Iterator[str]:
    """One in a process of its own: its address."""
    port = _free_port()
    command = [sys.executable, str(Path(__file__).with_name("provider.py")), str(port), str(milliseconds)]
    process = subprocess.Popen([*command, *([str(pem)] if pem else [])], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"http{'s' if pem else ''}://127.0.0.1:{port}/bot1:x/sendMessage"
    finally:
        process.terminate()
        process.communicate()


async def _awaiting(one: Callable[[], Awaitable[None]], messages: int, at_once: int) -> None:
    """`at_once` tasks that share the messages."""
    left = messages

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await one()

    await asyncio.gather(*(worker() for _ in range(at_once)))


async def _timed(work: Callable[[int], Awaitable[None]], messages: int, at_once: int) -> tuple[float, float]:
    """Messages a second, CPU microseconds a message."""
    await work(at_once)
    wall, cpu = time.perf_counter(), time.process_time()
    await work(messages)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return messages / wall, cpu / messages * 1e6


async def with_aiohttp(url: str, messages: int, at_once: int) -> tuple[float, float]:
    """As this project used it: bounded body, deadlines, no redirects, no cookies."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=at_once, keepalive_timeout=10, ssl=ssl.create_default_context()),
        timeout=aiohttp.ClientTimeout(total=60, sock_connect=HANDSHAKES_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
    )

    async def one() -> None:
        async with session.post(url, data=BODY, headers=HEADERS, allow_redirects=False) as answer:
            body = await answer.content.read(1 << 20)
            while not answer.content.at_eof():
                body += await answer.content.read(1 << 20)
            reply = Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, body)
            assert reply.status == 200

    async with session:
        return await _timed(lambda count: _awaiting(one, count, at_once), messages, at_once)


async def with_call(url: str, messages: int, at_once: int) -> tuple[float, float]:
    call = Call(0, "send", "POST", url, HEADERS, BODY)
    async with Http(at_once) as http:

        async def one() -> None:
            assert isinstance(await http.call(call), Reply)

        return await _timed(lambda count: _awaiting(one, count, at_once), messages, at_once)


async def with_start(url: str, messages: int, at_once: int) -> tuple[float, float]:
    call = Call(0, "send", "POST", url, HEADERS, BODY)
    async with Http(at_once) as http:

        async def work(count: int) -> None:
            begun = answered = 0
            over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

            def done(answer: Answer) -> None:
                nonlocal begun, answered
                answered += 1
                if not isinstance(answer, Reply):
                    over.set_exception(RuntimeError(answer.code))
                elif begun < count:
                    begun += 1
                    http.start(call, done)
                elif answered == count:
                    over.set_result(None)

            begun = min(at_once, count)
            for _ in range(begun):
                http.start(call, done)
            await over

        return await _timed(work, messages, at_once)


async def with_watchers(url: str, messages: int, at_once: int) -> tuple[float, float]:
    """`start`, each socket watched by the loop, as where there is no epoll."""
    with patch.object(sockets, "sockets", sockets.LoopSockets):
        return await with_start(url, messages, at_once)


WAYS = {
    "aiohttp": with_aiohttp,
    "libcurl, watchers": with_watchers,
    "libcurl, call": with_call,
    "libcurl, start": with_start,
}


def main(rounds: int, messages: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="barqia-bench-"))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authorities.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "provider.pem"))
    os.environ["SSL_CERT_FILE"] = str(folder / "authorities.pem")
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {0})
    exchange.OPTIONS[pycurl.CONNECTTIMEOUT_MS] = HANDSHAKES_SECONDS * 1000
    found = []
    for secure, wait, at_once in CASES:
        with provider(wait, folder / "provider.pem" if secure else None) as url:
            runs: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
            for number in range(rounds):
                for name in list(WAYS)[:: 1 if number % 2 else -1]:
                    runs[name].append(uvloop.run(WAYS[name](url, messages, at_once)))
        medians = {name: [round(statistics.median(kind)) for kind in zip(*runs[name], strict=True)] for name in WAYS}
        print(secure, wait, at_once, medians, file=sys.stderr, flush=True)
        found.append({"tls": secure, "answer_ms": wait, "at_once": at_once, "rate_and_cpu_us": medians})
    print(json.dumps({"rounds": rounds, "messages": messages, "cases": found}))
    print(f"\n| | {' | '.join(f'{name}: a second, CPU µs' for name in WAYS)} |\n|---|{'---|' * len(WAYS)}")
    for case, medians in ((case, case["rate_and_cpu_us"]) for case in found):
        figures = " | ".join(f"{rate:,}, {cpu}" for rate, cpu in medians.values())  # type: ignore[attr-defined]
        print(
            f"| {'TLS' if case['tls'] else 'plain'}, {case['answer_ms']} ms, {case['at_once']:,} at once | {figures} |"
        )


if __name__ == "__main__":
    main(*(int(given) for given in (*sys.argv[1:], *("5", "4000")[len(sys.argv) - 1 :])))
