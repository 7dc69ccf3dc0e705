"""Planning's audience: a union of index ranges, one an interest, against one DISTINCT. One run, side by side.

Prints the time a page takes at the head of the audience, without the statistics that ANALYZE would make and with
them; then whole slices of planning, and how many recipients a second that is.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

READERS, PAGE, PAGES = 300_000, 1000, 20

folder = Path(tempfile.mkdtemp(prefix="barqia-bench-"))
os.environ |= {"BARQIA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}

import django  # noqa: E402 - after the folder is named

django.setup()

from django.core.management import call_command  # noqa: E402 - after django.setup

from barqia import desk  # noqa: E402 - as above
from barqia.delivery.models import Delivery  # noqa: E402 - as above
from barqia.delivery.planning import plan  # noqa: E402 - as above
from barqia.delivery.planning.audience import Page, matching  # noqa: E402 - as above
from barqia.delivery.sql import marks, rows, run, run_many  # noqa: E402 - as above
from barqia.desk.words import Slot, Words  # noqa: E402 - as above
from barqia.subscribers.models import Interest, Lane, Subscription  # noqa: E402 - as above
from barqia.wire.sections import STANDARD  # noqa: E402 - as above
from barqia.wire.setup import About, write  # noqa: E402 - as above


def _build() -> tuple[int, list[int]]:
    call_command("migrate", verbosity=0)
    lane = Lane.objects.create(name="bench", title="bench", kind="telegram")
    kinds = [("everything", ""), *(("section", slug) for slug in STANDARD)]
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
    return lane.pk, [*interests, rare]


def _distinct(interests: list[int], page: Page) -> list[int]:
    query = (
        "SELECT DISTINCT recipient_id FROM subscribers_subscription "
        f"WHERE interest_id IN ({marks(interests)}) AND lane_id=%s AND recipient_id>%s AND recipient_id<=%s "
        "ORDER BY recipient_id LIMIT %s"
    )
    return [row[0] for row in rows(query, [*interests, page.lane_id, page.after, page.high_water, page.limit])]


def _pages(read: Callable[[list[int], Page], list[int]], lane: int, interests: list[int]) -> tuple[float, int]:
    """Milliseconds a page, over the first pages; the recipients on them."""
    began, after, seen, pages = time.perf_counter(), 0, 0, 0
    while pages < PAGES and (page := read(interests, Page(lane, after, READERS, PAGE))):
        after, seen, pages = page[-1], seen + len(page), pages + 1
    return (time.perf_counter() - began) * 1000 / max(1, pages), seen


def _compare(lane: int, interests: list[int]) -> None:
    for label, asked in (("three common interests", interests[:3]), ("one rare interest", interests[-1:])):
        union, seen = _pages(matching, lane, asked)
        distinct, seen_too = _pages(_distinct, lane, asked)
        assert seen == seen_too
        print(f"  {label}: union {union:.2f} ms a page, DISTINCT {distinct:.2f} ms, ratio {distinct / union:.1f}")


def _plan() -> None:
    write(About("وكالة", "Agency", "وكالة", "UTC"))
    item = desk.save(None, Words("عنوان", "نص"), Slot(("politics",)))
    desk.publish(None, item, 0)
    plan.start(0)
    slices, times, began = plan.Slices(), [], time.perf_counter()
    while True:
        start = time.perf_counter()
        if plan.plan_slice(slices.size, 0, slices.pages) is None:
            break
        times.append((time.perf_counter() - start) * 1000)
        slices.took(times[-1])
    whole = time.perf_counter() - began
    count = Delivery.objects.count()
    print(f"planned {count} recipients in {whole:.1f} s ({count / whole:,.0f} a second) in {len(times)} slices:")
    print(f"  median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms")


def main() -> None:
    lane, interests = _build()
    print(f"{READERS} readers of one lane, pages of {PAGE}; without statistics:")
    _compare(lane, interests)
    run("ANALYZE")
    print("with statistics:")
    _compare(lane, interests)
    _plan()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
