"""E-mail: one message a dispatch over SMTP, corrections and kills as replies to it, bounces read."""

from barqia.lanes.email.kind import Email

__all__ = ["Email"]
