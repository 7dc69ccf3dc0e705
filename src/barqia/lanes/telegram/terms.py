"""What Telegram allows a bot, as its lane is set."""

import re
from collections.abc import Mapping

from barqia.delivery.lane import Terms

# free of charge, over all chats of a bot; and at a price
FREE, PAID = 30.0, 1000.0
USUAL = 25.0
STARS = 0.1
# a minute as the provider counts it, and what the network may add or take on the way there
CROWD = (20, 60_500)
YES_OR_NO = ("no", "yes")
KNOWN = {
    "allow_paid_broadcast": YES_OR_NO,
    "silent_flash": YES_OR_NO,
    "link_preview": ("none", "small", "large"),
    "long": ("split", "short"),
}
HOURS = re.compile(r"([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3])")


def hours(settings: Mapping[str, str]) -> tuple[int, int] | None:
    """From which hour until which news makes no sound; None where it always does."""
    given = settings.get("silent")
    found = HOURS.fullmatch(given) if given else None
    if given and (found is None or int(found[1]) == int(found[2])):
        raise ValueError("silent is two different hours, as 23-06.")
    return (int(found[1]), int(found[2])) if found else None


def paid(settings: Mapping[str, str]) -> bool:
    return settings.get("allow_paid_broadcast") == "yes"


def terms(settings: Mapping[str, str]) -> Terms:
    """Another server than Telegram's own knows its own limits."""
    for name, known in KNOWN.items():
        if settings.get(name, known[0]) not in known:
            raise ValueError(f"{name} is {' or '.join(known)}.")
    hours(settings)
    if paid(settings):
        price = f"on: up to {PAID:g} messages a second; each new message costs {STARS} Star from the bot's balance"
        return Terms(PAID, USUAL, crowd=CROWD, stars=STARS, notes=(("paid broadcast", price),))
    return Terms(PAID if settings.get("api_base") else FREE, USUAL, crowd=CROWD)
