"""The judge of a soak: what the providers' log says was on the phones, held against what our database says.

The headline and every sentence of a soak's dispatches begin with a code, `Q` and item, revision, place: a provider message
is known by the first code in it.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from barqia.subscribers.vault import Vault
from flow.wire import Wire

CODE = re.compile(r"Q(\d{3})(\d)\d{3}")
KILL, KILL_WORDS = 9, "إلغاء برقية"
OUT, OPEN = {"handed", "delivered", "read"}, {"planned", "claimed", "handing"}
# a call that had begun before a reader left may reach the provider so much after the answer to their word
UNDER_WAY_MS = 1000
ACTS = {"sendmessage": "send", "messages": "send", "editmessagetext": "edit", "deletemessage": "delete"}


class Act(NamedTuple):
    """A call that a provider carried out. `code` names its words; an answer to a reader has none, nor has a contact card."""

    at_ms: int
    to: str
    op: str
    item: int
    revision: int
    code: str
    message: str
    card: bool


class Owed(NamedTuple):
    """One delivery as our database has it; `item` and `revision` are 0 for an answer."""

    to: str
    lane: str
    item: int
    revision: int
    state: str
    reason: str
    sent_twice: bool
    parts: int


@dataclass
class Verdict:
    """Counts, and each complaint in words. `repeated` are messages that went out more than once, explained or not."""

    lost: int = 0
    repeated: int = 0
    unknown: int = 0
    complaints: list[str] = field(default_factory=list)


class Judge:
    """Looks at a drained wire once. `left` are the addresses of those whose only word was to leave."""

    def __init__(self, made: Wire) -> None:
        self._made = made
        self._vault = Vault((made.data / "key").read_bytes())

    @cached_property
    def acts(self) -> list[Act]:
        found: list[Act] = []
        of_message: dict[tuple[str, str], tuple[int, str]] = {}
        for entry in self._made.log():
            op = ACTS.get(entry["method"])
            if op is None or not entry.get("accepted"):
                continue
            act = _act(entry, op)
            if act.op == "delete":
                item, code = of_message.get((act.to, act.message), (0, ""))
                act = act._replace(item=item, revision=KILL, code=code)
            elif act.op == "send":
                of_message[act.to, act.message] = act.item, act.code
            found.append(act)
        return found

    @cached_property
    def _releases(self) -> dict[int, tuple[int, int]]:
        """{release: (item, revision)}; 0 is the source of an answer."""
        found = {0: (0, 0)}
        for row, verb, headline in self._made.rows(
            "SELECT r.id, r.verb, v.headline FROM wire_release r JOIN wire_revision v ON v.id=r.revision_id"
        ):
            item, revision = _numbers(headline)
            found[row] = item, KILL if verb == "kill" else revision
        return found

    @cached_property
    def owed(self) -> list[Owed]:
        addresses = {
            row: self._vault.open(cipher)
            for row, cipher in self._made.rows("SELECT id, address_cipher FROM subscribers_recipient")
        }
        releases = self._releases
        rows = self._made.rows(
            "SELECT d.recipient_id, l.name, CASE WHEN d.source_kind=1 THEN d.source_id ELSE 0 END, d.state, d.reason, "
            "d.sent_twice, d.parts_total FROM delivery_delivery d JOIN subscribers_lane l ON l.id=d.lane_id"
        )
        return [Owed(addresses[r[0]], r[1], *releases[r[2]], r[3], r[4], bool(r[5]), r[6]) for r in rows]

    def verdict(self, steady: Iterable[str], said: Counter[str], left: Iterable[str]) -> Verdict:
        """`steady` readers are in every audience, `said` counts words by address, `left` left by one word."""
        found = Verdict(unknown=sum(owed.state == "unknown" for owed in self.owed))
        found.complaints += [f"not drained: {owed}" for owed in self.owed if owed.state in OPEN]
        found.complaints += self._twice_in_the_database()
        found.complaints += self._missing(set(steady))
        found.complaints += self._answers(said)
        found.complaints += self._told_after_leaving(left)
        found.complaints += self._disorder()
        lost = list(self._lost())
        found.lost = len(lost)
        again = self._repeated()
        found.repeated = sum(len(times) for times in again.values())
        found.complaints += lost + [
            f"repeated: {key} {times}" for key, times in again.items() if not self._doubtful(key)
        ]
        return found

    def _twice_in_the_database(self) -> Iterator[str]:
        counted = Counter((owed.to, owed.item, owed.revision) for owed in self.owed if owed.item)
        return (f"two deliveries: {key}" for key, count in counted.items() if count > 1)

    def _missing(self, steady: set[str]) -> Iterator[str]:
        """Who never left and is not blocked has a copy of each item, unless a kill came before it, and none that failed."""
        killed = {item for item, revision in self._releases.values() if revision == KILL}
        has: dict[int, set[str]] = defaultdict(set)
        for owed in self.owed:
            if owed.item and owed.revision != KILL and owed.reason != "superseded":
                has[owed.item].add(owed.to)
            if owed.to in steady and owed.state in {"failed", "skipped"} and owed.reason not in ENDED:
                yield f"{owed.state} for no fault of the reader's: {owed}"
        for item in {owed.item for owed in self.owed if owed.item} - killed:
            for address in steady - has[item]:
                yield f"no delivery of item {item} to {address}"

    @cached_property
    def _seen(self) -> dict[tuple[str, int, int], list[Act]]:
        seen: dict[tuple[str, int, int], list[Act]] = defaultdict(list)
        for act in self.acts:
            seen[act.to, act.item, act.revision].append(act)
        return seen

    def _lost(self) -> Iterator[str]:
        """What is accounted for as sent is on the phone, all its parts."""
        for owed in self.owed:
            if owed.item and owed.state in OUT:
                acts = self._seen.get((owed.to, owed.item, owed.revision), [])
                if len({act.code for act in acts}) < owed.parts:
                    yield f"lost: {owed}, of which {len(acts)} messages are there"

    def _repeated(self) -> dict[tuple[str, int, int], list[int]]:
        """(address, item, revision): how often each of its messages, that were more than one for the same words, went."""
        found = {}
        for key, acts in self._seen.items():
            sent = Counter(act.code for act in acts if act.op == "send")
            if key[1] and (twice := [count for count in sent.values() if count > 1]):
                found[key] = twice
        return found

    @cached_property
    def _in_doubt(self) -> set[tuple[str, int, int]]:
        return {(o.to, o.item, o.revision) for o in self.owed if o.state == "unknown" or o.sent_twice}

    def _doubtful(self, key: tuple[str, int, int]) -> bool:
        return key in self._in_doubt

    def _answers(self, said: Counter[str]) -> Iterator[str]:
        """One answer a word: in the database always, on the phone where it is not in doubt."""
        for address, words in said.items():
            owed = [o for o in self._owed_answers if o.to == address]
            there = sum(not act.card for act in self._seen.get((address, 0, 0), []))
            doubt = sum(o.state == "unknown" or o.sent_twice for o in owed)
            if len(owed) != words:
                yield f"{words} words of {address} have {len(owed)} answers"
            elif there < words - doubt or (there > words and not doubt):
                yield f"{words} words of {address}: {there} answers on the phone, {doubt} in doubt, {owed}"

    @cached_property
    def _owed_answers(self) -> list[Owed]:
        return [owed for owed in self.owed if not owed.item]

    def _told_after_leaving(self, left: Iterable[str]) -> Iterator[str]:
        for address in left:
            answered = min((act.at_ms for act in self._seen.get((address, 0, 0), [])), default=None)
            for act in self.acts:
                new = act.to == address and act.op == "send" and act.item
                if answered and new and act.at_ms > answered + UNDER_WAY_MS:
                    yield f"{address} left and got {act.code} {act.at_ms - answered} ms after the answer"

    def _disorder(self) -> Iterator[str]:
        """No older revision began on a phone after a newer one."""
        newest: dict[tuple[str, int], int] = defaultdict(int)
        for act in self.acts:
            if act.item and act.revision < newest[act.to, act.item]:
                yield f"older after newer: {act} after revision {newest[act.to, act.item]}"
            newest[act.to, act.item] = max(newest[act.to, act.item], act.revision)


ENDED = {"superseded", "never_sent"}


def _numbers(words: str) -> tuple[int, int]:
    found = CODE.search(words)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _act(entry: dict[str, Any], op: str) -> Act:
    params = entry.get("params", {})
    telegram = entry["api"] == "telegram"
    words = str(params.get("text", "")) if telegram else json.dumps(params, ensure_ascii=False)
    to = str(params["chat_id"] if telegram else params["to"]).lstrip("+")
    code = CODE.search(words)
    item, revision = _numbers(words)
    message = str(entry.get("id") or params.get("message_id", ""))
    killed = KILL if item and KILL_WORDS in words else revision
    return Act(entry["at_ms"], to, op, item, killed, code[0] if code else "", message, params.get("type") == "contacts")


def told(kills: int, verdict: Verdict, what: str, phases: Sequence[str]) -> str:
    spread = ", ".join(f"{phase} {count}" for phase, count in sorted(Counter(phases).items()))
    return (
        f"{what}: {kills} kills ({spread}); lost {verdict.lost}, repeated {verdict.repeated}, unknown {verdict.unknown}"
    )
