"""What a provider billed for a message, as it told in a status: three letters on the part, and the account of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from barqia.delivery.lane import Pricing
from barqia.delivery.models import SourceKind
from barqia.delivery.sql import marks, rows

CATEGORIES = {
    "m": "marketing",
    "u": "utility",
    "a": "authentication",
    "i": "authentication-international",
    "s": "service",
    "l": "marketing_lite",
    "r": "referral_conversion",
}
TYPES = {"r": "regular", "c": "free_customer_service", "e": "free_entry_point"}
OTHER = "o"
# a service message that is free, as the partial index of parts has it
FREE_SERVICE = "sc0"
BILLED = ("delivered", "read")

_CATEGORY_LETTERS = {name: letter for letter, name in CATEGORIES.items()}
_TYPE_LETTERS = {name: letter for letter, name in TYPES.items()}


@dataclass(frozen=True, slots=True)
class Billed:
    """So many messages of one lane to one country that arrived, as the provider billed them."""

    lane_id: int
    country: str
    pricing: Pricing
    messages: int


def letters(pricing: Pricing) -> str:
    """What no table knows is `o`: a provider may add a category any day."""
    category = _CATEGORY_LETTERS.get(pricing.category, OTHER)
    return f"{category}{_TYPE_LETTERS.get(pricing.type, OTHER)}{int(pricing.billable)}"


def pricing_of(stored: str) -> Pricing:
    return Pricing(CATEGORIES.get(stored[0], "other"), TYPES.get(stored[1], "other"), stored[2] == "1")


def billed(release_ids: Sequence[int]) -> list[Billed]:
    """What arrived of these releases, by lane, country and price, as far as the provider has told."""
    if not release_ids:
        return []
    found = rows(
        "SELECT d.lane_id, r.country, p.pricing, count(*) FROM delivery_delivery d "
        "JOIN delivery_part p ON p.delivery_id=d.id JOIN subscribers_recipient r ON r.id=d.recipient_id "
        f"WHERE d.source_kind=%s AND d.source_id IN ({marks(release_ids)}) AND p.pricing<>'' "
        f"AND p.state IN ({marks(BILLED)}) GROUP BY d.lane_id, r.country, p.pricing",
        [SourceKind.RELEASE, *release_ids, *BILLED],
    )
    counted: Counter[tuple[int, str, Pricing]] = Counter()
    for lane, country, stored, count in found:
        counted[lane, country, pricing_of(stored)] += count
    return [Billed(*key, count) for key, count in sorted(counted.items())]


def free_used(lane_ids: Sequence[int], since_ms: int) -> int:
    """How many free service messages these lanes have had since then."""
    query = (
        f"SELECT count(*) FROM delivery_part WHERE lane_id IN ({marks(lane_ids)}) AND pricing='{FREE_SERVICE}' "
        "AND sent_ms>=%s"
    )
    ((used,),) = rows(query, [*lane_ids, since_ms])
    return int(used)
