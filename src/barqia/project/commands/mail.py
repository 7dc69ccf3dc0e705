"""`mail-in`: what a mail server pipes each message into."""

import sys

import click
from django.db import DatabaseError

from barqia.errors import BarqiaError
from barqia.project.boot import ready

# sysexits.h: the mail server keeps the message and brings it again
TEMPORARY = 75
LARGEST = 4 << 20


@click.command("mail-in")
@click.argument("lane")
@click.option("--to", help="The envelope's recipient, where the message does not say it (${recipient} in postfix).")
def mail_in(lane: str, to: str | None) -> None:
    """Take one message from standard input: a bounce, a reader's word, an unsubscription.

    Ends with 75 where it could not be taken, so that the mail server brings it again.
    """
    try:
        ready()
        from barqia.delivery.lane import Malformed
        from barqia.inbox.receive import receive
        from barqia.project.commands.lanes import found_lane

        message = sys.stdin.buffer.read(LARGEST)
        delivered = f"Delivered-To: {to}\n".encode("ascii", "replace") if to and "\n" not in to else b""
        try:
            receive(found_lane(lane), delivered + message)
        except Malformed:
            # it would be no better the next time
            return
    except (BarqiaError, DatabaseError) as error:
        click.echo(f"{type(error).__name__}: the message was not taken.", err=True)
        sys.exit(TEMPORARY)
