"""A client newsroom's words."""

import base64
from dataclasses import replace

from barqia.delivery.endpoint import Endpoint, Secret
from barqia.delivery.lane import Accepted, Call, Effect, Refused, Reply, SentPart, Skip, Throttled
from barqia.rendering import Act, AnswerText
from barqia.rendering.record import Record, Said, Topic
from lanes.contract import NOW, STORY, Expect, Row, Table

RECORD = Record(
    release=41,
    uri="urn:uuid:01890000-0000-7000-8000-000000000001",
    public_id="bcdfghjk",
    version=2,
    corrections=1,
    slugline="",
    ednote="",
    located="دمشق",
    source="وكالة",
    created="2026-11-25T10:00:00+00:00",
    published="2026-11-25T10:01:00+00:00",
    released="2026-11-25T10:05:00+00:00",
    sections=(Topic("politics", "سياسة", "Politics"),),
    subjects=("medtop:11000000",),
    statements=(Said("ليلى حداد", "وزيرة الصحة", "إن اللقاح وصل", direct=False),),
    persons=("ليلى حداد",),
)
ITEM = replace(STORY, record=RECORD)
FIRST = SentPart(0, "msg_bcdfghjk_40", NOW - 5)
TAKEN = Accepted("msg_bcdfghjk_41", delivered=True)
URL = "/hook"


def address(number: int) -> str:
    return Endpoint(f"desk-{number}", f"https://desk{number}.example{URL}", (Secret(bytes([number]) * 32),)).write()


def _opened(call: Call) -> str:
    return call.body.decode()


OK, GONE, BUSY, ILL = (Reply(status, {}, b"") for status in (204, 410, 429, 500))
AGAIN = Throttled(10_000, False, "http_500", 2, "endpoint_failed")

ROWS = (
    Row(
        "a dispatch",
        (
            (
                Expect(
                    "send",
                    URL,
                    ('"type":"item.published"', '"pubStatus":"usable"', "عنوان", '"speaker":"ليلى حداد"', "politics"),
                    ("null", "correction"),
                ),
                OK,
            ),
        ),
        TAKEN,
        content=ITEM,
    ),
    Row(
        "a correction",
        ((Expect("send", URL, ('"type":"item.corrected"', '"sequence":1', "سقط رقم")), OK),),
        TAKEN,
        act=Act.CORRECT,
        content=replace(ITEM, note="سقط رقم"),
        earlier=(FIRST,),
    ),
    Row(
        "a kill names it and has no text",
        ((Expect("send", URL, ('"type":"item.killed"', '"pubStatus":"canceled"', "عنوان"), ("bodies", "نص")), OK),),
        TAKEN,
        act=Act.KILL,
        content=replace(ITEM, note="خطأ"),
        earlier=(FIRST,),
    ),
    Row(
        "a takedown repeats no word",
        ((Expect("send", URL, ('"pubStatus":"canceled"', "حكم قضائي"), ("عنوان", "نص البرقية")), OK),),
        TAKEN,
        act=Act.TAKEDOWN,
        content=replace(ITEM, note="حكم قضائي"),
        earlier=(FIRST,),
    ),
    Row("nobody asked it anything", (), Skip("nothing_to_do"), content=AnswerText("أهلاً")),
    Row("a server that is not well", ((Expect("send", URL), ILL),), AGAIN, content=ITEM),
    Row(
        "a wrong address", ((Expect("send", URL), Reply(404, {}, b"")),), replace(AGAIN, code="http_404"), content=ITEM
    ),
    Row(
        "a redirect is not followed",
        ((Expect("send", URL), Reply(302, {"location": "http://x"}, b"")),),
        replace(AGAIN, code="http_302"),
        content=ITEM,
    ),
    Row("too fast", ((Expect("send", URL), BUSY),), replace(AGAIN, code="http_429"), content=ITEM),
    Row(
        "too fast, and when to come again",
        ((Expect("send", URL), Reply(429, {"retry-after": "7"}, b"")),),
        replace(AGAIN, code="429", retry_ms=7000),
        content=ITEM,
    ),
    Row("too large", ((Expect("send", URL), Reply(413, {}, b"")),), Refused("endpoint_too_small", "413"), content=ITEM),
    Row(
        "it wants no more",
        ((Expect("send", URL), GONE),),
        Refused("endpoint_gone", "410", Effect.BLOCKED),
        content=ITEM,
    ),
)

TABLE = Table(
    settings={},
    secrets={},
    address=address,
    opened=_opened,
    accepted=lambda _number: OK,
    throttled=BUSY,
    blocked=GONE,
    failing=ILL,
    lane_fault=None,
    rows=ROWS,
    story=ITEM,
    silent=("desk1.example", base64.b64encode(bytes([1]) * 32).decode()),
)
