"""What a recipient asked for: everything or sections, and persons besides."""

from barqia.subscribers.models import Interest, Recipient, Subscription

EVERYTHING = (Interest.Kind.EVERYTHING, "")


def interest(kind: str, key: str) -> Interest:
    return Interest.objects.get_or_create(kind=kind, key=key)[0]


def sections_of(recipient: Recipient) -> list[str]:
    """The slugs of the sections asked for, none where everything is."""
    return _keys(recipient, Interest.Kind.SECTION)


def persons_of(recipient: Recipient) -> list[str]:
    """The folded names of the persons followed."""
    return _keys(recipient, Interest.Kind.PERSON)


def wants_everything(recipient: Recipient) -> bool:
    return recipient.subscriptions.filter(interest__kind=Interest.Kind.EVERYTHING).exists()


def _keys(recipient: Recipient, kind: str) -> list[str]:
    asked = recipient.subscriptions.filter(interest__kind=kind)
    return list(asked.order_by("pk").values_list("interest__key", flat=True))


def ask_everything(recipient: Recipient) -> None:
    """Everything, instead of sections; persons stay followed."""
    recipient.subscriptions.filter(interest__kind=Interest.Kind.SECTION).delete()
    _add(recipient, interest(*EVERYTHING))


def ask_section(recipient: Recipient, slug: str) -> None:
    """This section instead of everything, or besides the sections asked for before."""
    leave(recipient, *EVERYTHING)
    _add(recipient, interest(Interest.Kind.SECTION, slug))


def follow(recipient: Recipient, folded: str) -> None:
    """This person besides all that was asked for before: it takes nothing away."""
    _add(recipient, interest(Interest.Kind.PERSON, folded))


def leave(recipient: Recipient, kind: str, key: str) -> bool:
    """No longer this; False where it was not asked for."""
    left, _by_table = recipient.subscriptions.filter(interest__kind=kind, interest__key=key).delete()
    return left > 0


def forget_all(recipient: Recipient) -> None:
    recipient.subscriptions.all().delete()


def _add(recipient: Recipient, wanted: Interest) -> None:
    Subscription.objects.get_or_create(recipient=recipient, interest=wanted, lane_id=recipient.lane_id)
