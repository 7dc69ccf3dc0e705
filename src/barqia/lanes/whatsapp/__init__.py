"""WhatsApp: text, templates and contact cards over the Cloud API."""

from barqia.lanes.whatsapp.kind import WhatsApp

__all__ = ["WhatsApp"]
