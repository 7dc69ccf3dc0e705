"""Groups that take the wire in, and the newsroom's channels: an administrator speaks for a group, a channel never does.

A group that the bot is put into is known, and gets nothing until an administrator says so there.
"""

import asyncio

from barqia.delivery.lane import Accepted, Call, LaneKind, Presence, Refused, Reply, Tap, Throttled, Word
from barqia.delivery.transport.http import Http
from barqia.inbox.people import found
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.subscribers.vault import vault
from barqia.subscribers.words import Wish, understand
from barqia.wire.models import Section
from barqia.wire.sections import words_of

ASK_SECONDS = 5
NOTHING = frozenset({Wish.UNCLEAR, Wish.START})
Kind, Status = Recipient.Kind, Recipient.Status


class Unanswered(Exception):
    """The provider does not say who may speak for a group: what was said there is to be brought again."""


def speaks_for_it(kind: LaneKind, inbound: Word | Tap) -> bool:
    """Whether this word or tap in a group asks something of us, and who did it may. The provider is asked, outside of
    any transaction. Raises `Unanswered` where it does not say."""
    if isinstance(inbound, Word) and not _asks(inbound.text):
        return False
    return inbound.proof is None or asyncio.run(_accepted(kind, inbound.proof))


def _asks(text: str) -> bool:
    """People talk in a group: a question, or help without a command, is not meant for us."""
    wish = understand(text, {section.slug: words_of(section) for section in Section.objects.all()}).wish
    return wish not in NOTHING and (wish is not Wish.HELP or text.startswith("/"))


async def _accepted(kind: LaneKind, call: Call) -> bool:
    async with Http(1) as http:
        reply = await http.call(call, ASK_SECONDS)
    outcome = kind.outcome(call, reply) if isinstance(reply, Reply) else None
    # a group that became another chat has no administrators any more: its words come from there now
    if isinstance(outcome, Accepted | Refused) or (isinstance(outcome, Throttled) and outcome.moved_to):
        return isinstance(outcome, Accepted)
    raise Unanswered


def present(lane: Lane, presence: Presence) -> str:
    """We came into a group or channel, or out of it. Returns the outcome's slug."""
    if presence.chat == "channel":
        channel = _channel(lane, presence)
        if channel and not presence.inside:
            recipients.block(channel, "removed")
        return "channel" if channel else "other"
    group = found(lane, presence.sender)
    if not presence.inside:
        if group:
            recipients.block(group, "removed")
        return "removed" if group else "other"
    group = recipients.known(lane, presence.sender.address, None)
    group.kind = Kind.GROUP
    if group.status == Status.BLOCKED:
        group.status, group.status_reason = Status.UNSUBSCRIBED, "added_again"
    group.save(update_fields=["kind", "status", "status_reason"])
    return "added"


def _channel(lane: Lane, presence: Presence) -> Recipient | None:
    """The newsroom's own channel with this id or @name."""
    names = {presence.sender.address, presence.name.lower()}
    channels = Recipient.objects.filter(lane=lane, kind=Kind.CHANNEL, address_cipher__isnull=False)
    return next((one for one in channels if vault().open(bytes(one.address_cipher or b"")).lower() in names), None)
