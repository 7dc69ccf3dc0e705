"""One lane's calls that are under way, and their answers until these are committed."""

import logging
from collections.abc import Callable

from barqia.delivery.clock import Clock
from barqia.delivery.http import Answer, Http, Lost, NotSent
from barqia.delivery.intents import Intent
from barqia.delivery.lane import Call, Instead, LaneKind, Outcome, Transient, Unclear
from barqia.delivery.outcomes import Result

log = logging.getLogger("barqia.delivery")

NETWORK_FIRST_MS, NETWORK_MOST_MS = 250, 30_000


class UnderWay:
    """Starts calls and gathers what they came to. `answered` is told of each answer, on the event loop.

    `count` calls are under way; `answers` are not committed yet. While the provider cannot be reached the
    lane is silent until `silent_until_ms`, longer each time.
    """

    def __init__(self, name: str, kind: LaneKind, http: Http, clock: Clock, answered: Callable[[], None]) -> None:
        self._deliveries: set[int] = set()
        self.answers: list[Result] = []
        self.silent_until_ms = 0
        self._name, self._kind, self._http, self._clock, self._told = name, kind, http, clock, answered
        self._failures = 0

    @property
    def count(self) -> int:
        return len(self._deliveries)

    def in_hand(self) -> set[int]:
        """The deliveries whose call is under way, or whose answer is not committed yet."""
        return self._deliveries | {result.intent.delivery_id for result in self.answers}

    def start(self, intent: Intent) -> None:
        self._deliveries.add(intent.delivery_id)
        self._call(intent, intent.call)

    def take(self) -> list[Result]:
        """The answers there are, to be committed."""
        taken, self.answers = self.answers, []
        return taken

    def keep(self, results: list[Result]) -> None:
        """Answers that could not be committed: what providers said is not lost to a full disk."""
        self.answers = results + self.answers

    def _call(self, intent: Intent, call: Call) -> None:
        self._http.start(call, lambda answer: self._ended(intent, call, answer))

    def _ended(self, intent: Intent, call: Call, answer: Answer) -> None:
        outcome = self._outcome(call, answer)
        if isinstance(outcome, Instead):
            # refused as asked: the other call does what was meant, in the same slot
            self._call(intent, outcome.call)
            return
        self._deliveries.discard(intent.delivery_id)
        self.answers.append(Result(intent, call, outcome, self._clock()))
        self._told()

    def _outcome(self, call: Call, answer: Answer) -> Outcome:
        if isinstance(answer, NotSent):
            self._not_reached()
            return Transient(answer.code)
        if isinstance(answer, Lost):
            # an edit or a deletion may be repeated: it comes to the same
            return Unclear(answer.code) if call.op == "send" else Transient(answer.code)
        self._failures = 0
        try:
            return self._kind.outcome(call, answer)
        except Exception as error:  # noqa: BLE001 - one reply nobody foresaw must not stop the lane
            log.error("lane %s: a reply could not be read: %s", self._name, type(error).__name__)  # noqa: TRY400
            return Unclear("unreadable_reply")

    def _not_reached(self) -> None:
        """No way to the provider: the lane waits, longer each time, and says so once."""
        if self._failures == 0:
            log.warning("lane %s: the provider cannot be reached; trying again", self._name)
        if self.silent_until_ms <= self._clock():
            pause = min(NETWORK_MOST_MS, NETWORK_FIRST_MS * 2 ** min(self._failures, 10))
            self._failures += 1
            self.silent_until_ms = self._clock() + pause
