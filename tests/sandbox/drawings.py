"""Small pictures, made here."""

import struct
import zlib


def png(width: int = 4, height: int = 3, colour: bytes = b"\x20\x70\x90") -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + colour * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(width: int = 4, height: int = 3) -> bytes:
    """The head of a JPEG: what says how large it is."""
    return b"\xff\xd8\xff\xc0" + struct.pack(">HBHH", 17, 8, height, width) + b"\3" + b"\0" * 20
