"""Delivery's figures: ours as shipped, the same transport alone, and what others would use, in one run.

python benchmarks/delivery.py [--quick] [--json FILE]
"""

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from delivering import newsroom, rounds
from delivering.stub import Stub, missing

CONCURRENCY = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if missing():
        sys.exit(missing())
    with tempfile.TemporaryDirectory(prefix="barqia-bench-") as name, Stub(Path(name) / "stub") as stub:
        folder = Path(name)
        room = newsroom.make(folder / "newsroom", stub.environment)
        newsroom.add_lane(room, stub.url)
        print(f"import {newsroom.add_readers(room, given.readers):.1f} s", file=sys.stderr)
        with newsroom.Clerk(room) as clerk:
            clerk.ask("set_lanes", concurrency=CONCURRENCY, rate=newsroom.NO_PACE)
            clerk.ask("statistics")

        def ours() -> rounds.Round:
            fresh = newsroom.copy(room, folder / "round")
            try:
                return rounds.ours(fresh, stub)
            finally:
                newsroom.remove(fresh)

        found = rounds.alternating(
            given.rounds,
            {
                "ours": ours,
                "raw": partial(rounds.rival, "raw_loop", stub.url, given.readers, CONCURRENCY, stub),
                "aiogram": partial(rounds.rival, "aiogram_gather", stub.url, given.readers // 4, CONCURRENCY, stub),
            },
        )
    told = {name: dict(zip(("rate", "cpu_us"), rounds.middle(each), strict=True)) for name, each in found.items()}
    for name in ("raw", "aiogram"):
        told[name]["ours_times"] = rounds.ratio(found["ours"], found[name])
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
