"""Files that went through Telegram: kept once by what is in them, named by file ids and paths."""

import hashlib
import struct
from collections import OrderedDict
from dataclasses import dataclass

from barqia.sandbox.telegram.chats import Json

# beyond this the oldest are forgotten; their ids are then wrong
KEPT_BYTES = 256 << 20
SIDES = (("s", 90), ("m", 320), ("x", 800), ("y", 1280), ("w", 2560))


@dataclass(frozen=True, slots=True)
class File:
    """`key` names the content; width and height are 0 for what is no picture."""

    key: str
    path: str
    data: bytes
    mime: str
    name: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Upload:
    """What a request carried as a file."""

    name: str
    mime: str
    data: bytes


class Files:
    def __init__(self) -> None:
        self._by_key: OrderedDict[str, File] = OrderedDict()
        self._by_path: dict[str, File] = {}
        self._bytes, self._made = 0, 0

    def add(self, upload: Upload) -> File:
        """The file, the one there is where it was sent before."""
        key = hashlib.sha256(upload.data).hexdigest()[:20]
        if known := self._by_key.get(key):
            return known
        self._made += 1
        width, height = picture_size(upload.data)
        folder, ending = ("photos", _ending(upload.data)) if width else ("documents", _suffix(upload.name))
        path = f"{folder}/file_{self._made}{ending}"
        file = File(key, path, upload.data, upload.mime, upload.name, width, height)
        self._by_key[key] = self._by_path[path] = file
        self._bytes += len(upload.data)
        while self._bytes > KEPT_BYTES and len(self._by_key) > 1:
            _, oldest = self._by_key.popitem(last=False)
            del self._by_path[oldest.path]
            self._bytes -= len(oldest.data)
        return file

    def with_id(self, file_id: str) -> File | None:
        """The file of an id that an answer carried."""
        return self._by_key.get(file_id[3:23])

    def with_key(self, key: str) -> File | None:
        return self._by_key.get(key)

    def at(self, path: str) -> File | None:
        return self._by_path.get(path)


def photo_json(file: File) -> list[Json]:
    """PhotoSize objects, ascending, as many as the picture is large."""
    longest = max(file.width, file.height)
    steps = [(name, side) for name, side in SIDES if side < longest]
    name, side = SIDES[min(len(steps), len(SIDES) - 1)]
    return [_size(file, name, min(1.0, side / longest)) for name, side in [*steps, (name, side)]]


def _size(file: File, name: str, share: float) -> Json:
    return {
        "file_id": f"AgA{file.key}{name}",
        "file_unique_id": f"AQAD{file.key[:11]}{name}",
        "file_size": max(1, int(len(file.data) * share * share)),
        "width": max(1, round(file.width * share)),
        "height": max(1, round(file.height * share)),
    }


def document_json(file: File, name: str) -> Json:
    return {
        "file_name": name,
        "mime_type": file.mime,
        "file_id": f"BQA{file.key}d",
        "file_unique_id": f"AgAD{file.key[:11]}",
        "file_size": len(file.data),
    }


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG, JPEG, GIF or WebP; zeros for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return struct.unpack(">II", data[16:24])
    if data[:6] in {b"GIF87a", b"GIF89a"} and len(data) >= 10:
        return struct.unpack("<HH", data[6:10])
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _webp(data)
    return _jpeg(data) if data[:2] == b"\xff\xd8" else (0, 0)


def _webp(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(data: bytes) -> tuple[int, int]:
    """From the first frame header; markers before it are walked over."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0


def _ending(data: bytes) -> str:
    return {b"\x89PNG": ".png", b"GIF8": ".gif", b"RIFF": ".webp"}.get(data[:4], ".jpg")


def _suffix(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if stem and dot and ending.isalnum() else ""
