"""The loop by hand: plan, begin and commit without a network, the provider's answers given by the test."""

from collections.abc import Callable

from barqia import desk
from barqia.delivery import handout
from barqia.delivery.lane import Accepted, Call, Outcome
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.models import Delivery
from barqia.delivery.pacing.gates import Gates
from barqia.delivery.planning import plan
from barqia.delivery.sending.attempts import AttemptIds
from barqia.delivery.sending.intents import LaneHold, begin
from barqia.delivery.sending.outcomes import Result, commit
from barqia.delivery.sending.recovery import last_attempt
from barqia.desk.words import Slot, Words
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Release

NOW = 1_800_000_000_000
HOUR = 3_600_000
# one paragraph of three parts on either lane
LONG = "\n".join(f"فقرة {number} " + "كلمة " * 300 for number in range(8))

Answers = Callable[[Call], Outcome | None]


def reader(lane: Lane, address: int | str | None, user_id: str | None = None) -> Recipient:
    found = recipients.known(lane, None if address is None else str(address), user_id)
    found.status, found.last_inbound_ms = Recipient.Status.ACTIVE, NOW
    found.save()
    interests.ask_everything(found)
    return found


def publish(text: str = "نص", urgency: int = 5) -> tuple[Dispatch, Release]:
    item = desk.save(None, Words("عنوان", text), Slot(("politics",), urgency))
    release = desk.publish(None, item, 0)
    item.refresh_from_db()
    return item, release


def correct(item: Dispatch, text: str, note: str = "") -> Release:
    release = desk.correct(None, item, item.sequence, Words("عنوان", text), note)
    item.refresh_from_db()
    return release


def plan_all(now: int = NOW) -> None:
    plan.start(now)
    while plan.plan_slice(100, now) is not None:
        pass


def hold(lane: Lane) -> LaneHold:
    lane.refresh_from_db()
    ids = AttemptIds(lambda: NOW, lane.pk, last_attempt(lane.pk))
    return LaneHold(lane_config(lane), handout.hold(lane.pk), Gates(0), ids, lane.resend_flash)


def accepted(call: Call, delivery_id: int) -> Accepted:
    return Accepted(call.provider_id or str(1000 * delivery_id + call.part), delivered=True)


def send(lane: Lane, now: int = NOW + 1000, answers: Answers = lambda _call: None) -> list[Call]:
    """All that is due, with the provider's answers (accepted where `answers` gives none); the calls made."""
    held, made = hold(lane), []
    for _turn in range(100):
        group = begin(held, 100, now)
        if group.idle:
            break
        for intent in group.intents:
            made.append(intent.call)
            outcome = answers(intent.call) or accepted(intent.call, intent.delivery_id)
            commit(held, [Result(intent, intent.call, outcome, now)], now)
    return made


def states() -> list[tuple[str, str]]:
    """(state, reason) of every delivery, in the order planned."""
    return list(Delivery.objects.order_by("pk").values_list("state", "reason"))
