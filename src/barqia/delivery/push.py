"""Web push subscriptions and the key that signs for them. Pure, but for the making of a key.

A browser gives an endpoint at its push service, its public key and a secret of its own; the three are a recipient's
sealed address, found again by the endpoint.
"""

import base64
import json
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LONGEST_ENDPOINT = 1000
POINT_BYTES, AUTH_BYTES, KEY_BYTES = 65, 16, 32
CURVE = ec.SECP256R1()
# the push services of the browsers there are: Chrome and Edge on Android, Firefox, Safari, Edge on Windows
SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)


@dataclass(frozen=True, slots=True)
class PushAddress:
    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)

    def write(self) -> str:
        return json.dumps([self.endpoint, encoded(self.p256dh), encoded(self.auth)])

    @classmethod
    def read(cls, written: str) -> "PushAddress":
        endpoint, p256dh, auth = json.loads(written)
        return cls(endpoint, decoded(p256dh), decoded(auth))

    @classmethod
    def of_browser(cls, given: object, services: str) -> "PushAddress":
        """What `PushSubscription.toJSON()` gives. Raises ValueError where it is none, or of no service we know."""
        match given:
            case {"endpoint": str(endpoint), "keys": {"p256dh": str(p256dh), "auth": str(auth)}}:
                made = cls(endpoint, decoded(p256dh), decoded(auth))
            case _:
                raise ValueError("not a push subscription")
        if not is_allowed(endpoint, services):
            raise ValueError("not an endpoint of a push service")
        if len(made.p256dh) != POINT_BYTES or len(made.auth) != AUTH_BYTES:
            raise ValueError("not the keys of a push subscription")
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, made.p256dh)
        return made


def is_allowed(endpoint: str, services: str) -> bool:
    """Whether an endpoint is https and of a push service: of the browsers' own, or of `services`, with blanks between.

    One of these that begins with http:// is an origin of the operator's own, for what runs on this machine.
    """
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable() or "@" in parts.netloc:
        return False
    if parts.scheme == "https" and parts.netloc == host:
        return any(_fits(host, service) for service in (*SERVICES, *services.split()))
    return parts.scheme == "http" and f"http://{parts.netloc}" in services.split()


def _fits(host: str, service: str) -> bool:
    return host.endswith(service[1:]) if service.startswith("*.") else host == service


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Base 64 as browsers write it, without padding. Raises ValueError."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise ValueError("not base 64") from None


def new_key() -> str:
    """A private key of a lane's own, as it is sealed."""
    return encoded(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(KEY_BYTES))


@lru_cache(maxsize=8)
def private_key(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(key)), CURVE)


def public_key(key: str) -> str:
    """What a browser is given to subscribe with, `applicationServerKey`."""
    return encoded(private_key(key).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
