"""What an editor types, as plain data."""

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from barqia.errors import InputError
from barqia.text import misread
from barqia.wire.models import Copy, Dispatch, Section

FLASH, LEAST_URGENT = 1, 9
LONGEST_HEADLINE = 300
# a delivery has at most 64 parts of 4,096 characters; packed at their worst, this many always fit
LONGEST_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class Words:
    """The words of an item: `headline` one line, `text` the whole dispatch as written."""

    headline: str
    text: str
    byline: str = ""
    ednote: str = ""

    @classmethod
    def of(cls, copy: Copy) -> "Words":
        return cls(copy.headline, copy.text, copy.byline, copy.ednote)

    def checked(self) -> "Words":
        """These words. Raises InputError where they cannot be a dispatch."""
        if not self.headline.strip():
            raise InputError(_("The headline is empty: write one line that says what happened."))
        if "\n" in self.headline or len(self.headline) > LONGEST_HEADLINE:
            raise InputError(_("The headline is one line of at most 300 characters."))
        if not self.text.strip():
            raise InputError(_("The text is empty: write or paste the dispatch."))
        if len(self.text) > LONGEST_TEXT:
            raise InputError(
                _("The text has %(size)s characters; a dispatch has at most %(most)s: divide it.")
                % {"size": len(self.text), "most": LONGEST_TEXT}
            )
        wrong = misread(self.text)
        if wrong:
            raise InputError(
                _("The text was read in a wrong encoding on its way here (%s): take it from its source again.") % wrong
            )
        lines = self.headline + self.byline + self.ednote
        bad = next((c for c in self.text + lines if c == "\0" or "\ud800" <= c <= "\udfff"), None)
        bad = bad or next((c for c in lines if unicodedata.category(c) == "Cc"), None)
        if bad is not None:
            raise InputError(
                _("The text holds a character that is no text (U+%04X): paste it again as plain text.") % ord(bad)
            )
        return self


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an item belongs: section slugs, urgency 1 (flash) to 9, IPTC subject codes."""

    sections: tuple[str, ...]
    urgency: int = 5
    slugline: str = ""
    subject: tuple[str, ...] = ()

    def checked(self) -> list[Section]:
        """The sections' rows. Raises InputError for an unknown section, a wrong urgency."""
        if not FLASH <= self.urgency <= LEAST_URGENT:
            raise InputError(_("Urgency %s is not known: choose 1 (flash) to 9.") % self.urgency)
        rows = {section.slug: section for section in Section.objects.all()}
        unknown = [slug for slug in self.sections if slug not in rows]
        if unknown:
            raise InputError(
                _("There is no section “%(slug)s”. The sections are: %(known)s.")
                % {"slug": unknown[0], "known": ", ".join(rows)}
            )
        return [rows[slug] for slug in self.sections]

    def stands(self, item: Dispatch) -> bool:
        """Whether the item has these sections and this urgency."""
        return set(self.sections) == set(item.sections.values_list("slug", flat=True)) and self.urgency == item.urgency
