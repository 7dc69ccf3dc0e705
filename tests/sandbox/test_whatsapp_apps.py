"""Several apps, accounts and numbers: who may do what, and who is told."""

import hashlib
import hmac
import json

from sandbox.cloud import NEWS, ask, heard, news, send, sent, statuses, told
from sandbox.inside import NUMBER, WABA, hook, inside

OTHER = {
    "phone_number_id": "200", "waba_id": "20", "display": "+967711000222", "portfolio": "P2", "app_id": "77",
    "access_token": "theirs", "app_secret": "their-secret", "templates": [NEWS],
}  # fmt: skip


async def test_businesses_are_apart() -> None:
    async with hook() as ours, hook() as theirs, inside(webhook_url=ours.url) as api:
        await api.add_number(**OTHER, webhook_url=theirs.url)
        assert (await send(api, "text", {"body": "x"}, number="200"))[1]["error"]["code"] == 100
        assert (await ask(api, "GET", "20/message_templates"))[1]["error"]["code"] == 100
        payload = {"messaging_product": "whatsapp", "to": "+967700000001", "type": "template", "template": news()}
        status, answer = await ask(api, "POST", "200/messages", payload, token="theirs")
        assert status == 200
        await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "لكم"})
        await theirs.until(lambda: len(statuses(theirs)) == 2)
        await ours.until(lambda: heard(ours))
        assert (len(heard(theirs)), len(statuses(ours))) == (0, 0)
        # each portfolio knows the person under an id of its own, and can write to it
        user = answer["contacts"][0]["user_id"]
        assert user != heard(ours)[0]["from_user_id"]
        _, again = await ask(api, "POST", "200/messages", {**payload, "to": "", "recipient": user}, token="theirs")
        assert again["contacts"][0]["user_id"] == user
        assert (await send(api, "text", {"body": "x"}, to="", recipient=user))[0] == 200
        assert {chat["key"] for chat in (await _phone(api))["chats"]} == {NUMBER, "200"}


async def _phone(api):  # type: ignore[no-untyped-def]
    async with api.client.get("/sandbox/phones/1") as answer:
        return await answer.json()


async def test_two_apps_of_one_account_are_told_the_same_each_in_its_own_hand() -> None:
    async with hook() as first, hook() as second, inside(webhook_url=first.url) as api:
        about = {"id": "88", "access_token": "second", "app_secret": "second-secret", "accounts": [WABA]}
        await api.control("whatsapp/apps", about)
        asked = {
            "object": "whatsapp_business_account",
            "callback_url": second.url,
            "verify_token": "v",
            "fields": "messages",
        }
        assert (await ask(api, "POST", "88/subscriptions", asked, token="88|second-secret"))[1] == {"success": True}
        wamid = (await send(api, "text", {"body": "x"}))[1]["messages"][0]["id"]
        for caught, secret in ((first, b"secret"), (second, b"second-secret")):
            await caught.until(lambda caught=caught: len(statuses(caught)) == 2)  # type: ignore[misc]
            assert {row["id"] for row in statuses(caught)} == {wamid}
            for body, headers in caught.caught:
                expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
                assert headers["x-hub-signature-256"] == f"sha256={expected}"
        # this app asked for messages alone
        await api.control("phones/1/block", {"app": "whatsapp", "to": NUMBER})
        await first.until(lambda: told(first, "user_preferences"))
        assert told(second, "user_preferences") == []
        _, found = await ask(api, "GET", f"{WABA}/subscribed_apps", token="second")
        assert "88" in {one["whatsapp_business_api_data"]["id"] for one in found["data"]}
        assert (await ask(api, "DELETE", f"{WABA}/subscribed_apps", token="second"))[0] == 200
        await sent(api, "text", {"body": "y"})
        await first.until(lambda: len(statuses(first)) == 4)
        assert len(statuses(second)) == 2


async def test_an_apps_own_token_comes_for_its_secret() -> None:
    async with inside() as api:
        await api.add_number(app_id="99")
        query = {"client_id": "99", "client_secret": "secret", "grant_type": "client_credentials"}
        async with api.client.get("/v24.0/oauth/access_token", params=query) as answer:
            assert (await answer.json())["access_token"] == "99|secret"
        async with api.client.get("/v24.0/oauth/access_token", params={**query, "client_secret": "no"}) as answer:
            assert answer.status == 400


async def test_a_revoked_token_is_worth_nothing() -> None:
    async with inside() as api:
        await api.add_number(app_id="99", access_token="other")
        await api.control("whatsapp/apps/revoke", {"app": "99"})
        status, answer = await ask(api, "GET", NUMBER, token="other")
        assert (status, answer["error"]["code"]) == (401, 190)
        assert (await ask(api, "GET", NUMBER))[0] == 200, "another app's token is as good as before"
        await api.control("whatsapp/apps/revoke", {"app": "99", "revoked": False})
        assert (await ask(api, "GET", NUMBER, token="other"))[0] == 200


async def test_the_nearest_webhook_is_the_one_that_is_told() -> None:
    async with hook() as far, hook() as near, inside() as api:
        given = {"override_callback_uri": far.url, "verify_token": "v"}
        await ask(api, "POST", f"{WABA}/subscribed_apps", given)
        nearer = {"webhook_configuration": {"override_callback_uri": near.url, "verify_token": "v"}}
        assert (await ask(api, "POST", f"{NUMBER}/", nearer))[0] == 200
        _, about = await ask(api, "GET", NUMBER, fields="webhook_configuration")
        assert about["webhook_configuration"] == {"phone_number": near.url, "whatsapp_business_account": far.url}
        await sent(api, "text", {"body": "x"})
        await near.until(lambda: len(statuses(near)) == 2)
        await ask(api, "POST", NUMBER, {"webhook_configuration": {"override_callback_uri": ""}})
        await sent(api, "text", {"body": "x"})
        await far.until(lambda: len(statuses(far)) == 2)


async def test_a_number_is_registered_with_its_pin_and_taken_off() -> None:
    async with inside() as api:
        assert (await ask(api, "POST", f"{NUMBER}/register", {"pin": "12"}))[1]["error"]["code"] == 100
        pin = {"messaging_product": "whatsapp", "pin": "123456"}
        assert (await ask(api, "POST", f"{NUMBER}/register", pin))[0] == 200
        assert (await ask(api, "POST", f"{NUMBER}/register", {"pin": "654321"}))[1]["error"]["code"] == 133005
        await ask(api, "POST", f"{NUMBER}/deregister")
        assert (await send(api, "text", {"body": "x"}))[1]["error"]["code"] == 133010
        await ask(api, "POST", f"{NUMBER}/register", pin)
        assert (await send(api, "text", {"body": "x"}))[0] == 200


async def test_accounts_and_numbers_tell_what_they_are_asked() -> None:
    async with inside() as api:
        await api.add_number(phone_number_id="101", display="+963944000222")
        _, numbers = await ask(api, "GET", f"{WABA}/phone_numbers", fields="display_phone_number,status")
        assert [one["id"] for one in numbers["data"]] == [NUMBER, "101"]
        assert numbers["data"][0]["status"] == "CONNECTED"
        assert (await ask(api, "GET", WABA))[1]["id"] == WABA
        assert (await ask(api, "GET", NUMBER, fields="nonsense"))[1]["error"]["code"] == 100
        profile = {"messaging_product": "whatsapp", "about": "أخبار", "websites": ["https://e.org"]}
        assert (await ask(api, "POST", f"{NUMBER}/whatsapp_business_profile", profile))[0] == 200
        _, found = await ask(api, "GET", f"{NUMBER}/whatsapp_business_profile", fields="about")
        assert found["data"] == [{"messaging_product": "whatsapp", "about": "أخبار"}]
        async with api.client.get("/sandbox/whatsapp/numbers") as answer:
            assert [one["waba_id"] for one in await answer.json()] == [WABA, WABA]


async def test_any_event_of_an_account_can_be_told() -> None:
    async with hook() as caught, inside() as api:
        await ask(api, "POST", f"{WABA}/subscribed_apps", {"override_callback_uri": caught.url, "verify_token": "v"})
        value = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}
        await api.control("whatsapp/accounts/event", {"account": WABA, "field": "account_update", "value": value})
        alert = {"entity_type": "WABA", "alert_severity": "CRITICAL", "alert_type": "OBA_REJECTED"}
        await api.control("whatsapp/accounts/event", {"account": WABA, "field": "account_alerts", "value": alert})
        await caught.until(lambda: told(caught, "account_alerts"))
        assert (told(caught, "account_update"), told(caught, "account_alerts")) == ([value], [alert])
        assert all(json.loads(body)["entry"][0]["time"] for body, _ in caught.caught)


async def test_bodies_are_ascii_bounded_and_hold_as_many_events_as_the_app_takes() -> None:
    async with hook() as caught, inside() as api:
        for _ in range(120):
            await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "ا" * 4096})
        await api.add_number(batch=1000, webhook_url=caught.url)
        await caught.until(lambda: len(heard(caught)) == 120)
        assert all(body.isascii() and len(body) <= 3_000_000 for body, _ in caught.caught)
        assert 1 < len(caught.caught) < 10
        await api.add_number(batch=1)
        for _ in range(3):
            await api.control("phones/1/say", {"app": "whatsapp", "to": NUMBER, "text": "x"})
        await caught.until(lambda: len(heard(caught)) == 123)
        assert [len(json.loads(body)["entry"][0]["changes"]) for body, _ in caught.caught[-3:]] == [1, 1, 1]
