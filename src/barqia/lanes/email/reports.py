"""Reports about our own messages: bounces (RFC 3464) and complaints (RFC 5965), believed where our MAC is in them."""

from collections.abc import Iterator
from email.message import EmailMessage, Message

from barqia.delivery.lane import LaneConfig, Status
from barqia.lanes.email.addresses import bounced_tag, leaving_recipient, message_id
from barqia.lanes.email.codes import enhanced, reason_of

FIELD = 300


def statuses(lane: LaneConfig, report: EmailMessage, to: str, update: str, at_ms: int) -> Iterator[Status]:
    """What a bounce says of the one attempt whose return address it came to. What is only delayed says nothing."""
    tag = bounced_tag(lane, to)
    if tag is None:
        return
    for number, fields in enumerate(_recipients(report)):
        action = str(fields.get("Action", "")).strip().lower()
        code = _code(fields)
        update_id = f"{update}-{number}"
        if action == "failed":
            reason, effect = reason_of(code)
            yield Status(update_id, message_id(lane, tag), "failed", at_ms, tag, reason, code, effect)
        elif action == "delivered":
            yield Status(update_id, message_id(lane, tag), "delivered", at_ms, tag)


def _recipients(report: EmailMessage) -> Iterator[Message]:
    """The groups of fields a recipient in the delivery-status part; its first group is of the message."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            if isinstance(groups, list):
                yield from (group for group in groups if isinstance(group, Message) and "Action" in group)


def _code(fields: Message) -> str:
    """The server's own enhanced code where it said one: a relay's Status: is often only 5.0.0."""
    status = enhanced(str(fields.get("Status", ""))[:FIELD]) or "5.0.0"
    said = enhanced(str(fields.get("Diagnostic-Code", ""))[:FIELD])
    return said if said and status.endswith(".0.0") else status


def complaint(lane: LaneConfig, report: EmailMessage) -> int | None:
    """The recipient whose unsubscription address is among the headers of the message that is complained of."""
    for part in report.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            found = leaving_recipient(lane, _original(part))
            if found is not None:
                return found
    return None


def _original(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return " ".join(str(value) for one in payload if isinstance(one, Message) for value in one.values())
    # whatever way they were encoded for the journey
    decoded = part.get_payload(decode=True)
    return decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else ""
