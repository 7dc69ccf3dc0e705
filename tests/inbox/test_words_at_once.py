"""Providers bring what they bring over many connections: the same twice, or one reader's words, at the same moment."""

import json

import pytest

from atonce import at_once, in_the_middle
from barqia.delivery.models import Answer, Delivery
from barqia.delivery.sending import intents
from barqia.delivery.sending.intents import begin
from barqia.inbox import effects, receive
from barqia.inbox.models import Update
from barqia.subscribers import imports
from barqia.subscribers.imports import import_csv
from barqia.subscribers.models import Consent, Lane, Recipient
from delivery.hand import NOW, hold, plan_all, publish, send

pytestmark = pytest.mark.django_db(transaction=True)
AT = 1_800_000_000


def _says(number: int, words: str, chat: int = 5, at: int = AT) -> bytes:
    who = {"id": chat, "is_bot": False, "first_name": "س"}
    message = {"message_id": number, "date": at, "chat": {"id": chat, "type": "private"}, "from": who, "text": words}
    return json.dumps({"update_id": number, "message": message}).encode()


def test_the_same_update_twice_at_once_acts_once(telegram: Lane) -> None:
    body = _says(1, "اشتراك")
    new = at_once(*[lambda: receive.receive(telegram, body)] * 4)
    assert sorted(new) == [0, 0, 0, 1]
    assert (Answer.objects.count(), Update.objects.count(), Recipient.objects.count()) == (1, 1, 1)


def test_two_words_of_a_new_reader_at_once_are_both_carried_out(
    telegram: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(
        monkeypatch,
        lambda: receive.receive(telegram, _says(1, "مساعدة")),
        (effects, "known"),
        lambda: receive.receive(telegram, _says(2, "اشتراك", at=AT + 1)),
    )
    assert set(Update.objects.values_list("outcome", flat=True)) == {"help", "subscribe"}
    assert (Recipient.objects.get().status, Answer.objects.count()) == ("active", 2)


@pytest.mark.parametrize("first", ["اشتراك", "سياسة"])
def test_a_word_to_stop_is_not_undone_by_one_that_was_said_before(
    telegram: Lane, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    receive.receive(telegram, _says(1, "مساعدة"))
    in_the_middle(
        monkeypatch,
        lambda: receive.receive(telegram, _says(2, first, at=AT + 1)),
        (effects, "known"),
        lambda: receive.receive(telegram, _says(3, "إلغاء", at=AT + 2)),
    )
    assert Recipient.objects.get().status == "unsubscribed"
    assert Consent.objects.order_by("-pk").first().action == "unsubscribe"  # type: ignore[union-attr]


def test_many_readers_words_at_once(telegram: Lane) -> None:
    def talks(first: int) -> int:
        return sum(receive.receive(telegram, _says(first + n, "اشتراك", chat=first + n)) for n in range(10))

    assert at_once(lambda: talks(100), lambda: talks(200), lambda: talks(300)) == [10, 10, 10]
    assert Recipient.objects.filter(status="active").count() == 30


def test_who_leaves_during_an_import_is_not_subscribed_by_it(telegram: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    receive.receive(telegram, _says(1, "اشتراك"))
    lines = ["lane,address,sections,consent_source", "telegram,5,,form", "telegram,6,,form"]
    in_the_middle(
        monkeypatch,
        lambda: import_csv(lines),
        (imports, "_known"),
        lambda: receive.receive(telegram, _says(2, "إلغاء", at=AT + 1)),
    )
    assert sorted(Recipient.objects.values_list("status", flat=True)) == ["active", "unsubscribed"]


def test_who_writes_while_an_import_brings_them_is_one_reader(telegram: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["lane,address,sections,consent_source", "telegram,5,,form"]
    in_the_middle(
        monkeypatch,
        lambda: import_csv(lines),
        (imports, "_create"),
        lambda: receive.receive(telegram, _says(1, "مساعدة")),
    )
    assert set(Update.objects.values_list("outcome", flat=True)) == {"help"}
    assert Recipient.objects.get().status == "active"


def test_who_says_stop_while_a_group_is_committed_is_in_it_or_gets_nothing(
    telegram: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive.receive(telegram, _says(1, "اشتراك"))
    publish()
    plan_all()
    Lane.objects.update(recipient_interval_ms=0)
    send(telegram)
    publish("آخر")
    plan_all()
    held, news = hold(telegram), Delivery.objects.latest("pk").pk

    def stops() -> str:
        receive.receive(telegram, _says(2, "إلغاء", at=AT + 1))
        return Delivery.objects.get(pk=news).state

    group, state = in_the_middle(
        monkeypatch, lambda: begin(held, 5, NOW + 1000), (intents, "_make_handing"), stops
    )  # fmt: skip
    assert not group.intents or state == "handing", "who had left when the group was committed is not in it"
