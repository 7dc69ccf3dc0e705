"""What the Cloud API allows a number, whom it serves and what it bills, as its lane is set."""

from collections.abc import Mapping

from barqia.delivery.lane import Quota, Tariff, Terms
from barqia.lanes.whatsapp.markets import MARKETS, NO_MARKETING, OTHER, UNSERVED

FASTEST, USUAL = 1000.0, 80.0
# one in six seconds, of which 45 may go at once
PERSON = (6000, 45)
TIERS = ("250", "2000", "10000", "100000")
UNLIMITED = "unlimited"
SERVICE, MARKETING, UTILITY = "service", "marketing", "utility"
CATEGORIES = (MARKETING, UTILITY)
# service messages that are free in a month, a number
FREE = 1000


def terms(settings: Mapping[str, str]) -> Terms:
    """A number without a portfolio of its own name has its limit for itself. Of the newsroom's and Meta's the lower
    one holds."""
    category(settings)
    limits = {name: settings.get(name) or UNLIMITED for name in ("daily_limit", "tier")}
    for name, limit in limits.items():
        if limit not in {*TIERS, UNLIMITED}:
            raise ValueError(f"{name} is one of {', '.join(TIERS)}, {UNLIMITED}.")
    people = min((int(limit) for limit in limits.values() if limit != UNLIMITED), default=None)
    if people is None:
        return Terms(FASTEST, USUAL, PERSON)
    portfolio = settings.get("portfolio") or settings.get("phone_number_id", "")
    said = f"{people} people in any 24 hours outside their window; who is above that waits until there is room"
    return Terms(FASTEST, USUAL, PERSON, quota=Quota(portfolio, people), notes=(("daily limit", said),))


def category(settings: Mapping[str, str]) -> str:
    """The news template's: what Meta approved it as."""
    found = settings.get("template_category") or MARKETING
    if found not in CATEGORIES:
        raise ValueError(f"template_category is one of {', '.join(CATEGORIES)}.")
    return found


def tariff(settings: Mapping[str, str]) -> Tariff:
    outside = category(settings)
    return Tariff(
        inside=SERVICE,
        outside=outside,
        free=FREE,
        categories=(MARKETING, UTILITY, SERVICE),
        # as Meta bills since 1 October 2026
        like={SERVICE: UTILITY},
        markets=MARKETS,
        other=OTHER,
        unserved=dict.fromkeys(unserved(settings), "no_service"),
        unopened=dict.fromkeys(NO_MARKETING if outside == MARKETING else (), "no_marketing"),
    )


def unserved(settings: Mapping[str, str]) -> set[str]:
    """Without the countries that Meta serves by now, as the lane is set."""
    return {*UNSERVED} - {*settings.get("also_served", "").upper().replace(",", " ").split()}


def refused(settings: Mapping[str, str], country: str, *, opens: bool) -> str:
    """Why nothing goes to that country, a slug; empty where it does. `opens`: outside the reader's window."""
    if country in unserved(settings):
        return "no_service"
    return "no_marketing" if opens and country in NO_MARKETING and category(settings) == MARKETING else ""
