"""How Telegram news comes, as the lane is set: silent at night, with the page under it, shortened."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from barqia.delivery.lane import Address, Calls, Job, LaneConfig, SentPart
from barqia.lanes.telegram import Telegram
from barqia.rendering import Act, Picture, Story

STORY = Story("عنوان", "دمشق", ("نص",), "", 5, "ar", "https://wire.example/d/1", "وكالة")
LONG = replace(
    STORY, paragraphs=tuple(f"فقرة {n} <b> & {'كلمة ' * 120}." for n in range(20)), follow=("https://t.me/x",)
)


def _sent(story: Story, act: Act = Act.SEND, at: str = "12:00", **more: Any) -> list[dict[str, Any]]:
    settings = {name: value for name, value in more.items() if isinstance(value, str)}
    lane = LaneConfig(1, "t", "telegram", settings, {"token": "1:t"}, zone="Asia/Damascus")
    now = datetime.fromisoformat(f"2026-11-25T{at}").replace(tzinfo=UTC)
    earlier = more.get("earlier", ())
    made = Telegram().render(Job(act, story, Address("42"), 640, int(now.timestamp() * 1000), earlier=earlier), lane)
    assert isinstance(made, Calls)
    return [json.loads(call.body) for call in made.calls]


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        ("23-06", "19:59", False), ("23-06", "20:00", True), ("23-06", "02:59", True), ("23-06", "03:00", False),
        ("1-5", "22:30", True), ("1-5", "02:30", False), ("", "23:00", False),
    ],
)  # fmt: skip
def test_news_is_silent_in_the_hours_of_the_newsrooms_zone(hours: str, at: str, quiet: bool) -> None:
    (body,) = _sent(STORY, at=at, silent=hours)
    assert body.get("disable_notification", False) is quiet


def test_a_flash_is_heard_unless_set_otherwise() -> None:
    flash = replace(STORY, urgency=1)
    assert "disable_notification" not in _sent(flash, at="22:00", silent="23-06")[0]
    assert _sent(flash, at="22:00", silent="23-06", silent_flash="yes")[0]["disable_notification"]


def test_the_page_is_shown_where_the_lane_is_set_so() -> None:
    assert _sent(STORY)[0]["link_preview_options"] == {"is_disabled": True}
    large = {"url": STORY.link, "prefer_large_media": True}
    assert _sent(STORY, link_preview="large")[0]["link_preview_options"] == large
    edited = _sent(STORY, Act.CORRECT, link_preview="large", earlier=(SentPart(0, "7", 1),))
    assert edited[0]["link_preview_options"] == large
    assert [body["link_preview_options"] for body in _sent(LONG, link_preview="small")].count({"is_disabled": True}) > 0


@pytest.mark.parametrize("story", [LONG, replace(LONG, paragraphs=("كلمة <i> " * 3000,)),
                                   replace(LONG, picture=Picture("d", "https://wire.example/p.jpg"))])  # fmt: skip
def test_a_long_dispatch_is_one_message_that_says_where_to_read_on(story: Story) -> None:
    assert len(_sent(story)) > 1
    (body,) = _sent(story, long="short")
    text = body.get("text") or body["caption"]
    assert f"التتمة: {STORY.link}" in text
    assert "https://t.me/x" in text
    assert text.count("<b>") == text.count("</b>")
    shown = re.sub("</?b>", "", text).replace("&lt;", "<").replace("&amp;", "&").replace("&gt;", ">")
    assert 500 < len(shown) <= (1024 if story.picture else 4096)


def test_what_is_short_stays_whole() -> None:
    assert "التتمة" not in _sent(STORY, long="short")[0]["text"]


def test_parts_that_were_sent_before_the_lane_was_set_to_short_go() -> None:
    earlier = tuple(
        SentPart(n, str(n + 10), int(datetime(2026, 11, 25, tzinfo=UTC).timestamp() * 1000)) for n in range(3)
    )
    first, *left = _sent(LONG, Act.CORRECT, long="short", earlier=earlier)
    assert "التتمة" in first["text"]
    assert [body["message_id"] for body in left] == [11, 12]


@pytest.mark.parametrize(
    "settings", [{"silent": "night"}, {"silent": "23-23"}, {"silent": "24-6"}, {"link_preview": "huge"}, {"long": "no"}]
)
def test_a_setting_that_is_none_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        Telegram().terms(settings)
