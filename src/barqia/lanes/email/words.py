"""What stands under a mail, in Arabic and in English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Foot:
    """`why` takes the agency's name."""

    read: str
    why: str
    choose: str
    leave: str


ARABIC = Foot(
    read="اقرأ البرقية في الموقع",
    why="تصلك هذه الرسالة لأنّك مشترك في أخبار {agency}.",
    choose="تغيير الأقسام",
    leave="إلغاء الاشتراك",
)
ENGLISH = Foot(
    read="Read the dispatch on the site",
    why="You get this message because you subscribed to the news of {agency}.",
    choose="Change sections",
    leave="Unsubscribe",
)


def foot(language: str) -> Foot:
    return ENGLISH if language == "en" else ARABIC
