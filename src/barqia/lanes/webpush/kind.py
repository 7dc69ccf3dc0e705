"""Web push as a lane kind."""

import re
from collections.abc import Callable, Mapping

from barqia.delivery.lane import Call, Calls, Job, LaneConfig, Outcome, Reply, Skip, Terms
from barqia.delivery.push import new_key
from barqia.lanes.one_way import OneWay
from barqia.lanes.webpush import replies
from barqia.lanes.webpush.calls import push
from barqia.rendering import AnswerText

FASTEST, USUAL = 1000.0, 200.0
CONTACT = re.compile(r"mailto:[^@\s]+@[^@\s]+|https://\S+")
PERSON = (1000, 5)
CONNECTIONS = 50


class WebPush(OneWay):
    """The notifications of one site: its key pair, and the browsers that subscribed with it."""

    name = "webpush"
    settings: Mapping[str, str] = {
        "contact": "whom push services may write to: mailto: and an address, or an https page",
        "services": "hosts of push services besides the browsers' own, with blanks between; *.host for all below",
    }
    secrets: Mapping[str, str] = {"vapid_key": "the private key that signs; made when the lane is added"}
    makes: Mapping[str, Callable[[], str]] = {"vapid_key": new_key}
    required = frozenset({"contact", "vapid_key"})

    def terms(self, settings: Mapping[str, str]) -> Terms:
        if "contact" in settings and not CONTACT.fullmatch(settings["contact"]):
            raise ValueError("contact is mailto: and an address, or an https page.")
        return Terms(FASTEST, USUAL, PERSON, connections=CONNECTIONS)

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip:
        if not job.to.address:
            return Skip("no_address")
        if job.done or isinstance(job.content, AnswerText) or job.content.record is None:
            return Skip("nothing_to_do")
        return Calls((push(job, job.content, job.content.record, lane),))

    def outcome(self, call: Call, reply: Reply) -> Outcome:
        return replies.outcome(call, reply)
