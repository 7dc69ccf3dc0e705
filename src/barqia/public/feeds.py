"""RSS and Atom. A corrected item keeps its guid; a killed one stays for a while as its own kill notice."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import feedgenerator
from django.utils.html import escape
from django.views.decorators.http import require_safe

from barqia.delivery.stories import paragraphs_of, picture_of
from barqia.public.site import in_language
from barqia.rendering.compose import wording
from barqia.wire.models import Dispatch, Revision, Section, State

NEWEST = 30
NO_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SHOWN = (State.PUBLISHED, State.CORRECTED, State.KILLED, State.RECALLED)


class Rss(feedgenerator.Rss201rev2Feed):
    content_type = "application/rss+xml; charset=utf-8"


class Atom(feedgenerator.Atom1Feed):
    content_type = "application/atom+xml; charset=utf-8"


KINDS: dict[str, type[Rss] | type[Atom]] = {"rss": Rss, "atom": Atom}


@require_safe
@in_language
def feed(request: HttpRequest, context: dict[str, Any], kind: str, slug: str | None = None) -> HttpResponse:  # noqa: ARG001 - Django's
    """The newest dispatches, of one section where `slug` names it."""
    section = get_object_or_404(Section, slug=slug) if slug else None
    name = context["name"] + (f" — {section.name_ar}" if section else "")
    base = settings.BARQIA_BASE_URL
    made = KINDS[kind](
        title=name,
        link=f"{base}/",
        description=name,
        language=context["newsroom"].languages[0] if context["newsroom"].languages else "ar",
        feed_url=f"{base}/{f's/{slug}/' if slug else ''}feed.{kind}",
    )
    items = Dispatch.objects.filter(state__in=SHOWN, published_at__isnull=False).select_related("current__picture")
    if section:
        items = items.filter(sections=section)
    items = items.prefetch_related("sections", "current__dispatch__reading_corrections")
    for item in items.order_by("-published_at")[:NEWEST]:
        _add(made, item)
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


def guid_of(item: Dispatch) -> str:
    """Both ids; the same whatever the site's address becomes."""
    return f"urn:uuid:{item.pk}#{item.public_id}"


def _add(made: feedgenerator.SyndicationFeed, item: Dispatch) -> None:
    revision = item.current
    assert revision is not None, "an item that was published has a revision"
    link = f"{settings.BARQIA_BASE_URL}/d/{item.public_id}"
    common: dict[str, Any] = {
        "link": link,
        "unique_id": guid_of(item),
        "unique_id_is_permalink": False,
        "pubdate": item.published_at,
        "updateddate": item.updated_at,
    }
    words = wording(item.language)
    if item.state in {State.KILLED, State.RECALLED}:
        killed = item.state == State.KILLED
        title = f"{words.kill}: {revision.headline}" if killed else words.takedown
        made.add_item(title=_plain(title), description=_plain(f"{words.reason}: {item.end_reason}"), **common)
        return
    mark = f"{words.correction} | " if item.correction_sequence else f"{words.flash} | " if item.urgency == 1 else ""
    html = "".join(f'<p dir="auto">{escape(_plain(paragraph))}</p>' for paragraph in paragraphs_of(revision))
    made.add_item(
        title=_plain(f"{mark}{revision.headline}"),
        description=html,
        author_name=revision.byline or None,
        enclosures=_enclosures(revision),
        categories=[section.name_ar for section in item.sections.all()],
        **common,
    )


def _enclosures(revision: Revision) -> list[feedgenerator.Enclosure]:
    shown, file = picture_of(revision), revision.picture
    return [feedgenerator.Enclosure(shown.url, str(file.size), "image/jpeg")] if shown and file else []


def _plain(text: str) -> str:
    """Without what XML has no way to write: one such character in one text must not end the whole feed."""
    return NO_XML.sub(" ", text)
