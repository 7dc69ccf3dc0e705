"""One message a day: what waits for it, who carries what, and what follows an item that was in one."""

from collections import Counter
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.account import board
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Accepted, Call, Effect, Outcome, Status, Throttled, Unclear
from barqia.delivery.models import Attempt, Chunk, Delivery, Part, Pulse
from barqia.delivery.planning import digest
from barqia.delivery.sending.intents import begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import never_began, recover
from barqia.desk.words import Slot, Words
from barqia.lanes.email.terms import digest_at
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Newsroom
from delivery.hand import HOUR, NOW, correct, hold, plan_all, reader, send, states

DAY = 24 * HOUR


def asks_for_a_digest(lane: Lane, address: str) -> Recipient:
    found = reader(lane, address)
    Recipient.objects.filter(pk=found.pk).update(digest=True)
    return found


def publish(headline: str, urgency: int = 5) -> Dispatch:
    item = desk.save(None, Words(headline, "نص"), Slot(("politics",), urgency))
    desk.publish(None, item, 0)
    item.refresh_from_db()
    return item


def evening(after: int = NOW) -> int:
    return digest.next_ms(digest_at({}), "Asia/Damascus", after)


def mail_of(call: Call) -> EmailMessage:
    message = message_from_bytes(call.body, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words_of(call: Call) -> str:
    body = mail_of(call).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def two(mail: Lane) -> Lane:
    """Two readers: one of everything as it comes, one of the digest."""
    reader(mail, "now@reader.example")
    asks_for_a_digest(mail, "daily@reader.example")
    return mail


def test_a_digest_carries_what_was_published_since_the_last_one_in_one_message(two: Lane) -> None:
    for headline, urgency in (("أولى", 5), ("ثانية", 4), ("ثالثة", 6)):
        publish(headline, urgency)
    plan_all()
    assert [call.mail.recipient for call in send(two) if call.mail] == ["now@reader.example"] * 3
    assert send(two, evening() - 1) == []
    (call,) = send(two, evening())
    assert call.mail
    assert call.mail.recipient == "daily@reader.example"
    assert mail_of(call)["Subject"] == "نشرة اليوم: ثانية، وبرقيات أخرى"
    text = words_of(call)
    assert text.index("ثانية") < text.index("أولى") < text.index("ثالثة")
    assert of_digests() == {"delivered": 3}
    assert send(two, evening() + HOUR) == []


def of_digests() -> Counter[str]:
    """What became of the digests' deliveries."""
    return Counter(Delivery.objects.filter(mode="digest").values_list("state", flat=True))


def test_what_is_corrected_before_the_digest_is_in_it_once_and_what_is_killed_is_not(two: Lane) -> None:
    kept, gone = publish("باقية"), publish("ملغاة")
    plan_all()
    correct(kept, "نص مصوّب")
    desk.kill(None, gone, 1, "خطأ")
    plan_all()
    send(two)
    (call,) = send(two, evening())
    text = words_of(call)
    assert text.count("نص مصوّب") == 1
    assert "ملغاة" not in text
    assert "تصويب" not in text, "to this reader it is no correction"


def test_a_kill_after_the_digest_answers_it_at_once(two: Lane) -> None:
    item = publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    (carried,) = send(two, evening())
    desk.kill(None, item, 1, "خطأ")
    plan_all(evening() + 1000)
    to_daily = [call for call in send(two, evening() + 2000) if call.mail and call.mail.recipient.startswith("daily")]
    (kill,) = to_daily
    assert mail_of(kill)["In-Reply-To"] == mail_of(carried)["Message-ID"]
    assert "إلغاء برقية" in str(mail_of(kill)["Subject"])


def test_what_is_planned_as_a_digest_goes_waits_for_the_next_day(two: Lane) -> None:
    publish("في الموعد")
    plan_all(evening() - digest.CUT_OFF_MS - 1)
    publish("بعد الموعد")
    plan_all(evening() - digest.CUT_OFF_MS)
    (first,) = [call for call in send(two, evening()) if call.mail and call.mail.recipient.startswith("daily")]
    assert "بعد الموعد" not in words_of(first)
    (second,) = send(two, evening() + DAY)
    assert "بعد الموعد" in words_of(second)


def test_who_had_a_digest_today_gets_what_was_held_back_with_the_next(two: Lane) -> None:
    publish("تذهب")
    held = publish("موقوفة")
    plan_all()
    release = held.releases.get()
    board.pause(None, release.pk, paused=True)
    send(two)
    (first,) = send(two, evening())
    assert "موقوفة" not in words_of(first)
    board.pause(None, release.pk, paused=False)
    later = [call.mail.recipient for call in send(two, evening() + HOUR) if call.mail]
    assert later == ["now@reader.example"]
    (second,) = send(two, evening() + DAY)
    assert "موقوفة" in words_of(second)


def test_a_digest_that_is_refused_for_now_goes_again_whole(two: Lane) -> None:
    publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    send(two, evening(), lambda _call: Throttled(120_000, False, "450"))
    assert of_digests() == {"planned": 2}
    (call,) = send(two, evening() + HOUR)
    assert "أولى" in words_of(call)
    assert "ثانية" in words_of(call)
    assert of_digests() == {"delivered": 2}


def test_a_digest_whose_sender_died_is_unknown_item_by_item_and_does_not_go_again(two: Lane) -> None:
    publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    held = hold(two)
    (intent,) = begin(held, 10, evening()).intents
    assert of_digests() == {"handing": 2}
    assert recover(evening() + 1000) == 2
    assert send(two, evening() + HOUR) == []
    # its server tells later that it had taken it
    status = Status("s1", str(intent.call.provider_id), "delivered", evening() + 5000, tag=intent.attempt_id)
    assert receipts.record(two.pk, status, evening() + 5000)
    assert of_digests() == {"delivered": 2}


def test_what_is_in_hand_is_not_planned_again_after_a_commit_without_an_answer(two: Lane) -> None:
    publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    held = hold(two)
    (intent,) = begin(held, 10, evening()).intents
    in_hand = {one.delivery_id for one in intent.all}
    assert len(in_hand) == 2
    assert never_began(held, 0, in_hand, evening()) == 0
    assert never_began(held, 0, set(), evening()) == 2
    assert of_digests() == {"planned": 2}


def test_a_bounce_is_of_every_item_of_the_digest(two: Lane) -> None:
    publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    (call,) = send(two, evening())
    carrier = Attempt.objects.filter(started_ms=evening()).order_by("pk").first()
    assert carrier
    status = Status(
        "b1", str(call.provider_id), "failed", evening() + 9000, carrier.pk, "no_mailbox", "5.1.1", Effect.BLOCKED
    )
    assert receipts.record(two.pk, status, evening() + 9000)
    assert set(Delivery.objects.filter(mode="digest").values_list("state", "reason")) == {("failed", "no_mailbox")}
    assert Recipient.objects.get(digest=True).status == "blocked"


def test_who_leaves_before_the_digest_gets_none(two: Lane) -> None:
    publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    recipients.leave(Recipient.objects.get(digest=True), "one_click", NOW)
    assert send(two, evening()) == []
    assert set(Delivery.objects.filter(mode="digest").values_list("state", "reason")) == {("skipped", "opted_out")}


def test_every_item_of_an_unclear_digest_is_unknown(two: Lane) -> None:
    publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    outcomes: list[Outcome] = [Unclear("timeout")]
    send(two, evening(), lambda _call: outcomes.pop() if outcomes else None)
    assert of_digests() == {"unknown": 2}


def test_a_digest_missed_for_a_night_goes_when_the_sender_is_back_and_one_missed_for_longer_never(two: Lane) -> None:
    publish("أولى")
    plan_all()
    send(two)
    assert len(send(two, evening() + 12 * HOUR)) == 1
    publish("ثانية")
    plan_all(evening() + 13 * HOUR)
    # the reader of everything has it too late as well
    assert send(two, evening() + DAY + digest.LIFE_MS) == []
    assert {state for state, reason in states() if reason == "expired"} == {"skipped"}


def test_a_test_send_does_not_wait_for_a_digest(two: Lane) -> None:
    Recipient.objects.filter(digest=True).update(own=True)
    item = desk.save(None, Words("تجربة", "نص"), Slot(("politics",), 5))
    desk.test(None, item, item.sequence)
    plan_all()
    assert [call.mail.recipient for call in send(two) if call.mail] == ["daily@reader.example"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-28T17:59:59", "2026-03-28T18:00"),
        ("2026-03-28T18:00:00", "2026-03-29T18:00"),
        # the night in which the clocks of Beirut go forward
        ("2026-03-29T12:00:00", "2026-03-29T18:00"),
    ],
)
def test_a_digest_goes_by_the_newsrooms_clock(now: str, expected: str) -> None:
    zone = ZoneInfo("Asia/Beirut")

    def ms(text: str) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)

    found = digest.next_ms(digest_at({}), "Asia/Beirut", ms(now))
    assert found == ms(expected)
    assert digest.last_ms(digest_at({}), "Asia/Beirut", found) == found
    assert digest.last_ms(digest_at({}), "Asia/Beirut", found - 1) < ms(now) + 1


def test_the_lane_says_when_its_digest_goes(two: Lane) -> None:
    two.settings["digest_at"] = "07:30"
    two.save()
    publish("صباحية")
    plan_all()
    planned = Delivery.objects.get(mode="digest").not_before_ms
    assert planned == digest.next_ms(digest_at(two.settings), Newsroom.objects.get().zone, NOW)
    assert planned != evening()


def test_each_item_of_a_digest_has_the_part_that_it_was_in(two: Lane) -> None:
    publish("أولى")
    publish("ثانية")
    plan_all()
    send(two)
    held = hold(two)
    (intent,) = begin(held, 10, evening()).intents
    commit(held, [Result(intent, intent.call, Accepted(intent.call.provider_id), evening())], evening())
    parts = Part.objects.filter(provider_id=intent.call.provider_id)
    assert set(parts.values_list("delivery_id", flat=True)) == {one.delivery_id for one in intent.all}


def test_a_mailing_of_which_only_a_digest_is_left_says_so_and_is_not_waited_for(two: Lane) -> None:
    item = publish("أولى")
    plan_all()
    Pulse.objects.create(worker="here:1", at_ms=now_ms(), lanes=[two.pk], plans=True)
    release = item.releases.get()
    assert not board.account(release.pk).put_off, "one goes at once"
    send(two)
    Delivery.objects.filter(mode="digest").update(not_before_ms=now_ms() + HOUR)
    Chunk.objects.filter(done=False).update(not_before_ms=now_ms() + HOUR)
    account = board.account(release.pk)
    assert account.put_off
    assert [lane.held_up.why for lane in account.held_up_lanes] == ["digest"]
    assert account.adds_up
