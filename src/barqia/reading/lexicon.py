"""The verbs of saying: each lemma's forms, and what may follow it.

A row is: lemma | present | participle | frame. The frame's letters: c a clause (أن, إن, بأن); q a quotation
or colon; n a bare noun phrase; and after a slash the prepositions that open its content. Forms are
generated: persons and genders of past and present, participles in the accusative.
"""

from dataclasses import dataclass

from barqia.text.normal import fold_character

ROWS = """
قال|يقول|قائل|cq
ذكر|يذكر||cq/ب
أضاف|يضيف|مضيف|cq
أكد|يؤكد|مؤكد|cqn/على
شدد|يشدد|مشدد|cq/على
أوضح|يوضح|موضح|cq
أشار|يشير|مشير|cq/إلى
لفت|يلفت|لافت|cq/إلى
رأى|يرى||c
اعتبر|يعتبر|معتبر|cq
أعلن|يعلن|معلن|cqn/عن
صرح|يصرح|مصرح|cq/ب
أعرب|يعرب|معرب|q/عن
عبر|يعبر|معبر|q/عن
دعا|يدعو|داعي|q/إلى
طالب|يطالب|مطالب|q/ب
حذر|يحذر|محذر|cq/من
نفى|ينفي|نافي|cqn
أفاد|يفيد||cq/ب
كشف|يكشف|كاشف|cq/عن
بين|يبين|مبين|c
نوه|ينوه|منوه|cq/ب,إلى
أشاد|يشيد|مشيد|q/ب
رحب|يرحب|مرحب|q/ب
جدد|يجدد|مجدد|n
تابع|يتابع|متابع|q
استطرد|يستطرد|مستطرد|cq
أردف|يردف|مردف|cq
واصل|||q
زعم|يزعم|زاعم|c
ادعى|يدعي|مدعي|c
اتهم|يتهم|متهم|
هدد|يهدد|مهدد|q/ب
تعهد|يتعهد|متعهد|q/ب
توقع|يتوقع|متوقع|cn
رجح|يرجح|مرجح|cn
استبعد|يستبعد|مستبعد|cn
أدان|يدين|مدين|n
ندد|يندد|مندد|/ب
استنكر|يستنكر|مستنكر|n
شجب|يشجب||n
انتقد|ينتقد|منتقد|n
تساءل|يتساءل|متسائل|q
سأل||متسائل|q
رد|||q
أجاب|يجيب|مجيب|cq
علق|يعلق|معلق|q
كتب|يكتب||q
نقل|||
أبلغ|يبلغ|مبلغ|c
أخبر|يخبر||c
أقر|يقر|مقر|c/ب
اعترف|يعترف|معترف|c/ب
وعد|يعد|واعد|c/ب
أمل|يأمل|آمل|c
تمنى|يتمنى|متمني|c
طلب|يطلب||c
اقترح|يقترح|مقترح|cn
عزا|||
برر|يبرر|مبرر|c
أثنى|يثني|مثني|/على
ثمن|يثمن|مثمن|n
بشر|||/ب
ألمح|يلمح|ملمح|c/إلى
لمح|||c/إلى
اشتكى|يشتكي||c/من
ناشد|يناشد|مناشد|n
حث|يحث|حاث|/على
أوصى|يوصي|موصي|c/ب
أكمل|||q
ختم|||q
اختتم|||q
خلص|يخلص||c/إلى
شرح|يشرح|شارح|c
فسر|||c
وصف|يصف|واصف|
عد|||c
اشترط|يشترط|مشترط|c
نبه|ينبه|منبه|cq/إلى,من
جزم|يجزم|جازم|c/ب
قدر|||c
روى|يروي||cq
قرأ|||
تمسك|||/ب
أبدى|يبدي|مبدي|n
أيد|||
رفض|يرفض|رافض|n
أورد|||c
قرر|||c
أبرز|يبرز|مبرز|c
أثار|||
توعد|يتوعد|متوعد|/ب
تبنى|||n
اتفق|||
لاحظ|يلاحظ|ملاحظ|c
استدرك|يستدرك|مستدرك|cq
احتج|||
استغرب|يستغرب|مستغرب|n
استهجن|||n
بارك|||
هنأ|||
شكا|||c/من
أعاد|||
"""


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb form of saying: its lemma as written, and its frame."""

    lemma: str
    participle: bool
    clause: bool
    quote: bool
    nominal: bool
    prepositions: tuple[str, ...]


def _fold(word: str) -> str:
    return "".join(map(fold_character, word))


def _past(lemma: str) -> set[str]:
    forms = {lemma, f"{lemma}ت", f"{lemma}ا", f"{lemma}تا", f"{lemma}وا"}
    if lemma.endswith("ى"):
        forms |= {f"{lemma[:-1]}{ending}" for ending in ("ت", "يا", "تا", "وا")}
    elif lemma.endswith("ا"):
        forms |= {f"{lemma[:-1]}{ending}" for ending in ("ت", "وا", "تا")}
    return forms


def _present(present: str) -> set[str]:
    if not present:
        return set()
    return {present, f"ت{present[1:]}", f"{present}ون", f"{present}ان"}


def _participles(participle: str) -> set[str]:
    """Accusative, as a circumstance: مؤكدا، مؤكدة، مؤكدين، مؤكدتين."""
    if not participle:
        return set()
    endings = ("ا", "ة", "ين", "ات", "تين", "اً", "ةً")
    return {f"{participle}{ending}" for ending in endings}


def _forms() -> dict[str, Cue]:
    forms: dict[str, Cue] = {}
    for row in ROWS.split():
        lemma, present, participle, frame = row.split("|")
        letters, _, prepositions = frame.partition("/")
        takes = {
            "clause": "c" in letters,
            "quote": "q" in letters,
            "nominal": "n" in letters,
            "prepositions": tuple(_fold(p) for p in prepositions.split(",") if p),
        }
        if not letters and not prepositions:
            continue
        for form in _participles(participle):
            forms.setdefault(_fold(form), Cue(lemma, participle=True, **takes))  # type: ignore[arg-type]
        for form in _past(lemma) | _present(present):
            forms.setdefault(_fold(form), Cue(lemma, participle=False, **takes))  # type: ignore[arg-type]
    return forms


FORMS = _forms()

# أن and إن with what may cling to them; بأن too.
COMPLEMENTISERS = frozenset(
    f"{b}ان{suffix}"
    for b in ("", "ب")
    for suffix in ("", "ه", "ها", "هم", "هما", "هن", "نا", "ني", "ي", "ك", "كم", "هما")
) | {"انما", "اننا", "انني", "باننا", "بانني", "لان"}

# Nouns that open a nominal content: what one stresses, announces, renews.
CONTENT_NOUNS = frozenset(
    _fold(w)
    for w in [
        "ضرورة",
        "أهمية",
        "وجود",
        "حرص",
        "التزام",
        "دعم",
        "رفض",
        "استعداد",
        "عدم",
        "موقف",
        "عزم",
        "تأييد",
        "مواصلة",
        "تمسك",
        "إدانة",
        "دعوة",
        "حق",
        "حقها",
        "حاجة",
        "وقوف",
        "تضامن",
        "ثقة",
        "رغبة",
        "استمرار",
        "استحالة",
        "صحة",
        "مقتل",
        "إصابة",
        "وفاة",
        "تشكيل",
        "إطلاق",
        "بدء",
        "انتهاء",
        "اعتقال",
        "قبول",
        "موافقة",
        "تقدير",
        "شكر",
        "قلق",
        "أسف",
        "نية",
        "تعاون",
        "جاهزية",
        "متانة",
        "عمق",
        "خطورة",
        "سعي",
        "مسؤولية",
        "مشاركة",
        "انضمام",
        "تعليق",
        "وقف",
        "إلغاء",
        "تأجيل",
        "فتح",
        "إغلاق",
        "إنشاء",
        "تقديم",
        "قرار",
        "قدرة",
        "ترحيب",
        "تعهد",
        "احترام",
        "اهتمام",
        "إيمان",
        "ارتياح",
        "امتنان",
        "اعتزاز",
        "التوصل",
        "السيطرة",
        "الاستعداد",
        "الحرص",
        "الالتزام",
        "الحاجة",
        "الدعوة",
        "الرغبة",
    ]
)
SUFFIXES = ("ه", "ها", "هم", "هما", "نا", "ي")


def opens_nominal(folded: str) -> bool:
    """Whether a folded word is such a noun, with or without a clinging pronoun."""
    if folded in CONTENT_NOUNS:
        return True
    for suffix in SUFFIXES:
        if folded.endswith(suffix):
            stem = folded[: -len(suffix)]
            if stem in CONTENT_NOUNS or (f"{stem[:-1]}ه" in CONTENT_NOUNS and stem.endswith("ت")):
                return True
    return False


NEGATIONS = frozenset({"لم", "لن", "لا", "لو", "ما", "ليته", "ربما"})
WISHES = frozenset({"ان", "كي", "لكي", "حتي"})
# What ends a speaker's mention: adverbs of time and place, prepositions that begin a circumstance.
AFTER_SOURCE = frozenset(
    _fold(w)
    for w in [
        "في",
        "خلال",
        "أمام",
        "عقب",
        "بعد",
        "قبل",
        "اليوم",
        "أمس",
        "الليلة",
        "مساء",
        "صباح",
        "لدى",
        "عبر",
        "أثناء",
        "ضمن",
        "حول",
        "بشأن",
        "على",
        "عن",
        "من",
        "مع",
        "إثر",
        "غداة",
        "وسط",
        "بمناسبة",
        "السبت",
        "الأحد",
        "الإثنين",
        "الاثنين",
        "الثلاثاء",
        "الأربعاء",
        "الخميس",
        "الجمعة",
        "ردا",
        "تعليقا",
        "حسب",
        "بحسب",
        "لوكالة",
        "لصحيفة",
        "للصحفيين",
        "للصحافيين",
        "أيضا",
        "كذلك",
        "مجددا",
        "أنه",
        "إلى",
        "كما",
        "حيث",
        "الذي",
        "التي",
        "الذين",
        "وهو",
        "وهي",
        "بأن",
        "ل",
        "بدوره",
        "بدورها",
        "يوم",
        "للجزيرة",
        "لقناة",
        "لفرانس",
        "لرويترز",
        "هنا",
        "وذلك",
        "قائلا",
        "تحت",
        "بين",
        "عند",
        "منذ",
        "نقلا",
        "ظهر",
        "فجر",
        "لـ",
        "له",
        "لها",
        "لهم",
        "فيما",
        "بينما",
        "خاصة",
        "إن",
        "أن",
    ]
)
TAILS = frozenset({"بحسب", "حسب", "وفق", "وفقا", "حسبما", "وفقما", "كما", "نقلا", "طبقا"})
