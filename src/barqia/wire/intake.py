"""What arrives as bytes becomes a text: decoded, its line ends made one kind, and nothing else changed."""

import codecs
from pathlib import Path

from django.utils.translation import gettext as _

from barqia.errors import InputError
from barqia.reading import read

LARGEST_BYTES = 1_000_000
LONGEST_HEADLINE = 120
BOM = "\ufeff"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: Path) -> bytes:
    """A dispatch's file. Raises InputError where it is no file, empty or too large."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InputError(_("%s is a folder: give a text file.") % path)
        if size > LARGEST_BYTES:
            raise InputError(
                _("%(file)s has %(size)s bytes; a dispatch has at most %(most)s: is it a text?")
                % {"file": path, "size": size, "most": LARGEST_BYTES}
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(_("There is no file %s.") % path) from None
    except OSError as error:
        raise InputError(_("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}) from None


def decode(data: bytes, name: str, encoding: str | None = None) -> str:
    """The characters as they stand, BOM and carriage returns included. Raises InputError."""
    if not data.strip():
        raise InputError(_("%s is empty: there is nothing to read.") % name)
    try:
        return data.decode(encoding or "utf-8")
    except LookupError:
        raise InputError(_("There is no encoding “%s”. Known are utf-8, windows-1256, utf-16.") % encoding) from None
    except UnicodeDecodeError:
        guess = None if encoding else guess_encoding(data)
        if guess:
            advice = _("It looks like %(guess)s: try again with --encoding %(guess)s.") % {"guess": guess}
        else:
            advice = _("Is it a text? If it is, name its encoding with --encoding.")
        wrong = _("%(file)s is not %(encoding)s text.") % {"file": name, "encoding": encoding or "UTF-8"}
        raise InputError(f"{wrong} {advice}") from None


def guess_encoding(data: bytes) -> str | None:
    """UTF-16 by its mark, windows-1256 where that makes it mostly Arabic letters; else None."""
    if data.startswith(UTF16_MARKS):
        return "utf-16"
    if b"\0" in data:
        return None
    text = data.decode("windows-1256", "replace")
    letters = [c for c in text if c.isalpha()]
    arabic = sum("\u0600" <= c <= "\u06ff" for c in letters)
    return "windows-1256" if letters and arabic > 0.6 * len(letters) else None


def clean(text: str, name: str) -> str:
    """A revision's text: without BOM, lines ended by LF. Raises InputError for what is no text."""
    text = text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")
    bad = next((c for c in text if c == "\0" or "\ud800" <= c <= "\udfff"), None)
    if bad is not None:
        raise InputError(
            _("%(file)s holds U+%(code)04X, which is no character of a text: is it a text file?")
            % {"file": name, "code": ord(bad)}
        )
    if not text.strip():
        raise InputError(_("%s is empty: there is nothing to read.") % name)
    return text


def text_of(path: Path, encoding: str | None = None) -> str:
    """A file as a revision's text. Raises InputError."""
    return clean(decode(read_bytes(path), str(path), encoding), str(path))


def split_headline(text: str) -> tuple[str, str]:
    """(headline, text). A short first line with a blank line under it is the headline; else the first
    sentence's beginning is, and the text stays whole."""
    first, _line, rest = text.lstrip("\n").partition("\n")
    reading = read(text)
    starts_with_dateline = reading.dateline is not None and not text[: reading.dateline.span[0]].strip()
    if rest.startswith("\n") and len(first) <= LONGEST_HEADLINE and not starts_with_dateline and rest.strip():
        return first.strip(), rest.lstrip("\n")
    start = reading.dateline.span[1] if reading.dateline else 0
    body = next((text[max(a, start) : b] for a, b in reading.paragraphs if text[max(a, start) : b].strip()), text)
    return _shortened(" ".join(body.split())), text


def _shortened(sentence: str) -> str:
    if len(sentence) <= LONGEST_HEADLINE:
        return sentence.rstrip(". ")
    cut = sentence[:LONGEST_HEADLINE]
    return cut[: cut.rfind(" ")].rstrip("،, ") + "…"
