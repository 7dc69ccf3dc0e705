"""What a reader's message asks for: one word and courtesies, however it is spelt; anything else asks nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from barqia.text import key


class Wish(StrEnum):
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    EVERYTHING = "everything"
    SECTION = "section"
    HELP = "help"
    START = "start"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Command:
    """A wish; `section` is the slug of a section wish."""

    wish: Wish
    section: str = ""


WORDS: dict[Wish, tuple[str, ...]] = {
    Wish.SUBSCRIBE: ("اشتراك", "اشترك", "اشتركني", "اشتركوني", "subscribe", "join", "subscription"),
    Wish.UNSUBSCRIBE: (
        "إلغاء", "إلغاء الاشتراك", "إلغاء اشتراكي", "ألغ", "ألغي", "ألغوا", "ألغ الاشتراك", "ألغوا الاشتراك",
        "ألغي الاشتراك", "ألغ اشتراكي", "ألغي اشتراكي", "ألغوا اشتراكي", "إنهاء", "إنهاء الاشتراك", "إنهاء اشتراكي",
        "إيقاف", "إيقاف الاشتراك", "إيقاف الأخبار", "إيقاف الرسائل",
        "أوقفوا الرسائل", "أوقف الرسائل", "أوقف", "أوقفوا", "أوقفوا الأخبار", "أوقف الأخبار", "توقف",
        "توقفوا", "وقف", "قف", "stop", "stop all", "stopall", "unsubscribe", "unsubscribe me", "cancel",
        "end", "quit", "opt out", "optout",
    ),
    Wish.EVERYTHING: ("الكل", "كل الأخبار", "كل شيء", "جميع الأخبار", "الجميع", "all", "everything"),
    Wish.HELP: ("مساعدة", "ساعدني", "المساعدة", "help"),
    Wish.START: ("start",),
}  # fmt: skip
COURTESIES = (
    "من فضلك", "من فضلكم", "لو سمحت", "لو سمحتم", "لو تكرمت", "لو تكرمتم", "رجاء", "الرجاء", "أرجو", "أرجوكم", "نرجو",
    "شكرا", "شكرا لك", "شكرا لكم", "شكرا جزيلا", "مع الشكر", "وشكرا", "السلام عليكم", "السلام عليكم ورحمة الله",
    "السلام عليكم ورحمة الله وبركاته", "سلام", "مرحبا", "أهلا", "أهلا وسهلا", "صباح الخير", "مساء الخير", "تحية طيبة",
    "تحياتي", "يا", "أخي", "أختي", "أستاذ", "سيدي", "كلمة", "أريد", "أود", "أرغب", "أرغب في", "أرغب ب",
    "بارك الله فيكم",
    "please", "thanks", "thank you", "hello", "hi", "hey", "dear", "kindly", "i want to", "i would like to",
)  # fmt: skip
START = re.compile(r"/start(?:@\w+)?(?:\s|$)")
NEWS = "اخبار "
QUESTION_MARKS = frozenset("?؟")
LONGEST = 200


def understand(text: str, sections: Mapping[str, Iterable[str]]) -> Command:
    """The command in a message; `sections` maps slugs to the words that name each.

    A question, a negation and a longer text are unclear. Never raises.
    """
    words = key(text[:LONGEST]).split() if len(text) <= LONGEST else []
    asks = any(mark in QUESTION_MARKS for mark in text)
    if not words:
        return Command(Wish.HELP if asks and len(text) <= LONGEST else Wish.UNCLEAR)
    if START.match(text):
        return Command(Wish.START)
    said = _plain(_without_courtesies(words))
    if asks or not said:
        return Command(Wish.HELP if said in _HELP else Wish.UNCLEAR)
    wish = _WISHES.get(said)
    if wish:
        return Command(wish)
    for slug, names in sections.items():
        if {said, said.removeprefix(NEWS)} & {_plain(key(name).split()) for name in names}:
            return Command(Wish.SECTION, slug)
    return Command(Wish.UNCLEAR)


def _without_courtesies(words: list[str]) -> list[str]:
    """The words without courtesies at either end."""
    shorter = True
    while words and shorter:
        shorter = False
        for courtesy in _COURTESIES:
            length = len(courtesy)
            if words[:length] == courtesy:
                words, shorter = words[length:], True
                break
            if words[-length:] == courtesy:
                words, shorter = words[:-length], True
                break
    return words


def _plain(words: Iterable[str]) -> str:
    """Each word without its article, so that الاشتراك and بالاشتراك are اشتراك."""
    return " ".join(_bare(word) for word in words)


def _bare(word: str) -> str:
    for article in ("بال", "ال"):
        if word.startswith(article) and len(word) > len(article) + 2:
            return word[len(article) :]
    return word


_WISHES = {_plain(key(word).split()): wish for wish, words in WORDS.items() for word in words}
_HELP = {word for word, wish in _WISHES.items() if wish is Wish.HELP}
_COURTESIES = sorted((key(courtesy).split() for courtesy in COURTESIES), key=len, reverse=True)
