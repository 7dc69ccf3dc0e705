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
    DIGEST = "digest"
    AT_ONCE = "at_once"
    SECTION = "section"
    NOT_SECTION = "not_section"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    LINK = "link"
    MENU = "menu"
    HELP = "help"
    START = "start"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Command:
    """A wish; `what` is a section's slug, the folded name of one to follow, or the payload of a deep link."""

    wish: Wish
    what: str = ""


WORDS: dict[Wish, tuple[str, ...]] = {
    Wish.SUBSCRIBE: ("اشتراك", "اشترك", "اشتركني", "اشتركوني", "subscribe", "join", "subscription"),
    Wish.UNSUBSCRIBE: (
        "إلغاء", "إلغاء الاشتراك", "إلغاء اشتراكي", "ألغ", "ألغي", "ألغوا", "ألغ الاشتراك", "ألغوا الاشتراك",
        "ألغي الاشتراك", "ألغ اشتراكي", "ألغي اشتراكي", "ألغوا اشتراكي", "إنهاء", "إنهاء الاشتراك", "إنهاء اشتراكي",
        "إيقاف", "إيقاف الاشتراك", "إيقاف الأخبار", "إيقاف الرسائل", "إلغاء النشرة", "إيقاف النشرة",
        "أوقفوا الرسائل", "أوقف الرسائل", "أوقف", "أوقفوا", "أوقفوا الأخبار", "أوقف الأخبار", "توقف",
        "توقفوا", "وقف", "قف", "stop", "stop all", "stopall", "unsubscribe", "unsubscribe me", "cancel",
        "end", "quit", "opt out", "optout",
    ),
    Wish.EVERYTHING: ("الكل", "كل الأخبار", "كل شيء", "جميع الأخبار", "الجميع", "all", "everything"),
    Wish.DIGEST: (
        "نشرة", "النشرة اليومية", "نشرة يومية", "نشرة اليوم", "اشتراك يومي", "يومي", "يوميا", "ملخص", "ملخص يومي",
        "الملخص اليومي", "مرة في اليوم", "مرة يوميا", "رسالة واحدة في اليوم", "digest", "daily", "daily digest",
        "once a day",
    ),
    Wish.AT_ONCE: ("فوري", "فورا", "أولا بأول", "اشتراك فوري", "أخبار فورية", "at once", "instant", "one by one"),
    Wish.MENU: (
        "الأقسام", "أقسام", "القائمة", "اختيار الأقسام", "اختر الأقسام", "أقسام الأخبار", "متابعاتي", "sections",
        "menu", "choose sections",
    ),
    Wish.HELP: ("مساعدة", "ساعدني", "المساعدة", "help"),
    Wish.START: ("start",),
}  # fmt: skip
# before a name; the longer ones are looked for first, so that «إلغاء متابعة» is no «إلغاء»
BEFORE_A_NAME: dict[Wish, tuple[str, ...]] = {
    Wish.FOLLOW: ("تابع", "تابعوا", "تابعي", "متابعة", "أتابع", "أخبار عن", "follow"),
    Wish.UNFOLLOW: (
        "لا تتابع", "لا تتابعوا", "لا تتابعي", "لا أتابع", "إلغاء متابعة", "ألغ متابعة", "ألغي متابعة", "ألغوا متابعة",
        "إيقاف متابعة", "أوقف متابعة", "أوقفوا متابعة", "إنهاء متابعة", "unfollow", "stop following", "do not follow",
        "don't follow",
    ),
}  # fmt: skip
COURTESIES = (
    "من فضلك", "من فضلكم", "لو سمحت", "لو سمحتم", "لو تكرمت", "لو تكرمتم", "رجاء", "الرجاء", "أرجو", "أرجوكم", "نرجو",
    "شكرا", "شكرا لك", "شكرا لكم", "شكرا جزيلا", "مع الشكر", "وشكرا", "السلام عليكم", "السلام عليكم ورحمة الله",
    "السلام عليكم ورحمة الله وبركاته", "سلام", "مرحبا", "أهلا", "أهلا وسهلا", "صباح الخير", "مساء الخير", "تحية طيبة",
    "تحياتي", "يا", "أخي", "أختي", "أستاذ", "سيدي", "كلمة", "أريد", "أود", "أرغب", "أرغب في", "أرغب ب",
    "بارك الله فيكم",
    "please", "thanks", "thank you", "hello", "hi", "hey", "dear", "kindly", "i want to", "i would like to",
)  # fmt: skip
START = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64})\s*$|\s|$)")
COMMAND = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?=\s|$)")
NEWS = "اخبار "
LONGEST_NAME = 6
QUESTION_MARKS = frozenset("?؟")
LONGEST = 200


def understand(text: str, sections: Mapping[str, Iterable[str]]) -> Command:
    """The command in a message; `sections` maps slugs to the words that name each.

    A question, a negation and a longer text are unclear. Never raises.
    """
    started = START.match(text)
    if started and len(text) <= LONGEST:
        return Command(Wish.LINK, started[1]) if started[1] else Command(Wish.START)
    words = key(COMMAND.sub(r"\1", text[:LONGEST], count=1)).split() if len(text) <= LONGEST else []
    asks = any(mark in QUESTION_MARKS for mark in text)
    if not words:
        return Command(Wish.HELP if asks and len(text) <= LONGEST else Wish.UNCLEAR)
    words = _without_courtesies(words)
    said = _plain(words)
    if asks or not said:
        return Command(Wish.HELP if said in _HELP else Wish.UNCLEAR)
    wish = _WISHES.get(said)
    if wish:
        return Command(wish)
    slug = _section(said, sections)
    return Command(Wish.SECTION, slug) if slug else _about_a_name(words, sections)


def _section(said: str, sections: Mapping[str, Iterable[str]]) -> str:
    """The slug of the section these words name, empty where they name none."""
    for slug, names in sections.items():
        if {said, said.removeprefix(NEWS)} & {_plain(key(name).split()) for name in names}:
            return slug
    return ""


def _about_a_name(words: list[str], sections: Mapping[str, Iterable[str]]) -> Command:
    """«تابع سيرغي لافروف»: what is followed may also be a section, or all news."""
    begins = next(((wish, len(before)) for before, wish in _BEFORE_A_NAME if words[: len(before)] == before), None)
    if begins is None:
        return Command(Wish.UNCLEAR)
    wish, name = begins[0], words[begins[1] :]
    said = _plain(name)
    slug = _section(said, sections)
    if slug:
        return Command(Wish.SECTION if wish is Wish.FOLLOW else Wish.NOT_SECTION, slug)
    if wish is Wish.FOLLOW and (said in _ALL_NEWS or _WISHES.get(said) is Wish.EVERYTHING):
        return Command(Wish.EVERYTHING)
    if not 0 < len(name) <= LONGEST_NAME or not all(word.isalpha() for word in name) or said in _WISHES:
        return Command(Wish.UNCLEAR)
    return Command(wish, " ".join(name))


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
_ALL_NEWS = {_plain(key(words).split()) for words in ("الأخبار", "أخباركم", "أخبارنا", "news", "the news")}
_BEFORE_A_NAME = sorted(
    ((key(words).split(), wish) for wish, all_words in BEFORE_A_NAME.items() for words in all_words),
    key=lambda one: len(one[0]),
    reverse=True,
)
