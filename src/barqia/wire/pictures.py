"""A picture as an editor hands it in becomes two JPEGs, without what a camera or a program wrote into the file."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from barqia.errors import InputError
from barqia.wire.models import Picture

LARGEST_BYTES = 20 << 20
MOST_PIXELS = 60_000_000
# the longer side: a screen, and a cheap phone held upright
LARGE, SMALL = 1600, 720
# providers refuse thinner ones
THINNEST = 10
KINDS = ("JPEG", "PNG", "WEBP")
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Sizes:
    """The two files, and the large one's size in points."""

    width: int
    height: int
    large: bytes
    small: bytes


def store(data: bytes, name: str) -> Picture:
    """The picture in these bytes, kept; `name` is for errors. Raises InputError where they are none."""
    made = sizes(data, name)
    digest = sha256(made.large).hexdigest()[:32]
    defaults: dict[str, int | bytes] = {"width": made.width, "height": made.height, "size": len(made.large)}
    defaults |= {"large": made.large, "small": made.small}
    return Picture.objects.get_or_create(digest=digest, defaults=defaults)[0]


def store_file(path: Path) -> Picture:
    """Raises InputError where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InputError(_("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}) from None
    return store(data, str(path))


def sizes(data: bytes, name: str) -> Sizes:
    """Upright, without metadata (a telephone writes where it was), in the colours of a screen. Raises InputError."""
    if len(data) > LARGEST_BYTES:
        raise InputError(_("%(file)s is larger than %(most)s MB: make it smaller.") % {"file": name, "most": 20})
    try:
        with Image.open(BytesIO(data), formats=KINDS) as opened:
            _bounded(opened, name)
            upright = _flat(ImageOps.exif_transpose(opened))
    except InputError:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise InputError(_("%s is no picture, or a broken one: a JPEG, PNG or WebP file is wanted.") % name) from None
    large, small = _within(upright, LARGE), _within(upright, SMALL)
    return Sizes(large.width, large.height, _jpeg(large), _jpeg(small))


def _bounded(picture: Image.Image, name: str) -> None:
    wide, high = picture.size
    if wide * high > MOST_PIXELS or max(wide, high) > THINNEST * min(wide, high):
        raise InputError(
            _("%(file)s is %(wide)s × %(high)s points: it is too large, or too long and thin.")
            % {"file": name, "wide": wide, "high": high}
        )


def _flat(picture: Image.Image) -> Image.Image:
    """On white where it is transparent."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, "white")
    layer = picture.convert("RGBA")
    paper.paste(layer, mask=layer)
    return paper


def _within(picture: Image.Image, longest: int) -> Image.Image:
    return ImageOps.contain(picture, (longest, longest)) if max(picture.size) > longest else picture


def _jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return file.getvalue()
