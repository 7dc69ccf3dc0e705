"""Mail that goes the other way: a reader's word, a bounce (RFC 3464), a complaint (RFC 5965)."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import format_datetime, make_msgid

from barqia.sandbox.mail.boxes import Mail

SERVER = "mx.reader.example"
LARGEST_WORD = 10_000


def word(reader: str, to: str, subject: str, text: str, at_ms: int, answers: Mail | None = None) -> bytes:
    """A reader's own mail; `answers` is the one it replies to."""
    message = _headed(reader, to, subject, at_ms)
    if answers:
        original = str(answers.message["Message-ID"] or "")
        message["In-Reply-To"], message["References"] = original, original
    message.set_content(text[:LARGEST_WORD])
    return bytes(message)


def bounce(mail: Mail, status: str, said: str, at_ms: int) -> bytes:
    """To the sender of the envelope: this recipient's server did not take it. `status` is like 5.1.1."""
    about = Message()
    about["Reporting-MTA"] = f"dns; {SERVER}"
    of = Message()
    of["Final-Recipient"] = f"rfc822; {mail.recipient}"
    of["Action"] = "failed"
    of["Status"] = status
    of["Diagnostic-Code"] = f"smtp; {said}"
    message = _report("delivery-status", f"MAILER-DAEMON@{SERVER}", mail.sender, "Undelivered Mail Returned", at_ms)
    return _with_parts(message, "Your message could not be delivered.", "delivery-status", [about, of], mail)


def complaint(mail: Mail, to: str, at_ms: int) -> bytes:
    """From the reader's provider to who sent the list: somebody called this mail unwanted."""
    about = Message()
    about["Feedback-Type"] = "abuse"
    about["User-Agent"] = "sandbox/1"
    about["Version"] = "1"
    message = _report("feedback-report", f"feedback@{SERVER}", to, f"FW: {mail.message['Subject'] or ''}", at_ms)
    return _with_parts(message, "This is a complaint about a message.", "feedback-report", [about], mail)


def _headed(sender: str, to: str, subject: str, at_ms: int) -> EmailMessage:
    """Raises ValueError where an address is none."""
    message = EmailMessage()
    message["From"], message["To"] = Address(addr_spec=sender), Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(datetime.fromtimestamp(at_ms // 1000, UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    return message


def _report(kind: str, sender: str, to: str, subject: str, at_ms: int) -> EmailMessage:
    message = _headed(sender, to, subject, at_ms)
    message["Auto-Submitted"] = "auto-replied"
    message.add_header("Content-Type", "multipart/report")
    message.set_param("report-type", kind)
    return message


def _with_parts(message: EmailMessage, words: str, kind: str, fields: list[Message], mail: Mail) -> bytes:
    """The words, the fields for machines, and the headers of the mail that it is about."""
    said = EmailMessage()
    said.set_content(words)
    told = Message()
    told["Content-Type"] = f"message/{kind}"
    told.set_payload([*fields])
    original = Message()
    original["Content-Type"] = "text/rfc822-headers; charset=utf-8"
    original.set_payload("\n".join(f"{name}: {value}" for name, value in mail.message.items()), "utf-8")
    message.set_payload([said, told, original])
    return bytes(message)
