"""The forecast of a mailing: how long the editor waits for it, with N readers of one WhatsApp number.

Prints the seconds for a publish, and for a correction and a kill once the item went to all of them; the median of
five, by the clock and of this process's own work (which is SQLite's too, and not PostgreSQL's). `--readers N`
(1,000,000); on the database of `DATABASE_URL`, which must be empty, else on SQLite.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

TIMES = 5
# a third wrote today, the others long ago or never
COUNTRIES = ("YE", "EG", "SA", "IQ", "US", "SY", "JO", "AE")
NOW = 1_800_000_000_000

folder = Path(tempfile.mkdtemp(prefix="barqia-bench-"))
os.environ |= {"BARQIA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}

import django  # noqa: E402 - after the folder is named

django.setup()

from django.core.management import call_command  # noqa: E402 - after django.setup
from django.db import connection  # noqa: E402 - as above

from barqia import desk  # noqa: E402 - as above
from barqia.delivery.costs.preview import Preview, preview  # noqa: E402 - as above
from barqia.delivery.planning import plan  # noqa: E402 - as above
from barqia.delivery.sql import run  # noqa: E402 - as above
from barqia.desk.words import Slot, Words  # noqa: E402 - as above
from barqia.subscribers.models import Interest, Lane  # noqa: E402 - as above
from barqia.wire.models import Dispatch  # noqa: E402 - as above
from barqia.wire.setup import About, write  # noqa: E402 - as above

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%s) "


def _build(readers: int) -> Dispatch:
    """So many readers of politics, one in three of everything too, with addresses as long as real ones."""
    call_command("migrate", verbosity=0)
    lane = Lane.objects.create(
        name="bench", title="bench", kind="whatsapp", rate=80, settings={"phone_number_id": "1", "template": "news"}
    )
    politics = Interest.objects.create(kind="section", key="politics").pk
    everything = Interest.objects.create(kind="everything", key="").pk
    country = " ".join(f"WHEN {at} THEN '{code}'" for at, code in enumerate(COUNTRIES))
    sealed = "CAST(%s AS bytea)" if connection.vendor == "postgresql" else "%s"
    run(
        f"{NUMBERS} INSERT INTO subscribers_recipient (lane_id, kind, status, status_reason, own, created_at, country, "
        "last_inbound_ms, address_cipher, address_hash) SELECT %s, 'reader', 'active', '', false, '2026-01-01', "
        f"CASE i %% {len(COUNTRIES)} {country} END, CASE i %% 3 WHEN 0 THEN %s WHEN 1 THEN 1 END, {sealed}, "
        f"{_digest()} FROM n",
        [readers, lane.pk, NOW, bytes(60)],
    )
    for interest, every in ((politics, 1), (everything, 3)):
        run(
            "INSERT INTO subscribers_subscription (interest_id, lane_id, recipient_id) "
            f"SELECT %s, lane_id, id FROM subscribers_recipient WHERE id %% {every} = 0",
            [interest],
        )
    write(About("وكالة", "Agency", "وكالة", "UTC"))
    return desk.save(None, Words("عنوان", "نص\n\n" + "كلمة " * 400), Slot(("politics",)))


def _digest() -> str:
    """32 bytes of a number, in SQL."""
    return (
        "sha256(CAST(CAST(i AS text) AS bytea))"
        if connection.vendor == "postgresql"
        else "CAST(printf('%%032d', i) AS BLOB)"
    )


def _send_to_all(item: Dispatch) -> None:
    desk.publish(None, item, item.sequence)
    plan.start(NOW)
    while plan.plan_slice(1000, NOW, 16) is not None:
        pass
    run("UPDATE delivery_delivery SET state='read', parts_out=1")
    item.refresh_from_db()


def _median(item: Dispatch, verb: str) -> None:
    times: list[tuple[float, float]] = []
    found = Preview(())
    for _time in range(TIMES):
        began = time.perf_counter(), time.process_time()
        found = preview(item, verb, NOW)
        times.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    (lane,) = found.lanes
    wall, busy = (statistics.median(column) for column in zip(*times, strict=True))
    messages = lane.forecast.messages if lane.forecast else 0
    reached = f"{found.audience:,} readers, {messages:,} messages"
    print(f"  {verb}: {wall:.2f} s, of which this process worked {busy:.2f} s ({reached})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    asked = parser.parse_args()
    item = _build(asked.readers)
    print(f"{asked.readers:,} readers of one number, {connection.vendor}; the forecast of a")
    _median(item, "publish")
    _send_to_all(item)
    for verb in ("correct", "kill"):
        _median(item, verb)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
