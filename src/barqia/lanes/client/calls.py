"""A signed webhook by the Standard Webhooks specification: id, time stamp, and a signature by each valid secret."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from barqia.delivery.endpoint import Endpoint
from barqia.delivery.lane import Call

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def webhook(endpoint: Endpoint, message_id: str, body: bytes, now_ms: int) -> Call:
    """The same `message_id` says that it is the same message: a receiver that has it does nothing again."""
    seconds = str(now_ms // 1000)
    return Call(
        part=0,
        op="send",
        method="POST",
        url=endpoint.url,
        headers={
            "content-type": "application/json; charset=utf-8",
            ID: message_id,
            TIMESTAMP: seconds,
            SIGNATURE: signatures(endpoint.keys(now_ms), message_id, seconds, body),
        },
        body=body,
        repeatable=True,
        public_only=not endpoint.private,
    )


def signatures(keys: Sequence[bytes], message_id: str, seconds: str, body: bytes) -> str:
    """HMAC-SHA256 of «id.timestamp.body», one a key, with a blank between them."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return " ".join("v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys)
