"""What an editor types, as plain data."""

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from barqia.errors import InputError
from barqia.text import misread
from barqia.wire.models import Copy, Dispatch, Picture, Section

FLASH, LEAST_URGENT = 1, 9
LONGEST_HEADLINE = 300
LONGEST_CAPTION, LONGEST_CREDIT = 300, 120
# a delivery has at most 64 parts of 4,096 characters; packed at their worst, this many always fit
LONGEST_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class Illustration:
    """An item's picture: the stored file's `digest`, what it shows, and whose it is."""

    digest: str
    caption: str = ""
    credit: str = ""

    def checked(self) -> "Illustration":
        """Raises InputError where there is no such picture, or its lines are too long."""
        if not Picture.objects.filter(pk=self.digest).exists():
            raise InputError(_("The picture is not there any more: choose it again."))
        if len(self.caption) > LONGEST_CAPTION or len(self.credit) > LONGEST_CREDIT:
            raise InputError(
                _("A picture's caption has at most %(caption)s characters, its credit %(credit)s.")
                % {"caption": LONGEST_CAPTION, "credit": LONGEST_CREDIT}
            )
        return self


@dataclass(frozen=True, slots=True)
class Words:
    """The words of an item: `headline` one line, `text` the whole dispatch as written; and its picture."""

    headline: str
    text: str
    byline: str = ""
    ednote: str = ""
    picture: Illustration | None = None

    @classmethod
    def of(cls, copy: Copy) -> "Words":
        picture = None
        if copy.picture_id:
            picture = Illustration(copy.picture_id, copy.picture_caption, copy.picture_credit)
        return cls(copy.headline, copy.text, copy.byline, copy.ednote, picture)

    def fields(self) -> dict[str, str | None]:
        """These words as the columns of a `Copy`."""
        shown = self.picture
        return {
            "headline": self.headline.strip(),
            "text": self.text,
            "byline": self.byline,
            "ednote": self.ednote,
            "picture_id": shown.digest if shown else None,
            "picture_caption": shown.caption if shown else "",
            "picture_credit": shown.credit if shown else "",
        }

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
        shown = self.picture.checked() if self.picture else None
        lines = self.headline + self.byline + self.ednote + (shown.caption + shown.credit if shown else "")
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
