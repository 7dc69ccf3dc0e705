"""What a look at the board costs while a mailing to a million readers is under way on ten lanes.

Prints the median of five looks, in milliseconds of this process's CPU time: the accounts of the mailing and of nineteen
finished ones beside it, and what can be sent again of it.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

DELIVERIES, LANES, LATELY, LOOKS = 1_000_000, 10, 60_000, 5

folder = Path(tempfile.mkdtemp(prefix="barqia-bench-"))
os.environ |= {"BARQIA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}

import django  # noqa: E402 - after the folder is named

django.setup()

from django.core.management import call_command  # noqa: E402 - after django.setup

from barqia import desk  # noqa: E402 - as above
from barqia.delivery.account import board, resend  # noqa: E402 - as above
from barqia.delivery.account.figures import figures  # noqa: E402 - as above
from barqia.delivery.clock import now_ms  # noqa: E402 - as above
from barqia.delivery.planning import plan  # noqa: E402 - as above
from barqia.delivery.sql import run  # noqa: E402 - as above
from barqia.desk.words import Slot, Words  # noqa: E402 - as above
from barqia.subscribers.models import Lane  # noqa: E402 - as above
from barqia.wire.setup import About, write  # noqa: E402 - as above

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<%s-1)"


def _build() -> int:
    """Half of it is delivered, a hundredth failed, a thousandth unknown; the last minute's calls are there."""
    call_command("migrate", verbosity=0)
    write(About("وكالة", "Agency", "وكالة", "UTC"))
    for number in range(LANES):
        Lane.objects.create(name=f"bench{number}", title="bench", kind="telegram", rate=100)
    for number in range(20):
        desk.publish(None, desk.save(None, Words(f"عنوان {number}", "نص"), Slot(("politics",))), 0)
    now = now_ms()
    plan.start(now)
    while plan.plan_slice(100, now) is not None:
        pass
    run(
        f"INSERT INTO subscribers_recipient (lane_id, kind, status, status_reason, own, created_at) {NUMBERS} "
        "SELECT 1+i %% %s,'reader','active','',0,'2026-01-01' FROM n",
        [DELIVERIES, LANES],
    )
    run(
        "INSERT INTO delivery_delivery (lane_id, month, source_kind, source_id, dispatch_id, recipient_id, chunk_id, "
        "mode, urgency, state, reason, attempts, parts_out, parts_total, sent_twice, not_before_ms, expires_ms, "
        f"changed_ms) {NUMBERS} SELECT 1+i %% %s,202601,1,20,(SELECT dispatch_id FROM wire_release WHERE id=20),i+1,"
        "1+i/1000,'new',5,CASE WHEN i>=%s THEN 'planned' WHEN i%%100=7 THEN 'failed' WHEN i%%1000=3 THEN 'unknown' "
        "ELSE 'delivered' END,CASE WHEN i<%s AND i%%100=7 THEN 'refused' ELSE '' END,1,1,1,0,0,%s,%s-(%s-i)/10 FROM n",
        [DELIVERIES, LANES, DELIVERIES // 2, DELIVERIES // 2, now + 86_400_000, now, DELIVERIES // 2],
    )
    run(
        "INSERT INTO delivery_attempt (id, lane_id, month, delivery_id, part, in_place, started_ms, ended_ms, outcome, "
        f"code) {NUMBERS} SELECT i*64,1+i %% %s,202601,i+1,0,0,%s+i,%s+i,'accepted','' FROM n",
        [LATELY, LANES, now, now],
    )
    return 20


def _timed(label: str, look: Callable[[], object]) -> None:
    times = []
    for _look in range(LOOKS):
        began = time.process_time()
        look()
        times.append((time.process_time() - began) * 1000)
    print(f"  {label}: {statistics.median(times):.1f} ms")


def main() -> None:
    release = _build()
    print(f"{DELIVERIES:,} deliveries on {LANES} lanes:")
    _timed("one mailing's account", lambda: board.accounts([release], counted=False))
    _timed("the same, proved", lambda: board.account(release))
    _timed("the board's page", lambda: board.mailings(20))
    _timed("failed that can be sent again", lambda: resend.again(release, "failed"))
    _timed("/metrics", lambda: list(figures(now_ms())))
    _timed("unknown that can be sent again", lambda: resend.again(release, "unknown"))


if __name__ == "__main__":
    main()
