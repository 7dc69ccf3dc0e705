"""A newsroom's template from its draft to the phone: handed in, approved, sent, paused, approved again, deleted."""

from pathlib import Path

import pytest

from flow.wire import NUMBER, Wire, wait_until, wire

TEXT = "افتتاح سوق التمور\n\nوادي النخيل-برقية\nقالت مديرة السوق هالة الكندي إن السوق يبقى مفتوحا شهرا.\n"
SECONDS = 30


def _notices(made: Wire) -> str:
    return str(made.rows("SELECT notices FROM subscribers_lane WHERE name='whatsapp'")[0][0])


def _held(made: Wire) -> list[str]:
    return [row[0] for row in made.rows("SELECT why FROM delivery_held")]


@pytest.mark.timeout(180)
def test_a_template_from_its_draft_to_the_phone(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        sandbox = made.sandbox
        made.start()
        wait_until(made.listens, SECONDS, "the web")
        made.barqia("lane", "check", "whatsapp")
        refused = made.barqia("template", "create", "whatsapp", "khabar", "--button", status=2)
        assert "https" in refused
        assert "no templates" in made.barqia("template", "list", "telegram", status=2)
        assert "2388024" in made.barqia("template", "create", "whatsapp", "news", status=5), "the name is taken"
        made.barqia("template", "create", "whatsapp", "khabar", "--use")
        wait_until(
            lambda: "khabar (ar): APPROVED" in made.barqia("template", "list", "whatsapp", "khabar"),
            SECONDS,
            "Meta to approve it",
        )
        listed = made.barqia("template", "list", "whatsapp")
        assert "خبر جديد من وكالة الاختبار: {{1}}" in listed
        assert "news (ar): APPROVED" in listed

        phone = sandbox.add_phone("ريم")
        made.subscribe([], [phone])
        made.publish(TEXT, "--wait")
        (bubble,) = [one for one in sandbox.bubbles(phone["id"], "whatsapp", NUMBER) if not one["mine"]]
        assert "خبر جديد من وكالة الاختبار: افتتاح سوق التمور" in bubble["text"]

        sandbox.template("quality", template="khabar", quality="RED")
        wait_until(lambda: "PAUSED" in _notices(made), SECONDS, "the pause to be told")
        assert "PAUSED" in made.barqia("doctor", status=4)
        made.publish(TEXT.replace("التمور", "العسل"))
        wait_until(lambda: _held(made) != [], SECONDS, "the mailing to wait")
        sandbox.template("status", template="khabar", status="APPROVED")
        wait_until(made.finished, SECONDS, "the mailing to go on by itself")
        wait_until(lambda: made.states() == {"delivered": 1}, SECONDS, "the message to arrive")
        assert _held(made) == []
        assert "PAUSED" not in _notices(made)

        assert "another template first" in made.barqia("template", "delete", "whatsapp", "khabar", "--yes", status=2)
        made.barqia("template", "delete", "whatsapp", "news", "--yes")
        assert "news (ar)" not in made.barqia("template", "list", "whatsapp")
        locked = made.barqia("template", "create", "whatsapp", "news", status=5)
        assert "30 days" in locked
