"""Who wrote: one recipient, also when a person was known by number and by user id apart."""

from barqia.delivery.lane import Address
from barqia.delivery.planning.follow import repoint
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane, Recipient


def known(lane: Lane, sender: Address, language: str = "ar") -> Recipient:
    """The recipient with this address; what was sent to a row that is merged in goes with it."""
    return recipients.known(lane, sender.address, sender.user_id, language, merged=repoint)


def moved(lane: Lane, old: Address, new: Address) -> Recipient:
    """The recipient whose number or user id changed."""
    return recipients.moved(lane, (old.address, old.user_id), (new.address, new.user_id), merged=repoint)


def found(lane: Lane, sender: Address) -> Recipient | None:
    """The recipient with this address, where there is one."""
    return recipients.found(lane, sender.address) if sender.address else None
