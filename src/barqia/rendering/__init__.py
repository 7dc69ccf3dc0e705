"""A story as the parts a lane can carry: lengths, markup, direction marks, footer. Pure."""

from functools import lru_cache

from barqia.rendering.compose import blocks_of
from barqia.rendering.parts import Block, Profile, Run, parts_of
from barqia.rendering.profiles import TELEGRAM_HTML, WHATSAPP
from barqia.rendering.story import Act, AnswerText, Choice, ContactCard, Menu, Picture, Story

__all__ = [
    "TELEGRAM_HTML",
    "WHATSAPP",
    "Act",
    "AnswerText",
    "Block",
    "Choice",
    "ContactCard",
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
def render(story: Story, act: Act, profile: Profile) -> tuple[str, ...]:
    """The messages that carry this story, in order; at least one. Written once for all who get them.

    The first fits under a picture where there is one, or where an earlier one may have to be covered.
    """
    first = profile.caption if story.picture or story.cover else profile.limit
    return parts_of(blocks_of(story, act), profile, rtl=story.language == "ar", first=first)
