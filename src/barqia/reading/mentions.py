"""A speaker's mention, parsed: title and name; and which of the text's people it is.

Titles come before names: a head noun (وزير), what it is construed with, its adjectives; the name begins at
the first word without ال that comes after a definite one. A body (وزارة، شركة …) is a name as it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from barqia.reading.model import Span
from barqia.text.normal import key
from barqia.text.stems import without_article
from barqia.text.tokens import Word

TITLE_HEADS = frozenset(
    key(w)
    for w in [
        "وزير",
        "وزيرة",
        "رئيس",
        "رئيسة",
        "مدير",
        "مديرة",
        "أمين",
        "أمينة",
        "نائب",
        "نائبة",
        "ناطق",
        "ناطقة",
        "متحدث",
        "متحدثة",
        "مبعوث",
        "مبعوثة",
        "سفير",
        "سفيرة",
        "ملك",
        "ملكة",
        "أمير",
        "أميرة",
        "شيخ",
        "شيخة",
        "سلطان",
        "قائد",
        "قائدة",
        "عضو",
        "عضوة",
        "مستشار",
        "مستشارة",
        "محافظ",
        "محافظة",
        "مسؤول",
        "مسؤولة",
        "مفوض",
        "مفوضة",
        "ممثل",
        "ممثلة",
        "منسق",
        "منسقة",
        "خبير",
        "خبيرة",
        "باحث",
        "باحثة",
        "محلل",
        "محللة",
        "طبيب",
        "طبيبة",
        "دكتور",
        "دكتورة",
        "الدكتور",
        "الدكتورة",
        "السيد",
        "السيدة",
        "المهندس",
        "المهندسة",
        "اللواء",
        "العميد",
        "العقيد",
        "الفريق",
        "المقدم",
        "الرائد",
        "النقيب",
        "لواء",
        "عميد",
        "عقيد",
        "فريق",
        "الأستاذ",
        "الأستاذة",
        "أستاذ",
        "أستاذة",
        "الشيخ",
        "الأمير",
        "الملك",
        "الملكة",
        "الرئيس",
        "الرئيسة",
        "الوزير",
        "الوزيرة",
        "النائب",
        "النائبة",
        "السفير",
        "السفيرة",
        "المدير",
        "المديرة",
        "المتحدث",
        "المتحدثة",
        "الناطق",
        "الناطقة",
        "المبعوث",
        "المستشار",
        "المستشارة",
        "المحافظ",
        "القائد",
        "البابا",
        "الكاتب",
        "الكاتبة",
        "كاتب",
        "كاتبة",
        "لاعب",
        "لاعبة",
        "مدرب",
        "مدربة",
        "حارس",
        "عمدة",
        "قاض",
        "قاضي",
        "القاضي",
        "النقيب",
        "نقيب",
        "وكيل",
        "وكيلة",
        "رئيسا",
        "مساعد",
        "مساعدة",
        "المستشارة",
        "الحاكم",
        "حاكم",
        "المفتي",
        "مفتي",
        "البطريرك",
        "زعيم",
        "زعيمة",
        "المشير",
        "الجنرال",
        "جنرال",
        "الكابتن",
        "المخرج",
        "مخرج",
        "الشاعر",
        "شاعر",
        "المدعي",
        "النائبة",
        "الصحفي",
        "الصحافي",
        "البروفيسور",
        "بروفيسور",
        "سعادة",
        "معالي",
        "سمو",
        "جلالة",
        "فخامة",
        "سماحة",
        "المقيم",
        "الأسقف",
        "كبير",
        "كبيرة",
        "مصدر",
        "المصدر",
        "مراسل",
        "مراسلة",
        "رجل",
        "المحامي",
        "محامي",
        "المحامية",
    ]
)
BODY_HEADS = frozenset(
    key(w)
    for w in [
        "وزارة",
        "حكومة",
        "هيئة",
        "منظمة",
        "مجلس",
        "وكالة",
        "شركة",
        "مؤسسة",
        "لجنة",
        "جمعية",
        "اتحاد",
        "بنك",
        "مصرف",
        "جامعة",
        "حزب",
        "حركة",
        "جيش",
        "قوات",
        "شرطة",
        "مديرية",
        "إدارة",
        "بعثة",
        "محكمة",
        "نقابة",
        "مركز",
        "معهد",
        "صحيفة",
        "قناة",
        "إذاعة",
        "شبكة",
        "جبهة",
        "تنظيم",
        "ائتلاف",
        "تحالف",
        "نادي",
        "بلدية",
        "أمانة",
        "رئاسة",
        "مكتب",
        "مصادر",
        "مفوضية",
        "برنامج",
        "صندوق",
        "مجموعة",
        "فريق",
        "بيان",
        "تقرير",
        "الحكومة",
        "الوزارة",
        "الوكالة",
        "المنظمة",
        "الهيئة",
        "الشركة",
        "اللجنة",
        "الجمعية",
        "الاتحاد",
        "المؤسسة",
        "المديرية",
        "الجامعة",
        "الصحيفة",
        "القناة",
        "الحزب",
        "الحركة",
        "الجيش",
        "الشرطة",
        "المجلس",
        "البنك",
        "البيت",
        "الكرملين",
        "البنتاغون",
        "الخارجية",
        "الداخلية",
        "الدفاع",
        "المحكمة",
        "البرلمان",
        "المصادر",
        "المصدر",
        "البيان",
        "التقرير",
        "الدراسة",
        "الأمانة",
        "النيابة",
        "نيابة",
        "سلطات",
        "السلطات",
        "دول",
        "دولة",
    ]
)
CONSTRUCT = frozenset(
    key(w)
    for w in [
        "وزارة",
        "مجلس",
        "هيئة",
        "لجنة",
        "جامعة",
        "منظمة",
        "حزب",
        "حركة",
        "باسم",
        "شؤون",
        "قسم",
        "كلية",
        "معهد",
        "مركز",
        "أركان",
        "أمن",
        "عام",
        "هيأة",
        "اتحاد",
        "دائرة",
        "إدارة",
        "بنك",
        "مصرف",
        "شركة",
        "مؤسسة",
        "بعثة",
        "مكتب",
        "محكمة",
        "جمعية",
        "جمهورية",
        "دولة",
        "حكومة",
        "قوات",
        "جيش",
        "شرطة",
        "فريق",
        "نقابة",
        "برنامج",
        "صندوق",
        "مفوضية",
        "وكالة",
        "رئيس",
        "أمين",
        "نائب",
        "مدير",
        "مساعد",
        "وزير",
        "عموم",
        "تحرير",
        "مديرية",
        "بلدية",
        "ولاية",
        "محافظة",
        "مدينة",
        "منطقة",
        "خارجية",
        "دفاع",
    ]
)
PREPOSITIONS = frozenset({"في", "عن", "لدي", "الي", "علي", "لشوون", "من", "باسم"})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone the text names. `name` in full without title; a body has no title."""

    name: str
    title: str | None
    feminine: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A speaker's mention as parsed; `name` None where only a title stands."""

    span: Span
    name: str | None
    name_span: Span | None
    title: str | None
    body: bool = False


def parse(words: Sequence[Word], text: str) -> Mention | None:
    """Parse the words of a mention; None when there are none."""
    if not words:
        return None
    span = words[0].start, words[-1].end
    head = words[0].folded
    if head in BODY_HEADS and head not in TITLE_HEADS:
        return Mention(span, _spelling(text[slice(*span)]), span, None, body=True)
    split = _name_starts(words) if head in TITLE_HEADS or without_article(head) in TITLE_HEADS else 0
    if split is None:
        return Mention(span, None, None, _spelling(text[slice(*span)]))
    named = words[split:]
    name_span = named[0].start, named[-1].end
    title = _spelling(text[words[0].start : words[split - 1].end]) if split else None
    return Mention(span, _spelling(text[slice(*name_span)]), name_span, title)


def _name_starts(words: Sequence[Word]) -> int | None:
    """Where the name begins after a title; None when the whole is a title."""
    definite = words[0].folded.startswith("ال")
    for at in range(1, len(words)):
        word = words[at].folded
        if word.startswith(("ال", "وال", "لل", "بال")):
            definite = True
        elif word in PREPOSITIONS or (word.startswith("ل") and definite and at + 1 < len(words) and word in CONSTRUCT):
            definite = False
        elif definite and word not in CONSTRUCT and word not in TITLE_HEADS:
            return at
    if not definite and len(words) in {3, 4} and words[0].folded in {"الدكتور", "السيد", "لواء"}:
        return 1
    return None


def _spelling(text: str) -> str:
    """As a name is written: one line, a final ى that stands for ي mended, no tatweel."""
    words = [word.replace("ـ", "") for word in text.split()]
    return " ".join(_mend(word) for word in words).strip(' ،,"“”«»()')


# A final ى is right in few names; elsewhere in old wire copy it stands for ي.
TRUE_ALEF = frozenset(
    {
        "مصطفى",
        "موسى",
        "عيسى",
        "يحيى",
        "ليلى",
        "سلمى",
        "منى",
        "هدى",
        "مرتضى",
        "الأعلى",
        "رضى",
        "بشرى",
        "سلوى",
        "نجوى",
        "على",
        "إلى",
        "لدى",
        "كبرى",
        "الكبرى",
        "الوسطى",
        "أعلى",
        "متى",
        "حتى",
        "أخرى",
        "الأخرى",
        "القصوى",
        "العظمى",
        "يسرى",
        "نهى",
        "ضحى",
        "لبنى",
        "ندى",
        "شذى",
        "مها",
        "فتوى",
        "الشورى",
        "شورى",
        "مستوى",
        "المستوى",
        "مبنى",
        "الأولى",
        "الأقصى",
        "مرسى",
        "منتدى",
        "المنتدى",
        "مستشفى",
        "المستشفى",
    }
)


def _mend(word: str) -> str:
    if word.endswith("ى") and word not in TRUE_ALEF and len(word) > 2:
        return word[:-1] + "ي"
    return word


class People:
    """The speakers met so far in one text, and which of them a mention is."""

    def __init__(self) -> None:
        self._known: list[Speaker] = []
        self.last: Speaker | None = None

    def resolve(self, mention: Mention | None) -> Speaker | None:
        """The speaker of a mention, in the fullest form known so far; the last one for a dropped pronoun."""
        if mention is None:
            return self.last
        found = self._by_name(mention) if mention.name else self._by_title(mention)
        if found is None:
            found = Speaker(mention.name or mention.title or "", mention.title if mention.name else None)
            self._known.append(found)
        elif mention.name and (len(mention.name) > len(found.name) or (mention.title and not found.title)):
            fuller = mention.name if len(mention.name) > len(found.name) else found.name
            found = self._replace(found, replace(found, name=fuller, title=found.title or mention.title))
        self.last = found
        return found

    def meet(self, mention: Mention) -> None:
        """A person the text names who does not speak here: known when a surname or a title comes later."""
        spoke = self.last
        if mention.name and self._by_name(mention) is None:
            self.resolve(mention)
            self.last = spoke

    def fullest(self, speaker: Speaker | None) -> Speaker | None:
        """The same speaker as the whole text knows them."""
        if speaker is None:
            return None
        for known in reversed(self._known):
            if _same(known.name, speaker.name):
                return known
        return speaker

    def _by_name(self, mention: Mention) -> Speaker | None:
        assert mention.name is not None
        return next((s for s in reversed(self._known) if _same(s.name, mention.name or "")), None)

    def _by_title(self, mention: Mention) -> Speaker | None:
        """A title alone is whoever bears it; a bare head (الوزير) the last who bears such a one."""
        wanted = _title_words(mention.title or "")
        for speaker in reversed(self._known):
            if wanted and wanted <= _title_words(f"{speaker.title or ''} {speaker.name if not speaker.title else ''}"):
                return speaker
        return None

    def _replace(self, old: Speaker, new: Speaker) -> Speaker:
        self._known[self._known.index(old)] = new
        return new


def _title_words(title: str) -> set[str]:
    return {without_article(word) for word in key(title).split()}


def _same(one: str, other: str) -> bool:
    """Whether two names are of one person: the shorter is the end, or the beginning, of the longer."""
    a, b = _joined(one), _joined(other)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if not short:
        return False
    return long[-len(short) :] == short or (long[: len(short)] == short) or (len(short) > 1 and set(short) <= set(long))


def _joined(name: str) -> list[str]:
    return [without_article(word) for word in key(name).replace("عبد ال", "عبدال").replace("ابو ", "ابو").split()]
