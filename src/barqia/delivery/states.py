"""The one table of what a delivery may become."""

from barqia.delivery.models import DeliveryState as S

MOVES: dict[S, frozenset[S]] = {
    # straight on when a late status tells that a call in doubt had gone out, before it was made again; unknown when
    # it is not to be made again
    S.PLANNED: frozenset({S.CLAIMED, S.SKIPPED, S.HANDED, S.DELIVERED, S.READ, S.UNKNOWN}),
    S.CLAIMED: frozenset({S.HANDING, S.PLANNED, S.SKIPPED, S.FAILED, S.HANDED, S.DELIVERED, S.READ, S.UNKNOWN}),
    # back to planned only when the call surely was refused or never began
    S.HANDING: frozenset({S.HANDED, S.DELIVERED, S.READ, S.FAILED, S.UNKNOWN, S.PLANNED, S.SKIPPED}),
    S.HANDED: frozenset({S.DELIVERED, S.READ, S.FAILED}),
    S.DELIVERED: frozenset({S.READ, S.FAILED}),
    S.UNKNOWN: frozenset({S.PLANNED, S.HANDED, S.DELIVERED, S.READ, S.FAILED, S.SKIPPED}),
    S.READ: frozenset(),
    # by an editor, who sends again what failed (`resend`), or by a provider that says it may pass (`receipts`)
    S.FAILED: frozenset({S.PLANNED}),
    S.SKIPPED: frozenset(),
}

PERHAPS_SENT = (S.HANDING, S.HANDED, S.DELIVERED, S.READ, S.UNKNOWN)
OPEN = (S.PLANNED, S.CLAIMED, S.HANDING)


def may_become(old: str, new: str) -> bool:
    return S(new) in MOVES[S(old)]
