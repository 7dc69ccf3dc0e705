"""Pictures for tests: drawn here, as an editor's files are."""

from io import BytesIO

from PIL import Image


def drawn(size: tuple[int, int] = (900, 600), kind: str = "JPEG", mode: str = "RGB", colour: str = "#336699") -> bytes:
    file = BytesIO()
    Image.new(mode, size, colour).save(file, kind)
    return file.getvalue()


def turned() -> bytes:
    """Lying on its side, as a telephone stores it, with where it was taken written into it."""
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (800, 400), "#884422").save(file, "JPEG", exif=exif)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))
