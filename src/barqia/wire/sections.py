"""The sections a new newsroom starts with, and the words that name one."""

from collections.abc import Iterable

from barqia.text import key
from barqia.wire.models import Section

# slug: (Arabic name, English name, words readers use besides the names)
STANDARD = {
    "politics": ("سياسة", "Politics", ["سياسي", "أخبار سياسية", "الأخبار السياسية"]),
    "field": ("ميداني", "Field", ["ميدانية", "ميدان", "أخبار ميدانية", "الأخبار الميدانية"]),
    "economy": ("اقتصاد", "Economy", ["اقتصادي", "أخبار اقتصادية", "الأخبار الاقتصادية"]),
    "sport": ("رياضة", "Sport", ["رياضي", "أخبار رياضية", "الأخبار الرياضية", "sports"]),
    "culture": ("ثقافة", "Culture", ["ثقافي", "أخبار ثقافية", "الأخبار الثقافية"]),
    "society": ("مجتمع", "Society", ["منوعات", "محليات", "أخبار محلية"]),
}


def add_standard(slugs: Iterable[str]) -> None:
    for position, slug in enumerate(slugs):
        name_ar, name_en, words = STANDARD[slug]
        Section.objects.get_or_create(
            slug=slug, defaults={"name_ar": name_ar, "name_en": name_en, "words": words, "position": position}
        )


def words_of(section: Section) -> set[str]:
    """Every word that names this section, folded."""
    return {key(word) for word in (section.slug, section.name_ar, section.name_en, *section.words)}
