"""Where WhatsApp serves, and the markets its prices are for: by the country of the number that is written to.

From Meta's pages on prices and on where the platform is offered, as they were in November 2026; the markets are those
of the rate cards since 1 October 2026. A country in no market is in `OTHER`. Crimea, Donetsk and Luhansk are not served
either, which no number tells.
"""

# no business may write to people there
UNSERVED = ("CU", "IR", "KP", "SY")
# takes no marketing templates: outside the window nothing reaches these readers
NO_MARKETING = ("US",)

OTHER = "Other"
OF_ITS_OWN = {
    "AE": "United Arab Emirates", "AR": "Argentina", "BD": "Bangladesh", "BR": "Brazil", "CL": "Chile",
    "CO": "Colombia", "DE": "Germany", "EG": "Egypt", "ES": "Spain", "FR": "France", "GB": "United Kingdom",
    "HK": "Hong Kong", "HU": "Hungary", "ID": "Indonesia", "IL": "Israel", "IN": "India", "IQ": "Iraq", "IT": "Italy",
    "KW": "Kuwait", "KZ": "Kazakhstan", "LK": "Sri Lanka", "MA": "Morocco", "MX": "Mexico", "MY": "Malaysia",
    "NG": "Nigeria", "NL": "Netherlands", "NP": "Nepal", "OM": "Oman", "PE": "Peru", "PK": "Pakistan", "PL": "Poland",
    "QA": "Qatar", "RO": "Romania", "RU": "Russia", "SA": "Saudi Arabia", "SG": "Singapore", "TR": "Turkey",
    "UA": "Ukraine", "ZA": "South Africa",
}  # fmt: skip
SHARED = {
    "North America": "AS CA GU MP US",
    "Rest of Africa": (
        "AO BF BI BJ BW CG CI CM DZ ER ET GA GH GM GW KE LR LS LY MG ML MR MW MZ NA NE RW SD SL SN SO SS SZ TD TG TN "
        "TZ UG ZM ZW"
    ),
    "Rest of Asia Pacific": "AF AU CC CN CX JP KH LA MN NZ PG PH TH TJ TM TW UZ VN",
    "Rest of Central & Eastern Europe": "AL AM AZ BG BY CZ GE GR HR LT LV MD MK RS SI SK",
    "Rest of Latin America": "BO CR DO EC GT HN HT JM NI PA PR PY SV UY VE",
    "Rest of Middle East": "BH JO LB YE",
    "Rest of Western Europe": "AT AX BE CH DK FI IE NO PT SE SJ",
}
# who has another country's calling code is billed as it is
BY_CALLING_CODE = {
    "EH": "Morocco",
    "GG": "United Kingdom",
    "IM": "United Kingdom",
    "JE": "United Kingdom",
    "VA": "Italy",
}
MARKETS = {
    **OF_ITS_OWN,
    **BY_CALLING_CODE,
    **{country: market for market, those in SHARED.items() for country in those.split()},
}
