"""A client newsroom: signed webhooks with the item as JSON, each client with an endpoint and secrets of its own."""

from barqia.lanes.client.kind import ClientNewsroom

__all__ = ["ClientNewsroom"]
