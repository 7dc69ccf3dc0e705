"""Mails as they arrive at a list: words, bounces as postfix writes them, complaints, vacation notices."""

from email.header import Header

from barqia.delivery.lane import LaneConfig
from barqia.lanes.email.addresses import bounce_address, leave_address

LIST = "news@paper.example"
READER = "reader@reader.example"


def mail(subject: str = "", text: str = "", subtype: str = "plain", **headers: str) -> bytes:
    """A plain mail from a reader to the list; a header given as "" is left out."""
    found = {
        "From": f"Reader <{READER}>",
        "To": LIST,
        "Date": "Fri, 15 Jan 2027 08:00:00 +0000",
        "Message-ID": "<1@reader.example>",
    }
    found |= {"Subject": Header(subject, "utf-8").encode()} if subject else {}
    found |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in found.items() if value)
    kind = f"MIME-Version: 1.0\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
    return f"{head}{kind}\r\n{text}".encode()


def bounce(to: str, action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 unknown") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\r\n"
        f"To: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\nDate: Fri, 15 Jan 2027 09:00:00 +0000\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="B1/mx.example"\r\n\r\n'
        "--B1/mx.example\r\nContent-Description: Notification\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        "I'm sorry to have to inform you that your message could not be delivered.\r\n\r\n"
        "--B1/mx.example\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\nX-Postfix-Queue-ID: 4F1\r\n\r\n"
        f"Final-Recipient: rfc822; {READER}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Remote-MTA: dns; mx.reader.example\r\nDiagnostic-Code: smtp; {said}\r\n\r\n"
        "--B1/mx.example--\r\n"
    ).encode()  # fmt: skip


def complaint(unsubscribe: str, original: str = "message/rfc822") -> bytes:
    return (
        "From: abuse@mx.example\r\nTo: abuse@paper.example\r\nSubject: FW: News\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="c"\r\n\r\n'
        "--c\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        "--c\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n"
        f"--c\r\nContent-Type: {original}\r\n\r\nFrom: <{LIST}>\r\nTo: <redacted@mx.example>\r\n"
        f"List-Unsubscribe: <https://paper.example/x>,\r\n <mailto:{unsubscribe}?subject=unsubscribe>\r\nSubject: n\r\n\r\nx\r\n"
        "--c--\r\n"
    ).encode()  # fmt: skip


def of_attempt(lane: LaneConfig, tag: int) -> str:
    return bounce_address(lane, tag)


def of_reader(lane: LaneConfig, recipient: int) -> str:
    return leave_address(lane, recipient)
