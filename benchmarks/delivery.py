"""Delivery's figures in one run on one machine: the shipped sender, its transport alone, and what others would use.

    python benchmarks/delivery.py [--quick] [--rounds N] [--only SECTION ...] [--json FILE] [--profile FOLDER]

Markdown goes to standard output. Wants Linux with two cores and nginx; what else is missing is left out, with the
reason. `make benchmarks-delivery` installs the rivals first and writes `docs/figures-delivery.md`.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from delivering import million, pacing, profile, report, scaling, speed
from delivering.bench import QUICK, Bench, Sizes
from delivering.stub import Stub, missing

SECTIONS = {
    "speed": speed.measure,
    "far": speed.measure_far,
    "million": million.measure,
    "pace": pacing.measure,
    "lanes": scaling.measure,
    "workers": scaling.measure_workers,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: whether it works, no figures")
    parser.add_argument("--rounds", type=int, metavar="N", help="alternating rounds; five when left out")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures and the numbers behind them")
    parser.add_argument("--profile", type=Path, metavar="FOLDER", help="py-spy's samples of the sender's last round")
    given = parser.parse_args()
    if missing():
        sys.exit(missing())
    sizes = QUICK if given.quick else Sizes()
    sizes = replace(sizes, rounds=given.rounds or sizes.rounds)
    sections = {}
    with tempfile.TemporaryDirectory(prefix="barqia-bench-") as name, Stub(Path(name) / "stub") as stub:
        bench = Bench(Path(name), stub, sizes, given.profile)
        for section in given.only:
            print(f"{section}:", file=sys.stderr)
            sections[section] = SECTIONS[section](bench)
            if given.json:
                told = report.as_json(sections, sizes)
                given.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    print(report.markdown(sections, sizes), end="")
    if given.profile:
        for raw in given.profile.glob("*.raw"):
            raw.with_suffix(".txt").write_text(profile.tables(raw), "utf-8")


if __name__ == "__main__":
    main()
