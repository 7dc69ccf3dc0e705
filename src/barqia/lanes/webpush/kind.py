"""Web push as a lane kind."""

from collections.abc import Callable, Mapping

from barqia.delivery.lane import (
    Call,
    Calls,
    Challenge,
    CheckLine,
    Inbound,
    Job,
    LaneConfig,
    Malformed,
    Outcome,
    Reply,
    Skip,
    Terms,
)
from barqia.delivery.push import new_key
from barqia.lanes.webpush import replies
from barqia.lanes.webpush.calls import push
from barqia.rendering import AnswerText

FASTEST, USUAL = 1000.0, 200.0
PERSON = (1000, 5)
CONNECTIONS = 50


class WebPush:
    """The notifications of one site: its key pair, and the browsers that subscribed with it."""

    name = "webpush"
    settings: Mapping[str, str] = {
        "contact": "whom push services may write to: mailto: and an address, or an https page",
        "services": "hosts of push services besides the browsers' own, with blanks between; *.host for all below",
    }
    secrets: Mapping[str, str] = {"vapid_key": "the private key that signs; made when the lane is added"}
    makes: Mapping[str, Callable[[], str]] = {"vapid_key": new_key}
    required = frozenset({"contact", "vapid_key"})
    window_ms: int | None = None
    edits_in_place = False

    def terms(self, settings: Mapping[str, str]) -> Terms:
        contact = settings.get("contact", "mailto:")
        if not contact.startswith(("mailto:", "https://")):
            raise ValueError("contact is mailto: and an address, or an https page.")
        return Terms(FASTEST, USUAL, PERSON, connections=CONNECTIONS)

    def probe(self, lane: LaneConfig) -> Call | None:  # noqa: ARG002 - the contract's
        return None

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip:
        if not job.to.address:
            return Skip("no_address")
        if job.done or isinstance(job.content, AnswerText) or job.content.record is None:
            return Skip("nothing_to_do")
        return Calls((push(job, job.content, job.content.record, lane),))

    def outcome(self, call: Call, reply: Reply) -> Outcome:
        return replies.outcome(call, reply)

    def poll(self, lane: LaneConfig, offset: int) -> Call | None:  # noqa: ARG002 - the contract's
        return None

    def verify(self, lane: LaneConfig, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002 - the contract's
        return False

    def challenge(self, lane: LaneConfig, query: Mapping[str, str]) -> Challenge:  # noqa: ARG002 - the contract's
        return Challenge(405, "push services send no webhooks")

    def parse(self, lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:  # noqa: ARG002 - the contract's
        raise Malformed("push services send nothing")

    def next_offset(self, body: bytes) -> int | None:  # noqa: ARG002 - the contract's
        return None

    def check_calls(self, lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:  # noqa: ARG002 - the contract's
        return ()

    def check_line(self, what: str, lane: LaneConfig, reply: Reply) -> CheckLine:  # noqa: ARG002 - the contract's
        return CheckLine(what, 200 <= reply.status < 300, f"HTTP {reply.status}")
