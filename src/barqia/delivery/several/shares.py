"""Lanes divided among workers by what each last said of itself: pure, so that every worker comes to the same."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from math import ceil

Shares = Mapping[str, AbstractSet[int]]


def one_to_give(me: str, shares: Shares) -> int | None:
    """A lane this worker is to give back, where it holds more than its part and another less than its own.

    `shares` are the lanes each living worker holds, this one's included. The newest lane goes first.
    """
    mine, part = shares[me], _part(shares)
    hungry = any(len(lanes) < part for worker, lanes in shares.items() if worker != me)
    return max(mine) if len(mine) > part and hungry else None


def may_take_more(me: str, shares: Shares) -> bool:
    """Whether to ask for lanes that it does not hold: not while another has less than its part, and this one all."""
    part = _part(shares)
    hungry = any(len(lanes) < part for worker, lanes in shares.items() if worker != me)
    return len(shares[me]) < part or not hungry


def _part(shares: Shares) -> int:
    return ceil(sum(len(lanes) for lanes in shares.values()) / max(1, len(shares)))
