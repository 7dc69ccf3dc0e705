"""`sandbox`."""

from pathlib import Path

import click
from aiohttp import web

from barqia.errors import InputError
from barqia.project.supervisor import PORT, require_port


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8081, show_default=True)
@click.option("--log", type=click.Path(), help="Append the request log to this file.")
def sandbox(host: str, port: int, log: str | None) -> None:
    """A local Telegram and WhatsApp with phones to hold: http://127.0.0.1:8081/."""

    from barqia.sandbox.app import make_app

    require_port(host, port)
    click.echo(f"Sandbox on http://{host}:{port}/. Ctrl-C stops it.")
    try:
        app = make_app(Path(log) if log else None)
    except OSError as error:
        raise InputError(f"The log {log} cannot be written ({error.strerror}): name another file.") from None
    web.run_app(app, host=host, port=port, print=None, access_log=None, shutdown_timeout=0.5)
