"""The receiver of docs/clients.md takes what is signed, once, and refuses the rest."""

import asyncio
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from barqia.delivery.endpoint import Endpoint, Secret
from barqia.delivery.lane import Call, Reply
from barqia.delivery.transport.http import Answer, Http
from barqia.lanes.client.body import body_of
from barqia.lanes.client.calls import webhook
from barqia.rendering import Act
from lanes.tables.client import ITEM

DOC = (Path(__file__).parents[2] / "docs" / "clients.md").read_text("utf-8")
(RECEIVER,) = re.findall(r"```python\n(.*?)```", DOC, re.DOTALL)
SECRET = Secret(b"k" * 32)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[Endpoint, subprocess.Popen[str]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = tmp_path / "receiver.py"
    program.write_text(RECEIVER, "utf-8")
    command = [sys.executable, "-W", "error", str(program), str(port), SECRET.shown()]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        _until_it_listens(port)
        yield Endpoint("desk", f"http://127.0.0.1:{port}/", (SECRET,), private=True), running
    finally:
        running.kill()
        running.communicate()


def _until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the receiver does not listen")


def _sent(*calls: Call) -> list[int | str]:
    async def all_of_them() -> list[Answer]:
        async with Http(1) as http:
            return [await http.call(call) for call in calls]

    answers = asyncio.run(all_of_them())
    return [answer.status if isinstance(answer, Reply) else answer.code for answer in answers]


def test_what_is_signed_is_taken_once_and_the_rest_refused(
    receiver: tuple[Endpoint, "subprocess.Popen[str]"],
) -> None:
    endpoint, running = receiver
    now = int(time.time() * 1000)
    item = webhook(endpoint, "msg_1", body_of(ITEM, Act.SEND), now)
    kill = webhook(endpoint, "msg_2", body_of(replace(ITEM, note="خطأ"), Act.KILL), now)
    forged = webhook(replace(endpoint, secrets=(Secret(b"o" * 32),)), "msg_3", b"{}", now)
    stale = webhook(endpoint, "msg_4", body_of(ITEM, Act.SEND), now - 3_600_000)
    changed = replace(item, body=item.body.replace(b"usable", b"banned"))
    calls = item, item, forged, stale, changed, kill
    assert _sent(*calls) == [204, 204, 401, 401, 401, 204]
    running.kill()
    lines = (running.stdout.read() if running.stdout else "").splitlines()
    assert [line.split()[0] for line in lines] == ["item.published", "item.killed"]
    assert "عنوان" in lines[0]
    assert " canceled " in lines[1]


def test_a_public_address_is_meant_and_this_machine_is_none(
    receiver: tuple[Endpoint, "subprocess.Popen[str]"],
) -> None:
    endpoint, _running = receiver
    allowed = webhook(endpoint, "msg_1", b'{"type":"ping","data":{}}', int(time.time() * 1000))
    guarded = replace(allowed, public_only=True)
    by_name = replace(guarded, url=guarded.url.replace("127.0.0.1", "localhost"))
    # also over a connection that an earlier call left open, and allowed again after
    assert _sent(guarded, by_name, allowed, guarded, allowed) == [
        "private_address", "private_address", 204, "private_address", 204,
    ]  # fmt: skip
