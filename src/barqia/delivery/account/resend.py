"""Sending again: only what failed, or only what nobody can vouch for, of one mailing, by an editor's word.

Opt-out is tested again where the intent to send is committed. What cannot come to anything is left out and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from barqia.delivery.clock import now_ms
from barqia.delivery.handout import let_groups_end
from barqia.delivery.models import Mailing, SourceKind
from barqia.delivery.planning.audience import lanes_that_sent
from barqia.delivery.sending.ending import back_to_planned, forget_failed_parts
from barqia.delivery.sql import marks, rows, run
from barqia.errors import WrongState
from barqia.staff.models import User
from barqia.wire.models import Release, Verb, audit

Left = Literal["failed", "unknown"]
# a slice is one transaction: the database's writer is free between two
SLICE = 500
ALWAYS = 1 << 62
# the same call would come to the same, or is not ours to make: who blocked us, whom there is not, what is gone
IN_VAIN = (
    "blocked",
    "stopped_marketing",
    "opted_out",
    "no_such_chat",
    "no_access",
    "deactivated",
    "never_started",
    "a_bot",
    "own_number",
    "blocked_by_us",
    "window_closed",
    "capped",
    "country",
    "message_gone",
    "unresolved",
)

WHY = (
    f"CASE WHEN d.state='failed' AND d.reason IN ({marks(IN_VAIN)}) THEN d.reason WHEN NOT l.active THEN 'lane_off' "
    "WHEN d.expires_ms<=%s THEN 'expired' WHEN r.status='blocked' THEN 'blocked' "
    "WHEN d.mode<>'follow' AND r.status<>'active' THEN 'opted_out' ELSE '' END"
)
OF_MAILING = (
    "FROM delivery_delivery d JOIN subscribers_lane l ON l.id=d.lane_id "
    "JOIN subscribers_recipient r ON r.id=d.recipient_id WHERE d.source_kind=%s AND d.source_id=%s AND d.state=%s "
    "AND d.changed_ms<=%s"
)


@dataclass(frozen=True, slots=True)
class Again:
    """How many deliveries of one state can be sent again, and how many not, by reason."""

    count: int
    left_out: tuple[tuple[str, int], ...]


def again(release_id: int, left: Left, seen_ms: int = ALWAYS) -> Again:
    """What `resend` would send again now."""
    found = rows(
        f"SELECT {WHY} AS why, count(*) {OF_MAILING} GROUP BY why ORDER BY why",
        [*IN_VAIN, now_ms(), SourceKind.RELEASE, release_id, left, seen_ms],
    )
    return Again(sum(count for why, count in found if not why), tuple((why, count) for why, count in found if why))


def resend(actor: User | None, release_id: int, left: Left, seen_ms: int = ALWAYS) -> int:
    """Plan again what failed, or is unknown, and was so when its editor looked (`seen_ms`). Returns how many.

    The same click twice sends once: what fails anew is not what the editor saw. Raises WrongState where the mailing
    was cancelled or a later decision on the item overtook it.
    """
    release = Release.objects.select_related("dispatch").get(pk=release_id)
    with transaction.atomic():
        ids = _slice(release, left, seen_ms, 0)
        count = len(ids) + again(release_id, left, seen_ms).count
        if count:
            audit(actor, f"resend_{left}", release.dispatch, release=release_id, deliveries=count)
    while ids:
        ids = _slice(release, left, seen_ms, ids[-1])
    return count


@transaction.atomic
def _slice(release: Release, left: Left, seen_ms: int, after: int) -> list[int]:
    let_groups_end(lanes_that_sent(release.dispatch_id))
    require_not_overtaken(release)
    now = now_ms()
    found = rows(
        f"SELECT d.id {OF_MAILING} AND d.id>%s AND {WHY}='' ORDER BY d.id LIMIT %s",
        [SourceKind.RELEASE, release.pk, left, seen_ms, after, *IN_VAIN, now, SLICE],
    )
    ids = [row[0] for row in found]
    if left == "failed":
        _begin_anew(ids)
    back_to_planned([(now, now, delivery) for delivery in ids], f"'{left}'")
    return ids


def _begin_anew(ids: Sequence[int]) -> None:
    """They wait no longer than at first."""
    if ids:
        forget_failed_parts(ids)
        run(f"UPDATE delivery_delivery SET attempts=1 WHERE id IN ({marks(ids)}) AND attempts>1", ids)


def require_not_overtaken(release: Release) -> None:
    """Raises WrongState, by the name of what ended the mailing."""
    mailing = Mailing.objects.select_for_update(no_key=True).filter(pk=release.pk).first()
    if mailing is not None and mailing.state == Mailing.State.CANCELLED:
        raise WrongState(_("The mailing was cancelled: nothing of it is sent again."))
    later = Release.objects.filter(dispatch_id=release.dispatch_id, pk__gt=release.pk).exclude(verb=Verb.TEST)
    newest = later.order_by("-pk").first()
    if newest is not None:
        raise WrongState(
            _("A later decision (%(verb)s) overtook this mailing: nothing of it is sent again.")
            % {"verb": newest.get_verb_display()}
        )
