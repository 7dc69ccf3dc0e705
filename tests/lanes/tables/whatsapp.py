"""WhatsApp's words."""

import json

from barqia.delivery.lane import Accepted, Call, Effect, Refused, Reply, SentPart, Skip, Throttled, Transient, Unclear
from barqia.rendering import Act, AnswerText
from delivery.hand import LONG
from lanes.contract import HOUR_MS, NOW, Expect, Row, Table


def _opened(call: Call) -> str:
    return json.dumps(json.loads(call.body), ensure_ascii=False)


def _accepted(number: int) -> Reply:
    return Reply(200, {}, json.dumps({"messages": [{"id": f"wamid.{number}"}]}).encode())


def _error(status: int, code: int) -> Reply:
    return Reply(status, {}, json.dumps({"error": {"code": code, "message": "x"}}).encode())


SEND = "/100200300/messages"
FIRST = SentPart(0, "wamid.1", NOW - HOUR_MS)
CLOSED = {"last_inbound_ms": NOW - 25 * HOUR_MS}
QUOTES = '"context": {"message_id": "wamid.1"}'

ROWS = (
    Row(
        "a dispatch inside the window",
        ((Expect("send", SEND, ("عنوان", "دمشق", '"biz_opaque_callback_data": "640"')), _accepted(7)),),
        Accepted("wamid.7"),
    ),
    Row("outside it, without a template", (), Skip("window_closed"), more=CLOSED),
    Row(
        "an answer with buttons",
        ((Expect("send", SEND, ("أهلاً", '"type": "button"')), _accepted(7)),),
        Accepted("wamid.7"),
        content=AnswerText("أهلاً", ("اشتراك",)),
    ),
    Row(
        "a correction quotes the first",
        ((Expect("send", SEND, ("تصويب", QUOTES)), _accepted(8)),),
        Accepted("wamid.8"),
        act=Act.CORRECT,
        earlier=(FIRST,),
    ),
    Row(
        "a kill quotes it too",
        ((Expect("send", SEND, ("إلغاء برقية", QUOTES)), _accepted(8)),),
        Accepted("wamid.8"),
        act=Act.KILL,
        earlier=(FIRST,),
    ),
    Row(
        "a takedown repeats no word",
        ((Expect("send", SEND, ("حُجبت", QUOTES), ("عنوان",)), _accepted(8)),),
        Accepted("wamid.8"),
        act=Act.TAKEDOWN,
        earlier=(FIRST,),
    ),
    Row("too fast", ((Expect("send", SEND), _error(400, 130429)),), Throttled(5000, True, "130429")),
    Row("too fast for one", ((Expect("send", SEND), _error(400, 131056)),), Throttled(4000, False, "131056", 4)),
    Row(
        "a reader who stopped it",
        ((Expect("send", SEND), _error(400, 131050)),),
        Refused("stopped_marketing", "131050", Effect.OPTED_OUT),
    ),
    Row("Meta is not well", ((Expect("send", SEND), _error(500, 131016)),), Transient("131016")),
    Row("a success without an id", ((Expect("send", SEND), Reply(200, {}, b"{}")),), Unclear("http_200")),
)


def _webhook(**value: object) -> bytes:
    of = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100200300"}, **value}
    return json.dumps({"entry": [{"changes": [{"field": "messages", "value": of}]}]}).encode()


_WORD = {"from": "967700000001", "id": "w1", "timestamp": "9", "type": "text", "text": {"body": "اشتراك"}}
_STATUS = {"id": "w2", "status": "failed", "timestamp": "9", "errors": [{"code": 131026}]}

TABLE = Table(
    settings={"phone_number_id": "100200300", "waba_id": "9", "display_number": "+963944000111"},
    secrets={"access_token": "access-secret", "app_secret": "app-secret", "verify_token": "verify-secret"},
    address=lambda number: str(967700000000 + number),
    opened=_opened,
    accepted=_accepted,
    throttled=_error(400, 130429),
    blocked=_error(400, 131050),
    failing=_error(500, 131016),
    lane_fault=_error(401, 190),
    rows=ROWS,
    inbound=(
        _webhook(contacts=[{"wa_id": "967700000001", "user_id": "u"}], messages=[_WORD]),
        _webhook(statuses=[_STATUS]),
    ),
    long=LONG,
)
