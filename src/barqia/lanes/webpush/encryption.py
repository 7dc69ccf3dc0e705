"""A message that only the reader's browser opens (RFC 8291): aes128gcm with keys agreed upon for it alone."""

import hashlib
import hmac

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from barqia.delivery.push import CURVE, PushAddress, decoded

RECORD = 4096
# the most a push service must take, less the salt, sizes and key before it, and the tag and delimiter behind
MOST_PLAIN = RECORD - 86 - 17
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def encrypt(plain: bytes, to: PushAddress, key: str, tag: int) -> bytes:
    """Salt and key pair come of the lane's secret and the attempt's `tag`, which is no other message's: a lane kind
    draws no dice, and whoever lacks the secret cannot tell them from chance."""
    own = ec.derive_private_key(
        1 + int.from_bytes(_made(key, "key", tag) + _made(key, "more", tag)) % (ORDER - 1), CURVE
    )
    sealed = sealed_with(plain, to, own, _made(key, "salt", tag)[:16])
    assert len(sealed) <= RECORD, "what is longer no push service need take"
    return sealed


def sealed_with(plain: bytes, to: PushAddress, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    sealed: bytes = http_ece.encrypt(
        plain, salt=salt, private_key=own, dh=to.p256dh, auth_secret=to.auth, rs=RECORD, version="aes128gcm"
    )
    return sealed


def _made(key: str, what: str, tag: int) -> bytes:
    return hmac.new(decoded(key), f"webpush {what} {tag}".encode(), hashlib.sha256).digest()
