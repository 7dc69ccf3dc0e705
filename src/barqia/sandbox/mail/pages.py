"""`/mail` and `/mail/{address}`: the mailboxes, with no script; `/sandbox/mail/…`: the same for programs.

A mail's HTML stands in a frame that runs nothing and loads nothing from outside.
"""

from html import escape
from urllib.parse import quote

import aiohttp
from aiohttp import web

from barqia.sandbox.control.asked import asked
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
            web.get("/sandbox/mail/{address}", self.of),
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
        body = "".join(f"<section>{''.join(_shown(mail) for mail in thread)}</section>" for thread in threads)
        return _page(address, body or "<p>لم يصل بريد بعد.</p>")

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
        return _page(
            mail.recipient, f'<p role="status">{said}</p><p><a href="/mail/{quote(mail.recipient)}">رجوع</a></p>'
        )

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


def _shown(mail: Mail) -> str:
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
    button = ""
    if one_click(message):
        where = f"/mail/{quote(mail.recipient)}/{mail.id}/unsubscribe"
        button = f'<form method="post" action="{where}"><button>إلغاء الاشتراك</button></form>'
    return (
        f'<article><h2 dir="auto">{subject}</h2><p class="about"><bdi>{sender}</bdi></p>{body}{button}'
        f'<details><summary>النصّ المجرّد</summary><pre dir="auto">{escape(text)}</pre></details>'
        f'<details><summary>الترويسات</summary><pre dir="ltr">{escape(headers)}</pre></details></article>'
    )
