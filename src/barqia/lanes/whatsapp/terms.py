"""What the Cloud API allows a number, as its lane is set."""

from collections.abc import Mapping

from barqia.delivery.lane import Quota, Terms

FASTEST, USUAL = 1000.0, 80.0
# one in six seconds, of which 45 may go at once
PERSON = (6000, 45)
TIERS = ("250", "2000", "10000", "100000")
UNLIMITED = "unlimited"


def terms(settings: Mapping[str, str]) -> Terms:
    """A number without a portfolio of its own name has its limit for itself."""
    limit = settings.get("daily_limit", UNLIMITED)
    if limit == UNLIMITED:
        return Terms(FASTEST, USUAL, PERSON)
    if limit not in TIERS:
        raise ValueError(f"daily_limit is one of {', '.join(TIERS)}, {UNLIMITED}.")
    portfolio = settings.get("portfolio") or settings.get("phone_number_id", "")
    said = f"{limit} people in any 24 hours outside their window; who is above that waits until there is room"
    return Terms(FASTEST, USUAL, PERSON, quota=Quota(portfolio, int(limit)), notes=(("daily limit", said),))
