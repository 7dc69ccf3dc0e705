"""A flash published in the middle of a routine mailing takes the lane until it is done."""

from pathlib import Path

import pytest

from flow.wire import BOT, wait_until, wire

ROUTINE, FLASH = "موعد افتتاح السوق", "إغلاق الجسر"
READERS = 250


def _text(headline: str) -> str:
    return f"{headline}\n\nوادي الزيزفون-برقية\nقالت مديرة الطرق سلمى الدروبي إن الأمر تقرّر اليوم.\n"


@pytest.mark.timeout(120)
def test_a_flash_overtakes_and_takes_the_lane(tmp_path: Path) -> None:
    with wire(tmp_path, telegram_rate=30) as made:
        made.subscribe(made.sandbox.add_phones(READERS, started_bot=BOT), [])
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        made.publish(_text(ROUTINE))
        wait_until(lambda: made.states().get("delivered", 0) > 40, 30, "the first readers")
        made.publish(_text(FLASH), "--urgency", "1")
        wait_until(made.finished, 60, "the flash")
        wait_until(lambda: sum(FLASH in w or ROUTINE in w for _a, _m, w in made.acts()) == 2 * READERS, 60, "the rest")
        order = ["flash" if FLASH in words else "routine" for _address, _method, words in made.acts()]
    first, last = order.index("flash"), len(order) - order[::-1].index("flash")
    assert 40 < first < READERS, "it came in the middle"
    under_way = order[first:last].count("routine")
    assert under_way <= 20, f"only the calls under way went between: {under_way}"
