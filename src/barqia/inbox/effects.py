"""What a reader's word or tap does, and what it is answered. In the caller's transaction."""

from dataclasses import replace

from django.conf import settings

from barqia.delivery.lane import Tap, Word
from barqia.delivery.planning import unserved
from barqia.delivery.planning.answers import answer
from barqia.inbox import unproven
from barqia.inbox.following import follow, unfollow
from barqia.inbox.menus import menu, tapped
from barqia.inbox.people import known
from barqia.inbox.said import Said, activate, stop
from barqia.inbox.wording import Wordings
from barqia.rendering.story import Menu
from barqia.subscribers import interests, persons, recipients
from barqia.subscribers.lanes import mail_lane
from barqia.subscribers.links import PERSON_PAYLOAD
from barqia.subscribers.models import Consent, Interest, Lane, Recipient
from barqia.subscribers.words import Command, Wish, understand
from barqia.wire.models import Newsroom, Section
from barqia.wire.sections import words_of

Status = Recipient.Status
# what comes so soon after a reader's last message belongs to it
ALBUM_MS = 30_000


def act_on(lane: Lane, word: Word, now_ms: int) -> str:
    """Carry out the word of a reader, or of one who speaks for a group, and answer it. Returns the outcome's slug.

    A word older than the reader's last one, which a provider brings late, is answered and changes nothing.
    """
    text = word.text.encode("utf-8", "ignore").decode().replace("\0", "")
    command = _meant(understand(text, {section.slug: words_of(section) for section in Section.objects.all()}))
    written_in = _language_of(text)
    if not word.proven:
        return unproven.act_on(lane, word, command, wordings(written_in or "ar"), now_ms)
    recipient = _who(lane, word, written_in or "ar")
    since_ms = word.at_ms - (recipient.last_inbound_ms or 0)
    late = _is_late(recipient, word.at_ms, now_ms)
    words = wordings(_speaks(recipient, written_in))
    if not text.strip():
        return _no_words(recipient, words, since_ms, now_ms)
    said = _carry_out(Command(Wish.HELP) if late else command, recipient, words)
    _answer(recipient, _where_else(lane, recipient, said, words), ("word", text.strip()), now_ms)
    return command.wish.value


def _no_words(recipient: Recipient, words: Wordings, since_ms: int, now_ms: int) -> str:
    """A picture, a voice: answered once, and not each of an album's."""
    if since_ms >= ALBUM_MS:
        _answer(recipient, Said(words.no_words(), (words.subscribe, words.choose, words.help_)), ("word", ""), now_ms)
    return "no_words"


def act_on_tap(lane: Lane, tap: Tap, now_ms: int) -> str:
    """Carry out a tap on a menu, on the present state whatever the menu shows, and draw the menu anew."""
    recipient = _who(lane, tap, "ar")
    # where the provider does not say when, a tap is as new as the last word: words are dated in whole seconds
    at_ms = recipient.last_inbound_ms or 0 if tap.at_ms is None else tap.at_ms
    late = _is_late(recipient, at_ms, now_ms)
    words = wordings(_speaks(recipient, ""))
    said = tapped("" if late else tap.choice, recipient, words)
    _answer(recipient, _where_else(lane, recipient, said, words), ("tap", said.tapped), now_ms, tap)
    return "tap"


def _who(lane: Lane, inbound: Word | Tap, language: str) -> Recipient:
    recipient = known(lane, inbound.sender, language)
    if inbound.chat == "group" and recipient.kind != Recipient.Kind.GROUP:
        recipient.kind = Recipient.Kind.GROUP
        recipient.save(update_fields=["kind"])
    return recipient


def _where_else(lane: Lane, recipient: Recipient, said: Said, words: Wordings) -> Said:
    """Who subscribes where the provider does not serve is told so, and by what the news does come."""
    reason = unserved.reason_for(lane, recipient.country) if recipient.status == Status.ACTIVE else ""
    if not reason:
        return said
    links = unserved.links_of(unserved.others_for(lane, recipient.country))
    return replace(said, text=f"{said.text}\n\n{words.unserved(reason, links)}")


def _answer(recipient: Recipient, said: Said, because: tuple[str, str], now_ms: int, tap: Tap | None = None) -> None:
    """The consent that the answer stands for, `because` of (source, word), and the answer."""
    if said.consent:
        recipients.consent(recipient, said.consent, *because, said.text)
    drawn = None
    if said.choices:
        drawn = Menu(said.choices, said.start)
        if tap:
            drawn = Menu(said.choices, said.start, tap.query, tap.message, said.short)
    # in a group a keyboard of words would come up for everyone
    buttons = () if recipient.kind == Recipient.Kind.GROUP else said.buttons
    answer(recipient.lane_id, recipient.pk, said.text, buttons, said.card, now_ms, drawn)


def _is_late(recipient: Recipient, at_ms: int, now_ms: int) -> bool:
    """Whether something newer of this reader was acted on already. Who had blocked us and writes has not any more."""
    last = recipient.last_inbound_ms or 0
    recipient.last_inbound_ms = max(last, min(at_ms, now_ms))
    if recipient.status == Status.BLOCKED and recipient.status_reason != "stopped_marketing":
        recipient.status, recipient.status_reason = Status.UNSUBSCRIBED, "wrote_again"
    recipient.save(update_fields=["last_inbound_ms", "status", "status_reason"])
    return at_ms < last


def _language_of(text: str) -> str:
    """The language a word is written in; empty where it has none, as a command."""
    letters = [c for c in text if c.isalpha()]
    if not letters or text.startswith("/"):
        return ""
    return "en" if all(c < "\u0250" for c in letters) else "ar"


def _speaks(recipient: Recipient, written_in: str) -> str:
    """The language the reader is answered in: the one last written in."""
    reader = recipient.reader
    assert reader is not None
    if written_in and reader.language != written_in:
        reader.language = written_in
        reader.save(update_fields=["language"])
    return reader.language


def wordings(language: str) -> Wordings:
    newsroom = Newsroom.objects.first() or Newsroom()
    if language == "en":
        names = {section.slug: section.name_en for section in Section.objects.all()}
        return Wordings(newsroom.name_en or newsroom.name_ar, "en", names)
    return Wordings(newsroom.name_ar, "ar", {section.slug: section.name_ar for section in Section.objects.all()})


def _meant(command: Command) -> Command:
    """A deep link's payload names a section by its slug or a person by the code; another one is a plain start."""
    if command.wish is not Wish.LINK:
        return command
    if Section.objects.filter(slug=command.what).exists():
        return Command(Wish.SECTION, command.what)
    if command.what.startswith(PERSON_PAYLOAD):
        name = persons.by_code(command.what.removeprefix(PERSON_PAYLOAD))
        if name:
            return Command(Wish.FOLLOW, name)
    return Command(Wish.START)


def _carry_out(command: Command, recipient: Recipient, words: Wordings) -> Said:
    match command.wish:
        case Wish.SUBSCRIBE | Wish.EVERYTHING:
            return _everything(recipient, words, anew=command.wish is Wish.SUBSCRIBE)
        case Wish.SECTION:
            return _section(command.what, recipient, words)
        case Wish.NOT_SECTION:
            left = interests.leave(recipient, Interest.Kind.SECTION, command.what)
            return menu(recipient, words, Consent.Action.CHANGE if left else None)
        case Wish.FOLLOW:
            return follow(command.what, recipient, words)
        case Wish.UNFOLLOW:
            return unfollow(command.what, recipient, words)
        case Wish.MENU:
            return menu(recipient, words)
        case Wish.UNSUBSCRIBE:
            return stop(recipient, words)
        case Wish.DIGEST | Wish.AT_ONCE:
            form = f"{settings.BARQIA_BASE_URL}/subscribe/" if mail_lane() else ""
            return Said(words.digest_elsewhere(form), (words.choose, words.help_))
    return _told(command.wish, words)


def _told(wish: Wish, words: Wordings) -> Said:
    """What changes nothing."""
    if wish is Wish.START:
        return Said(words.welcome(), (words.subscribe, words.choose, words.help_))
    if wish is Wish.HELP:
        return Said(words.help(), (words.subscribe, words.choose, words.stop))
    return Said(words.unclear(), (words.subscribe, words.stop, words.help_))


def _everything(recipient: Recipient, words: Wordings, *, anew: bool) -> Said:
    interests.ask_everything(recipient)
    action = activate(recipient)
    buttons = (words.choose, words.stop, words.help_)
    if anew or action is Consent.Action.SUBSCRIBE:
        return Said(words.subscribed(), buttons, card=True, consent=action)
    return Said(words.everything(), buttons, consent=action)


def _section(slug: str, recipient: Recipient, words: Wordings) -> Said:
    """From a reader of everything it replaces everything, from one of sections it adds, a stranger it subscribes."""
    if recipient.status != Status.ACTIVE:
        interests.forget_all(recipient)
    interests.ask_section(recipient, slug)
    action = activate(recipient)
    asked = [words.sections[one] for one in interests.sections_of(recipient) if one in words.sections]
    new = action is Consent.Action.SUBSCRIBE
    return Said(words.section(asked, new=new), (words.choose, words.all_, words.stop), card=new, consent=action)
