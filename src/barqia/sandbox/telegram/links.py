"""Addresses that a message may carry, and what the server finds in a text by itself."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import parse_qs, urlsplit

SCHEMES = frozenset({"http", "https", "tg", "mailto", "tel"})
HOST = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{1,63}\.?|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]"
)
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(?:/|$))")
BLANKS = re.compile(r"[\s\x00-\x1f]")
NOT_IN_THERE = frozenset({"code", "pre"})
# endings that are taken for a domain without https:// before them
ENDINGS = (
    "com|org|net|info|news|example|edu|gov|int|io|me|tv|co|dev|app|"
    "sy|ye|eg|sa|ae|qa|kw|iq|om|ma|bh|jo|lb|dz|tn|ly|sd|mr|ps|uk|de|fr|eu"
)
AUTOMATIC = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,})"
    r"|(?P<url>https?://[^\s<>\u2068\u2069]+|(?<![\w@.-])(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+"
    rf"(?:{ENDINGS})(?![\w-]|\.\w)(?::\d+)?(?:[/?#][^\s<>\u2068\u2069]*)?)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{4,31})|(?P<hashtag>(?<![\w#])#\w*[^\W\d]\w*)"
    r"|(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>]))",
    re.IGNORECASE,
)
FINAL = ".,:;!?'\"،؛؟»…"


@dataclass(slots=True)
class Entity:
    """A style over `[start, end)` in code points; `url` is what it leads to or carries."""

    kind: str
    start: int
    end: int
    url: str = ""
    format: str = ""


def checked(href: str) -> str:
    """The address as it will stand; empty where it is relative, bad, or of a kind that is not opened."""
    if not href or BLANKS.search(href):
        return ""
    scheme = SCHEME.match(href)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return href if scheme[1].lower() in SCHEMES and len(href) > scheme.end() else ""
    try:
        parts = urlsplit(href if scheme else f"http://{href}")
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return ""
    if not HOST.fullmatch(f"[{host}]" if ":" in host else host):
        return ""
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/").geturl()


def problem(url: str) -> str:
    """Why an address cannot be opened, as the server words it; empty where it can."""
    if checked(url):
        return ""
    scheme = SCHEME.match(url)
    if scheme and scheme[1].lower() not in SCHEMES:
        return "Unsupported URL protocol"
    return "Wrong URL host" if url.rpartition("://")[2].strip("/") else "URL host is empty"


def mentioned(url: str) -> str:
    """The user id in tg://user?id=…, empty where it is another address."""
    parts = urlsplit(url)
    number = parse_qs(parts.query).get("id", [""])[0]
    return number if (parts.scheme, parts.netloc) == ("tg", "user") and number.isdecimal() else ""


def linked(start: int, end: int, href: str) -> Entity | None:
    """A link over this text, or a mention of a person, or nothing."""
    url = checked(href)
    if number := mentioned(url) if url else "":
        return Entity("text_mention", start, end, number)
    return Entity("text_link", start, end, url) if url else None


def outside_code(entities: list[Entity]) -> list[Entity]:
    """Styles within code are lost, the code stays."""
    codes = [entity for entity in entities if entity.kind in NOT_IN_THERE]
    return [e for e in entities if e in codes or not any(e.start < c.end and c.start < e.end for c in codes)]


def automatic(text: str, taken: list[Entity]) -> list[Entity]:
    """Links, mentions, tags and commands that the server finds by itself."""
    found = []
    for match in AUTOMATIC.finditer(text):
        start, end = match.span()
        kind = match.lastgroup or "url"
        if kind == "url":
            end = start + len(match.group().rstrip(FINAL))
        if not any(
            e.kind in {"text_link", "text_mention", "code", "pre"} and e.start < end and start < e.end for e in taken
        ):
            found.append(Entity(kind, start, end))
    return found


def as_json(text: str, entities: list[Entity], user: Callable[[int], dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Entities with offsets and lengths in UTF-16 units; a mention of nobody known is lost."""
    units: Sequence[int] = range(len(text) + 1)
    if max(text, default="") > "\uffff":
        units = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    found = []
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        start, end = units[entity.start], units[entity.end]
        row: dict[str, Any] = {"type": entity.kind, "offset": start, "length": end - start}
        if entity.kind == "text_mention":
            row["user"] = user(int(entity.url))
            if row["user"] is None:
                continue
        found.append(row | _carried(entity))
    return found[:100]


def _carried(entity: Entity) -> dict[str, Any]:
    if entity.kind == "text_link":
        return {"url": entity.url}
    if entity.kind == "custom_emoji":
        return {"custom_emoji_id": entity.url}
    if entity.kind == "pre" and entity.url:
        return {"language": entity.url}
    if entity.kind == "date_time":
        return {"unix_time": int(entity.url), **({"date_time_format": entity.format} if entity.format else {})}
    return {}
