"""What push services answer (RFC 8030, and the words of Google's, Mozilla's and Apple's)."""

from barqia.delivery.lane import Accepted, Call, Effect, Outcome, Refused, Reply, Throttled, Transient

SECOND_MS = 1000
USUAL_SECONDS, MOST_SECONDS = 60, 6 * 3600
# of a subscription that was made with another key: whoever made it up, it is theirs and stops no lane
OF_ANOTHER_KEY = (b"correspond", b"mismatch", b"pkhashmismatch")


def outcome(call: Call, reply: Reply) -> Outcome:
    """A push service says nothing of what becomes of a message: taken is the last we hear."""
    status = reply.status
    if 200 <= status < 300:
        return Accepted(call.headers["topic"], delivered=True)
    if status in {404, 410}:
        return Refused("push_gone", str(status), Effect.BLOCKED)
    if status == 429:
        return Throttled(_seconds(reply) * SECOND_MS, False, "429", growth=2)
    if status >= 500:
        return Transient(f"http_{status}")
    if any(words in reply.body.lower() for words in OF_ANOTHER_KEY):
        return Refused("push_of_another_key", str(status), Effect.BLOCKED)
    if status in {401, 403}:
        return Refused("identity", str(status), Effect.STOP_LANE)
    return Refused("our_fault", str(status))


def _seconds(reply: Reply) -> int:
    after = reply.headers.get("retry-after", "")
    return min(MOST_SECONDS, max(1, int(after[:6]))) if after.isascii() and after.isdigit() else USUAL_SECONDS
