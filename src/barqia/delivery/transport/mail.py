"""One SMTP transaction on a libcurl handle: as `exchange`, with what SMTP says of when a message can have been taken.

A server has a message once it has the final dot, and not before (RFC 5321, 4.1.1.4): until the whole body was given to
libcurl the call is `NotSent`, after that without an answer `Lost`.
"""

from collections.abc import Sequence

import pycurl

from barqia.delivery.lane import Call, Envelope, Reply
from barqia.delivery.transport.connections import Connections
from barqia.delivery.transport.exchange import FAILURES, Answer, Done, Exchange, Lost, NotSent

# below the five minutes that servers wait for the next message
KEEPALIVE_SECONDS = 60
# what is begun again may not outlive a call's time by more than this
AGAIN_SECONDS = 2.0
STAGES = ("mail", "rcpt", "data", "end")
MAIL_FAILURES = {**FAILURES, pycurl.E_USE_SSL_FAILED: "no_starttls"}
OPTIONS = {
    pycurl.PROTOCOLS: pycurl.PROTO_SMTP | pycurl.PROTO_SMTPS,
    pycurl.MAXAGE_CONN: KEEPALIVE_SECONDS,
    pycurl.MAXCONNECTS: 1,
    pycurl.NOPROGRESS: 0,
    pycurl.CUSTOMREQUEST: "NOOP",  # of a call without a recipient
}


class MailExchange(Exchange):
    """As `Exchange`. Its answer is the server's last word, whose stage is in the reply's headers."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        for option, value in OPTIONS.items():
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.READFUNCTION, self._read)
        self.curl.setopt(pycurl.XFERINFOFUNCTION, self._going_on)
        self._message, self._given = b"", 0
        self._broken_off = False

    def begin(self, call: Call, total_seconds: float, done: Done) -> None:
        assert call.mail is not None, "a call of SMTP has an envelope"
        self.done = done
        self._message = call.body
        curl = self.curl
        curl.setopt(pycurl.URL, call.url)
        curl.setopt(pycurl.TIMEOUT_MS, int(total_seconds * 1000))
        self._set_envelope(call.mail)

    def _set_envelope(self, mail: Envelope) -> None:
        curl = self.curl
        curl.setopt(pycurl.USE_SSL, pycurl.USESSL_ALL if mail.starttls else pycurl.USESSL_NONE)
        curl.setopt(pycurl.USERNAME, mail.username)
        curl.setopt(pycurl.PASSWORD, mail.password)
        if mail.recipient:
            curl.setopt(pycurl.MAIL_FROM, f"<{mail.sender}>")
            curl.setopt(pycurl.MAIL_RCPT, [f"<{mail.recipient}>"])
            curl.setopt(pycurl.UPLOAD, 1)
            curl.setopt(pycurl.INFILESIZE, len(self._message))
        else:
            curl.setopt(pycurl.MAIL_RCPT, [])
            curl.setopt(pycurl.UPLOAD, 0)
            curl.setopt(pycurl.HTTPGET, 1)

    def break_off(self) -> None:
        """From another thread: end within a second."""
        self._broken_off = True

    def _going_on(self, *_progress: object) -> int:
        return int(self._broken_off)

    def _read(self, most: int) -> bytes:
        """Asked for only after the server's 354."""
        piece = self._message[self._given : self._given + most]
        self._given += len(piece)
        return piece

    def _about_to_send(self, *ends: object) -> int:
        """Called when the server was greeted and knows who we are, before MAIL."""
        verdict = super()._about_to_send(*ends)
        self._lines.clear()
        return verdict

    def wants_another(self) -> bool:
        """Also where a kept connection ended instead of beginning this transaction: some servers count them."""
        replies = _last_lines(self._lines)
        unbegun = not replies or (len(replies) == 1 and replies[0].startswith(b"421"))
        kept = bool(self._ends) and not self.curl.getinfo(pycurl.NUM_CONNECTS)
        if kept and unbegun and not self._fresh and self.curl.getinfo(pycurl.TOTAL_TIME) < AGAIN_SECONDS:
            self._stale, self._ends = True, ()
        self._lines.clear() if self._stale else None
        return super().wants_another()

    def answer(self, code: int) -> Answer:
        replies = _last_lines(self._lines)
        refused = bool(replies) and replies[-1][:1] in b"45"
        if code == pycurl.E_OK or refused:
            return Reply(int(replies[-1][:3]), {"stage": self._stage(len(replies))}, _said(self._lines))
        if code == pycurl.E_LOGIN_DENIED:
            # no way of logging in that both know: the server has refused nothing, for nothing was asked
            return Reply(535, {"stage": "hello"}, b"no common way to log in")
        return self.failure(MAIL_FAILURES.get(code, f"curl_{code}"))

    def _stage(self, replies: int) -> str:
        return STAGES[min(replies, len(STAGES)) - 1] if self._ends else "hello"

    def failure(self, code: str) -> NotSent | Lost:
        may_be_taken = bool(self._message) and self._given >= len(self._message)
        return Lost(code) if may_be_taken else NotSent(code)

    def end(self) -> None:
        super().end()
        self._message, self._given = b"", 0
        self._broken_off = False


def _last_lines(lines: Sequence[bytes]) -> list[bytes]:
    """Each reply's last line: that without a hyphen after its code."""
    return [line for line in lines if line[:3].isdigit() and line[3:4] in {b" ", b"\r", b"\n", b""}]


def _said(lines: Sequence[bytes]) -> bytes:
    """The text of the last reply, its lines joined by a blank."""
    code = lines[-1][:3]
    said: list[bytes] = []
    for line in reversed(lines):
        if line[:3] != code or (said and line[3:4] != b"-"):
            break
        said.append(line[4:].strip())
    return b" ".join(reversed(said))
