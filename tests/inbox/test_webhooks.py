"""Webhooks: who may bring what, and what is answered to what is wrong."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from barqia.delivery.models import Answer
from barqia.inbox import receive as receiving
from barqia.inbox.models import Update
from barqia.subscribers.imports import import_csv
from barqia.subscribers.models import Consent, Lane, Recipient


def _signed(client: Client, value: Any, secret: str = "app-secret") -> int:
    body = json.dumps(value).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    answer = client.post(
        "/hooks/whatsapp", body, content_type="application/json", headers={"X-Hub-Signature-256": f"sha256={signature}"}
    )
    return answer.status_code


def _value(**more: Any) -> dict[str, Any]:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100200300"}, **more}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "9", "changes": [{"field": "messages", "value": value}]}],
    }


def _word(
    text: str,
    number: str | None = "967700000001",
    user_id: str = "YE.1",
    wamid: str = "wamid.1",
    timestamp: int | None = None,
) -> dict[str, Any]:
    contact = {"profile": {"name": "ر"}, "user_id": user_id, **({"wa_id": number} if number else {})}
    message = {
        "id": wamid,
        "timestamp": str(timestamp or int(time.time())),
        "type": "text",
        "text": {"body": text},
        "from_user_id": user_id,
    }
    if number:
        message["from"] = number
    return _value(contacts=[contact], messages=[message])


def test_a_signed_word_subscribes_and_is_answered_with_the_card(client: Client, whatsapp: Lane) -> None:
    assert _signed(client, _word("اشتراك")) == 200
    assert Recipient.objects.get().status == "active"
    assert Answer.objects.get().card


def test_a_wrong_signature_is_refused(client: Client, whatsapp: Lane) -> None:
    assert _signed(client, _word("اشتراك"), "another secret") == 401
    assert not Recipient.objects.exists()


@pytest.mark.parametrize("value", [[], {"entry": 1}, {"entry": [{}]}, _value(messages=[{}]), "x", None])
def test_a_malformed_webhook_is_refused_with_a_line(client: Client, whatsapp: Lane, value: Any) -> None:
    assert _signed(client, value) == 400


def test_the_challenge_is_repeated_for_the_right_token_only(client: Client, whatsapp: Lane) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "77", "hub.verify_token": "verify"}
    assert client.get("/hooks/whatsapp", query).content == b"77"
    assert client.get("/hooks/whatsapp", {**query, "hub.verify_token": "no"}).status_code == 403


def test_telegram_needs_its_secret(client: Client, telegram: Lane) -> None:
    body = json.dumps(
        {
            "update_id": 1,
            "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "اشتراك"},
        }
    )
    post = {"path": "/hooks/telegram", "data": body, "content_type": "application/json"}
    assert client.post(**post).status_code == 401
    assert client.post(**post, headers={"X-Telegram-Bot-Api-Secret-Token": "hook"}).status_code == 200
    assert Recipient.objects.filter(kind="reader").get().status == "active"
    assert client.post("/hooks/nowhere", b"{}", content_type="application/json").status_code == 404


def test_one_person_with_number_and_user_id_is_one_recipient(client: Client, whatsapp: Lane) -> None:
    _signed(client, _word("اشتراك", number=None, user_id="YE.7", wamid="wamid.a"))
    _signed(client, _word("مساعدة", number="967700000007", user_id="YE.7", wamid="wamid.b"))
    found = Recipient.objects.get()
    assert found.address_hash
    assert found.user_id_hash


def test_a_reader_who_stops_marketing_is_unsubscribed(client: Client, whatsapp: Lane) -> None:
    _signed(client, _word("اشتراك"))
    preference = {"wa_id": "967700000001", "user_id": "YE.1", "value": "stop", "timestamp": 1}
    change = {"field": "user_preferences", "value": {"user_preferences": [preference]}}
    assert _signed(client, {"entry": [{"id": "9", "changes": [change]}]}) == 200
    assert (Recipient.objects.get().status, Recipient.objects.get().status_reason) == ("blocked", "stopped_marketing")


def test_a_database_that_refuses_lets_the_provider_bring_it_again(
    client: Client, whatsapp: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    _signed(client, _word("اشتراك"))
    real = receiving.act_on

    def locked(*_arguments: object) -> str:
        raise OperationalError("database is locked")

    monkeypatch.setattr(receiving, "act_on", locked)
    client.raise_request_exception = False
    assert _signed(client, _word("إلغاء", wamid="wamid.2")) == 500
    monkeypatch.setattr(receiving, "act_on", real)
    assert _signed(client, _word("إلغاء", wamid="wamid.2")) == 200
    assert Recipient.objects.get().status == "unsubscribed"


def test_an_older_word_that_comes_late_changes_nothing_and_is_answered(client: Client, whatsapp: Lane) -> None:
    _signed(client, _word("اشتراك", wamid="wamid.1", timestamp=1000))
    _signed(client, _word("إلغاء", wamid="wamid.3", timestamp=5000))
    _signed(client, _word("اشتراك", wamid="wamid.2", timestamp=2000))
    assert Recipient.objects.get().status == "unsubscribed"
    assert Answer.objects.count() == 3


def test_who_says_stop_before_ever_subscribing_is_not_subscribed_by_a_list(client: Client, whatsapp: Lane) -> None:
    _signed(client, _word("إلغاء"))
    import_csv(["lane,address,sections,consent_source", "whatsapp,967700000001,,old list"])
    assert Recipient.objects.get().status == "unsubscribed"
    assert Consent.objects.get().action == "unsubscribe"


def test_raw_updates_are_kept_each_by_itself(telegram: Lane) -> None:
    updates = [
        {"update_id": n, "message": {"message_id": n, "date": 9, "text": "شكرا", "chat": {"id": n, "type": "private"}}}
        for n in range(1, 51)
    ]
    body = json.dumps({"ok": True, "result": updates}).encode()
    assert receiving.receive(telegram, body) == 50
    assert sum(len(bytes(raw)) for raw in Update.objects.values_list("body", flat=True)) < 3 * len(body)


def test_a_word_with_characters_that_are_none_acts_all_the_same(client: Client, whatsapp: Lane) -> None:
    assert _signed(client, _word("اشتراك\ud800\u0000")) == 200
    assert Recipient.objects.get().status == "active"


def test_who_stopped_marketing_and_resumes_is_subscribed_again(client: Client, whatsapp: Lane) -> None:
    _signed(client, _word("اشتراك"))
    for at, value in ((1, "stop"), (3, "resume")):
        preference = {"wa_id": "967700000001", "user_id": "YE.1", "value": value, "timestamp": at}
        change = {"field": "user_preferences", "value": {"user_preferences": [preference]}}
        assert _signed(client, {"entry": [{"id": "9", "changes": [change]}]}) == 200
        _signed(client, _word("مساعدة", wamid=f"wamid.{value}"))
    assert Recipient.objects.get().status == "active"


def test_a_resume_that_comes_after_a_later_stop_resumes_nothing(client: Client, whatsapp: Lane) -> None:
    _signed(client, _word("اشتراك"))
    for at, value in ((5, "stop"), (3, "resume")):
        preference = {"wa_id": "967700000001", "user_id": "YE.1", "value": value, "timestamp": at}
        change = {"field": "user_preferences", "value": {"user_preferences": [preference]}}
        assert _signed(client, {"entry": [{"id": "9", "changes": [change]}]}) == 200
    assert Recipient.objects.get().status == "blocked"


def test_who_stopped_marketing_under_the_user_id_does_not_get_news_at_the_number(
    client: Client, whatsapp: Lane
) -> None:
    _signed(client, _word("اشتراك", number=None, user_id="SY.9", wamid="wamid.a", timestamp=1000))
    _signed(client, _word("اشتراك", number="963900000009", user_id="", wamid="wamid.b", timestamp=2000))
    preference = {"user_id": "SY.9", "value": "stop", "timestamp": 3000}
    change = {"field": "user_preferences", "value": {"user_preferences": [preference]}}
    _signed(client, {"entry": [{"id": "9", "changes": [change]}]})
    _signed(client, _word("مساعدة", number="963900000009", user_id="SY.9", wamid="wamid.c", timestamp=4000))
    assert not Recipient.objects.filter(status="active").exists()


@pytest.mark.parametrize("body", [["اشتراك"], {"x": "اشتراك"}, 7, None])
def test_a_text_that_is_none_asks_nothing(client: Client, whatsapp: Lane, telegram: Lane, body: Any) -> None:
    _signed(client, _word(body))
    update = {"update_id": 1, "message": {"date": 1, "chat": {"id": 5, "type": "private"}, "text": body}}
    client.post("/hooks/telegram", json.dumps(update), content_type="application/json",
                headers={"X-Telegram-Bot-Api-Secret-Token": "hook"})  # fmt: skip
    assert not Recipient.objects.filter(status="active").exclude(kind="channel").exists()


def test_a_picture_is_answered_kindly_and_an_album_once(client: Client, whatsapp: Lane) -> None:
    at = int(time.time()) - 600
    for number, seconds in enumerate((0, 1, 2, 300)):
        body = _word("", wamid=f"wamid.p{number}", timestamp=at + seconds)
        message = body["entry"][0]["changes"][0]["value"]["messages"][0]
        del message["text"]
        message |= {"type": "image", "image": {"id": str(number), "mime_type": "image/jpeg", "sha256": "x"}}
        assert _signed(client, body) == 200
    assert [answer.text for answer in Answer.objects.all()] == [Answer.objects.all()[0].text] * 2
    assert "«اشتراك»" in Answer.objects.all()[0].text
    assert Recipient.objects.get().status == "stranger"
