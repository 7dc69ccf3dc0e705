"""Web push: notifications of readers' browsers, over the push service of each."""

from barqia.lanes.webpush.kind import WebPush

__all__ = ["WebPush"]
