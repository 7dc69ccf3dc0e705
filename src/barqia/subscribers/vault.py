"""Addresses and lane secrets at rest: AES-GCM ciphertext, and a keyed hash to find an address again.

The key is one file of 32 random bytes, mode 0600, outside the database; all other keys are derived from it.
Losing it means losing every address: `barqia doctor` says so, and backups leave it out unless asked.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from barqia.errors import SetupError

KEY_BYTES = 32
NONCE_BYTES = 12


def make_key(path: Path) -> None:
    """Write a new key, mode 0600. Raises FileExistsError rather than replace one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES))


class Vault:
    """Seals and opens with one installation's key."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(blake2b(key, digest_size=32, person=b"barqia-seal").digest())
        self._hash_key = blake2b(key, digest_size=32, person=b"barqia-find").digest()
        self._tag_key = blake2b(key, digest_size=32, person=b"barqia-tags").digest()

    def seal(self, plain: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Raises SetupError when the key is not the one that sealed it."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
        except InvalidTag:
            raise SetupError(
                "the key file does not fit this database: addresses cannot be read. "
                "Put back the key that belongs to it."
            ) from None

    def open_json(self, sealed: bytes) -> Mapping[str, str]:
        opened: Mapping[str, str] = json.loads(self.open(sealed)) if sealed else {}
        return opened

    def find(self, address: str) -> bytes:
        """The keyed hash of an address, 32 bytes, equal for equal addresses."""
        return blake2b(address.encode(), digest_size=32, key=self._hash_key).digest()

    def lane_key(self, lane_id: int) -> bytes:
        """The key of one lane's tags and links, 32 bytes."""
        return blake2b(str(lane_id).encode(), digest_size=32, key=self._tag_key).digest()


def vault() -> Vault:
    """The installation's vault. Raises SetupError without a key."""
    return _vault_of(settings.BARQIA_KEY_FILE)


@cache
def _vault_of(path: Path) -> Vault:
    try:
        return Vault(path.read_bytes())
    except FileNotFoundError:
        raise SetupError(f"no key at {path}: run `barqia init`, or put the key of this database back") from None
