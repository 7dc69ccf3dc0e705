"""The lane contract: what the delivery loop and the inbox ask of a provider.

A lane kind is pure: it turns a `Job` into `Call`s, a provider's `Reply` into an `Outcome`, and inbound
bytes into dataclasses. It opens no socket, reads no clock and sees no table. To add one, copy a folder of
`barqia.lanes`, name its class in the setting `BARQIA_LANE_KINDS`, and pass the suite of `tests/lanes`; docs/lanes.md
has the steps.

Every failure answers three questions: is it tried again, whose fault is it, and what is done about it.
"""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from functools import cache
from typing import Literal, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from barqia.rendering.story import Act, AnswerText, Digest, Story


@dataclass(frozen=True, slots=True)
class LaneConfig:
    """A lane's row without its database: `settings` may be shown, `secrets` must not.

    `key` is the lane's own, for tags that must prove to be ours when they come back; `site` is the public address,
    `zone` the newsroom's. `media` are the provider's ids of the pictures it has taken already, by their digest; it
    grows while the lane sends.
    """

    id: int
    name: str
    kind: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    key: bytes = field(default=b"", repr=False)
    site: str = ""
    zone: str = "UTC"
    media: MutableMapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """Where one recipient is reached: Telegram chat id, WhatsApp wa_id or e-mail address, and WhatsApp's BSUID."""

    address: str | None = field(repr=False)
    user_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SentPart:
    """A provider message that is on the recipient's phone. `number` counts from 0."""

    number: int
    provider_id: str
    sent_ms: int


@dataclass(frozen=True, slots=True)
class Job:
    """One delivery to be rendered.

    `earlier` are the live messages of this item on this phone, from older releases; `done` the parts of
    this very delivery that are already out (it is being resumed); `thread` the provider id of the item
    this one updates. `tag` is the attempt id of part 0; part n has `tag + n` (at most 64 parts). `recipient` is the
    row's id, for links that name it; `country` theirs, ISO 3166, where an address tells one. `expires_ms` is when it is
    no news any more. `digest` is the day's news, where `content` is but one of its items.
    """

    act: Act
    content: Story | AnswerText
    to: Address
    tag: int
    now_ms: int
    last_inbound_ms: int | None = None
    earlier: tuple[SentPart, ...] = ()
    done: tuple[SentPart, ...] = ()
    thread: str | None = None
    recipient: int = 0
    country: str = ""
    expires_ms: int | None = None
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What makes a `Call` an SMTP transaction: its URL is smtp:// or smtps://, its path the name said in EHLO, its body
    the whole message with CRLF. Addresses are bare. Without `recipient` it only asks whether the server answers.

    `starttls`: TLS or nothing, on a connection that begins plain.
    """

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    starttls: bool
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


# where a picture's bytes are to stand in a call's body
FILE = b"\0the file\0"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request, or with `mail` one SMTP transaction. `part` is its part's number.

    `op` send makes a message, edit and delete act in place on the message `provider_id`. `instead` is
    what does the same where the provider says that this one comes too late; `missing_is_done` says that
    a message which is gone already is what was meant. `opens`: it writes to a person first, which the
    lane's quota counts. `repeatable`: a send that its receiver knows again by its own id, so that one whose
    answer was lost is simply made again. `public_only`: its host was named by somebody outside, so that no
    connection is made to an address of this machine or its network. `aside`: it shows
    nothing in the chat, whose pace does not count it. `shows` is the digest of a picture in it, whose id at the
    provider the answer may tell (`Accepted.media`); `file` of one whose bytes the loop puts into the body, for `FILE`.
    """

    part: int
    op: Literal["send", "edit", "delete"]
    method: Literal["GET", "POST", "DELETE"]
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    provider_id: str | None = None
    instead: "Call | None" = field(default=None, repr=False)
    missing_is_done: bool = False
    opens: bool = False
    repeatable: bool = False
    mail: Envelope | None = None
    public_only: bool = False
    aside: bool = False
    shows: str = ""
    file: str = ""

    @property
    def in_place(self) -> bool:
        return self.op != "send"

    @property
    def may_be_repeated(self) -> bool:
        """Whether making it twice comes to the same: then nobody need know whether the first one went."""
        return self.in_place or self.repeatable


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An IMAP mailbox whose messages are a lane's updates, each one message. `tls` from the first byte."""

    host: str
    port: int
    tls: bool
    username: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class Calls:
    """What a job still needs, in order. The loop makes the first; the next are asked for again after it."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """This recipient cannot be served now. `reason` is a slug: window_closed, no_service, no_marketing,
    nothing_to_do, no_address."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer; header names in lower case.

    A mail server's has one, `stage`: hello, mail, rcpt, data or end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it. `delivered` where its word is the last we hear (Telegram). `media` is its id of the picture
    that the call shows, by which later messages name it."""

    provider_id: str | None
    delivered: bool = False
    media: str = ""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Surely not executed; try again no sooner. `whole_lane` pauses the lane, else this recipient waits,
    `growth` times longer after each attempt; where that is longer than the news lives it failed (`reason`).
    `moved_to`: it is reached there now."""

    retry_ms: int
    whole_lane: bool
    code: str
    growth: int = 1
    reason: str = "throttled"
    moved_to: Address | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Transient:
    """Surely not executed, through nobody's fault: tried again with back-off, so many `tries` where they are
    counted, and then it failed (`reason`)."""

    code: str
    tries: int = 0
    reason: str = "provider_error"


class Effect(StrEnum):
    NONE = "none"
    BLOCKED = "blocked"  # the recipient blocked us: unsubscribe, with the reason
    STOP_LANE = "stop_lane"  # nothing can go until a person acts: stop the lane, with an alert
    PAUSE_MAILING = "pause_mailing"  # this mailing cannot go on this lane until a person acts; all else goes on
    OPTED_OUT = "opted_out"  # the provider says the reader opted out
    WINDOW_CLOSED = "window_closed"  # the reader's last word is longer ago than we believe: render it anew
    SOFT = "soft"  # the mailbox takes nothing today: blocked where that goes on for days


@dataclass(frozen=True, slots=True)
class Refused:
    """Never (this message, this recipient). `reason` is a slug, `code` the provider's own.

    The reason `message_gone` is of one part: the others go on.
    """

    reason: str
    code: str
    effect: Effect = Effect.NONE


@dataclass(frozen=True, slots=True)
class Instead:
    """Refused as asked, but this other call does what was meant (a notice where deleting is too late)."""

    call: Call
    code: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may have gone out and nobody can say: the delivery becomes unknown."""

    code: str


Outcome = Accepted | Throttled | Transient | Refused | Instead | Unclear


@dataclass(frozen=True, slots=True)
class Word:
    """A reader wrote, or tapped a button, whose text this is.

    In a group `sender` is the group and `proof` a call that is accepted where who wrote speaks for it; None where the
    provider itself shows that. `proven`: the provider vouches that it was the sender; where not, as for a mail's From:,
    they are asked first.
    """

    update_id: str
    sender: Address
    text: str = field(repr=False)
    at_ms: int
    chat: Literal["private", "group", "channel"] = "private"
    proof: Call | None = field(default=None, repr=False, compare=False)
    proven: bool = True
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Tap:
    """A reader tapped the line `choice` of a menu: `message` is the provider's id of the message that carries it, empty
    where it cannot be drawn anew, `query` what the tap is to be answered under, where it must be.

    `at_ms` is None where the provider does not say when.
    """

    update_id: str
    sender: Address
    choice: str = field(repr=False)
    at_ms: int | None = None
    query: str = ""
    message: str = ""
    chat: Literal["private", "group", "channel"] = "private"
    proof: Call | None = field(default=None, repr=False, compare=False)
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Pricing:
    """What a provider bills for a message, in its own words: marketing, regular, True."""

    category: str
    type: str
    billable: bool


@dataclass(frozen=True, slots=True)
class Status:
    """A provider's later word on a message. `tag` is the attempt's, where the provider returns it.

    A failure that may pass says how it is tried `again`, as an answer would have.
    """

    update_id: str
    provider_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    at_ms: int
    tag: int | None = None
    reason: str = ""
    code: str = ""
    effect: Effect = Effect.NONE
    again: Throttled | Transient | None = None
    pricing: Pricing | None = None
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Blocking:
    """A reader blocked us, stopped marketing at the provider, or took that back."""

    update_id: str
    sender: Address
    blocked: bool
    at_ms: int
    reason: str = "blocked"
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OptOut:
    """Whoever holds a message of ours, whose signed tag names its recipient, wants nothing more."""

    update_id: str
    recipient: int
    at_ms: int
    reason: str
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Presence:
    """We were put into a group or channel, or out of it; `inside` where we may write there. `name` is its @name."""

    update_id: str
    sender: Address
    chat: Literal["group", "channel"]
    inside: bool
    name: str = field(default="", repr=False)
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """A reader's address changed; a group's only where we knew it."""

    update_id: str
    old: Address
    new: Address
    chat: Literal["private", "group"] = "private"
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider says of the lane's own account: `about` is a slug, `said` its words, empty where all is well.

    `effect` STOP_LANE stops the lane, PAUSE_MAILING holds what is on its way there; `over` lets go on what a notice
    about the same had stopped or held. `settings` are the lane's that the provider has changed.
    """

    update_id: str
    about: str
    said: str
    effect: Effect = Effect.NONE
    over: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Other:
    """Something that asks nothing of us, kept as it came."""

    update_id: str
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """One update of several that cannot be read: kept as it came, and the others go on. `what` names no content."""

    update_id: str
    what: str
    raw: bytes = field(default=b"", repr=False, compare=False)


Inbound = Word | Tap | Status | Blocking | OptOut | Presence | Moved | Notice | Other | Broken


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a webhook's GET is answered with."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of `lane check`: what was asked, whether it is well, and the provider's view."""

    what: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many `people` may be written to first in any 24 hours, by all lanes of one `portfolio`."""

    portfolio: str
    people: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a provider allows a lane as it is set.

    `fastest` is messages a second, `usual` what a new lane is set to, `connections` its calls under way at once;
    `person` the least ms between two messages to one recipient, and how many may go at once and are then paid off;
    `crowd` (most, window in ms) to one group or channel; `stars` the price of a new message in Telegram's Stars;
    `digest_at` when its daily digest goes, in the newsroom's zone, None where it has none;
    `again` what a call that did not get through comes to where every recipient has a server of its own, given why;
    `notes` what its owner should know of that, (what, in plain words).
    """

    fastest: float
    usual: float
    person: tuple[int, int] = (1000, 1)
    crowd: tuple[int, int] | None = None
    quota: Quota | None = None
    stars: float = 0.0
    connections: int = 20
    digest_at: time | None = None
    again: Callable[[str], Throttled] | None = None
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a lane's messages are billed by, and whom its provider does not serve; countries are ISO 3166 codes.

    A message in a reader's window is of the category `inside`, another of `outside`. Of those inside `free` are free in
    a calendar month (UTC). Prices are set for `categories`, where one has none it costs what another does (`like`),
    and for `markets` {country: market}; `other` is the market of all other countries. To the `unserved` {country:
    reason} nothing goes, to the `unopened` nothing outside the window.
    """

    inside: str
    outside: str
    free: int
    categories: tuple[str, ...]
    like: Mapping[str, str]
    markets: Mapping[str, str]
    other: str
    unserved: Mapping[str, str]
    unopened: Mapping[str, str]


class Malformed(ValueError):
    """An inbound body that is not what the provider sends; its message names what is wrong, no content."""


class MediaStore(Protocol):
    """A provider that takes pictures before messages name them, and keeps them for `kept_ms`."""

    kept_ms: int

    def upload(self, lane: LaneConfig, jpeg: bytes) -> Call: ...

    def media_id(self, reply: Reply) -> str | None:
        """The provider's id of what was uploaded; None where it was refused."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text that a provider approves before it is sent: `state`, `quality` and `why` it rejected it, in its words."""

    name: str
    language: str
    category: str
    state: str
    quality: str
    why: str
    body: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A news template of `newsroom` to be handed in. With a `site` a button leads there, else the text has the link."""

    name: str
    language: str
    category: str
    newsroom: str
    site: str = ""


class TemplateStore(Protocol):
    """An account's templates at its provider."""

    def page(self, lane: LaneConfig, name: str = "", after: str = "") -> Call: ...

    def listed(self, reply: Reply) -> tuple[list[Template], str]:
        """The templates, and where the next page begins; empty after the last."""

    def create(self, lane: LaneConfig, draft: Draft) -> Call: ...

    def delete(self, lane: LaneConfig, name: str) -> Call:
        """In all languages."""

    def refused(self, reply: Reply) -> str:
        """Why the provider did not do it, in its words; empty where it did."""

    def settings(self, draft: Draft) -> Mapping[str, str]:
        """What a lane is set to that sends it."""


class LaneKind(Protocol):
    """A provider. One stateless instance serves every lane of its kind."""

    name: str
    # settings and secrets a lane of this kind asks for: name -> help text; secrets are prompted for
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    # the secrets that a new lane makes for itself, and is not asked for
    makes: Mapping[str, Callable[[], str]]
    # those of both a lane cannot be without
    required: frozenset[str]
    # how long after a reader's last word anything may be sent; None where it does not matter
    window_ms: int | None
    # whether corrections and kills change the messages that are there; else they are new messages
    edits_in_place: bool
    # where pictures are uploaded; None where the provider fetches them from the site, or takes none
    media: MediaStore | None
    # where the texts are approved that go outside the window; None where there is no such thing
    templates: TemplateStore | None

    def terms(self, settings: Mapping[str, str]) -> Terms:
        """Raises `ValueError`, saying what it may be, where a setting is none the provider knows."""

    def tariff(self, settings: Mapping[str, str]) -> Tariff | None:
        """None where nothing is billed by country, and everyone is served."""

    def render(self, job: Job, lane: LaneConfig) -> Calls | Skip: ...

    def probe(self, lane: LaneConfig) -> Call | None:
        """A call that changes nothing and tells nobody: whether the provider answers.

        None where every recipient has a server of its own: no failure of one says anything of the others.
        """

    def outcome(self, call: Call, reply: Reply) -> Outcome: ...

    def poll(self, lane: LaneConfig, offset: int) -> Call | Mailbox | None:
        """The long-polling request for updates from `offset` on, or the mailbox they come to; None where they are
        brought to us."""

    def verify(self, lane: LaneConfig, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a webhook's secret or signature is right. Header names in lower case."""

    def challenge(self, lane: LaneConfig, query: Mapping[str, str]) -> Challenge: ...

    def parse(self, lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:
        """Updates in a webhook body or a polling answer, in order, each with its own `raw` bytes.

        One that cannot be read is `Broken`. Raises `Malformed` where the body is none of the provider's.
        """

    def next_offset(self, body: bytes) -> int | None:
        """After a polling answer: the offset that confirms it; None when it held nothing."""

    def check_calls(self, lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:
        """What `lane check` asks, in order: (what, request); registers the webhook where there is one."""

    def check_line(self, what: str, lane: LaneConfig, reply: Reply) -> CheckLine: ...


@cache
def lane_kind(name: str) -> LaneKind:
    """The kind a lane row names; the setting `BARQIA_LANE_KINDS` maps names to classes."""
    kind: LaneKind = import_string(settings.BARQIA_LANE_KINDS[name])()
    return kind
