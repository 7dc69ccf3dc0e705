"""A job as one message, CRLF throughout, signed with DKIM where the lane has a key.

No header's value comes from anywhere but this module, and each is one line: what a headline says stays in the subject.
"""

import re
from base64 import encodebytes
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

import dkim

from barqia.delivery.lane import Job, LaneConfig
from barqia.delivery.links import Purpose, in_36, link
from barqia.lanes.email.addresses import domain_of, leave_address, list_id, message_id
from barqia.lanes.email.bodies import answer_bodies, story_bodies
from barqia.lanes.email.digest import digest_bodies, subject_of
from barqia.lanes.email.page import Links
from barqia.rendering import Act, AnswerText, Story
from barqia.rendering.compose import headline_of

ARABIC = re.compile(r"[\u0600-\u06ff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LINE = "\r\n"
SUBJECT = 200
URGENT = 2
# what a receiver must know to be ours; RFC 8058 wants the unsubscription among them. What is named twice may not be
# added by another
SIGNED = (
    "From", "From", "To", "Subject", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version",
    "Content-Type", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip


def message(job: Job, lane: LaneConfig) -> bytes:
    """The whole message."""
    if isinstance(job.content, AnswerText):
        language = "ar" if ARABIC.search(job.content.text) else "en"
        subject = job.content.text.split("\n", 1)[0]
        bodies = answer_bodies(job.content, language)
        # no vacation notice and no other machine answers an answer
        own = ["Auto-Submitted: auto-replied"]
    else:
        language, subject = job.content.language, headline_of(job.content, job.act)
        links = Links(
            choose=link(lane.site, lane.id, lane.key, Purpose.CHOOSE, in_36(job.recipient)),
            leave=link(lane.site, lane.id, lane.key, Purpose.LEAVE, in_36(job.recipient)),
        )
        own = _of_list(job, lane, links)
        if job.digest:
            language, subject = job.digest.stories[0].language, subject_of(job.digest)
            bodies = digest_bodies(job.digest, links)
        else:
            bodies = story_bodies(job.content, job.act, links)
            own += [*_thread(job), *_of_story(job.content, job.act)]
    boundary = f"=_{in_36(job.tag)}"
    head = [
        _from(lane),
        f"To: <{job.to.address}>",
        _encoded("Subject", " ".join(CONTROL.sub(" ", subject).split())[:SUBJECT]),
        f"Date: {format_datetime(datetime.fromtimestamp(job.now_ms // 1000, UTC))}",
        f"Message-ID: <{message_id(lane, job.tag)}>",
        *own,
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = _part("plain", bodies.plain, boundary) + _part("html", bodies.html, boundary)
    return _signed("\r\n".join(head).encode("ascii") + b"\r\n\r\n" + parts + f"--{boundary}--\r\n".encode(), lane)


@lru_cache(maxsize=256)
def _encoded(name: str, words: str) -> str:
    """A header of words in any language, folded between characters.

    Not by the newer policies of the email package: where they fold between two encoded words, the blank is lost.
    """
    return f"{name}: {Header(words, 'utf-8', 75, name).encode(linesep=LINE)}" if words else f"{name}:"


def _from(lane: LaneConfig) -> str:
    name = lane.settings.get("from_name", "")
    written = f'From: "{name}"' if name.isascii() and name else _encoded("From", name)
    return f"{written}{f'{LINE} ' if name else ' '}<{lane.settings['address']}>"


def _of_list(job: Job, lane: LaneConfig, links: Links) -> list[str]:
    """A list's message: mail programs offer to leave it with one click (RFC 8058), and machines leave it unanswered."""
    return [
        f"List-Id: <{list_id(lane)}>",
        f"List-Unsubscribe: <{links.leave}>,\r\n <mailto:{leave_address(lane, job.recipient)}?subject=unsubscribe>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Precedence: list",
        f"Feedback-ID: {'digest' if job.digest else job.act}:{lane.name}:{domain_of(lane)}",
    ]


def _of_story(story: Story, act: Act) -> list[str]:
    urgent = ["Importance: high", "X-Priority: 1"] if story.urgency <= URGENT else []
    return urgent + ([f"Archived-At: <{story.link}>"] if act in {Act.SEND, Act.CORRECT} else [])


def _thread(job: Job) -> list[str]:
    """A correction and a kill answer what they are about, an update what it follows; `earlier` is newest first."""
    ids = [part.provider_id for part in job.earlier] or ([job.thread] if job.thread else [])
    if not ids:
        return []
    return [f"In-Reply-To: <{ids[0]}>", "References: " + "\r\n ".join(f"<{one}>" for one in reversed(ids))]


def _part(subtype: str, text: str, boundary: str) -> bytes:
    """Base64: any relay carries it as it is, and a signature stays right."""
    head = f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    return head.encode() + encodebytes(lines).replace(b"\n", b"\r\n")


def _signed(raw: bytes, lane: LaneConfig) -> bytes:
    selector, key = lane.settings.get("dkim_selector"), lane.secrets.get("dkim_key")
    if not selector or not key:
        return raw
    domain = lane.settings["address"].rpartition("@")[2]
    # relaxed: relays fold headers anew
    signature: bytes = dkim.DKIM(raw).sign(
        selector.encode(), domain.encode(), pem(key), canonicalize=(b"relaxed", b"relaxed"), include_headers=SIGNED
    )
    return signature + raw


@lru_cache(maxsize=64)
def pem(key: str) -> bytes:
    """The private key as PEM; given so, or as its Base64 alone, which fits into a prompt."""
    text = key.replace("\\n", "\n").strip()
    if text.startswith("-----"):
        return text.encode() + b"\n"
    return f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n".encode()
