"""Telegram's words."""

import json
from dataclasses import replace

from barqia.delivery.lane import Accepted, Address, Call, Effect, Refused, Reply, SentPart, Skip, Throttled, Unclear
from barqia.rendering import Act, AnswerText, Choice, Menu
from delivery.hand import LONG
from lanes.contract import HOUR_MS, NOW, Expect, Row, Table


def _opened(call: Call) -> str:
    return json.dumps(json.loads(call.body), ensure_ascii=False)


def _accepted(number: int) -> Reply:
    return Reply(200, {}, json.dumps({"ok": True, "result": {"message_id": number}}).encode())


def _error(status: int, description: str, **parameters: int) -> Reply:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return Reply(status, {}, json.dumps(body).encode())


DONE = Reply(200, {}, b'{"ok":true,"result":true}')
THROTTLED = _error(429, "Too Many Requests: retry after 9", retry_after=9)
BLOCKED = _error(403, "Forbidden: bot was blocked by the user")
TOO_LATE = _error(400, "Bad Request: message can't be deleted for everyone")
FRESH, OLD = SentPart(0, "10", NOW - HOUR_MS), SentPart(0, "10", NOW - 72 * HOUR_MS)
UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"
MENU = Menu((Choice("0-s:politics", "سياسة", chosen=True), Choice("0+e:", "كلّ الأخبار")))
SEND, EDIT, DELETE = "/sendMessage", "/editMessageText", "/deleteMessage"

ROWS = (
    Row(
        "a dispatch",
        ((Expect("send", SEND, ("<b>عنوان &lt;خاص&gt; &amp; مهم</b>", "دمشق")), _accepted(7)),),
        Accepted("7", delivered=True),
    ),
    Row(
        "an answer with words to tap",
        ((Expect("send", SEND, ("أهلاً", '"keyboard"')), _accepted(7)),),
        Accepted("7", delivered=True),
        content=AnswerText("أهلاً", ("اشتراك",)),
    ),
    Row(
        "an update replies to the first",
        ((Expect("send", SEND, ('"reply_parameters": {"message_id": 5',)), _accepted(7)),),
        Accepted("7", delivered=True),
        more={"thread": "5"},
    ),
    Row(
        "a correction edits",
        ((Expect("edit", EDIT, ("تصويب", '"message_id": 10')), _accepted(10)),),
        Accepted("10", delivered=True),
        act=Act.CORRECT,
        earlier=(FRESH,),
    ),
    Row(
        "a kill deletes",
        ((Expect("delete", DELETE, ('"message_id": 10',)), DONE),),
        Accepted("10", delivered=True),
        act=Act.KILL,
        earlier=(FRESH,),
    ),
    Row(
        "a kill that comes too late edits",
        (
            (Expect("delete", DELETE), TOO_LATE),
            (Expect("edit", EDIT, ("إلغاء برقية",)), _accepted(10)),
        ),
        Accepted("10", delivered=True),
        act=Act.KILL,
        earlier=(FRESH,),
    ),
    Row(
        "a takedown repeats no word",
        ((Expect("edit", EDIT, ("حُجبت",), ("عنوان",)), _accepted(10)),),
        Accepted("10", delivered=True),
        act=Act.TAKEDOWN,
        earlier=(OLD,),
    ),
    Row("a kill of nothing that is left", (), Skip("nothing_to_do"), act=Act.KILL, more={"done": (FRESH,)}),
    Row("too fast", ((Expect("send", SEND), THROTTLED),), Throttled(9000, True, "429")),
    Row(
        "a reader who blocked the bot",
        ((Expect("send", SEND), BLOCKED),),
        Refused("blocked", "Forbidden: bot was blocked by the user", Effect.BLOCKED),
    ),
    Row(
        "a server that gave up, perhaps after it sent",
        ((Expect("send", SEND), _error(500, "Internal Server Error: restart")),),
        Unclear("Internal Server Error: restart"),
    ),
    Row(
        "a menu",
        ((Expect("send", SEND, ("inline_keyboard", '"✓ سياسة"', '"callback_data": "0-s:politics"')), _accepted(7)),),
        Accepted("7", delivered=True),
        content=AnswerText("أهلاً", menu=MENU),
    ),
    Row(
        "a tap is answered, and its menu drawn anew",
        (
            (Expect("edit", "/answerCallbackQuery", ('"callback_query_id": "q1"', "أُضيف")), DONE),
            (Expect("edit", EDIT, ('"message_id": 10', '"✓ سياسة"')), _accepted(10)),
        ),
        Accepted("10", delivered=True),
        content=AnswerText("أهلاً", menu=replace(MENU, tap="q1", message="10", said="أُضيف: سياسة")),
    ),
    Row(
        "a tap on a menu that is gone brings a new one",
        (
            (
                Expect("edit", "/answerCallbackQuery"),
                _error(400, "Bad Request: query is too old and query ID is invalid"),
            ),
            (Expect("edit", EDIT), _error(400, "Bad Request: message to edit not found")),
            (Expect("send", SEND, ("inline_keyboard",)), _accepted(11)),
        ),
        Accepted("11", delivered=True),
        content=AnswerText("أهلاً", menu=replace(MENU, tap="q1", message="10")),
    ),
    Row(
        "a group that became a supergroup",
        ((Expect("send", SEND), _error(400, UPGRADED, migrate_to_chat_id=-1007)),),
        Throttled(0, False, UPGRADED, moved_to=Address("-1007")),
    ),
)

_WORD = {"message_id": 1, "date": 9, "chat": {"id": 42, "type": "private"}, "text": "اشتراك"}
_MEMBER = {"chat": {"id": 42, "type": "private"}, "date": 9, "new_chat_member": {"status": "kicked"}}

_GROUP = {"id": -42, "type": "group"}
_TAP = {"id": "q1", "from": {"id": 42}, "data": "0+e:", "message": {"message_id": 1, "date": 9, "chat": _WORD["chat"]}}

TABLE = Table(
    settings={"bot_username": "test_bot"},
    secrets={"token": "7654321:token", "webhook_secret": "hook-secret"},
    address=lambda number: str(967744000000 + number),
    opened=_opened,
    accepted=_accepted,
    throttled=THROTTLED,
    blocked=BLOCKED,
    failing=None,
    lane_fault=_error(401, "Unauthorized"),
    rows=ROWS,
    inbound=tuple(
        json.dumps(body).encode()
        for body in (
            {"update_id": 5, "message": _WORD},
            {"update_id": 6, "my_chat_member": _MEMBER},
            {"ok": True, "result": [{"update_id": 7, "message": _WORD}]},
            {"update_id": 8, "callback_query": _TAP},
            {"update_id": 9, "message": {**_WORD, "chat": _GROUP, "from": {"id": 42}, "migrate_to_chat_id": -1007}},
            {"update_id": 10, "message": {**_WORD, "chat": _GROUP, "from": {"id": 42}, "sender_chat": _GROUP}},
            {"update_id": 11, "my_chat_member": {**_MEMBER, "chat": _GROUP}},
        )
    ),
    long=LONG,
)
