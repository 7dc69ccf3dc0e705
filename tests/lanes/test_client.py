"""Client newsrooms: what is signed, what an item is, where an endpoint may be."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from barqia.delivery.endpoint import Endpoint, Secret, check_url, is_private, secret_key
from barqia.delivery.lane import Address, Call, Calls
from barqia.lanes.client import ClientNewsroom
from barqia.lanes.client.body import body_of
from barqia.lanes.client.calls import webhook
from barqia.rendering import Act, Story
from barqia.rendering.story import Picture
from lanes.tables.client import ITEM, TABLE

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "ninjs" / "ninjs-schema_3.1.json"
KIND = ClientNewsroom()
HOUR_MS = 3_600_000


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> int:
    import time

    return int(time.time() * 1000)


def _data(story: Story = ITEM, act: Act = Act.SEND) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(body_of(story, act))["data"]
    return data


@pytest.mark.skipif(not SCHEMA.exists(), reason="IPTC's schema is kept outside the project")
@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize(
    "story", [ITEM, replace(ITEM, note="سبب", byline="ليلى", picture=Picture("1", "https://x/p.jpg", "ميناء"))]
)
def test_an_item_is_ninjs(act: Act, story: Story) -> None:
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(_data(story, act)["item"])


def test_an_item_says_what_the_dispatch_says() -> None:
    data = _data(replace(ITEM, picture=Picture("1", "https://x/p.jpg", "ميناء")))
    item = data["item"]
    assert (item["version"], item["pubStatus"], item["located"]) == ("2", "usable", "دمشق")
    plain, html = item["bodies"]
    assert plain["value"] == "دمشق — نص البرقية *كما* كتب."
    assert html["value"].startswith('<p dir="auto">دمشق')
    assert item["associations"][0]["renditions"][0]["href"] == "https://x/p.jpg"
    assert data["statements"] == [
        {"speaker": "ليلى حداد", "title": "وزيرة الصحة", "text": "إن اللقاح وصل", "direct": False}
    ]
    assert data["sections"] == [{"slug": "politics", "ar": "سياسة", "en": "Politics"}]


def test_markup_in_a_text_stays_text() -> None:
    _plain, html = _data(replace(ITEM, paragraphs=("<script>&",)))["item"]["bodies"]
    assert "&lt;script&gt;&amp;" in html["value"]


def _call(endpoint: Endpoint, now_ms: int) -> Call:
    made = KIND.render(TABLE.job(to=Address(endpoint.write()), now_ms=now_ms), TABLE.lane(KIND))
    assert isinstance(made, Calls)
    return made.calls[0]


def test_the_signature_is_what_the_standards_own_library_verifies(now: int) -> None:
    endpoint = Endpoint("desk", "https://a.example/", (Secret(b"k" * 32),))
    call = _call(endpoint, now)
    judge = Webhook(endpoint.secrets[0].shown())
    assert judge.verify(call.body, dict(call.headers))["type"] == "item.published"
    with pytest.raises(WebhookVerificationError):
        judge.verify(call.body + b" ", dict(call.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(Secret(b"o" * 32).shown()).verify(call.body, dict(call.headers))
    late = _call(endpoint, now - HOUR_MS)
    with pytest.raises(WebhookVerificationError):
        judge.verify(late.body, dict(late.headers))


def test_while_a_secret_changes_either_verifies_and_then_the_new_one_alone(now: int) -> None:
    old = Endpoint("desk", "https://a.example/", (Secret(b"o" * 32),))
    endpoint = old.rotated(b"n" * 32, now, HOUR_MS).rotated(b"l" * 32, now, HOUR_MS)
    assert [one.key[:1] for one in endpoint.secrets] == [b"l", b"n"], "the oldest ends at once"
    call = _call(endpoint, now)
    for secret in endpoint.secrets:
        Webhook(secret.shown()).verify(call.body, dict(call.headers))
    later = webhook(endpoint, "msg_1", b"{}", now + HOUR_MS)
    assert later.headers["webhook-signature"].count("v1,") == 1
    assert Endpoint.read(endpoint.write()) == endpoint


def test_a_secret_as_it_is_written_down() -> None:
    assert secret_key(Secret(b"k" * 32).shown()) == b"k" * 32
    for wrong in ("", "whsec_", "whsec_c2hvcnQ=", "whsec_###"):
        with pytest.raises(ValueError, match="whsec_"):
            secret_key(wrong)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://cms.example/x", True),
        ("http://cms.example/x", False),
        ("ftp://cms.example/x", True),
        ("https://", False),
        ("https://user:pass@cms.example/", False),
        ("https://cms.example/#a", False),
        ("https://cms.example/ x", False),
        ("https://cms.example/\r\nx: y", False),
        ("https://موقع.example/", False),
        ("https://cms.example:99999/", False),
        ("https://localhost/", False),
        ("https://127.0.0.1/", False),
        ("https://10.1.2.3/", False),
        ("https://[::1]/", False),
        ("https://[fd00::1]/", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1/", False),
        ("http://10.1.2.3/", True),
    ],
)
def test_an_address_that_may_not_be_called(url: str, private: bool) -> None:
    with pytest.raises(ValueError, match=r"\."):
        check_url(url, private=private)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://cms.example/barqia?desk=1", False),
        ("https://8.8.8.8:8443/", False),
        ("https://10.1.2.3/", True),
        ("http://127.0.0.1:9000/x", True),
        ("http://localhost:9000/x", True),
    ],
)
def test_an_address_that_may(url: str, private: bool) -> None:
    check_url(url, private=private)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::7f00:1",
     "ff02::1"],
)  # fmt: skip
def test_what_is_no_public_address(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "cms.example"])
def test_what_is_one_or_a_name_that_is_looked_up_later(host: str) -> None:
    assert not is_private(host)
