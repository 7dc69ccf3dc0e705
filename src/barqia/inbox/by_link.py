"""Readers who act by a link: what was asked for in their name is confirmed; they leave, or choose sections.

From: of a mail and the address in a form are anybody's to write, so neither does anything but send one mail, whose
link does it. A link is good for three days, for what it was made for, and until the reader decides anything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.db import transaction

from barqia.delivery.lane import Address
from barqia.delivery.links import Purpose, in_36, link, opened
from barqia.delivery.planning.answers import answer
from barqia.inbox.limits import may_mail
from barqia.inbox.people import known
from barqia.inbox.wording import Wordings
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Consent, Lane, Recipient
from barqia.subscribers.vault import vault
from barqia.wire.models import Section
from barqia.wire.setup import default_language

MINUTE_MS = 60_000
LIFE_MINUTES = 3 * 24 * 60
Wish = Literal["subscribe", "digest", "leave"]
LETTERS: dict[str, Wish] = {"s": "subscribe", "d": "digest", "l": "leave"}
Status = Recipient.Status


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link stands for: `sections` are slugs, none of them is everything. Digest subscribes to one mail a day."""

    recipient: Recipient
    wish: Wish
    sections: tuple[str, ...] = ()


@transaction.atomic
def ask(lane: Lane, address: str, wish: Wish, sections: Iterable[str], wordings: Wordings, now_ms: int) -> bool:
    """Send the link that carries out `wish`. False where this address was sent enough of them."""
    if not may_mail(lane.pk, address, now_ms):
        return False
    recipient = known(lane, Address(address), wordings.language)
    asked = Asked(recipient, wish, tuple(sections))
    where = confirmation(asked, wordings.language, now_ms)
    answer(lane.pk, recipient.pk, wordings.confirm(wish, where), at_ms=now_ms)
    return True


def confirmation(asked: Asked, language: str, now_ms: int) -> str:
    """The link's address, of the page in this language."""
    recipient = asked.recipient
    fields = (
        in_36(recipient.pk),
        asked.wish[0],
        in_36(now_ms // MINUTE_MS + LIFE_MINUTES),
        in_36(_last_decision(recipient)),
        "~".join(asked.sections),
    )
    key = vault().lane_key(recipient.lane_id)
    site = settings.BARQIA_BASE_URL + ("" if language == default_language() else f"/{language}")
    return link(site, recipient.lane_id, key, Purpose.CONFIRM, *fields)


def confirmed(lane_id: int, token: str, now_ms: int) -> Asked | None:
    """What a link asks for; None where it is not ours, too old, or the reader has decided something since."""
    fields = opened(vault().lane_key(lane_id), Purpose.CONFIRM, token)
    if fields is None:
        return None
    who, letter, minute, decision, sections = fields
    recipient = Recipient.objects.filter(pk=int(who, 36), lane_id=lane_id).first()
    if recipient is None or int(minute, 36) * MINUTE_MS < now_ms or int(decision, 36) != _last_decision(recipient):
        return None
    return Asked(recipient, LETTERS[letter], tuple(filter(None, sections.split("~"))))


def reader_of(lane_id: int, purpose: Purpose, token: str) -> Recipient | None:
    """The reader whom a link of a message names; it is good for as long as the message is kept."""
    fields = opened(vault().lane_key(lane_id), purpose, token)
    return Recipient.objects.filter(pk=int(fields[0], 36), lane_id=lane_id).first() if fields else None


def _last_decision(recipient: Recipient) -> int:
    """The newest consent: with the next one, links made before it are no good any more."""
    last = Consent.objects.filter(reader__recipients=recipient).order_by("-pk").values_list("pk", flat=True)
    return last.first() or 0


@transaction.atomic
def carry_out(asked: Asked, shown: str, now_ms: int) -> None:
    """What the reader confirmed. `shown` are the words under which they did."""
    recipients.hold_lane(asked.recipient.lane_id)
    recipient = Recipient.objects.select_for_update(no_key=True).get(pk=asked.recipient.pk)
    if asked.wish == "leave":
        recipients.leave(recipient, "link", now_ms)
        return
    _choose(recipient, asked.sections)
    action = Consent.Action.CHANGE if recipient.status == Status.ACTIVE else Consent.Action.SUBSCRIBE
    recipient.status, recipient.status_reason, recipient.digest = Status.ACTIVE, "", asked.wish == "digest"
    recipient.last_inbound_ms = max(recipient.last_inbound_ms or 0, now_ms)
    recipient.save(update_fields=["status", "status_reason", "digest", "last_inbound_ms"])
    recipient.failed_days.all().delete()
    recipients.consent(recipient, action, "link", " ".join(asked.sections), shown)


@transaction.atomic
def choose(recipient: Recipient, sections: Iterable[str], shown: str, *, digest: bool) -> bool:
    """Other sections for a reader, at once or once a day.

    False for one who is not subscribed: an old message brings nobody back.
    """
    recipients.hold_lane(recipient.lane_id)
    recipient.refresh_from_db(from_queryset=Recipient.objects.select_for_update(no_key=True))
    if recipient.status != Status.ACTIVE:
        return False
    recipient.digest = digest
    recipient.save(update_fields=["digest"])
    _choose(recipient, sections)
    recipients.consent(recipient, Consent.Action.CHANGE, "link", " ".join(sections), shown)
    return True


def _choose(recipient: Recipient, sections: Iterable[str]) -> None:
    slugs = list(Section.objects.filter(slug__in=sections).values_list("slug", flat=True))
    interests.forget_all(recipient)
    if not slugs:
        interests.ask_everything(recipient)
    for slug in slugs:
        interests.ask_section(recipient, slug)
