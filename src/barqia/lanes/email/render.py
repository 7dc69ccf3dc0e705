"""A job as one message. Nothing can be edited or deleted: a correction and a kill are replies to the first one."""

from dataclasses import replace

from barqia.delivery.lane import Calls, Job, LaneConfig, Skip
from barqia.lanes.email.addresses import bounce_address, message_id
from barqia.lanes.email.calls import transaction
from barqia.lanes.email.message import message
from barqia.text.addresses import MAIL_ADDRESS


def render(job: Job, lane: LaneConfig) -> Calls | Skip:
    if not job.to.address or not MAIL_ADDRESS.fullmatch(job.to.address):
        return Skip("no_address")
    if job.done:
        return Skip("nothing_to_do")
    call = transaction(lane, bounce_address(lane, job.tag), job.to.address, message(job, lane))
    return Calls((replace(call, provider_id=message_id(lane, job.tag)),))
