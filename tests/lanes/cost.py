"""What a call costs the sender before it goes, by kind: `PYTHONPATH=tests python -m lanes.cost [CALLS]`.

The story's words are written once for all; what is each recipient's own is counted: addresses, signatures, encryption.
"""

import sys
import time
from statistics import median

from django.conf import settings

import conftest  # the settings of the tests
from lanes.contract import found_kind

ROUNDS = 5


def microseconds(name: str, calls: int) -> float:
    kind, table = found_kind(name)
    lane = table.lane(kind)
    jobs = [table.job(tag=64 * (number + 1)) for number in range(calls)]
    kind.render(jobs[0], lane)
    began = time.process_time()
    for job in jobs:
        kind.render(job, lane)
    return (time.process_time() - began) / calls * 1e6


if __name__ == "__main__":
    assert conftest, "imported for the settings alone"
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for name in settings.BARQIA_LANE_KINDS:
        print(f"{name}: {median(microseconds(name, calls) for _ in range(ROUNDS)):.0f} µs a call")
