"""An item is corrected and then killed while its mailing is under way."""

import time
from collections import defaultdict
from pathlib import Path

import pytest

from flow.wire import BOT, Wire, wait_until, wire

OLD, NEW = "صباح الخميس", "صباح السبت"
HEADLINE = "موعد افتتاح الجسر"
TEXT = f"{HEADLINE}\n\nوادي الزيزفون-برقية\nقالت مديرة الطرق سلمى الدروبي إن الجسر سيفتح {OLD}.\n"


def _history(made: Wire) -> dict[str, list[str]]:
    """What happened on each phone, in order: old, new, kill."""
    found: dict[str, list[str]] = defaultdict(list)
    for address, method, words in made.acts():
        if method == "deletemessage" or "إلغاء برقية" in words:
            found[address].append("kill")
        elif "تصويب" in words:
            found[address].append("new")
        elif HEADLINE in words:
            # a template outside the window carries the headline alone
            found[address].append("new" if NEW in words else "old")
    return found


@pytest.mark.faults
@pytest.mark.timeout(180)
def test_a_correction_and_a_kill_overtake_the_mailing(tmp_path: Path) -> None:
    with wire(tmp_path, telegram_rate=30, whatsapp_rate=30) as made:
        telegram = made.sandbox.add_phones(300, started_bot=BOT)
        whatsapp = made.sandbox.add_phones(300)
        made.subscribe(telegram, whatsapp)
        # these readers wrote lately, so that WhatsApp carries the whole text
        made.execute("UPDATE subscribers_recipient SET last_inbound_ms=?", time.time_ns() // 1_000_000)
        for phone in whatsapp:
            made.sandbox.say(phone["id"], "whatsapp", "100200300", "شكرا")
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        item = made.publish(TEXT)
        wait_until(
            lambda: made.states().get("delivered", 0) + made.states().get("handed", 0) > 60, 30, "the first readers"
        )
        corrected = made.data / "corrected.txt"
        corrected.write_text(TEXT.replace(OLD, NEW), "utf-8")
        made.barqia("correct", item, str(corrected), "--note", "الموعد السبت")
        wait_until(lambda: sum(made.states("correct").values()) > 30, 30, "the correction's plan")
        at_correction = _history(made)
        time.sleep(1.0)
        made.barqia("kill", item, "--reason", "لم يحدد موعد بعد")
        wait_until(lambda: made.finished("kill"), 60, "the kill")
        made.stop()
        history = _history(made)
        everyone = {str(p["telegram_id"]) for p in telegram} | {str(p["number"]) for p in whatsapp}
        assert 60 <= len(at_correction) < len(everyone), "the correction came in mid-mailing"
        for address, acts in history.items():
            assert address in everyone
            assert acts == sorted(acts, key=["old", "new", "kill"].index), f"{address}: {acts}"
            assert len(set(acts)) == len(acts), f"{address} got something twice: {acts}"
            assert acts[-1] == "kill", f"{address} got the text and not the kill: {acts}"
        assert made.states("kill").get("planned", 0) == 0
