"""The breaker: opens on failures that outweigh, asks once, tries once, closes on success."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from barqia.delivery.pacing.breaker import FREE, MOST_MS, THRESHOLD, Breaker

ALWAYS = 10**12


def _open(breaker: Breaker, now: int = 0) -> None:
    for round_ in [breaker.began() for _ in range(THRESHOLD)]:
        breaker.ended(round_, False, now)


def test_a_failure_now_and_then_is_no_outage() -> None:
    breaker = Breaker()
    for turn in range(300):
        breaker.ended(breaker.began(), turn % 3 > 0, turn)
    assert breaker.closed


def test_each_pause_is_longer_and_the_first_after_a_good_while_is_short_again() -> None:
    breaker, now, pauses = Breaker(lambda: 1.0), 0, []
    _open(breaker, now)
    for _ in range(10):
        pauses.append(breaker.until_ms - now)
        now = breaker.until_ms
        assert breaker.ask(now)
        breaker.answered(False, now)
    assert pauses[:4] == [250, 500, 1000, 2000]
    assert pauses[-1] == MOST_MS
    breaker.ask(breaker.until_ms)
    breaker.answered(True, now)
    for _ in range(30):
        breaker.ended(breaker.began(), True, now)
    _open(breaker, now)
    assert breaker.until_ms - now == 250


def test_a_provider_that_only_answers_questions_costs_one_call_a_pause() -> None:
    breaker = Breaker(lambda: 1.0)
    _open(breaker)
    for pause in (500, 1000, 2000):
        now = breaker.until_ms
        assert breaker.ask(now)
        breaker.answered(True, now)
        assert breaker.room() == 1
        breaker.ended(breaker.began(), False, now)
        assert (breaker.room(), breaker.until_ms - now) == (0, pause)


def test_of_the_calls_that_were_under_way_none_closes_it_or_opens_it_again() -> None:
    breaker = Breaker()
    late = [breaker.began() for _ in range(20)]
    _open(breaker)
    breaker.ended(late.pop(), True, 0)
    assert breaker.room() == 0
    breaker.ask(ALWAYS)
    breaker.answered(True, ALWAYS)
    breaker.ended(breaker.began(), True, ALWAYS)
    for round_ in late:
        breaker.ended(round_, False, ALWAYS)
    assert breaker.closed


def test_the_clock_set_back_does_not_keep_it_open() -> None:
    breaker = Breaker()
    _open(breaker, ALWAYS)
    assert breaker.ask(0)


class BreakerMachine(RuleBasedStateMachine):
    """Calls and questions that end when they like, well or not, while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker()
        self.now = 0
        self.asked = False
        # (round, whether it began while the breaker was not closed)
        self.calls: list[tuple[int, bool]] = []

    @rule(ms=st.integers(0, 40_000))
    def time_passes(self, ms: int) -> None:
        self.now += ms

    @precondition(lambda self: self.breaker.room())
    @rule()
    def a_call_begins(self) -> None:
        trial = not self.breaker.closed
        self.calls.append((self.breaker.began(), trial))

    @precondition(lambda self: self.calls)
    @rule(which=st.integers(0, 50), well=st.booleans())
    def a_call_ends(self, which: int, well: bool) -> None:
        round_, trial = self.calls.pop(which % len(self.calls))
        self.breaker.ended(round_, well, self.now)
        if trial and well:
            assert self.breaker.closed, "success closes it"
        if trial and not well:
            assert self.breaker.room() == 0, "failure opens it again"

    @rule()
    def it_is_time_to_ask(self) -> None:
        self.asked = self.breaker.ask(self.now) or self.asked

    @precondition(lambda self: self.asked)
    @rule(well=st.booleans())
    def the_question_is_answered(self, well: bool) -> None:
        self.asked = False
        self.breaker.answered(well, self.now)

    @invariant()
    def at_most_one_call_while_it_is_not_closed(self) -> None:
        trials = sum(trial for _round, trial in self.calls)
        if not self.breaker.closed:
            assert trials + self.breaker.room() + self.asked <= 1
        else:
            assert self.breaker.room() == FREE

    @invariant()
    def it_always_asks_again_in_bounded_time(self) -> None:
        waiting = self.asked or any(trial for _round, trial in self.calls)
        if not self.breaker.room() and not waiting:
            assert not self.breaker.waits(self.now + MOST_MS)


BreakerMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
TestBreaker = BreakerMachine.TestCase
