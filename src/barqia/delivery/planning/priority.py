"""What goes first: a flash, then kills, then answers, then corrections, then news by urgency, then digests."""

from barqia.wire.models import Release, Verb

FLASH, KILL, ANSWER, CORRECTION, NEWS = 0, 1, 2, 3, 4
DIGEST = 20
FLASH_URGENCY = 1


def priority_of(release: Release) -> int:
    """Smaller goes sooner."""
    if release.verb in {Verb.KILL, Verb.TAKEDOWN}:
        return KILL
    if release.urgency == FLASH_URGENCY:
        return FLASH
    if release.verb == Verb.CORRECT:
        return CORRECTION
    return NEWS + release.urgency
