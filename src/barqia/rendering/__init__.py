"""A story as the parts a lane can carry: lengths, markup, direction marks, footer. Pure."""

from bisect import bisect
from dataclasses import replace
from functools import lru_cache

from barqia.rendering.compose import blocks_of
from barqia.rendering.parts import Block, Profile, Run, parts_of
from barqia.rendering.profiles import TELEGRAM_HTML, WHATSAPP
from barqia.rendering.story import Act, AnswerText, Choice, ContactCard, Digest, Menu, Picture, Story

__all__ = [
    "TELEGRAM_HTML",
    "WHATSAPP",
    "Act",
    "AnswerText",
    "Block",
    "Choice",
    "ContactCard",
    "Digest",
    "Menu",
    "Picture",
    "Profile",
    "Run",
    "Story",
    "blocks_of",
    "parts_of",
    "render",
]


@lru_cache(maxsize=64)
def render(story: Story, act: Act, profile: Profile, *, short: bool = False) -> tuple[str, ...]:
    """The messages that carry this story, in order; at least one. Written once for all who get them.

    The first fits under a picture where there is one, or where an earlier one may have to be covered. `short`: one
    message, which ends with where to read on.
    """
    parts = _parts(story, act, profile)
    shortened = _shortened(story, act, profile) if short and len(parts) > 1 else ()
    return shortened or parts


def _parts(story: Story, act: Act, profile: Profile, *, read_on: bool = False) -> tuple[str, ...]:
    first = profile.caption if story.picture or story.cover else profile.limit
    return parts_of(blocks_of(story, act, read_on=read_on), profile, rtl=story.language == "ar", first=first)


def _shortened(story: Story, act: Act, profile: Profile) -> tuple[str, ...]:
    """As many whole paragraphs as one message takes, else as many words of the first; nothing where it takes none."""

    def cut(*paragraphs: str) -> tuple[str, ...]:
        found = _parts(replace(story, paragraphs=paragraphs), act, profile, read_on=True)
        return found if len(found) == 1 else ()

    for count in range(len(story.paragraphs) - 1, 0, -1):
        if found := cut(*story.paragraphs[:count]):
            return found
    words = story.paragraphs[0].split() if story.paragraphs else []
    fits = bisect(range(1, len(words)), 0, key=lambda count: 0 if cut(f"{' '.join(words[:count])} …") else 1)
    return cut(f"{' '.join(words[:fits])} …") if fits else ()
