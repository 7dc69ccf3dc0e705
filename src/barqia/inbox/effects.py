"""What a reader's word does, and what it is answered. In the caller's transaction."""

from dataclasses import dataclass

from barqia.delivery import unserved
from barqia.delivery.answers import answer
from barqia.delivery.lane import Word
from barqia.inbox.people import known
from barqia.inbox.wording import EVERYTHING, HELP, SUBSCRIBE, UNSUBSCRIBE, Wordings
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Consent, Lane, Recipient
from barqia.subscribers.words import Command, Wish, understand
from barqia.wire.models import Newsroom, Section
from barqia.wire.sections import words_of

Status = Recipient.Status


@dataclass(frozen=True, slots=True)
class Said:
    """The answer: its text, the words offered to tap, the contact card, and the consent it stands for."""

    text: str
    buttons: tuple[str, ...]
    card: bool = False
    consent: Consent.Action | None = None


def act_on(lane: Lane, word: Word, now_ms: int) -> str:
    """Carry out a private word and answer it. Returns the outcome's slug.

    A word older than the reader's last one, which a provider brings late, is answered and changes nothing.
    """
    text = word.text.encode("utf-8", "ignore").decode().replace("\0", "")
    command = understand(text, {section.slug: words_of(section) for section in Section.objects.all()})
    language = "en" if _is_latin(text) else "ar"
    recipient = known(lane, word.sender, language)
    last = recipient.last_inbound_ms or 0
    if word.at_ms < last:
        command = Command(Wish.HELP)
    recipient.last_inbound_ms = max(last, min(word.at_ms, now_ms))
    if recipient.status == Status.BLOCKED and recipient.status_reason != "stopped_marketing":
        recipient.status, recipient.status_reason = Status.UNSUBSCRIBED, "wrote_again"
    recipient.save(update_fields=["last_inbound_ms", "status", "status_reason"])
    wordings = _wordings(language)
    said = _carry_out(command, recipient, wordings)
    if said.consent:
        recipients.consent(recipient, said.consent, "word", text.strip(), said.text)
    told = said.text + (_where_else(lane, recipient, wordings) if recipient.status == Status.ACTIVE else "")
    answer(lane.pk, recipient.pk, told, said.buttons, said.card, now_ms)
    return command.wish.value


def _where_else(lane: Lane, recipient: Recipient, wordings: Wordings) -> str:
    """Who subscribes where the provider does not serve is told so, and by what the news does come."""
    reason = unserved.reason_for(lane, recipient.country)
    links = unserved.links_of(unserved.others_for(lane, recipient.country)) if reason else []
    return f"\n\n{wordings.unserved(reason, links)}" if reason else ""


def _is_latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(c < "\u0250" for c in letters) and not text.startswith("/")


def _wordings(language: str) -> Wordings:
    newsroom = Newsroom.objects.first() or Newsroom()
    sections = list(Section.objects.all())
    if language == "en":
        return Wordings(newsroom.name_en or newsroom.name_ar, "en", [section.name_en for section in sections])
    return Wordings(newsroom.name_ar, "ar", [section.name_ar for section in sections])


def _carry_out(command: Command, recipient: Recipient, wordings: Wordings) -> Said:
    language = wordings.language
    subscribe, stop = SUBSCRIBE[language], UNSUBSCRIBE[language]
    everything, help_ = EVERYTHING[language], HELP[language]
    match command.wish:
        case Wish.SUBSCRIBE:
            interests.ask_everything(recipient)
            action = _activate(recipient)
            return Said(wordings.subscribed(), (stop, help_), card=True, consent=action)
        case Wish.EVERYTHING:
            interests.ask_everything(recipient)
            action = _activate(recipient)
            if action is Consent.Action.SUBSCRIBE:
                return Said(wordings.subscribed(), (stop, help_), card=True, consent=action)
            return Said(wordings.everything(), (stop, help_), consent=action)
        case Wish.SECTION:
            return _section(command.section, recipient, wordings, (everything, stop))
        case Wish.UNSUBSCRIBE:
            was = recipient.status
            recipients.hold_lane(recipient.lane_id)
            recipient.status, recipient.status_reason = Status.UNSUBSCRIBED, "word"
            recipient.save(update_fields=["status", "status_reason"])
            interests.forget_all(recipient)
            if was in {Status.ACTIVE, Status.BLOCKED}:
                return Said(wordings.unsubscribed(), (subscribe,), consent=Consent.Action.UNSUBSCRIBE)
            # written down all the same: a list imported later must not subscribe who said no
            consent = Consent.Action.UNSUBSCRIBE if was == Status.STRANGER else None
            return Said(wordings.not_subscribed(), (subscribe, help_), consent=consent)
        case Wish.START:
            return Said(wordings.welcome(), (subscribe, help_))
        case Wish.HELP:
            return Said(wordings.help(), (subscribe, stop))
    return Said(wordings.unclear(), (subscribe, stop, help_))


def _section(slug: str, recipient: Recipient, wordings: Wordings, buttons: tuple[str, ...]) -> Said:
    """From a reader of everything it replaces everything, from one of sections it adds, a stranger it subscribes."""
    if recipient.status != Status.ACTIVE:
        interests.forget_all(recipient)
    interests.ask_section(recipient, slug)
    action = _activate(recipient)
    names = {s.slug: s.name_en if wordings.language == "en" else s.name_ar for s in Section.objects.all()}
    asked = [names[one] for one in interests.sections_of(recipient) if one in names]
    new = action is Consent.Action.SUBSCRIBE
    return Said(wordings.section(asked, new=new), buttons, card=new, consent=action)


def _activate(recipient: Recipient) -> Consent.Action:
    """Make the recipient active; whether that subscribed them or changed what they get."""
    if recipient.status == Status.ACTIVE:
        return Consent.Action.CHANGE
    recipient.status, recipient.status_reason = Status.ACTIVE, ""
    recipient.save(update_fields=["status", "status_reason"])
    return Consent.Action.SUBSCRIBE
