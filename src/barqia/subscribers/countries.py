"""The country of a recipient, by what a provider numbers people with; kept in plain, so that readers can be counted
by it without opening an address."""

from collections.abc import Callable

import phonenumbers
from django.db import transaction

from barqia.subscribers.models import Recipient
from barqia.subscribers.vault import vault

# ISO 3166 keeps ZZ for this: no country, or none that the number tells
UNKNOWN = "ZZ"
NUMBERED = ("whatsapp",)
SLICE = 1000
LONGEST_CODE = 3
ALONE = {str(code): regions[0] for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if not regions[1:]}


def country_of(kind: str, address: str | None, user_id: str | None) -> str:
    """Two letters, ZZ where neither tells; empty on a lane whose addresses are no numbers.

    A WhatsApp number has a calling code, a BSUID the country before its dot.
    """
    if kind not in NUMBERED:
        return ""
    if address:
        return _by_number(address.lstrip("+"))
    prefix, dot, _rest = (user_id or "").partition(".")
    return prefix if dot and len(prefix) == len(UNKNOWN) and prefix.isascii() and prefix.isupper() else UNKNOWN


def _by_number(digits: str) -> str:
    """By the calling code alone where one country has it: a tenth of the time that a number's pattern takes."""
    for length in range(1, LONGEST_CODE + 1):
        if country := ALONE.get(digits[:length]):
            return UNKNOWN if country == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else country
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return UNKNOWN
    found = phonenumbers.region_code_for_number(number)
    return found or phonenumbers.region_code_for_country_code(number.country_code or 0)


def fill(progress: Callable[[int], None] = lambda _count: None) -> int:
    """Give those a country who were written down before countries were; in slices, each its own transaction."""
    missing = Recipient.objects.filter(lane__kind__in=NUMBERED, country="").order_by("pk")
    filled = after = 0
    while rows := list(missing.filter(pk__gt=after).select_related("lane")[:SLICE]):
        with transaction.atomic():
            for recipient in rows:
                recipient.country = country_of(recipient.lane.kind, *_opened(recipient))
            Recipient.objects.bulk_update(rows, ["country"])
        filled, after = filled + len(rows), rows[-1].pk
        progress(filled)
    return filled


def _opened(recipient: Recipient) -> tuple[str | None, str | None]:
    open_ = vault().open
    address, user_id = recipient.address_cipher, recipient.user_id_cipher
    return (open_(bytes(address)) if address else None), (open_(bytes(user_id)) if user_id else None)
