"""A client newsroom's endpoint, as its recipient's sealed address holds it. Pure.

The secrets lie in the address because they are as private as it, are read with it at every intent, and go with it: one
row, one key, one export, one erasure.
"""

import base64
import binascii
import ipaddress
import json
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

PREFIX = "whsec_"
# as the Standard Webhooks specification bounds a secret
FEWEST_BYTES, MOST_BYTES = 24, 64
LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Secret:
    """What both sides sign with; `until_ms` is when an old one ends, None while it is the newest."""

    key: bytes = field(repr=False)
    until_ms: int | None = None

    def shown(self) -> str:
        """As both sides write it down: whsec_ and base 64."""
        return PREFIX + base64.b64encode(self.key).decode()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`private`: the operator allows an address that is not public; without it only https and public addresses."""

    name: str
    url: str = field(repr=False)
    secrets: tuple[Secret, ...]
    private: bool = False

    def write(self) -> str:
        secrets = [[base64.b64encode(one.key).decode(), one.until_ms] for one in self.secrets]
        return json.dumps({"name": self.name, "url": self.url, "secrets": secrets, "private": self.private})

    @classmethod
    def read(cls, written: str) -> "Endpoint":
        stored = json.loads(written)
        secrets = tuple(Secret(base64.b64decode(key), until_ms) for key, until_ms in stored["secrets"])
        return cls(stored["name"], stored["url"], secrets, stored["private"])

    def keys(self, now_ms: int) -> list[bytes]:
        """Those that are valid now, the newest first."""
        return [one.key for one in self.secrets if one.until_ms is None or now_ms < one.until_ms]

    def rotated(self, key: bytes, now_ms: int, overlap_ms: int) -> "Endpoint":
        """With a new secret beside the newest one so far, which ends after `overlap_ms`; older ones end now."""
        return replace(self, secrets=(Secret(key), Secret(self.secrets[0].key, now_ms + overlap_ms)))


def secret_key(shown: str) -> bytes:
    """The bytes of a secret as it is written down. Raises ValueError, saying what one looks like."""
    try:
        key = base64.b64decode(shown.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"A secret is {PREFIX} and {FEWEST_BYTES} to {MOST_BYTES} bytes in base 64.")
    return key


def check_url(url: str, *, private: bool) -> None:
    """Raise ValueError, saying what is wrong, where this is no address that may be called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("That is no web address.") from None
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or port == 0:
        raise ValueError(f"A web address is at most {LONGEST_URL} plain ASCII characters.")
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("A web address has a host, and neither a user's name nor a fragment.")
    if parts.scheme != "https" and not (parts.scheme == "http" and private and _is_loopback(parts.hostname)):
        raise ValueError("The address must begin with https://; http:// is for this machine itself, with --private.")
    if not private and (is_private(parts.hostname) or parts.hostname == "localhost"):
        raise ValueError("That address is not public: --private allows it for this client.")


def is_private(host: str) -> bool:
    """Whether an IP address is none of the public Internet's: its own network's, this machine's, reserved.

    A name is not: what it leads to is known, and tested, when a connection is made.
    """
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    inner = _inner(address)
    return not inner.is_global or inner.is_multicast


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address that an IPv6 one carries: mapped, 6to4, or through NAT64."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped or address.sixtofour:
            return address.ipv4_mapped or address.sixtofour or address
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
