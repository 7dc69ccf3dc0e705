"""Deliveries follow their person: from a recipient's row that was merged into another to that other."""

from barqia.delivery.sql import run


def repoint(kept: int, other: int) -> None:
    """What was or is to be sent to recipient `other` is now `kept`'s, in the caller's transaction.

    Where both have a delivery of one source, `kept`'s stands and the other's stays where it is.
    """
    run(
        "UPDATE delivery_delivery SET recipient_id=%s WHERE recipient_id=%s AND NOT EXISTS (SELECT 1 FROM "
        "delivery_delivery k WHERE k.recipient_id=%s AND k.source_kind=delivery_delivery.source_kind "
        "AND k.source_id=delivery_delivery.source_id)",
        [kept, other, kept],
    )
    run("UPDATE delivery_answer SET recipient_id=%s WHERE recipient_id=%s", [kept, other])


def leave_behind(recipient_id: int) -> None:
    """A group became another chat: what is in the old one can be changed no more, and a message of the new one may have
    its number. What follows it is a new message."""
    run(
        "UPDATE delivery_part SET gone=%s WHERE delivery_id IN "
        "(SELECT id FROM delivery_delivery WHERE recipient_id=%s)",
        [True, recipient_id],
    )
