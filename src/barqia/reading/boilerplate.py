"""The "follow us" footer and its like, at the end of a dispatch: recognised, and set apart."""

import re
from collections.abc import Sequence

from barqia.reading.model import Span
from barqia.text.normal import key

FOLLOW = re.compile(
    r"^(?:تابعوا|تابعونا|تابعنا|للاشتراك|اشترك|اشتركوا|انضموا|انضم|لمتابعه|عبر ارسال|حمل|حملوا|للمزيد|اقرا ايضا|"
    r"شاهد ايضا|follow|subscribe|join us|download)\b"
)
ANYWHERE = re.compile(r"ارسال كلمه|تخزينه باسم|عبر تطبيق|عبر الرابط|جميع الحقوق محفوظه|قناتنا|all rights reserved")
LINK = re.compile(r"^\W*(?:https?://|www\.|t\.me/|telegram\.me/|@\w)\S*\W*$", re.IGNORECASE)
LONGEST_LINE = 240


def boilerplate_of(text: str, lines: Sequence[Span]) -> tuple[Span, ...]:
    """One span over the closing lines that speak of following the newsroom, or none."""
    first = len(lines)
    while first > 0 and _is_footer(text[slice(*lines[first - 1])]):
        first -= 1
    if first == len(lines) or first == 0:
        return ()
    return ((lines[first][0], lines[-1][1]),)


def _is_footer(line: str) -> bool:
    folded = key(line)
    if len(line) > LONGEST_LINE:
        return False
    return bool(LINK.match(line.strip()) or FOLLOW.match(folded) or ANYWHERE.search(folded))
