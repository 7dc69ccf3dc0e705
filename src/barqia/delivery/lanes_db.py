"""A lane's row, opened for a lane kind."""

from barqia.delivery.lane import LaneConfig
from barqia.subscribers.models import Lane
from barqia.subscribers.vault import vault


def lane_config(lane: Lane) -> LaneConfig:
    """Raises SetupError when the key does not open the lane's secrets."""
    return LaneConfig(
        id=lane.pk,
        name=lane.name,
        kind=lane.kind,
        settings=lane.settings,
        secrets=vault().open_json(bytes(lane.secrets)),
    )
