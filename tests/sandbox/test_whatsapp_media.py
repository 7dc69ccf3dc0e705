"""Files: uploaded, asked for, downloaded, fetched from links, and each time that one lives."""

import hashlib
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestServer

from sandbox.cloud import DAY_MS, ask, heard, sent, statuses
from sandbox.inside import NUMBER, Inside, hook, inside

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 1000


async def upload(
    api: Inside, data: bytes = JPEG, mime: str = "image/jpeg", token: str = "access"
) -> tuple[int, dict[str, Any]]:
    form = FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", mime)
    form.add_field("file", BytesIO(data), filename="photo.jpg", content_type=mime)
    headers = {"Authorization": f"Bearer {token}"}
    async with api.client.post(f"/v24.0/{NUMBER}/media", data=form, headers=headers) as answer:
        return answer.status, await answer.json()


async def fetch(api: Inside, url: str, token: str = "access") -> tuple[int, bytes]:
    path = url.removeprefix(api.base)
    async with api.client.get(path, headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status, await answer.read()


async def test_a_file_is_uploaded_and_downloaded_by_an_address_that_dies() -> None:
    async with inside() as api:
        status, body = await upload(api)
        assert status == 200
        _, about = await ask(api, "GET", body["id"])
        assert about["sha256"] == hashlib.sha256(JPEG).hexdigest()
        assert (about["mime_type"], about["file_size"], about["id"]) == ("image/jpeg", len(JPEG), body["id"])
        assert await fetch(api, about["url"]) == (200, JPEG)
        assert (await fetch(api, about["url"], "other"))[0] == 401
        await api.control("clock", {"advance_ms": 301_000})
        assert (await fetch(api, about["url"]))[0] == 404
        assert (await ask(api, "GET", body["id"]))[0] == 200
        await api.control("clock", {"advance_ms": 30 * DAY_MS})
        assert (await ask(api, "GET", body["id"]))[1]["error"]["code"] == 100


async def test_a_deleted_file_is_gone_and_another_numbers_file_is_not_deleted() -> None:
    async with inside() as api:
        file = (await upload(api))[1]["id"]
        assert (await ask(api, "DELETE", file, phone_number_id="1"))[1]["error"]["code"] == 100
        assert await ask(api, "DELETE", file) == (200, {"success": True})
        assert (await ask(api, "GET", file))[1]["error"]["code"] == 100


@pytest.mark.parametrize(
    ("data", "mime", "code"),
    [
        (b"x" * (5 * 1024 * 1024 + 1), "image/jpeg", 131053),
        (b"x" * (500 * 1024 + 1), "image/webp", 131053),
        (b"x", "image/gif", 100),
        (b"", "image/jpeg", 100),
    ],
)
async def test_files_too_big_or_of_another_type_are_refused(data: bytes, mime: str, code: int) -> None:
    async with inside() as api:
        status, body = await upload(api, data, mime)
        assert (status, body["error"]["code"]) == (400, code)


async def test_a_file_of_the_wrong_kind_fails_afterwards() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        image = (await upload(api))[1]["id"]
        paper = (await upload(api, b"%PDF", "application/pdf"))[1]["id"]
        good = await sent(api, "image", {"id": image})
        bad = await sent(api, "image", {"id": paper})
        await caught.until(lambda: len(statuses(caught)) == 3)
        assert [(row["id"], row["status"]) for row in statuses(caught) if row["id"] == bad] == [(bad, "failed")]
        (bubble,) = await api.bubbles("whatsapp")
        assert (bubble["id"], bubble["media"]["name"]) == (good, "photo.jpg")
        async with api.client.get(bubble["media"]["url"]) as answer:
            assert (await answer.read(), answer.headers["X-Content-Type-Options"]) == (JPEG, "nosniff")


async def test_a_link_to_this_machine_is_fetched_once_in_ten_minutes() -> None:
    asked: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == "/gone.jpg":
            return web.Response(status=404)
        size = 6 << 20 if request.path == "/big.jpg" else 100
        return web.Response(body=b"x" * size, content_type="text/html" if "page" in request.path else "image/jpeg")

    app = web.Application()
    app.router.add_get("/{name}", serve)
    async with TestServer(app) as server, hook() as caught, inside(webhook_url=caught.url) as api:
        made = {
            name: await sent(api, "image", {"link": str(server.make_url(f"/{name}"))})
            for name in ("a.jpg", "gone.jpg", "page.jpg", "big.jpg")
        }
        await caught.until(lambda: len(statuses(caught)) == 5)
        failed = {row["id"]: row["errors"][0] for row in statuses(caught) if row["status"] == "failed"}
        assert set(failed) == {made["gone.jpg"], made["page.jpg"], made["big.jpg"]}
        assert {error["code"] for error in failed.values()} == {131053}
        assert "404" in failed[made["gone.jpg"]]["error_data"]["details"]
        assert [bubble["id"] for bubble in await api.bubbles("whatsapp")] == [made["a.jpg"]]
        await sent(api, "image", {"link": str(server.make_url("/a.jpg"))})
        await caught.until(lambda: len(statuses(caught)) == 7)
        assert asked.count("/a.jpg") == 1
        await api.control("clock", {"advance_ms": 601_000})
        await sent(api, "image", {"link": str(server.make_url("/a.jpg"))})
        await caught.until(lambda: asked.count("/a.jpg") == 2)


async def test_a_file_from_a_phone_lives_a_week() -> None:
    async with hook() as caught, inside(webhook_url=caught.url) as api:
        photo = {"data": "/9j/4AAQ", "mime": "image/jpeg"}
        await api.control("whatsapp/phones/1/send", {"to": NUMBER, "image": photo})
        await caught.until(lambda: heard(caught))
        file = heard(caught)[0]["image"]["id"]
        _, about = await ask(api, "GET", file)
        assert (await fetch(api, about["url"]))[0] == 200
        await api.control("clock", {"advance_ms": 7 * DAY_MS + 1000})
        assert (await ask(api, "GET", file))[1]["error"]["code"] == 100


async def test_the_token_of_another_business_opens_no_file() -> None:
    async with inside() as api:
        file = (await upload(api))[1]["id"]
        await api.add_number(phone_number_id="2", waba_id="2", access_token="theirs", display="+963944000222")
        assert (await ask(api, "GET", file, token="theirs"))[1]["error"]["code"] == 100
        _, about = await ask(api, "GET", file)
        assert (await fetch(api, about["url"], "theirs"))[0] == 401
        assert (await upload(api, token="theirs"))[1]["error"]["code"] == 100
