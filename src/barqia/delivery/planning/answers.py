"""Answers to readers' words are deliveries like any other."""

from collections.abc import Sequence
from dataclasses import asdict

from barqia.delivery.clock import month_of, now_ms
from barqia.delivery.models import Answer, Chunk, Delivery, SourceKind
from barqia.delivery.planning.priority import ANSWER
from barqia.rendering.story import Menu

LIFE_MS = 24 * 3600 * 1000
URGENCY = 1
NOT_BEGUN = ("planned", "claimed")


def answer(
    lane_id: int,
    recipient_id: int,
    text: str,
    buttons: Sequence[str] = (),
    card: bool = False,
    at_ms: int | None = None,
    menu: Menu | None = None,
) -> Answer:
    """Write an answer and its delivery, in the caller's transaction."""
    at = now_ms() if at_ms is None else at_ms
    made = Answer(lane_id=lane_id, recipient_id=recipient_id, text=text, buttons=list(buttons), card=card)
    made.created_ms = at
    if menu:
        made.menu = asdict(menu)
        _draw_as_it_is(made, menu)
    made.save()
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


def _draw_as_it_is(answer: Answer, menu: Menu) -> None:
    """Of several taps on one menu all that are still to be answered draw the state after the last of them."""
    waiting = Delivery.objects.filter(
        dispatch_id=None, recipient_id=answer.recipient_id, source_kind=SourceKind.ANSWER, state__in=NOT_BEGUN
    )
    for other in Answer.objects.filter(pk__in=waiting.values("source_id")):
        if menu.message and other.menu and other.menu["message"] == menu.message:
            other.text = answer.text
            other.menu = {**other.menu, "choices": [asdict(line) for line in menu.choices], "start": menu.start}
            other.save(update_fields=["text", "menu"])
