"""The Arabic catalogue is whole and compiled: nothing on a screen falls back to English unseen."""

import re
from pathlib import Path

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils import translation

import barqia
from barqia.desk.states import NAMES

CATALOGUE = Path(barqia.__file__).parent / "locale" / "ar" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s")


def test_every_message_is_in_arabic_and_compiled() -> None:
    with (CATALOGUE / "django.po").open("rb") as source, (CATALOGUE / "django.mo").open("rb") as binary:
        written, compiled = read_po(source, locale="ar"), read_mo(binary)
    messages = [message for message in written if message.id]
    assert not [m.id for m in messages if not m.string or m.fuzzy], "every message has its Arabic"
    assert not [m.id for m in messages if _stale(compiled, m)], "compiled: run `make messages`"
    wrong = [
        m.id for m in messages if sorted(PLACEHOLDER.findall(str(m.id))) != sorted(PLACEHOLDER.findall(str(m.string)))
    ]
    assert not wrong, "every placeholder is in both"


def _stale(compiled: object, message: object) -> bool:
    found = compiled.get(message.id)  # type: ignore[attr-defined]
    return found is None or found.string != message.string  # type: ignore[attr-defined]


def test_a_refusal_names_every_verb_in_arabic() -> None:
    with translation.override("ar"):
        english = [verb for verb, name in NAMES.items() if re.search("[a-z]", str(name))]
    assert not english
