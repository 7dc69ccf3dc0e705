"""Words whose sender nobody vouches for: they are asked whether it was them, and answered at all only where it helps.

A made-up From: must not subscribe anyone, nor make this wire write to people who never heard of it.
"""

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
    match command.wish:
        case Wish.SUBSCRIBE | Wish.EVERYTHING:
            asked = by_link.ask(lane, address, "subscribe", (), wordings, now_ms)
        case Wish.SECTION:
            sections = dict.fromkeys([*_asked_before(reader), command.what])
            asked = by_link.ask(lane, address, "subscribe", sections, wordings, now_ms)
        case Wish.UNSUBSCRIBE:
            if reader is None or reader.status != Recipient.Status.ACTIVE:
                return "not_subscribed"
            asked = by_link.ask(lane, address, "leave", (), wordings, now_ms)
        case Wish.HELP | Wish.START if reader is not None:
            asked = may_mail(lane.pk, address, now_ms)
            if asked:
                answer(lane.pk, reader.pk, wordings.help(), at_ms=now_ms)
        case _:
            return command.wish.value
    return f"{command.wish}_asked" if asked else "too_often"


def _asked_before(reader: Recipient | None) -> list[str]:
    return interests.sections_of(reader) if reader and reader.status == Recipient.Status.ACTIVE else []
