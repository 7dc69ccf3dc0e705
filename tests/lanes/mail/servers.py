"""A real mail server on this machine: aiosmtpd with TLS and a login, in a thread of its own."""

import socket
import ssl
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


USER, PASSWORD = "wire", "a long password"


class Mailbox:
    """Keeps what it takes; `refuses` are recipients it does not know."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.sessions: set[int] = set()
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.taken.append(envelope)
        self.sessions.add(id(session))
        return "250 2.0.0 Queued"


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def server(mailbox: Mailbox, tls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None) -> Controller:
    """With `tls` it wants STARTTLS and a login before anything, with `implicit` it speaks TLS from the first byte."""
    login = (
        {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": implicit is None}
        if tls or implicit
        else {}
    )
    more: dict[str, Any] = {"tls_context": tls, "require_starttls": True, **login} if tls else login
    return Controller(mailbox, hostname="127.0.0.1", port=free_port(), ssl_context=implicit, **more)
