"""One lane's calls that are under way, and their answers until these are committed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from math import inf

from django.db import DatabaseError

from barqia.delivery.clock import Clock
from barqia.delivery.lane import FILE, Call, Instead, LaneConfig, Outcome, Reply, Transient, Unclear, lane_kind
from barqia.delivery.pacing.breaker import NEVER, THRESHOLD, Breaker
from barqia.delivery.sending.intents import Intent
from barqia.delivery.sending.outcomes import Result
from barqia.delivery.transport.http import Answer, Http, Lost, NotSent

log = logging.getLogger("barqia.delivery")

NO_ANSWER = "no_answer"


class UnderWay:
    """Starts calls and gathers what they came to. `answered` is told of each answer, on the event loop.

    `count` calls are under way; `answers` are not committed yet. `trouble` is why the provider is left alone for a
    while, as a slug, empty while all is well. No call starts when it `may` not.
    """

    def __init__(
        self,
        lane: LaneConfig,
        http: Http,
        clock: Clock,
        answered: Callable[[], None],
        may: Callable[[], bool],
        file_of: Callable[[str], Awaitable[bytes]],
    ) -> None:
        self._intents: dict[int, Intent] = {}
        self.answers: list[Result] = []
        self.trouble = ""
        self._lane, self._kind = lane, lane_kind(lane.kind)
        self._http, self._clock, self._told, self._may = http, clock, answered, may
        self._file_of = file_of
        self._reading: set[asyncio.Task[None]] = set()
        self._probe = self._kind.probe(lane)
        self._again = self._kind.terms(lane.settings).again or Transient
        self._breaker = Breaker(threshold=THRESHOLD if self._probe else NEVER)

    @property
    def count(self) -> int:
        return len(self._intents)

    def in_hand(self) -> set[int]:
        """The deliveries whose call is under way, or whose answer is not committed yet."""
        intents = [*self._intents.values(), *(result.intent for result in self.answers)]
        return {one.delivery_id for intent in intents for one in intent.all}

    def start(self, intent: Intent) -> None:
        self._intents[intent.delivery_id] = intent
        self._call(intent, intent.call)

    def take(self) -> list[Result]:
        """The answers there are, to be committed."""
        taken, self.answers = self.answers, []
        return taken

    def keep(self, results: list[Result]) -> None:
        """Answers that could not be committed: what providers said is not lost to a full disk."""
        self.answers = results + self.answers

    def room(self) -> int:
        """How many calls may start as far as the provider answers; after a pause, this asks whether it does."""
        if self._probe and self._breaker.ask(self._clock()):
            self._http.start(self._probe, self._asked)
        return self._breaker.room()

    def silent_ms(self) -> float:
        """How long nothing can start; without end while an answer is awaited."""
        now_ms = self._clock()
        if not self._breaker.waits(now_ms):
            return 0
        return self._breaker.until_ms - now_ms if self._breaker.until_ms > now_ms else inf

    def _asked(self, answer: Answer) -> None:
        assert self._probe is not None, "who has no question was asked none"
        self._breaker.answered(_answered_well(answer, self._probe), self._clock())
        self._told()

    def _call(self, intent: Intent, call: Call) -> None:
        """An intent that was committed while the lane was lost, or its provider began to fail, stays here, not sent.

        A process that stood still between the intent and here may have lost the lane.
        """
        if call.file:
            task = asyncio.create_task(self._with_file(intent, call))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
            return
        if not self._may():
            self._came_to(intent, call, Transient("hold_lost"))
            return
        if not self._breaker.room():
            self._came_to(intent, call, Transient(NO_ANSWER))
            return
        round_ = self._breaker.began()
        self._http.start(call, lambda answer: self._ended(intent, call, round_, answer))

    async def _with_file(self, intent: Intent, call: Call) -> None:
        """The call once the picture's bytes stand in it."""
        try:
            jpeg = await self._file_of(call.file)
        except DatabaseError:
            self._came_to(intent, call, Transient("no_picture"))
            return
        self._call(intent, replace(call, body=call.body.replace(FILE, jpeg, 1), file=""))

    def _ended(self, intent: Intent, call: Call, round_: int, answer: Answer) -> None:
        outcome = self._outcome(call, answer)
        well = _answered_well(answer, call) and not isinstance(outcome, Transient)
        self._breaker.ended(round_, well, self._clock())
        self._tell_trouble(answer)
        if isinstance(outcome, Instead):
            # refused as asked: the other call does what was meant, in the same slot
            self._call(intent, outcome.call)
            return
        self._came_to(intent, call, outcome)

    def _came_to(self, intent: Intent, call: Call, outcome: Outcome) -> None:
        del self._intents[intent.delivery_id]
        self.answers.append(Result(intent, call, outcome, self._clock()))
        self._told()

    def _outcome(self, call: Call, answer: Answer) -> Outcome:
        if isinstance(answer, NotSent):
            return self._again(answer.code)
        if isinstance(answer, Lost):
            return self._again(answer.code) if call.may_be_repeated else Unclear(answer.code)
        try:
            return self._kind.outcome(call, answer)
        except Exception as error:  # noqa: BLE001 - one reply nobody foresaw must not stop the lane
            log.error("lane %s: a reply could not be read: %s", self._lane.name, type(error).__name__)  # noqa: TRY400
            return Unclear("unreadable_reply")

    def _tell_trouble(self, answer: Answer) -> None:
        """Said once when it begins, and once when it is over."""
        if self._breaker.closed:
            if self.trouble:
                log.warning("lane %s: the provider answers again", self._lane.name)
            self.trouble = ""
        elif not self.trouble:
            what = str(answer.status) if isinstance(answer, Reply) else answer.code
            log.warning("lane %s: the provider does not answer as it should (%s); trying again", self._lane.name, what)
            self.trouble = NO_ANSWER


def _answered_well(answer: Answer, call: Call) -> bool:
    """A web server's 5xx is its own trouble, a mail server's is its word on this message; its 4xx may be either."""
    return isinstance(answer, Reply) and (answer.status < 500 or call.mail is not None)
