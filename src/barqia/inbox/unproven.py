"""Words whose sender nobody vouches for: they are asked whether it was them, and answered at all only where it helps.

A made-up From: must not subscribe anyone, nor make this wire write to people who never heard of it.
"""

from typing import TypeGuard

from barqia.delivery.lane import Word
from barqia.delivery.planning.answers import answer
from barqia.inbox import by_link
from barqia.inbox.limits import may_mail
from barqia.inbox.people import found
from barqia.inbox.wording import Wordings
from barqia.subscribers import interests
from barqia.subscribers.models import Lane, Recipient
from barqia.subscribers.words import Command, Wish


def act_on(lane: Lane, word: Word, command: Command, wordings: Wordings, now_ms: int) -> str:
    """Returns the outcome's slug. What asks nothing is not answered: it is mail that found its way here."""
    address = word.sender.address
    assert address is not None, "a mail without a sender is no word"
    reader = found(lane, word.sender)
    as_before: by_link.Wish = "digest" if _is_active(reader) and reader.digest else "subscribe"
    match command.wish:
        case Wish.SUBSCRIBE | Wish.EVERYTHING:
            asked = by_link.ask(lane, address, as_before, (), wordings, now_ms)
        case Wish.DIGEST | Wish.AT_ONCE:
            wish: by_link.Wish = "digest" if command.wish is Wish.DIGEST else "subscribe"
            asked = by_link.ask(lane, address, wish, _asked_before(reader), wordings, now_ms)
        case Wish.SECTION:
            sections = dict.fromkeys([*_asked_before(reader), command.what])
            asked = by_link.ask(lane, address, as_before, sections, wordings, now_ms)
        case Wish.UNSUBSCRIBE:
            if not _is_active(reader):
                return "not_subscribed"
            asked = by_link.ask(lane, address, "leave", (), wordings, now_ms)
        case Wish.HELP | Wish.START if reader is not None:
            asked = may_mail(lane.pk, address, now_ms)
            if asked:
                answer(lane.pk, reader.pk, wordings.help_by_mail(), at_ms=now_ms)
        case _:
            return command.wish.value
    return f"{command.wish}_asked" if asked else "too_often"


def _asked_before(reader: Recipient | None) -> list[str]:
    return interests.sections_of(reader) if _is_active(reader) else []


def _is_active(reader: Recipient | None) -> TypeGuard[Recipient]:
    return reader is not None and reader.status == Recipient.Status.ACTIVE
