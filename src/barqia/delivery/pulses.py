"""Signs of life: what each sender last said of itself. For people and for sharing lanes; nothing relies on them."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from barqia.delivery.models import Pulse

# who shares lanes says so every second
SHARING_MS = 4_000
LATE_MS = 20_000
FORGOTTEN_MS = 3600 * 1000


@dataclass(frozen=True, slots=True)
class Beat:
    """What a process says of itself, as in `Pulse`."""

    worker: str
    lanes: AbstractSet[int]
    plans: bool
    several: bool
    shares: bool


def beat(me: Beat, now_ms: int) -> dict[str, set[int]]:
    """Say what this process holds. Returns {worker: lanes} of those that live and share lanes, this one included."""
    said = {
        "at_ms": now_ms,
        "lanes": sorted(me.lanes),
        "plans": me.plans,
        "several": me.several,
        "shares": me.shares,
    }
    Pulse.objects.update_or_create(worker=me.worker, defaults=said)
    Pulse.objects.filter(at_ms__lt=now_ms - FORGOTTEN_MS).delete()
    sharing = Pulse.objects.filter(shares=True, at_ms__gt=now_ms - SHARING_MS)
    return {worker: set(held) for worker, held in sharing.values_list("worker", "lanes")}


def leave(me: str) -> None:
    """This process ends in good order."""
    Pulse.objects.filter(worker=me).delete()


def living(now_ms: int) -> list[Pulse]:
    """Those that lately gave a sign of life."""
    return list(Pulse.objects.filter(at_ms__gt=now_ms - LATE_MS).order_by("worker"))
