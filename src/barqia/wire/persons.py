"""The persons whom the published dispatches name, as their readings name them."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

from django.db.models import Max

from barqia.text import key
from barqia.wire.models import Release, Verb

# a name that none of so many releases has is not known
RECENT = 1000
CODE_BYTES = 6
PUBLISHED = (Verb.PUBLISH, Verb.CORRECT)


@lru_cache(maxsize=4096)
def code_of(folded: str) -> str:
    """Twelve hexadecimal digits of a hash of the folded name: the same for every spelling, in every installation, for
    ever, and nothing but letters that a deep link of Telegram may carry."""
    return blake2b(folded.encode(), digest_size=CODE_BYTES).hexdigest()


def known_persons() -> Mapping[str, str]:
    """{folded name: the name as last written}, the most often named first."""
    newest = Release.objects.filter(verb__in=PUBLISHED).aggregate(newest=Max("pk"))["newest"]
    return _known_up_to(newest) if newest else {}


@lru_cache(maxsize=1)
def _known_up_to(newest: int) -> Mapping[str, str]:
    releases = Release.objects.filter(pk__lte=newest, verb__in=PUBLISHED).order_by("-pk")[:RECENT]
    times: Counter[str] = Counter()
    names: dict[str, str] = {}
    for as_read in releases.values_list("revision__as_read", flat=True):
        for name in {one["name"] for one in as_read.get("names", {}).get("persons", ())}:
            times[key(name)] += 1
            names.setdefault(key(name), name)
    return {folded: names[folded] for folded, _times in times.most_common()}


forget = _known_up_to.cache_clear
