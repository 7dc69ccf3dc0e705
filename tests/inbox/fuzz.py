"""Inbound webhooks and words, mutated: what may come out of them, whatever comes in.

Bodies are built as the providers send them, then mutated in structure and in bytes, signed rightly or wrongly, and
brought to the webhook's view in this process. `test_fuzz.py` runs a few thousand, `make fuzz N=1000000` the rest.
"""

import copy
import hashlib
import hmac
import json
import random
from collections import Counter
from time import monotonic
from typing import Any

from django.db.models import Count
from django.test import RequestFactory

from barqia.delivery.lane import Call, LaneKind
from barqia.delivery.models import Answer, Chunk, Delivery
from barqia.inbox.models import Update
from barqia.inbox.views import webhook
from barqia.subscribers.models import Consent, Recipient, Subscription
from barqia.subscribers.vault import vault
from barqia.subscribers.words import Wish, understand
from barqia.wire.models import Section
from barqia.wire.sections import words_of
from inbox.sent_before import SentBefore

ASKS = {Wish.SUBSCRIBE, Wish.EVERYTHING, Wish.SECTION, Wish.FOLLOW, Wish.LINK}
PEOPLE, GROUPS = range(1, 40), range(-1040, -1000)
ALLOWED = {200, 400, 401, 413}
EVERY = 1000
TOLD = 10_000
KEPT = 20_000
SOURCES = {"word", "tap", "resumed at the provider"}

WORDS = [
    "اشتراك", "الاشتراك من فضلك", "subscribe", "إلغاء", "stop", "سياسة", "أخبار السياسة", "ميداني", "الكل", "الأقسام",
    "sections", "مساعدة", "/start", "/start politics", "/start p_0123456789ab", "/subscribe", "/subscribe@test_bot",
    "/stop@test_bot", "/stop", "لا أريد الاشتراك", "هل الاشتراك مجاني؟", "تابع سامي الحلبي", "لا تتابع سامي الحلبي", "تابع",
    "", "🌹", "شكرا", "لا إلغاء", "تابع السياسة", "لا تتابع سياسة", "follow all", "نشرة", "فوري",
    "\u202eاشتراك", "اشـتـراك\u0000",
]  # fmt: skip
CHOICES = ["0+s:politics", "0-s:politics", "1+s:field", "0+e:", "1-e:", "0+p:0123456789ab", "more:9", "x", "", "9" * 64]
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**200, 1.5, -0.0, 1e300, "", "0", "-1", "x", "\ud800", "\u0000", [], {},
    [[]], [None], {"": None}, {"id": {}}, "private", "supergroup", "kicked", "member", "administrator",
]  # fmt: skip


ADMINISTRATORS = frozenset(range(1, 6))
spoken: set[str] = set()


async def asked(_kind: LaneKind, call: Call) -> bool:
    """In the provider's place: the first five are administrators everywhere. Remembers for which groups they spoke."""
    params = json.loads(call.body)
    if params["user_id"] in ADMINISTRATORS:
        spoken.add(str(params["chat_id"]))
        return True
    return False


class Fuzz:
    """Brings mutated bodies to two lanes, and knows what must hold after them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.request = RequestFactory()
        self.answered: Counter[int] = Counter()
        self._number = 0
        self._last: tuple[str, bytes, dict[str, str]] | None = None

    def run(self, runs: int) -> None:
        began = monotonic()
        self._sent = SentBefore(self.random, 20)
        for number in range(1, runs + 1):
            self._one()
            if number % EVERY == 0 or number == runs:
                self._sent.check()
                check(len(self._sent.all))
                self._sent.forget()
                prune()
                self._sent = SentBefore(self.random, 20 if number < runs else 0)
            if number % TOLD == 0:
                print(f"{number:,} bodies, {number / (monotonic() - began):,.0f} a second", flush=True)

    def _one(self) -> None:
        if self._last and self.random.random() < 0.05:
            self._again(*self._last)
            return
        if self.random.random() < 0.05:
            self._status_of_what_was_sent()
            return
        lane, value = ("telegram", self._telegram) if self.random.random() < 0.6 else ("whatsapp", self._whatsapp)
        body = self._mutated(value())
        headers = self._signed(lane, body)
        if self._bring(lane, body, headers) == 200:
            self._last = lane, body, headers

    def _status_of_what_was_sent(self) -> None:
        status, one = self._sent.status()
        value = _entry("messages", {"metadata": {"phone_number_id": "100200300"}, "statuses": [status]})
        body = json.dumps(value).encode() if one.plain else self._mutated(value)
        headers = self._signed("whatsapp", body)
        if self._bring("whatsapp", body, headers) == 200:
            one.said.append(status["status"])
            self._last = "whatsapp", body, headers

    def _bring(self, lane: str, body: bytes, headers: dict[str, str]) -> int:
        request = self.request.post(f"/hooks/{lane}", body, content_type="application/json", headers=headers)
        status = webhook(request, lane).status_code
        self.answered[status] += 1
        assert status in ALLOWED, (status, body)
        if status == 200 and lane == "telegram":
            _remember_who_spoke(json.loads(body))
        return status

    def _again(self, lane: str, body: bytes, headers: dict[str, str]) -> None:
        """A replay is taken, and does nothing."""
        before = Answer.objects.count(), Consent.objects.count(), Update.objects.count()
        assert self._bring(lane, body, headers) == 200
        assert (Answer.objects.count(), Consent.objects.count(), Update.objects.count()) == before, body

    def _signed(self, lane: str, body: bytes) -> dict[str, str]:
        right = self.random.random() < 0.9
        if lane == "telegram":
            wrong = self.random.choice(["", "hook ", "Hook", "hook\u00e9", "x" * 300])
            return {"X-Telegram-Bot-Api-Secret-Token": "hook" if right else wrong}
        secret = b"app-secret" if right else self.random.choice([b"", b"old-secret"])
        return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}

    def _text(self) -> str:
        text = self.random.choice(WORDS)
        if self.random.random() < 0.2:
            at = self.random.randint(0, len(text))
            text = text[:at] + self.random.choice(["ـ", " ", "🌹", "لا ", "؟", "\n", "\u200f", "x", "َ"]) + text[at:]
        return text * (1_000_000 // (len(text) or 1)) if self.random.random() < 0.0002 else text

    def _telegram(self) -> dict[str, Any]:
        number = self._next()
        update = {
            "update_id": number,
            **self.random.choice([self._message, self._message, self._tap, self._member])(number),
        }
        return update if self.random.random() < 0.95 else {"ok": True, "result": [update, self._telegram()]}

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _chat(self) -> tuple[int, dict[str, Any]]:
        """(who writes, the chat)"""
        person = self.random.choice(PEOPLE)
        if self.random.random() < 0.75:
            return person, {"id": person, "type": "private", "first_name": "س"}
        kind = self.random.choice(["group", "supergroup", "channel"])
        return person, {"id": self.random.choice(GROUPS), "type": kind, "title": "م"}

    def _message(self, number: int) -> dict[str, Any]:
        person, chat = self._chat()
        chat_id = chat["id"]
        who = {"id": person, "is_bot": self.random.random() < 0.02, "first_name": "س"}
        at = self.random.choice([1_790_000_000 + number, 1, 2**33, 1_790_000_000])
        message = {"message_id": number, "date": at, "chat": chat, "from": who, "text": self._text()}
        if self.random.random() < 0.05:
            message["migrate_to_chat_id"] = self.random.choice(GROUPS)
        if self.random.random() < 0.05:
            message["sender_chat"] = {"id": self.random.choice([chat_id, -1]), "type": "supergroup"}
        return {self.random.choice(["message"] * 8 + ["edited_message", "channel_post", "new_kind"]): message}

    def _tap(self, number: int) -> dict[str, Any]:
        person, chat = self._chat()
        message = {"message_id": number, "date": self.random.choice([0, 9]), "chat": chat}
        choice = self.random.choice(CHOICES)
        return {"callback_query": {"id": f"q{number}", "from": {"id": person}, "data": choice, "message": message}}

    def _member(self, number: int) -> dict[str, Any]:
        person, chat = self._chat()
        old, new = self.random.sample(["member", "kicked", "left", "administrator", "restricted"], 2)
        return {
            "my_chat_member": {
                "chat": chat, "from": {"id": person}, "date": 1_790_000_000 + number,
                "old_chat_member": {"status": old, "user": {"id": 7654321}},
                "new_chat_member": {"status": new, "user": {"id": 7654321}},
            }
        }  # fmt: skip

    def _whatsapp(self) -> dict[str, Any]:
        number = self._next()
        person, wamid = self.random.choice(PEOPLE), f"wamid.{number}"
        contact = {"wa_id": f"9639000{person:05}", "user_id": f"SY.{person}", "profile": {"name": "س"}}
        value: dict[str, Any] = {"metadata": {"phone_number_id": "100200300"}, "contacts": [contact]}
        about = {"from": contact["wa_id"], "from_user_id": contact["user_id"], "id": wamid}
        at = str(1_790_000_000 + number)
        kind = self.random.randrange(5)
        if kind < 2:
            value["messages"] = [{**about, "timestamp": at, "type": "text", "text": {"body": self._text()}}]
        elif kind == 2:
            reply = {"type": "list_reply", "list_reply": {"id": self.random.choice(CHOICES), "title": "س"}}
            value["messages"] = [{**about, "timestamp": at, "type": "interactive", "interactive": reply}]
        elif kind == 3:
            status = self.random.choice(["sent", "delivered", "read", "failed", "new"])
            errors = [{"code": self.random.choice([131026, 131050, 190, 131049]), "title": "x"}]
            value["statuses"] = [
                {"id": wamid, "status": status, "timestamp": at, "recipient_id": "1", "errors": errors}
            ]
        else:
            stop = {"value": self.random.choice(["stop", "resume"]), "timestamp": 1_790_000_000 + number, "detail": "x"}
            return _entry("user_preferences", {"user_preferences": [{"wa_id": contact["wa_id"], **stop}]})
        return _entry("messages", value)

    def _mutated(self, value: dict[str, Any]) -> bytes:
        """As it is, mutated in structure, in bytes, or in both."""
        how = self.random.random()
        if how < 0.45:
            value = copy.deepcopy(value)
            for _time in range(self.random.randint(1, 3)):
                self._bend(value)
        body = json.dumps(value, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")
        return self._bitten(body) if 0.35 < how < 0.6 else body

    def _bend(self, value: Any) -> None:
        """Change one place of the structure."""
        places = list(_places(value))
        if not places:
            return
        where, name = self.random.choice(places)
        what = self.random.randrange(5)
        if what == 0:
            del where[name]
        elif what == 1:
            where[name] = copy.deepcopy(self.random.choice(ODD))
        elif what == 2:
            other, other_name = self.random.choice(places)
            where[name] = copy.deepcopy(other[other_name])
        elif what == 3:
            where[name] = [copy.deepcopy(where[name])] * self.random.randint(1, 3)
        elif isinstance(where, dict):
            where[self.random.choice(["x", "id", "type", "text", "chat", "from", "messages", ""])] = where.pop(name)

    def _bitten(self, body: bytes) -> bytes:
        found = bytearray(body)
        for _time in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(found) + 1)
            what = self.random.randrange(4)
            if what == 0:
                found[at : at + 1] = bytes([self.random.randrange(256)])
            elif what == 1:
                del found[at : at + self.random.randint(1, 20)]
            elif what == 2:
                found[at:at] = self.random.choice([b'"', b"{", b"]", b"\\u", b"[" * 2000, b"9" * 5000, b"\xff", b","])
            else:
                found[at:at] = found[max(0, at - 30) : at]
        return bytes(found)


def _remember_who_spoke(value: Any) -> None:
    """Groups whose administrator wrote as the group itself, and those that moved."""
    for update in value["result"] if isinstance(value.get("result"), list) else [value]:
        message = update.get("message") if isinstance(update, dict) else None
        if not isinstance(message, dict) or not isinstance(message.get("chat"), dict):
            continue
        hidden = message.get("sender_chat")
        if isinstance(hidden, dict) and hidden.get("id") == message["chat"].get("id"):
            spoken.add(str(hidden["id"]))
        spoken.update(str(message[name]) for name in ("migrate_to_chat_id", "migrate_from_chat_id") if name in message)


def _entry(field: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "9", "changes": [{"field": field, "value": value}]}],
    }


def _places(value: Any) -> Any:
    """Every (container, key) in a JSON value."""
    names: Any = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in list(names):
        yield value, name
        yield from _places(value[name])


def check(sent_before: int = 0) -> None:
    """What the promises forbid is nowhere."""
    failed = Update.objects.filter(outcome="failed").first()
    assert failed is None, vault().open(bytes(failed.body))
    _check_consents()
    answers = dict(Answer.objects.values_list("pk", "recipient_id"))
    deliveries = dict(Delivery.objects.filter(source_kind=2).values_list("source_id", "recipient_id"))
    assert deliveries == answers, "an answer is one delivery, to who wrote"
    assert Delivery.objects.count() == len(answers) + sent_before, "nothing but answers goes out"
    twice = Update.objects.values("lane_id", "provider_id").annotate(n=Count("id")).filter(n__gt=1)
    assert not twice.exists()
    _check_who_is_answered(set(answers.values()))


def _check_consents() -> None:
    """Who is active asked for it last; and by a word that asks."""
    sections = {section.slug: words_of(section) for section in Section.objects.all()}
    last: dict[int, Consent] = {}
    for one in Consent.objects.order_by("pk"):
        assert one.source != "word" or one.action != "subscribe" or understand(one.word, sections).wish in ASKS, (
            one.word
        )
        if one.action != "change":
            last[one.reader_id] = one
    for recipient in Recipient.objects.filter(status="active").exclude(kind="channel"):
        assert recipient.reader_id is not None
        decided = last.get(recipient.reader_id)
        assert decided is not None, recipient.pk
        assert (decided.action, decided.source in SOURCES) == ("subscribe", True), (recipient.pk, decided.source)
    strangers = Subscription.objects.filter(recipient__status="stranger")
    assert not strangers.exists(), "a stranger gets nothing"


def _check_who_is_answered(recipients: set[int]) -> None:
    """In a group only where an administrator spoke is anybody answered, or active; in a channel never."""
    crowds = {vault().find(str(chat)): str(chat) for chat in GROUPS}
    for recipient in Recipient.objects.exclude(kind="channel").filter(address_hash__in=list(crowds)):
        chat = crowds[bytes(recipient.address_hash or b"")]
        acted_on = recipient.pk in recipients or recipient.status == "active"
        assert not acted_on or recipient.kind == "group", f"a {recipient.kind} in {chat}"
        assert not acted_on or chat in spoken, f"nobody spoke for {chat}"
    assert not Recipient.objects.filter(pk__in=recipients, kind="channel").exists()


def prune() -> None:
    """Old rows go, so that a long run stays as quick as it began; who they made stays."""
    for table in (Answer, Delivery, Chunk):
        table.objects.all().delete()
    newest = Update.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Update.objects.filter(pk__lt=newest - KEPT).delete()
