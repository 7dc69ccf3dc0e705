"""Whom readers can follow: found by the words they write, or by the code that a link carries."""

from barqia.subscribers.models import Interest
from barqia.text import key
from barqia.wire.models import Said
from barqia.wire.persons import code_of, known_persons

PERSON = Interest.Kind.PERSON
LONGEST_NAME = 120


def name_of(folded: str) -> str:
    """As the readings write it; folded as it is, where none that is out has it."""
    return known_persons().get(folded) or _quoted(code_of(folded)) or folded


def found(words: str) -> list[str]:
    """The folded names that contain these words, the most often named first; the name itself alone, where it is one."""
    names = dict.fromkeys([*known_persons(), *_followed()])
    wanted = key(words)
    if wanted in names:
        return [wanted]
    return [name for name in names if wanted and f" {wanted} " in f" {name} "]


def by_code(code: str) -> str | None:
    """The folded name with this code: of one who is quoted, whom dispatches of late name, or whom somebody follows."""
    if quoted := _quoted(code):
        return key(quoted)
    return next((name for name in (*known_persons(), *_followed()) if code_of(name) == code), None)


def _quoted(code: str) -> str | None:
    return Said.objects.filter(person=code).values_list("name", flat=True).first()


def _followed() -> list[str]:
    return list(Interest.objects.filter(kind=PERSON).order_by("pk").values_list("key", flat=True))


def keep(words: str) -> str:
    """The code of a name, kept so that a link to it is understood also when no dispatch names it any more."""
    folded = key(words)[:LONGEST_NAME]
    Interest.objects.get_or_create(kind=PERSON, key=folded)
    return code_of(folded)
