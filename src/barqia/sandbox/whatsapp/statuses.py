"""What becomes of an accepted message, told to the webhook: by the sandbox's clock, and with the plan's troubles."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from barqia.sandbox.faults.faults import Faults, Met
from barqia.sandbox.phones import Phone
from barqia.sandbox.whatsapp.business.apps import Json
from barqia.sandbox.whatsapp.business.growth import Growth
from barqia.sandbox.whatsapp.business.numbers import ENTRY_MS, Number
from barqia.sandbox.whatsapp.countries import NO_MARKETING, UNREACHABLE, country_of
from barqia.sandbox.whatsapp.errors import in_status
from barqia.sandbox.whatsapp.sent import Sent
from barqia.sandbox.whatsapp.world import WhatsApp

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
        self.growth = Growth(world)

    def follow(self, number: Number, sent: Sent) -> None:
        """Sent, delivered, or failed after all; a template that is paced waits first."""
        if sent.template and sent.template.held is not None:
            sent.template.held.append(partial(self._go, number, sent))
        else:
            self._go(number, sent, 0)

    def _go(self, number: Number, sent: Sent, dropped: int) -> None:
        """What the plan does to each status is drawn now, in the order of the calls."""
        failed = dropped or self._failure(number, sent)
        if failed:
            self._steps(number, sent, ("failed",), failed)
        elif sent.kind == "reaction":
            self._steps(number, sent, ("sent",))
        else:
            self._arrive(number, sent)

    def _failure(self, number: Number, sent: Sent) -> int:
        phone = sent.phone
        if sent.fails:
            return sent.fails
        if phone is None or not self._world.about(phone).joined or country_of(phone.number) in UNREACHABLE:
            return 131026
        if fails := self._world.about(phone).fails:
            return fails
        if sent.template is None:
            return 0 if sent.open else 131047
        if sent.template.category == "MARKETING" and phone.id in number.stopped:
            return 131050
        if sent.template.category == "MARKETING" and country_of(phone.number) in NO_MARKETING:
            return 131049
        if sent.open:
            return 0
        if not number.account.portfolio.reach(phone, self._clock.now_ms()):
            return 131048
        self.growth.consider(number)
        return 0

    def _arrive(self, number: Number, sent: Sent) -> None:
        assert sent.phone
        person = self._world.about(sent.phone)
        if number.id in person.blocks:
            self._steps(number, sent, ("sent",))
        elif person.on:
            self._show(number, sent)
            self._steps(number, sent, number.receipts)
        else:
            self._steps(number, sent, ("sent",))
            until_ms = self._clock.now_ms() + sent.life_ms
            person.waiting.append(partial(self._late, number, sent, until_ms))

    def _late(self, number: Number, sent: Sent, until_ms: int) -> None:
        """The phone is on again; what outlived its time is gone, and nobody is told."""
        if self._clock.now_ms() <= until_ms:
            self._show(number, sent)
            self._steps(number, sent, tuple(status for status in number.receipts if status != "sent"))

    def _show(self, number: Number, sent: Sent) -> None:
        if sent.phone and sent.bubble:
            self._world.phones.show(sent.phone, self._world.screen(sent.phone, number), sent.bubble)
            if sent.kind == "audio":
                number.voices[sent.wamid] = sent

    def _steps(self, number: Number, sent: Sent, statuses: tuple[str, ...], failed: int = 0) -> None:
        now = self._clock.now_ms()
        for step, status in enumerate(statuses, 1):
            at_ms = now + step * STEP_MS
            met = self._meets(number, sent, status)
            self._clock.at(at_ms, partial(self._tell, number, sent, status, at_ms, met, failed))

    def read(self, phone: Phone, number: Number) -> None:
        """The person has looked at the chat: what was delivered is read, and what is there, once it is delivered."""
        screen = self._world.screen(phone, number)
        screen.unread = 0
        self._world.phones.changed(phone, screen)
        number.read_to[phone.id] = screen.bubbles[-1].number if screen.bubbles else 0
        for sent in number.unread.pop(phone.id, []):
            self._now(number, sent, "read")

    def play(self, number: Number, wamid: str) -> bool:
        """The person hears an audio message for the first time. Returns whether there was one."""
        sent = number.voices.pop(wamid, None)
        if sent:
            self._now(number, sent, "played")
        return sent is not None

    def _now(self, number: Number, sent: Sent, status: str) -> None:
        if sent.phone and self._world.about(sent.phone).receipts:
            self._tell(number, sent, status, self._clock.now_ms(), self._meets(number, sent, status), 0)

    def _meets(self, number: Number, sent: Sent, status: str) -> Met | None:
        to = sent.to or (sent.phone.user_id if sent.phone else "")
        return self._faults.meets("status", "whatsapp", number.id, status, to)

    def _tell(self, number: Number, sent: Sent, status: str, at_ms: int, met: Met | None, failed: int) -> None:
        value = self._value(number, sent, status, at_ms // 1000)
        if failed:
            value["statuses"][0]["errors"] = [in_status(failed, sent.why)]
        self._bring(number, value, met)
        if status == "delivered" and sent.phone and sent.bubble:
            if sent.bubble.number <= number.read_to.get(sent.phone.id, 0):
                self._now(number, sent, "read")
            else:
                number.unread.setdefault(sent.phone.id, []).append(sent)

    def _value(self, number: Number, sent: Sent, status: str, at: int) -> Json:
        """A status of a message, as a webhook carries it; `at` is a Unix time."""
        row: Json = {"id": sent.wamid, "status": status, "timestamp": str(at)}
        contact: Json = {"wa_id": sent.to}
        if sent.phone:
            contact = self._world.contact(number, sent.phone, name=False, known=bool(sent.to))
            row["recipient_user_id"] = contact["user_id"]
        if "wa_id" in contact:
            row["recipient_id"] = contact["wa_id"]
        if sent.tag is not None:
            row["biz_opaque_callback_data"] = sent.tag
        self._price(number, sent, row)
        told = {"messaging_product": "whatsapp", "metadata": number.metadata}
        return {**told, "contacts": [contact], "statuses": [row]}

    def _price(self, number: Number, sent: Sent, row: Json) -> None:
        """On `sent`, and on the first of delivered and read, which is what is billed."""
        ledger, arrived = self._world.ledger, row["status"] in {"delivered", "read"}
        if sent.kind == "reaction" or sent.billed or not (arrived or row["status"] == "sent"):
            return
        if arrived and sent.phone:
            sent.billed = True
            row["pricing"] = ledger.write(number, sent, sent.phone.number).as_json()
        else:
            row["pricing"] = ledger.price(number, sent).as_json()
        if sent.free and sent.phone:
            ends = (number.entered_ms[sent.phone.id] + ENTRY_MS) // 1000
            origin = {"type": "referral_conversion"}
            row["conversation"] = {"id": f"{number.id}-{sent.phone.id}-{ends}", "origin": origin}
            row["conversation"]["expiration_timestamp"] = str(ends)

    def _bring(self, number: Number, value: Json, met: Met | None) -> None:
        def push() -> None:
            number.tell("messages", value, self._clock.now_ms())

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
