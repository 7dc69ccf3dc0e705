"""SMTP, by aiosmtpd: takes each mail, or answers as a rule says: refused, put off, slow, cut after the dot."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from barqia.sandbox.clock import Clock
from barqia.sandbox.log import RequestLog
from barqia.sandbox.mail.boxes import Boxes
from barqia.sandbox.mail.pipe import Pipe

Json = dict[str, Any]
STAGES = ("rcpt", "data")
TAKEN = "250 2.0.0 Ok: queued as {id}"


@dataclass(slots=True)
class Rule:
    """What becomes of mail for `to` (`*` is everyone) at a stage: `answer` is a refusal, empty where it is taken after
    `seconds`; `cut`: it is taken, and the connection breaks off without a word. It falls by `rate`, at most `times`."""

    to: str = "*"
    stage: str = "data"
    answer: str = ""
    seconds: float = 0.0
    cut: bool = False
    rate: float = 1.0
    times: int = 1 << 30


def rule(given: Json) -> Rule:
    """Raises ValueError, TypeError for what is none."""
    made = Rule(**given)
    if made.stage not in STAGES:
        raise ValueError(f"stage is one of {', '.join(STAGES)}")
    if made.answer and not (made.answer[:3].isdecimal() and made.answer[:1] in "45"):
        raise ValueError("answer is a refusal in SMTP's words: 451 4.7.1 Greylisted")
    made.to = made.to.lower()
    return made


class Post:
    """The mail server's mind: what it has taken, and the rules it answers by. aiosmtpd calls the handlers."""

    def __init__(self, clock: Clock, log: RequestLog, pipe: Pipe) -> None:
        self.boxes, self.clock, self.pipe = Boxes(), clock, pipe
        self._log = log
        self._rules: list[Rule] = []
        self._chance = random.Random(0)  # noqa: S311 - which mails are in trouble is no secret
        self._server: asyncio.Server | None = None

    def set_rules(self, rules: list[Rule], seed: int) -> None:
        self._rules, self._chance = rules, random.Random(seed)  # noqa: S311 - as above

    async def bring(self, raw: bytes, to: str) -> int:
        """A mail of a reader's, or of their server's, to the newsroom; the exit status of what takes it."""
        status = await self.pipe.deliver(raw, to)
        self._log.write(api="mail", piped_to=to, exit=status)
        return status

    async def listen(self, host: str, port: int) -> int:
        """The port it listens on. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, host, port)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    def _session(self) -> SMTP:
        return SMTP(self, hostname="sandbox.local", enable_SMTPUTF8=True)

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused = await self._falls(server, "rcpt", address.lower())
        if refused:
            self._log.write(api="mail", to=address, answer=refused)
            return refused
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        for address in envelope.rcpt_tos:
            refused = await self._falls(server, "data", address.lower())
            if refused:
                self._log.write(api="mail", to=address, answer=refused)
                return refused
        assert isinstance(envelope.content, bytes)
        answer = ""
        for address in envelope.rcpt_tos:
            sender = envelope.mail_from or ""
            mail = self.boxes.put(sender, address, envelope.content, self.clock.now_ms())
            answer = TAKEN.format(id=mail.id)
            self._log.write(api="mail", to=address, id=mail.id, answer=answer)
        return answer

    async def _falls(self, server: SMTP, stage: str, address: str) -> str:
        """The refusal of the first rule that falls; empty where none refuses."""
        for one in self._rules:
            if one.stage != stage or one.to not in {"*", address} or not one.times or self._chance.random() >= one.rate:
                continue
            one.times -= 1
            await self.clock.sleep(one.seconds)
            if one.cut:
                cast("asyncio.WriteTransport", server.transport).abort()
            return one.answer
        return ""
