"""The language of fault plans: one JSON object, every word of it checked.

    {"seed": 7, "bot": "my_bot", "rules": [
      {"what": 429, "seconds": 3, "when": {"rate": 0.01}},
      {"what": "reset_after", "when": {"every": 100}, "for": {"op": "sendMessage", "to": "700000001"}}]}

A plan is for one `bot` (by username), one `number` (by phone number id), all of one `api`, or, where none of the
three is said, for everyone.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from barqia.sandbox.telegram.methods import METHODS
from barqia.sandbox.whatsapp.codes import TITLES

Api = Literal["telegram", "whatsapp"]
Place = Literal["call", "status", "webhook"]
What = int | str
BAD_GATEWAY = 502
TELEGRAM_ERRORS = frozenset({429, 500, BAD_GATEWAY})
WHATSAPP_ERRORS = frozenset({*TITLES, BAD_GATEWAY})
NETWORK = frozenset({"slow", "reset_before", "reset_after", "cut"})
STATUSES = frozenset({"status_twice", "status_disorder", "status_late", "status_lost"})
WEBHOOKS = frozenset({"webhook_repeat"})
WHATSAPP_OPS = frozenset({
    "messages", "marketing_messages", "subscribed_apps", "message_templates", "node", "media", "phone_numbers",
    "register",    "deregister", "whatsapp_business_profile", "block_users", "unpause", "subscriptions",
})  # fmt: skip
STATUS_NAMES = frozenset({"sent", "delivered", "read", "played", "failed"})
# where `seconds` stands: needed for the first, the length of a penalty for the others
WAITS: frozenset[What] = frozenset({"slow", "status_late"})
PENALTIES: frozenset[What] = frozenset({429, 80007, 130429, 131056})


class BadPlan(ValueError):
    """A plan that is not in the language; the message says which word, and what may stand there."""


@dataclass(frozen=True, slots=True)
class When:
    """All that is said must hold; `calls` and `clock` (seconds since the plan was set) are (first, last)."""

    rate: float = 1.0
    every: int = 1
    calls: tuple[int, int] | None = None
    clock: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of trouble. Empty `ops` are every call that acts (or every status), empty `to` everyone."""

    what: What
    when: When
    ops: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    seconds: float = 0.0

    @property
    def place(self) -> Place:
        if self.what in STATUSES:
            return "status"
        return "webhook" if self.what in WEBHOOKS else "call"


@dataclass(frozen=True, slots=True)
class Plan:
    """`api` and `account` are empty where the plan is for all of them."""

    api: Api | Literal[""]
    account: str
    seed: int
    rules: tuple[Rule, ...]
    given: dict[str, Any]


def read(source: str) -> list[Plan]:
    """The plans in a JSON text, or in the file of that name: one object, or a list. Raises BadPlan, OSError."""
    text = source if source.lstrip()[:1] in {"{", "["} else Path(source).read_text("utf-8")
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadPlan(f"a fault plan is JSON: {error}") from None
    return [parse(plan) for plan in (value if isinstance(value, list) else [value])]


def parse(value: Any) -> Plan:
    """Raises BadPlan."""
    given = _object(value, "a plan", ("seed", "bot", "number", "api", "rules"))
    api, account = _scope(given)
    rules = given.get("rules")
    if not isinstance(rules, list):
        raise BadPlan("a plan's `rules` are a list")
    seed = given.get("seed", 0)
    if type(seed) is not int:
        raise BadPlan(f"a plan's `seed` is a whole number, not {seed!r}")
    return Plan(api, account, seed, tuple(_rule(rule, api, f"rule {n}") for n, rule in enumerate(rules, 1)), given)


def _scope(given: dict[str, Any]) -> tuple[Api | Literal[""], str]:
    said = [name for name in ("bot", "number", "api") if name in given]
    if len(said) > 1:
        raise BadPlan("a plan says one of `bot`, `number` and `api`, or none of them for everyone")
    if not said:
        return "", ""
    name = given[said[0]]
    if not isinstance(name, str) or not name:
        raise BadPlan(f"a plan's `{said[0]}` is a name, not {name!r}")
    if said == ["api"]:
        if name not in {"telegram", "whatsapp"}:
            raise BadPlan(f"a plan's `api` is telegram or whatsapp, not {name!r}")
        return "telegram" if name == "telegram" else "whatsapp", ""
    return ("telegram", name.lstrip("@")) if said == ["bot"] else ("whatsapp", name)


def _rule(value: Any, api: str, where: str) -> Rule:
    given = _object(value, where, ("what", "when", "for", "seconds"))
    what = given.get("what")
    known = _known(api)
    if isinstance(what, bool) or not isinstance(what, int | str) or what not in known:
        names = ", ".join(sorted(map(str, known), key=lambda name: (name.isdigit(), len(name), name)))
        raise BadPlan(f"{where}: `what` is {what!r}; {api or 'every api'} knows {names}")
    target = _object(given.get("for", {}), f"{where}: `for`", ("to", "status" if what in STATUSES else "op"))
    ops = _names(target.get("status" if what in STATUSES else "op", []), where, _ops(api, what))
    to = frozenset(name.lstrip("+") for name in _names(target.get("to", []), where, ()))
    return Rule(what, _when(given.get("when", {}), where), ops, to, _seconds(given, what, where))


def _known(api: str) -> frozenset[What]:
    words: frozenset[What] = NETWORK | WEBHOOKS
    if api == "telegram":
        return words | TELEGRAM_ERRORS
    if api == "whatsapp":
        return words | STATUSES | WHATSAPP_ERRORS
    return words | STATUSES | {BAD_GATEWAY}


def _ops(api: str, what: What) -> Collection[str]:
    if what in STATUSES:
        return STATUS_NAMES
    return {"telegram": METHODS, "whatsapp": WHATSAPP_OPS, "": {*METHODS, *WHATSAPP_OPS}}[api]


def _names(value: Any, where: str, known: Collection[str]) -> frozenset[str]:
    """One name or a list of them; digits may stand as a number. No `known` lets any stand."""
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, str | int) and not isinstance(row, bool) for row in rows):
        raise BadPlan(f"{where}: `for` has names, one or a list of them, not {value!r}")
    names = frozenset(str(row).lower() for row in rows)
    if known and (odd := sorted(names - set(known))):
        raise BadPlan(f"{where}: `for` names {odd[0]!r}; known are {', '.join(sorted(known))}")
    return names


def _when(value: Any, where: str) -> When:
    given = _object(value, f"{where}: `when`", ("rate", "every", "calls", "clock"))
    rate, every = given.get("rate", 1.0), given.get("every", 1)
    if not _is_number(rate) or not 0 < rate <= 1:
        raise BadPlan(f"{where}: `when.rate` is {rate!r}; it is a share above 0, at most 1")
    if type(every) is not int or every < 1:
        raise BadPlan(f"{where}: `when.every` is {every!r}; it is a whole number from 1")
    calls = _pair(given, "calls", where)
    clock = _pair(given, "clock", where)
    if calls and (calls[0] < 1 or any(type(number) is not int for number in calls)):
        raise BadPlan(f"{where}: `when.calls` is {list(calls)}; calls are counted in whole numbers from 1")
    return When(rate, every, calls and (int(calls[0]), int(calls[1])), clock)


def _pair(given: dict[str, Any], name: str, where: str) -> tuple[float, float] | None:
    if name not in given:
        return None
    pair = given[name]
    if not isinstance(pair, list) or len(pair) != 2 or not all(map(_is_number, pair)) or not 0 <= pair[0] <= pair[1]:
        raise BadPlan(f"{where}: `when.{name}` is {pair!r}; it is [first, last], none below 0 and in that order")
    return pair[0], pair[1]


def _seconds(given: dict[str, Any], what: What, where: str) -> float:
    if "seconds" not in given:
        if what in WAITS:
            raise BadPlan(f"{where}: {what} needs `seconds`")
        return 0.0
    if what not in WAITS | PENALTIES:
        raise BadPlan(f"{where}: {what} takes no `seconds`")
    seconds = given["seconds"]
    if not _is_number(seconds) or seconds <= 0:
        raise BadPlan(f"{where}: `seconds` is {seconds!r}; it is a number above 0")
    return float(seconds)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _object(value: Any, what: str, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadPlan(f"{what} is an object with {', '.join(names)}; not {value!r}")
    if odd := [name for name in value if name not in names]:
        raise BadPlan(f"{what} knows no `{odd[0]}`; it has {', '.join(names)}")
    return value
