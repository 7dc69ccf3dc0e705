"""The delivery's figures for a monitor, counted in the database: every process tells the same. No personal data."""

from collections.abc import Iterator
from typing import NamedTuple

from barqia.delivery import clients
from barqia.delivery.models import Mailing, Pulse, SourceKind
from barqia.delivery.pulses import living
from barqia.delivery.sql import rows
from barqia.subscribers.models import Lane

# so far back the deliveries are counted: a kill, which lives longest, is out by then
COUNTED_MS = 7 * 24 * 3600 * 1000
ATTEMPTS_MS = 60_000

OLDEST_DUE = (
    "SELECT min(CASE WHEN not_before_ms>changed_ms THEN not_before_ms ELSE changed_ms END) FROM delivery_delivery "
    "WHERE state IN ('planned','claimed') AND chunk_id=(SELECT min(id) FROM delivery_chunk WHERE lane_id=%s "
    "AND NOT done AND not_before_ms<=%s)"
)


class Figure(NamedTuple):
    """One gauge: its name, what it says, and its values by labels."""

    name: str
    says: str
    values: list[tuple[dict[str, str], float]]


def figures(now_ms: int) -> Iterator[Figure]:
    lanes = {lane.pk: lane for lane in Lane.objects.order_by("pk")}
    yield Figure(
        "barqia_deliveries",
        "Deliveries of mailings begun in the last seven days.",
        [
            ({"lane": lanes[lane].name, "state": state}, count)
            for lane, state, count in rows(
                "SELECT lane_id, state, count(*) FROM delivery_delivery WHERE source_kind=%s AND source_id>=%s "
                "GROUP BY lane_id, state ORDER BY lane_id, state",
                [SourceKind.RELEASE, _first_counted(now_ms)],
            )
        ],
    )
    yield Figure(
        "barqia_attempts_last_minute",
        "Calls to providers begun in the last minute, by what they came to.",
        [
            ({"lane": lane.name, "outcome": outcome or "under_way"}, count)
            for lane in lanes.values()
            for outcome, count in rows(
                "SELECT outcome, count(*) FROM delivery_attempt WHERE lane_id=%s AND started_ms>%s "
                "GROUP BY outcome ORDER BY outcome",
                [lane.pk, now_ms - ATTEMPTS_MS],
            )
        ],
    )
    yield Figure(
        "barqia_oldest_due_seconds",
        "How long the first chunk that is due on a lane has waited.",
        [({"lane": lane.name}, _age(rows(OLDEST_DUE, [lane.pk, now_ms])[0][0], now_ms)) for lane in lanes.values()],
    )
    yield Figure(
        "barqia_lane_state",
        "1 for the state that a lane is in.",
        [({"lane": lane.name, "state": _state(lane, now_ms)}, 1) for lane in lanes.values()],
    )
    yield Figure(
        "barqia_clients",
        "Client newsrooms, by how they do: on, failing, stopped, off.",
        [({"lane": lane, "state": state}, count) for (lane, state), count in sorted(clients.by_state().items())],
    )
    unknown = rows("SELECT count(*) FROM delivery_delivery WHERE state='unknown'")
    yield Figure("barqia_unknown", "Deliveries that may or may not have gone out.", [({}, unknown[0][0])])
    yield Figure("barqia_senders", "Senders that gave a sign of life lately.", [({}, len(living(now_ms)))])
    newest = Pulse.objects.order_by("-at_ms").values_list("at_ms", flat=True).first()
    pulse: list[tuple[dict[str, str], float]] = [] if newest is None else [({}, _age(newest, now_ms))]
    yield Figure("barqia_pulse_age_seconds", "Since the newest sign of life of a sender.", pulse)


def _first_counted(now_ms: int) -> int:
    counted = Mailing.objects.filter(started_ms__gt=now_ms - COUNTED_MS).order_by("release_id")
    return counted.values_list("release_id", flat=True).first() or 1 << 62


def _age(since_ms: int | None, now_ms: int) -> float:
    return 0.0 if since_ms is None else max(0, now_ms - since_ms) / 1000


def _state(lane: Lane, now_ms: int) -> str:
    if not lane.active:
        return "off"
    if lane.alert:
        return "stopped"
    if lane.paused:
        return "paused"
    if lane.trouble:
        return "trouble"
    return "throttled" if lane.paused_until_ms > now_ms else "on"
