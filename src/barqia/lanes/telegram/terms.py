"""What Telegram allows a bot, as its lane is set."""

from collections.abc import Mapping

from barqia.delivery.lane import Terms

# free of charge, over all chats of a bot; and at a price
FREE, PAID = 30.0, 1000.0
USUAL = 25.0
STARS = 0.1
# a minute as the provider counts it, and what the network may add or take on the way there
CROWD = (20, 60_500)


def paid(settings: Mapping[str, str]) -> bool:
    return settings.get("allow_paid_broadcast") == "yes"


def terms(settings: Mapping[str, str]) -> Terms:
    """Another server than Telegram's own knows its own limits."""
    if settings.get("allow_paid_broadcast", "no") not in {"yes", "no"}:
        raise ValueError("allow_paid_broadcast is yes or no.")
    if paid(settings):
        price = f"on: up to {PAID:g} messages a second; each new message costs {STARS} Star from the bot's balance"
        return Terms(PAID, USUAL, crowd=CROWD, stars=STARS, notes=(("paid broadcast", price),))
    return Terms(PAID if settings.get("api_base") else FREE, USUAL, crowd=CROWD)
