"""What can go wrong, as one tree. Every message says what happened, to which item, and what to do.

BarqiaError
├── InputError        what was given cannot be used: a file, a text, a setting, an argument
│   └── NotFound      no such dispatch, section, lane, user
├── VerbRefused       a verb of the desk was not carried out; nothing changed
│   ├── WrongState    the item is in a state that has no such verb
│   ├── Stale         the item changed since its editor saw it
│   └── NotAllowed    the user's role has no such verb
├── SetupError        the installation: data folder, key, database, port
│   └── InUse         another process has what this one needs
└── LaneError         a provider refuses the lane's identity or settings
"""

from typing import ClassVar


class BarqiaError(Exception):
    """Base of all errors meant for a person; `str()` is the whole message, one line, translated."""

    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 400


class InputError(BarqiaError):
    exit_status = 2


class NotFound(InputError):
    http_status = 404


class VerbRefused(BarqiaError):
    exit_status = 3
    http_status = 409


class WrongState(VerbRefused):
    pass


class Stale(VerbRefused):
    pass


class NotAllowed(VerbRefused):
    http_status = 403


class SetupError(BarqiaError):
    exit_status = 4
    http_status = 503


class InUse(SetupError):
    pass


class LaneError(BarqiaError):
    exit_status = 5
    http_status = 502
