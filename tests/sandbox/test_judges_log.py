"""The log by which a test judges a sender: every call, what came of it, and what the caller heard."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import ClientError

from barqia.sandbox.client import Sandbox
from barqia.sandbox.log import KEPT, RequestLog
from flow.wire import free_port
from sandbox.inside import BOT, NUMBER, USER, inside

LEILA = "+967700000001"


async def test_every_call_is_a_line_and_repeats_and_losses_can_be_counted() -> None:
    async with inside() as api:
        await api.control("phones", {"name": "سامر", "started_bot": BOT})
        troubles = [("reset_after", [1, 1]), ("reset_before", [3, 3])]
        rules = [{"what": what, "when": {"calls": calls}} for what, calls in troubles]
        await api.control("faults", {"bot": BOT, "rules": rules})
        with pytest.raises(ClientError):
            await api.bot("sendMessage", chat_id=USER, text="خبر")
        await api.bot("sendMessage", chat_id=USER, text="خبر")
        with pytest.raises(ClientError):
            await api.bot("sendMessage", chat_id=USER + 1, text="خبر")
        await api.bot("getMe")
        lines = await api.log()
        assert [line["n"] for line in lines] == [1, 2, 3, 4]
        assert [(line["method"], line["accepted"], line["answer"]) for line in lines] == [
            ("sendmessage", True, "none"),
            ("sendmessage", True, "whole"),
            ("sendmessage", False, "none"),
            ("getme", True, "whole"),
        ]
        stands = Counter(line["to"] for line in lines if line["accepted"] and "to" in line)
        assert stands == {str(USER): 2}, "one reader has it twice, the other not at all"
        assert {line["account"] for line in lines} == {BOT}


async def test_a_line_carries_the_attempts_tag_and_its_words_cut() -> None:
    async with inside() as api:
        payload = {"messaging_product": "whatsapp", "to": LEILA, "type": "text", "text": {"body": "خبر" * 1000}}
        _, body = await api.graph({**payload, "biz_opaque_callback_data": "d1:r2"})
        (line,) = await api.log()
        assert (line["account"], line["to"], line["tag"]) == (NUMBER, LEILA[1:], "d1:r2")
        assert line["id"] == body["messages"][0]["id"]
        assert len(json.dumps(line, ensure_ascii=False)) < 1_000
        assert line["params"]["text"]["body"].startswith("خبرخبر")


def test_memory_keeps_the_newest_and_the_file_all(tmp_path: Path) -> None:
    log = RequestLog(tmp_path / "log.jsonl")
    for number in range(KEPT + 100):
        log.write(to=str(number))
    assert json.loads(log.after(0).splitlines()[0])["n"] == 101
    assert len(log.after(KEPT + 90).splitlines()) == 10
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == KEPT + 100
    log.close()


def test_no_line_is_lost_when_the_sandbox_itself_is_killed(tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "log.jsonl"
    running = subprocess.Popen(
        [sys.executable, "-m", "barqia.sandbox", "--port", str(port), "--log", str(file), "--die-with-parent"]
    )
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    try:
        sandbox.wait_until_up()
        sandbox.add_bot("7654321:log", BOT, "و", rate=0, chat_rate=0)
        (phone,) = sandbox.add_phones(1, started_bot=BOT)
        for number in range(20):
            sandbox.call("/bot7654321:log/sendMessage", {"chat_id": phone["telegram_id"], "text": str(number)})
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait(10)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["params"]["text"] for line in lines] == [str(number) for number in range(20)]
