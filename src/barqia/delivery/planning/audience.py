"""Who is in the audience of a mailing on one lane, in pages by recipient id.

Each page of readers is a union of index ranges, one an interest: its cost is the page's, however many readers
there are. One DISTINCT over all interests reads the whole audience for every page where the database has no
statistics (`benchmarks/planning.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from barqia.delivery.sql import marks, rows
from barqia.delivery.states import PERHAPS_SENT
from barqia.wire.models import Release, Verb

ACTIVE = "active"
# a compound SELECT of SQLite has at most 500 terms
RANGES = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Recipients after `after` up to `high_water`, at most `limit`, in rising order."""

    lane_id: int
    after: int
    high_water: int
    limit: int


def matching(interests: Sequence[int], page: Page) -> list[int]:
    """Recipients who asked for any of these interests."""
    found: set[int] = set()
    for start in range(0, len(interests), RANGES):
        found.update(_ranges(interests[start : start + RANGES], page))
    return sorted(found)[: page.limit]


def _ranges(interests: Sequence[int], page: Page) -> list[int]:
    one = (
        "SELECT * FROM (SELECT recipient_id FROM subscribers_subscription WHERE interest_id=%s AND lane_id=%s "
        "AND recipient_id>%s AND recipient_id<=%s ORDER BY recipient_id LIMIT %s) AS r"
    )
    values = [(interest, page.lane_id, page.after, page.high_water, page.limit) for interest in interests]
    return _ids(" UNION ALL ".join([one] * len(interests)), [value for row in values for value in row])


def own_phones(page: Page) -> list[int]:
    """The newsroom's own phones, for a test send."""
    return _ids(
        "SELECT id FROM subscribers_recipient WHERE own AND lane_id=%s AND id>%s AND id<=%s ORDER BY id LIMIT %s",
        [page.lane_id, page.after, page.high_water, page.limit],
    )


def were_sent(dispatch_id: UUID, release_id: int, page: Page) -> list[int]:
    """Recipients on whose phone an older release of the item is, or may be."""
    return _ids(
        "SELECT DISTINCT recipient_id FROM delivery_delivery "
        "WHERE dispatch_id=%s AND lane_id=%s AND source_id<%s AND recipient_id>%s "
        f"AND (parts_out>0 OR state IN ({marks(PERHAPS_SENT)})) ORDER BY recipient_id LIMIT %s",
        [stored_uuid(dispatch_id), page.lane_id, release_id, page.after, *PERHAPS_SENT, page.limit],
    )


def have_words(dispatch_id: UUID, releases: Sequence[int], recipients: Sequence[int]) -> set[int]:
    """Those of these recipients whose newest copy came whole from one of these releases."""
    if not releases or not recipients:
        return set()
    newest = (
        "SELECT max(source_id) FROM delivery_delivery n WHERE n.dispatch_id=%s AND n.recipient_id=d.recipient_id "
        f"AND (n.parts_out>0 OR n.state IN ({marks(PERHAPS_SENT)}))"
    )
    stored = stored_uuid(dispatch_id)
    return set(
        _ids(
            f"SELECT d.recipient_id FROM delivery_delivery d WHERE d.dispatch_id=%s "
            f"AND d.recipient_id IN ({marks(recipients)}) AND d.source_id IN ({marks(releases)}) "
            f"AND d.state IN ({marks(PERHAPS_SENT)}) AND d.source_id=({newest})",
            [stored, *recipients, *releases, *PERHAPS_SENT, stored, *PERHAPS_SENT],
        )
    )


def lanes_that_sent(dispatch_id: UUID) -> set[int]:
    """The lanes, off ones too, that have deliveries of the item."""
    return set(_ids("SELECT DISTINCT lane_id FROM delivery_delivery WHERE dispatch_id=%s", [stored_uuid(dispatch_id)]))


def were_superseded(dispatch_id: UUID, release_id: int, page: Page) -> list[int]:
    """Recipients whose older copy, no test, was stopped before it was sent."""
    tests = _tests(dispatch_id)
    return _ids(
        "SELECT DISTINCT recipient_id FROM delivery_delivery "
        "WHERE dispatch_id=%s AND lane_id=%s AND source_id<%s AND recipient_id>%s "
        f"AND state='skipped' AND reason='superseded' AND NOT source_id IN ({marks(tests)}) "
        "ORDER BY recipient_id LIMIT %s",
        [stored_uuid(dispatch_id), page.lane_id, release_id, page.after, *tests, page.limit],
    )


def already_sent(dispatch_id: UUID, release_id: int, recipients: Sequence[int]) -> set[int]:
    """Those of these recipients to whom an older release, no test, went or may have gone."""
    tests = _tests(dispatch_id)
    return set(
        _ids(
            f"SELECT recipient_id FROM delivery_delivery WHERE dispatch_id=%s AND source_id<%s "
            f"AND recipient_id IN ({marks(recipients)}) AND NOT source_id IN ({marks(tests)}) "
            f"AND (parts_out>0 OR state IN ({marks(PERHAPS_SENT)}))",
            [stored_uuid(dispatch_id), release_id, *recipients, *tests, *PERHAPS_SENT],
        )
    )


def _tests(dispatch_id: UUID) -> list[int]:
    """The item's test sends; a list that is never empty, for `NOT IN (NULL)` is true of nothing."""
    return [0, *Release.objects.filter(dispatch_id=dispatch_id, verb=Verb.TEST).values_list("pk", flat=True)]


def _ids(query: str, values: Sequence[Any]) -> list[int]:
    return [row[0] for row in rows(query, values)]


def stored_uuid(value: UUID) -> UUID | str:
    """As the database stores it: SQLite has no UUID type and Django writes 32 hexadecimal digits."""
    return value if connection.features.has_native_uuid_field else value.hex


def uuid_type() -> str:
    """The type of that column, for a statement whose parameters have none."""
    return "uuid" if connection.features.has_native_uuid_field else "text"
