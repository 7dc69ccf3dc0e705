"""The sandbox in the test's own loop, driven over HTTP, and a webhook of the test's."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from barqia.sandbox.app import make_app

TOKEN, BOT, USER = "7654321:inside-token", "inside_bot", 700_000_001
NUMBER, WABA = "100200300", "900800"
Json = dict[str, Any]


def _body(raw: bytes) -> Json:
    return {"data": BytesIO(raw), "headers": {"Content-Type": "application/json"}}


class Inside:
    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self.client = client
        self.base = str(client.make_url("")).rstrip("/")

    async def control(self, path: str, body: Any) -> Any:
        async with self.client.post(f"/sandbox/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def bot(self, method: str, raw: bytes | None = None, **params: Any) -> tuple[int, Json]:
        how = _body(raw if raw is not None else json.dumps(params).encode())
        async with self.client.post(f"/bot{TOKEN}/{method}", **how) as answer:
            return answer.status, await answer.json()

    async def graph(
        self, payload: Any, path: str = f"{NUMBER}/messages", authorization: str = "Bearer access"
    ) -> tuple[int, Json]:
        raw = payload if isinstance(payload, bytes) else None
        how = _body(raw if raw is not None else json.dumps(payload).encode())
        how["headers"]["Authorization"] = authorization
        async with self.client.post(f"/v24.0/{path}", **how) as answer:
            return answer.status, await answer.json()

    async def text(self, to: str, body: str = "خبر") -> tuple[int, Json]:
        return await self.graph({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}})

    async def refused(self, method: str, **params: Any) -> str:
        """The description with which a call is refused."""
        status, body = await self.bot(method, **params)
        assert (body["ok"], body["error_code"]) == (False, status)
        return str(body["description"])

    async def done(self, method: str, **params: Any) -> Any:
        status, body = await self.bot(method, **params)
        assert status == 200, body
        return body["result"]

    async def heard(self) -> list[Json]:
        """The updates that wait, which are then taken."""
        updates = await self.done("getUpdates", limit=100, offset=0, timeout=0)
        if updates:
            await self.done("getUpdates", offset=updates[-1]["update_id"] + 1, limit=1, timeout=0)
        return list(updates)

    async def log(self) -> list[Json]:
        async with self.client.get("/sandbox/log") as answer:
            return [json.loads(line) for line in (await answer.read()).splitlines()]

    async def bubbles(self, app: str) -> list[Json]:
        async with self.client.get("/sandbox/phones/1") as answer:
            chats = (await answer.json())["chats"]
        return [bubble for chat in chats if chat["app"] == app for bubble in chat["bubbles"]]

    async def add_number(self, **about: Any) -> None:
        usual = {"phone_number_id": NUMBER, "waba_id": WABA, "display": "+963944000111", "name": "وكالة"}
        secrets = {"access_token": "access", "app_secret": "secret", "rate": 0, "pair_seconds": 0}
        await self.control("whatsapp/numbers", {**usual, **secrets, **about})


@asynccontextmanager
async def inside(rate: float = 0, chat_rate: float = 0, **number: Any) -> AsyncIterator[Inside]:
    """One bot, one number, one phone that has written to both."""
    async with TestClient(TestServer(make_app())) as client:
        made = Inside(client)
        bot = {"token": TOKEN, "username": BOT, "name": "وكالة", "rate": rate, "chat_rate": chat_rate}
        await made.control("telegram/bots", bot)
        await made.add_number(**number)
        await made.control("phones", {"name": "ليلى", "started_bot": BOT, "started_number": NUMBER})
        yield made


class Hook:
    """Keeps what is brought; answers the next status of `answers`, then 200."""

    def __init__(self) -> None:
        self.caught: list[tuple[bytes, dict[str, str]]] = []
        self.answers: list[int] = []
        self.echo = True
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(text=request.query["hub.challenge"] if self.echo else "no")
        self.caught.append((await request.read(), {k.lower(): v for k, v in request.headers.items()}))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def until(self, enough: Callable[[], object], seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while not enough():  # noqa: ASYNC110 - what is waited for is another's
                await asyncio.sleep(0.01)


@asynccontextmanager
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    # Meta brings up to 3 MB at once
    app = web.Application(client_max_size=3_000_000)
    app.router.add_route("*", "/hook", made.take)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/hook"))
        yield made
