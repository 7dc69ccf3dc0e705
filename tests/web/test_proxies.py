"""Who may say which host and scheme a request was for."""

from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from barqia.project.proxies import TrustedProxies


@pytest.mark.parametrize(
    ("proxies", "believed"), [([], False), (["127.0.0.1"], True), (["127.0.0.0/8"], True), (["10.0.0.1"], False)]
)
def test_forwarded_headers_are_believed_from_trusted_proxies_only(
    settings: Settings, proxies: list[str], believed: bool
) -> None:
    settings.BARQIA_TRUSTED_PROXIES = tuple(map(ip_network, proxies))
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    TrustedProxies(view)(RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"}))
    assert ("HTTP_X_FORWARDED_PROTO" in seen[0].META) is believed
