"""What a provider's word on the lane's own account holds up, and what goes on by itself when that is over."""

from barqia.delivery.account.board import pause_lane
from barqia.delivery.handout import let_groups_end
from barqia.delivery.lane import Refused
from barqia.delivery.models import Chunk, Held, SourceKind
from barqia.delivery.planning import plan
from barqia.delivery.sending.outcomes import hold_mailing
from barqia.subscribers.models import Lane
from barqia.wire.models import audit


def hold(lane_id: int, refusal: Refused) -> None:
    """Hold what is left to go on this lane of the mailings on their way, as their first refusal would."""
    let_groups_end([lane_id])
    for release_id in _on_their_way(lane_id):
        hold_mailing(release_id, lane_id, refusal)


def let_go_on(lane_id: int, reason: str) -> None:
    """What stands still for this reason, the lane or parts of mailings on it, and not by a person's hand, goes on."""
    if Lane.objects.filter(pk=lane_id, alert__startswith=f"{reason}:").exists():
        pause_lane(None, lane_id, False)
    let_groups_end([lane_id])
    for held in Held.objects.filter(lane_id=lane_id, why__startswith=f"{reason}:").order_by("release_id"):
        plan.let_go(held.release_id, lane_id)
        audit(None, "resume", release=held.release_id, lane=lane_id)


def _on_their_way(lane_id: int) -> list[int]:
    """The releases with a chunk that is not done."""
    found = Chunk.objects.filter(lane_id=lane_id, done=False, source_kind=SourceKind.RELEASE)
    return list(found.order_by("source_id").values_list("source_id", flat=True).distinct())
