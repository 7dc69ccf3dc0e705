"""Where a sender's time goes: py-spy's samples of all its threads, as tables of own and cumulative shares."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from delivering.machine import OTHER, on

PY_SPY = Path(sys.executable).with_name("py-spy")
TOP = 40
SAMPLES_A_SECOND = 200
# a pool's thread with nothing to do, which py-spy takes for busy
WAITING = "_worker (concurrent/futures/thread.py"


def start(pid: int, folder: Path | None, name: str) -> None:
    """Sample the process until it ends; needs the right to trace it (root, or ptrace_scope 0)."""
    if folder is None:
        return
    raw = str(folder / f"{name}.raw")
    settings = ["--format", "raw", "--rate", str(SAMPLES_A_SECOND), "--threads", "--function", "--output", raw]
    subprocess.Popen(on(OTHER, str(PY_SPY), "record", "--pid", str(pid), *settings), stdout=subprocess.DEVNULL)


def tables(raw: Path) -> str:
    """The functions by own and by cumulative time, in percent of all samples."""
    own, whole, total = Counter[str](), Counter[str](), 0
    for line in raw.read_text("utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if frames[-1].startswith(WAITING):
            continue
        own[frames[-1]] += int(count)
        for frame in set(frames):
            whole[frame] += int(count)
        total += int(count)
    return f"{_table('own', own, total)}\n\n{_table('cumulative', whole, total)}\n"


def _table(title: str, counts: Counter[str], total: int) -> str:
    rows = (f"{100 * count / total:6.2f} %  {name}" for name, count in counts.most_common(TOP))
    return "\n".join([f"by {title} time, {total} samples", *rows])
