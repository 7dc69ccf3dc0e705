"""Processes that end with the one that started them, also when that one is killed (Linux)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(sig: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel for `sig` when the process that started this one ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(sig))
        if os.getppid() == 1 and os.getpid() != 1 and "BARQIA_PARENT" in os.environ:
            sys.exit(0)
