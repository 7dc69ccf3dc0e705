"""Links that a newsroom shares: one tap opens the lane's chat with the wish in it.

Telegram: `https://t.me/<bot>?start=<payload>`, the payload a section's slug or `p_` and a person's code. WhatsApp:
`https://wa.me/<number>?text=<word>`, the word that asks for the same. Without payload, everything.
"""

from collections.abc import Mapping
from urllib.parse import quote

PERSON_PAYLOAD = "p_"


def link(settings: Mapping[str, str], payload: str, word: str) -> str | None:
    """None where the lane's settings name no bot and no number."""
    if settings.get("bot_username"):
        start = f"?start={payload}" if payload else ""
        return f"https://t.me/{settings['bot_username'].lstrip('@')}{start}"
    if settings.get("display_number"):
        digits = "".join(c for c in settings["display_number"] if c.isdigit())
        return f"https://wa.me/{digits}?text={quote(word)}"
    return None
