"""Groups take the wire in when their administrator says so, and take it out; the newsroom's channel may be lost."""

import json
from typing import Any

import pytest
from django.test import Client

from barqia import desk
from barqia.delivery.lane import Address, Call, LaneKind, Malformed, Outcome, Throttled
from barqia.delivery.models import Answer, Delivery
from barqia.inbox import groups
from barqia.inbox.models import Update
from barqia.inbox.receive import receive
from barqia.subscribers.lanes import add_channel
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch
from delivery.hand import correct, plan_all, publish, send, states
from inbox.chat import Reader

GROUP, SUPERGROUP, ADMINISTRATOR = -4001, -1004001, 7


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the provider was asked; it knows one administrator."""
    questions: list[dict[str, Any]] = []

    async def accepted(_kind: LaneKind, call: Call) -> bool:
        questions.append(json.loads(call.body))
        return bool(questions[-1]["user_id"] == ADMINISTRATOR)

    monkeypatch.setattr(groups, "_accepted", accepted)
    return questions


class Group(Reader):
    """A group of the Bot API's; `by` writes."""

    def says(self, text: str, by: int = ADMINISTRATOR, **more: Any) -> str | None:
        return self.say(text, "group", **{"from": {"id": by, "is_bot": False}, **more})

    def presence(self, status: str, kind: str = "group", **more: Any) -> str | None:
        about = {"chat": {"id": self.chat, "type": kind, **more}, "from": {"id": 1}, "date": 9}
        now = {"user": {"id": 7654321}, "status": status}
        return self.bring({"my_chat_member": {**about, "old_chat_member": {}, "new_chat_member": now}})

    @property
    def row(self) -> Recipient:
        return Recipient.objects.get(lane=self.lane, kind="group")


@pytest.fixture
def group(telegram: Lane) -> Group:
    return Group(telegram, GROUP)


def test_a_group_gets_news_when_its_administrator_says_so(group: Group, telegram: Lane) -> None:
    assert group.presence("member") is None, "nobody is spoken to unasked"
    assert group.row.status == "stranger"
    assert group.says("/subscribe@test_bot")
    assert (group.row.status, group.asked) == ("active", {("everything", "")})
    assert not group.answer.buttons, "no keyboard comes up for everyone"
    publish()
    plan_all()
    assert Delivery.objects.filter(recipient_id=group.row.pk, source_kind=1).exists()
    assert "أُلغي" in (group.says("/stop") or "")
    assert group.row.status == "unsubscribed"


@pytest.mark.parametrize("text", ["/subscribe", "اشتراك", "/start politics", "الأقسام"])
def test_who_is_no_administrator_speaks_for_nobody(group: Group, text: str) -> None:
    group.presence("member")
    assert group.says(text, by=8) is None
    assert group.row.status == "stranger"


@pytest.mark.parametrize("text", ["صباح الخير", "هل الاشتراك مجاني؟", "مساعدة", "/subscribe@other_bot", "", "/start"])
def test_talk_that_is_not_meant_for_us_asks_nothing(group: Group, asked: list[dict[str, Any]], text: str) -> None:
    assert group.says(text) is None
    assert not asked
    assert not Recipient.objects.filter(kind__in=["group", "reader"]).exists()


def test_an_administrator_who_hides_behind_the_group_is_one(group: Group, asked: list[dict[str, Any]]) -> None:
    hidden = {"sender_chat": {"id": GROUP, "type": "group"}, "from": {"id": 1087968824, "is_bot": True}}
    assert group.says("اشتراك", **hidden)
    assert group.row.status == "active"
    other = {"sender_chat": {"id": -1009, "type": "channel"}, "from": {"id": 136817688, "is_bot": True}}
    assert group.says("إلغاء", **other) is None
    assert not asked


def test_the_menu_in_a_group_answers_its_administrator_alone(group: Group) -> None:
    group.says("/sections")
    line = group.line("سياسة")
    assert group.tap(line, kind="group", by=8) is None
    assert group.tap(line, kind="group", by=ADMINISTRATOR)
    assert group.asked == {("section", "politics")}


def test_who_puts_us_out_and_in_again_must_say_so_again(group: Group) -> None:
    group.says("اشتراك")
    group.presence("kicked")
    assert (group.row.status, group.row.status_reason) == ("blocked", "removed")
    group.presence("member")
    assert group.row.status == "unsubscribed"
    group.says("اشتراك")
    assert group.row.status == "active"


@pytest.mark.parametrize("new_first", [True, False])
def test_a_group_that_becomes_a_supergroup_is_the_same(group: Group, telegram: Lane, *, new_first: bool) -> None:
    group.says("اشتراك")
    there = Group(telegram, SUPERGROUP)
    there._update = 9000
    if new_first:
        there.presence("member", "supergroup")
    group.says("", migrate_to_chat_id=SUPERGROUP)
    there.say("", "supergroup", migrate_from_chat_id=GROUP)
    publish()
    plan_all()
    assert [call for call in send(telegram) if json.loads(call.body)["chat_id"] == SUPERGROUP]
    assert Recipient.objects.filter(status="active").count() == 1


def test_a_message_to_a_group_that_moved_goes_on_to_where_it_is(group: Group, telegram: Lane) -> None:
    group.says("اشتراك")
    Answer.objects.all().delete()
    Delivery.objects.all().delete()
    publish()
    plan_all()

    def moved(call: Call) -> Outcome | None:
        if json.loads(call.body)["chat_id"] == GROUP:
            return Throttled(0, False, "group chat was upgraded", moved_to=Address(str(SUPERGROUP)))
        return None

    calls = [json.loads(call.body)["chat_id"] for call in send(telegram, answers=moved)]
    assert calls == [GROUP, SUPERGROUP]
    assert states() == [("delivered", "")]


@pytest.mark.parametrize("address", ["@News_Channel", "-1005"])
@pytest.mark.parametrize("change", [{"status": "kicked"}, {"status": "administrator", "can_post_messages": False}])
def test_a_channel_that_puts_us_out_stops_its_lane(telegram: Lane, address: str, change: dict[str, Any]) -> None:
    add_channel(telegram, address)
    there = Group(telegram, -1005)
    about = {"chat": {"id": -1005, "type": "channel", "username": "news_channel"}, "from": {"id": 1}, "date": 9}
    there.bring({"my_chat_member": {**about, "old_chat_member": {}, "new_chat_member": {"user": {"id": 1}, **change}}})
    telegram.refresh_from_db()
    assert telegram.alert == "removed: channel"


def test_somebody_elses_channel_and_a_group_nobody_knows_change_nothing(telegram: Lane) -> None:
    add_channel(telegram, "@news")
    Group(telegram, -1005).presence("kicked", "channel", username="other")
    Group(telegram, -1006).presence("left")
    Group(telegram, -1007).say("", "group", migrate_to_chat_id=-1008)
    telegram.refresh_from_db()
    assert telegram.alert == ""
    assert not Recipient.objects.exclude(kind="channel").exists()


def test_a_private_word_under_another_name_is_nobodys(telegram: Lane) -> None:
    assert Reader(telegram).say("اشتراك", **{"from": {"id": 43, "is_bot": False}}) is None
    assert not Recipient.objects.exclude(kind="channel").exists()


@pytest.mark.parametrize(("kind", "chat_id"), [("private", -1010), ("group", 42), ("supergroup", 42), ("private", 0)])
def test_a_chat_whose_id_is_not_of_its_type_is_nobodys(telegram: Lane, kind: str, chat_id: int) -> None:
    """A word, a tap and a membership: kept as they came, and nobody is known by them."""
    chat = {"id": chat_id, "type": kind}
    word = {"message_id": 1, "date": 9, "chat": chat, "text": "اشتراك"}
    tap = {"id": "q", "from": {"id": chat_id}, "data": "0+e:", "message": word}
    change = {"chat": chat, "date": 9, "from": {"id": 42}, "new_chat_member": {"status": "member"}}
    for number, about in enumerate(({"message": word}, {"callback_query": tap}, {"my_chat_member": change}), 1):
        with pytest.raises(Malformed):
            receive(telegram, json.dumps({"update_id": number, **about}).encode())
        assert Update.objects.get(provider_id=str(number)).outcome == "malformed"
    assert not Recipient.objects.exclude(kind="channel").exists()


def test_a_group_whose_administrators_are_not_told_is_brought_again(
    group: Group, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unanswered(_kind: LaneKind, _call: Call) -> bool:
        raise groups.Unanswered

    word = {"date": 9, "chat": {"id": GROUP, "type": "group"}, "from": {"id": ADMINISTRATOR}, "text": "اشتراك"}
    body = json.dumps({"update_id": 1, "message": word})

    def bring() -> int:
        post = {"path": "/hooks/telegram", "data": body, "content_type": "application/json"}
        return client.post(**post, headers={"X-Telegram-Bot-Api-Secret-Token": "hook"}).status_code

    asked = groups._accepted
    monkeypatch.setattr(groups, "_accepted", unanswered)
    assert bring() == 503
    assert not Recipient.objects.filter(kind="group").exists()
    monkeypatch.setattr(groups, "_accepted", asked)
    assert [bring(), bring()] == [200, 200]
    assert (group.row.status, Answer.objects.count()) == ("active", 1)


def _sent_before_it_moved(group: Group, telegram: Lane) -> Dispatch:
    group.says("اشتراك")
    Answer.objects.all().delete()
    Delivery.objects.all().delete()
    item, _release = publish()
    plan_all()
    send(telegram)
    item.refresh_from_db()
    return item


def _of_the_old_chat(call: Call) -> Outcome | None:
    if json.loads(call.body)["chat_id"] == GROUP:
        return Throttled(0, False, "group chat was upgraded", moved_to=Address(str(SUPERGROUP)))
    return None


@pytest.mark.parametrize("told_by", ["its word", "the answer"])
@pytest.mark.parametrize("verb", ["correct", "kill"])
def test_what_went_to_a_group_before_it_grew_is_followed_by_a_new_message(
    group: Group, telegram: Lane, told_by: str, verb: str
) -> None:
    """The supergroup may have another message of that number: it must not be touched."""
    item = _sent_before_it_moved(group, telegram)
    if told_by == "its word":
        group.says("", migrate_to_chat_id=SUPERGROUP)
    if verb == "correct":
        correct(item, "نص صحيح", "الخبر كما هو")
    else:
        desk.kill(None, item, item.sequence, "لم يحدث")
    plan_all()
    made = send(telegram, answers=_of_the_old_chat)
    (there,) = [call for call in made if json.loads(call.body)["chat_id"] == SUPERGROUP]
    assert there.op == "send"
    assert ("الخبر كما هو" if verb == "correct" else "لم يحدث") in json.loads(there.body)["text"]
    assert states()[-1] == ("delivered", "")


def test_what_went_to_the_supergroup_is_edited_there(group: Group, telegram: Lane) -> None:
    item = _sent_before_it_moved(group, telegram)
    group.says("", migrate_to_chat_id=SUPERGROUP)
    for text in ("نص ثان", "نص ثالث"):
        correct(item, text)
        plan_all()
        (call,) = send(telegram, answers=_of_the_old_chat)
    assert call.op == "edit"
