"""The one row that says whose wire this is."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from barqia.errors import InputError
from barqia.wire.models import Newsroom
from barqia.wire.sections import STANDARD, add_standard

LANGUAGES = ("ar", "en")
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
# where the months have their Aramaic names
LEVANT = frozenset({"Asia/Damascus", "Asia/Beirut", "Asia/Amman", "Asia/Baghdad", "Asia/Gaza", "Asia/Hebron"})


@dataclass(frozen=True, slots=True)
class About:
    """What `init` asks for."""

    name_ar: str
    name_en: str
    agency: str
    zone: str
    languages: tuple[str, ...] = LANGUAGES
    sections: tuple[str, ...] = tuple(STANDARD)
    phone: str = ""

    def checked(self) -> "About":
        """Raises InputError for a zone, language or section that is not known."""
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(_("There is no time zone “%s”; write it like Asia/Damascus.") % self.zone) from None
        for language in self.languages:
            if language not in LANGUAGES:
                raise InputError(_("Language “%s” is not known; choose from ar, en.") % language)
        for section in self.sections:
            if section not in STANDARD:
                known = ", ".join(STANDARD)
                raise InputError(
                    _("There is no standard section “%(slug)s”; choose from %(known)s.")
                    % {"slug": section, "known": known}
                )
        if self.phone and not PHONE.fullmatch(self.phone):
            raise InputError(_("The number “%s” is none: write it with + and the country's code.") % self.phone)
        if not self.name_ar.strip() or not self.languages or not self.sections:
            raise InputError(_("A newsroom has a name, at least one language and at least one section."))
        return self


def default_language() -> str:
    """The newsroom's first language; Arabic before there is a newsroom."""
    newsroom = Newsroom.objects.first()
    return str(newsroom.languages[0]) if newsroom and newsroom.languages else "ar"


def write(about: About) -> Newsroom:
    """Write the newsroom and its sections; what is there already is kept."""
    about.checked()
    add_standard(about.sections)
    newsroom = Newsroom.objects.first() or Newsroom()
    newsroom.name_ar, newsroom.name_en = about.name_ar, about.name_en or about.name_ar
    newsroom.agency = about.agency or about.name_ar
    newsroom.zone, newsroom.languages = about.zone, list(about.languages)
    newsroom.months = "levant" if about.zone in LEVANT else "latin"
    newsroom.contact_phone = about.phone
    newsroom.save()
    return newsroom
