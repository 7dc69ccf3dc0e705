"""Providers misbehave: throttling postpones, a lost answer is unknown, a blocked reader is one reader."""

import os
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from flow.wire import BARQIA, BOT, Wire, heeds_ctrl_c, wait_until, wire

MARK = "سوق الوادي"
TEXT = f"افتتاح {MARK}\n\nوادي الزيزفون-برقية\nقال مدير السوق سامي العامر إن {MARK} مفتوح.\n"


def _seen(made: Wire) -> Counter[str]:
    return Counter(address for address, method, words in made.acts() if MARK in words and method == "sendmessage")


@pytest.mark.faults
@pytest.mark.timeout(120)
def test_every_fault_is_accounted_for(tmp_path: Path) -> None:
    with wire(tmp_path, telegram_rate=200) as made:
        phones = made.sandbox.add_phones(120, started_bot=BOT)
        made.subscribe(phones, [])
        for phone in phones[:3]:
            made.sandbox.deactivate(phone["id"])
        troubles: list[tuple[int | str, list[int]]] = [
            (429, [1, 1]),
            (500, [2, 5]),
            (502, [6, 6]),
            ("reset_after", [7, 8]),
        ]
        rules = [{"what": what, "when": {"calls": calls}, "for": {"op": "sendMessage"}} for what, calls in troubles]
        made.sandbox.set_faults({**rules[0], "seconds": 1}, *rules[1:], bot=BOT)
        out = made.barqia("publish", str(_file(made)), "--section", "politics", "--wait")
        assert "adds up" in out, "publish --wait sends by itself where no sender runs"
        states = made.delivery_states()
        counts, seen = Counter(states.values()), _seen(made)
        # a 500 is an answer too, and says of a new message neither yes nor no
        assert counts == {"delivered": 110, "failed": 3, "unknown": 7}, counts
        for address, state in states.items():
            assert seen[address] == 1 if state == "delivered" else seen[address] <= 1
        assert sum(seen[address] for address, state in states.items() if state == "unknown") == 2
        reasons = made.rows("SELECT status, status_reason, count(*) FROM subscribers_recipient GROUP BY 1, 2")
        assert set(reasons) == {("active", "", 117), ("blocked", "deactivated", 3)}, (
            "who is gone is unsubscribed, with the reason"
        )
        throttled = made.rows("SELECT min(ended_ms) FROM delivery_attempt WHERE outcome='throttled'")[0][0]
        next_start = made.rows("SELECT min(started_ms) FROM delivery_attempt WHERE started_ms>?", throttled + 150)[0][0]
        assert next_start - throttled >= 950, "retry_after is obeyed by the whole lane"


@pytest.mark.faults
@pytest.mark.timeout(120)
def test_a_lane_with_a_wrong_token_stops_and_says_so_and_others_go_on(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        made.environment["BARQIA_LANE_TOKEN"] = "7654321:revoked"
        made.barqia("lane", "add", "bad", "--kind", "telegram", "--set", f"api_base={made.provider}")
        phones = made.sandbox.add_phones(20, started_bot=BOT)
        made.subscribe(phones[:10], [])
        readers = made.data / "bad.csv"
        rows = [f"bad,{phone['telegram_id']},,flow test" for phone in phones[10:]]
        readers.write_text("\n".join(["lane,address,sections,consent_source", *rows, ""]), "utf-8")
        made.barqia("subscribers", "import", str(readers))
        out = made.barqia("publish", str(_file(made)), "--section", "politics", "--wait", status=5)
        assert "Lane bad stopped (identity: Unauthorized), 10 wait" in out
        states = made.states()
        assert (states.pop("delivered"), sum(states.values())) == (10, 10), "and nobody of the stopped lane has failed"
        assert "BAD bot: 401: Unauthorized" in made.barqia("lane", "check", "bad", status=5)
        assert "10 waiting deliveries were skipped" in made.barqia("lane", "off", "bad")
        assert made.finished()


@pytest.mark.faults
@pytest.mark.timeout(120)
def test_a_token_revoked_in_mid_mailing_stops_its_lane_and_no_other(tmp_path: Path) -> None:
    with wire(tmp_path, telegram_rate=30) as made:
        made.subscribe(made.sandbox.add_phones(90, started_bot=BOT), made.sandbox.add_phones(40))
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        made.publish(TEXT)
        wait_until(lambda: made.states().get("delivered", 0) > 10, 30, "the first readers")
        made.sandbox.revoke(BOT)
        alert = "SELECT alert FROM subscribers_lane WHERE name='telegram'"
        wait_until(lambda: made.rows(alert)[0][0] == "identity: Unauthorized", 20, "the lane to say so")
        lane = "SELECT count(*) FROM delivery_delivery d JOIN subscribers_lane l ON l.id=d.lane_id WHERE l.name=?"
        out = f"{lane} AND d.state IN ('handed', 'delivered', 'read')"
        wait_until(lambda: made.rows(out, "whatsapp") == [(40,)], 30, "the other lane")
        waiting = made.rows(f"{lane} AND d.state IN ('planned', 'claimed')", "telegram")[0][0]
        assert waiting + made.rows(out, "telegram")[0][0] == 90, "nobody of it has failed, and none is unknown"
        assert waiting
        made.sandbox.revoke(BOT, revoked=False)
        made.barqia("lane", "resume", "telegram")
        wait_until(made.finished, 40, "the rest")
        assert made.rows(out, "telegram") == [(90,)]


@pytest.mark.faults
@pytest.mark.timeout(90)
def test_ctrl_c_ends_a_publish_that_waits_and_loses_nobody(tmp_path: Path) -> None:
    with wire(tmp_path, telegram_rate=20) as made:
        phones = made.sandbox.add_phones(200, started_bot=BOT)
        made.subscribe(phones, [])
        command = [*BARQIA, "publish", str(_file(made)), "--section", "politics", "--wait"]
        waiting = subprocess.Popen(
            command, env=made.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=heeds_ctrl_c,  # noqa: PLW1509 - one call of the kernel's
        )  # fmt: skip
        wait_until(lambda: made.states().get("delivered", 0) > 10, 30, "the first readers")
        waiting.send_signal(signal.SIGINT)
        _out, said = waiting.communicate(timeout=10)
        assert waiting.returncode == 130
        assert re.search(r"Stopped: \d+ of .* are still to be sent; `barqia run` sends them\.$", said.decode().strip())
        assert b"Traceback" not in said
        states = made.states()
        assert not states.get("handing")
        assert not states.get("unknown")
        made.start()
        wait_until(made.finished, 40, "the rest")
        assert made.states() == {"delivered": 200}
        assert set(_seen(made).values()) == {1}


def _file(made: Wire) -> Path:
    file = made.data / "text.txt"
    file.write_text(TEXT, "utf-8")
    return file


@pytest.mark.faults
@pytest.mark.timeout(120)
def test_the_network_is_gone_and_comes_back(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        phones = made.sandbox.add_phones(30, started_bot=BOT)
        made.subscribe(phones, [])
        made.barqia("lane", "set", "telegram", "api_base=http://127.0.0.1:9")
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        made.publish(TEXT)
        wait_until(
            lambda: made.rows("SELECT 1 FROM delivery_attempt WHERE outcome='transient'"), 20, "a refused connection"
        )
        assert not made.finished()
        made.barqia("lane", "set", "telegram", f"api_base={made.provider}")
        wait_until(made.finished, 60, "the mailing")
        assert made.states() == {"delivered": 30}
        assert set(_seen(made).values()) == {1}


@pytest.mark.faults
@pytest.mark.timeout(60)
def test_children_end_with_their_killed_parent(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        wait_until(lambda: "register webhook" in made.barqia("lane", "check", "whatsapp"), 30, "the web process")
        assert made._run is not None
        group = made._run.pid
        os.kill(group, signal.SIGKILL)
        made._run.wait(5)
        began = time.monotonic()
        wait_until(lambda: _ended(group), 5, "the children")
        assert time.monotonic() - began < 1.0, "they end with their parent"
        made._run = None


def _ended(group: int) -> bool:
    """Whether no process of the group lives; one that ended and was not yet fetched by its new parent does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = stat.read_text().rpartition(") ")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            return False
    return True
