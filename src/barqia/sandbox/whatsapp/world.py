"""What WhatsApp knows: businesses, people, files, and what they said to each other."""

from barqia.sandbox.clock import Clock
from barqia.sandbox.phones import Chat, Phone, Phones
from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import App, Json
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.business.portfolios import COMMON, Portfolio
from barqia.sandbox.whatsapp.ledger import Ledger
from barqia.sandbox.whatsapp.media.shelf import Media
from barqia.sandbox.whatsapp.people import USUAL, Person
from barqia.sandbox.whatsapp.templates.review import Review
from barqia.sandbox.whatsapp.templates.template import Template

FIRST_ID = 9_000


class WhatsApp:
    def __init__(self, phones: Phones, clock: Clock) -> None:
        self.phones, self.clock = phones, clock
        self.apps: dict[str, App] = {}
        self.portfolios: dict[str, Portfolio] = {}
        self.accounts: dict[str, Account] = {}
        self.numbers: dict[str, Number] = {}
        self.shelf: dict[str, Media] = {}
        self.people: dict[int, Person] = {}
        self.review, self.ledger = Review(clock), Ledger(clock)
        self._ids = FIRST_ID

    def new_id(self) -> str:
        """An id of a template or a file."""
        self._ids += 1
        return str(self._ids)

    def account(self, waba_id: str, portfolio: str = COMMON) -> Account:
        """The account of this id, made where there is none."""
        if waba_id not in self.accounts:
            owner = self.portfolios.setdefault(portfolio, Portfolio(portfolio))
            self.accounts[waba_id] = Account(waba_id, owner)
        return self.accounts[waba_id]

    def numbers_of(self, account: Account) -> list[Number]:
        return [number for number in self.numbers.values() if number.account is account]

    def line_up(self, account: Account) -> None:
        """An app or a number is new there: each has its line to the other."""
        account.line_up(self.numbers_of(account))

    def owner(self, template: Template) -> Account:
        return next(one for one in self.accounts.values() if template.id in one.templates)

    def template(self, template_id: str) -> Template | None:
        found = (one.templates.get(template_id) for one in self.accounts.values())
        return next((one for one in found if one), None)

    def put_file(self, owner: str, mime: str, name: str, data: bytes, life_ms: int) -> Media:
        """A file on the shelf; those whose time is over leave it."""
        now = self.clock.now_ms()
        for gone in [one.id for one in self.shelf.values() if one.until_ms <= now]:
            del self.shelf[gone]
        made = Media(self.new_id(), owner, mime, name, data, now + life_ms)
        self.shelf[made.id] = made
        return made

    def file(self, media_id: str) -> Media | None:
        found = self.shelf.get(media_id)
        return found if found and found.until_ms > self.clock.now_ms() else None

    def screen(self, phone: Phone, number: Number) -> Chat:
        chat = phone.chats.get(("whatsapp", number.id))
        if chat is None:
            chat = Chat("whatsapp", number.id, number.name, "business")
            phone.chats["whatsapp", number.id] = chat
        return chat

    def person(self, number: Number, user_id: str) -> Phone | None:
        """Whom a user id names for this number's portfolio."""
        portfolio = number.account.portfolio
        return self.phones.by_user_id.get(user_id) if portfolio.id == COMMON else portfolio.person(user_id)

    def about(self, phone: Phone) -> Person:
        """What is set for a person; to read only."""
        return self.people.get(phone.id, USUAL)

    def contact(self, number: Number, phone: Phone, *, name: bool, known: bool = False) -> Json:
        """Who a webhook is about; `known`: the business has the number, and used it."""
        person, told = self.about(phone), Json()
        if name:
            told["profile"] = {"name": phone.name, **({"username": person.username} if person.username else {})}
        if known or not person.hidden:
            told["wa_id"] = phone.number
        return {**told, "user_id": number.account.portfolio.user_id(phone)}

    def taken(self, changes: list[Json]) -> None:
        """The business has taken these events: the words in them get their second tick."""
        for change in changes:
            for message in change["value"].get("messages", ()):
                number = self.numbers[change["value"]["metadata"]["phone_number_id"]]
                phone = number.heard.get(message["id"])
                if phone:
                    self.tick(phone, number, message["id"], 2)

    def tick(self, phone: Phone, number: Number, wamid: str, ticks: int) -> None:
        """The words of a person have arrived (2), or were read (3)."""
        chat = self.screen(phone, number)
        bubble = chat.find(wamid)
        if bubble and bubble.ticks < ticks:
            bubble.ticks = ticks
            self.phones.changed(phone, chat, bubble)
