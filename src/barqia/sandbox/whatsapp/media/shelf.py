"""Files that businesses upload and phones send: limits by kind, lives, and addresses that expire."""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

Json = dict[str, Any]
DAY_MS, ADDRESS_MS = 86_400_000, 300_000
UPLOADED_MS, RECEIVED_MS = 30 * DAY_MS, 7 * DAY_MS
MB = 1 << 20
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCUMENTS = (
    "application/pdf", "text/plain", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
    f"{OFFICE}.wordprocessingml.document", f"{OFFICE}.spreadsheetml.sheet", f"{OFFICE}.presentationml.presentation",
)  # fmt: skip
# the most bytes of each kind, and the types it may have
KINDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "image": (5 * MB, ("image/jpeg", "image/png")),
    "document": (100 * MB, DOCUMENTS),
    "video": (16 * MB, ("video/mp4", "video/3gpp")),
    "audio": (16 * MB, ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus")),
    "sticker": (500 * 1024, ("image/webp",)),
}
STILL_STICKER = 100 * 1024
ANIMATED = b"ANIM"


@dataclass(slots=True, eq=False)
class Media:
    """`owner` is the number it was uploaded to or sent to; `addresses` are those it was shown under, by their hash."""

    id: str
    owner: str
    mime: str
    name: str
    data: bytes
    until_ms: int
    addresses: dict[str, int] = field(default_factory=dict)

    def as_json(self, base: str, now_ms: int) -> Json:
        """`GET /{media-id}`, with an address that lives five minutes."""
        self.addresses = {key: until for key, until in self.addresses.items() if until > now_ms}
        key = secrets.token_urlsafe(16)
        self.addresses[key] = now_ms + ADDRESS_MS
        url = f"{base}/whatsapp_business/attachments/?mid={self.id}&ext={(now_ms + ADDRESS_MS) // 1000}&hash={key}"
        about = {"messaging_product": "whatsapp", "url": url, "mime_type": self.mime, "id": self.id}
        return {**about, "sha256": self.sha256, "file_size": len(self.data)}

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


def plain(mime: str) -> str:
    """A type without its parameters: `audio/ogg; codecs=opus` is audio/ogg."""
    return mime.partition(";")[0].strip().lower()


def kinds_of(mime: str) -> list[str]:
    return [kind for kind, (_, types) in KINDS.items() if plain(mime) in types]


def too_big(kind: str, data: bytes) -> bool:
    if kind == "sticker" and ANIMATED not in data[:64]:
        return len(data) > STILL_STICKER
    return len(data) > KINDS[kind][0]


def unfit(kind: str, mime: str, data: bytes) -> str:
    """Why a file cannot be sent as this kind, or nothing."""
    if plain(mime) not in KINDS[kind][1]:
        return f"{kind} files of type {mime} are not supported."
    return f"The {kind} file is too big: {len(data)} bytes." if too_big(kind, data) else ""
