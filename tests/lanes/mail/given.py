"""A lane of mail and what it carries, for the tests of this folder."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from barqia.delivery.lane import Address, Call, Calls, Job, LaneConfig
from barqia.lanes.email import Email
from barqia.rendering import Act, AnswerText, Story

NOW = 1_800_000_000_000
SITE = "https://news.paper.example"
LANE = LaneConfig(
    3,
    "mail",
    "email",
    {"host": "127.0.0.1", "security": "none", "address": "news@paper.example", "from_name": "وكالة الورقة"},
    {},
    key=b"k" * 32,
    site=SITE,
)
STORY = Story(
    headline="افتتاح جسر النهر بعد ثلاث سنوات من العمل المتواصل على ضفتيه بحضور أهالي المدينة وضيوفها",
    dateline="دمشق ـ ورقة",
    paragraphs=("فتح الجسر صباح السبت.", "Bridge فتح، وهاتف الاستعلام 0944-000-111 يجيب."),
    byline="",
    urgency=5,
    language="ar",
    link=f"{SITE}/d/abc",
    agency="ورقة",
    follow=("https://t.me/paper",),
)


def with_settings(lane: LaneConfig = LANE, **settings: str) -> LaneConfig:
    return replace(lane, settings={**lane.settings, **settings})


def call_of(content: Story | AnswerText = STORY, act: Act = Act.SEND, lane: LaneConfig = LANE, **more: Any) -> Call:
    job = Job(
        act, content, **{"to": Address("reader@reader.example"), "tag": 640, "now_ms": NOW, "recipient": 77, **more}
    )
    rendered = Email().render(job, lane)
    assert isinstance(rendered, Calls)
    (call,) = rendered.calls
    return call


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def mail_of(*args: Any, **more: Any) -> EmailMessage:
    return read(call_of(*args, **more).body)


def body_of(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    text: str = part.get_content()
    return text
