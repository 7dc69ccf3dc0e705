"""The language of fault plans: what is not in it is refused with the word that is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from barqia.sandbox.client import Sandbox
from barqia.sandbox.faults.plan import BadPlan, parse, read
from flow.wire import free_port
from sandbox.inside import inside

WRONG: list[tuple[Any, str]] = [
    ([], "a plan is an object with seed, bot, number, api, rules; not []"),
    ({"rules": {}}, "a plan's `rules` are a list"),
    ({"rules": [], "sed": 1}, "a plan knows no `sed`; it has seed, bot, number, api, rules"),
    ({"rules": [], "seed": "x"}, "a plan's `seed` is a whole number, not 'x'"),
    ({"rules": [], "bot": "b", "number": "1"}, "a plan says one of `bot`, `number` and `api`"),
    ({"rules": [], "api": "signal"}, "a plan's `api` is telegram or whatsapp, not 'signal'"),
    ({"rules": [{"what": "cut"}, {"what": "bite"}]}, "rule 2: `what` is 'bite'; every api knows cut, slow"),
    ({"rules": [{"what": 429}]}, "rule 1: `what` is 429; every api knows"),
    ({"bot": "b", "rules": [{"what": 130429}]}, "telegram knows cut"),
    ({"bot": "b", "rules": [{"what": "status_lost"}]}, "rule 1: `what` is 'status_lost'; telegram knows"),
    ({"rules": [{"what": "slow"}]}, "rule 1: slow needs `seconds`"),
    ({"rules": [{"what": "cut", "seconds": 1}]}, "rule 1: cut takes no `seconds`"),
    ({"rules": [{"what": "slow", "seconds": -1}]}, "rule 1: `seconds` is -1; it is a number above 0"),
    ({"rules": [{"what": "cut", "when": {"rate": 3}}]}, "`when.rate` is 3; it is a share above 0, at most 1"),
    ({"rules": [{"what": "cut", "when": {"every": 0}}]}, "`when.every` is 0; it is a whole number from 1"),
    ({"rules": [{"what": "cut", "when": {"calls": [3, 1]}}]}, "`when.calls` is [3, 1]; it is [first, last]"),
    ({"rules": [{"what": "cut", "when": {"calls": [0, 1]}}]}, "calls are counted in whole numbers from 1"),
    ({"rules": [{"what": "cut", "when": {"sometimes": 1}}]}, "rule 1: `when` knows no `sometimes`"),
    ({"bot": "b", "rules": [{"what": "cut", "for": {"op": "sendMesage"}}]}, "`for` names 'sendmesage'; known are"),
    ({"rules": [{"what": "cut", "for": {"to": {}}}]}, "rule 1: `for` has names, one or a list of them"),
    ({"rules": [{"what": "status_lost", "for": {"op": "x"}}]}, "rule 1: `for` knows no `op`; it has to, status"),
]


@pytest.mark.parametrize(("plan", "words"), WRONG)
def test_a_wrong_plan_is_refused_with_the_word_that_is_wrong(plan: Any, words: str) -> None:
    with pytest.raises(BadPlan) as caught:
        parse(plan)
    assert words in str(caught.value)


async def test_the_control_api_says_so_too_and_keeps_the_plan_it_had() -> None:
    async with inside() as api:
        await api.control("faults", {"rules": [{"what": "cut"}]})
        async with api.client.post("/sandbox/faults", json={"rules": [{"what": "bite"}]}) as answer:
            assert (answer.status, "rule 1: `what` is 'bite'" in await answer.text()) == (400, True)
        async with api.client.get("/sandbox/faults") as answer:
            assert [plan["rules"] for plan in await answer.json()] == [[{"what": "cut"}]]


def test_a_plan_is_read_from_json_and_from_a_file(tmp_path: Path) -> None:
    plans = [{"bot": "a", "rules": []}, {"number": "1", "rules": [{"what": 131056}]}]
    file = tmp_path / "plans.json"
    file.write_text(json.dumps(plans), "utf-8")
    assert read(json.dumps(plans)) == read(str(file))
    assert [(plan.api, plan.account) for plan in read(str(file))] == [("telegram", "a"), ("whatsapp", "1")]
    with pytest.raises(BadPlan, match="a fault plan is JSON"):
        read("{bot: a}")


def test_the_sandbox_starts_with_a_plan_or_says_why_not(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "barqia.sandbox", "--port", str(port := free_port()), "--faults"]
    wrong = subprocess.run([*command, '{"rules": 1}'], capture_output=True, text=True, timeout=30, check=False)
    assert (wrong.returncode, wrong.stderr) == (2, "a plan's `rules` are a list\n")
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"bot": "b", "rules": [{"what": 500}]}), "utf-8")
    running = subprocess.Popen([*command, str(file), "--die-with-parent"], env=os.environ)
    try:
        sandbox = Sandbox(f"http://127.0.0.1:{port}")
        sandbox.wait_until_up()
        sandbox.add_bot("7654321:plan", "b", "و")
        with pytest.raises(RuntimeError, match=r"500 .*Internal Server Error: restart"):
            sandbox.call("/bot7654321:plan/sendMessage", {"chat_id": 1, "text": "x"})
        assert [plan["met"] for plan in sandbox.faults()] == [[1]]
    finally:
        running.terminate()
        running.wait(10)
