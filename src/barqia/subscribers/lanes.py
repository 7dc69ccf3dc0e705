"""Writing a lane's row, its secrets sealed."""

import json
from collections.abc import Mapping

from django.db import transaction

from barqia.subscribers.interests import EVERYTHING, interest
from barqia.subscribers.models import Lane, Recipient, Subscription
from barqia.subscribers.vault import vault


def seal_secrets(secrets: Mapping[str, str]) -> bytes:
    return vault().seal(json.dumps(dict(secrets)))


def mail_lane() -> Lane | None:
    """The lane that the site's form subscribes to: the first of kind email that is on."""
    return Lane.objects.filter(kind="email", active=True).first()


@transaction.atomic
def add_channel(lane: Lane, address: str) -> Recipient:
    """A channel of the newsroom's own: it takes everything, and a block of it stops the lane."""
    channel, _made = Recipient.objects.update_or_create(
        lane=lane,
        address_hash=vault().find(address),
        defaults={
            "kind": Recipient.Kind.CHANNEL,
            "status": Recipient.Status.ACTIVE,
            "address_cipher": vault().seal(address),
        },
    )
    Subscription.objects.get_or_create(lane=lane, recipient=channel, interest=interest(*EVERYTHING))
    return channel
