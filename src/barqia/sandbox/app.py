"""The sandbox as one aiohttp application on one port."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from barqia.sandbox.clock import Clock
from barqia.sandbox.control import Control
from barqia.sandbox.faults import Faults
from barqia.sandbox.given import MISSHAPEN
from barqia.sandbox.log import RequestLog
from barqia.sandbox.phones import Phones
from barqia.sandbox.telegram.server import TelegramServer
from barqia.sandbox.telegram.world import Telegram
from barqia.sandbox.whatsapp.server import WhatsAppServer
from barqia.sandbox.whatsapp.world import WhatsApp

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


def make_app(log_path: Path | None = None) -> web.Application:
    clock, phones, faults, log = Clock(), Phones(), Faults(), RequestLog(log_path)
    telegram = TelegramServer(Telegram(phones, clock), log, faults)
    whatsapp = WhatsAppServer(WhatsApp(phones, clock), log, faults)
    control = Control(phones, telegram.world, whatsapp, clock, log, faults)
    app = web.Application(middlewares=[_input_errors], client_max_size=4 << 20)
    app.add_routes([*telegram.routes(), *control.routes(), *whatsapp.routes()])
    app.router.add_get("/", _page)
    app.router.add_get("/phone/{phone}", _page)
    app.router.add_static("/page/", PAGE)

    async def close(_app: web.Application) -> None:
        await telegram.close()
        await whatsapp.close()
        log.close()

    app.on_shutdown.append(close)
    return app


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "phone.html")
