"""Planning's audience: a union of index ranges, one an interest, against a DISTINCT join. One run, side by side.

Prints both times for paging through the whole audience, and their ratio.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

READERS, SECTIONS, PAGE = 60_000, 6, 1000

folder = Path(tempfile.mkdtemp(prefix="barqia-bench-"))
os.environ |= {"BARQIA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}

import django  # noqa: E402 - after the folder is named

django.setup()

from django.core.management import call_command  # noqa: E402 - after django.setup

from barqia.delivery.audience import Page, matching  # noqa: E402 - as above
from barqia.delivery.sql import marks, rows, run, run_many  # noqa: E402 - as above
from barqia.subscribers.models import Interest, Lane, Subscription  # noqa: E402 - as above


def _build() -> tuple[int, list[int]]:
    call_command("migrate", verbosity=0)
    lane = Lane.objects.create(name="bench", title="bench", kind="telegram")
    kinds = [("everything", ""), *(("section", f"s{number}") for number in range(SECTIONS))]
    interests = [Interest.objects.create(kind=kind, key=key).pk for kind, key in kinds]
    run_many(
        "INSERT INTO subscribers_recipient (lane_id, kind, status, status_reason, own, created_at) "
        "VALUES (%s,'reader','active','',0,'2026-01-01')",
        [(lane.pk,)] * READERS,
    )
    Subscription.objects.bulk_create(
        Subscription(recipient_id=number, lane_id=lane.pk, interest_id=interests[(number + shift) % len(interests)])
        for number in range(1, READERS + 1)
        for shift in range(2)
    )
    run("ANALYZE")
    return lane.pk, interests


def _joined(interests: list[int], page: Page) -> list[int]:
    found = rows(
        "SELECT DISTINCT s.recipient_id FROM subscribers_subscription s JOIN subscribers_interest i ON i.id=s.interest_id "
        f"WHERE i.id IN ({marks(interests)}) AND s.lane_id=%s AND s.recipient_id>%s AND s.recipient_id<=%s "
        "ORDER BY s.recipient_id LIMIT %s",
        [*interests, page.lane_id, page.after, page.high_water, page.limit],
    )
    return [row[0] for row in found]


def _paged(read: Callable[[list[int], Page], list[int]], lane: int, interests: list[int]) -> tuple[float, int]:
    began, after, seen = time.perf_counter(), 0, 0
    while page := read(interests, Page(lane, after, READERS, PAGE)):
        after, seen = page[-1], seen + len(page)
    return time.perf_counter() - began, seen


def main() -> None:
    lane, interests = _build()
    asked = interests[:3]
    union, seen = _paged(matching, lane, asked)
    joined, seen_too = _paged(_joined, lane, asked)
    assert seen == seen_too
    print(f"{seen} readers of {READERS}, in pages of {PAGE}")
    print(f"union of ranges  {union * 1000:8.0f} ms")
    print(f"DISTINCT join    {joined * 1000:8.0f} ms")
    print(f"ratio            {joined / union:8.1f}")


if __name__ == "__main__":
    main()
