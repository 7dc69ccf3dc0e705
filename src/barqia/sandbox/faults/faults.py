"""The plans in force, and which trouble a call, a status or a webhook meets."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from barqia.sandbox.clock import Clock
from barqia.sandbox.faults.plan import Api, Place, Plan, Rule


@dataclass(slots=True)
class _Turn:
    """Where one rule stands for one account: calls it saw, and its own dice."""

    dice: Random
    seen: int = 0


@dataclass(slots=True)
class _InForce:
    plan: Plan
    since_ms: int
    turns: dict[str, list[_Turn]] = field(default_factory=dict)
    met: list[int] = field(default_factory=list)

    def of(self, account: str) -> list[_Turn]:
        """Every bot and number is counted apart, so that what one meets does not hang on the others."""
        turns = self.turns.get(account)
        if turns is None:
            seed = f"{self.plan.seed}/{account}"
            turns = [_Turn(Random(f"{seed}/{at}")) for at in range(len(self.plan.rules))]  # noqa: S311 - chance, no secret
            self.turns[account] = turns
        return turns

    def falls(self, rule: Rule, turn: _Turn, now_ms: int) -> bool:
        """Count the call and throw the dice, whatever other rules say: the same calls, the same troubles."""
        turn.seen += 1
        when = rule.when
        fell = turn.dice.random() < when.rate and turn.seen % when.every == 0
        if when.calls:
            fell = fell and when.calls[0] <= turn.seen <= when.calls[1]
        if when.clock:
            fell = fell and when.clock[0] * 1000 <= now_ms - self.since_ms <= when.clock[1] * 1000
        return fell


@dataclass(frozen=True, slots=True)
class Met:
    """A rule that fell, and dice for what more it leaves to chance."""

    rule: Rule
    dice: Random


class Faults:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._plans: list[_InForce] = []

    def set(self, plan: Plan) -> None:
        """The plan takes the place of one for the same accounts; without rules it only ends that."""
        scope = (plan.api, plan.account)
        kept = [one for one in self._plans if (one.plan.api, one.plan.account) != scope]
        if plan.rules:
            kept.append(_InForce(plan, self._clock.now_ms(), met=[0] * len(plan.rules)))
        # the nearest plan is asked first: the account's own, then the provider's, then everyone's
        self._plans = sorted(kept, key=lambda one: (not one.plan.account, not one.plan.api))

    def clear(self) -> None:
        self._plans.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """The plans as they were given, with `met`: how often each rule fell."""
        return [{**one.plan.given, "met": one.met} for one in self._plans]

    def meets(
        self, place: Place, api: Api, account: str, op: str = "", to: str = "", *, acts: bool = True
    ) -> Met | None:
        """The first rule that falls; every rule that is for this call counts it. What only reads does not act."""
        found: Met | None = None
        for one in self._plans:
            if one.plan.api not in {"", api} or one.plan.account not in {"", account}:
                continue
            turns = one.of(account)
            for at, rule in enumerate(one.plan.rules):
                if rule.place != place or (rule.to and to not in rule.to):
                    continue
                if (op not in rule.ops) if rule.ops else not acts:
                    continue
                if one.falls(rule, turns[at], self._clock.now_ms()) and found is None:
                    one.met[at] += 1
                    found = Met(rule, turns[at].dice)
        return found
