"""What a provider says later of a message: matched by our attempt's tag first, then by its own id."""

from dataclasses import replace

from django.db.models import Q

from barqia.delivery.costs.pricing import letters
from barqia.delivery.lane import Effect, Refused, Status, Throttled
from barqia.delivery.models import Attempt, Delivery, DeliveryState, Mailing, Part, Receipt, SourceKind
from barqia.delivery.pacing.retries import in_vain, retry_at
from barqia.delivery.sending import digests
from barqia.delivery.sending.attempts import split
from barqia.delivery.sending.ending import RANK, back_to_planned, forget_failed_parts, state_of_parts
from barqia.delivery.sending.outcomes import close_window, hold_mailing, stop_lane, throttle_lane
from barqia.delivery.states import may_become
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient

S = DeliveryState
STATES = {"sent": S.HANDED, "delivered": S.DELIVERED, "read": S.READ, "failed": S.FAILED}


def record(lane_id: int, status: Status, now_ms: int) -> bool:
    """Apply a late status, in the caller's transaction; False when it is of no delivery of this lane.

    Statuses come twice, in any order and at once: a later state is never taken back for an earlier one. Rows are
    held in the order in which a sender commits its answers: attempt, part, delivery.
    """
    found = _by_tag(lane_id, status) or _by_provider_id(lane_id, status)
    if found is None:
        return False
    delivery, number = found
    along = digests.sent_with(delivery, _attempt(delivery, number, status))
    _apply(delivery, number, status, now_ms)
    for other in Delivery.objects.filter(pk__in=along).order_by("pk") if along else ():
        _apply(other, number, replace(status, tag=None), now_ms)
    return True


def _attempt(delivery: Delivery, number: int, status: Status) -> Attempt | None:
    """The one that the status is of."""
    attempts = Attempt.objects.filter(delivery_id=delivery.pk, part=number).order_by("-pk")
    return attempts.filter(pk=status.tag).first() if status.tag else attempts.first()


def _apply(delivery: Delivery, number: int, status: Status, now_ms: int) -> None:
    state = STATES[status.status]
    Receipt.objects.get_or_create(
        lane_id=delivery.lane_id,
        month=delivery.month,
        delivery_id=delivery.pk,
        provider_id=status.provider_id,
        status=status.status,
        defaults={"code": status.code, "at_ms": status.at_ms},
    )
    if _says_nothing_new(delivery, number, status):
        return
    under_way = delivery.state == S.HANDING
    _close_attempt(status, now_ms)
    _record_part(delivery, number, status, state)
    _move(delivery, status, now_ms)
    _consequence(delivery, status, now_ms)
    if status.status == "failed" and not under_way:
        _try_again(delivery.pk, status, now_ms)


def _by_tag(lane_id: int, status: Status) -> tuple[Delivery, int] | None:
    if status.tag is None:
        return None
    tag, number = split(status.tag)
    attempt = Attempt.objects.filter(lane_id=lane_id, pk__gte=tag, pk__lte=tag + number).order_by("pk").first()
    delivery = attempt and Delivery.objects.filter(pk=attempt.delivery_id).first()
    return (delivery, number) if delivery else None


def _by_provider_id(lane_id: int, status: Status) -> tuple[Delivery, int] | None:
    part = Part.objects.filter(lane_id=lane_id, provider_id=status.provider_id).order_by("-pk").first()
    delivery = part and Delivery.objects.filter(pk=part.delivery_id).first()
    return (delivery, part.number) if part and delivery else None


def _close_attempt(status: Status, now_ms: int) -> None:
    if status.tag is not None:
        Attempt.objects.filter(pk=status.tag, ended_ms=None).update(
            ended_ms=now_ms, outcome="receipt", code=status.code[:80]
        )


def _says_nothing_new(delivery: Delivery, number: int, status: Status) -> bool:
    """What failed before a resend is of no account after it, and nothing of a message that failed comes after that."""
    if status.status == "failed":
        again = delivery.state in {S.PLANNED, S.CLAIMED} and not _has_part(delivery, number)
        return again or not _is_newest(delivery, number, status)
    failed = Receipt.objects.filter(delivery_id=delivery.pk, provider_id=status.provider_id, status="failed")
    return failed.exists()


def _has_part(delivery: Delivery, number: int) -> bool:
    return Part.objects.filter(delivery_id=delivery.pk, number=number).exists()


def _is_newest(delivery: Delivery, number: int, status: Status) -> bool:
    """Whether this is of the part's newest attempt: what failed before a resend is of no account after it."""
    newest = Attempt.objects.filter(delivery_id=delivery.pk, part=number).order_by("-pk").first()
    return status.tag is None or newest is None or newest.pk == status.tag


def _record_part(delivery: Delivery, number: int, status: Status, state: DeliveryState) -> None:
    """The part as the provider now knows it; a second message for one part means it went out twice."""
    part, made = Part.objects.get_or_create(
        lane_id=delivery.lane_id,
        month=delivery.month,
        delivery_id=delivery.pk,
        number=number,
        defaults={"provider_id": status.provider_id, "state": state, "sent_ms": status.at_ms},
    )
    if status.pricing and part.provider_id == status.provider_id and not part.pricing:
        Part.objects.filter(pk=part.pk).update(pricing=letters(status.pricing))
    if made:
        delivery.parts_out = Part.objects.filter(delivery_id=delivery.pk).count()
        delivery.save(update_fields=["parts_out"])
    elif part.provider_id != status.provider_id:
        delivery.sent_twice = True
        delivery.save(update_fields=["sent_twice"])
    else:
        lower = [name for name, rank in RANK.items() if rank < RANK[state]]
        Part.objects.filter(pk=part.pk, state__in=lower).update(state=state)


def _move(delivery: Delivery, status: Status, now_ms: int) -> None:
    """Bring the delivery to what its parts are, once all are out; one left unfinished by a dead sender goes on."""
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if Part.objects.filter(delivery_id=delivery.pk).count() < delivery.parts_total:
        if delivery.state == S.UNKNOWN and not _in_doubt(delivery):
            back_to_planned([(now_ms, now_ms, delivery.pk)])
        return
    new, reason = state_of_parts(delivery.pk)
    if status.status == "failed":
        new, reason = S.FAILED, status.reason or "provider"
    if may_become(delivery.state, new):
        delivery.state, delivery.reason, delivery.changed_ms = new, reason[:40], now_ms
        delivery.save(update_fields=["state", "reason", "changed_ms"])


def _try_again(delivery_id: int, status: Status, now_ms: int) -> None:
    """What failed surely, and may pass, is planned again as after an answer.

    Not where the answer itself is still under way, which would be taken for a second message's.
    """
    delivery = Delivery.objects.get(pk=delivery_id)
    if delivery.state != S.FAILED or _is_stopped(delivery):
        return
    attempts, at_ms = max(0, delivery.attempts - 1), now_ms
    if status.effect is Effect.WINDOW_CLOSED:
        release = delivery.source_kind == SourceKind.RELEASE
        kind = Lane.objects.values_list("kind", flat=True).get(pk=delivery.lane_id)
        if not release or not close_window(kind, delivery.recipient_id, now_ms):
            return
    elif status.again:
        at_ms = retry_at(status.again, attempts, now_ms)
        if in_vain(status.again, attempts, at_ms, delivery.expires_ms):
            return
    else:
        return
    forget_failed_parts([delivery.pk])
    back_to_planned([(at_ms, now_ms, delivery.pk)], "'failed'")


def _is_stopped(delivery: Delivery) -> bool:
    """Whether a later decision overtook its mailing, or an editor ended it."""
    if delivery.dispatch_id is None:
        return False
    of_item = Mailing.objects.filter(dispatch_id=delivery.dispatch_id)
    overtaken = of_item.filter(release_id__gt=delivery.source_id, supersedes=True)
    ended = of_item.filter(release_id=delivery.source_id, state=Mailing.State.CANCELLED)
    return overtaken.exists() or ended.exists()


def _in_doubt(delivery: Delivery) -> bool:
    """Whether a part of which nothing is known yet may have gone out: its call has no end, or an unclear one."""
    doubtful = Attempt.objects.filter(Q(ended_ms=None) | Q(outcome="unclear"), delivery_id=delivery.pk)
    known = Part.objects.filter(delivery_id=delivery.pk).values("number")
    return doubtful.exclude(part__in=known).exists()


def _consequence(delivery: Delivery, status: Status, now_ms: int) -> None:
    if isinstance(status.again, Throttled) and status.again.whole_lane:
        throttle_lane(delivery.lane_id, now_ms + status.again.retry_ms)
    elif status.effect in {Effect.BLOCKED, Effect.OPTED_OUT}:
        recipients.block(Recipient.objects.get(pk=delivery.recipient_id), status.reason)
    elif status.effect is Effect.SOFT:
        recipients.took_nothing(Recipient.objects.get(pk=delivery.recipient_id), status.reason, now_ms)
    elif status.effect is Effect.STOP_LANE:
        stop_lane(delivery.lane_id, Refused(status.reason, status.code))
    elif status.effect is Effect.PAUSE_MAILING and delivery.source_kind == SourceKind.RELEASE:
        for mailing in Mailing.objects.filter(pk=delivery.source_id):
            hold_mailing(mailing.pk, delivery.lane_id, Refused(status.reason, status.code))
