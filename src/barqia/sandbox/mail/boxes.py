"""What mail has come: by address, in threads."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
KEPT = 50_000


@dataclass(slots=True, weakref_slot=True, eq=False)
class Mail:
    """One mail as it came: `sender` and `recipient` of the envelope."""

    id: int
    sender: str
    recipient: str
    raw: bytes
    at_ms: int

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    def as_json(self) -> Json:
        message = self.message
        about: Json = {"id": self.id, "from": str(message["From"]), "to": self.recipient, "envelope": self.sender}
        about |= {"subject": str(message["Subject"] or ""), "at_ms": self.at_ms, "text": part(message, "plain")}
        return about | {
            "html": part(message, "html"),
            "headers": [[name, str(value)] for name, value in message.items()],
        }


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return str(found.get_content()) if found is not None else ""


def one_click(message: EmailMessage) -> str:
    """Where RFC 8058's POST goes; empty where the mail does not offer it."""
    if str(message.get("List-Unsubscribe-Post", "")).strip() != "List-Unsubscribe=One-Click":
        return ""
    offered = [one.strip().strip("<>") for one in str(message.get("List-Unsubscribe", "")).split(",")]
    return next((one for one in offered if urlsplit(one).scheme in {"https", "http"}), "")


class Boxes:
    """The newest mails of all addresses."""

    def __init__(self) -> None:
        self._mails: dict[int, Mail] = {}
        self._next = 1

    def put(self, sender: str, recipient: str, raw: bytes, at_ms: int) -> Mail:
        mail = Mail(self._next, sender, recipient.lower(), raw, at_ms)
        self._mails[mail.id] = mail
        self._next += 1
        while len(self._mails) > KEPT:
            del self._mails[next(iter(self._mails))]
        return mail

    def get(self, number: int) -> Mail | None:
        return self._mails.get(number)

    def addresses(self) -> dict[str, int]:
        """How many mails each has, the one that heard last first."""
        found: dict[str, int] = {}
        for mail in reversed(self._mails.values()):
            found[mail.recipient] = found.get(mail.recipient, 0) + 1
        return found

    def of(self, address: str) -> list[Mail]:
        """An address's mails, in the order they came."""
        return [mail for mail in self._mails.values() if mail.recipient == address.lower()]

    def threads(self, address: str) -> list[list[Mail]]:
        """The same by thread, the one that heard last first: a mail is in the thread of what it refers to."""
        thread_of: dict[str, list[Mail]] = {}
        threads: list[list[Mail]] = []
        for mail in self.of(address):
            message = mail.message
            thread = next((thread_of[one] for one in _referred(message) if one in thread_of), None)
            if thread is None:
                threads.append(thread := [])
            thread.append(mail)
            thread_of[str(message.get("Message-ID", ""))] = thread
        return sorted(threads, key=lambda thread: thread[-1].id, reverse=True)


def _referred(message: EmailMessage) -> Iterator[str]:
    for name in ("In-Reply-To", "References"):
        yield from str(message.get(name, "")).split()
