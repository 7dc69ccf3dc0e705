"""A mail server's words."""

from dataclasses import replace
from email import message_from_bytes, policy

from barqia.delivery.lane import Accepted, Call, Effect, Refused, Reply, SentPart, Throttled, Transient
from barqia.rendering import Act, AnswerText, Digest
from lanes.contract import HOUR_MS, NOW, STORY, Expect, Row, Table


def _opened(call: Call) -> str:
    """The envelope, the headers decoded, and both bodies."""
    message = message_from_bytes(call.body, policy=policy.default)
    assert call.mail is not None
    bodies = [part.get_content() for part in message.walk() if not part.is_multipart()]
    headers = [f"{name}: {value}" for name, value in message.items()]
    return "\n".join([call.mail.sender, call.mail.recipient, *headers, *bodies])


def _said(status: int, stage: str, text: str) -> Reply:
    return Reply(status, {"stage": stage}, text.encode())


QUEUED = _said(250, "end", "2.0.0 queued as 4F1")
ID = "hs.1@paper.example"  # attempt 640 of lane 1
SEND = "smtp://mail.paper.example:587/paper.example"
FIRST = SentPart(0, "a1.1@paper.example", NOW - HOUR_MS)
ANSWERS = ("In-Reply-To: <a1.1@paper.example>", "References: <a1.1@paper.example>")

ROWS = (
    Row(
        "a dispatch",
        (
            (
                Expect(
                    "send",
                    SEND,
                    ("عنوان <خاص> & مهم", "عنوان &lt;خاص&gt; &amp; مهم", "List-Unsubscribe-Post:", "bounces+hs."),
                ),
                QUEUED,
            ),
        ),
        Accepted(ID),
    ),
    Row(
        "an answer is on no list",
        ((Expect("send", SEND, ("أهلاً", "Auto-Submitted: auto-replied"), ("List-Id",)), QUEUED),),
        Accepted(ID),
        content=AnswerText("أهلاً", ("اشتراك",)),
    ),
    Row(
        "a day's digest",
        (
            (
                Expect(
                    "send",
                    SEND,
                    (
                        "Subject: نشرة اليوم: عنوان",
                        "الإثنين 23",
                        "برقية ثانية",
                        "https://wire.example/d/2",
                        "List-Unsubscribe",
                    ),
                    ("In-Reply-To", "Archived-At"),
                ),
                QUEUED,
            ),
        ),
        Accepted(ID),
        more={
            "digest": Digest(
                (STORY, replace(STORY, headline="برقية ثانية", link="https://wire.example/d/2")), "الإثنين 23"
            )
        },
    ),
    Row(
        "a correction answers the first",
        ((Expect("send", SEND, ("Subject: تصويب", *ANSWERS)), QUEUED),),
        Accepted(ID),
        act=Act.CORRECT,
        earlier=(FIRST,),
    ),
    Row(
        "a kill answers it too",
        ((Expect("send", SEND, ("Subject: إلغاء برقية", *ANSWERS), ("نص البرقية", "Archived-At")), QUEUED),),
        Accepted(ID),
        act=Act.KILL,
        earlier=(FIRST,),
    ),
    Row(
        "a takedown repeats no word",
        ((Expect("send", SEND, ("حُجبت", *ANSWERS), ("عنوان", "نص البرقية")), QUEUED),),
        Accepted(ID),
        act=Act.TAKEDOWN,
        earlier=(FIRST,),
    ),
    Row(
        "an update answers the dispatch it follows",
        ((Expect("send", SEND, ANSWERS), QUEUED),),
        Accepted(ID),
        more={"thread": FIRST.provider_id},
    ),
    Row(
        "greylisting",
        ((Expect("send", SEND), _said(450, "rcpt", "4.7.1 greylisted")),),
        Throttled(120_000, False, "450 4.7.1", 2),
    ),
    Row(
        "a full mailbox",
        ((Expect("send", SEND), _said(452, "rcpt", "4.2.2 full")),),
        Throttled(3600_000, False, "452 4.2.2", 2, "mailbox_full"),
    ),
    Row(
        "a busy server",
        ((Expect("send", SEND), _said(421, "hello", "4.3.2 busy")),),
        Throttled(60_000, True, "421 4.3.2"),
    ),
    Row(
        "a server without disk", ((Expect("send", SEND), _said(451, "data", "4.3.0 no disk")),), Transient("451 4.3.0")
    ),
    Row(
        "nobody there",
        ((Expect("send", SEND), _said(550, "rcpt", "5.1.1 <963@reader.example> unknown")),),
        Refused("no_mailbox", "550 5.1.1", Effect.BLOCKED),
    ),
    Row(
        "too large",
        ((Expect("send", SEND), _said(552, "mail", "5.3.4 too big")),),
        Refused("mail_too_large", "552 5.3.4"),
    ),
    Row(
        "spam to them",
        ((Expect("send", SEND), _said(554, "end", "5.7.1 spam")),),
        Refused("content_refused", "554 5.7.1"),
    ),
    Row(
        "a sender they do not take",
        ((Expect("send", SEND), _said(553, "mail", "5.7.1 not owned by user")),),
        Refused("sender_refused", "553 5.7.1", Effect.STOP_LANE),
    ),
)

WORD = """From: Reader <Reader@reader.example>
To: news@paper.example
Subject: =?utf-8?b?2KfYtNiq2LHYp9mD?=
Date: Fri, 15 Jan 2027 08:00:00 +0000
Message-ID: <1@reader.example>

"""
BOUNCE = """From: MAILER-DAEMON@mx.example
To: bounces+hs.x@paper.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

no
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; r@reader.example
Action: failed
Status: 5.1.1

--b--
"""

TABLE = Table(
    settings={"host": "mail.paper.example", "address": "news@paper.example"},
    secrets={"username": "secret-user", "password": "secret-password"},
    address=lambda number: f"reader{number}@reader.example",
    opened=_opened,
    accepted=lambda _number: QUEUED,
    throttled=_said(421, "mail", "4.7.0 slow down"),
    blocked=_said(550, "rcpt", "5.1.1 unknown"),
    failing=_said(451, "data", "4.3.0 no disk"),
    lane_fault=_said(535, "hello", "5.7.8 wrong"),
    rows=ROWS,
    inbound=(WORD.encode(), BOUNCE.encode()),
)
