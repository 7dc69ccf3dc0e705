"""Planning's audience: one DISTINCT over the index against a union of ranges, one an interest. One run, side by side.

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
from barqia.delivery.sql import rows, run, run_many  # noqa: E402 - as above
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
    rare = Interest.objects.create(kind="person", key="rare").pk
    Subscription.objects.bulk_create(
        Subscription(recipient_id=number, lane_id=lane.pk, interest_id=rare)
        for number in range(1, READERS, READERS // 100)
    )
    run("ANALYZE")
    return lane.pk, [*interests, rare]


def _union(interests: list[int], page: Page) -> list[int]:
    one = (
        "SELECT * FROM (SELECT recipient_id FROM subscribers_subscription WHERE interest_id=%s AND lane_id=%s "
        "AND recipient_id>%s AND recipient_id<=%s ORDER BY recipient_id LIMIT %s)"
    )
    values = [(interest, page.lane_id, page.after, page.high_water, page.limit) for interest in interests]
    query = f"SELECT recipient_id FROM ({' UNION '.join([one] * len(interests))}) ORDER BY recipient_id LIMIT %s"
    return [row[0] for row in rows(query, [*(value for row in values for value in row), page.limit])]


def _paged(read: Callable[[list[int], Page], list[int]], lane: int, interests: list[int]) -> tuple[float, int]:
    began, after, seen = time.perf_counter(), 0, 0
    while page := read(interests, Page(lane, after, READERS, PAGE)):
        after, seen = page[-1], seen + len(page)
    return time.perf_counter() - began, seen


def main() -> None:
    lane, interests = _build()
    for label, asked in (("three common interests", interests[:3]), ("one rare interest", interests[-1:])):
        distinct, seen = _paged(matching, lane, asked)
        union, seen_too = _paged(_union, lane, asked)
        assert seen == seen_too
        print(f"{label}: {seen} readers of {READERS}, in pages of {PAGE}")
        print(f"  DISTINCT        {distinct * 1000:8.1f} ms")
        print(f"  union of ranges {union * 1000:8.1f} ms")
        print(f"  ratio           {union / distinct:8.1f}")


if __name__ == "__main__":
    main()
