"""The dateline: place, agency and date at the head of a dispatch, in the forms agencies use.

`موسكو-سانا` · `عمان 21 آذار (بترا)-` · `واشنطن - أ ف ب` · `المدينة، 12 مايو (وكالة) --` · `سبق- أبها:`
"""

import re

from barqia.reading.gazetteer import AGENCIES, is_place
from barqia.reading.model import Dateline, Span
from barqia.text.normal import key

DASH = r"[-–—ـ]{1,3}"
MONTHS = (
    "يناير|فبراير|مارس|أبريل|ابريل|إبريل|مايو|يونيو|يونيه|يوليو|يوليه|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر|"
    "كانون الثاني|كانون الأول|كانون الاول|شباط|آذار|اذار|نيسان|أيار|ايار|حزيران|تموز|آب|اب|أيلول|ايلول|"
    "تشرين الأول|تشرين الاول|تشرين الثاني|محرم|صفر|ربيع الأول|رجب|شعبان|رمضان|شوال"
)
DATE = rf"(?:\d{{1,2}}\s*(?:{MONTHS})(?:\s*\d{{2,4}})?|\d{{1,2}}\s*[-/]\s*\d{{1,2}}(?:\s*[-/]\s*\d{{2,4}})?)"
WORDS = r"[^\W\d_][\w\u064b-\u0652'.]*(?:[ ][^\W\d_][\w\u064b-\u0652'.]*){0,3}"
LONGEST = 90

IN_BRACKETS = re.compile(
    rf"(?P<place>{WORDS})\s*[،,]?\s*(?P<date>{DATE})?\s*[،,]?\s*[(（/]\s*(?P<agency>[^()\n/]{{2,30}})[)/]\s*(?P<date2>{DATE})?\s*(?:{DASH}|:|(?=\n))"
)
DASHED = re.compile(
    rf"(?P<first>{WORDS})\s*(?P<date>{DATE})?\s*(?:{DASH}|[/|])\s*(?P<second>(?:{WORDS}|[\"«“][^\"»”\n]{{2,30}}[\"»”]))\s*"
    rf"(?:(?:{DASH}|[/|])\s*(?P<third>{WORDS})\s*)?(?P<date2>{DATE})?\s*(?:{DASH}|:|/|(?=\n))"
)
PLAIN = re.compile(rf"(?P<place>{WORDS})\s*[،,]?\s*(?P<date>{DATE})?\s*(?:{DASH}|:)\s")


def dateline_of(text: str, start: int) -> Dateline | None:
    """The dateline that begins at `start`, or None."""
    head = text[start : start + LONGEST]
    return _bracketed(head, start) or _dashed(head, start) or _plain(head, start)


def _bracketed(head: str, start: int) -> Dateline | None:
    found = IN_BRACKETS.match(head)
    if not found or not (_is_agency(found["agency"]) or is_place(found["place"])):
        return None
    date = found["date"] or found["date2"]
    return Dateline(found["place"].strip(), _clean(found["agency"]), date, _span(found, start))


def _dashed(head: str, start: int) -> Dateline | None:
    """Place and agency in either order, perhaps with a reporter's name before them."""
    found = DASHED.match(head)
    if not found:
        return None
    parts = [_clean(part) for part in (found["first"], found["second"], found["third"]) if part]
    agency = next((part for part in parts if _is_agency(part)), None)
    place = next((part for part in parts if part != agency and is_place(part)), None)
    if place is None and agency is not None and len(parts) > 1:
        rest = [part for part in parts if part != agency]
        place = rest[0] if parts[0] != agency else rest[-1]
    if place is None or (agency is None and found["date"] is None and not is_place(parts[0])):
        return None
    if agency is None and len(parts) > 1 and len(parts[1].split()) <= 3 and not is_place(parts[1]):
        agency = parts[1]
    return Dateline(place, agency, found["date"] or found["date2"], _span(found, start))


def _plain(head: str, start: int) -> Dateline | None:
    found = PLAIN.match(head)
    if not found or not is_place(found["place"]):
        return None
    return Dateline(found["place"].strip(), None, found["date"], _span(found, start))


def _span(found: re.Match[str], start: int) -> Span:
    return start, start + len(found.group().rstrip())


def _clean(part: str) -> str:
    return part.strip(" \"«»“”'")


def _is_agency(part: str) -> bool:
    folded = key(part)
    return (
        folded in AGENCIES
        or folded.startswith(("وكاله", "صحيفه", "مكتب", "خاص", "قناه"))
        or folded.replace(" ", "") in AGENCIES
    )
