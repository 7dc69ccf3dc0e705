"""What a recipient asked for: everything, or sections."""

from barqia.subscribers.models import Interest, Recipient, Subscription

EVERYTHING = (Interest.Kind.EVERYTHING, "")


def interest(kind: str, key: str) -> Interest:
    return Interest.objects.get_or_create(kind=kind, key=key)[0]


def sections_of(recipient: Recipient) -> list[str]:
    """The slugs of the sections asked for, none where everything is."""
    asked = recipient.subscriptions.filter(interest__kind=Interest.Kind.SECTION)
    return list(asked.order_by("pk").values_list("interest__key", flat=True))


def ask_everything(recipient: Recipient) -> None:
    """Everything, instead of sections."""
    recipient.subscriptions.filter(interest__kind=Interest.Kind.SECTION).delete()
    _add(recipient, interest(*EVERYTHING))


def ask_section(recipient: Recipient, slug: str) -> None:
    """This section instead of everything, or besides the sections asked for before."""
    recipient.subscriptions.filter(interest__kind=Interest.Kind.EVERYTHING).delete()
    _add(recipient, interest(Interest.Kind.SECTION, slug))


def forget_all(recipient: Recipient) -> None:
    recipient.subscriptions.all().delete()


def _add(recipient: Recipient, wanted: Interest) -> None:
    Subscription.objects.get_or_create(recipient=recipient, interest=wanted, lane_id=recipient.lane_id)
