"""The control API from another process, for demos and tests. Standard library only."""

import json
import time
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

Json = dict[str, Any]
# a loopback address is asked directly, whatever proxy the environment names
DIRECT = build_opener(ProxyHandler({}))


class Sandbox:
    """A running sandbox at `base`, like http://127.0.0.1:8081. Raises RuntimeError with its words."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        return json.loads(self._ask(path, body, method))

    def _ask(self, path: str, body: Any = None, method: str | None = None) -> bytes:
        data = json.dumps(body).encode() if body is not None else None
        request = Request(  # noqa: S310 - a loopback address of our own
            f"{self.base}{path}", data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with DIRECT.open(request, timeout=60) as answer:
                said: bytes = answer.read()
                return said
        except HTTPError as error:
            raise RuntimeError(f"{path}: {error.code} {error.read().decode(errors='replace')}") from None

    def wait_until_up(self, seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                self.call("/sandbox/health")
            except (URLError, OSError, HTTPException):
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def add_bot(self, token: str, username: str, name: str, **limits: float) -> Json:
        bot: Json = self.call("/sandbox/telegram/bots", {"token": token, "username": username, "name": name, **limits})
        return bot

    def add_channel(self, title: str, username: str, bot: str, **about: int) -> Json:
        about_it = {"title": title, "username": username, "bot": bot, **about}
        channel: Json = self.call("/sandbox/telegram/channels", about_it)
        return channel

    def add_group(self, title: str, owner: int, **about: Any) -> Json:
        """A group of this phone's; `members` are phones, `super` makes it a supergroup."""
        group: Json = self.call("/sandbox/telegram/groups", {"title": title, "owner": owner, **about})
        return group

    def in_chat(self, act: str, chat: str | int, bot: str = "", **about: Any) -> Json:
        """`add`, `promote`, `kick` a bot; `migrate`, `delete`, `restrict` the chat."""
        done: Json = self.call(f"/sandbox/telegram/chats/{act}", {"chat": str(chat), "bot": bot, **about})
        return done

    def mails(self, address: str) -> list[Json]:
        """What came to an address: from, subject, text, html, headers [[name, value], …]."""
        found: list[Json] = self.call(f"/sandbox/mail/{address}")
        return found

    def write_mail(self, address: str, to: str, subject: str, text: str = "") -> int:
        """A mail of this reader's; the exit status of `--mail-pipe`'s command. So do the next two."""
        return int(self.call(f"/sandbox/mail/{address}/write", {"to": to, "subject": subject, "text": text})["exit"])

    def bounce(self, address: str, mail: int, status: str) -> int:
        """A mail that was taken comes back after all: `status` is like 5.1.1."""
        return int(self.call(f"/sandbox/mail/{address}/bounce", {"id": mail, "status": status})["exit"])

    def complain(self, address: str, mail: int) -> int:
        """The reader calls a mail unwanted."""
        return int(self.call(f"/sandbox/mail/{address}/complain", {"id": mail})["exit"])

    def mail_rules(self, *rules: Json, seed: int = 0) -> None:
        """How mail is answered from now on (`sandbox.mail.server.Rule`)."""
        self.call("/sandbox/mail/rules", {"rules": list(rules), "seed": seed})

    def template(self, what: str, **about: Any) -> None:
        """A reviewer's or the readers' verdict on a template: `what` is status, quality, category or pacing."""
        self.call(f"/sandbox/whatsapp/templates/{what}", about)

    def tap(self, phone_id: int, to: str, message: str, data: str) -> str:
        """Tap an inline button by its data. Returns the callback query's id."""
        about = {"to": to, "id": message, "data": data}
        tapped: str = self.call(f"/sandbox/phones/{phone_id}/tap", about)["id"]
        return tapped

    def react(self, phone_id: int, to: str, message: str, emoji: str) -> None:
        self.call(f"/sandbox/phones/{phone_id}/react", {"to": to, "id": message, "emoji": emoji})

    def revoke(self, bot: str, *, revoked: bool = True) -> None:
        self.call("/sandbox/telegram/bots/revoke", {"bot": bot, "revoked": revoked})

    def kick(self, bot: str, channel: str, *, kicked: bool = True) -> None:
        self.call("/sandbox/telegram/channels/kick", {"bot": bot, "channel": channel, "kicked": kicked})

    def add_number(self, **about: Any) -> None:
        self.call("/sandbox/whatsapp/numbers", about)

    def add_phone(self, name: str, **about: Any) -> Json:
        (phone,) = self.call("/sandbox/phones", {"name": name, **about})
        made: Json = phone
        return made

    def add_phones(self, count: int, **about: Any) -> list[Json]:
        phones: list[Json] = self.call("/sandbox/phones", {"count": count, **about})
        return phones

    def phone(self, phone_id: int) -> Json:
        phone: Json = self.call(f"/sandbox/phones/{phone_id}")
        return phone

    def say(self, phone_id: int, app: str, to: str, text: str, **more: str) -> str:
        said: str = self.call(f"/sandbox/phones/{phone_id}/say", {"app": app, "to": to, "text": text, **more})["id"]
        return said

    def join(self, phone_id: int, channel: str) -> None:
        self.call(f"/sandbox/phones/{phone_id}/join", {"channel": channel})

    def block(self, phone_id: int, app: str, to: str, *, blocked: bool = True) -> None:
        self.call(f"/sandbox/phones/{phone_id}/block", {"app": app, "to": to, "blocked": blocked})

    def read(self, phone_id: int, app: str, to: str) -> None:
        self.call(f"/sandbox/phones/{phone_id}/read", {"app": app, "to": to})

    def deactivate(self, phone_id: int) -> None:
        self.call(f"/sandbox/phones/{phone_id}/deactivate", {})

    def bubbles(self, phone_id: int, app: str, key: str) -> list[Json]:
        """The messages of one chat as the phone shows them."""
        chats = self.phone(phone_id)["chats"]
        return next((chat["bubbles"] for chat in chats if (chat["app"], chat["key"]) == (app, key)), [])

    def set_faults(self, *rules: Json, **plan: Any) -> None:
        """Set a fault plan: `set_faults({"what": 429, "when": {"rate": 0.01}}, bot="my_bot", seed=7)`."""
        self.call("/sandbox/faults", {"rules": rules, **plan})

    def faults(self) -> list[Json]:
        """The plans in force, with how often each of their rules fell (`met`)."""
        plans: list[Json] = self.call("/sandbox/faults")
        return plans

    def clear_faults(self) -> None:
        self.call("/sandbox/faults", method="DELETE")

    def advance(self, ms: int) -> None:
        self.call("/sandbox/clock", {"advance_ms": ms})

    def log(self, after: int = 0) -> list[Json]:
        """The lines of the log after this number, as far as the sandbox keeps them in memory."""
        return [json.loads(line) for line in self._ask(f"/sandbox/log?after={after}").splitlines()]
