"""What every lane kind is held to: a table of its provider's words, and how a row of it is played.

`lanes.tables.<kind>` has a kind's `TABLE`. `test_conformance.py` plays the rows and asks what needs no database,
`test_conformance_promises.py` what delivery promises, both of every kind in `BARQIA_LANE_KINDS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, Literal

from barqia.delivery.lane import (
    Accepted,
    Address,
    Call,
    Calls,
    Instead,
    Job,
    LaneConfig,
    LaneKind,
    Outcome,
    Reply,
    SentPart,
    Skip,
    lane_kind,
)
from barqia.rendering import Act, AnswerText, Story

NOW = 1_800_000_000_000
HOUR_MS = 3_600_000
STORY = Story(
    headline="عنوان <خاص> & مهم",
    dateline="دمشق",
    paragraphs=("نص البرقية *كما* كتب.",),
    byline="",
    urgency=3,
    language="ar",
    link="https://wire.example/d/1",
    agency="وكالة",
)


@dataclass(frozen=True, slots=True)
class Expect:
    """One request: how its URL ends, what a recipient reads in it and what not."""

    op: Literal["send", "edit", "delete"]
    url_end: str
    says: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A message, the provider's replies in order with the requests they answer, and what it comes to."""

    what: str
    exchanges: tuple[tuple[Expect, Reply], ...]
    comes_to: Outcome | Skip
    act: Act = Act.SEND
    content: Story | AnswerText = STORY
    earlier: tuple[SentPart, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One lane of a kind, and its provider's words.

    `address` is the nth recipient's; `opened` gives a request as its recipient reads it; `accepted` the answer that
    takes the nth message; `blocked` says that this recipient takes nothing more, `lane_fault` that nothing of this
    identity goes (None where no single provider judges it), `failing` that the provider is not well and surely did
    nothing; `inbound` are bodies as the provider sends them; `long` a text of several messages, "" where one takes
    any; `silent` what else of the first recipient must not be told in a log.
    """

    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    address: Callable[[int], str]
    opened: Callable[[Call], str]
    accepted: Callable[[int], Reply]
    throttled: Reply
    blocked: Reply
    failing: Reply | None
    lane_fault: Reply | None
    rows: tuple[Row, ...]
    inbound: tuple[bytes, ...] = ()
    story: Story = STORY
    silent: tuple[str, ...] = ()
    long: str = ""

    def lane(self, kind: LaneKind) -> LaneConfig:
        return LaneConfig(1, kind.name, kind.name, self.settings, self.secrets)

    def job(self, act: Act = Act.SEND, content: Story | AnswerText | None = None, **more: Any) -> Job:
        """A job for the first recipient, who wrote an hour ago; of the table's own story where none is given."""
        about = {"to": Address(self.address(1)), "tag": 640, "now_ms": NOW, "last_inbound_ms": NOW - HOUR_MS}
        return Job(act=act, content=content or self.story, **{**about, **more})


def table_of(kind: str) -> Table:
    """A kind without a table is not finished: the suite fails for it."""
    table: Table = import_module(f"lanes.tables.{kind}").TABLE
    return table


def play(kind: LaneKind, table: Table, row: Row) -> tuple[list[Call], Outcome | Skip]:
    """The calls that the row's replies lead to, as the delivery loop makes them, and the last outcome."""
    job = table.job(row.act, row.content, earlier=row.earlier, **row.more)
    made: list[Call] = []
    outcome: Outcome | Skip = Skip("nothing_to_do")
    instead: Call | None = None
    for _expected, reply in row.exchanges:
        call = instead or _next_call(kind, table, job)
        assert isinstance(call, Call), f"{row.what}: {call} where a request is expected"
        made.append(call)
        outcome = kind.outcome(call, reply)
        instead = outcome.call if isinstance(outcome, Instead) else None
        if isinstance(outcome, Accepted):
            part = SentPart(call.part, outcome.provider_id or "", NOW)
            job = replace(job, done=(*job.done, part))
    if not made or (isinstance(outcome, Accepted) and isinstance(row.content, Story)):
        left = _next_call(kind, table, job)
        assert isinstance(left, Skip), f"{row.what}: one request more than expected"
        outcome = outcome if made else left
    return made, outcome


def _next_call(kind: LaneKind, table: Table, job: Job) -> Call | Skip:
    rendered = kind.render(job, table.lane(kind))
    return rendered.calls[0] if isinstance(rendered, Calls) else rendered


def calls_of(kind: LaneKind, table: Table, job: Job) -> tuple[Call, ...]:
    rendered = kind.render(job, table.lane(kind))
    assert isinstance(rendered, Calls)
    return rendered.calls


def found_kind(name: str) -> tuple[LaneKind, Table]:
    return lane_kind(name), table_of(name)
