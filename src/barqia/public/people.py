"""Who said what: a page a person, with a word to follow them, and whom the wire quotes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from barqia.public.site import in_language
from barqia.public.views import Context, not_found
from barqia.subscribers.links import PERSON_PAYLOAD, link
from barqia.subscribers.models import Lane
from barqia.wire.models import Dispatch, Said

FOLLOW = {"ar": "تابع", "en": "follow"}
PAGE = 60
MONTHS = 12
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Month:
    """How much someone said in a month; `share` is of the busiest, in hundredths."""

    at: datetime
    count: int
    share: int


@require_safe
@in_language
def person(request: HttpRequest, context: Context, code: str) -> HttpResponse:
    """All that someone said, newest first; 404 where nobody with this code is quoted."""
    said = Said.objects.filter(person=code)
    newest = said.first()
    if newest is None:
        return not_found(request)
    word = f"{FOLLOW[context['language']]} {newest.name}"
    pages = Paginator(said.select_related("dispatch__current"), PAGE)
    page = pages.get_page(request.GET.get("page"))
    context |= {
        "person": newest,
        "title": said.exclude(title="").values_list("title", flat=True).first() or "",
        "said": pages.count,
        "dispatches": said.values("dispatch").distinct().count(),
        "months": months_of(said.values_list("at", flat=True), context["newsroom"].zone),
        "items": _by_item(page.object_list),
        "page": page,
        "follow_word": word,
        "follow_links": _ways(code, word),
    }
    return render(request, "public/person.html", context)


def _ways(code: str, word: str) -> list[tuple[str, str]]:
    """(lane kind, address) where one tap follows them."""
    lanes = Lane.objects.filter(active=True)
    found = ((lane.kind, link(lane.settings, f"{PERSON_PAYLOAD}{code}", word)) for lane in lanes)
    return [(kind, address) for kind, address in found if address]


def _by_item(said: Iterable[Said]) -> list[tuple[Dispatch, list[Said]]]:
    return [(item, list(found)) for item, found in groupby(said, lambda one: one.dispatch)]


def months_of(moments: Iterable[datetime], zone: str) -> Sequence[Month]:
    """The last twelve months of the newsroom's zone, oldest first."""
    local = ZoneInfo(zone)
    counts = Counter((moment.astimezone(local).year, moment.astimezone(local).month) for moment in moments)
    now = timezone.now().astimezone(local)
    last = now.year * 12 + now.month - 1
    wanted = [divmod(month, 12) for month in range(last - MONTHS + 1, last + 1)]
    found = [(datetime(year, month + 1, 1, 12, tzinfo=UTC), counts[year, month + 1]) for year, month in wanted]
    most = max(1, *(count for _at, count in found))
    return [Month(at, count, 100 * count // most) for at, count in found]


@require_safe
@in_language
def people(request: HttpRequest, context: Context) -> HttpResponse:
    """Whom the wire quoted last, and how often."""
    found = Said.objects.values("person").annotate(times=Count("pk"), last=Max("at"), name=Max("name"))
    context["people"] = found.order_by("-last", "-times")[:MOST_PEOPLE]
    return render(request, "public/people.html", context)
