"""A message that was accepted, on its way."""

import base64
import secrets
from dataclasses import dataclass

from barqia.sandbox.phones import Bubble, Phone
from barqia.sandbox.whatsapp.templates.template import Template

# an undelivered message is kept so long
LIFE_MS = 30 * 86_400_000
AUTHENTICATION_LIFE_MS = 600_000


@dataclass(slots=True, eq=False)
class Sent:
    """`to` is the number it was sent to, digits (empty for a user id); a reaction has no bubble.

    `open` says whether the person's window was, `free` whether the free entry point's was; `lite` is the Marketing
    Messages API; `link` a media address that is to be fetched; `fails` what the message itself brings about, and `why`.
    """

    wamid: str
    phone: Phone | None
    to: str
    tag: str | None
    kind: str
    bubble: Bubble | None
    template: Template | None = None
    open: bool = False
    free: bool = False
    lite: bool = False
    life_ms: int = LIFE_MS
    link: str = ""
    fails: int = 0
    why: str = ""
    billed: bool = False

    @property
    def category(self) -> str:
        """As the ledger and `pricing` name it."""
        if self.template is None:
            return "service"
        category = self.template.category.lower()
        return "marketing_lite" if self.lite and category == "marketing" else category


def new_wamid(digits: str, *, outbound: bool) -> str:
    """`wamid.` and base64 of a small structure with the person's number and a random id, as Meta's are."""
    number, unique = digits.encode(), secrets.token_hex(9).upper().encode()
    parts = [b"\x1c\x18", bytes([len(number)]), number, b"\x15\x02\x00", b"\x11" if outbound else b"\x12"]
    parts += [b"\x18", bytes([len(unique)]), unique, b"\x00"]
    return "wamid." + base64.b64encode(b"".join(parts)).decode()
