"""`run`."""

import click

from barqia.project.boot import ready
from barqia.project.supervisor import PORT


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True)
def run(host: str, port: int) -> None:
    """Run the wire: the site, the newsroom, the webhooks and the sender, until stopped.

    Put a reverse proxy with TLS in front of it, and name its public address in `base_url`.
    """
    ready()
    from django.conf import settings

    from barqia.delivery.lock import DataLock
    from barqia.project.supervisor import require_port, supervise

    require_port(host, port)
    with DataLock(settings.BARQIA_DATA):
        pass
    click.echo(f"Barqia on http://{host}:{port} (public address {settings.BARQIA_BASE_URL}). Ctrl-C stops it.")
    supervise(host, port)
