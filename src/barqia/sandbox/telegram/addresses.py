"""Addresses a message may carry, checked and written as the server writes them."""

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote

from barqia.sandbox.telegram.errors import Unparsed

URL = re.compile(r"(?:([^:/?#@\[\]]*)://)?([^/?#]*)(.*)", re.DOTALL)
INNER = re.compile(r"(tg|ton|tonsite):(?://)?(.*)", re.IGNORECASE | re.DOTALL)
HOST = re.compile(r"(?:[a-z0-9.\-_!$,~*'();&+=\x80-\U0010ffff]|%[0-9a-f]{2})+")
USER = re.compile(r"(?:[A-Za-z0-9.\-_!$,~*'();&+=:\x80-\U0010ffff]|%[0-9a-fA-F]{2})+")
INNER_HOST = re.compile(r"[a-z0-9_-]+")
NUMBER = re.compile(r"-?[0-9]+")
MOST_ID, MOST_EMOJI = 2**40, 2**63


def standing(url: str) -> str:
    """The address as it will stand. Raises Unparsed, with the server's reason, where it cannot be opened."""
    if inner := INNER.match(url):
        return _inner(inner[1].lower(), inner[2])
    scheme, userinfo, host, port, rest = _parts(url)
    if "." not in host and not host.startswith("["):
        raise Unparsed("Wrong HTTP URL")
    return f"{scheme}://{f'{userinfo}@' if userinfo else ''}{host}{f':{port}' if port else ''}{rest}"


def checked(url: str) -> str:
    """The address as it will stand; empty where it cannot be opened."""
    try:
        return standing(url)
    except Unparsed:
        return ""


def problem(url: str) -> str:
    """Why an address cannot be opened, as the server words it; empty where it can."""
    try:
        standing(url)
    except Unparsed as error:
        return str(error)
    return ""


def _inner(scheme: str, url: str) -> str:
    """An address within Telegram."""
    http, userinfo, host, port, rest = _parts(url)
    if url.lower().startswith("http://") or http == "https" or userinfo or port or host.startswith("["):
        raise Unparsed(f"Wrong {scheme} URL")
    if not INNER_HOST.fullmatch(host):
        raise Unparsed("Unallowed characters in URL host")
    if rest.startswith("/?"):
        rest = rest[1:]
    return f"{scheme}://{host}{rest}"


def _parts(url: str) -> tuple[str, str, str, int, str]:
    """Scheme, user, host, port (0 where none is said) and the rest from the path on. Raises Unparsed."""
    found = URL.fullmatch(url)
    assert found
    scheme, authority, rest = (found[1] or "http").lower(), found[2], found[3].rstrip(" \t\r\n\v\0")
    if scheme not in {"http", "https"} or found[1] == "":
        raise Unparsed("Unsupported URL protocol")
    authority, port = _port(authority)
    userinfo, _, host = authority.rpartition("@")
    if userinfo and not host.startswith("[") and not USER.fullmatch(userinfo):
        raise Unparsed("Wrong URL userinfo")
    rest = rest if rest.startswith("/") else f"/{rest}"
    return scheme, userinfo, _host(host), port, re.sub(r"[\x00-\x20]", lambda c: quote(c[0], safe=""), rest)


def _port(authority: str) -> tuple[str, int]:
    at = len(authority) - 1
    while at > 0 and authority[at] not in ":]@":
        at -= 1
    if at <= 0 or authority[at] != ":":
        return authority, 0
    digits = authority[at + 1 :]
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits[:20]) <= 65_535:
        raise Unparsed("Wrong port number specified in the URL")
    return authority[:at], int(digits)


def _host(host: str) -> str:
    if not host:
        raise Unparsed("URL host is empty")
    if host == ".":
        raise Unparsed("Host is invalid")
    host = "".join(c.lower() if c.isascii() else c for c in host)
    if host.startswith("[") and host.endswith("]"):
        try:
            IPv6Address(host[1:-1])
        except AddressValueError:
            raise Unparsed("Wrong IPv6 address specified in the URL") from None
        return host
    if not HOST.fullmatch(host):
        wrong_code = re.search(r"%(?![0-9a-f]{2})", host)
        raise Unparsed("Wrong percent-encoded symbol in URL host" if wrong_code else "Wrong URL host")
    return host


def _inner_value(url: str, host: str, name: str) -> str | None:
    """A value in tg://host?name=…; None where it is another address."""
    found = re.fullmatch(rf"tg:(?://)?{host}(?:/?\?([^#]*)(?:#.*)?)", url, re.IGNORECASE | re.DOTALL)
    for pair in found[1].split("&") if found else ():
        key, _, value = pair.partition("=")
        if key.lower() == name:
            return value
    return None


def person(url: str) -> str:
    """The user id in tg://user?id=…, empty where it is another address."""
    value = _inner_value(url, "user", "id")
    return value if value and NUMBER.fullmatch(value) and 0 < int(value[:20]) < MOST_ID else ""


def emoji(url: str) -> str:
    """The id in tg://emoji?id=…. Raises Unparsed."""
    value = _inner_value(url, "emoji", "id")
    if value is None or not _is_emoji(value):
        raise Unparsed("Invalid tg://emoji or tg://time URL specified")
    return value


def time(url: str) -> tuple[str, str] | None:
    """Seconds and format in tg://time?unix=…&format=…; None where it is another address."""
    unix = _inner_value(url, "time", "unix")
    return (unix, _inner_value(url, "time", "format") or "") if unix and NUMBER.fullmatch(unix) else None


def _is_emoji(value: str) -> bool:
    return bool(NUMBER.fullmatch(value)) and 0 < abs(int(value[:20])) < MOST_EMOJI


def emoji_id(value: str) -> str:
    """Raises Unparsed."""
    if not _is_emoji(value):
        raise Unparsed("Invalid custom emoji identifier specified")
    return value
