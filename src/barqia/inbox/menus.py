"""The menu of sections and persons: how it is drawn, and what a tap on one of its lines does."""

from dataclasses import replace

from barqia.inbox.said import Said, activate
from barqia.inbox.wording import Wordings
from barqia.rendering.story import Choice
from barqia.subscribers import choices, interests, persons
from barqia.subscribers.choices import Change, Of
from barqia.subscribers.models import Consent, Interest, Recipient
from barqia.subscribers.recipients import stops_of
from barqia.wire.persons import code_of

Kind = Interest.Kind


def menu(recipient: Recipient, words: Wordings, consent: Consent.Action | None = None) -> Said:
    """The menu as things stand; `consent` is the change that it answers."""
    active = recipient.status == Recipient.Status.ACTIVE
    everything = active and interests.wants_everything(recipient)
    sections = interests.sections_of(recipient) if active else []
    followed = interests.persons_of(recipient) if active else []
    stops = stops_of(recipient)
    lines = [_line(words.all_news, Change(stops, not everything, Of.EVERYTHING))]
    lines += [
        _line(name, Change(stops, slug not in sections, Of.SECTION, slug)) for slug, name in words.sections.items()
    ]
    lines += [_line(persons.name_of(one), Change(stops, False, Of.PERSON, code_of(one))) for one in followed]
    if not active:
        return Said(words.choose_to_subscribe(), choices=tuple(lines), consent=consent)
    asked = [words.sections[slug] for slug in sections if slug in words.sections]
    text = words.gets(asked, [persons.name_of(one) for one in followed], everything=everything)
    return Said(f"{text}\n{words.tap_to_change()}", choices=tuple(lines), consent=consent)


def _line(label: str, change: Change) -> Choice:
    return Choice(str(change), label, chosen=not change.add)


def which(names: list[str], recipient: Recipient, words: Wordings, *, add: bool) -> Said:
    """Several are named so: the reader chooses."""
    stops = stops_of(recipient)
    shown = [Choice(str(Change(stops, add, Of.PERSON, code_of(one))), persons.name_of(one)) for one in names]
    return Said(words.which(), choices=tuple(shown))


def tapped(choice: str, recipient: Recipient, words: Wordings) -> Said:
    """Carry out a tap; one that asks no change, as a page of the menu, only draws it."""
    wanted = choices.change(choice)
    if wanted is None:
        return replace(menu(recipient, words), start=choices.page(choice))
    name = _name(wanted, words)
    if name is None:
        return menu(recipient, words)
    if recipient.status == Recipient.Status.ACTIVE:
        consent = Consent.Action.CHANGE if _change(wanted, recipient) else None
    elif wanted.add and wanted.stops == stops_of(recipient):
        interests.forget_all(recipient)
        _change(wanted, recipient)
        consent = activate(recipient)
    else:
        return replace(menu(recipient, words), short=words.tap_again())
    new = consent is Consent.Action.SUBSCRIBE
    short = words.added(name) if wanted.add else words.removed(name)
    return replace(menu(recipient, words, consent), short=short, tapped=name, card=new)


def _name(wanted: Change, words: Wordings) -> str | None:
    """What the reader saw on the line; None where there is no such section or person any more."""
    if wanted.of is Of.EVERYTHING:
        return words.all_news
    if wanted.of is Of.SECTION:
        return words.sections.get(wanted.what)
    person = persons.by_code(wanted.what)
    return persons.name_of(person) if person else None


def _change(wanted: Change, recipient: Recipient) -> bool:
    """Ask for it or leave it; False where it was so already."""
    person = persons.by_code(wanted.what) or "" if wanted.of is Of.PERSON else ""
    kind, key = {
        Of.EVERYTHING: interests.EVERYTHING,
        Of.SECTION: (Kind.SECTION, wanted.what),
        Of.PERSON: (Kind.PERSON, person),
    }[wanted.of]
    if not wanted.add:
        return interests.leave(recipient, kind, key)
    if recipient.subscriptions.filter(interest__kind=kind, interest__key=key).exists():
        return False
    if wanted.of is Of.EVERYTHING:
        interests.ask_everything(recipient)
    elif wanted.of is Of.SECTION:
        interests.ask_section(recipient, key)
    else:
        interests.follow(recipient, key)
    return True
