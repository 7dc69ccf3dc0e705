"""An answer in the making, and the two changes of a reader's state that a word or a tap can ask for."""

from dataclasses import dataclass

from barqia.inbox.wording import Wordings
from barqia.rendering.story import Choice
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Consent, Recipient

Status = Recipient.Status


@dataclass(frozen=True, slots=True)
class Said:
    """The answer: its text, the words or lines offered to tap, the contact card, and the consent it stands for.

    Of a tap's answer `short` is all of it in a few words, `tapped` what was tapped as the reader saw it.
    """

    text: str
    buttons: tuple[str, ...] = ()
    card: bool = False
    consent: Consent.Action | None = None
    choices: tuple[Choice, ...] = ()
    start: int = 0
    short: str = ""
    tapped: str = ""


def activate(recipient: Recipient) -> Consent.Action:
    """Make the recipient active; whether that subscribed them or changed what they get."""
    if recipient.status == Status.ACTIVE:
        return Consent.Action.CHANGE
    recipient.status, recipient.status_reason = Status.ACTIVE, ""
    recipient.save(update_fields=["status", "status_reason"])
    return Consent.Action.SUBSCRIBE


def stop(recipient: Recipient, words: Wordings) -> Said:
    """No more news. Written down also of who was not subscribed: a list imported later must not subscribe them."""
    was = recipient.status
    recipients.hold_lane(recipient.lane_id)
    recipient.status, recipient.status_reason = Status.UNSUBSCRIBED, "word"
    recipient.save(update_fields=["status", "status_reason"])
    interests.forget_all(recipient)
    if was in {Status.ACTIVE, Status.BLOCKED}:
        return Said(words.unsubscribed(), (words.subscribe,), consent=Consent.Action.UNSUBSCRIBE)
    consent = Consent.Action.UNSUBSCRIBE if was == Status.STRANGER else None
    return Said(words.not_subscribed(), (words.subscribe, words.help_), consent=consent)
