"""Signs of life: what each sender last said of itself. For people and for sharing lanes; nothing relies on them."""

from collections.abc import Set as AbstractSet

from barqia.delivery.models import Pulse

# who shares lanes says so every second
SHARING_MS = 4_000
LATE_MS = 20_000
FORGOTTEN_MS = 3600 * 1000


def beat(me: str, lanes: AbstractSet[int], plans: bool, shares: bool, now_ms: int) -> dict[str, set[int]]:
    """Say what this process holds. Returns {worker: lanes} of those that live and share lanes, this one included."""
    said = {"at_ms": now_ms, "lanes": sorted(lanes), "plans": plans, "shares": shares}
    Pulse.objects.update_or_create(worker=me, defaults=said)
    Pulse.objects.filter(at_ms__lt=now_ms - FORGOTTEN_MS).delete()
    sharing = Pulse.objects.filter(shares=True, at_ms__gt=now_ms - SHARING_MS)
    return {worker: set(held) for worker, held in sharing.values_list("worker", "lanes")}


def leave(me: str) -> None:
    """This process ends in good order."""
    Pulse.objects.filter(worker=me).delete()


def living(now_ms: int) -> list[Pulse]:
    """Those that lately gave a sign of life."""
    return list(Pulse.objects.filter(at_ms__gt=now_ms - LATE_MS).order_by("worker"))
