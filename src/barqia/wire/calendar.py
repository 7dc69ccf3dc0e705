"""Dates and counts as Arabic and English write them."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale

WEEKDAYS_AR = ("الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
MONTHS_AR = {
    "levant": (
        "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني",
        "كانون الأول",
    ),
    "latin": (
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
    ),
}  # fmt: skip
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
# CLDR's categories, for the nouns we count: zero, one, two, few (3–10), many (11–99), other (100…)
NOUNS = {
    "message": (
        {"zero": "لا رسائل", "one": "رسالة واحدة", "two": "رسالتان", "few": "{} رسائل", "many": "{} رسالة", "other": "{} رسالة"},
        {"one": "{} message", "other": "{} messages"},
    ),
    "recipient": (
        {"zero": "لا متلقّين", "one": "متلقٍّ واحد", "two": "متلقّيان", "few": "{} متلقّين", "many": "{} متلقّياً", "other": "{} متلقٍّ"},
        {"one": "{} recipient", "other": "{} recipients"},
    ),
    "statement": (
        {"zero": "لا تصريحات", "one": "تصريح واحد", "two": "تصريحان", "few": "{} تصريحات", "many": "{} تصريحاً", "other": "{} تصريح"},
        {"one": "{} statement", "other": "{} statements"},
    ),
    "dispatch": (
        {"zero": "لا برقيات", "one": "برقية واحدة", "two": "برقيتان", "few": "{} برقيات", "many": "{} برقية", "other": "{} برقية"},
        {"one": "{} dispatch", "other": "{} dispatches"},
    ),
    "correction": (
        {"zero": "لا تصويبات", "one": "تصويب واحد", "two": "تصويبان", "few": "{} تصويبات", "many": "{} تصويباً", "other": "{} تصويب"},
        {"one": "{} correction", "other": "{} corrections"},
    ),
    "second": (
        {"zero": "أقلّ من ثانية", "one": "ثانية واحدة", "two": "ثانيتان", "few": "{} ثوانٍ", "many": "{} ثانية", "other": "{} ثانية"},
        {"one": "{} second", "other": "{} seconds"},
    ),
    "minute": (
        {"zero": "أقلّ من دقيقة", "one": "دقيقة واحدة", "two": "دقيقتان", "few": "{} دقائق", "many": "{} دقيقة", "other": "{} دقيقة"},
        {"one": "{} minute", "other": "{} minutes"},
    ),
}  # fmt: skip


def day(moment: datetime, zone: str, months: str, language: str) -> str:
    """«الإثنين 23 تشرين الثاني 2026», or "Monday 23 November 2026"."""
    local = moment.astimezone(ZoneInfo(zone))
    if language == "en":
        return f"{WEEKDAYS_EN[local.weekday()]} {local.day} {MONTHS_EN[local.month - 1]} {local.year}"
    return f"{WEEKDAYS_AR[local.weekday()]} {local.day} {MONTHS_AR[months][local.month - 1]} {local.year}"


def month(moment: datetime, months: str, language: str) -> str:
    """«تشرين الثاني 2026», or "November 2026"."""
    names = MONTHS_EN if language == "en" else MONTHS_AR[months]
    return f"{names[moment.month - 1]} {moment.year}"


def clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def counted(noun: str, number: int, language: str) -> str:
    """The noun in the form that this number asks for: 3 رسائل، 11 رسالة."""
    arabic, english = NOUNS[noun]
    forms = english if language == "en" else arabic
    category = _locale(language).plural_form(number)
    return forms.get(category, forms["other"]).format(number)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse("en" if language == "en" else "ar")


def duration(seconds: float, language: str) -> str:
    """Rounded up to whole seconds, from two minutes on to minutes."""
    whole = int(-(-seconds // 1))
    return counted("second", whole, language) if whole < 120 else counted("minute", -(-whole // 60), language)
