"""The site's notifications: offered where there is a lane, and a browser's word acts on itself alone."""

import json
import random
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from barqia.delivery.push import encoded
from barqia.project.commands.lanes import make
from barqia.subscribers.interests import sections_of
from barqia.subscribers.models import Consent, Lane, Recipient
from barqia.subscribers.vault import vault
from delivery.hand import plan_all, publish, send, states
from lanes.push_phone import PushPhone
from lanes.tables.webpush import KEY, TABLE

ENDPOINT = "https://fcm.googleapis.com/fcm/send/one"


@pytest.fixture
def lane(newsroom: object) -> Lane:
    cache.clear()
    return make("browsers", "webpush", "متصفحات", dict(TABLE.settings), {"vapid_key": KEY})


def _subscription(endpoint: str = ENDPOINT, number: int = 1) -> dict[str, Any]:
    phone = PushPhone.numbered(number, endpoint)
    keys = {"p256dh": encoded(phone.public), "auth": encoded(phone.address.auth)}
    return {"endpoint": endpoint, "expirationTime": None, "keys": keys}


def _say(client: Client, what: str, said: object, **headers: str) -> HttpResponse:
    headers = {"origin": "http://testserver", **headers}
    answer: HttpResponse = client.post(
        f"/push/{what}", json.dumps(said), content_type="application/json", headers=headers
    )
    return answer


def test_without_a_lane_nothing_is_offered(client: Client, newsroom: object) -> None:
    assert "data-push" not in client.get("/follow/").content.decode()
    assert _say(client, "subscribe", {"subscription": _subscription()}).status_code == 404


def test_the_page_offers_it_with_the_lanes_public_key(client: Client, lane: Lane) -> None:
    page = client.get("/follow/").content.decode()
    assert 'data-push="B' in page
    assert KEY not in page
    assert 'name="sections" value="politics"' in page
    assert '<link rel="manifest" href="/site.webmanifest">' in page
    about = client.get("/site.webmanifest").json()
    assert (about["display"], about["start_url"], about["dir"]) == ("standalone", "/", "rtl")
    assert client.get("/en/site.webmanifest").json()["start_url"] == "/en/"
    worker = client.get("/push-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "showNotification" in worker.content.decode()


def test_a_browser_subscribes_changes_and_leaves(client: Client, lane: Lane) -> None:
    said = _say(client, "subscribe", {"subscription": _subscription(), "sections": ["politics", "nonsense", 7]})
    assert said.json() == {"active": True, "sections": ["politics"]}
    (reader,) = Recipient.objects.all()
    assert (reader.status, sections_of(reader)) == ("active", ["politics"])
    assert b"googleapis" not in bytes(reader.address_cipher or b"")
    _say(client, "subscribe", {"subscription": _subscription(), "sections": []})
    assert _say(client, "state", {"endpoint": ENDPOINT}).json() == {"active": True, "sections": []}
    assert _say(client, "unsubscribe", {"endpoint": ENDPOINT}).json() == {"active": False, "sections": []}
    assert list(Consent.objects.order_by("pk").values_list("action", flat=True)) == [
        "subscribe", "change", "unsubscribe",
    ]  # fmt: skip
    assert all(Consent.objects.filter(action="subscribe").values_list("wording", flat=True))
    publish()
    plan_all()
    assert not send(lane)


def test_what_is_published_goes_to_who_asked_for_its_section(client: Client, lane: Lane) -> None:
    for number, section in ((1, "politics"), (2, "field")):
        said = {"subscription": _subscription(f"{ENDPOINT}{number}", number), "sections": [section]}
        assert _say(client, "subscribe", said).status_code == 200
    publish("نص الخبر")
    plan_all()
    (call,) = send(lane)
    assert call.url == f"{ENDPOINT}1"
    assert "نص الخبر" in json.loads(PushPhone.numbered(1, "").open(call.body))["body"]
    assert states() == [("delivered", "")]


def test_a_new_endpoint_takes_the_place_of_the_old_one(client: Client, lane: Lane) -> None:
    _say(client, "subscribe", {"subscription": _subscription(), "sections": ["politics"]})
    new = _subscription(f"{ENDPOINT}-new")
    assert _say(client, "move", {"old": ENDPOINT, "subscription": new}).json()["sections"] == ["politics"]
    assert not _say(client, "state", {"endpoint": ENDPOINT}).json()["active"]
    unknown = {"old": f"{ENDPOINT}-of-nobody", "subscription": _subscription(f"{ENDPOINT}-x")}
    assert not _say(client, "move", unknown).json()["active"]
    assert Recipient.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://testserver.evil.example"},
    ],
)
def test_another_site_cannot_speak_for_a_browser(client: Client, lane: Lane, headers: dict[str, str]) -> None:
    assert _say(client, "subscribe", {"subscription": _subscription()}, **headers).status_code == 403
    assert not Recipient.objects.exists()


def test_a_form_cannot_either(client: Client, lane: Lane) -> None:
    said = json.dumps({"subscription": _subscription()})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.post("/push/subscribe", said, content_type=kind, headers={"origin": "http://testserver"})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        None, 7, [], {}, {"subscription": {}}, {"subscription": _subscription("https://127.0.0.1/x")},
        {"subscription": _subscription("http://fcm.googleapis.com/x")}, {"subscription": "x" * 5000},
    ],
)  # fmt: skip
def test_what_is_no_subscription_is_refused_and_nothing_written(client: Client, lane: Lane, said: object) -> None:
    assert _say(client, "subscribe", said).status_code == 400
    assert not Recipient.objects.exists()
    deep = client.post(
        "/push/state", b"[" * 4000, content_type="application/json", headers={"origin": "http://testserver"}
    )
    assert deep.status_code == 400


def test_whatever_is_said_is_answered_and_never_a_fault_of_ours(client: Client, lane: Lane) -> None:
    dice = random.Random(20261125)
    body = json.dumps(
        {"subscription": _subscription(), "sections": ["politics"], "endpoint": ENDPOINT, "old": ENDPOINT}
    )
    for _ in range(400):
        cache.clear()
        piece = bytearray(body.encode())
        for _change in range(dice.randint(1, 3)):
            at = dice.randrange(len(piece))
            piece[at : at + dice.randint(1, 9)] = dice.choice([b"", b"null", b"1e999", b"[]", b'"', dice.randbytes(4)])
        what = dice.choice(["subscribe", "move", "state", "unsubscribe"])
        headers = {"origin": "http://testserver"}
        answer = client.post(f"/push/{what}", bytes(piece), content_type="application/json", headers=headers)
        assert answer.status_code in {200, 400}
    services = {
        json.loads(vault().open(bytes(one.address_cipher or b"")))[0].split("/")[2] for one in Recipient.objects.all()
    }
    assert services <= {"fcm.googleapis.com"}


def test_one_address_speaks_so_often_and_no_more(client: Client, lane: Lane) -> None:
    answers = [_say(client, "state", {"endpoint": ENDPOINT}).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


def test_a_page_is_not_asked_for_with_get(client: Client, lane: Lane) -> None:
    assert client.get("/push/subscribe").status_code == 405
    assert client.post("/push-worker.js").status_code == 405
