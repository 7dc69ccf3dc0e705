"""Enhanced status codes (RFC 3463) as reasons: the same for a server's answer and for a bounce that comes later."""

import re

from barqia.delivery.lane import Effect

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# subject.detail -> reason of what is permanent and the mailbox's own
NO_MAILBOX = ("1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "7.17")
# about the message
TOO_LARGE = ("2.3", "3.4")
# about who sends: what a server says to us of this stops the lane, what a distant one says in a bounce does not
SENDER = ("1.7", "1.8", "7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.27")
MAILBOX_FULL = "2.2"
# without an enhanced code: RFC 5321's own, as said to RCPT
BASIC = {"550": "1.1", "551": "1.6", "552": "2.2", "553": "1.3", "556": "1.10"}


def enhanced(text: str) -> str | None:
    """The first enhanced code in a text, as 5.1.1."""
    found = ENHANCED.search(text)
    return found.group() if found else None


def reason_of(code: str) -> tuple[str, Effect]:
    """What a permanent failure 5.y.z, or a temporary one 4.y.z that was given up, says of a recipient."""
    kind, _, detail = code.partition(".")
    subject = detail.partition(".")[0]
    if detail == MAILBOX_FULL:
        return "mailbox_full", Effect.SOFT
    if kind == "4":
        return "unreachable", Effect.SOFT
    if detail in NO_MAILBOX:
        return "no_mailbox", Effect.BLOCKED
    if detail in {"2.1", "7.13"}:
        return "mailbox_off", Effect.BLOCKED
    if detail in TOO_LARGE:
        return "mail_too_large", Effect.NONE
    if detail in SENDER:
        return "sender_refused", Effect.NONE
    by_subject: dict[str, tuple[str, Effect]] = {
        "1": ("no_mailbox", Effect.BLOCKED),
        "2": ("undeliverable_mail", Effect.SOFT),
        "3": ("undeliverable_mail", Effect.SOFT),
        "4": ("unreachable", Effect.SOFT),
        "6": ("content_refused", Effect.NONE),
        "7": ("policy_refused", Effect.NONE),
    }
    return by_subject.get(subject, ("undeliverable_mail", Effect.SOFT))
