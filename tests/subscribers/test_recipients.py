"""One person known as two rows becomes one, with all that either had; and what the person said last counts."""

from barqia import desk
from barqia.delivery.lane import Address
from barqia.inbox.people import known, moved
from barqia.subscribers import recipients
from barqia.subscribers.models import Consent, Lane, Recipient
from delivery.hand import NOW, plan_all, publish, reader, send, states

NUMBER, USER_ID = "967770000001", "YE.abc"
BOTH = Address(NUMBER, USER_ID)


def test_a_subscription_under_the_user_id_goes_with_the_person(whatsapp: Lane) -> None:
    reader(whatsapp, None, USER_ID)
    known(whatsapp, Address(NUMBER))  # once asked for help: a stranger by number
    person = known(whatsapp, BOTH)
    publish()
    plan_all()
    (call,) = send(whatsapp)
    assert (NUMBER in call.body.decode(), person.status) == (True, "active")


def test_what_was_sent_to_the_user_id_is_killed_at_the_number(whatsapp: Lane) -> None:
    reader(whatsapp, None, USER_ID)
    item, _release = publish()
    plan_all()
    send(whatsapp)
    known(whatsapp, Address(NUMBER))
    known(whatsapp, BOTH)
    desk.kill(None, item, 1, "خطأ")
    plan_all()
    assert len(send(whatsapp)) == 1
    assert states() == [("delivered", ""), ("delivered", "")]


def test_of_two_decisions_the_later_counts_and_else_the_opt_out(whatsapp: Lane) -> None:
    by_number, by_id = reader(whatsapp, NUMBER), reader(whatsapp, None, USER_ID)
    by_id.status, by_id.status_reason = "unsubscribed", "word"
    by_id.save()
    recipients.consent(by_id, Consent.Action.UNSUBSCRIBE, "word")
    person = known(whatsapp, BOTH)
    assert (person.pk, person.status) == (by_number.pk, "unsubscribed")
    assert Consent.objects.get().reader_id == by_number.reader_id


def test_who_subscribed_again_under_the_number_stays_subscribed(whatsapp: Lane) -> None:
    by_number, by_id = reader(whatsapp, NUMBER), reader(whatsapp, None, USER_ID)
    by_id.status, by_id.last_inbound_ms = "unsubscribed", NOW - 1000
    by_id.save()
    assert known(whatsapp, BOTH).status == "active"
    assert by_number.subscriptions.count() == 1


def test_a_number_that_changed_takes_the_person_along(whatsapp: Lane) -> None:
    person = reader(whatsapp, NUMBER, USER_ID)
    other = reader(whatsapp, "967770000002")
    now = moved(whatsapp, Address(NUMBER), Address("967770000002", "YE.new"))
    assert now.pk == person.pk
    assert known(whatsapp, Address("967770000002", "YE.new")).pk == person.pk
    assert Recipient.objects.get(pk=other.pk).address_hash is None
    publish()
    plan_all()
    assert len(send(whatsapp)) == 1


def test_a_new_user_id_at_the_same_number_is_taken_over(whatsapp: Lane) -> None:
    person = reader(whatsapp, NUMBER, USER_ID)
    known(whatsapp, Address(NUMBER, "YE.new"))
    assert known(whatsapp, Address(None, "YE.new")).pk == person.pk


def test_a_group_that_removes_us_does_not_stop_the_lane(telegram: Lane) -> None:
    group = reader(telegram, -100)
    group.kind = "group"
    group.save()
    recipients.block(group, "no_access")
    telegram.refresh_from_db()
    assert (telegram.alert, group.status) == ("", "blocked")
