"""Files behind a `link`: fetched where they are on this machine, kept for ten minutes."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from barqia.sandbox.clock import Clock
from barqia.sandbox.whatsapp.media.shelf import KINDS, unfit

KEPT_MS = 600_000
SECONDS = 20
HERE = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """`why` says what was wrong with it."""

    mime: str = ""
    data: bytes = b""
    why: str = ""


def is_here(link: str) -> bool:
    """Whether a link leads to this machine: the sandbox asks no other."""
    try:
        return urlsplit(link).hostname in HERE
    except ValueError:
        return False


class Fetcher:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[int, Fetched]] = {}

    async def fetch(self, kind: str, link: str) -> Fetched:
        now = self._clock.now_ms()
        self._kept = {url: kept for url, kept in self._kept.items() if kept[0] > now}
        if link not in self._kept:
            found = await self._ask(link, KINDS[kind][0])
            if found.why:
                return found
            self._kept[link] = (now + KEPT_MS, found)
        found = self._kept[link][1]
        why = unfit(kind, found.mime, found.data)
        return Fetched(found.mime, found.data, why)

    async def _ask(self, link: str, most: int) -> Fetched:
        limit = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=limit) as session, session.get(link) as answer:
                if answer.status != 200:
                    return Fetched(why=f"Downloading media from weblink failed with http code {answer.status}")
                # one byte more than may be: then it is too big, and no more is read
                data = await answer.content.read(most + 1)
                while not answer.content.at_eof() and len(data) <= most:
                    data += await answer.content.read(most + 1 - len(data))
                return Fetched(answer.content_type, data)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Fetched(why="Downloading media from weblink failed: the address does not answer")
