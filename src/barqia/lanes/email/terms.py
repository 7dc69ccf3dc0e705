"""What a lane's settings may be, checked when they are given."""

import re
from collections.abc import Mapping
from datetime import time
from ipaddress import ip_address

from barqia.delivery.lane import Terms
from barqia.text.addresses import MAIL_ADDRESS

# no protocol's limits, but what one relay takes from one sender
FASTEST, USUAL, CONNECTIONS = 200.0, 20.0, 5
# no mail server asks a pause between two mails to one address
PERSON = (0, 1)
DIGEST_AT = "18:00"
PORTS = {"starttls": "587", "tls": "465", "none": "25"}
DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
PORT = re.compile(r"[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]")
PLAIN_NAME = re.compile(r"[^\x00-\x1f\x7f<>\"\\]*")


# setting -> (what it must be whole, what is said of one that is not)
SHAPES = {
    "host": (HOST, "is no name of a server"),
    "imap_host": (HOST, "is no name of a server"),
    "port": (PORT, "is no port, 1 to 65535"),
    "imap_port": (PORT, "is no port, 1 to 65535"),
    "security": (re.compile("starttls|tls|none"), "is none of starttls, tls, none"),
    "imap_security": (re.compile("tls|none"), "is none of tls, none"),
    "address": (MAIL_ADDRESS, "is no mail address like news@example.org"),
    "from_name": (PLAIN_NAME, "is more than one line, or has a quotation mark, an angle bracket or a backslash"),
    "bounce_domain": (DOMAIN, "is no domain like news.example.org"),
    "list_id": (DOMAIN, "is no name like news.example.org"),
    "digest_at": (re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d"), "is no time like 18:00"),
    "dkim_selector": (re.compile(r"[A-Za-z0-9._-]+"), "is no selector like barqia2026"),
}


def security(settings: Mapping[str, str]) -> str:
    return settings.get("security") or "starttls"


def terms(settings: Mapping[str, str]) -> Terms:
    """Raises ValueError for what cannot be, or would send passwords and readers' addresses in the clear."""
    for name, (shape, wrong) in SHAPES.items():
        if (value := settings.get(name)) and not shape.fullmatch(value):
            raise ValueError(f"{name} “{value}” {wrong}.")
    for name, host in (("security", "host"), ("imap_security", "imap_host")):
        if settings.get(name) == "none" and not _is_here(settings.get(host, "")):
            raise ValueError(f"{name} none is for a server on this machine: any other takes tls.")
    return Terms(
        FASTEST, USUAL, PERSON, connections=CONNECTIONS, digest_at=digest_at(settings), notes=_records(settings)
    )


def digest_at(settings: Mapping[str, str]) -> time:
    hour, _, minute = (settings.get("digest_at") or DIGEST_AT).partition(":")
    return time(int(hour), int(minute))


def _records(settings: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The DNS records without which the mail is not believed; those of DKIM are `lane check`'s."""
    domain = settings.get("address", "").rpartition("@")[2]
    back = settings.get("bounce_domain") or domain
    if not domain or domain == "localhost":
        return ()
    return (
        ("SPF", f'publish {back} TXT "v=spf1 a:{settings.get("host", "")} ~all", or what your mail provider names'),
        ("DMARC", f'publish _dmarc.{domain} TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'),
        ("return path", f"bounces+…@{back} and unsubscribe+…@{back} must reach the mailbox, or `barqia mail-in`"),
    )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
