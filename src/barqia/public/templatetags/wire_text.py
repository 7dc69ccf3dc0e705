"""Texts in templates, with what must not turn round within Arabic isolated."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from barqia.rendering.telephones import telephones
from barqia.text import key
from barqia.wire.persons import code_of

register = template.Library()


@register.filter
def isolated(text: str) -> SafeString:
    """Escaped, its telephone numbers in `<bdi dir="ltr">`."""
    out, end = [], 0
    for start, stop in telephones(text):
        out += [escape(text[end:start]), f'<bdi dir="ltr">{escape(text[start:stop])}</bdi>']
        end = stop
    return mark_safe("".join([*out, escape(text[end:])]))  # noqa: S308 - every piece is escaped


@register.filter
def person_code(name: str) -> str:
    """The code of a speaker's own page, `/p/<code>/`."""
    return code_of(key(name))


BAR, BARS, TALL = 20, 12, 60


@register.simple_tag
def column(number: int, direction: str) -> int:
    """Where a month's bar stands: time goes the way the page is read."""
    return BAR * (BARS - 1 - number if direction == "rtl" else number) + 3


@register.simple_tag
def height(share: int) -> int:
    """A bar for this share of the tallest, in hundredths; what is not nothing can be seen."""
    return max(2 if share else 1, TALL * share // 100)


@register.simple_tag
def top(share: int) -> int:
    return TALL + 2 - height(share)
