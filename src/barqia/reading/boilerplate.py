"""The "follow us" footer and its like, at the end of a dispatch: recognised, and set apart."""

import re
from collections.abc import Sequence

from barqia.reading.model import Span
from barqia.text.normal import fold, key

FOLLOW = re.compile(
    r"^(?:تابعوا|تابعونا|تابعنا|للاشتراك|اشترك|اشتركوا|انضموا|انضم|لمتابعه|عبر ارسال|رابط الخبر|المصدر|سمات|"
    r"كلمات مفتاحيه|الوسوم|للاطلاع علي|لمزيد من|حمل|حملوا|للمزيد|اقرا ايضا|"
    r"شاهد ايضا|follow|subscribe|join us|download)\b"
)
ANYWHERE = re.compile(
    r"ارسال كلمه|تخزينه باسم|عبر تطبيق|عبر الرابط|جميع الحقوق محفوظه|قناتنا|متابعتنا|صفحتنا علي|حقوق النشر|قنواتنا|"
    r"حساباتنا|all rights reserved"
)
LINK = re.compile(r"^\W*(?:https?://|www\.|t\.me/|telegram\.me/|@\w)\S*\W*$", re.IGNORECASE)
END_MARK = re.compile(r"[(\[]\s*(?:النهايه|انتهي|يتبع)\s*[)\]][\s\S]{0,60}$")
TAIL = 160
LONGEST_LINE = 240


def boilerplate_of(text: str, lines: Sequence[Span]) -> tuple[Span, ...]:
    """One span over the closing lines that speak of following the newsroom, or none."""
    first = len(lines)
    while first > 0 and _is_footer(text[slice(*lines[first - 1])]):
        first -= 1
    if first == len(lines) or first == 0:
        return _end_mark(text)
    return ((lines[first][0], lines[-1][1]),)


def _end_mark(text: str) -> tuple[Span, ...]:
    """(النهاية) and an editor's letters behind it, as KUNA ends a dispatch."""
    end = len(text.rstrip())
    start = max(0, end - TAIL)
    tail = fold(text[start:end])
    mark = END_MARK.search(tail.text)
    return ((start + tail.span(mark.start(), mark.end())[0], end),) if mark else ()


def _is_footer(line: str) -> bool:
    if len(line) > LONGEST_LINE:
        return False
    folded = key(line)
    return bool(LINK.match(line.strip()) or FOLLOW.match(folded) or ANYWHERE.search(folded))
