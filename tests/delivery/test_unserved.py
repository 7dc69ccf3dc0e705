"""Where WhatsApp does not serve: nothing is sent in vain, the editor is told before, and the reader at once."""

import pytest

from barqia import desk
from barqia.delivery.costs.preview import preview
from barqia.delivery.lane import Address, Word
from barqia.delivery.models import Answer
from barqia.delivery.planning.unserved import Unserved, unserved
from barqia.desk.words import Slot, Words
from barqia.inbox.effects import act_on
from barqia.lanes.whatsapp.markets import MARKETS
from barqia.subscribers.models import Lane, Recipient
from delivery.hand import HOUR, NOW, plan_all, publish, reader, send, states

DAMASCUS, DAMASCUS_TOO, SANAA, BOSTON, TORONTO = (
    "963944000222",
    "963944000333",
    "967770000001",
    "16175550123",
    "14165550123",
)


@pytest.fixture
def lane(whatsapp: Lane) -> Lane:
    whatsapp.settings["template"] = "news"
    whatsapp.save()
    return whatsapp


def _close_windows() -> None:
    Recipient.objects.update(last_inbound_ms=NOW - 30 * HOUR)


def _excluded(lane: Lane) -> dict[str, int]:
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",), 5))
    found = next(one for one in preview(item, "publish", NOW).lanes if one.lane_name == lane.name)
    return {**dict(found.excluded), "new": found.new}


def test_nothing_goes_to_syria_and_the_preview_says_so(lane: Lane) -> None:
    reader(lane, DAMASCUS)
    reader(lane, None, "SY.1")
    reader(lane, SANAA)
    assert _excluded(lane) == {"no_service": 2, "new": 1}
    publish()
    plan_all()
    assert len(send(lane)) == 1
    assert sorted(states()) == [("delivered", ""), ("skipped", "no_service"), ("skipped", "no_service")]


def test_a_country_that_meta_serves_by_now_is_set(lane: Lane) -> None:
    lane.settings["also_served"] = "ir, SY"
    lane.save()
    reader(lane, DAMASCUS)
    assert _excluded(lane) == {"new": 1}
    publish()
    plan_all()
    assert len(send(lane)) == 1


def test_the_united_states_take_no_marketing_template(lane: Lane) -> None:
    for number in (BOSTON, TORONTO):
        reader(lane, number)
    assert _excluded(lane) == {"new": 2}
    _close_windows()
    assert _excluded(lane) == {"no_marketing": 1, "new": 1}
    publish()
    plan_all()
    assert len(send(lane)) == 1
    assert sorted(states()) == [("delivered", ""), ("skipped", "no_marketing")]


def test_a_utility_template_they_take(lane: Lane) -> None:
    lane.settings["template_category"] = "utility"
    lane.save()
    reader(lane, BOSTON)
    _close_windows()
    assert _excluded(lane) == {"new": 1}
    publish()
    plan_all()
    assert len(send(lane)) == 1


def test_all_readers_not_served_are_counted_with_the_lanes_that_reach_them(lane: Lane, telegram: Lane) -> None:
    for number in (DAMASCUS, DAMASCUS_TOO, SANAA, BOSTON):
        reader(lane, number)
    assert unserved() == [
        Unserved("whatsapp", "SY", "no_service", 2, ("telegram",)),
        Unserved("whatsapp", "US", "no_marketing", 1, ("telegram",)),
    ]


@pytest.mark.parametrize(
    ("number", "word", "told"),
    [
        (DAMASCUS, "اشتراك", "لا يوصل واتساب رسائلنا إلى أرقام بلدك. وتصلك الأخبار هنا: https://t.me/test_bot"),
        (
            DAMASCUS,
            "subscribe",
            "does not bring our messages to numbers of your country. The news comes here: https://t.me/",
        ),
        (BOSTON, "اشتراك", "إلّا خلال 24 ساعة من رسالة تكتبها لنا"),
        (DAMASCUS, "السياسة", "لا يوصل واتساب رسائلنا"),
        (DAMASCUS, "إلغاء", ""),
        (SANAA, "اشتراك", ""),
    ],
)
def test_a_reader_is_told_at_subscription(lane: Lane, telegram: Lane, number: str, word: str, told: str) -> None:
    act_on(lane, Word("w", Address(number), word, NOW), NOW)
    text = Answer.objects.get().text
    assert told in text
    assert ("تنبيه" in text or "Please note" in text) is bool(told)
    plan_all()
    assert len(send(lane)) >= 1, "the answer is tried all the same"


def test_every_market_has_two_letters() -> None:
    assert all(len(country) == 2 and country.isupper() for country in MARKETS)
    assert (MARKETS["YE"], MARKETS["KW"], MARKETS["TN"]) == ("Rest of Middle East", "Kuwait", "Rest of Africa")
