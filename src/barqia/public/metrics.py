"""`/metrics` in Prometheus' text format: on this machine alone, or for who has the token that is set."""

from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from barqia.delivery.account.figures import Figure, figures
from barqia.delivery.account.looks import lately
from barqia.delivery.clock import now_ms

TEXT = "text/plain; version=0.0.4; charset=utf-8"
# what a proxy adds: such a request comes from elsewhere
PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may(request):
        return HttpResponse("On this machine alone, or with the token that is set.\n", TEXT, 403)
    try:
        text = lately("metrics", lambda: "".join(_lines(figure) for figure in figures(now_ms())), least_seconds=2)
    except DatabaseError as error:
        return HttpResponse(f"# the database refuses: {type(error).__name__}\n", TEXT, 503)
    return HttpResponse(text, TEXT)


def _may(request: HttpRequest) -> bool:
    if settings.BARQIA_METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(given.encode(), settings.BARQIA_METRICS_TOKEN.encode())
    try:
        here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    host = request.META.get("HTTP_HOST", "").rsplit(":", 1)[0]
    return here and host in {"127.0.0.1", "localhost", "[::1]"} and not any(name in request.META for name in PROXIED)


def _lines(figure: Figure) -> str:
    lines = [f"# HELP {figure.name} {figure.says}", f"# TYPE {figure.name} gauge"]
    for labels, value in figure.values:
        # names of lanes are slugs, states and outcomes our own: nothing to escape
        said = ",".join(f'{name}="{label}"' for name, label in labels.items())
        lines.append(f"{figure.name}{{{said}}} {value:g}" if said else f"{figure.name} {value:g}")
    return "\n".join(lines) + "\n"
