"""The wire is killed with SIGKILL again and again in mid-mailing; the sandbox's own log is the judge."""

import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from barqia.subscribers.vault import Vault
from flow.wire import BOT, CONCURRENCY, NUMBER, Wire, wait_until, wire

KILLS, READERS = 30, 2_000
HANDING = "SELECT lane_id, count(*) FROM delivery_delivery WHERE state='handing' GROUP BY lane_id"
ANSWERED = "SELECT count(*) FROM delivery_delivery WHERE source_kind=2 AND state NOT IN ('planned','claimed','handing')"
MARK = "سدّ الرمّان"
TEXT = f"افتتاح {MARK}\n\nالرمّان-برقية\nقال مدير السدّ نبيل العامر إن {MARK} اكتمل اليوم.\n"


def _talk(made: Wire, phones: list[dict[str, object]], stop: threading.Event, said: list[str]) -> None:
    """Readers write while it happens: they subscribe or ask for help. `said` are who did."""
    for at, phone in enumerate(phones):
        if stop.is_set():
            return
        app, to = ("telegram", BOT) if at % 2 else ("whatsapp", NUMBER)
        made.sandbox.say(int(str(phone["id"])), app, to, "مساعدة" if at % 3 else "اشتراك")
        said.append(str(phone["telegram_id" if at % 2 else "number"]))
        stop.wait(0.8)


@pytest.mark.faults
@pytest.mark.timeout(420)
def test_thirty_kills_lose_nobody_and_repeat_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    with wire(tmp_path, telegram_rate=45, whatsapp_rate=45) as made:
        half = READERS // 2
        telegram = made.sandbox.add_phones(half, started_bot=BOT)
        whatsapp = made.sandbox.add_phones(half)
        talkers = made.sandbox.add_phones(40)
        made.subscribe(telegram, whatsapp)
        made.start()
        wait_until(lambda: "Sandbox" in made.output() or made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        made.barqia("lane", "check", "whatsapp")
        made.kill()
        made.publish(TEXT)
        stop = threading.Event()
        said: list[str] = []
        talking = threading.Thread(target=_talk, args=(made, talkers, stop, said), daemon=True)
        talking.start()
        for _kill in range(KILLS):
            made.start()
            time.sleep(chance.uniform(0.1, 3.2))
            made.kill()
            for lane, left in made.rows(HANDING):
                assert left <= CONCURRENCY, f"{left} calls were under way on lane {lane}"
        made.start()
        wait_until(made.finished, 120, "the mailing")
        stop.set()
        talking.join(30)
        # late statuses settle what a status can settle
        wait_until(lambda: not made.states().get("handed"), 60, "the receipts")
        wait_until(lambda: made.rows(ANSWERED)[0][0] >= len(said), 60, "the answers")
        made.stop()
        answers = _answers(made, set(said))
        assert set(answers) == set(said), "every word is answered"
        assert set(answers.values()) == {1}, "and acted on once"
        _judge(made, {str(p["telegram_id"]) for p in telegram} | {str(p["number"]) for p in whatsapp})


def _answers(made: Wire, said: set[str]) -> Counter[str]:
    """How many answers each of these who wrote has."""
    vault = Vault((made.data / "key").read_bytes())
    found = made.rows(
        "SELECT r.address_cipher FROM delivery_answer a JOIN subscribers_recipient r ON r.id=a.recipient_id"
    )
    return Counter(address for (cipher,) in found if (address := vault.open(cipher)) in said)


def _judge(made: Wire, audience: set[str]) -> None:
    seen = Counter(address for address, method, words in made.acts() if MARK in words and method.startswith("send"))
    states = {address: state for address, state in made.delivery_states().items() if address in audience}
    counts = Counter(states.values())
    print(
        "states:",
        dict(counts),
        "messages:",
        sum(seen[a] for a in audience),
        "twice:",
        [n for n in seen.values() if n > 1],
    )
    assert set(states) == audience, "every reader has a delivery"
    out = {address for address, state in states.items() if state in {"handed", "delivered", "read"}}
    unknown = {address for address, state in states.items() if state == "unknown"}
    assert out | unknown == audience, "nobody is missed: received or unknown"
    assert {seen[address] for address in out} == {1}, "what is accounted for as sent is there exactly once"
    assert all(seen[address] <= 1 for address in unknown), "nothing that is unknown went out twice"
