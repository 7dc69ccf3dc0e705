"""Requests that no bot would make: each is answered as the Bot API answers, and none shakes the sandbox.

`test_…` runs a few thousand; `BARQIA_FUZZ_RUNS=200000 pytest tests/sandbox/test_telegram_fuzz.py` runs more.
"""

import json
import os
import random
from typing import Any
from urllib.parse import urlencode

import pytest

from barqia.sandbox.telegram.methods import METHODS
from sandbox.inside import BOT, TOKEN, USER, Inside, inside
from sandbox.test_whatsapp_fuzz import mutated

ROUNDS = int(os.environ.get("BARQIA_FUZZ_RUNS", "2500"))
SEED = os.environ.get("BARQIA_FUZZ_SEED", "bot")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
KEYS = {"inline_keyboard": [[{"text": "سياسة", "callback_data": "s:politics"}, {"text": "x", "url": "https://e.org"}]]}
WORDS = {"keyboard": [[{"text": "سياسة"}, "اشتراك"]], "resize_keyboard": True, "one_time_keyboard": True}
PHOTO = {"type": "photo", "media": "attach://a", "caption": "<b>x</b>", "parse_mode": "HTML"}
WRITTEN = {
    "chat_id": USER, "text": "<b>عاجل</b> *خبر* #وسم", "parse_mode": "HTML", "reply_markup": KEYS,
    "reply_parameters": {"message_id": 1, "allow_sending_without_reply": True, "quote": "خبر"},
    "entities": [{"type": "text_link", "offset": 0, "length": 2, "url": "https://e.org"}],
    "link_preview_options": {"is_disabled": False, "url": "https://e.org", "prefer_small_media": True},
    "disable_notification": True, "protect_content": True, "message_thread_id": 1, "business_connection_id": "x",
}  # fmt: skip
SCOPE = {"scope": {"type": "chat_member", "chat_id": USER, "user_id": USER}, "language_code": "ar"}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("sendMessage", WRITTEN),
    ("sendMessage", {**WRITTEN, "parse_mode": "MarkdownV2", "entities": None, "reply_markup": WORDS}),
    ("sendMessage", {"chat_id": f"@{BOT}_news", "text": "x", "allow_paid_broadcast": True, "message_effect_id": "1"}),
    ("sendPhoto", {"chat_id": USER, "photo": "attach://a", "caption": "x", "show_caption_above_media": True}),
    ("sendDocument", {"chat_id": USER, "document": "attach://a", "caption": "x"}),
    ("sendMediaGroup", {"chat_id": USER, "media": [PHOTO, PHOTO]}),
    ("editMessageText", {"chat_id": USER, "message_id": 2, "text": "<i>x</i>", "parse_mode": "HTML", "reply_markup": KEYS}),
    ("editMessageCaption", {"chat_id": USER, "message_id": 2, "caption": "x"}),
    ("editMessageMedia", {"chat_id": USER, "message_id": 2, "media": PHOTO}),
    ("editMessageReplyMarkup", {"chat_id": USER, "message_id": 2, "reply_markup": KEYS}),
    ("forwardMessage", {"chat_id": USER, "from_chat_id": USER, "message_id": 2}),
    ("copyMessage", {"chat_id": USER, "from_chat_id": USER, "message_id": 2, "caption": "x"}),
    ("deleteMessage", {"chat_id": USER, "message_id": 3}),
    ("deleteMessages", {"chat_id": USER, "message_ids": [3, 4]}),
    ("setMessageReaction", {"chat_id": USER, "message_id": 2, "reaction": [{"type": "emoji", "emoji": "👍"}], "is_big": True}),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x", "show_alert": True, "cache_time": 1}),
    ("setMyCommands", {"commands": [{"command": "stop", "description": "إيقاف"}], **SCOPE}),
    ("getMyCommands", SCOPE),
    ("setMyDescription", {"description": "x", "language_code": "ar"}),
    ("setMyName", {"name": "x", "language_code": "ar"}),
    ("getChatMember", {"chat_id": USER, "user_id": USER}),
    ("getChat", {"chat_id": USER}),
    ("getFile", {"file_id": "x"}),
    ("sendChatAction", {"chat_id": USER, "action": "typing"}),
]  # fmt: skip
# what would end the bot, leave its chat or bring its updates elsewhere; who polls too often is made to wait
LEFT_OUT = {"logout", "close", "leavechat", "setwebhook", "getupdates"}


def _odd(params: dict[str, Any], dice: random.Random) -> Any:
    for _ in range(dice.randrange(1, 4)):
        params = mutated(params, dice)
    return params


def _encoded(params: Any, dice: random.Random) -> tuple[bytes, str]:
    """As JSON, as a form, or as a form with files; sometimes with a byte that does not belong there."""
    fields = params if isinstance(params, dict) else {"x": params}
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    how = dice.random()
    if how < 0.6:
        raw, kind = json.dumps(params).encode(), "application/json"
    elif how < 0.8:
        raw = urlencode({name: value.encode("utf-8", "replace") for name, value in texts.items()}).encode()
        kind = "application/x-www-form-urlencoded"
    else:
        raw, kind = _form(texts, dice), "multipart/form-data; boundary=b0"
    if dice.random() < 0.1:
        cut = dice.randrange(len(raw) + 1)
        raw = raw[:cut] + bytes([dice.randrange(256)]) + raw[cut:]
    return raw, kind


def _form(texts: dict[str, str], dice: random.Random) -> bytes:
    parts = [
        f'--b0\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in texts.items()
    ]
    file = dice.choice([PNG, b"", b"GIF89a", b"\x00" * 3_000, PNG[:20]])
    head = b'--b0\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    return "".join(parts).encode("utf-8", "replace") + head + file + b"\r\n--b0--\r\n"


async def _call(api: Inside, method: str, params: Any, dice: random.Random) -> tuple[int, Any]:
    raw, kind = _encoded(params, dice)
    async with api.client.post(f"/bot{TOKEN}/{method}", data=raw, headers={"Content-Type": kind}) as answer:
        return answer.status, await answer.json()


# the form's reader warns of such headers, and leaves its files to the collector when it ends in the middle
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(0 if "BARQIA_FUZZ_RUNS" in os.environ else 120)
async def test_mutated_requests_are_answered_as_the_bot_api_answers_and_never_with_5xx() -> None:
    dice, said = random.Random(SEED), set()
    async with inside() as api:
        for number in range(ROUNDS):
            method, params = dice.choice(CALLS)
            if dice.random() < 0.1:
                # any method with what another one takes
                method = dice.choice([one for one in METHODS if one not in LEFT_OUT])
            status, answer = await _call(api, method, _odd(params, dice), dice)
            if status == 200:
                assert answer["ok"] is True, (method, params, answer)
                assert "result" in answer
            else:
                assert 400 <= status < 500, (method, params, answer)
                assert (answer["ok"], answer["error_code"]) == (False, status), answer
                said.add(answer["description"])
            if number % 500 == 0:
                await _check(api)
        await _check(api)
        assert (await api.bot("sendMessage", chat_id=USER, text="خبر"))[0] == 200
    assert len(said) > 50, "it was refused for many reasons"


async def _check(api: Inside) -> None:
    """What is on the phone is within the limits, its ids rise, and its page stands."""
    async with api.client.get("/sandbox/phones/1") as answer:
        assert answer.status == 200
        chats = (await answer.json())["chats"]
    for chat in chats:
        ids = [int(bubble["id"]) for bubble in chat["bubbles"] if chat["app"] == "telegram"]
        assert ids == sorted(set(ids))
        for bubble in chat["bubbles"]:
            assert len(bubble["text"] or "") <= 4096
