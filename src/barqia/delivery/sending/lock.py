"""The exclusive lock on the data folder: only the one sender holds it."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from django.utils.translation import gettext as _

from barqia.errors import InUse


class DataLock:
    """Held as a context manager; the kernel frees it when its process ends, however it ends.

    The file is opened close-on-exec, so nothing the holder starts inherits the lock.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / "sender.lock"
        self._file: int | None = None

    def __enter__(self) -> Self:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode() or "?"
            os.close(descriptor)
            raise InUse(
                _("Another sender (process %(pid)s) works on %(folder)s: stop it first, or let it do the sending.")
                % {"pid": holder.strip(), "folder": self._path.parent}
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._file = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
