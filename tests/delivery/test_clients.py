"""Client newsrooms: each one's failures are its own, and what fails for long is stopped with a notice."""

from itertools import pairwise

import pytest

from barqia import desk
from barqia.delivery import clients
from barqia.delivery.account.board import account
from barqia.delivery.clients import DAY_MS, LONG_FAILURE_MS
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Accepted, Call, Outcome
from barqia.delivery.models import Delivery, Pulse
from barqia.desk.words import Slot, Words
from barqia.errors import InputError, NotFound
from barqia.lanes.client import ClientNewsroom
from barqia.lanes.client.replies import again
from barqia.project.commands.lanes import make
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import AuditEntry
from delivery.hand import HOUR, NOW, plan_all, publish, send, states


@pytest.fixture
def lane(newsroom: object) -> Lane:
    return make("clients", "client", "عملاء", {}, {})


def _fails(_call: Call) -> Outcome:
    return again("http_500")


def _takes(_call: Call) -> Outcome:
    return Accepted("m", delivered=True)


def _published(lane: Lane, at: int, answers: object = _fails) -> None:
    publish()
    plan_all(at)
    send(lane, at, answers)  # type: ignore[arg-type]


def test_a_client_gets_its_sections_alone(lane: Lane) -> None:
    clients.add(lane, "politics desk", "https://a.example/", ["politics"])
    clients.add(lane, "field desk", "https://b.example/", ["field"])
    clients.add(lane, "all", "https://c.example/")
    publish()
    plan_all()
    assert {call.url for call in send(lane)} == {"https://a.example/", "https://c.example/"}


def test_its_sections_are_changed_and_test_sends_go_to_the_newsrooms_own(lane: Lane) -> None:
    other = clients.add(lane, "b", "https://b.example/", ["politics"])
    own = clients.add(lane, "a", "https://a.example/", ["field"])
    clients.choose(own, ["politics"])
    clients.choose(other, ["field"])
    publish()
    plan_all()
    assert [call.url for call in send(lane)] == ["https://a.example/"]
    clients.choose(other, [])
    clients.mark_own(clients.client(lane, "b"), own=True)
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",), 5))
    desk.test(None, item, 0)
    plan_all()
    (call,) = send(lane, NOW + HOUR)
    assert (call.url, b'"test":true' in call.body) == ("https://b.example/", True)
    with pytest.raises(InputError):
        clients.choose(other, ["nowhere"])


def test_one_that_fails_holds_no_other_up(lane: Lane) -> None:
    for letter in "abcdefgh":
        clients.add(lane, letter, f"https://{letter}.example/")
    publish()
    plan_all()
    send(lane, answers=lambda call: _takes(call) if call.url == "https://h.example/" else _fails(call))
    assert [state for state, _reason in states()] == ["planned"] * 7 + ["delivered"]
    lane.refresh_from_db()
    assert (lane.alert, lane.paused_until_ms) == ("", 0)


def test_it_is_tried_while_it_is_news_and_then_failed(lane: Lane) -> None:
    clients.add(lane, "a", "https://a.example/")
    publish()
    plan_all()
    at, tries = NOW, []
    while states() == [("planned", "")]:
        at = Delivery.objects.get().not_before_ms or at
        tries.append(at)
        assert len(send(lane, at, _fails)) == 1
        assert len(tries) < 40
    assert states() == [("failed", "endpoint_failed")]
    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert waits[:4] == [10_000, 20_000, 40_000, 80_000]
    assert 20 * HOUR < tries[-1] - NOW < 24 * HOUR


def test_who_waits_for_a_mailing_does_not_wait_for_a_server_that_is_down(lane: Lane) -> None:
    clients.add(lane, "a", "https://a.example/")
    clients.add(lane, "b", "https://b.example/")
    _item, release = publish()
    at = now_ms()
    plan_all(at)
    Pulse.objects.create(worker="m:1", at_ms=at, lanes=[lane.pk])
    seen = []
    for _ in range(4):
        assert send(lane, at, lambda call: _takes(call) if call.url == "https://b.example/" else _fails(call))
        seen.append(account(release.pk).put_off)
        at = Delivery.objects.get(state="planned").not_before_ms
    assert seen == [False, False, True, True], "after 10 and 20 seconds it is tried again, and then later"
    send(lane, at, _takes)
    assert not account(release.pk).put_off
    assert account(release.pk).finished


def test_what_fails_for_five_days_is_stopped_and_said_and_others_go_on(lane: Lane) -> None:
    clients.add(lane, "a", "https://a.example/")
    _published(lane, NOW)
    assert [(one.name, one.stopped) for one in clients.troubled()] == [("a", False)]
    _published(lane, NOW + LONG_FAILURE_MS - 1)
    assert not clients.client(lane, "a").stopped
    _published(lane, NOW + LONG_FAILURE_MS)
    (stopped,) = clients.troubled()
    assert (stopped.stopped, stopped.recipient.status_reason) == (True, "long_failure")
    entry = AuditEntry.objects.get(verb="client_stopped")
    assert entry.detail == {"recipient": stopped.recipient.pk, "why": "long_failure"}
    lane.refresh_from_db()
    assert lane.alert == ""
    publish()
    plan_all(NOW + 6 * DAY_MS)
    assert not send(lane, NOW + 6 * DAY_MS)
    clients.switch(None, stopped, on=True)
    assert not clients.troubled()
    _published(lane, NOW + 7 * DAY_MS, _takes)
    assert states()[-1] == ("delivered", "")


def test_it_is_told_what_a_client_that_was_off_has_missed(lane: Lane) -> None:
    one = clients.add(lane, "a", "https://a.example/")
    item, _release = publish()
    plan_all()
    send(lane, answers=_takes)
    clients.switch(None, one, on=False)
    publish("خبر لم يصله")
    desk.kill(None, item, item.sequence, "خطأ")
    plan_all(NOW + HOUR)
    assert not send(lane, NOW + HOUR)
    clients.switch(None, one, on=True)
    assert clients.missed(one) == [(item.public_id, "kill")]


def test_one_success_begins_the_days_anew(lane: Lane) -> None:
    clients.add(lane, "a", "https://a.example/")
    _published(lane, NOW)
    _published(lane, NOW + DAY_MS, _takes)
    assert not clients.troubled()
    _published(lane, NOW + LONG_FAILURE_MS)
    assert not clients.client(lane, "a").stopped


def test_a_client_that_wants_no_more_is_stopped_and_said(lane: Lane) -> None:
    clients.add(lane, "a", "https://a.example/")
    from barqia.delivery.lane import Reply

    _published(lane, NOW, lambda call: ClientNewsroom().outcome(call, Reply(410, {}, b"")))
    (stopped,) = clients.troubled()
    assert stopped.recipient.status_reason == "endpoint_gone"
    assert AuditEntry.objects.filter(verb="client_stopped").exists()


def test_a_row_tells_neither_address_nor_secret(lane: Lane) -> None:
    made = clients.add(lane, "a", "https://secret-host.example/")
    row = Recipient.objects.get()
    stored = bytes(row.address_cipher or b"") + bytes(row.address_hash or b"")
    assert b"secret-host" not in stored
    assert "secret-host" not in repr(made) + repr(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert clients.client(lane, "a").endpoint == made.endpoint


def test_a_secret_is_changed_and_an_address(lane: Lane) -> None:
    made = clients.add(lane, "a", "https://a.example/")
    clients.rotate(made, NOW, HOUR)
    clients.move(clients.client(lane, "a"), "https://b.example/", private=False)
    _published(lane, NOW)
    endpoint = clients.client(lane, "a").endpoint
    assert (endpoint.url, len(endpoint.keys(NOW)), len(endpoint.keys(NOW + HOUR))) == ("https://b.example/", 2, 1)
    assert endpoint.keys(NOW)[1] == made.endpoint.secrets[0].key


def test_what_cannot_be_is_refused_by_name(lane: Lane, english: None) -> None:
    clients.add(lane, "a", "https://a.example/")
    with pytest.raises(InputError, match="already"):
        clients.add(lane, "a", "https://b.example/")
    with pytest.raises(InputError, match="https"):
        clients.add(lane, "b", "http://b.example/")
    with pytest.raises(InputError, match="https"):
        clients.move(clients.client(lane, "a"), "gopher://b.example/", private=True)
    with pytest.raises(InputError, match="no section"):
        clients.add(lane, "b", "https://b.example/", ["weather-on-mars"])
    with pytest.raises(NotFound, match="The clients are: a"):
        clients.client(lane, "b")
