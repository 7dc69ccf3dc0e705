"""A browser's side of web push, by the letter of RFC 8291 and 8188, with nothing of what encrypts for it."""

import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from barqia.delivery.push import PushAddress


class PushPhone:
    """One subscription: its keys, and how it opens what comes."""

    def __init__(self, private: ec.EllipticCurvePrivateKey, auth: bytes, endpoint: str) -> None:
        self._private, self._auth = private, auth
        self.public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.address = PushAddress(endpoint, self.public, auth)

    @classmethod
    def numbered(cls, number: int, endpoint: str) -> "PushPhone":
        return cls(ec.derive_private_key(1000 + number, ec.SECP256R1()), bytes([number]) * 16, endpoint)

    def open(self, body: bytes) -> bytes:
        salt, (size, length) = body[:16], struct.unpack("!LB", body[16:21])
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size, "one record"
        shared = self._private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        material = _hkdf(self._auth, shared, b"WebPush: info\0" + self.public + sender, 32)
        key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded.endswith(b"\2"), "the last record says so"
        return padded[:-1]


def _hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
