"""Who sends, as push services verify it (RFC 8292): a JSON web token signed with the lane's key."""

import json
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from barqia.delivery.push import KEY_BYTES, encoded, private_key, public_key

# a token is used for six hours and holds for six more; a day is the most that is allowed
STEP_SECONDS = 6 * 3600
HEADER = encoded(b'{"typ":"JWT","alg":"ES256"}')


def authorization(key: str, contact: str, endpoint: str, now_ms: int) -> str:
    """The header's value for the push service of this endpoint."""
    parts = urlsplit(endpoint)
    return _value(key, contact, f"{parts.scheme}://{parts.netloc}", now_ms // 1000 // STEP_SECONDS)


@lru_cache(maxsize=64)
def _value(key: str, contact: str, audience: str, step: int) -> str:
    """The signature needs no dice (RFC 6979): the same step gives the same token."""
    claims = {"aud": audience, "exp": (step + 2) * STEP_SECONDS, "sub": contact}
    signed = f"{HEADER}.{encoded(json.dumps(claims, separators=(',', ':')).encode())}"
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(private_key(key).sign(signed.encode(), algorithm))
    return f"vapid t={signed}.{encoded(r.to_bytes(KEY_BYTES) + s.to_bytes(KEY_BYTES))}, k={public_key(key)}"
