"""On the sandbox's phones: a menu is tapped and redraws, a link subscribes, a group takes the wire in and grows."""

import socket
from pathlib import Path
from typing import Any

import pytest

from flow.wire import BOT, NUMBER, Wire, wait_until, wire

TEXT = "موعد افتتاح الجسر\n\nوادي الزيزفون-برقية\nقالت مديرة الطرق سلمى الدروبي إن الجسر سيفتح صباح السبت.\n"


def _bubbles(made: Wire, phone: int, key: str, app: str = "telegram") -> list[dict[str, Any]]:
    return [one for one in made.sandbox.bubbles(phone, app, key) if not one["mine"]]


def _buttons(bubble: dict[str, Any]) -> dict[str, str]:
    """{label: callback data} of an inline keyboard."""
    return {button["text"]: button["callback_data"] for row in bubble["keyboard"] for button in row}


def _lists(made: Wire, phone: int) -> list[dict[str, Any]]:
    return [one for one in _bubbles(made, phone, NUMBER, "whatsapp") if one["options"]]


def _answers(made: Wire) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", made.port)) == 0


def _statuses(made: Wire, kind: str) -> list[str]:
    return [row[0] for row in made.rows("SELECT status FROM subscribers_recipient WHERE kind=? ORDER BY id", kind)]


@pytest.mark.timeout(180)
def test_a_menu_a_link_and_a_group(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        sandbox = made.sandbox
        made.start()
        made.barqia("lane", "check", "telegram")
        reader, owner = sandbox.add_phone("ريم"), sandbox.add_phone("عمر")
        sandbox.say(reader["id"], "telegram", BOT, "/start politics")
        wait_until(lambda: _statuses(made, "reader") == ["active"], 30, "the link to subscribe")
        sandbox.say(reader["id"], "telegram", BOT, "الأقسام")
        wait_until(lambda: any(map(_buttons, _bubbles(made, reader["id"], BOT))), 30, "the menu")
        menu = next(one for one in _bubbles(made, reader["id"], BOT) if _buttons(one))
        assert "✓ سياسة" in _buttons(menu)
        sandbox.tap(reader["id"], BOT, str(menu["id"]), _buttons(menu)["ميداني"])

        def redrawn() -> bool:
            (now,) = [one for one in _bubbles(made, reader["id"], BOT) if one["id"] == menu["id"]]
            return {"✓ سياسة", "✓ ميداني"} <= set(_buttons(now))

        wait_until(redrawn, 30, "the menu to be drawn anew")
        answered = [entry for entry in made.log() if entry.get("method", "").lower() == "answercallbackquery"]
        assert [entry["status"] for entry in answered] == [200]

        group = str(sandbox.add_group("غرفة", owner["id"], members=[reader["id"]])["id"])
        sandbox.in_chat("add", group, BOT)
        wait_until(lambda: _statuses(made, "group") == ["stranger"], 30, "the group to be known")
        sandbox.say(reader["id"], "telegram", group, "/subscribe")
        sandbox.say(owner["id"], "telegram", group, "/subscribe")
        wait_until(lambda: _statuses(made, "group") == ["active"], 30, "its owner to say so")
        grown = str(sandbox.in_chat("migrate", group)["id"])
        made.publish(TEXT)
        wait_until(
            lambda: any("الجسر" in one.get("text", "") for one in _bubbles(made, owner["id"], grown)), 60, "the news"
        )
        assert _statuses(made, "group") == ["active"]


@pytest.mark.timeout(120)
def test_a_list_on_whatsapp_is_tapped(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        made.start()
        wait_until(lambda: _answers(made), 30, "the web process")
        made.barqia("lane", "check", "whatsapp")
        phone = made.sandbox.add_phone("هند")
        made.sandbox.say(phone["id"], "whatsapp", NUMBER, "الأقسام")
        wait_until(lambda: _lists(made, phone["id"]), 30, "the list")
        (menu,) = _lists(made, phone["id"])
        option = next(option["id"] for option in menu["options"] if option["title"] == "سياسة")
        tap = {"to": NUMBER, "option": option, "message": menu["id"]}
        made.sandbox.call(f"/sandbox/whatsapp/phones/{phone['id']}/tap", tap)
        wait_until(lambda: len(_lists(made, phone["id"])) == 2, 30, "the list anew")
        assert "✓ سياسة" in [option["title"] for option in _lists(made, phone["id"])[1]["options"]]
        assert _statuses(made, "reader") == ["active"]
