"""The words of a mail that are no dispatch's, in Arabic and in English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Foot:
    """`why` takes the agency's name."""

    read: str
    why: str
    choose: str
    leave: str
    digest: str
    and_more: str
    also: str
    read_on: str


ARABIC = Foot(
    read="اقرأ البرقية في الموقع",
    why="تصلك هذه الرسالة لأنّك مشترك في أخبار {agency}.",
    choose="تغيير ما يصلك",
    leave="إلغاء الاشتراك",
    digest="نشرة اليوم",
    and_more="، وبرقيات أخرى",
    also="وفي النشرة أيضاً",
    read_on="التتمّة",
)
ENGLISH = Foot(
    read="Read the dispatch on the site",
    why="You get this message because you subscribed to the news of {agency}.",
    choose="Change what you get",
    leave="Unsubscribe",
    digest="Today's digest",
    and_more=", and more",
    also="Also in this digest",
    read_on="Read on",
)


def foot(language: str) -> Foot:
    return ENGLISH if language == "en" else ARABIC
