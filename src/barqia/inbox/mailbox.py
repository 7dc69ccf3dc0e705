"""New messages of an IMAP mailbox, which is left as it is: the lane's cursor says what was taken, no flag does."""

import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import certifi

from barqia.delivery.lane import Mailbox

SECONDS = 30
# one look; what is more comes with the next
MOST = 100
LARGEST = (1 << 20) + 1
UID_BITS = 32
VALIDITY = (1 << 31) - 1
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxError(Exception):
    """The mailbox could not be read; the message says why, without a word of its content."""


def new_messages(mailbox: Mailbox, offset: int) -> list[tuple[int, bytes]]:
    """(the offset that confirms it, message), oldest first. Raises MailboxError.

    An offset is the mailbox's UIDVALIDITY and the last UID taken. A mailbox that is seen for the first time, or was
    numbered anew, is read from yesterday on: what is taken twice acts once.
    """
    try:
        with _opened(mailbox) as imap:
            _type, told = imap.response("UIDVALIDITY")
            validity = int((told or [b"0"])[0] or b"0") & VALIDITY
            known = offset >> UID_BITS == validity
            last = offset & ((1 << UID_BITS) - 1) if known else 0
            since = "" if known else f" SINCE {_yesterday()}"
            found = _numbers(imap.uid("SEARCH", f"UID {last + 1}:*{since}"))
            # the range's end is the newest message, also where that is an old one
            wanted = sorted(uid for uid in found if uid > last)[:MOST]
            return [(validity << UID_BITS | uid, _message(imap, uid)) for uid in wanted]
    except imaplib.IMAP4.error as error:
        raise MailboxError(_plain(str(error))) from None
    except (OSError, ValueError) as error:
        raise MailboxError(type(error).__name__) from None


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    imap: imaplib.IMAP4
    if mailbox.tls:
        context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())
        imap = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=SECONDS)
    else:
        imap = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=SECONDS)
    with imap:
        imap.login(mailbox.username, mailbox.password)
        kind, _said = imap.select(f'"{mailbox.folder}"', readonly=True)
        if kind != "OK":
            raise MailboxError("no such folder")
        yield imap


def _numbers(answer: tuple[str, list[bytes | None]]) -> list[int]:
    return [int(number) for line in answer[1] if line for number in line.split()]


def _message(imap: imaplib.IMAP4, uid: int) -> bytes:
    """Its bytes; of one that is larger than any word or bounce the beginning. Empty where it went meanwhile."""
    _kind, data = imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)")
    return next((bytes(part[1]) for part in data if isinstance(part, tuple)), b"")


def _yesterday() -> str:
    day = datetime.now(UTC) - timedelta(days=1)
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"


def _plain(said: str) -> str:
    """The server's refusal without what it may repeat."""
    return re.sub(r"[^A-Za-z \[\]-]", "", said)[:60].strip() or "refused"
