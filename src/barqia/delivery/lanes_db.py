"""A lane's row, opened for a lane kind."""

from django.conf import settings

from barqia.delivery.lane import LaneConfig
from barqia.subscribers.models import Lane
from barqia.subscribers.vault import vault
from barqia.wire.models import Newsroom


def lane_config(lane: Lane) -> LaneConfig:
    """Raises SetupError when the key does not open the lane's secrets."""
    return LaneConfig(
        id=lane.pk,
        name=lane.name,
        kind=lane.kind,
        settings=lane.settings,
        secrets=vault().open_json(bytes(lane.secrets)),
        key=vault().lane_key(lane.pk),
        site=settings.BARQIA_BASE_URL,
        zone=Newsroom.objects.values_list("zone", flat=True).first() or "UTC",
    )
