"""The addresses of a lane: the list's own, where bounces come, where one mail unsubscribes, and message ids."""

import re

from barqia.delivery.lane import LaneConfig
from barqia.delivery.links import Purpose, in_36, opened, signed

BOUNCES, LEAVE = "bounces", "unsubscribe"
TAGGED = re.compile(rf"\b({BOUNCES}|{LEAVE})\+([a-z0-9]+\.[a-z2-7]{{16}})@", re.IGNORECASE)


def domain_of(lane: LaneConfig) -> str:
    """Where bounces and unsubscriptions come: `bounce_domain`, else the domain of the list's address."""
    return lane.settings.get("bounce_domain") or lane.settings["address"].rpartition("@")[2]


def bounce_address(lane: LaneConfig, tag: int) -> str:
    """The envelope's sender: what comes back to it is of this one attempt (VERP)."""
    return f"{BOUNCES}+{signed(lane.key, Purpose.BOUNCE, in_36(tag))}@{domain_of(lane)}"


def leave_address(lane: LaneConfig, recipient: int) -> str:
    return f"{LEAVE}+{signed(lane.key, Purpose.LEAVE, in_36(recipient))}@{domain_of(lane)}"


def bounced_tag(lane: LaneConfig, text: str) -> int | None:
    """The attempt whose bounce address is in a text; None where none is, or none of ours."""
    return _named(lane, text, BOUNCES, Purpose.BOUNCE)


def leaving_recipient(lane: LaneConfig, text: str) -> int | None:
    """The recipient whose unsubscription address is in a text."""
    return _named(lane, text, LEAVE, Purpose.LEAVE)


def _named(lane: LaneConfig, text: str, name: str, purpose: Purpose) -> int | None:
    for kind, token in TAGGED.findall(text):
        fields = opened(lane.key, purpose, token) if kind.lower() == name else None
        if fields:
            return int(fields[0], 36)
    return None


def message_id(lane: LaneConfig, tag: int) -> str:
    """Without its angle brackets; the same for the same attempt."""
    return f"{in_36(tag)}.{lane.id}@{domain_of(lane)}"


def list_id(lane: LaneConfig) -> str:
    return lane.settings.get("list_id") or f"news.{lane.settings['address'].rpartition('@')[2]}"
