"""E-mail as a lane kind."""

from collections.abc import Callable, Mapping

from barqia.delivery.lane import (
    Call,
    Calls,
    Challenge,
    CheckLine,
    Inbound,
    Job,
    LaneConfig,
    Mailbox,
    MediaStore,
    Outcome,
    Reply,
    Skip,
    TemplateStore,
    Terms,
)
from barqia.lanes.email import calls, check, inbound, render, replies, terms


class Email:
    """One list's address on one mail server."""

    name = "email"
    settings: Mapping[str, str] = {
        "host": "the mail server that takes the list's mail",
        "port": "its port; 587, with security tls 465, with none 25 when empty",
        "security": "starttls (default), tls, or none for a server on this machine",
        "address": "the list's address, in From: readers write to it",
        "from_name": "the name beside it, as readers see it",
        "bounce_domain": "the domain of bounces+…@ and unsubscribe+…@; the address's when empty",
        "list_id": "the list's id in List-Id; news.<the address's domain> when empty",
        "digest_at": "when the daily digest goes, in the newsroom's zone; 18:00 when empty",
        "dkim_selector": "signs with DKIM_KEY under this selector; not signed here when empty",
        "imap_host": "where the mail that comes back is fetched; use `barqia mail-in` when empty",
        "imap_port": "its port; 993 when empty",
        "imap_security": "tls (default), or none for a server on this machine",
        "imap_folder": "the folder; INBOX when empty",
    }
    secrets: Mapping[str, str] = {
        "username": "the name to log in with; empty for none",
        "password": "its password",
        "dkim_key": "the RSA private key of DKIM, as PEM or its Base64",
        "imap_username": "the mailbox's user; that of the server when empty",
        "imap_password": "its password",
    }
    makes: Mapping[str, Callable[[], str]] = {}
    required = frozenset({"host", "address"})
    window_ms: int | None = None
    edits_in_place = False
    media: MediaStore | None = None
    templates: TemplateStore | None = None

    def terms(self, settings: Mapping[str, str]) -> Terms:
        return terms.terms(settings)

    def tariff(self, settings: Mapping[str, str]) -> None:  # noqa: ARG002 - the contract's
        return None

    def probe(self, lane: LaneConfig) -> Call:
        return calls.question(lane)

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip:
        return render.render(job, lane)

    def outcome(self, call: Call, reply: Reply) -> Outcome:
        return replies.outcome(call, reply)

    def poll(self, lane: LaneConfig, offset: int) -> Mailbox | None:  # noqa: ARG002 - the contract's
        """Without a mailbox the mail server brings each message to `barqia mail-in`."""
        if not lane.settings.get("imap_host"):
            return None
        tls = lane.settings.get("imap_security") != "none"
        return Mailbox(
            host=lane.settings["imap_host"],
            port=int(lane.settings.get("imap_port") or (993 if tls else 143)),
            tls=tls,
            username=lane.secrets.get("imap_username") or lane.secrets.get("username", ""),
            password=lane.secrets.get("imap_password") or lane.secrets.get("password", ""),
            folder=lane.settings.get("imap_folder") or "INBOX",
        )

    def verify(self, lane: LaneConfig, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002 - the contract's
        """Mail comes by `mail-in` or from a mailbox, from nobody over the web."""
        return False

    def challenge(self, lane: LaneConfig, query: Mapping[str, str]) -> Challenge:  # noqa: ARG002 - the contract's
        return Challenge(405, "mail does not come over the web")

    def parse(self, lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:
        return inbound.parse(lane, body)

    def next_offset(self, body: bytes) -> int | None:  # noqa: ARG002 - the contract's
        return None

    def check_calls(self, lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:  # noqa: ARG002 - the contract's
        return check.check_calls(lane)

    def check_line(self, what: str, lane: LaneConfig, reply: Reply) -> CheckLine:
        return check.check_line(what, lane, reply)
