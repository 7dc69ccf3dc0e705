"""Messages that were sent before a fuzz began, and what statuses about them may come to, whatever else comes in."""

import random
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from barqia.delivery.models import Attempt, Chunk, Delivery, Part, Receipt, SourceKind
from barqia.delivery.sending.ending import RANK
from barqia.subscribers import recipients
from barqia.subscribers.models import Lane

MONTH = 202611
STATE_OF = {"sent": "handed", "delivered": "delivered", "read": "read", "failed": "failed"}
# refused for good, for a while, and this reader's own doing
CODES = [131026, 131049, 131050, 131048, 130472]
FAR_MS = 4_000_000_000_000
_numbers = count(1)


@dataclass(slots=True)
class Sent:
    """One message on a phone. Statuses of `plain` ones come unmutated, so that it is known what they come to."""

    number: int
    plain: bool
    delivery: int
    said: list[str] = field(default_factory=list)
    rank: int = 0

    @property
    def wamid(self) -> str:
        return f"wamid.known.{self.number}"

    @property
    def tag(self) -> int:
        return self.number << 20

    def allowed(self) -> set[str]:
        """What it may be after what was said of it; a failure that passes may have been planned again."""
        if not self.plain:
            return {*RANK, "planned"}
        highest = "handed"
        for status in self.said:
            if status == "failed":
                return {"read"} if highest == "read" else {"failed", "planned"}
            highest = max(highest, STATE_OF[status], key=RANK.__getitem__)
        return {highest}


class SentBefore:
    """The messages of one stretch of the run."""

    def __init__(self, chance: random.Random, how_many: int) -> None:
        self._random = chance
        lane = Lane.objects.get(name="whatsapp")
        self.all = [_sent(lane, next(_numbers), plain=at % 2 == 0) for at in range(how_many)]

    def status(self) -> tuple[dict[str, Any], Sent]:
        """One about one of them, as WhatsApp sends it: with our tag or without, in any order, again."""
        one, status = self._random.choice(self.all), self._random.choice(["sent", "delivered", "read", "failed"])
        found: dict[str, Any] = {"id": one.wamid, "status": status, "timestamp": "1790000000", "recipient_id": "1"}
        if self._random.random() < 0.5:
            found["biz_opaque_callback_data"] = str(one.tag)
        if status == "failed":
            found["errors"] = [{"code": self._random.choice(CODES), "title": "x"}]
        return found, one

    def check(self) -> None:
        """None went backwards, vanished, or became what nobody said of it."""
        states = dict(Delivery.objects.filter(pk__in=[one.delivery for one in self.all]).values_list("pk", "state"))
        for one in self.all:
            state = states[one.delivery]
            assert state in one.allowed(), (one, state)
            rank = RANK.get(state, RANK["failed"])
            assert rank >= one.rank, (one, state)
            one.rank = rank
            assert Part.objects.filter(delivery_id=one.delivery).count() <= 1, one
        plain = [one.delivery for one in self.all if one.plain]
        assert not Delivery.objects.filter(pk__in=plain, sent_twice=True).exists(), "each has one message"

    def forget(self) -> None:
        for table in (Part, Attempt, Receipt):
            table.objects.filter(delivery_id__in=[one.delivery for one in self.all]).delete()


def _sent(lane: Lane, number: int, *, plain: bool) -> Sent:
    reader = recipients.known(lane, f"9677{number:08}", None)
    chunk = Chunk.objects.create(
        lane_id=lane.pk, month=MONTH, source_kind=SourceKind.RELEASE, source_id=number, priority=5, done=True
    )
    delivery = Delivery.objects.create(
        lane_id=lane.pk, month=MONTH, source_kind=SourceKind.RELEASE, source_id=number, recipient_id=reader.pk,
        chunk_id=chunk.pk, urgency=5, state="handed", attempts=1, parts_out=1, parts_total=1, expires_ms=FAR_MS,
        changed_ms=1,
    )  # fmt: skip
    one = Sent(number, plain, delivery.pk)
    about = {"lane_id": lane.pk, "month": MONTH, "delivery_id": delivery.pk}
    Attempt.objects.create(id=one.tag, part=0, started_ms=1, ended_ms=2, outcome="accepted", **about)
    Part.objects.create(number=0, provider_id=one.wamid, state="handed", sent_ms=2, **about)
    return one
