"""What the server finds in a text by itself."""

import re

from barqia.sandbox.telegram.entities import Entity

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
