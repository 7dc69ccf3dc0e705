"""What a notification says, as JSON for the site's service worker: within what one message can carry."""

import json
import re
from functools import lru_cache

from barqia.lanes.webpush.encryption import MOST_PLAIN
from barqia.rendering import Act, Story
from barqia.rendering.compose import headline_of, wording
from barqia.rendering.record import Record

# JSON writes each of these with six characters
CONTROLS = re.compile(r"[\x00-\x1f]")
LEAD = 400
HEADLINE = 200
FLASH = 1
ENDINGS = frozenset({Act.KILL, Act.TAKEDOWN})


@lru_cache(maxsize=64)
def notice_of(story: Story, act: Act) -> bytes:
    """The same for all readers. A notification of the same `tag` takes the place of the one that is there."""
    record = story.record
    assert record is not None, "what is sent to machines has a record"
    said = {
        "tag": tag_of(story, record),
        "release": record.release,
        "title": _short(headline_of(story, act), HEADLINE),
        "body": _short(_body(story, act), LEAD),
        "url": story.link,
        "lang": story.language,
        "loud": act in ENDINGS or story.urgency == FLASH,
        "gone": act in ENDINGS,
    }
    if story.picture and act not in ENDINGS:
        said["image"] = story.picture.url
    made = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(made) <= MOST_PLAIN, "headline and lead are bounded, an address of ours is short"
    return made


def tag_of(story: Story, record: Record) -> str:
    """At most 32 characters of base 64: also the topic by which a push service replaces what it still holds."""
    return f"test-{record.public_id}" if story.test else record.public_id


def _body(story: Story, act: Act) -> str:
    words = wording(story.language)
    if act in ENDINGS:
        return f"{words.reason}: {story.note}"
    lead = story.paragraphs[0] if story.paragraphs else ""
    return f"{story.note or words.corrected} {lead}" if act is Act.CORRECT else lead


def _short(text: str, most: int) -> str:
    """At most so many characters, ending after a word."""
    text = " ".join(CONTROLS.sub(" ", text).split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut) + "…"
