"""The judge of a soak: what the providers' log says was on the phones, held against what our database says.

Each excuse is a promise of docs/delivery.md: a message is there twice only where its lane sends again what is in doubt, and
then is marked; nobody can say what became of a call that was under way at a kill, or whose answer was lost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from flow.record import KILL, Act, Key, Kill, Owed, Record
from flow.wire import CONCURRENCY

OUT, OPEN = {"handed", "delivered", "read"}, {"planned", "claimed", "handing"}
# sent again without an editor where a lane is set to it
RESEND_URGENCY = 2


@dataclass
class Verdict:
    """Counts, and each complaint in words. `repeated` are messages that went out more than once, excused or not."""

    kills: int = 0
    lost: int = 0
    repeated: int = 0
    unknown: int = 0
    complaints: list[str] = field(default_factory=list)


class Judge:
    """Looks at the record of a drained wire once."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._owed: dict[Key, Owed] = {owed.key: owed for owed in record.owed}

    def verdict(self) -> Verdict:
        record = self._record
        lost, repeated = [*self._lost()], self._repeated()
        complaints = [
            *(f"not drained: {owed}" for owed in record.owed if owed.state in OPEN),
            *self._twice_in_the_database(),
            *self._words(),
            *self._missing(),
            *self._ended_for_no_reason(),
            *lost,
            *self._not_excused(repeated),
            *self._in_doubt_for_no_reason(),
            *self._more_under_way_than_may_be(),
            *self._told_of_and_unknown(),
            *self._more_calls_than_intents(),
            *self._told_after_leaving(),
            *self._older_after_newer(),
            *self._intents_in_disorder(),
        ]
        unknown = sum(owed.state == "unknown" for owed in record.owed)
        return Verdict(len(record.kills), len(lost), sum(map(len, repeated.values())), unknown, complaints)

    # everyone is in one state, and the sum is the audience

    def _twice_in_the_database(self) -> Iterator[str]:
        counted = Counter(owed.key for owed in self._record.owed)
        return (f"two deliveries: {key}" for key, count in counted.items() if count > 1)

    def _words(self) -> Iterator[str]:
        """A word, its effect and its answer are one: who wrote has one answer, who wrote to leave has left."""
        answers = Counter(owed.to for owed in self._record.owed if not owed.item)
        for to in {*self._record.said, *answers}:
            if self._record.said[to] != answers[to]:
                yield f"{self._record.said[to]} words of {to} have {answers[to]} answers"
        last = {left.to: left.status for left in self._record.left}
        yield from (f"{to} wrote to leave and is {last.get(to)}" for to in self._record.leavers if to not in last)

    def _missing(self) -> Iterator[str]:
        """Steady readers have the newest revision of every item, or may have; of a killed one those who have, or may have, it."""
        for item, revision in self._record.newest.items():
            for to in self._record.steady:
                owed = self._owed.get((to, item, revision))
                due = revision != KILL or self._may_have(to, item)
                if due and (owed is None or owed.state not in OUT | {"unknown"}):
                    yield f"{to} has no revision {revision} of item {item}: {owed}"

    def _may_have(self, to: str, item: int) -> bool:
        revisions = range(KILL)
        sent = any(act.op == "send" for revision in revisions for act in self._seen.get((to, item, revision), ()))
        owed = [self._owed.get((to, item, revision)) for revision in revisions]
        return sent or any(one is not None and one.state in OUT | {"unknown"} for one in owed)

    def _ended_for_no_reason(self) -> Iterator[str]:
        """A steady reader's delivery fails never, and is skipped only for a newer revision, or a kill of what never came."""
        for owed in self._record.owed:
            overtaken = owed.reason == "superseded" and owed.revision < self._record.newest[owed.item]
            never_sent = owed.reason == "never_sent" and owed.revision == KILL
            if owed.to in self._record.steady and owed.state in {"failed", "skipped"} and not (overtaken or never_sent):
                yield f"{owed.state} for no fault of the reader's: {owed}"

    # nothing is lost

    @cached_property
    def _seen(self) -> dict[Key, list[Act]]:
        seen: dict[Key, list[Act]] = defaultdict(list)
        for act in self._record.acts:
            seen[act.key].append(act)
        return seen

    def _lost(self) -> Iterator[str]:
        """What is accounted for as sent is on the phone, all its parts."""
        for owed in self._record.owed:
            acts = self._seen.get(owed.key, [])
            if owed.state in OUT and len({act.code for act in acts}) < owed.parts:
                yield f"lost: {owed}, of which {len(acts)} messages are there"

    # nothing goes twice outside `unknown`

    def _repeated(self) -> dict[tuple[Key, str], list[Act]]:
        """{(whom and what, its words): the acts}, where one message was sent more than once."""
        sent: dict[tuple[Key, str], list[Act]] = defaultdict(list)
        for act in self._record.acts:
            if act.op == "send":
                sent[act.key, act.code].append(act)
        return {one: acts for one, acts in sent.items() if len(acts) > 1}

    def _not_excused(self, repeated: dict[tuple[Key, str], list[Act]]) -> Iterator[str]:
        for (key, code), acts in repeated.items():
            owed = self._owed.get(key)
            if owed is None or not self._may_resend(owed):
                yield f"repeated where nothing is sent again: {owed} {acts}"
                continue
            if owed.state != "unknown" and not owed.sent_twice:
                yield f"repeated and not marked: {owed} {code}, {len(acts)} times"
            for first, second in pairwise(acts):
                if first.answered and not self._killed_between(owed, first, second):
                    yield f"repeated though its answer came and nothing was killed: {owed} {first} {second}"

    def _may_resend(self, owed: Owed) -> bool:
        return owed.lane in self._record.resending and owed.urgency <= RESEND_URGENCY

    def _killed_between(self, owed: Owed, first: Act, second: Act) -> bool:
        """Whether its call was under way at a kill between these two."""
        return any(
            first.at_ms <= kill.ended_ms and second.at_ms >= kill.began_ms for kill in self._kills_of.get(owed.id, ())
        )

    @cached_property
    def _kills_of(self) -> dict[int, list[Kill]]:
        found: dict[int, list[Kill]] = defaultdict(list)
        for kill in self._record.kills:
            for delivery in kill.handing:
                found[delivery].append(kill)
        return found

    def _in_doubt_for_no_reason(self) -> Iterator[str]:
        """Unknown is what was under way at a kill, or met trouble; by one kill at most the concurrency of a lane."""
        by_kill: Counter[tuple[str, int]] = Counter()
        for owed in self._record.owed:
            if owed.state != "unknown" and not owed.sent_twice:
                continue
            kills, troubled = self._kills_of.get(owed.id), owed.key in self._record.troubled
            if not kills and (not troubled or owed.reason == "sender_died"):
                yield f"in doubt for no reason: {owed}"
            elif kills and not troubled:
                by_kill[owed.lane, kills[0].began_ms] += 1
        for (lane, at_ms), count in by_kill.items():
            if count > CONCURRENCY:
                yield f"{count} in doubt by the kill at {at_ms} on {lane}"

    def _more_under_way_than_may_be(self) -> Iterator[str]:
        """Where one process sends; of several a living one has calls under way besides."""
        for kill in self._record.kills if self._record.alone else ():
            for lane, count in Counter(kill.handing.values()).items():
                if count > CONCURRENCY:
                    yield f"{count} calls were under way on {lane} at the kill at {kill.began_ms}"

    def _told_of_and_unknown(self) -> Iterator[str]:
        """A status settles what was in doubt."""
        for owed in self._record.owed:
            told = {act.code for act in self._seen.get(owed.key, ()) if act.message in self._record.told}
            if owed.state == "unknown" and owed.parts and len(told) >= owed.parts:
                yield f"unknown, and a status told of it: {owed}"

    def _more_calls_than_intents(self) -> Iterator[str]:
        """Every message had an intent of its own."""
        intents = Counter(began.delivery for began in self._record.began)
        for key, acts in self._seen.items():
            owed = self._owed.get(key)
            sent = sum(act.op == "send" for act in acts)
            if owed is None or sent > intents[owed.id]:
                yield f"{sent} messages of {intents[owed.id] if owed else 0} intents: {key}"

    # opt-out, and order

    def _told_after_leaving(self) -> Iterator[str]:
        """No intent for something new was committed after the reader's leaving was."""
        changes: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        for left in self._record.left:
            changes[left.to].append((left.after, left.status in {"unsubscribed", "blocked"}))
        by_id = {owed.id: owed for owed in self._record.owed}
        for began in self._record.began:
            owed = by_id[began.delivery]
            earlier = [gone for after, gone in changes.get(owed.to, ()) if after < began.id]
            if owed.item and not began.in_place and earlier and earlier[-1]:
                yield f"{owed.to} left and was sent something new after it: {owed}"

    def _older_after_newer(self) -> Iterator[str]:
        """No older revision came to a phone after a newer one."""
        newest: dict[tuple[str, int], int] = defaultdict(int)
        for act in self._record.acts:
            if act.item and act.revision < newest[act.to, act.item]:
                yield f"older after newer: {act} after revision {newest[act.to, act.item]}"
            newest[act.to, act.item] = max(newest[act.to, act.item], act.revision)

    def _intents_in_disorder(self) -> Iterator[str]:
        """Nor was the intent for one committed."""
        by_id = {owed.id: owed for owed in self._record.owed}
        newest: dict[tuple[str, int], int] = defaultdict(int)
        for began in self._record.began:
            owed = by_id[began.delivery]
            if owed.item and owed.revision < newest[owed.to, owed.item]:
                yield f"begun after revision {newest[owed.to, owed.item]}: {owed}"
            newest[owed.to, owed.item] = max(newest[owed.to, owed.item], owed.revision)


def told(verdict: Verdict, what: str, kills: Sequence[str]) -> str:
    spread = ", ".join(f"{name} {count}" for name, count in sorted(Counter(kills).items()))
    return (
        f"{what}: {verdict.kills} kills ({spread}); lost {verdict.lost}, repeated {verdict.repeated}, "
        f"unknown {verdict.unknown}"
    )
