"""The sandbox as one aiohttp application on one port."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from aiohttp import web

from barqia.sandbox.clock import Clock
from barqia.sandbox.control import Control
from barqia.sandbox.faults.faults import Faults
from barqia.sandbox.faults.plan import Plan
from barqia.sandbox.given import MISSHAPEN
from barqia.sandbox.log import RequestLog
from barqia.sandbox.mail.pages import MailPages
from barqia.sandbox.mail.pipe import Pipe
from barqia.sandbox.mail.server import Post
from barqia.sandbox.phones import Phones
from barqia.sandbox.telegram.server import TelegramServer
from barqia.sandbox.telegram.world import Telegram
from barqia.sandbox.whatsapp.server import WhatsAppServer
from barqia.sandbox.whatsapp.world import WhatsApp

if sys.platform != "win32":
    import uvloop

PAGE = Path(__file__).parent / "page"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _input_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The control API answers what it cannot use with 400 and a line, never with a traceback."""
    try:
        return await handler(request)
    except MISSHAPEN as error:
        if not request.path.startswith("/sandbox/"):
            raise
        return web.Response(status=400, text=f"{type(error).__name__}: {error}\n")


def make_app(
    log_path: Path | None = None, plans: Iterable[Plan] = (), mail: tuple[str, int] | None = None, mail_pipe: str = ""
) -> web.Application:
    """The world, empty; `mail` is where its mail server listens, `mail_pipe` the command that takes readers' mail.

    Raises OSError where the log cannot be written, ValueError where the command cannot be split.
    """
    clock, phones, log = Clock(), Phones(), RequestLog(log_path)
    faults = Faults(clock)
    for plan in plans:
        faults.set(plan)
    telegram = TelegramServer(Telegram(phones, clock), log, faults)
    whatsapp = WhatsAppServer(WhatsApp(phones, clock), log, faults)
    post = Post(clock, log, Pipe(mail_pipe))
    control = Control(phones, telegram, whatsapp, clock, log, faults)
    app = web.Application(middlewares=[_input_errors], client_max_size=4 << 20)
    app.add_routes([*telegram.routes(), *control.routes(), *MailPages(post).routes(), *whatsapp.routes()])
    app.router.add_get("/", _page)
    app.router.add_get("/phone/{phone}", _page)
    app.router.add_static("/page/", PAGE)

    async def listen(_app: web.Application) -> None:
        if mail:
            await post.listen(*mail)

    async def close(_app: web.Application) -> None:
        clock.stop()
        await post.close()
        await telegram.close()
        await whatsapp.close()
        log.close()

    app.on_startup.append(listen)
    app.on_shutdown.append(close)
    return app


def serve(app: web.Application, host: str, port: int) -> None:
    """Serve until stopped. Raises OSError where the port cannot be listened on."""
    # nearly all that is made here stays: looking for garbage as often as by default costs a tenth
    gc.set_threshold(50_000, 20, 100)
    loop = uvloop.new_event_loop() if sys.platform != "win32" else asyncio.new_event_loop()
    web.run_app(app, host=host, port=port, print=None, access_log=None, shutdown_timeout=0.5, loop=loop)


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "phone.html")
