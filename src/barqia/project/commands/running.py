"""`run`, `worker`."""

import click

from barqia.errors import SetupError
from barqia.project.boot import ready
from barqia.project.supervisor import PORT


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True)
def run(host: str, port: int) -> None:
    """Run the wire: the site, the newsroom, the webhooks and the sender, until stopped.

    Where `nats_url` is set the sender is one worker among those of other machines.
    Put a reverse proxy with TLS in front of it, and name its public address in `base_url`.
    """
    ready()
    from django.conf import settings

    from barqia.delivery.sending.lock import DataLock
    from barqia.project import several
    from barqia.project.supervisor import require_port, supervise

    require_port(host, port)
    several.require_what_it_needs()
    if not several.asked_for():
        with DataLock(settings.BARQIA_DATA):
            pass
    click.echo(f"Barqia on http://{host}:{port} (public address {settings.BARQIA_BASE_URL}). Ctrl-C stops it.")
    supervise(host, port)


@click.command()
@click.option("--lanes", metavar="A,B", default="", help="Work for these lanes alone; for all when left out.")
def worker(lanes: str) -> None:
    """Send, as one of several: any number of workers, on any machines, share the lanes. Until stopped.

    Needs `nats_url`, PostgreSQL, and the installation's `key` in this machine's data folder. A lane is worked by one
    of them at a time; when that one ends, another takes over within seconds.
    """
    ready()
    from django.conf import settings

    from barqia.project.sender import send

    address = settings.BARQIA_NATS
    if address is None:
        raise SetupError("A worker needs NATS: set nats_url in barqia.toml (or NATS_URL), or use `barqia run`.")
    names = [name.strip() for name in lanes.split(",") if name.strip()]
    click.echo(f"Worker for {', '.join(names) or 'all lanes'}, over NATS at {address.shown}. Ctrl-C stops it.")
    send(names)
