"""`subscribers import`, `subscribers export`, `subscribers count`, `subscribers own`."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from barqia.errors import InputError
from barqia.project.boot import ready


@click.group()
def subscribers() -> None:
    """The readers."""


@subscribers.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Add the readers of a CSV file: lane, address, sections, consent_source.

    Sections are slugs separated by blanks, none is everything. One wrong line and none is taken. Who
    unsubscribed stays so.
    """
    ready()
    from barqia.subscribers.imports import import_csv

    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"There is no file {file}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} is not UTF-8: save it as “CSV UTF-8”.") from None
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("readers", total=max(0, len(lines) - 1))
        result = import_csv(lines, lambda count: bar.update(task, completed=count))
    click.echo(
        f"{result.added} added, {result.changed} changed, {result.opted_out} left out (they had unsubscribed), "
        f"{result.repeated} repeated."
    )
    _say_unserved()


def _say_unserved() -> None:
    """Readers who are written down and will not be reached where they are."""
    from barqia.delivery.planning.unserved import unserved

    for found in unserved():
        why = "WhatsApp does not serve them" if found.reason == "no_service" else "nothing outside their 24 hours"
        others = (
            f"lanes that reach them: {', '.join(found.others)}" if found.others else "no lane of yours reaches them"
        )
        click.echo(f"{found.lane_name}: {found.count} in {found.country}, {why}; {others}")


@subscribers.command()
def export() -> None:
    """Print every reader, group and channel as CSV. It holds addresses: keep it as you keep the key."""
    ready()
    from barqia.subscribers.exports import export_csv

    for line in export_csv():
        sys.stdout.write(line)


@subscribers.command()
def count() -> None:
    """How many readers, groups and channels there are, by lane and by what they asked for."""
    ready()
    from barqia.subscribers.counts import Kind, by_interest, by_lane

    for kind, name in ((Kind.READER, ""), (Kind.GROUP, " groups"), (Kind.CHANNEL, " channels")):
        for lane, states in by_lane(kind).items():
            click.echo(f"{lane}{name}: " + ", ".join(f"{number} {state}" for state, number in states.items()))
    for (asked, key), number in by_interest().items():
        click.echo(f"{' '.join(filter(None, (asked, key)))}: {number}")
    _say_unserved()


@subscribers.command()
@click.argument("lane")
@click.argument("address")
@click.option("--off", is_flag=True, help="It is no phone of ours any more.")
def own(lane: str, address: str, off: bool) -> None:
    """Mark a phone as the newsroom's own: test sends go there."""
    ready()
    from barqia.project.commands.lanes import found_lane
    from barqia.subscribers.models import Recipient
    from barqia.subscribers.vault import vault

    found = Recipient.objects.filter(lane=found_lane(lane), address_hash=vault().find(address.lstrip("+")))
    if not found.update(own=not off):
        raise InputError(f"Lane {lane} knows no such address: send it a word from that phone first.")
    click.echo("It gets test sends." if not off else "It gets no test sends any more.")
