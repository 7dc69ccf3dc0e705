"""Cores and CPU time. What is measured runs on one core, the provider's stub and any database server on the other."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CORES = sorted(os.sched_getaffinity(0))
OURS, OTHER = CORES[0], CORES[-1]
TICK = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
STOP_SECONDS = 20


def on(core: int, *command: str) -> list[str]:
    """The command, to run on that core with everything it starts."""
    return ["taskset", "--cpu-list", str(core), *command]


def stop(child: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    """Ask it to end; insist when it does not."""
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of these processes, of what they started and of what of that has ended."""
    seen, ticks = set(), 0
    children = _children()
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        if pid in seen:
            continue
        seen.add(pid)
        waiting += children.get(pid, [])
        with contextlib.suppress(OSError):
            ticks += sum(int(part) for part in _stat(pid)[11:15])
    return ticks / TICK


def _stat(pid: int) -> list[str]:
    """What /proc/PID/stat says after the process's name, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2].split()


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    return children


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * PAGE_BYTES / 1e6


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on."""
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(what: Callable[[], bool], seconds: float, name: str, pause: float = 0.05) -> None:
    """Wait for `what`. Raises TimeoutError naming it."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name}: not within {seconds:g} s")
        time.sleep(pause)
