"""Readers whom a provider does not serve where they are, and the lanes that do reach them."""

from collections.abc import Sequence
from dataclasses import dataclass

from barqia.delivery.lane import lane_kind
from barqia.delivery.sql import rows
from barqia.subscribers.models import Lane


@dataclass(frozen=True, slots=True)
class Unserved:
    """So many active readers of one country. `reason` is no_service, or no_marketing outside their window."""

    lane_name: str
    country: str
    reason: str
    count: int
    others: tuple[str, ...]


def reason_for(lane: Lane, country: str) -> str:
    """Why the lane's provider does not serve that country, or not always; empty where it does."""
    tariff = lane_kind(lane.kind).tariff(lane.settings)
    if tariff is None:
        return ""
    return tariff.unserved.get(country) or tariff.unopened.get(country, "")


def others_for(lane: Lane, country: str) -> list[Lane]:
    """The lanes that are on and serve that country."""
    lanes = Lane.objects.filter(active=True).exclude(pk=lane.pk)
    return [other for other in lanes if not reason_for(other, country)]


def links_of(lanes: Sequence[Lane]) -> list[str]:
    """Where a reader can go to be served by these."""
    names = [lane.settings.get("bot_username") or lane.settings.get("channel_username") for lane in lanes]
    numbers = [lane.settings.get("display_number", "").lstrip("+") for lane in lanes]
    return [*(f"https://t.me/{name}" for name in names if name), *(f"https://wa.me/{n}" for n in numbers if n)]


def unserved() -> list[Unserved]:
    """All active readers whom their lane's provider does not serve, by lane and country."""
    found = []
    for lane in Lane.objects.filter(active=True):
        counted = rows(
            "SELECT country, count(*) FROM subscribers_recipient "
            "WHERE lane_id=%s AND status='active' AND country<>'' GROUP BY country ORDER BY country",
            [lane.pk],
        )
        for country, count in counted:
            if reason := reason_for(lane, country):
                others = tuple(other.name for other in others_for(lane, country))
                found.append(Unserved(lane.name, country, reason, count, others))
    return found
