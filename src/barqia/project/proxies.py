"""Forwarded headers are believed from the proxies the settings name, and from nobody else."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORWARDED = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PORT")


class TrustedProxies:
    """Middleware, before all that reads the host or the scheme."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _trusted(request.META.get("REMOTE_ADDR", "")):
            for name in FORWARDED:
                request.META.pop(name, None)
        return self._get_response(request)


def _trusted(address: str) -> bool:
    try:
        return any(ip_address(address) in network for network in settings.BARQIA_TRUSTED_PROXIES)
    except ValueError:
        return False
