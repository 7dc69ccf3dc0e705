"""What a mailing costs one sender's core and one database's writer, from four numbers measured on a machine. Pure.

A transaction costs what it costs, a lane's turn in it a little, a message the rest. How many transactions and turns
there are follows from the pace: slow lanes' turns meet in one transaction each 40 ms, fast lanes' in one after another,
and where nothing paces them groups are as large as half of the slots.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NO_PACE = 1e6
# `clearing.JOIN_MS`, and `worker.FAST` tokens within it
JOINS_A_SECOND, FAST = 25, 8
# transactions one after another: the tokens' 6 ms, and a commit
HURRIED_A_SECOND = 100
SLOTS = 200
FULL = 0.85


@dataclass(frozen=True)
class Machine:
    """Seconds of one core: at rest a second, a transaction, a lane's turn, a message, a reader planned; seconds that
    the writer is held a message in full groups; bytes a delivery; seconds to a flash's first call."""

    rest: float
    transaction: float
    turn: float
    message: float
    plan: float
    writer: float
    delivery_bytes: float
    first_call: float


@dataclass(frozen=True)
class Load:
    """A second's work: messages, transactions, and lanes' turns in them."""

    messages: float
    transactions: float
    turns: float


def load(lanes: int, pace: float) -> Load:
    """Of these lanes at this pace each, none of them held up by the core."""
    messages = lanes * pace
    if pace >= NO_PACE:
        raise ValueError("what has no pace is bound by the core: see full()")
    if pace * 1 / JOINS_A_SECOND < FAST:
        # one turn begins a message, another records its answer
        return Load(messages, min(JOINS_A_SECOND, 2 * messages), lanes * min(JOINS_A_SECOND, 2 * pace))
    return Load(messages, HURRIED_A_SECOND, lanes * HURRIED_A_SECOND)


def cores(machine: Machine, of: Load) -> float:
    """How much of a core this takes, the planning of what is sent meanwhile included."""
    work = of.transactions * machine.transaction + of.turns * machine.turn
    return machine.rest + work + of.messages * (machine.message + machine.plan)


def full(machine: Machine) -> float:
    """Messages a second when the core is full: groups are half of the slots then."""
    of_a_group = (machine.transaction + machine.turn) / (SLOTS / 2)
    return (1 - machine.rest) / (machine.message + machine.plan + of_a_group)


def fitted(runs: Sequence[tuple[Load, float]]) -> tuple[float, float, float]:
    """(transaction, turn, message): what three runs' cores above rest come to. No cost is less than nothing."""
    (a, b, c), right = zip(*[((one.transactions, one.turns, one.messages), used) for one, used in runs], strict=True)
    rows = [[*a, right[0]], [*b, right[1]], [*c, right[2]]]
    for pivot in range(3):
        largest = max(range(pivot, 3), key=lambda at: abs(rows[at][pivot]))
        rows[pivot], rows[largest] = rows[largest], rows[pivot]
        for other in range(3):
            if other != pivot:
                factor = rows[other][pivot] / rows[pivot][pivot]
                rows[other] = [x - factor * y for x, y in zip(rows[other], rows[pivot], strict=True)]
    found = [max(0.0, rows[at][3] / rows[at][at]) for at in range(3)]
    return found[0], found[1], found[2]


@dataclass(frozen=True)
class Prediction:
    readers: int
    lanes: int
    pace: float
    seconds: float
    planned_seconds: float
    first_to_give: str
    cores: float
    writer: float
    gigabytes: float
    workers: int
    databases: int


def predict(machine: Machine, readers: int, lanes: int, pace: float) -> Prediction:
    """On one worker's core and one database; and how many of each would keep the pace."""
    asked, most = lanes * pace, full(machine)
    of_a_writer = 1 / (machine.writer + machine.plan)
    used = cores(machine, load(lanes, pace)) if pace < NO_PACE else asked / most
    bounds = {"pace": asked, "core": most if used > 1 else asked, "writer": of_a_writer}
    rate = min(bounds.values())
    first = "pace" if rate == asked else min(bounds, key=bounds.__getitem__)
    return Prediction(
        readers, lanes, pace,
        seconds=readers / rate,
        planned_seconds=readers * machine.plan,
        first_to_give=first,
        cores=min(1.0, used),
        writer=rate / of_a_writer,
        gigabytes=readers * machine.delivery_bytes / 1e9,
        workers=max(1, -int(-used // FULL)),
        databases=max(1, -int(-asked / of_a_writer // FULL)),
    )  # fmt: skip
