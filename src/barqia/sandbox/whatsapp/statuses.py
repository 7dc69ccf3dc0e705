"""What becomes of an accepted message, told to the webhook: by the sandbox's clock, and with the plan's troubles."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from barqia.sandbox.faults.faults import Faults, Met
from barqia.sandbox.phones import Phone
from barqia.sandbox.whatsapp.errors import in_status
from barqia.sandbox.whatsapp.world import Json, Number, Sent, WhatsApp

# between the steps of one message
STEP_MS = 50
# the second time of a status that is told twice; the longest that one waits to be overtaken
AGAIN_MS, OVERTAKEN_MS = 1_000, 1_000
MOST_OVERTAKING = 5


@dataclass(slots=True, eq=False)
class _Held:
    """A status that lets so many others of its number pass."""

    passing: int
    push: Callable[[], None]


class Statuses:
    def __init__(self, world: WhatsApp, faults: Faults) -> None:
        self._world, self._clock, self._faults = world, world.clock, faults
        self._held: defaultdict[str, list[_Held]] = defaultdict(list)

    def follow(self, number: Number, sent: Sent, window_open: bool) -> None:
        """Sent, delivered, or failed after all. What the plan does to each is drawn now, in the order of the calls."""
        failed = self._failure(number, sent, window_open)
        now = self._clock.now_ms()
        for step, status in enumerate(("failed",) if failed else number.receipts, 1):
            at_ms = now + step * STEP_MS
            met = self._meets(number, sent, status)
            self._clock.at(at_ms, partial(self._tell, number, sent, status, at_ms, met, failed))

    def _failure(self, number: Number, sent: Sent, window_open: bool) -> int:
        if sent.phone is None:
            return 131026
        if not window_open:
            return 131047
        return 131050 if sent.template and sent.phone.id in number.stopped else 0

    def read(self, phone: Phone, number: Number) -> None:
        """The person has looked at the chat: what was delivered is read, and what is there, once it is delivered."""
        for sent in self._world.looked(phone, number):
            self._read(number, sent)

    def _read(self, number: Number, sent: Sent) -> None:
        self._tell(number, sent, "read", self._clock.now_ms(), self._meets(number, sent, "read"), 0)

    def _meets(self, number: Number, sent: Sent, status: str) -> Met | None:
        return self._faults.meets("status", "whatsapp", number.id, status, sent.to)

    def _tell(self, number: Number, sent: Sent, status: str, at_ms: int, met: Met | None, failed: int) -> None:
        value = self._world.status(number, sent, status, at_ms // 1000, in_status(failed) if failed else None)
        self._bring(number, value, met)
        if status == "delivered" and sent.phone:
            if sent.number <= number.read_to.get(sent.phone.id, 0):
                self._read(number, sent)
            else:
                number.unread.setdefault(sent.phone.id, []).append(sent)

    def _bring(self, number: Number, value: Json, met: Met | None) -> None:
        def push() -> None:
            number.push("messages", value, self._clock.now_ms())

        what = met.rule.what if met else ""
        now = self._clock.now_ms()
        if met and what == "status_disorder":
            held = _Held(met.dice.randint(1, MOST_OVERTAKING) + 1, push)
            self._held[number.id].append(held)
            self._clock.at(now + OVERTAKEN_MS, partial(self._let_go, number, held))
        elif met and what == "status_late":
            self._clock.at(now + met.rule.seconds * 1000, push)
        elif what != "status_lost":
            push()
            if what == "status_twice":
                self._clock.at(now + AGAIN_MS, push)
        for held in tuple(self._held[number.id]):
            held.passing -= 1
            if not held.passing:
                self._let_go(number, held)

    def _let_go(self, number: Number, held: _Held) -> None:
        if held in self._held[number.id]:
            self._held[number.id].remove(held)
            held.push()
