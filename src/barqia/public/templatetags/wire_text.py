"""Texts in templates, with what must not turn round within Arabic isolated."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from barqia.rendering.telephones import telephones

register = template.Library()


@register.filter
def isolated(text: str) -> SafeString:
    """Escaped, its telephone numbers in `<bdi dir="ltr">`."""
    out, end = [], 0
    for start, stop in telephones(text):
        out += [escape(text[end:start]), f'<bdi dir="ltr">{escape(text[start:stop])}</bdi>']
        end = stop
    return mark_safe("".join([*out, escape(text[end:])]))  # noqa: S308 - every piece is escaped
