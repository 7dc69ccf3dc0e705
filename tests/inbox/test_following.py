"""Following a person with one word or one tap on a link: whom it means, and that it takes nothing away."""

import pytest

from barqia.delivery.models import Delivery
from barqia.subscribers import persons
from barqia.subscribers.links import link
from barqia.subscribers.models import Consent, Lane
from barqia.text import key
from delivery.hand import plan_all, publish
from inbox.chat import Reader

SALIM, NABIL = "سليم الحلواني", "نبيل الحلواني"


@pytest.fixture
def dispatches(telegram: Lane) -> None:
    """Two who share a surname; the one is named twice."""
    publish(f"قال وزير الزراعة {SALIM} إن الموسم جيد.")
    publish(f"أكد وزير الزراعة {SALIM} أن الموسم جيد.")
    publish(f"قال مدير المرفأ {NABIL} إن الميناء يعمل.")


pytestmark = pytest.mark.usefixtures("dispatches")


def test_a_full_name_is_followed_and_its_news_comes(telegram: Lane) -> None:
    reader = Reader(telegram)
    answer = reader.say(f"تابع {SALIM}") or ""
    assert reader.asked == {("person", key(SALIM))}
    assert SALIM in answer
    assert "إلغاء" in answer
    assert Consent.objects.get().action == "subscribe"
    for text, deliveries in ((f"زار {NABIL} المرفأ.", 0), (f"قال وزير الزراعة {SALIM} إن القمح وفير.", 1)):
        Delivery.objects.all().delete()
        publish(text)
        plan_all()
        assert Delivery.objects.filter(recipient_id=reader.row.pk).count() == deliveries


def test_of_several_the_reader_chooses_and_nothing_changes_before(telegram: Lane) -> None:
    reader = Reader(telegram)
    assert "أيّهم" in (reader.say("تابع الحلواني") or "")
    assert list(reader.menu) == [SALIM, NABIL], "who is named more often comes first"
    assert (reader.row.status, reader.asked) == ("stranger", set())
    reader.tap(reader.line(NABIL))
    assert (reader.row.status, reader.asked) == ("active", {("person", key(NABIL))})
    assert Consent.objects.get().word == NABIL


def test_whom_no_dispatch_names_nobody_follows(telegram: Lane) -> None:
    reader = Reader(telegram)
    assert "زينون" in (reader.say("تابع زينون") or "")
    assert reader.row.status == "stranger"


def test_following_takes_nothing_away_and_leaving_says_what_is_left(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    reader.say(f"تابع {SALIM}")
    assert reader.asked == {("everything", ""), ("person", key(SALIM))}
    reader.say("سياسة")
    assert reader.asked == {("section", "politics"), ("person", key(SALIM))}
    answer = reader.say("لا تتابع الحلواني") or ""
    assert reader.asked == {("section", "politics")}
    assert "سياسة" in answer
    assert "لست تتابع" in (reader.say(f"لا تتابع {NABIL}") or "")


def test_a_link_to_a_person_is_understood_for_ever(telegram: Lane) -> None:
    code = persons.keep("هند الراسي")
    assert link({"bot_username": "news_bot"}, f"p_{code}", "") == f"https://t.me/news_bot?start=p_{code}"
    reader = Reader(telegram)
    answer = reader.say(f"/start p_{code}") or ""
    assert reader.asked == {("person", key("هند الراسي"))}
    assert "إلغاء" in answer, "it says how to stop"


def test_a_link_to_a_section_subscribes_to_it_and_an_unknown_one_to_nothing(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("/start p_000000000000")
    reader.say("/start site")
    assert reader.row.status == "stranger"
    assert "إلغاء" in (reader.say("/start politics") or "")
    assert reader.asked == {("section", "politics")}


def test_a_link_to_a_whatsapp_number_carries_the_word(telegram: Lane) -> None:
    assert (
        link({"display_number": "+963 944"}, "politics", "سياسة")
        == "https://wa.me/963944?text=%D8%B3%D9%8A%D8%A7%D8%B3%D8%A9"
    )
