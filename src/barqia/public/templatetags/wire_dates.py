"""Dates, times and counts in templates, as the newsroom sets them."""

from datetime import UTC, datetime

from django import template
from django.utils.translation import get_language

from barqia.wire import calendar
from barqia.wire.models import Newsroom

register = template.Library()


def _newsroom(context: template.Context) -> Newsroom:
    """The page's own, else looked up once a page."""
    found: Newsroom | None = context.get("newsroom") or context.render_context.get("newsroom")
    if found is None:
        found = context.render_context["newsroom"] = Newsroom.objects.first() or Newsroom()
    return found


@register.simple_tag(takes_context=True)
def day(context: template.Context, moment: datetime | None) -> str:
    newsroom = _newsroom(context)
    return calendar.day(moment, newsroom.zone, newsroom.months, get_language() or "ar") if moment else ""


@register.simple_tag(takes_context=True)
def month(context: template.Context, moment: datetime) -> str:
    return calendar.month(moment, _newsroom(context).months, get_language() or "ar")


@register.simple_tag(takes_context=True)
def clock(context: template.Context, moment: datetime | None) -> str:
    return calendar.clock(moment, _newsroom(context).zone) if moment else ""


@register.simple_tag(takes_context=True)
def day_of(context: template.Context, at_ms: int) -> str:
    return day(context, datetime.fromtimestamp(at_ms / 1000, UTC))


@register.simple_tag(takes_context=True)
def time_of(context: template.Context, at_ms: int) -> str:
    return clock(context, datetime.fromtimestamp(at_ms / 1000, UTC))


@register.filter
def counted(number: int, noun: str) -> str:
    """`{{ 3|counted:"message" }}` is «3 رسائل»."""
    return calendar.counted(noun, number, get_language() or "ar")


@register.filter
def duration(seconds: float) -> str:
    return calendar.duration(seconds, get_language() or "ar")
