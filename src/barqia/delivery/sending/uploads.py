"""Pictures that a provider takes before messages show them: once a lane and picture, beside the mailing.

Nothing waits for it: until the provider has a picture, and where it refuses it, messages name its public address.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.db import DatabaseError

from barqia.delivery.clock import Clock
from barqia.delivery.lane import LaneConfig, MediaStore, Reply
from barqia.delivery.models import Chunk, SourceKind
from barqia.delivery.sending.clearing import within
from barqia.delivery.sending.pictures import file_of, keep
from barqia.delivery.transport.http import Http
from barqia.wire.models import Release

log = logging.getLogger("barqia.delivery")
AGAIN_MS = 60_000


class Uploads:
    """One lane's. `media` is told of each picture the provider has: its id there, by digest."""

    def __init__(
        self,
        lane: LaneConfig,
        store: MediaStore,
        media: MutableMapping[str, str],
        http: Http,
        database: Callable[..., Awaitable[Any]],
    ) -> None:
        self._lane, self._store, self._media = lane, store, media
        self._http, self._database = http, database
        self._again_ms: dict[str, int] = {}
        self._stir = asyncio.Event()

    def look(self) -> None:
        """A mailing may have begun."""
        self._stir.set()

    async def run(self, clock: Clock) -> None:
        """Until cancelled."""
        while True:
            await within(self._stir, AGAIN_MS / 1000)
            self._stir.clear()
            try:
                for digest in await self._database(wanted, self._lane.id):
                    if digest not in self._media and self._again_ms.get(digest, 0) <= clock():
                        await self._upload(digest, clock)
            except DatabaseError as error:
                log.error("lane %s: the database refuses (%s)", self._lane.name, type(error).__name__)  # noqa: TRY400

    async def _upload(self, digest: str, clock: Clock) -> None:
        jpeg: bytes = await self._database(file_of, digest)
        answer = await self._http.call(self._store.upload(self._lane, jpeg))
        found = self._store.media_id(answer) if isinstance(answer, Reply) else None
        if found is None:
            self._again_ms[digest] = clock() + AGAIN_MS
            what = str(answer.status) if isinstance(answer, Reply) else answer.code
            log.warning("lane %s: the provider did not take a picture (%s); its address goes", self._lane.name, what)
            return
        await self._database(keep, self._lane.id, digest, found, clock() + self._store.kept_ms)
        self._media[digest] = found


def wanted(lane_id: int) -> list[str]:
    """The pictures of what is being sent on the lane."""
    releases = Chunk.objects.filter(lane_id=lane_id, done=False, source_kind=SourceKind.RELEASE)
    with_one = Release.objects.filter(pk__in=releases.values("source_id"), revision__picture__isnull=False)
    return list(with_one.values_list("revision__picture_id", flat=True).distinct())
