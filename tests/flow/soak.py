"""A newsroom at work while its wire is killed again and again: editors, readers and troubled providers."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from flow.engines import Engine
from flow.record import Kill, Record, note_who_leaves, read_database, read_log, untold
from flow.wire import BOT, NUMBER, wait_until

Phone = dict[str, Any]
PHASES = ("start-up", "planning", "sending", "words", "receipts")
OPEN = "SELECT count(*) FROM delivery_delivery WHERE state IN ('planned','claimed','handing')"
HANDING = (
    "SELECT d.id, l.name FROM delivery_delivery d JOIN subscribers_lane l ON l.id=d.lane_id WHERE d.state='handing'"
)
# a mailing that no row says is on its way yet, or whose plan is not at its end
UNPLANNED = (
    "SELECT 1 FROM wire_release r WHERE NOT EXISTS (SELECT 1 FROM delivery_mailing m WHERE m.release_id=r.id "
    "AND m.state<>'planning')"
)
# what must have grown since the start before a kill of this kind
SIGNS = {
    "planning": "SELECT count(*) FROM delivery_mailing",
    "sending": "SELECT count(*) FROM delivery_attempt WHERE ended_ms IS NOT NULL",
    "words": "SELECT count(*) FROM delivery_answer",
    "receipts": "SELECT count(*) FROM delivery_receipt",
}
AFTER_SECONDS = {"planning": 0.15, "sending": 1.0, "words": 0.2, "receipts": 0.5}
LITTLE = 200
# PostgreSQL may still carry out the commit that a killed process had sent
LAST_COMMITS_SECONDS = 0.3
# of the last messages something was told: let the rest come
LAST_STATUSES_SECONDS = 3
SIGN_SECONDS = 8
# after hundreds of kills tens of thousands of statuses wait to be told, and words among them
PATIENCE_SECONDS = 2400
TELEGRAM_TROUBLES = {429: 0.003, 500: 0.003, "reset_before": 0.004, "reset_after": 0.004, "cut": 0.002}
WHATSAPP_TROUBLES = {130429: 0.003, 131056: 0.003, 502: 0.002, "reset_before": 0.004, "reset_after": 0.004}
STATUS_TROUBLES = {"status_twice": 0.1, "status_late": 0.1, "status_disorder": 0.1, "webhook_repeat": 0.05}
SECONDS = {429: 1, 130429: 1, 131056: 1, "status_late": 2}
WORDS = ("اشتراك", "مساعدة")


class Soak:
    """`readers` on each lane, every eighth of whom writes or leaves; `talkers` are new. Draws by `seed`."""

    def __init__(self, engine: Engine, seed: int, readers: int, talkers: int) -> None:
        self._engine, self._made, self._seed = engine, engine.wire, seed
        made = self._made
        self._chance = random.Random(seed)
        telegram = made.sandbox.add_phones(readers, started_bot=BOT)
        whatsapp = made.sandbox.add_phones(readers)
        self._strangers = made.sandbox.add_phones(talkers)
        made.subscribe(telegram, whatsapp)
        apart = readers // 8
        self._leaving = [("telegram", p) for p in telegram[:apart]] + [("whatsapp", p) for p in whatsapp[:apart]]
        self._chance.shuffle(self._leaving)
        self._in_window = whatsapp[apart::2]
        self._blocked = telegram[apart : apart + 5]
        self._steady = {address(one, "telegram") for one in telegram[apart + 5 :]}
        self._steady |= {address(one, "whatsapp") for one in whatsapp[apart:]}
        self._kills: list[Kill] = []
        self._said: Counter[str] = Counter()
        self._leavers: list[str] = []
        self._item = 0
        self._out: dict[str, tuple[str, int]] = {}
        self._acts = itertools.cycle(("routine", "correct", "flash", "kill", "long"))

    def begin(self) -> None:
        """The wire runs for the first time; every second WhatsApp reader writes, and is sent whole texts from now on."""
        made = self._made
        note_who_leaves(made)
        self._engine.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        wait_until(made.listens, 30, "the web")
        made.barqia("lane", "check", "whatsapp")
        for phone in self._in_window:
            self._say(phone, "whatsapp", "شكرا")
        self._wait_for_answers()

    def _wait_for_answers(self) -> None:
        words = sum(self._said.values())
        wait_until(lambda: self._answers() >= words, PATIENCE_SECONDS, "the answers")

    def _answers(self) -> int:
        return int(self._made.rows("SELECT count(*) FROM delivery_answer")[0][0])

    def make_trouble(self) -> None:
        """Fault plans on both providers."""
        made, seed = self._made, self._seed
        made.sandbox.set_faults(*_rules(TELEGRAM_TROUBLES, {"op": "sendMessage"}), bot=BOT, seed=seed)
        of_calls, of_statuses = _rules(WHATSAPP_TROUBLES, {"op": "messages"}), _rules(STATUS_TROUBLES, {})
        made.sandbox.set_faults(*of_calls, *of_statuses, number=NUMBER, seed=seed)

    def kill(self, phase: str) -> None:
        """Start the wire and kill it in the midst of `phase`."""
        if phase == "planning" or self._made.rows(OPEN)[0][0] < LITTLE:
            self._edit()
        if phase == "words":
            self._talk(4)
        before = self._sign(phase)
        self._engine.start()
        if phase != "start-up":
            _wait_a_little(lambda: self._sign(phase) > before)
        time.sleep(self._chance.uniform(0, AFTER_SECONDS.get(phase, 1.0)))
        began_ms = _now_ms()
        what = self._engine.kill(self._chance)
        ended_ms = _now_ms()
        time.sleep(LAST_COMMITS_SECONDS)
        self._kills.append(Kill(began_ms, ended_ms, f"{what} at {phase}", dict(self._made.rows(HANDING))))

    def _sign(self, phase: str) -> int:
        return int(self._made.rows(SIGNS[phase])[0][0]) if phase in SIGNS else 0

    def drain(self) -> None:
        """The wire goes on undisturbed by kills, and in the end by the providers, until nothing is left to do."""
        made = self._made
        self._engine.start()
        wait_until(self._all_is_answered, PATIENCE_SECONDS, "the answers")
        wait_until(lambda: not made.rows(UNPLANNED) and not made.rows(OPEN)[0][0], PATIENCE_SECONDS, "the mailings")
        made.sandbox.clear_faults()
        wait_until(self._all_is_told, PATIENCE_SECONDS, "the statuses")
        time.sleep(LAST_STATUSES_SECONDS)
        self._engine.stop()

    def _all_is_answered(self) -> bool:
        """A word that came to nobody comes again, later each time; an hour at most, which the clock is moved by."""
        self._made.sandbox.advance(60_000)
        time.sleep(1)
        return self._answers() >= sum(self._said.values())

    def _all_is_told(self) -> bool:
        """Statuses that were told to nobody come again, later each time."""
        self._made.sandbox.advance(120_000)
        time.sleep(1)
        return not untold(self._made)

    def record(self) -> Record:
        """What there is to judge."""
        record = Record(
            kills=self._kills,
            steady=self._steady,
            said=self._said,
            leavers=self._leavers,
            resending={"whatsapp"},
            alone=self._engine.alone,
        )
        read_log(self._made, record)
        read_database(self._made, record)
        return record

    def _edit(self) -> None:
        """An editor's next act; half of the corrections and kills come while the first text is on its way."""
        match next(self._acts):
            case "correct":
                item, number = self._out["routine"]
                self._made.correct(item, text(number, 1, 1))
            case "kill":
                item, _number = self._out.pop(self._chance.choice([*self._out]))
                self._made.barqia("kill", item, "--reason", "خطأ في الخبر")
                self._out.clear()
            case kind:
                self._item += 1
                urgency, paragraphs = ("1" if kind == "flash" else "5"), (9 if kind == "long" else 1)
                public = self._made.publish(text(self._item, 0, paragraphs), "--urgency", urgency)
                if kind != "long":
                    self._out[kind] = public, self._item

    def _talk(self, count: int) -> None:
        """So many readers leave, strangers subscribe or ask for help, and one reader blocks us."""
        for _ in range(min(count // 2, len(self._leaving))):
            app, phone = self._leaving.pop()
            self._say(phone, app, "إلغاء")
            self._leavers.append(address(phone, app))
        for _ in range(min(count // 2, len(self._strangers))):
            self._say(self._strangers.pop(), self._chance.choice(["telegram", "whatsapp"]), self._chance.choice(WORDS))
        if self._blocked:
            self._made.sandbox.block(self._blocked.pop()["id"], "telegram", BOT)

    def _say(self, phone: Phone, app: str, word: str) -> None:
        self._made.sandbox.say(phone["id"], app, BOT if app == "telegram" else NUMBER, word)
        self._said[address(phone, app)] += 1


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _rules(troubles: Mapping[int | str, float], calls: dict[str, str]) -> list[dict[str, Any]]:
    """Rules of a fault plan that fall by these rates."""
    return [
        {"what": what, "when": {"rate": rate}, **({"for": calls} if calls else {})}
        | ({"seconds": SECONDS[what]} if what in SECONDS else {})
        for what, rate in troubles.items()
    ]


def _wait_a_little(seen: Callable[[], bool]) -> None:
    """Until it is seen, or not: a kill at another instant is a kill too."""
    end = time.monotonic() + SIGN_SECONDS
    while not seen() and time.monotonic() < end:
        time.sleep(0.1)


def address(phone: Phone, app: str) -> str:
    return str(phone["telegram_id" if app == "telegram" else "number"])


def text(item: int, revision: int, paragraphs: int) -> str:
    """A dispatch each sentence of which begins with a code of its own; nine paragraphs are two messages or more."""
    code = f"Q{item:03}{revision}"
    long = range(1, 1 + (20 if paragraphs > 1 else 1))
    body = [
        " ".join(f"{code}{20 * place + line:03} قال مدير السدّ نبيل العامر إن العمل اكتمل." for line in long)
        for place in range(paragraphs)
    ]
    return "\n\n".join([f"{code}000 افتتاح السدّ", *body]) + "\n"
