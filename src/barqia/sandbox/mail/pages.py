"""`/mail` and `/mail/{address}`: the mailboxes, with no script; `/sandbox/mail/…`: the same for programs.

A mail's HTML stands in a frame that runs nothing and loads nothing from outside.
"""

from email.utils import parseaddr
from html import escape
from urllib.parse import quote

import aiohttp
from aiohttp import web

from barqia.sandbox.control.asked import asked
from barqia.sandbox.mail import letters
from barqia.sandbox.mail.boxes import Mail, one_click, part
from barqia.sandbox.mail.server import Post, rule

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'"
)
# what a mail shows when its frame is as high as it needs; longer ones scroll within
FRAME = "<!doctype html><meta charset=utf-8><meta name=color-scheme content='light dark'><base target=_blank>"
PAGE = """<!doctype html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/page/mail.css"></head>
<body><header><a href="/mail">البريد</a><h1><bdi>{title}</bdi></h1></header><main>{body}</main></body></html>
"""
UNSUBSCRIBE_SECONDS = 10


class MailPages:
    def __init__(self, post: Post) -> None:
        self._post = post

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/mail", self.boxes),
            web.get("/mail/{address}", self.box),
            web.post("/mail/{address}/{number}/unsubscribe", self.unsubscribe),
            web.post("/mail/{address}/write", self.write),
            web.post("/mail/{address}/{number}/unwanted", self.unwanted),
            web.get("/sandbox/mail/{address}", self.of),
            web.post("/sandbox/mail/{address}/write", self.written),
            web.post("/sandbox/mail/{address}/bounce", self.bounced),
            web.post("/sandbox/mail/{address}/complain", self.complained),
            web.post("/sandbox/mail/rules", self.rules),
        ]

    async def boxes(self, _request: web.Request) -> web.Response:
        lines = [
            f'<li><a href="/mail/{quote(address)}"><bdi dir="ltr">{escape(address)}</bdi> <b>{count}</b></a></li>'
            for address, count in self._post.boxes.addresses().items()
        ]
        return _page("صناديق البريد", f"<ul>{''.join(lines)}</ul>" if lines else "<p>لم يصل بريد بعد.</p>")

    async def box(self, request: web.Request) -> web.Response:
        address = request.match_info["address"]
        threads = self._post.boxes.threads(address)
        pipes = bool(self._post.pipe)
        shown = "".join(f"<section>{''.join(_shown(mail, pipes) for mail in thread)}</section>" for thread in threads)
        form = _writing(address, _list_of(threads)) if pipes else ""
        return _page(address, form + (shown or "<p>لم يصل بريد بعد.</p>"))

    async def write(self, request: web.Request) -> web.Response:
        """A mail to the newsroom, from the form."""
        given, address = await request.post(), request.match_info["address"]
        status = await self._bring_word(address, str(given["to"]), str(given["subject"]), str(given["text"]))
        return _done(address, _told(status))

    async def unwanted(self, request: web.Request) -> web.Response:
        """What a mail program's button tells the reader's provider, and that the list."""
        mail = self._mail(request.match_info["number"])
        return _done(mail.recipient, _told(await self._bring_complaint(mail)))

    async def written(self, request: web.Request) -> web.Response:
        """{"to", "text", "subject"}: what this reader writes."""
        given = await asked(request)
        status = await self._bring_word(
            request.match_info["address"], given["to"], given.get("subject", ""), given.get("text", "")
        )
        return web.json_response({"exit": status})

    async def bounced(self, request: web.Request) -> web.Response:
        """{"id", "status": "5.1.1", "said": "550 5.1.1 unknown"}: a mail that was taken comes back."""
        given = await asked(request)
        mail, status = self._mail(str(given["id"])), str(given.get("status", "5.1.1"))
        said = str(given.get("said", f"550 {status} no such mailbox"))
        raw = letters.bounce(mail, status, said, self._post.clock.now_ms())
        return web.json_response({"exit": await self._post.bring(raw, mail.sender)})

    async def complained(self, request: web.Request) -> web.Response:
        """{"id"}: the reader calls a mail unwanted."""
        mail = self._mail(str((await asked(request))["id"]))
        return web.json_response({"exit": await self._bring_complaint(mail)})

    async def _bring_word(self, address: str, to: str, subject: str, text: str) -> int:
        found = self._post.boxes.of(address)
        raw = letters.word(address, to, subject, text, self._post.clock.now_ms(), found[-1] if found else None)
        return await self._post.bring(raw, to)

    async def _bring_complaint(self, mail: Mail) -> int:
        raw = letters.complaint(mail, mail.sender, self._post.clock.now_ms())
        return await self._post.bring(raw, mail.sender)

    def _mail(self, number: str) -> Mail:
        mail = self._post.boxes.get(int(number)) if number.isdecimal() else None
        if mail is None:
            raise web.HTTPNotFound(text="there is no such mail")
        return mail

    async def unsubscribe(self, request: web.Request) -> web.Response:
        """What a mail program's own button does (RFC 8058): one POST, nobody is asked, nothing is followed."""
        number = request.match_info["number"]
        mail = self._post.boxes.get(int(number)) if number.isdecimal() else None
        where = one_click(mail.message) if mail else ""
        if mail is None or not where:
            raise web.HTTPNotFound(text="this mail offers no unsubscribing with one click")
        timeout = aiohttp.ClientTimeout(total=UNSUBSCRIBE_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(where, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False) as answer,
            ):
                said = f"أُرسل طلب الإلغاء، والجواب {answer.status}."
        except (aiohttp.ClientError, TimeoutError, OSError):
            said = "لم يجب الموقع عن طلب الإلغاء."
        return _done(mail.recipient, said)

    async def of(self, request: web.Request) -> web.Response:
        return web.json_response([mail.as_json() for mail in self._post.boxes.of(request.match_info["address"])])

    async def rules(self, request: web.Request) -> web.Response:
        """How mail is answered from now on: {"rules": [{to, stage, answer, seconds, cut, rate, times}], "seed": 0}."""
        given = await asked(request)
        self._post.set_rules([rule(one) for one in given.get("rules", [])], int(given.get("seed", 0)))
        return web.json_response({"ok": True})


def _page(title: str, body: str) -> web.Response:
    text = PAGE.format(title=escape(title), body=body)
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", headers=headers)


def _done(address: str, said: str) -> web.Response:
    return _page(address, f'<p role="status">{said}</p><p><a href="/mail/{quote(address)}">رجوع</a></p>')


def _told(status: int) -> str:
    return "وصلت الرسالة إلى الوكالة." if status == 0 else f"لم تؤخذ الرسالة ({status})، فأعد المحاولة."


def _list_of(threads: list[list[Mail]]) -> str:
    """The address that wrote last."""
    return parseaddr(str(threads[0][-1].message["From"]))[1] if threads else ""


def _writing(address: str, to: str) -> str:
    """A form for a word to the newsroom."""
    return (
        f'<details><summary>اكتب إلى الوكالة</summary><form method="post" action="/mail/{quote(address)}/write">'
        f'<label>إلى <input name="to" type="email" dir="ltr" required value="{escape(to)}"></label>'
        '<label>الموضوع <input name="subject" placeholder="اشتراك"></label>'
        '<label>النصّ <textarea name="text" rows="3" dir="auto"></textarea></label>'
        "<button>إرسال</button></form></details>"
    )


def _shown(mail: Mail, pipes: bool) -> str:
    message = mail.message
    subject, sender = escape(str(message["Subject"] or "")), escape(str(message["From"]))
    html, text = part(message, "html"), part(message, "plain")
    frame = escape(FRAME + html, quote=True)
    body = (
        f'<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="{subject}" srcdoc="{frame}"></iframe>'
        if html
        else f'<pre dir="auto">{escape(text)}</pre>'
    )
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    at, button = f"/mail/{quote(mail.recipient)}/{mail.id}", ""
    if one_click(message):
        button = f'<form method="post" action="{at}/unsubscribe"><button>إلغاء الاشتراك</button></form>'
    if pipes:
        button += f'<form method="post" action="{at}/unwanted"><button>رسالة مزعجة</button></form>'
    return (
        f'<article><h2 dir="auto">{subject}</h2><p class="about"><bdi>{sender}</bdi></p>{body}{button}'
        f'<details><summary>النصّ المجرّد</summary><pre dir="auto">{escape(text)}</pre></details>'
        f'<details><summary>الترويسات</summary><pre dir="ltr">{escape(headers)}</pre></details></article>'
    )
