"""For monitors: `/health` is 200 while the site can serve, `/ready` while news can go out; else 503."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from barqia.delivery.clock import now_ms
from barqia.delivery.models import Delivery, Pulse
from barqia.subscribers.models import Lane

PULSE_LATE_MS = 20_000


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's
    """`sender` is running, late or never; `unknown` deliveries wait for a person, `alerts` are stopped lanes."""
    found = _found()
    return JsonResponse(found, status=200 if found["ok"] else 503)


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's
    """The same words; 503 also while no sender gives a sign of life."""
    found = _found()
    return JsonResponse(found, status=200 if found.get("sender") == "running" else 503)


def _found() -> dict[str, object]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pulse = Pulse.objects.order_by("-at_ms").values_list("at_ms", flat=True).first()
        unknown = Delivery.objects.filter(state="unknown").count()
        alerts = list(Lane.objects.exclude(alert="").values_list("name", flat=True))
    except DatabaseError as error:
        return {"ok": False, "database": type(error).__name__}
    sender = "never" if pulse is None else "late" if now_ms() - pulse > PULSE_LATE_MS else "running"
    return {"ok": True, "database": "ok", "sender": sender, "unknown": unknown, "alerts": alerts}
