"""Processes that end with the one that started them, also when that one is killed (Linux)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT = "BARQIA_PARENT"


def end_with_parent(sig: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel for `sig` when the process that started this one ends; `BARQIA_PARENT` names that process.

    It may have ended before the kernel was asked: then this one ends now. Its number may well be 1, in a container.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(sig))
        parent = os.environ.get(PARENT, "")
        if parent.isdecimal() and os.getppid() != int(parent):
            sys.exit(0)
