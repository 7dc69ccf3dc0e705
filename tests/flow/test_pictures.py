"""A dispatch with a picture on a whole wire: fetched once and named by its id, and sent along where nobody can fetch it."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from flow.wire import BOT, CONCURRENCY, NUMBER, Wire, free_port, wait_until, wire
from pictures import drawn

READERS = 60
TEXT = "افتتاح جسر النهر\n\nوادي الزيزفون-برقية\nقال المهندس سامي العامر إن الجسر مفتوح.\n"


@contextmanager
def _wire(folder: Path, site: str = "") -> Iterator[Wire]:
    with wire(folder) as made:
        if site:
            made.environment["BARQIA_BASE_URL"] = site
        made.subscribe(made.sandbox.add_phones(READERS, started_bot=BOT), [])
        made.execute("UPDATE subscribers_lane SET rate=100")
        yield made


def _photos(made: Wire, method: str) -> list[str]:
    """What each call that was taken named as the photo."""
    found = []
    for line in made.log():
        if line.get("method") == method and line.get("status") == 200:
            params: dict[str, Any] = line["params"]
            media = params.get("media") or {}
            media = json.loads(media) if isinstance(media, str) else media
            found.append(str(params.get("photo") or media["media"]))
    return found


@pytest.mark.timeout(180)
def test_of_many_messages_few_name_the_address_and_the_others_the_id(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(drawn())
    with _wire(tmp_path) as made:
        made.start()
        wait_until(made.listens, 30, "the site")
        made.publish(TEXT, "--wait", "--picture", str(picture), "--caption", "الجسر")
        assert made.states() == {"delivered": READERS}
        named = Counter("address" if one.startswith("http") else "id" for one in _photos(made, "sendphoto"))
        assert named["address"] + named["id"] == READERS
        assert 0 < named["address"] <= 2 * CONCURRENCY


@pytest.mark.timeout(180)
def test_where_the_site_cannot_be_reached_everyone_gets_the_picture_all_the_same(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(drawn())
    with _wire(tmp_path, f"http://127.0.0.1:{free_port()}") as made:
        made.start()
        wait_until(made.listens, 30, "the sender")
        item = made.publish(TEXT, "--wait", "--picture", str(picture), "--caption", "الجسر")
        assert made.states() == {"delivered": READERS}
        sent = _photos(made, "sendphoto")
        along = [one for one in sent if "bytes" in one]
        assert len(sent) == READERS
        assert 0 < len(along) <= 2 * CONCURRENCY, "and then its id goes"
        made.correct(item, TEXT.replace("مفتوح", "مفتوح منذ السبت"))
        wait_until(lambda: made.finished("correct"), 30, "the correction")
        assert made.states("correct") == {"delivered": READERS}
        edited = _photos(made, "editmessagemedia")
        assert len(edited) == READERS
        assert not any("http" in one or "bytes" in one for one in edited), "Telegram has it already"


@pytest.mark.timeout(180)
def test_outside_the_window_a_picture_goes_in_its_template(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(drawn())
    with wire(tmp_path) as made:
        made.sandbox.call("/sandbox/whatsapp/review", {"seconds": 0})
        header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}}
        body = {"type": "BODY", "text": "خبر: {{1}}\nالتفاصيل: {{2}} — الوكالة", "example": {"body_text": [["x", "y"]]}}
        asked = {"name": "shown", "language": "ar", "category": "MARKETING", "components": [header, body]}
        token = made.environment["BARQIA_LANE_ACCESS_TOKEN"]
        httpx.post(
            f"{made.provider}/v24.0/900800/message_templates", json=asked, headers={"Authorization": f"Bearer {token}"}
        ).raise_for_status()
        made.barqia("lane", "set", "whatsapp", "template_picture=shown")
        phone = made.sandbox.add_phone("ريم")
        made.subscribe([], [phone])
        made.start()
        wait_until(made.listens, 30, "the site")
        made.publish(TEXT, "--wait", "--picture", str(picture), "--caption", "الجسر")
        bubble = _last(made, phone["id"], 1)
        assert bubble["media"]
        assert "افتتاح جسر النهر" in bubble["text"]
        made.sandbox.template("status", template="shown", status="PAUSED")
        made.publish(TEXT.replace("النهر", "الوادي"), "--wait", "--picture", str(picture))
        bubble = _last(made, phone["id"], 2)
        assert "افتتاح جسر الوادي" in bubble["text"]
        assert not bubble["media"], "the plain one takes its place"


def _last(made: Wire, phone: int, count: int) -> dict[str, Any]:
    """The newest of so many messages on the phone."""

    def found() -> list[dict[str, Any]]:
        return [one for one in made.sandbox.bubbles(phone, "whatsapp", NUMBER) if not one["mine"]]

    wait_until(lambda: len(found()) == count, 20, "the message")
    return found()[-1]
