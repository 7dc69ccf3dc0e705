"""By what name a lane's provider knows a picture that it has, until it forgets it."""

from barqia.delivery.models import Upload
from barqia.wire.models import Picture

# the id of a picture that was shown in a message is trusted for so long; where it holds no more, the address goes
SHOWN_MS = 30 * 24 * 3600 * 1000


def kept(lane_id: int, now_ms: int) -> dict[str, str]:
    """The pictures that the lane's provider has: its ids of them by digest."""
    return dict(Upload.objects.filter(lane_id=lane_id, until_ms__gt=now_ms).values_list("digest", "provider_id"))


def keep(lane_id: int, digest: str, provider_id: str, until_ms: int) -> None:
    found = {"provider_id": provider_id, "until_ms": until_ms}
    Upload.objects.update_or_create(lane_id=lane_id, digest=digest, defaults=found)


def file_of(digest: str) -> bytes:
    """The JPEG itself."""
    return bytes(Picture.objects.defer(None).only("large").get(pk=digest).large)
