"""`sandbox`."""

from pathlib import Path

import click

from barqia.errors import InputError
from barqia.project.supervisor import PORT, require_port


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8081, show_default=True)
@click.option("--smtp-port", type=PORT, help="Listen for mail there too; its mailboxes are at /mail.")
@click.option("--mail-pipe", default="", help="What takes the mail that readers write there, on its standard input.")
@click.option("--log", type=click.Path(), help="Append the request log to this file.")
@click.option("--faults", help="A fault plan, or a list of them: a file, or the JSON itself.")
def sandbox(host: str, port: int, smtp_port: int | None, mail_pipe: str, log: str | None, faults: str | None) -> None:
    """A local Telegram and WhatsApp with phones to hold: http://127.0.0.1:8081/."""

    from barqia.sandbox.app import make_app, serve
    from barqia.sandbox.faults.plan import BadPlan, read

    require_port(host, port)
    if smtp_port:
        require_port(host, smtp_port)
    try:
        plans = read(faults) if faults else []
    except BadPlan as error:
        raise InputError(f"--faults: {error}.") from None
    except OSError as error:
        raise InputError(f"The fault plan {faults} cannot be read ({error.strerror}): name another file.") from None
    try:
        app = make_app(Path(log) if log else None, plans, (host, smtp_port) if smtp_port else None, mail_pipe)
    except ValueError as error:
        raise InputError(f"--mail-pipe “{mail_pipe}” is no command: {error}.") from None
    except OSError as error:
        raise InputError(f"The log {log} cannot be written ({error.strerror}): name another file.") from None
    click.echo(f"Sandbox on http://{host}:{port}/. Ctrl-C stops it.")
    serve(app, host, port)
