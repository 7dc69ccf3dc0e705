"""Text read in the wrong encoding: recognised and said, never mended silently."""

import re

# UTF-8 bytes of Arabic letters, shown as windows-1256 (ط§ظ„), as windows-1252 (Ø§Ù„); and windows-1256
# bytes shown as windows-1252 (Çáæ).
UTF8_AS_1256 = re.compile(r"[طظ][\u0080-\u00ff\u0152-\u0192\u02c6\u2013-\u203a\u20ac\u2122¸-؟اآأؤإئ-ي](?=[طظ ])")
UTF8_AS_1252 = re.compile(r"[ØÙ][\u0080-\u00bf\u0152-\u0192\u02c6\u2013-\u203a\u20ac\u2122]")
CP1256_AS_1252 = re.compile(r"[À-ÿ]{3,}")
SAMPLE = 4000


def misread(text: str) -> str | None:
    """How the text was misread (`"UTF-8 read as windows-1256"` …), None where it was not. Looks at its beginning."""
    sample = text[:SAMPLE]
    letters = sum(c.isalpha() for c in sample) or 1
    plain = len(re.findall(r"[ء-غف-ي]{2,}", re.sub(r"[طظ].", " ", sample)))
    if len(UTF8_AS_1256.findall(sample)) * 4 > letters and plain * 8 < letters:
        return "UTF-8 read as windows-1256"
    if len(UTF8_AS_1252.findall(sample)) * 3 > letters:
        return "UTF-8 read as windows-1252"
    if sum(map(len, CP1256_AS_1252.findall(sample))) * 2 > letters:
        return "windows-1256 read as windows-1252"
    return None
