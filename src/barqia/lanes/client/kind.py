"""Client newsrooms as a lane kind."""

import json
from collections.abc import Mapping

from barqia.delivery.endpoint import Endpoint
from barqia.delivery.lane import Call, Calls, Job, LaneConfig, Outcome, Reply, Skip, Terms
from barqia.lanes.client import replies
from barqia.lanes.client.body import body_of
from barqia.lanes.client.calls import webhook
from barqia.lanes.one_way import OneWay
from barqia.rendering import AnswerText

# what one client's server is asked for; ours could do more
FASTEST, USUAL = 1000.0, 100.0
PERSON = (100, 20)
CONNECTIONS = 100


class ClientNewsroom(OneWay):
    """The webhooks of all client newsrooms; what is each one's own lies with the recipient."""

    name = "client"
    settings: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    required = frozenset[str]()

    def terms(self, settings: Mapping[str, str]) -> Terms:  # noqa: ARG002 - the contract's
        return Terms(FASTEST, USUAL, PERSON, connections=CONNECTIONS, again=replies.again)

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip:  # noqa: ARG002 - the contract's
        if not job.to.address:
            return Skip("no_address")
        if job.done or isinstance(job.content, AnswerText) or job.content.record is None:
            return Skip("nothing_to_do")
        record = job.content.record
        message_id = f"msg_{record.public_id}_{record.release}"
        endpoint = Endpoint.read(job.to.address)
        return Calls((webhook(endpoint, message_id, body_of(job.content, job.act), job.now_ms),))

    def outcome(self, call: Call, reply: Reply) -> Outcome:
        return replies.outcome(call, reply)


def ping(endpoint: Endpoint, message_id: str, now_ms: int) -> Call:
    """A signed message that says nothing but that the address and the secret fit."""
    body = json.dumps({"type": "ping", "data": {}}, separators=(",", ":")).encode()
    return webhook(endpoint, message_id, body, now_ms)
