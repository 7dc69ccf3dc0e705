"""What `begin` reads of the deliveries it is about to send: addresses, parts already out, older copies."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from barqia.delivery.lane import SentPart
from barqia.delivery.models import Mode
from barqia.delivery.planning.audience import stored_uuid
from barqia.delivery.sql import marks, rows, run

CLAIM_DUE = "UPDATE delivery_delivery SET state='claimed' WHERE chunk_id=%s AND state='planned' AND not_before_ms<=%s"
# of a delivery d and its recipient r, as `Queued` has them
FIELDS = (
    "d.id, d.recipient_id, d.month, d.mode, d.urgency, d.attempts, d.expires_ms, r.kind, r.address_cipher, "
    "r.user_id_cipher, r.last_inbound_ms, r.country, d.parts_out"
)
SENT_OR_UNKNOWN = frozenset({"unknown", "handed", "delivered", "read"})


class Queued(NamedTuple):
    """A claimed delivery with its recipient, as the database has it."""

    id: int
    recipient_id: int
    month: int
    mode: str
    urgency: int
    attempts: int
    expires_ms: int
    kind: str
    address_cipher: bytes | None
    user_id_cipher: bytes | None
    last_inbound_ms: int | None
    country: str
    parts_out: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """What older releases of the item left on one phone.

    `latest` are the messages that make up the copy as it stands, `every` all live ones, test sends too,
    `rows` their part rows by provider id; `perhaps` says that a copy is or may be there, `under_way` that a
    call for one has not ended.
    """

    latest: tuple[SentPart, ...] = ()
    every: tuple[SentPart, ...] = ()
    rows: dict[str, tuple[int, ...]] = field(default_factory=dict)
    perhaps: bool = False
    under_way: bool = False


def queued(deliveries: Sequence[int]) -> dict[int, Queued]:
    """Those of these deliveries that are still claimed, by their ids."""
    if not deliveries:
        return {}
    found = rows(
        f"SELECT {FIELDS} FROM delivery_delivery d JOIN subscribers_recipient r ON r.id=d.recipient_id "
        f"WHERE d.id IN ({marks(deliveries)}) AND d.state='claimed'",
        deliveries,
    )
    return {row[0]: Queued._make(row) for row in found}


class Waiting:
    """The ids of a lane's claimed deliveries, by chunk: what the database holds, remembered between groups.

    Those whose first parts are out go first, then the others in the order planned.
    """

    def __init__(self) -> None:
        self._chunks: dict[int, deque[int]] = {}
        self._several: set[int] = set()

    def next(self, chunk_id: int, limit: int, now_ms: int) -> list[int]:
        """Take at most `limit` of a chunk's; what is due is claimed when none is left."""
        ids = self._chunks.setdefault(chunk_id, deque())
        if chunk_id in self._several:
            begun = rows(f"{CLAIM_DUE} AND parts_out>0 RETURNING id", [chunk_id, now_ms])
            ids.extendleft(sorted((row[0] for row in begun), reverse=True))
        if not ids:
            ids.extend(self._claim(chunk_id, now_ms))
        return [ids.popleft() for _ in range(min(limit, len(ids)))]

    def _claim(self, chunk_id: int, now_ms: int) -> list[int]:
        run(CLAIM_DUE, [chunk_id, now_ms])
        found = rows(
            "SELECT id, parts_out>0 FROM delivery_delivery WHERE chunk_id=%s AND state='claimed' ORDER BY id",
            [chunk_id],
        )
        begun = "SELECT 1 FROM delivery_delivery WHERE chunk_id=%s AND state='planned' AND parts_out>0 LIMIT 1"
        if rows(begun, [chunk_id]):
            self.comes_in_several(chunk_id)
        return [row[0] for row in sorted(found, key=lambda row: not row[1])]

    def comes_in_several(self, chunk_id: int) -> None:
        """Some delivery of this chunk has further parts to come."""
        self._several.add(chunk_id)

    def forget(self, chunk_id: int | None = None) -> None:
        """Read it from the database again: one chunk that is settled, or all after an error."""
        if chunk_id is None:
            self._chunks.clear()
        else:
            self._chunks.pop(chunk_id, None)
            self._several.discard(chunk_id)


class OwnParts(NamedTuple):
    """A delivery's own parts that are out; `broken` when the provider said later that one of them failed."""

    done: tuple[SentPart, ...] = ()
    broken: bool = False


def own_parts(waiting: Sequence[Queued]) -> dict[int, OwnParts]:
    """By delivery, of those that are being resumed."""
    parts: dict[int, list[SentPart]] = defaultdict(list)
    broken = set()
    deliveries = [one.id for one in waiting if one.parts_out]
    query = (
        "SELECT delivery_id, number, provider_id, sent_ms, state, gone FROM delivery_part "
        f"WHERE delivery_id IN ({marks(deliveries)}) ORDER BY number"
    )
    for delivery, number, provider_id, sent_ms, state, gone in rows(query, deliveries) if deliveries else ():
        parts[delivery].append(SentPart(number, provider_id, sent_ms))
        if state == "failed" and not gone:
            broken.add(delivery)
    return {delivery: OwnParts(tuple(found), delivery in broken) for delivery, found in parts.items()}


@dataclass(frozen=True, slots=True)
class Copy:
    """One older delivery of the item to a recipient, with one live message of it where it has any."""

    recipient_id: int
    state: str
    test: bool
    part_row: int | None
    number: int
    provider_id: str | None
    sent_ms: int


def earlier_of(item: UUID | None, release_id: int, waiting: Sequence[Queued]) -> dict[int, Earlier]:
    """Copies of older releases of the item on the phones of the recipients who follow one; none of what is no item."""
    followers = [one.recipient_id for one in waiting if one.mode == Mode.FOLLOW]
    if item is None or not followers:
        return {}
    found = rows(
        "SELECT d.recipient_id, d.state, rel.verb='test', p.id, p.number, p.provider_id, p.sent_ms "
        "FROM delivery_delivery d JOIN wire_release rel ON rel.id=d.source_id "
        "LEFT JOIN delivery_part p ON p.delivery_id=d.id AND p.gone=%s "
        f"WHERE d.dispatch_id=%s AND d.source_id<%s AND d.recipient_id IN ({marks(followers)}) "
        "ORDER BY d.recipient_id, d.source_id DESC, p.number",
        [False, stored_uuid(item), release_id, *followers],
    )
    by_recipient: dict[int, list[Copy]] = defaultdict(list)
    for row in found:
        by_recipient[row[0]].append(Copy(*row))
    return {recipient: _earlier(copies) for recipient, copies in by_recipient.items()}


def _earlier(copies: Sequence[Copy]) -> Earlier:
    """`copies` newest release first: of each part number the newest message is the live one."""
    every: dict[str, SentPart] = {}
    part_rows: dict[str, tuple[int, ...]] = {}
    by_number: dict[int, SentPart] = {}
    for copy in copies:
        if copy.part_row is None or copy.provider_id is None:
            continue
        part = SentPart(copy.number, copy.provider_id, copy.sent_ms)
        every.setdefault(copy.provider_id, part)
        part_rows[copy.provider_id] = (*part_rows.get(copy.provider_id, ()), copy.part_row)
        if not copy.test:
            by_number.setdefault(copy.number, part)
    return Earlier(
        latest=tuple(by_number[number] for number in sorted(by_number)),
        every=tuple(every.values()),
        rows=part_rows,
        perhaps=any(copy.state in SENT_OR_UNKNOWN for copy in copies),
        under_way=any(copy.state == "handing" for copy in copies),
    )


def threads_of(follows: UUID | None, waiting: Sequence[Queued]) -> dict[int, str]:
    """For an update: the first message of the item that it follows, on each recipient's phone."""
    if follows is None:
        return {}
    found = rows(
        "SELECT d.recipient_id, p.provider_id FROM delivery_delivery d "
        "JOIN delivery_part p ON p.delivery_id=d.id AND p.number=0 AND p.gone=%s "
        f"WHERE d.dispatch_id=%s AND d.recipient_id IN ({marks(waiting)}) ORDER BY d.source_id DESC",
        [False, stored_uuid(follows), *[one.recipient_id for one in waiting]],
    )
    return dict(reversed(found))
