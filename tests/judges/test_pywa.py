"""pywa drives the sandbox's Cloud API through its own public API; its own handlers verify and parse the webhooks."""

import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pywa import WhatsApp, errors
from pywa.types import (
    Button,
    CallbackButton,
    CallbackSelection,
    Contact,
    Message,
    MessageStatus,
    MessageStatusType,
    Section,
    SectionList,
    SectionRow,
    URLButton,
)
from pywa.types.templates import (
    BodyText,
    Template,
    TemplateCategory,
    TemplateCategoryUpdate,
    TemplateLanguage,
    TemplateQualityUpdate,
    TemplateStatusUpdate,
)
from pywa.types.user_preferences import UserMarketingPreferences

from barqia.sandbox.client import Sandbox
from judges.features import FEATURES

NUMBER, WABA, SECRET, VERIFY = "100", "9", "app-secret", "verify-word"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PATIENCE = 20
VALUES = [{"type": "text", "text": "خبر"}, {"type": "text", "text": "https://x.example/"}]


@dataclass
class Heard:
    """What pywa's handlers were handed, and who waits for it."""

    all: list[Any] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def add(self, _client: WhatsApp, update: Any) -> None:
        with self.came:
            self.all.append(update)
            self.came.notify_all()

    def first(self, kind: type, fits: Callable[[Any], bool] = lambda _one: True) -> Any:
        def found() -> list[Any]:
            return [one for one in self.all if isinstance(one, kind) and fits(one)]

        with self.came:
            assert self.came.wait_for(lambda: bool(found()), PATIENCE), f"no {kind.__name__} came: {self.all}"
            return found()[0]


@dataclass
class Court:
    client: WhatsApp
    sandbox: Sandbox
    phone: dict[str, Any]
    heard: Heard
    hook: str

    @property
    def to(self) -> str:
        return f"+{self.phone['number']}"

    def say(self, text: str) -> Message:
        self.sandbox.say(self.phone["id"], "whatsapp", NUMBER, text)
        said: Message = self.heard.first(Message, lambda one: one.text == text)
        return said

    def tap(self, option: str) -> None:
        self.sandbox.call(f"/sandbox/whatsapp/phones/{self.phone['id']}/tap", {"to": NUMBER, "option": option})

    def bubble(self) -> dict[str, Any]:
        return self.sandbox.bubbles(self.phone["id"], "whatsapp", NUMBER)[-1]


def _served(client: WhatsApp) -> type[BaseHTTPRequestHandler]:
    """pywa's own challenge, validation and handling of updates, in a server of the test's."""

    class Hook(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            token, challenge = query["hub.verify_token"][0], query["hub.challenge"][0]
            text, status = client.webhook_challenge_handler(token, challenge)
            self._answer(status, text or "")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            refused = client.webhook_update_validator(body, self.headers["X-Hub-Signature-256"])
            text, status = refused or client.webhook_update_handler(body)
            self._answer(status, text)

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_arguments: object) -> None:
            return

    return Hook


@pytest.fixture
def court(sandbox: Sandbox) -> Iterator[Court]:
    heard = Heard()
    client = WhatsApp(
        phone_id=NUMBER, token="access", waba_id=WABA, app_secret=SECRET, verify_token=VERIFY, server=None,
        filter_updates=False,
    )  # fmt: skip
    client.api._session.base_url = f"{sandbox.base}/v24.0"
    for listens in (
        client.on_message, client.on_message_status, client.on_callback_button, client.on_callback_selection,
        client.on_template_status_update, client.on_template_category_update, client.on_template_quality_update,
        client.on_user_marketing_preferences,
    ):  # fmt: skip
        listens()(heard.add)
    with ThreadingHTTPServer(("127.0.0.1", 0), _served(client)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hook = f"http://127.0.0.1:{server.server_port}/"
        template = {"name": "news", "language": "ar", "body": "خبر: {{1}}\nالتفاصيل: {{2}} هنا"}
        sandbox.add_number(
            phone_number_id=NUMBER, waba_id=WABA, display="+963944000111", name="و", access_token="access",
            app_secret=SECRET, rate=0, pair_seconds=0, templates=[template],
            webhook_url=hook, batch=1,  # it reads the first event of a body alone, Meta may send several
        )  # fmt: skip
        phone = sandbox.add_phone("ليلى")
        made = Court(client, sandbox, phone, heard, hook)
        made.say("اشتراك")
        yield made
        server.shutdown()
    client.api._session.close()


def _words_in(court: Court) -> None:
    word = court.say("مساعدة")
    assert word.from_user.wa_id == court.phone["number"]
    assert word.from_user.name == "ليلى"


def _user_id(court: Court) -> None:
    user_id = court.say("سياسة").from_user.bsuid
    assert user_id
    assert court.client.send_message(to=user_id, text="بالهوية").id.startswith("wamid.")
    assert court.bubble()["text"] == "بالهوية"


def _text(court: Court) -> None:
    sent = court.client.send_message(to=court.to, text="*عاجل* خبر", preview_url=True)
    delivered = court.heard.first(
        MessageStatus, lambda one: one.id == sent.id and one.status == MessageStatusType.DELIVERED
    )
    assert delivered.from_user.wa_id == court.phone["number"]


def _tracked(court: Court) -> None:
    sent = court.client.send_message(to=court.to, text="خبر", tracker="640")
    status = court.heard.first(MessageStatus, lambda one: one.id == sent.id)
    assert status.tracker == "640"
    assert status.pricing is None or status.pricing.category


def _reply(court: Court) -> None:
    word = court.say("أهلا")
    assert word.reply("أهلا بك", quote=True).id.startswith("wamid.")
    assert "أهلا" in str(court.bubble()["quoted"])


def _image(court: Court) -> None:
    media = court.client.upload_media(PNG, mime_type="image/png", filename="a.png")
    assert court.client.send_image(to=court.to, image=media, caption="صورة").id.startswith("wamid.")
    about = court.client.get_media_url(media.id)
    assert about.mime_type == "image/png"
    assert about.get_bytes() == PNG
    assert court.client.delete_media(media.id)


def _contact(court: Court) -> None:
    contact = Contact(
        name=Contact.Name(formatted_name="الوكالة", first_name="الوكالة"),
        phones=[Contact.Phone(phone="+963944000111", type="WORK")],
    )
    assert court.client.send_contact(to=court.to, contact=contact).id.startswith("wamid.")


def _location(court: Court) -> None:
    sent = court.client.send_location(to=court.to, latitude=33.5, longitude=36.3, name="دمشق", address="سوريا")
    assert sent.id.startswith("wamid.")


def _reaction(court: Court) -> None:
    word = court.say("شكرا")
    assert word.react("👍").id.startswith("wamid.")


def _read(court: Court) -> None:
    word = court.say("شكرا جزيلا")
    assert word.mark_as_read()
    assert word.indicate_typing()


def _buttons(court: Court) -> None:
    court.client.send_message(to=court.to, text="اختر", buttons=[Button(title="إلغاء", callback_data="stop")])
    court.tap("stop")
    assert court.heard.first(CallbackButton).title == "إلغاء"


def _list(court: Court) -> None:
    rows = [SectionRow(title="سياسة", callback_data="politics", description="أخبار السياسة")]
    choose = SectionList(button_title="اختر", sections=[Section(title="الأقسام", rows=rows)])
    court.client.send_message(to=court.to, text="الأقسام", buttons=choose)
    court.tap("politics")
    chosen = court.heard.first(CallbackSelection)
    assert (chosen.title, chosen.data) == ("سياسة", "politics")


def _link_button(court: Court) -> None:
    button = URLButton(title="اقرأ", url="https://x.example/")
    assert court.client.send_message(to=court.to, text="خبر", buttons=button).id.startswith("wamid.")


def _template(court: Court) -> None:
    params = [{"type": "body", "parameters": VALUES}]
    sent = court.client.send_template(court.to, "news", TemplateLanguage.ARABIC, params)
    assert sent.id.startswith("wamid.")
    assert "خبر: خبر" in court.bubble()["text"]


def _template_errors(court: Court) -> None:
    with pytest.raises(errors.TemplateNotExists):
        court.client.send_template(court.to, "none", TemplateLanguage.ARABIC, [])
    with pytest.raises(errors.TemplateParamCountMismatch):
        court.client.send_template(
            court.to, "news", TemplateLanguage.ARABIC, [{"type": "body", "parameters": VALUES[:1]}]
        )


def _account_hook(court: Court) -> None:
    """The account's own events go to the account's webhook, which answers the challenge first."""
    assert court.client.override_waba_callback_url(court.hook, VERIFY)
    with pytest.raises(errors.WhatsAppError):
        court.client.override_waba_callback_url(court.hook, "another word")


def _template_made(court: Court) -> None:
    court.client.override_waba_callback_url(court.hook, VERIFY)
    draft = Template(
        name="other", language=TemplateLanguage.ARABIC, category=TemplateCategory.UTILITY,
        components=[BodyText("تمّ الاشتراك في أخبار الوكالة.")],
    )  # fmt: skip
    assert court.client.create_template(draft).status == "PENDING"
    approved = court.heard.first(TemplateStatusUpdate)
    assert (approved.template_name, str(approved.new_status)) == ("other", "APPROVED")
    assert {one.name for one in court.client.get_templates()} == {"news", "other"}
    assert court.client.delete_template("other")
    assert {one.name for one in court.client.get_templates()} == {"news"}


def _template_life(court: Court) -> None:
    court.client.override_waba_callback_url(court.hook, VERIFY)
    court.sandbox.template("quality", template="news", quality="RED")
    rated = court.heard.first(TemplateQualityUpdate)
    assert str(rated.new_quality_score) == "RED"
    paused = court.heard.first(TemplateStatusUpdate)
    assert str(paused.new_status) == "PAUSED"
    court.sandbox.template("category", template="news", category="UTILITY")
    changed = court.heard.first(TemplateCategoryUpdate)
    assert (str(changed.previous_category), str(changed.new_category)) == ("MARKETING", "UTILITY")


def _window(court: Court) -> None:
    """A day later the text is refused in a status, and a template goes."""
    court.sandbox.advance(25 * 3_600_000)
    sent = court.client.send_message(to=court.to, text="خبر")
    failed = court.heard.first(MessageStatus, lambda one: one.id == sent.id and one.status == MessageStatusType.FAILED)
    assert isinstance(failed.error, errors.ReEngagementMessage)


def _limits(court: Court) -> None:
    for what, error in ((130429, errors.RateLimitHit), (131056, errors.TooManyMessages)):
        court.sandbox.set_faults({"what": what, "when": {"calls": [1, 1]}}, number=NUMBER)
        with pytest.raises(error):
            court.client.send_message(to=court.to, text="خبر")


def _bad_input(court: Court) -> None:
    with pytest.raises((errors.InvalidParameter, errors.SendMessageError)):
        court.client.send_message(to=court.to, text="ن" * 4097)


def _wrong_token(court: Court) -> None:
    other = WhatsApp(phone_id=NUMBER, token="wrong", server=None, validate_updates=False)
    other.api._session.base_url = f"{court.sandbox.base}/v24.0"
    try:
        with pytest.raises(errors.ExpiredAccessToken):
            other.send_message(to=court.to, text="خبر")
    finally:
        other.api._session.close()


def _stop_marketing(court: Court) -> None:
    court.sandbox.block(court.phone["id"], "whatsapp", NUMBER)
    stopped = court.heard.first(UserMarketingPreferences)
    assert str(stopped.value) == "stop"
    params = [{"type": "body", "parameters": VALUES}]
    sent = court.client.send_template(court.to, "news", TemplateLanguage.ARABIC, params)
    failed = court.heard.first(MessageStatus, lambda one: one.id == sent.id and one.status == MessageStatusType.FAILED)
    assert isinstance(failed.error, errors.UserStoppedMarketingMessages)


def _signature(court: Court) -> None:
    body = b'{"object": "whatsapp_business_account", "entry": []}'
    assert court.client.webhook_update_validator(body, "sha256=" + "0" * 64) is not None
    assert court.heard.all, "and what the sandbox signed was taken"


TRIED: dict[str, Callable[[Court], None]] = {
    "words_in": _words_in, "user_id": _user_id, "text": _text, "tracked": _tracked, "reply": _reply, "image": _image,
    "contact": _contact, "location": _location, "reaction": _reaction, "read": _read, "buttons": _buttons, "list": _list,
    "link_button": _link_button, "template": _template, "template_errors": _template_errors, "account_hook": _account_hook,
    "template_made": _template_made, "template_life": _template_life, "window": _window, "limits": _limits,
    "bad_input": _bad_input, "wrong_token": _wrong_token, "stop_marketing": _stop_marketing, "signature": _signature,
}  # fmt: skip


@pytest.mark.parametrize("feature", TRIED)
def test_every_feature_is_as_pywa_expects(court: Court, feature: str) -> None:
    TRIED[feature](court)


def test_the_features_are_those_that_pywa_tries() -> None:
    assert sorted(TRIED) == sorted(FEATURES["pywa"])
