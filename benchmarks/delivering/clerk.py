"""One newsroom's clerk: a process that publishes and reads the account, asked in lines of JSON.

It stands for the editor's screen: another process than the sender, on the other core, that writes the database.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from barqia.project.boot import ready

ready()

from django.db.models import Count, Max, Min  # noqa: E402 - after django.setup

from barqia import desk  # noqa: E402 - as above
from barqia.delivery.clock import now_ms  # noqa: E402 - as above
from barqia.delivery.models import Chunk, Delivery, Mailing, Pulse, SourceKind  # noqa: E402 - as above
from barqia.delivery.planning import plan  # noqa: E402 - as above
from barqia.delivery.sql import run  # noqa: E402 - as above
from barqia.desk.words import Slot, Words  # noqa: E402 - as above
from barqia.subscribers.models import Lane  # noqa: E402 - as above

Answer = dict[str, Any]
OPEN = {"planned", "claimed", "handing"}


def set_lanes(concurrency: int, rate: float) -> Answer:
    Lane.objects.update(concurrency=concurrency, rate=rate)
    return {"lanes": Lane.objects.count()}


def publish(headline: str, text: str, urgency: int, section: str) -> Answer:
    """`asked` and `published` are seconds: before the verb, and after its transaction."""
    item = desk.save(None, Words(headline, text), Slot((section,), urgency))
    asked = time.time()
    release = desk.publish(None, item, item.sequence)
    return {"release": release.pk, "asked": asked, "published": time.time()}


def beats() -> Answer:
    """When the sender last showed that it runs; 0 for never."""
    found = Pulse.objects.aggregate(at=Max("at_ms"))["at"]
    return {"at_ms": found or 0}


def holders(since_ms: float) -> Answer:
    """How many lanes each worker holds that has shown since then that it runs."""
    living = Pulse.objects.filter(shares=True, at_ms__gte=since_ms).order_by("worker")
    return {"lanes": [len(held) for held in living.values_list("lanes", flat=True)]}


def progress(release: int) -> Answer:
    """`done` when nothing of the mailing is open; then its states, and when it was planned and last changed."""
    mailing = Mailing.objects.filter(pk=release).first()
    chunks = Chunk.objects.filter(source_kind=SourceKind.RELEASE, source_id=release)
    if mailing is None or mailing.planned_ms is None or chunks.filter(done=False).exists():
        return {"done": False, "planned_ms": mailing and mailing.planned_ms}
    rows = Delivery.objects.filter(source_kind=SourceKind.RELEASE, source_id=release)
    states = dict(rows.values_list("state").annotate(count=Count("id")))
    if OPEN & states.keys():
        return {"done": False, "planned_ms": mailing.planned_ms}
    ends = rows.aggregate(first=Min("changed_ms"), last=Max("changed_ms"))
    return {"done": True, "states": states, "planned_ms": mailing.planned_ms, "last_ms": ends["last"]}


def cancel(release: int) -> Answer:
    return {"cancelled": plan.cancel(release, now_ms())}


def statistics() -> Answer:
    """As an operator's database has them after its first days."""
    run("ANALYZE")
    return {}


VERBS: dict[str, Callable[..., Answer]] = {
    verb.__name__: verb for verb in (set_lanes, publish, beats, holders, progress, cancel, statistics)
}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(VERBS[asked.pop("do")](**asked)), flush=True)


if __name__ == "__main__":
    main()
