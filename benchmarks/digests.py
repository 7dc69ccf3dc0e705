"""What a daily digest costs: planning its items, and each mail, beside the same items sent one by one. One run.

    python benchmarks/digests.py

Processor time of this process; the mails are made, committed and answered as taken, and go nowhere.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

READERS, ITEMS = 1_000, 30
TEXT = "وادي الزيزفون-برقية\n" + "قال المهندس سامي العامر إن الجسر رقم {} مفتوح أمام السيارات. " * 8

folder = Path(tempfile.mkdtemp(prefix="barqia-bench-"))
os.environ |= {"BARQIA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "barqia.project.settings"}
(folder / "key").write_bytes(bytes(range(32)))
(folder / "key").chmod(0o600)

import django  # noqa: E402 - after the folder is named

django.setup()

from django.core.management import call_command  # noqa: E402 - after django.setup

from barqia import desk  # noqa: E402 - as above
from barqia.delivery import handout  # noqa: E402 - as above
from barqia.delivery.lane import Accepted  # noqa: E402 - as above
from barqia.delivery.lanes_db import lane_config  # noqa: E402 - as above
from barqia.delivery.models import Delivery  # noqa: E402 - as above
from barqia.delivery.pacing.gates import Gates  # noqa: E402 - as above
from barqia.delivery.planning import digest, plan  # noqa: E402 - as above
from barqia.delivery.sending.attempts import AttemptIds  # noqa: E402 - as above
from barqia.delivery.sending.intents import LaneHold, begin  # noqa: E402 - as above
from barqia.delivery.sending.outcomes import Result, commit  # noqa: E402 - as above
from barqia.desk.words import Slot, Words  # noqa: E402 - as above
from barqia.lanes.email.terms import digest_at  # noqa: E402 - as above
from barqia.project.commands.lanes import make  # noqa: E402 - as above
from barqia.subscribers.imports import import_csv  # noqa: E402 - as above
from barqia.subscribers.models import Lane  # noqa: E402 - as above
from barqia.wire.setup import About, write  # noqa: E402 - as above

NOW = 1_800_000_000_000
SETTINGS = {"host": "127.0.0.1", "security": "none", "address": "news@paper.example"}


def _lane(name: str, how: str) -> Lane:
    lane = make(name, "email", name, SETTINGS, {})
    lines = [f"{name},r{number}@reader.example,,bench,{how}" for number in range(READERS)]
    import_csv(["lane,address,sections,consent_source,digest", *lines])
    return lane


def _plan() -> float:
    began = time.process_time()
    plan.start(NOW)
    while plan.plan_slice(1000, NOW, 4) is not None:
        pass
    return time.process_time() - began


def _send(lane: Lane, now_ms: int) -> tuple[int, float]:
    """(mails, seconds of processor time)"""
    ids = AttemptIds(lambda: now_ms, lane.pk)
    held = LaneHold(lane_config(lane), handout.hold(lane.pk), Gates(0), ids)
    mails, began = 0, time.process_time()
    while not (group := begin(held, 20, now_ms)).idle:
        results = [Result(one, one.call, Accepted(one.call.provider_id), now_ms) for one in group.intents]
        commit(held, results, now_ms)
        mails += len(results)
    return mails, time.process_time() - began


def main() -> None:
    call_command("migrate", verbosity=0)
    write(About("وكالة", "Agency", "برقية", "Asia/Damascus"))
    lanes = {"at once": _lane("at-once", ""), "digest": _lane("digest", "yes")}
    for number in range(ITEMS):
        item = desk.save(None, Words(f"افتتاح الجسر {number}", TEXT.replace("{}", str(number))), Slot(("politics",)))
        desk.publish(None, item, 0)
    planned = _plan()
    rows = Delivery.objects.count()
    print(f"planning {rows:,} deliveries of {ITEMS} items, half of them for a digest: {rows / planned:,.0f} a second")
    hour = digest.next_ms(digest_at(SETTINGS), "Asia/Damascus", NOW + digest.CUT_OFF_MS)
    for name, lane in lanes.items():
        mails, seconds = _send(lane, hour if name == "digest" else NOW)
        items = Delivery.objects.filter(lane_id=lane.pk, state="handed").count()
        said = f"{name}: {items:,} items in {mails:,} mails, {seconds * 1e6 / mails:,.0f} µs a mail"
        print(f"{said}, {seconds * 1e6 / items:,.0f} an item")


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(folder)
