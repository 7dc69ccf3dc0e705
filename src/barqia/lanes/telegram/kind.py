"""Telegram as a lane kind."""

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
    TemplateStore,
    Terms,
)
from barqia.lanes.telegram import check, render, replies, terms, updates
from barqia.lanes.telegram.calls import request

POLL_SECONDS = 25
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name


class Telegram:
    """One bot, its private chats, and the channels it writes to."""

    name = "telegram"
    settings: Mapping[str, str] = {
        "updates": "how readers' words come: polling (default) or webhook",
        "bot_username": "the bot's @name, for links to it",
        "channel_username": "the public channel's @name, for links to it",
        "allow_paid_broadcast": "yes: up to 1,000 messages a second, which Telegram charges in Stars",
        "silent": "hours of the newsroom's zone in which news makes no sound, as 23-06; never when empty",
        "silent_flash": "yes: a flash makes no sound in those hours either",
        "link_preview": "small or large: the page is shown under the text; none when empty",
        "long": "short: a long dispatch is one message that ends with where to read on; split when empty",
        "api_base": "the Bot API's address; https://api.telegram.org when empty",
    }
    secrets: Mapping[str, str] = {
        "token": "the bot's token, from @BotFather",
        "webhook_secret": "what webhooks must carry: 1 to 256 of A-Z a-z 0-9 _ - (webhook only)",
    }
    makes: Mapping[str, Callable[[], str]] = {}
    required = frozenset({"token"})
    window_ms: int | None = None
    edits_in_place = True
    media: MediaStore | None = None
    templates: TemplateStore | None = None

    def terms(self, settings: Mapping[str, str]) -> Terms:
        return terms.terms(settings)

    def probe(self, lane: LaneConfig) -> Call:
        return request(lane, "getMe", {})

    def tariff(self, settings: Mapping[str, str]) -> None:  # noqa: ARG002 - the contract's
        return None

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip:
        return render.render(job, lane)

    def outcome(self, call: Call, reply: Reply) -> Outcome:
        return replies.outcome(call, reply)

    def poll(self, lane: LaneConfig, offset: int) -> Call | None:
        if check.uses_webhook(lane):
            return None
        params = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": check.UPDATES}
        return request(lane, "getUpdates", params)

    def verify(self, lane: LaneConfig, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002 - the contract's
        secret = lane.secrets.get("webhook_secret", "")
        return bool(secret) and compare_digest(headers.get(SECRET_HEADER, "").encode(), secret.encode())

    def challenge(self, lane: LaneConfig, query: Mapping[str, str]) -> Challenge:  # noqa: ARG002 - the contract's
        return Challenge(405, "Telegram webhooks are POST requests")

    def parse(self, lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:
        return updates.parse(lane, body)

    def next_offset(self, body: bytes) -> int | None:
        return updates.next_offset(body)

    def check_calls(self, lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:
        return check.check_calls(lane, webhook_url)

    def check_line(self, what: str, lane: LaneConfig, reply: Reply) -> CheckLine:  # noqa: ARG002 - the contract's
        return check.check_line(what, reply)
