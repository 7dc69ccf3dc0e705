"""A dispatch's pictures, at addresses that providers and readers fetch; they go when it is killed."""

from functools import cache
from io import BytesIO
from typing import Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import condition, require_safe
from PIL import Image

from barqia.wire.models import Dispatch, Picture, State

# short: a killed picture may not stay long in what lies between; within it a page costs no second look
CACHE = "public, max-age=600"
COVER_SIZE, COVER_GREY = (1200, 675), "#8a8f98"


@require_safe
def picture(request: HttpRequest, public_id: str, digest: str) -> HttpResponse:
    return _served(request, public_id, digest, "large")


@require_safe
def small(request: HttpRequest, public_id: str, digest: str) -> HttpResponse:
    return _served(request, public_id, digest, "small")


def _served(request: HttpRequest, public_id: str, digest: str, size: Literal["large", "small"]) -> HttpResponse:
    """Any picture that a revision of the item had: copies on phones are older than the page. 410 once it is killed."""
    item = get_object_or_404(Dispatch, public_id=public_id)
    if item.state in {State.KILLED, State.RECALLED}:
        return HttpResponse(status=410)
    if item.state == State.UNPUBLISHED or not item.revisions.filter(picture=digest).exists():
        raise Http404
    return _file(request, digest, size)


def _file(request: HttpRequest, digest: str, size: Literal["large", "small"]) -> HttpResponse:
    @condition(etag_func=lambda _request: f'"{digest}-{size}"')
    def answer(_request: HttpRequest) -> HttpResponse:
        data: bytes = getattr(Picture.objects.defer(None).only(size).get(pk=digest), size)
        return HttpResponse(bytes(data), content_type="image/jpeg")

    response: HttpResponse = answer(request)
    response["Cache-Control"] = CACHE
    return response


@require_safe
def cover(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's
    """What stands where a picture stood that had to go: plain grey."""
    return HttpResponse(_grey(), content_type="image/jpeg", headers={"Cache-Control": "public, max-age=86400"})


@cache
def _grey() -> bytes:
    file = BytesIO()
    Image.new("RGB", COVER_SIZE, COVER_GREY).save(file, "JPEG", quality=70)
    return file.getvalue()
