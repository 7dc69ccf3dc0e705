"""What a mail server's last word means, by its code and by the stage at which it was said."""

from barqia.delivery.lane import (
    Accepted,
    Call,
    Effect,
    Outcome,
    Refused,
    Reply,
    Throttled,
    Transient,
)
from barqia.lanes.email.codes import BASIC, SENDER, TOO_LARGE, enhanced, reason_of

MINUTE_MS, HOUR_MS = 60_000, 3600_000
# greylisting lets the second try pass after one to five minutes
GREYLISTED_MS = 2 * MINUTE_MS
FULL_MS = HOUR_MS


def outcome(call: Call, reply: Reply) -> Outcome:
    said = reply.body.decode("utf-8", "replace")
    code = enhanced(said) or ""
    shown = " ".join(filter(None, (str(reply.status), code)))
    if reply.status < 400:
        return Accepted(call.provider_id)
    if reply.status < 500:
        return _for_now(reply, code, shown)
    stage = reply.headers.get("stage", "")
    return _refused(reply.status, stage, code, shown)


def _for_now(reply: Reply, code: str, shown: str) -> Outcome:
    """4xx: surely not taken. Before a recipient was named it is said to the lane, then to this recipient."""
    detail = code.partition(".")[2]
    if reply.headers.get("stage") == "rcpt" and reply.status != 421:
        if detail == "2.2":
            return Throttled(FULL_MS, False, shown, growth=2, reason="mailbox_full")
        return Throttled(GREYLISTED_MS, False, shown, growth=2)
    if reply.status == 452 or detail in {"3.1", "7.0", "7.1"} or reply.status == 421:
        return Throttled(MINUTE_MS, True, shown)
    return Transient(shown)


def _refused(status: int, stage: str, code: str, shown: str) -> Outcome:
    detail = code.partition(".")[2]
    if status in {530, 534, 535, 538} or (stage == "hello" and detail.startswith("7.")):
        return Refused("identity", shown, Effect.STOP_LANE)
    if detail in TOO_LARGE or (status == 552 and stage in {"mail", "end"}):
        return Refused("mail_too_large", shown)
    if stage in {"hello", "mail"} or detail in SENDER:
        return Refused("sender_refused", shown, Effect.STOP_LANE)
    if stage == "rcpt":
        basic = BASIC.get(str(status))
        reason, effect = reason_of(code or f"5.{basic}" if code or basic else "5.7.0")
        return Refused(reason, shown, effect)
    return Refused("content_refused", shown)
