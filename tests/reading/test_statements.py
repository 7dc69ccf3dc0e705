"""Who said what, construction by construction. Each row: a text, then its statements as cue | speaker | kind | content."""

from itertools import pairwise

import pytest

from barqia.reading import read

TITLED = "وزير النقل سامي الحلبي"
CASES = {
    "a clause and a participle": (
        f"أكد {TITLED} أن الجسر سيفتح غدا، مشيرا إلى أن العمل انتهى.",
        ["أكد | سامي الحلبي | clause | أن الجسر سيفتح غدا", "مشيرا | سامي الحلبي | clause | إلى أن العمل انتهى"],
    ),
    "a dropped subject agrees with its verb": (
        f"قال {TITLED} إن الجسر آمن. وقالت وزيرة البيئة هدى النجار إن النهر نظيف. وأضاف أن العمل مستمر. وأوضحت أن الفحص دوري.",
        [
            "قال | سامي الحلبي | clause | إن الجسر آمن", "قالت | هدى النجار | clause | إن النهر نظيف",
            "أضاف | سامي الحلبي | clause | أن العمل مستمر", "أوضحت | هدى النجار | clause | أن الفحص دوري",
        ],
    ),
    "a surname, a title, a feminine title": (
        "قالت وزيرة البيئة هدى النجار إن النهر نظيف. ورأت النجار أن الفحص كاف. وشددت الوزيرة على أهمية التوعية.",
        [
            "قالت | هدى النجار | clause | إن النهر نظيف", "رأت | هدى النجار | clause | أن الفحص كاف",
            "شددت | هدى النجار | nominal | على أهمية التوعية",
        ],
    ),
    "quotations that nest and point the wrong way": (
        f"وقال {TITLED} “إن خطي “ألف” و”باء” جاهزان”.",
        ["قال | سامي الحلبي | clause | “إن خطي “ألف” و”باء” جاهزان”"],
    ),
    "a quotation behind a colon, its stop inside": (
        f"وأضاف {TITLED}: \"العمل مستمر. لن نتوقف.\"",
        ["أضاف | سامي الحلبي | quote | \"العمل مستمر. لن نتوقف.\""],
    ),
    "a quotation that is never closed": (
        f"وقال {TITLED} \"يجب أن نحمي \"النهر الكبير\". وأضاف أن العمل مستمر.",
        ["قال | سامي الحلبي | quote | \"يجب أن نحمي \"النهر الكبير\"", "أضاف | سامي الحلبي | clause | أن العمل مستمر"],
    ),
    "an attribution behind its clause": (
        "ارتفع عدد الزوار إلى مليون هذا العام، حسبما أفادت هيئة السياحة الوطنية.",
        ["أفادت | هيئة السياحة الوطنية | clause | ارتفع عدد الزوار إلى مليون هذا العام"],
    ),
    "an attribution that says nothing new ends the content": (
        f"وقال {TITLED} إن المشروع ناجح، على حد تعبيره.",
        ["قال | سامي الحلبي | clause | إن المشروع ناجح"],
    ),
    "a source in front": (
        "ووفقا لتقرير منظمة المياه الدولية، فقد انخفض منسوب النهر مترين.",
        ["وفقا | منظمة المياه الدولية | according | انخفض منسوب النهر مترين"],
    ),
    "a statement inside a statement": (
        "أضافت صحيفة المرفأ أن عددا من كبار الضباط أعربوا عن قلقهم حيال الخطة.",
        [
            "أضافت | صحيفة المرفأ | clause | أن عددا من كبار الضباط أعربوا عن قلقهم حيال الخطة",
            "أعربوا | عددا من كبار الضباط | nominal | عن قلقهم حيال الخطة",
        ],
    ),
    "an object before the preposition": (
        f"اتهم {TITLED} الشركة بتأخير العمل. ووصف التأخير بأنه متعمد.",
        ["اتهم | سامي الحلبي | nominal | الشركة بتأخير العمل", "وصف | سامي الحلبي | clause | التأخير بأنه متعمد"],
    ),
    "two that are addressed and answer": (
        f"قال {TITLED} إن الوقت ضيق. ودعا المجتمع الدولي إلى المساعدة.",
        ["قال | سامي الحلبي | clause | إن الوقت ضيق", "دعا | سامي الحلبي | nominal | إلى المساعدة"],
    ),
    "an anonymous source is itself": (
        "وقال مصدر أمني إن الطريق مفتوح. وأضاف المصدر أن الدوريات مستمرة.",
        ["قال | مصدر أمني | clause | إن الطريق مفتوح", "أضاف | مصدر أمني | clause | أن الدوريات مستمرة"],
    ),
    "who is named only later": (
        "ذكرت متحدثة باسم وزارة البيئة أن النهر نظيف. وقالت ريم إن الفحص دوري.",
        ["ذكرت | ريم | clause | أن النهر نظيف", "قالت | ريم | clause | إن الفحص دوري"],
    ),
    "two verbs, one cue": (
        f"وقال {TITLED} إن العمل بدأ. وأردف قائلا: \"سنكمل قريبا\".",
        ["قال | سامي الحلبي | clause | إن العمل بدأ", "أردف قائلا | سامي الحلبي | quote | \"سنكمل قريبا\""],
    ),
    "speech over paragraphs, left open until a mark closes it": (
        f"وقال {TITLED}: \"النهر نظيف.\n\nولن نغلق الشاطئ.\n\nهذا عهدنا\".\n\nوأضاف أن العمل مستمر.",
        [
            "قال | سامي الحلبي | quote | \"النهر نظيف.\n\nولن نغلق الشاطئ.\n\nهذا عهدنا\"",
            "أضاف | سامي الحلبي | clause | أن العمل مستمر",
        ],
    ),
    "an unclosed mark ends before the narrator's words": (
        f"وقال {TITLED}: \"النهر نظيف. ولن نغلق الشاطئ.\n\nوقالت وزيرة البيئة هدى النجار إن الشاطئ مفتوح.",
        [
            "قال | سامي الحلبي | quote | \"النهر نظيف. ولن نغلق الشاطئ",
            "قالت | هدى النجار | clause | إن الشاطئ مفتوح",
        ],
    ),
    "a quotation of its own behind an unclosed one": (
        f"قال {TITLED}: \"النهر نظيف.\n\n\"الشاطئ مفتوح للجميع اليوم\"، أضاف المدير رامي النجار.",
        [
            "قال | سامي الحلبي | quote | \"النهر نظيف",
            "أضاف | رامي النجار | quote | \"الشاطئ مفتوح للجميع اليوم\"",
        ],
    ),
    "a clause on an indefinite subject": (
        "أعلن محامي أسر محلية قتل أفراد منها أن القضية مستمرة. قال مسؤول طلب عدم ذكر اسمه إن الطريق مغلق.",
        ["أعلن | محامي أسر محلية | clause | أن القضية مستمرة", "قال | مسؤول | clause | إن الطريق مغلق"],
    ),
    "a subject behind to whom it is said": (
        "وأكد لـ\"صوت المرفأ\" مصدر أمني أن الطريق مغلق.",
        ["أكد | مصدر أمني | clause | أن الطريق مغلق"],
    ),
    "a subject that is named like a verb": (
        "وقال يحمدون \"لن نغلق الشاطئ\".",
        ["قال | يحمدون | quote | \"لن نغلق الشاطئ\""],
    ),
    "circumstances, deeds and new sentences behind a noun": (
        f"أكد {TITLED} استمرار العمل وسانده مدير الشركة. وشدد على إلغاء القرار، وذلك خلال لقائه السكان.",
        ["أكد | سامي الحلبي | nominal | استمرار العمل", "شدد | سامي الحلبي | nominal | على إلغاء القرار"],
    ),
    "a verb of the clause inside a noun's content": (
        "وطالبت النقابة بقانون يحمي العمال ويضمن أجورهم.",
        ["طالبت | النقابة | nominal | بقانون يحمي العمال ويضمن أجورهم"],
    ),
    "the subject of a verb that reports nothing": (
        f"افتتح {TITLED} المعرض السنوي، مؤكدا أن الدخول مجاني.",
        ["مؤكدا | سامي الحلبي | clause | أن الدخول مجاني"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_construction(text: str, expected: list[str]) -> None:
    found = [
        " | ".join((text[slice(*s.cue)], s.speaker or "—", s.kind, text[slice(*s.content)]))
        for s in read(text).statements
    ]
    assert found == expected


SOURCES = {
    "a clause, set off": (
        "ولفت مدير المركز، وهو محام من المرفأ، إلى أن القضية طويلة.",
        "مدير المركز، وهو محام من المرفأ",
    ),
    "a relative clause": (
        "لكن ممثل شركة دلتا التي تملك نصف الأسهم أكد استمرارها.",
        "ممثل شركة دلتا التي تملك نصف الأسهم",
    ),
    "an age and a trade": (
        "وقال سامي الحلبي (٤٠ عاما) صاحب متجر في المرفأ، إنه خسر كل شيء.",
        "سامي الحلبي (٤٠ عاما) صاحب متجر في المرفأ",
    ),
}


@pytest.mark.parametrize(("text", "source"), SOURCES.values(), ids=SOURCES.keys())
def test_how_far_a_mention_reaches(text: str, source: str) -> None:
    (statement,) = read(text).statements
    assert statement.source is not None
    assert text[slice(*statement.source)] == source


NO_STATEMENT = [
    "لم يوضح الوزير سامي الحلبي ما إذا كان سيحضر.",
    "يذكر أن المدينة بنيت قبل ألف عام.",
    "ومن المتوقع أن تهطل الأمطار غدا.",
    "وصل الوزير إلى مدينة الرمان بعد الظهر.",
    "عبر اللاجئون الحدود ليلا.",
    "طلب المصدر عدم الكشف عن اسمه.",
    "سجلت الأسعار ارتفاعا منذ أن فتح الميناء.",
    "لا يمكن للشركة أن توقع اتفاق العمل.",
    "يلفت انتباههم منظر السفن إلى الميناء.",
    "رحب المدير بالحضور.",
    "دعا الرئيس إلى اجتماع طارئ.",
]


@pytest.mark.parametrize("text", NO_STATEMENT)
def test_what_reports_nothing(text: str) -> None:
    assert read(text).statements == ()


@pytest.mark.parametrize(
    "unit", ['"', "“", ' "', "قال ", "وأكد أن ", 'قال "', "مؤكدا ", "بحسب الوزير ", "((", "سامي الحلبي "]
)
def test_a_hostile_text_is_read_in_one_pass(unit: str) -> None:
    """Not twice the steps for each unit: counted in calls, not in time."""
    import sys

    def calls(text: str) -> int:
        count = 0

        def count_one(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event == "call"

        sys.setprofile(count_one)
        try:
            read(text)
        finally:
            sys.setprofile(None)
        return count

    read(unit * 40)
    steps = [calls(unit * number) for number in (400, 800, 1600)]
    (first, second) = (after - before for before, after in pairwise(steps))
    assert second < first * 2.6 + 50, "linear: twice the units more, twice the steps more"
