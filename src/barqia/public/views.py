"""The site's pages: home, a section, a dispatch, how to follow."""

from datetime import UTC
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from barqia.public.push import server_key
from barqia.public.site import in_language
from barqia.reading import Reading
from barqia.rendering.marked import marked, speakers_of
from barqia.wire.models import Dispatch, PubStatus, Section, State

PAGE = 20
OUT = (State.PUBLISHED, State.CORRECTED)
Context = dict[str, Any]


def _list(request: HttpRequest, context: Context, section: Section | None) -> HttpResponse:
    """The newest dispatches, those before a moment where `before` names one."""
    items = Dispatch.objects.filter(state__in=OUT, pubstatus=PubStatus.USABLE).select_related("current__picture")
    if section:
        items = items.filter(sections=section)
    try:
        before = parse_datetime(request.GET.get("before", ""))
        before = before.astimezone(UTC) if before and before.tzinfo else None
    except (ValueError, OverflowError):
        before = None
    if before:
        items = items.filter(published_at__lt=before)
    page = list(items.prefetch_related("sections").order_by("-published_at")[: PAGE + 1])
    older = page[PAGE - 1].published_at if len(page) > PAGE else None
    context |= {"items": page[:PAGE], "older": older, "section": section, "before": before}
    return render(request, "public/list.html", context)


@require_safe
@in_language
def home(request: HttpRequest, context: Context) -> HttpResponse:
    return _list(request, context, None)


@require_safe
@in_language
def section(request: HttpRequest, context: Context, slug: str) -> HttpResponse:
    return _list(request, context, get_object_or_404(Section, slug=slug))


@require_safe
@in_language
def dispatch(request: HttpRequest, context: Context, public_id: str) -> HttpResponse:
    """The page; 410 with the reason once it was killed or taken down, 404 while it is not out."""
    items = Dispatch.objects.select_related("current__picture", "rewrite_of").prefetch_related("sections")
    item = get_object_or_404(items, public_id=public_id.lower())
    if public_id != item.public_id:
        return HttpResponsePermanentRedirect(f"{context['prefix']}/d/{item.public_id}")
    context["item"] = item
    if item.state in {State.KILLED, State.RECALLED}:
        context["killed"] = item.state == State.KILLED
        return render(request, "public/gone.html", context, status=410)
    if item.state not in OUT or item.current is None:
        return not_found(request)
    reading = Reading.from_json(item.current.reading)
    revisions = item.revisions.exclude(correction_note="").order_by("-number")
    context |= {
        "revision": item.current,
        "paragraphs": marked(item.current.text, reading),
        "speakers": speakers_of(reading),
        "dateline": " ـ ".join(filter(None, [item.current.dateline_place, item.current.dateline_source])),
        "corrections": revisions,
        "first": item.rewrite_of if item.rewrite_of and item.rewrite_of.state in OUT else None,
        "updates": item.updates.filter(state__in=OUT).select_related("current").order_by("published_at"),
    }
    return render(request, "public/dispatch.html", context)


@require_safe
@in_language
def follow(request: HttpRequest, context: Context) -> HttpResponse:
    context["push_key"] = server_key()
    return render(request, "public/follow.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's
    return HttpResponse("User-agent: *\nDisallow: /desk/\nDisallow: /hooks/\n", content_type="text/plain")


@in_language
def _not_found(request: HttpRequest, context: Context) -> HttpResponse:
    return render(request, "public/not_found.html", context, status=404)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's
    """Nothing is at this address."""
    return _not_found(request)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's
    """Something of ours failed: a page that needs no database."""
    text = "حدث خطأ في الموقع. أعد المحاولة بعد قليل.\nSomething went wrong. Try again in a while.\n"
    return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")
