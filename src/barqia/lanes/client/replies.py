"""What a client's server says: any 2xx takes it, 410 wants no more, the rest is tried again while it is news."""

from barqia.delivery.lane import Accepted, Call, Effect, Outcome, Refused, Reply, Throttled
from barqia.lanes.client.calls import ID

# ten seconds, twenty … to three hours: some seventeen times in a day
FIRST_MS, GROWTH = 10_000, 2
MOST_SECONDS = 3600
GONE, TOO_LARGE = 410, 413


def outcome(call: Call, reply: Reply) -> Outcome:
    """Redirects are not followed: whoever moves says so to the newsroom, which then signs for the new address."""
    if 200 <= reply.status < 300:
        return Accepted(call.headers[ID], delivered=True)
    if reply.status == GONE:
        return Refused("endpoint_gone", str(reply.status), Effect.BLOCKED)
    if reply.status == TOO_LARGE:
        return Refused("endpoint_too_small", str(reply.status))
    after = reply.headers.get("retry-after", "")
    if reply.status in {429, 503} and after.isascii() and after.isdigit():
        return again(str(reply.status), 1000 * min(MOST_SECONDS, max(1, int(after[:6]))))
    return again(f"http_{reply.status}")


def again(code: str, first_ms: int = FIRST_MS) -> Throttled:
    """Tried again, each time after twice as long, while the news lives."""
    return Throttled(first_ms, False, code, GROWTH, reason="endpoint_failed")
