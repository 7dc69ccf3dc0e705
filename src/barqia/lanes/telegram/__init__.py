"""Telegram: bot messages and channel posts over the Bot API, edited and deleted in place."""

from barqia.lanes.telegram.kind import Telegram

__all__ = ["Telegram"]
