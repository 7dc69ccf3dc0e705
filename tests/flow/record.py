"""What a soak leaves behind, as plain data: the providers' log, our database's account of it, and the kills.

The headline and every sentence of a soak's dispatches begin with a code, `Q` and item, revision, place: a provider
message is known by the first code in it. Nobody writes twice, so that an answer is known by its address.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from barqia.subscribers.vault import Vault
from flow.wire import Wire

CODE = re.compile(r"Q(\d{3})(\d)\d{3}")
KILL, KILL_WORDS = 9, "إلغاء برقية"
ACTS = {
    "sendmessage": "send",
    "sendcontact": "send",
    "messages": "send",
    "editmessagetext": "edit",
    "deletemessage": "delete",
}
# before a kill each lane's newest attempt is one of before it: attempts' ids rise in the order of their commits
LEAVING = "INSERT INTO soak_left SELECT NEW.id, NEW.status, coalesce(max(id), 0) FROM delivery_attempt WHERE lane_id=NEW.lane_id;"
WHEN = "AFTER UPDATE ON subscribers_recipient FOR EACH ROW WHEN (OLD.status<>NEW.status)"

Key = tuple[str, int, int]


class Act(NamedTuple):
    """A call that a provider carried out. `answered`: all of its answer was sent; `code` names its words."""

    at_ms: int
    to: str
    op: str
    item: int
    revision: int
    code: str
    message: str = ""
    answered: bool = True

    @property
    def key(self) -> Key:
        return self.to, self.item, self.revision


class Owed(NamedTuple):
    """One delivery as our database has it; `item` and `revision` are 0 for an answer."""

    id: int
    to: str
    lane: str
    item: int
    revision: int
    state: str
    reason: str = ""
    sent_twice: bool = False
    parts: int = 1
    urgency: int = 5

    @property
    def key(self) -> Key:
        return self.to, self.item, self.revision


class Began(NamedTuple):
    """An intent, which was committed before its call; ids of one lane rise."""

    id: int
    delivery: int
    in_place: bool = False


class Left(NamedTuple):
    """A reader's new status, committed after the attempt `after` of their lane and before the next."""

    to: str
    status: str
    after: int


class Kill(NamedTuple):
    """SIGKILL to the processes `what`. `handing` are the deliveries {id: lane} whose calls were, or may have been, under way."""

    began_ms: int
    ended_ms: int
    what: str
    handing: dict[int, str]


@dataclass
class Record:
    """`troubled` are whom and what a call met trouble for, carried out or not; `told` the messages a status of which was
    taken. `newest` is each item's newest revision, `steady` readers are in every audience, `said` counts words by address,
    `leavers` left by one word. `resending` lanes send a flash in doubt again. `alone`: one process sends, and is killed."""

    acts: list[Act] = field(default_factory=list)
    troubled: set[Key] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    newest: dict[int, int] = field(default_factory=dict)
    owed: list[Owed] = field(default_factory=list)
    began: list[Began] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    steady: Collection[str] = frozenset()
    said: Counter[str] = field(default_factory=Counter)
    leavers: Collection[str] = ()
    resending: Collection[str] = ()
    alone: bool = True


def note_who_leaves(made: Wire) -> None:
    """Let the database itself write down where among the intents a reader's status changed."""
    made.execute("CREATE TABLE soak_left (recipient bigint, status text, after bigint)")
    if made.database:
        made.execute(
            f"CREATE FUNCTION note_left() RETURNS trigger AS $$BEGIN {LEAVING} RETURN NEW; END$$ LANGUAGE plpgsql"
        )
        made.execute(f"CREATE TRIGGER note_left {WHEN} EXECUTE FUNCTION note_left()")
    else:
        made.execute(f"CREATE TRIGGER note_left {WHEN} BEGIN {LEAVING} END")


def read_log(made: Wire, record: Record) -> None:
    """The providers' side."""
    of_message: dict[tuple[str, str], Act] = {}
    for entry in made.log():
        if entry.get("status") == 200:
            record.told |= {message for message, _status in entry.get("told", ())}
        op = ACTS.get(entry["method"])
        if op is None:
            continue
        act = _act(entry, op)
        if entry.get("fault"):
            record.troubled.add(act.key)
        if not entry.get("accepted"):
            continue
        if act.op == "delete":
            sent = of_message.get((act.to, act.message))
            act = act._replace(item=sent.item if sent else 0, revision=KILL, code=sent.code if sent else "")
        elif act.op == "send":
            of_message[act.to, act.message] = act
        record.acts.append(act)


def untold(made: Wire) -> set[str]:
    """The WhatsApp messages of which no status was taken yet."""
    sent, told = set[str](), set[str]()
    for entry in made.log():
        if entry["api"] == "whatsapp" and entry["method"] == "messages" and entry.get("accepted"):
            sent.add(entry["id"])
        elif entry.get("status") == 200:
            told |= {message for message, _status in entry.get("told", ())}
    return sent - told


def _act(entry: dict[str, Any], op: str) -> Act:
    params = entry.get("params", {})
    telegram = entry["api"] == "telegram"
    words = str(params.get("text", "")) if telegram else json.dumps(params, ensure_ascii=False)
    to = str(params["chat_id"] if telegram else params["to"]).lstrip("+")
    card = entry["method"] == "sendcontact" or params.get("type") == "contacts"
    code, (item, revision) = CODE.search(words), _numbers(words)
    return Act(
        entry["at_ms"],
        to,
        op,
        item,
        KILL if item and KILL_WORDS in words else revision,
        code[0] if code else "card" if card else "answer",
        str(entry.get("id") or params.get("message_id", "")),
        entry.get("answer") == "whole",
    )


def _numbers(words: str) -> tuple[int, int]:
    found = CODE.search(words)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def read_database(made: Wire, record: Record) -> None:
    """Our side."""
    vault = Vault((made.data / "key").read_bytes())
    addresses = {
        row: vault.open(cipher) for row, cipher in made.rows("SELECT id, address_cipher FROM subscribers_recipient")
    }
    releases = dict(_releases(made))
    for item, revision in releases.values():
        if item:
            record.newest[item] = max(revision, record.newest.get(item, 0))
    rows = made.rows(
        "SELECT d.id, d.recipient_id, l.name, CASE WHEN d.source_kind=1 THEN d.source_id ELSE 0 END, d.state, d.reason, "
        "d.sent_twice, d.parts_total, d.urgency FROM delivery_delivery d JOIN subscribers_lane l ON l.id=d.lane_id"
    )
    record.owed = [Owed(r[0], addresses[r[1]], r[2], *releases[r[3]], r[4], r[5], bool(r[6]), r[7], r[8]) for r in rows]
    attempts = made.rows("SELECT id, delivery_id, in_place FROM delivery_attempt ORDER BY id")
    record.began = [Began(row[0], row[1], bool(row[2])) for row in attempts]
    left = made.rows("SELECT recipient, status, after FROM soak_left")
    record.left = [Left(addresses[recipient], status, after) for recipient, status, after in left]


def _releases(made: Wire) -> Iterator[tuple[int, tuple[int, int]]]:
    """(release, (item, revision)); 0 is the source of an answer."""
    yield 0, (0, 0)
    for row, verb, headline in made.rows(
        "SELECT r.id, r.verb, v.headline FROM wire_release r JOIN wire_revision v ON v.id=r.revision_id"
    ):
        item, revision = _numbers(headline)
        yield row, (item, KILL if verb == "kill" else revision)
