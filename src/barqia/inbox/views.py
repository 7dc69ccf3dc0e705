"""Webhooks: verified over the raw bytes, carried out, answered at once."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from barqia.delivery.lane import Malformed, lane_kind
from barqia.delivery.lanes_db import lane_config
from barqia.inbox.groups import Unanswered
from barqia.inbox.receive import receive
from barqia.subscribers.models import Lane

log = logging.getLogger("barqia.inbox")
LARGEST_BODY = 3 << 20


def _text(status: int, text: str) -> HttpResponse:
    return HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, lane: str) -> HttpResponse:
    """One lane's webhook. 401 where its secret or signature is wrong, 400 for what is no update, 503 for what is
    to be brought again."""
    row = Lane.objects.filter(name=lane, active=True).first()
    if row is None:
        return _text(404, "no such lane")
    config, kind = lane_config(row), lane_kind(row.kind)
    if request.method == "GET":
        answer = kind.challenge(config, request.GET.dict())
        return HttpResponse(answer.text, status=answer.status, content_type="text/plain; charset=utf-8")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return _text(413, "a webhook body has at most 3 MB")
    body = request.read(LARGEST_BODY)
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not kind.verify(config, headers, body):
        log.warning("lane %s: a webhook with a wrong secret or signature was refused", row.name)
        return _text(401, "wrong secret or signature")
    try:
        receive(row, body)
    except Malformed as error:
        log.warning("lane %s: a malformed webhook was refused: %s", row.name, error)
        return _text(400, f"malformed: {error}")
    except Unanswered:
        log.warning("lane %s: the provider does not say who speaks for a group; it brings the word again", row.name)
        return _text(503, "bring it again")
    return _text(200, "ok")
