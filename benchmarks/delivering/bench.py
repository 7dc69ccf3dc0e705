"""What a run is made of: its sizes, its folder and stub; and what a section of it tells."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from delivering import newsroom
from delivering.newsroom import NO_PACE, Clerk, Newsroom
from delivering.stub import Stub

CONCURRENCY = 100

RATE_ALLOWED = 1000


@dataclass(frozen=True, slots=True)
class Sizes:
    """`readers` of a mailing, and messages for the quicker and the slower rivals; `pace` messages a second."""

    readers: int = 100_000
    quick_rival: int = 25_000
    slow_rival: int = 2_000
    far_away: int = 20_000
    rounds: int = 5
    million: int = 1_000_000
    firsts: int = 5
    pace: int = 1_000
    pace_seconds: int = 60
    lane_readers: int = 20_000


QUICK = Sizes(
    readers=2_000, quick_rival=500, slow_rival=100, far_away=1_000, rounds=1, million=5_000, firsts=1, pace=200,
    pace_seconds=2, lane_readers=500,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met` is whether the goal is reached, None where there is none."""

    what: str
    value: str
    goal: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Told:
    """What a section found: lines for the table, why some are missing, and the numbers behind them."""

    figures: list[Figure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)

    def add(self, what: str, value: str, goal: str = "", met: bool | None = None) -> None:
        self.figures.append(Figure(what, value, goal, met))


@dataclass(frozen=True, slots=True)
class Bench:
    """One run. A section makes the newsrooms it needs in `folder`."""

    folder: Path
    stub: Stub
    sizes: Sizes
    profile: Path | None

    def newsroom(self, name: str, readers: int, lanes: int = 1, database: str = "", field_every: int = 1) -> Newsroom:
        """With its readers imported and nothing sent; its lanes have no pace to keep and go to the quick stub."""
        room = newsroom.make(self.folder / name, self.stub.environment, database)
        for _ in range(lanes):
            newsroom.add_lane(room, self.stub.url)
        newsroom.add_readers(room, readers, field_every)
        self.set_lanes(room, CONCURRENCY)
        return room

    def set_lanes(self, room: Newsroom, concurrency: int, rate: float = NO_PACE) -> None:
        with Clerk(room) as clerk:
            clerk.ask("set_lanes", concurrency=concurrency, rate=rate)
            clerk.ask("statistics")

    def far_away(self, room: Newsroom) -> None:
        """Let the newsroom's lanes go to the stub that takes its time."""
        assert self.stub.slow_url
        self.set_lanes(room, CONCURRENCY, RATE_ALLOWED)  # no command takes a lane that keeps no pace
        for lane in room.lanes:
            room.command("lane", "set", lane, f"api_base={self.stub.slow_url}")
        self.set_lanes(room, CONCURRENCY)
