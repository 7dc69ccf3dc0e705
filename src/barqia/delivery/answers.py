"""Answers to readers' words are deliveries like any other."""

from collections.abc import Sequence

from barqia.delivery.clock import month_of, now_ms
from barqia.delivery.models import Answer, Chunk, Delivery, SourceKind
from barqia.delivery.priority import ANSWER

LIFE_MS = 24 * 3600 * 1000
URGENCY = 1


def answer(
    lane_id: int,
    recipient_id: int,
    text: str,
    buttons: Sequence[str] = (),
    card: bool = False,
    at_ms: int | None = None,
) -> Answer:
    """Write an answer and its delivery, in the caller's transaction."""
    at = now_ms() if at_ms is None else at_ms
    made = Answer.objects.create(
        lane_id=lane_id, recipient_id=recipient_id, text=text, buttons=list(buttons), card=card, created_ms=at
    )
    source = {"month": month_of(at), "source_kind": SourceKind.ANSWER, "source_id": made.pk}
    chunk = Chunk.objects.create(lane_id=lane_id, priority=ANSWER, **source)
    Delivery.objects.create(
        lane_id=lane_id,
        recipient_id=recipient_id,
        chunk_id=chunk.pk,
        urgency=URGENCY,
        expires_ms=at + LIFE_MS,
        changed_ms=at,
        **source,
    )
    return made
