"""What readers write, and what it does: one word and courtesies act, anything else changes nothing."""

import json

import pytest

from barqia.delivery.lane import Call, LaneKind
from barqia.delivery.models import Answer, Delivery
from barqia.inbox import groups
from barqia.inbox.models import Update
from barqia.inbox.receive import receive
from barqia.subscribers.models import Consent, Lane, Recipient
from barqia.subscribers.words import Command, Wish, understand
from inbox.chat import Reader

SECTIONS = {"politics": {"سياسة", "الأخبار السياسية"}, "field": {"ميداني", "الميدانية"}}

UNDERSTOOD = [
    ("اشتراك", Wish.SUBSCRIBE), ("الاشتراك", Wish.SUBSCRIBE), ("إشتراك", Wish.SUBSCRIBE), ("اشـتـراك", Wish.SUBSCRIBE),
    ("«اشتراك»", Wish.SUBSCRIBE), ("اشتراك 🌹", Wish.SUBSCRIBE), ("اشتراك!", Wish.SUBSCRIBE), ("اشتراك.", Wish.SUBSCRIBE),
    ("السلام عليكم، اشتراك من فضلك", Wish.SUBSCRIBE), ("اشتراك لو سمحتم وشكرا", Wish.SUBSCRIBE),
    ("اِشتِراك", Wish.SUBSCRIBE), ("ﺍﺷﺘﺮﺍﻙ", Wish.SUBSCRIBE), ("كلمة اشتراك", Wish.SUBSCRIBE),
    ("Subscribe please", Wish.SUBSCRIBE), ("إلغاء", Wish.UNSUBSCRIBE), ("الغاء", Wish.UNSUBSCRIBE),
    ("إلغاء الاشتراك", Wish.UNSUBSCRIBE), ("STOP", Wish.UNSUBSCRIBE), ("الكل", Wish.EVERYTHING), ("مساعدة", Wish.HELP),
    ("المساعده", Wish.HELP), ("/start", Wish.START), ("/start site", Wish.LINK), ("سياسة", Wish.SECTION),
    ("السياسه", Wish.SECTION), ("«السياسة» من فضلك", Wish.SECTION), ("أخبار السياسة", Wish.SECTION),
    ("أرغب بالاشتراك", Wish.SUBSCRIBE), ("أرغب في الاشتراك", Wish.SUBSCRIBE), ("ألغِ اشتراكي", Wish.UNSUBSCRIBE),
    ("من فضلك ألغوا اشتراكي", Wish.UNSUBSCRIBE), ("أوقفوا", Wish.UNSUBSCRIBE), ("إنهاء الاشتراك", Wish.UNSUBSCRIBE),
    ("Stop all", Wish.UNSUBSCRIBE), ("unsubscribe me please", Wish.UNSUBSCRIBE),
    ("الأقسام", Wish.MENU), ("أقسام", Wish.MENU), ("sections", Wish.MENU), ("/sections", Wish.MENU), ("/stop", Wish.UNSUBSCRIBE),
    ("/subscribe@some_bot", Wish.SUBSCRIBE), ("تابع سيرغي لافروف", Wish.FOLLOW), ("تابعوا لافروف من فضلكم", Wish.FOLLOW),
    ("follow Lavrov", Wish.FOLLOW), ("لا تتابع لافروف", Wish.UNFOLLOW), ("إلغاء متابعة لافروف", Wish.UNFOLLOW),
    ("unfollow Lavrov please", Wish.UNFOLLOW), ("تابع السياسة", Wish.SECTION), ("لا تتابع السياسة", Wish.NOT_SECTION),
    ("النشرة اليومية", Wish.DIGEST), ("اشتراك يومي من فضلكم", Wish.DIGEST), ("ملخص", Wish.DIGEST), ("digest", Wish.DIGEST),
    ("فوري", Wish.AT_ONCE), ("أولاً بأول", Wish.AT_ONCE), ("إلغاء النشرة", Wish.UNSUBSCRIBE),
    ("تابع الأخبار", Wish.EVERYTHING), ("follow all", Wish.EVERYTHING), ("/start p_0123456789ab", Wish.LINK),
]  # fmt: skip
NOT_UNDERSTOOD = [
    "لا أريد الاشتراك", "لا اشتراك", "هل الاشتراك مجاني؟", "كيف الاشتراك", "اشتراك؟", "ما معنى اشتراك",
    "قرأت اليوم أن الاشتراك في الصحيفة صار مجانيا", "", "🌹", "اشتراك " * 60, "12", "شكرا", "لم أطلب إلغاء", "/startle",
    "لا إلغاء", "سياسة وميداني", "تابع", "لا تتابع", "تابع 12", "لا تتابع الكل", "هل أتابع لافروف؟",
    "تابعت اليوم خبرا عن لافروف", "تابع كل ما يقوله الوزير لافروف في زيارته",
]  # fmt: skip


@pytest.mark.parametrize(("text", "wish"), UNDERSTOOD)
def test_a_word_and_courtesies_act(text: str, wish: Wish) -> None:
    assert understand(text, SECTIONS).wish is wish


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_anything_else_asks_nothing(text: str) -> None:
    assert understand(text, SECTIONS).wish in {Wish.UNCLEAR, Wish.HELP}


def test_a_section_is_named_by_its_words() -> None:
    assert understand("الأخبار الميدانيـة", {"field": {"الأخبار الميدانية"}}) == Command(Wish.SECTION, "field")


def test_who_asks_for_a_digest_in_a_chat_is_told_where_there_is_one(telegram: Lane, mail: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    assert "/subscribe/" in (reader.say("نشرة") or "")
    assert not Recipient.objects.get().digest
    mail.delete()
    assert "ليست لدينا نشرة" in (reader.say("نشرة") or "")


def test_the_life_of_a_reader(telegram: Lane) -> None:
    reader = Reader(telegram)
    assert "اشتراك" in (reader.say("/start") or "")
    assert reader.row.status == "stranger"
    reader.say("اشتراك")
    assert (reader.row.status, reader.asked) == ("active", {("everything", "")})
    reader.say("سياسة")
    assert reader.asked == {("section", "politics")}, "a section replaces everything"
    answer = reader.say("ميداني")
    assert reader.asked == {("section", "politics"), ("section", "field")}, "a second section adds"
    assert "سياسة" in (answer or "")
    assert "ميداني" in (answer or "")
    reader.say("الكل")
    assert reader.asked == {("everything", "")}
    reader.say("إلغاء")
    assert (reader.row.status, reader.asked) == ("unsubscribed", set())
    assert list(Consent.objects.order_by("pk").values_list("action", flat=True)) == [
        "subscribe", "change", "change", "change", "unsubscribe",
    ]  # fmt: skip
    first = Consent.objects.order_by("pk").first()
    assert first is not None
    assert first.word == "اشتراك"
    assert "تمّ اشتراكك" in first.wording


def test_a_section_word_subscribes_a_stranger_and_says_so(telegram: Lane) -> None:
    reader = Reader(telegram)
    answer = reader.say("سياسة")
    assert reader.row.status == "active"
    assert reader.asked == {("section", "politics")}
    assert "تمّ اشتراكك" in (answer or "")


@pytest.mark.parametrize("text", ["لا أريد الاشتراك", "هل الاشتراك مجاني؟", "", "🌹"])
def test_what_is_not_understood_gets_short_help_and_changes_nothing(telegram: Lane, text: str) -> None:
    reader = Reader(telegram)
    assert "مساعدة" in (reader.say(text) or "")
    assert reader.row.status == "stranger"
    assert not Consent.objects.exists()


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_words_in_groups_and_channels_act_on_nobody(telegram: Lane, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_administrator(_kind: LaneKind, _call: Call) -> bool:
        return False

    monkeypatch.setattr(groups, "_accepted", no_administrator)
    assert Reader(telegram, -100).say("اشتراك", kind) is None
    assert not Recipient.objects.filter(kind="reader").exists()


def test_the_same_update_again_changes_nothing(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    reader._update -= 1
    reader.say("اشتراك")
    assert Update.objects.count() == Answer.objects.count() == Delivery.objects.count() == 1


def test_a_blocked_reader_who_writes_again_is_answered(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    change = {
        "chat": {"id": 42, "type": "private"}, "from": {"id": 42}, "date": 1,
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"},
    }  # fmt: skip
    receive(telegram, json.dumps({"update_id": 7, "my_chat_member": change}).encode())
    assert reader.row.status == "blocked"
    reader.say("مساعدة")
    assert reader.row.status == "unsubscribed"
    reader.say("اشتراك")
    assert reader.row.status == "active"


def test_addresses_are_nowhere_in_the_clear(telegram: Lane) -> None:
    Reader(telegram, 987654321).say("اشتراك")
    for table in (Recipient, Update):
        for row in table.objects.values_list():
            assert "987654321" not in repr(row)
