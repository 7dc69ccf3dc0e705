"""Countries by their dialling codes: for prices, and for where the service does not exist."""

from functools import lru_cache

# ISO 3166 codes; numbers that begin with no code here are of no country we know
DIALLED = {
    "1": "US", "7": "RU", "20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES",
    "36": "HU", "39": "IT", "40": "RO", "41": "CH", "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO",
    "48": "PL", "49": "DE", "51": "PE", "52": "MX", "53": "CU", "54": "AR", "55": "BR", "56": "CL", "57": "CO",
    "58": "VE", "60": "MY", "61": "AU", "62": "ID", "63": "PH", "64": "NZ", "65": "SG", "66": "TH", "81": "JP",
    "82": "KR", "84": "VN", "86": "CN", "90": "TR", "91": "IN", "92": "PK", "93": "AF", "94": "LK", "95": "MM",
    "98": "IR", "211": "SS", "212": "MA", "213": "DZ", "216": "TN", "218": "LY", "220": "GM", "221": "SN",
    "222": "MR", "223": "ML", "225": "CI", "227": "NE", "229": "BJ", "233": "GH", "234": "NG", "235": "TD",
    "237": "CM", "241": "GA", "243": "CD", "249": "SD", "250": "RW", "251": "ET", "252": "SO", "253": "DJ",
    "254": "KE", "255": "TZ", "256": "UG", "269": "KM", "291": "ER", "351": "PT", "353": "IE", "355": "AL",
    "357": "CY", "358": "FI", "359": "BG", "374": "AM", "380": "UA", "381": "RS", "420": "CZ", "850": "KP",
    "852": "HK", "880": "BD", "886": "TW", "960": "MV", "961": "LB", "962": "JO", "963": "SY", "964": "IQ",
    "965": "KW", "966": "SA", "967": "YE", "968": "OM", "970": "PS", "971": "AE", "972": "IL", "973": "BH",
    "974": "QA", "975": "BT", "976": "MN", "977": "NP", "992": "TJ", "993": "TM", "994": "AZ", "995": "GE",
    "996": "KG", "998": "UZ",
}  # fmt: skip
NOWHERE = "ZZ"
# no service; Crimea, Donetsk and Luhansk have no dialling code of their own
UNREACHABLE = frozenset({"SY", "IR", "CU", "KP"})
# marketing templates are not delivered here
NO_MARKETING = frozenset({"US"})


def dialling_code(digits: str) -> str:
    """The code that a number of E.164 digits begins with, else an empty string."""
    return next((digits[:length] for length in (3, 2, 1) if digits[:length] in DIALLED), "")


# a mailing asks for the same few
@lru_cache(maxsize=4096)
def _of_prefix(prefix: str) -> str:
    return DIALLED.get(dialling_code(prefix), NOWHERE)


def country_of(digits: str) -> str:
    return _of_prefix(digits[:3])
