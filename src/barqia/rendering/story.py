"""What a lane is given to carry: a release, or an answer to a word, as plain frozen data."""

from dataclasses import dataclass, field
from enum import StrEnum

from barqia.rendering.record import Record


class Act(StrEnum):
    """What is to happen on the recipient's phone."""

    SEND = "send"
    CORRECT = "correct"
    KILL = "kill"
    TAKEDOWN = "takedown"


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG as a provider fetches it from `url` (absolute), named by its `digest`; what it shows, and whose it is."""

    digest: str
    url: str
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One revision, ready to be rendered. `paragraphs` are without dateline and footer.

    `note` is the correction's note or the reason of a kill; `link` the public page (absolute URL);
    `follow` the lines of the "follow us" footer; `language` is "ar" or "en"; `test` marks a test send.
    `cover` is the address of a picture that says nothing, for messages whose own has to go; empty where no
    revision of the item had one. `record` is for lanes that machines read.
    """

    headline: str
    dateline: str
    paragraphs: tuple[str, ...]
    byline: str
    urgency: int
    language: str
    link: str
    agency: str
    note: str = ""
    follow: tuple[str, ...] = ()
    test: bool = False
    picture: Picture | None = None
    cover: str = ""
    # left out of the hash: stories are looked up by it for every message
    record: Record | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Digest:
    """A day's news as one message, what comes first before the others. `day` is its date as readers write it."""

    stories: tuple[Story, ...]
    day: str


@dataclass(frozen=True, slots=True)
class ContactCard:
    """The newsroom's own entry for a reader's telephone book. `phone` is E.164 with its plus sign."""

    name: str
    phone: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a menu. `id` comes back when it is tapped: ASCII, at most 64 bytes; `chosen` lines are marked."""

    id: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """Lines to tap, shown from `start` on where a lane shows few at once.

    Where it answers a tap: `tap` is the provider's id of that tap, `message` of the message whose menu was tapped,
    which is drawn anew, and `said` the answer in a few words.
    """

    choices: tuple[Choice, ...]
    start: int = 0
    tap: str = ""
    message: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """An answer to a reader's word or tap; `buttons` are words the reader may tap."""

    text: str
    buttons: tuple[str, ...] = ()
    card: ContactCard | None = None
    menu: Menu | None = None
