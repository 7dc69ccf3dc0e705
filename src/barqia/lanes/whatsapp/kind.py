"""WhatsApp as a lane kind."""

from collections.abc import Callable, Mapping
from hmac import compare_digest

from barqia.delivery.lane import (
    Call,
    Calls,
    Challenge,
    CheckLine,
    Inbound,
    Job,
    LaneConfig,
    MediaStore,
    Outcome,
    Reply,
    Skip,
    Tariff,
    TemplateStore,
    Terms,
)
from barqia.lanes.whatsapp import check, errors, render, terms, webhooks
from barqia.lanes.whatsapp.calls import graph
from barqia.lanes.whatsapp.media import Media
from barqia.lanes.whatsapp.templates import Templates

SIGNATURE_HEADER = "x-hub-signature-256"


class WhatsApp:
    """One business number of the Cloud API."""

    name = "whatsapp"
    settings: Mapping[str, str] = {
        "phone_number_id": "the number's id in the Cloud API",
        "waba_id": "the business account's id: to register the webhook and read templates",
        "display_number": "the number as readers dial it, with + and country code",
        "template": "the approved news template: its body takes headline and link",
        "template_picture": "another with an image above, else the same; for dispatches with a picture",
        "template_language": "that template's language; ar when empty",
        "template_url": "where the template's button leads, up to its variable: https://site/; empty without a button",
        "template_category": "marketing or utility, as Meta approved it; marketing when empty",
        "currency": "the account's, where prices are set in several: USD",
        "also_served": "countries (YE,SY) that Meta serves by now, though this version thinks it does not",
        "daily_limit": "people a day outside their window: 250, 2000, 10000, 100000; unlimited when empty",
        "tier": "the same as Meta tells it, written when it does; the lower of both holds",
        "portfolio": "the business portfolio's id, where several numbers share that limit",
        "version": "the Graph API's version; v24.0 when empty",
        "api_base": "the Graph API's address; https://graph.facebook.com when empty",
    }
    secrets: Mapping[str, str] = {
        "access_token": "the system user's access token",
        "app_secret": "the app's secret, which signs webhooks",
        "verify_token": "a word of your own, which Meta repeats when it registers the webhook",
    }
    makes: Mapping[str, Callable[[], str]] = {}
    required = frozenset({"phone_number_id", "access_token", "app_secret", "verify_token"})
    window_ms: int | None = render.WINDOW_MS - render.WINDOW_MARGIN_MS
    edits_in_place = False
    media: MediaStore | None = Media()
    templates: TemplateStore | None = Templates()

    def terms(self, settings: Mapping[str, str]) -> Terms:
        return terms.terms(settings)

    def tariff(self, settings: Mapping[str, str]) -> Tariff:
        return terms.tariff(settings)

    def probe(self, lane: LaneConfig) -> Call:
        return graph(lane, "GET", f"{lane.settings['phone_number_id']}?fields=display_phone_number")

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip:
        return render.render(job, lane)

    def outcome(self, call: Call, reply: Reply) -> Outcome:
        return errors.outcome(call, reply)

    def poll(self, lane: LaneConfig, offset: int) -> Call | None:  # noqa: ARG002 - the contract's
        return None

    def verify(self, lane: LaneConfig, headers: Mapping[str, str], body: bytes) -> bool:
        return webhooks.signature_fits(lane.secrets.get("app_secret", ""), headers.get(SIGNATURE_HEADER, ""), body)

    def challenge(self, lane: LaneConfig, query: Mapping[str, str]) -> Challenge:
        token = lane.secrets.get("verify_token", "")
        given = query.get("hub.verify_token", "")
        if token and query.get("hub.mode") == "subscribe" and compare_digest(given.encode(), token.encode()):
            return Challenge(200, query.get("hub.challenge", ""))
        return Challenge(403, "wrong verify token")

    def parse(self, lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:
        return webhooks.parse(body, lane.settings)

    def next_offset(self, body: bytes) -> int | None:  # noqa: ARG002 - the contract's
        return None

    def check_calls(self, lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:
        return check.check_calls(lane, webhook_url)

    def check_line(self, what: str, lane: LaneConfig, reply: Reply) -> CheckLine:  # noqa: ARG002 - the contract's
        return check.check_line(what, reply)
