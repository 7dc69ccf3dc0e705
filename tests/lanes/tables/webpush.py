"""Push services' words."""

from dataclasses import replace

from barqia.delivery.lane import Accepted, Call, Effect, Refused, Reply, SentPart, Skip, Throttled, Transient
from barqia.delivery.push import encoded
from barqia.rendering import Act, AnswerText
from lanes.contract import NOW, Expect, Row, Table
from lanes.push_phone import PushPhone
from lanes.tables.client import ITEM

KEY = encoded(bytes(range(1, 33)))
URL = "/send/capability"


def phone(number: int) -> PushPhone:
    return PushPhone.numbered(number, f"https://fcm.googleapis.com/{number}{URL}")


def _opened(call: Call) -> str:
    number = int(call.url.removesuffix(URL).rsplit("/", 1)[1])
    return phone(number).open(call.body).decode()


TAKEN, GONE, TOO_FAST, ILL = (Reply(status, {}, b"") for status in (201, 410, 429, 503))
WRONG_KEY = Reply(403, {}, b"permission denied: invalid JWT provided\n")
OTHER_KEY = Reply(
    403,
    {},
    b"the VAPID credentials in the authorization header do not correspond to the credentials used to create the "
    b"subscriptions.\n",
)
FIRST = SentPart(0, "bcdfghjk", NOW - 5)
IS_TAKEN = Accepted("bcdfghjk", delivered=True)


def _refused(what: str, reply: Reply, outcome: Refused | Throttled | Transient) -> Row:
    return Row(what, ((Expect("send", URL), reply),), outcome, content=ITEM)


ROWS = (
    Row(
        "a dispatch",
        ((Expect("send", URL, ("عنوان", '"tag":"bcdfghjk"', '"gone":false', ITEM.link)), TAKEN),),
        IS_TAKEN,
        content=ITEM,
    ),
    Row(
        "a correction takes its place",
        ((Expect("send", URL, ("تصويب | ", "سقط رقم", '"tag":"bcdfghjk"')), TAKEN),),
        IS_TAKEN,
        act=Act.CORRECT,
        content=replace(ITEM, note="سقط رقم"),
        earlier=(FIRST,),
    ),
    Row(
        "a kill takes it away",
        ((Expect("send", URL, ("إلغاء برقية", "خطأ", '"gone":true', '"tag":"bcdfghjk"'), ("نص",)), TAKEN),),
        IS_TAKEN,
        act=Act.KILL,
        content=replace(ITEM, note="خطأ"),
        earlier=(FIRST,),
    ),
    Row(
        "a takedown repeats no word",
        ((Expect("send", URL, ("حُجبت", '"gone":true'), ("عنوان",)), TAKEN),),
        IS_TAKEN,
        act=Act.TAKEDOWN,
        content=replace(ITEM, note="حكم قضائي"),
        earlier=(FIRST,),
    ),
    Row("nobody asked it anything", (), Skip("nothing_to_do"), content=AnswerText("أهلاً")),
    _refused("the browser is gone", GONE, Refused("push_gone", "410", Effect.BLOCKED)),
    _refused("it never was", Reply(404, {}, b""), Refused("push_gone", "404", Effect.BLOCKED)),
    _refused("too fast", TOO_FAST, Throttled(60_000, False, "429", 2)),
    _refused("too fast, and for how long", Reply(429, {"retry-after": "7"}, b""), Throttled(7000, False, "429", 2)),
    _refused("too long", Reply(413, {}, b""), Refused("our_fault", "413")),
    _refused("written wrongly", Reply(400, {}, b""), Refused("our_fault", "400")),
    _refused("the service is ill", ILL, Transient("http_503")),
    _refused("the lane's key is refused", WRONG_KEY, Refused("identity", "403", Effect.STOP_LANE)),
    _refused("of another key", OTHER_KEY, Refused("push_of_another_key", "403", Effect.BLOCKED)),
    _refused(
        "of another key, as Apple says it",
        Reply(400, {}, b'{"reason":"VapidPkHashMismatch"}'),
        Refused("push_of_another_key", "400", Effect.BLOCKED),
    ),
)

TABLE = Table(
    settings={"contact": "mailto:desk@wire.example"},
    secrets={"vapid_key": KEY},
    address=lambda number: phone(number).address.write(),
    opened=_opened,
    accepted=lambda _number: TAKEN,
    throttled=TOO_FAST,
    blocked=GONE,
    failing=ILL,
    lane_fault=WRONG_KEY,
    rows=ROWS,
    story=ITEM,
    silent=("capability", encoded(phone(1).address.auth)),
)
