"""Datelines of many agencies, footers, names, topics and the sections they suggest."""

import pytest

from barqia.reading import read, suggest_sections, topic_label

BODY = "قال وزير النقل سامي الحلبي إن الجسر سيفتح غدا."
DATELINES = [
    ("موسكو-سانا\n", "موسكو", "سانا", None),
    ("عمان 21 آذار (بترا)- ", "عمان", "بترا", "21 آذار"),
    ("رام الله في 3 مايو /أ ش أ/ ", "رام الله", "أ ش أ", "في 3 مايو"),
    ("سمير الصفواني- سبق- أبها: ", "أبها", "سبق", None),
    ("القاهرة: «الشرق الأوسط»\n", "القاهرة", "الشرق الأوسط", None),
    ("واس ( رام الله )\n", "رام الله", "واس", None),
    ("بكين 11 مارس 2024 (شينخوا) ", "بكين", "شينخوا", "11 مارس 2024"),
    ("الكويت - 5 - 6 (كونا) -- ", "الكويت", "كونا", "5 - 6"),
    ("جدة 08 شعبان 1446 هـ الموافق 07 فبراير 2025 م واس\n", "جدة", "واس", "08 شعبان 1446 ه الموافق 07 فبراير 2025 م"),
    ("رام الله ٩-٤-٢٠٢٦ وفا- ", "رام الله", "وفا", "٩-٤-٢٠٢٦"),
    ("باريس (أ ف ب) - ", "باريس", "أ ف ب", None),
    ("بوينس آيرس ـ رويترز:\n", "بوينس آيرس", "رويترز", None),
    ("رأس اللؤلؤ-برقية\n", "رأس اللؤلؤ", "برقية", None),
    ("أنقرة / كمال يلماز / الأناضول\n", "أنقرة", "الأناضول", None),
    ("الرياض - سعدون العنبري\n", "الرياض", None, None),
    ("عنوان من كلمات قليلة\nتونس (وات) - ", "تونس", "وات", None),
]  # fmt: skip


@pytest.mark.parametrize(("head", "place", "agency", "date"), DATELINES)
def test_a_dateline_in_the_manner_of_its_agency(head: str, place: str, agency: str | None, date: str | None) -> None:
    reading = read(head + BODY)
    assert reading.dateline is not None
    assert (reading.dateline.place, reading.dateline.agency, reading.dateline.date) == (place, agency, date)
    assert [s.speaker for s in reading.statements] == ["سامي الحلبي"]


@pytest.mark.parametrize("headline", ["افتتاح السوق", "افتتاح الميناء الجديد", "عنوان من كلمات قليلة"])
def test_a_dateline_begins_behind_the_headline(headline: str) -> None:
    text = f"{headline}\n\nدمشق-برقية\n{BODY}"
    dateline = read(text).dateline
    assert dateline is not None
    assert text[slice(*dateline.span)] == "دمشق-برقية"


@pytest.mark.parametrize("text", [BODY, "الوزير: العمل مستمر في الجسر.", "أكد سامي الحلبي، وزير النقل، أن الجسر آمن."])
def test_a_text_without_dateline(text: str) -> None:
    assert read(text).dateline is None


FOOTERS = [
    "تابعونا على فيسبوك وتلغرام",
    "https://t.me/example",
    "المصدر: وكالات",
    "جميع الحقوق محفوظة لوكالة برقية 2026",
    "(النهاية) ب ر / س ع",
    "لمتابعة آخر الأخبار اشتركوا في قناتنا",
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_a_footer_is_set_apart(footer: str) -> None:
    text = f"دمشق-برقية\n{BODY}\n{footer}\n"
    reading = read(text)
    assert [text[slice(*span)] for span in reading.boilerplate] == [footer]
    assert text[slice(*reading.statements[0].content)] == "إن الجسر سيفتح غدا"


def names(text: str) -> tuple[list[str], list[str], list[str]]:
    reading = read(text)
    kinds = (reading.persons, reading.organisations, reading.places)
    persons, organisations, places = ([text[slice(*name.span)] for name in kind] for kind in kinds)
    return persons, organisations, places


def test_names_are_flat_and_found_behind_their_prepositions() -> None:
    text = "التقى وزير النقل سامي الحلبي بمدير مستشفى الواحة رامي النجار في محافظة السهل، وسلم الحلبي للنجار رسالة من الأمم المتحدة."
    persons, organisations, places = names(text)
    assert persons == ["سامي الحلبي", "رامي النجار", "الحلبي"]
    assert organisations == ["مستشفى الواحة", "الأمم المتحدة"]
    assert places == ["محافظة السهل"]


@pytest.mark.parametrize(
    ("one", "other"), [("سوريا", "سورية"), ("إيران", "ايران"), ("إسطنبول", "اسطنبول"), ("القاهرة", "القاهره")]
)
def test_a_place_however_it_is_spelt(one: str, other: str) -> None:
    for place in (one, other):
        assert names(f"سافر الوفد إلى {place} أمس.")[2] == [place]


def test_field_news_and_political_news_are_told_apart() -> None:
    field = "قصفت وحدات من الجيش بالمدفعية مواقع مسلحين قرب القرية، واندلعت اشتباكات استمرت ساعتين."
    politics = "بحث وزير الخارجية مع نظيره سبل استئناف المفاوضات، وأكد الجانبان أهمية الحوار بين الحكومة والمعارضة."
    economy = "ارتفعت أسعار النفط في الأسواق، فيما خفض البنك المركزي سعر الفائدة."
    for text, section in ((field, "field"), (politics, "politics"), (economy, "economy")):
        first = suggest_sections(text)[0]
        assert first.section == section
        assert first.evidence, "a suggestion shows its words"


def test_topics_have_labels_of_our_own_in_two_languages() -> None:
    topics = read("خسر المنتخب المباراة بهدفين في الدوري، وقال المدرب إن اللاعبين قدموا ما عندهم.").topics
    assert topics[0].code == "medtop:15000000"
    assert (topic_label(topics[0].code), topic_label(topics[0].code, "en")) == ("رياضة", "Sport")
    assert topic_label("medtop:99999999") is None


@pytest.mark.parametrize("headline", ["افتتاح المعرض الدولي", "افتتاح جسر الوادي", "انطلاق الحوار الوطني"])
def test_a_headline_that_ends_as_a_name_does_is_no_by_line(headline: str) -> None:
    text = f"{headline}\n\nدمشق-برقية\nقال المهندس سامي العامر إن الجسر مفتوح.\n"
    reading = read(text)
    assert reading.dateline is not None
    assert text[slice(*reading.dateline.span)] == "دمشق-برقية"
    assert text[slice(*reading.paragraphs[0])] == headline


def test_a_by_line_above_a_blank_line_is_one() -> None:
    text = "سامي الحلبي\n\nدمشق-برقية\nقال المهندس سامي العامر إن الجسر مفتوح.\n"
    assert [text[slice(*span)] for span in read(text).paragraphs] == ["قال المهندس سامي العامر إن الجسر مفتوح."]
