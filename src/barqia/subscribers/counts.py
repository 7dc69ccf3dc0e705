"""How many readers, groups and channels there are, by lane and state, and by what they asked for."""

from django.db.models import Count

from barqia.subscribers.models import Recipient, Subscription

Kind = Recipient.Kind


def by_lane(kind: Kind = Kind.READER) -> dict[str, dict[str, int]]:
    """{lane name: {status: recipients of this kind}}."""
    found: dict[str, dict[str, int]] = {}
    rows = Recipient.objects.filter(kind=kind).values_list("lane__name", "status")
    for lane, status, count in rows.annotate(count=Count("id")).order_by("lane_id"):
        found.setdefault(lane, {})[status] = count
    return found


def by_interest() -> dict[tuple[str, str], int]:
    """{(kind, key): active readers and groups who asked for it}."""
    rows = Subscription.objects.filter(
        recipient__status=Recipient.Status.ACTIVE, recipient__kind__in=[Kind.READER, Kind.GROUP], lane__active=True
    )
    counted = rows.values_list("interest__kind", "interest__key").annotate(count=Count("id")).order_by("-count")
    return {(kind, key): count for kind, key, count in counted}
