"""A message that came back or in, as what it asks: a bounce, a complaint, an unsubscription, a reader's word, nothing.

Nothing a message says of itself is believed but what our own MAC proves. A reader's word is the exception that
`inbox` has confirmed: From: is anybody's to write.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import blake2b

from barqia.delivery.lane import Address, Broken, Inbound, LaneConfig, OptOut, Other, Word
from barqia.lanes.email.addresses import leaving_recipient
from barqia.lanes.email.reports import complaint, statuses
from barqia.text.addresses import MAIL_ADDRESS

LARGEST = 1 << 20
# of what asks nothing, and of what was sent along
KEPT = 1 << 16
TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
REPLY = re.compile(r"^\s*(?:re|fw|fwd|aw|رد|إعادة توجيه)\s*:", re.IGNORECASE)
SUBJECT_WORDS, WORD = 4, 200
# the first line of what a reader answers to
QUOTED = re.compile(r"^\s*(?:>|-{2,}|_{5,}|From:|من:|On .+ wrote:|في .+ كتب)", re.IGNORECASE)


def parse(lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:
    """One message; of several recipients a bounce is one update each."""
    update = blake2b(body, digest_size=16).hexdigest()
    if len(body) > LARGEST:
        return (Other(update, b"too large to be a word or a bounce"),)
    try:
        message = message_from_bytes(body, policy=policy.default)
        assert isinstance(message, EmailMessage), "the default policy makes them"
        return tuple(_read(lane, message, update, body[:KEPT])) or (Other(update, body[:KEPT]),)
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, AssertionError) as error:
        # what the email package stumbles over in one message must not stop those behind it
        return (Broken(update, f"no message: {type(error).__name__}", body[:KEPT]),)


def _read(lane: LaneConfig, message: EmailMessage, update: str, raw: bytes) -> Iterator[Inbound]:
    at_ms = _sent_ms(message)
    recipients = [str(value) for name in TO for value in message.get_all(name, ())]
    to = " ".join(recipients)
    kind = message.get_content_type()
    if kind == "multipart/report":
        report = message.get_param("report-type") or ""
        if report == "delivery-status":
            yield from (replace(one, raw=raw) for one in statuses(lane, message, to, update, at_ms))
        elif report == "feedback-report":
            recipient = complaint(lane, message)
            if recipient is not None:
                yield OptOut(update, recipient, at_ms, "complaint", raw)
        return
    if _is_automatic(message):
        return
    leaving = leaving_recipient(lane, to)
    if leaving is not None:
        yield OptOut(update, leaving, at_ms, "mail", raw)
    elif _is_to_list(lane, recipients):
        sender = _sender(message)
        if sender and sender != lane.settings["address"].lower():
            yield Word(update, Address(sender), _word(message), at_ms, proven=False, raw=raw)


def _sent_ms(message: EmailMessage) -> int:
    """What Date: says; 0 where it says nothing readable. The inbox never believes a time to come."""
    try:
        return max(0, int(parsedate_to_datetime(str(message["Date"])).timestamp() * 1000))
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0


def _is_automatic(message: EmailMessage) -> bool:
    """A vacation notice, another list, a machine: they ask nothing, and are never answered."""
    submitted = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    machine = any(name in message for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
    returns_nowhere = str(message.get("Return-Path", "<x>")).strip() == "<>"
    return submitted != "no" or precedence in {"bulk", "junk", "list", "auto_reply"} or machine or returns_nowhere


def _is_to_list(lane: LaneConfig, recipients: list[str]) -> bool:
    return any(address.lower() == lane.settings["address"].lower() for _name, address in getaddresses(recipients))


def _sender(message: EmailMessage) -> str | None:
    """The one who wrote, in lower case; None where From: names nobody, or several."""
    found = [address for _name, address in getaddresses([str(one) for one in message.get_all("From", ())])]
    return found[0].lower() if len(found) == 1 and MAIL_ADDRESS.fullmatch(found[0]) else None


def _word(message: EmailMessage) -> str:
    """A short subject that is no reply's; else the first line of the text that is the reader's own."""
    subject = " ".join(str(message.get("Subject", "")).split())
    if subject and not REPLY.match(subject) and len(subject.split()) <= SUBJECT_WORDS:
        return subject[:WORD]
    return next(_own_lines(message), subject)[:WORD]


def _own_lines(message: EmailMessage) -> Iterator[str]:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return
    text = part.get_content()
    if part.get_content_type() == "text/html":
        text = re.sub(r"<[^>]*>", " ", re.sub(r"(?is)<(style|script|head).*?</\1>|<br[^>]*>|</p>|</div>", "\n", text))
    for line in text.splitlines():
        if QUOTED.match(line):
            return
        if line.strip():
            yield " ".join(line.split())
