"""What a provider's word on the lane's own account holds up, and what goes on by itself when that is over."""

from barqia.delivery.account.board import pause, pause_lane
from barqia.delivery.lane import Refused
from barqia.delivery.models import Chunk, Mailing, SourceKind
from barqia.delivery.sending.outcomes import hold_mailing
from barqia.subscribers.models import Lane


def hold(lane_id: int, refusal: Refused) -> None:
    """Hold the mailings that have something left to go on this lane, as its first refusal would."""
    for mailing in Mailing.objects.filter(pk__in=_on_their_way(lane_id), paused=False).order_by("pk"):
        hold_mailing(mailing, refusal)


def let_go_on(lane_id: int, reason: str) -> None:
    """What stands still for this reason, the lane or mailings on it, and not by a person's hand, goes on."""
    if Lane.objects.filter(pk=lane_id, alert__startswith=f"{reason}:").exists():
        pause_lane(None, lane_id, False)
    held = Mailing.objects.filter(pk__in=_on_their_way(lane_id), paused=True, held__startswith=f"{reason}:")
    for release_id in held.order_by("pk").values_list("pk", flat=True):
        pause(None, release_id, False)


def _on_their_way(lane_id: int) -> list[int]:
    """The releases with a chunk that is not done."""
    found = Chunk.objects.filter(lane_id=lane_id, done=False, source_kind=SourceKind.RELEASE)
    return list(found.values_list("source_id", flat=True).distinct())
