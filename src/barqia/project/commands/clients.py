"""`client add`, `list`, `off`, `on`, `move`, `sections`, `own`, `secret`, `test`: the client newsrooms."""

import asyncio
import uuid
from typing import TYPE_CHECKING

import click

from barqia.errors import InputError, LaneError
from barqia.project.boot import ready

if TYPE_CHECKING:
    from barqia.delivery.clients import Client
    from barqia.subscribers.models import Lane

KIND = "client"
HOUR_MS = 3600 * 1000
of_lane = click.option("--lane", "lane_name", help="The lane of kind client, where there are several.")
allows_private = click.option(
    "--private", is_flag=True, help="Its address is of this machine or its network; http is allowed on this machine."
)


@click.group()
def client() -> None:
    """Client newsrooms: what is sent to them as signed webhooks."""


def _lane(name: str | None) -> "Lane":
    from barqia.project.commands.lanes import found_lane
    from barqia.subscribers.models import Lane

    lanes = list(Lane.objects.filter(kind=KIND)) if name is None else [found_lane(name)]
    if not lanes:
        raise InputError("There is no lane for clients yet: `barqia lane add clients --kind client`.")
    if len(lanes) > 1:
        raise InputError(f"There are several lanes for clients: say --lane, one of {', '.join(map(str, lanes))}.")
    if lanes[0].kind != KIND:
        raise InputError(f"Lane {lanes[0].name} is of kind {lanes[0].kind}, not {KIND}.")
    return lanes[0]


def _found(name: str, lane_name: str | None) -> "Client":
    ready()
    from barqia.delivery import clients

    return clients.client(_lane(lane_name), name)


@client.command()
@click.argument("name")
@click.argument("url")
@click.option("--section", "-s", "sections", multiple=True, help="A section; may be repeated; all when left out.")
@allows_private
@of_lane
def add(name: str, url: str, sections: tuple[str, ...], private: bool, lane_name: str | None) -> None:
    """Add a client newsroom: its name and the https address that takes its webhooks. Shows its secret, once."""
    ready()
    from barqia.delivery import clients

    made = clients.add(_lane(lane_name), name, url, sections, private)
    click.echo(made.endpoint.secrets[0].shown())
    click.echo(f"Added {name}. Give it this secret, then: `barqia client test {name}`.", err=True)


@client.command("list")
@of_lane
def list_(lane_name: str | None) -> None:
    """The clients, what they take, and how they do. Neither addresses nor secrets are shown."""
    ready()
    from barqia.delivery import clients

    for one in clients.clients(_lane(lane_name)):
        wants = ", ".join(one.sections) or "everything"
        click.echo(f"{one.name}: {wants}; {_state(one)}")


def _state(one: "Client") -> str:
    row = one.recipient
    if one.stopped:
        return f"stopped ({row.status_reason})"
    if row.status != "active":
        return "off"
    if one.failing_since:
        return f"on, but failing since {one.failing_since:%Y-%m-%d %H:%M} UTC"
    return "on"


@client.command()
@click.argument("name")
@of_lane
def off(name: str, lane_name: str | None) -> None:
    """Send a client nothing more; what waits for it is skipped."""
    one = _found(name, lane_name)
    from barqia.delivery import clients

    clients.switch(None, one, on=False)
    click.echo(f"{name} is off.")


@client.command()
@click.argument("name")
@of_lane
def on(name: str, lane_name: str | None) -> None:
    """Send to a client again, also to one that the wire stopped."""
    one = _found(name, lane_name)
    from barqia.delivery import clients

    clients.switch(None, one, on=True)
    for public_id, verb in clients.missed(one):
        click.echo(f"While it was off it missed: {public_id} {verb}. Tell the client, which has an older text.")
    click.echo(f"{name} is on. What failed meanwhile goes again with `barqia resend ID failed`.")


@client.command()
@click.argument("name")
@click.argument("url")
@allows_private
@of_lane
def move(name: str, url: str, private: bool, lane_name: str | None) -> None:
    """Give a client another address; its secret stays."""
    one = _found(name, lane_name)
    from barqia.delivery import clients

    clients.move(one, url, private)
    click.echo(f"Changed. Next: `barqia client test {name}`.")


@client.command("sections")
@click.argument("name")
@click.argument("slugs", nargs=-1, metavar="SECTION...")
@of_lane
def sections_(name: str, slugs: tuple[str, ...], lane_name: str | None) -> None:
    """Choose the sections a client takes from now on; all of them where none is named."""
    one = _found(name, lane_name)
    from barqia.delivery import clients

    clients.choose(one, slugs)
    click.echo(f"{name} takes {', '.join(slugs) or 'everything'}.")


@client.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="Not any more.")
@of_lane
def own(name: str, off: bool, lane_name: str | None) -> None:
    """Mark a client as a receiver of the newsroom's own: test sends go there."""
    one = _found(name, lane_name)
    from barqia.delivery import clients

    clients.mark_own(one, not off)
    click.echo(f"{name} {'takes no test sends' if off else 'takes test sends'}.")


@client.command()
@click.argument("name")
@click.option("--hours", type=click.IntRange(0, 720), default=24, show_default=True, help="How long the old one holds.")
@of_lane
def secret(name: str, hours: int, lane_name: str | None) -> None:
    """Give a client a new secret, and show it; until the old one ends, messages carry a signature by each."""
    one = _found(name, lane_name)
    from barqia.delivery import clients
    from barqia.delivery.clock import now_ms

    endpoint = clients.rotate(one, now_ms(), hours * HOUR_MS)
    click.echo(endpoint.secrets[0].shown())
    click.echo(f"The old one holds for {hours} hours more.", err=True)


@client.command()
@click.argument("name")
@of_lane
def test(name: str, lane_name: str | None) -> None:
    """Send a client a signed message of type «ping», and say what its server answered."""
    one = _found(name, lane_name)
    from barqia.delivery.clock import now_ms
    from barqia.delivery.lane import Reply
    from barqia.delivery.transport.http import Http
    from barqia.lanes.client.kind import ping

    async def call() -> object:
        async with Http(1) as http:
            return await http.call(ping(one.endpoint, f"msg_{uuid.uuid4().hex}", now_ms()))

    answer = asyncio.run(call())
    said = f"HTTP {answer.status}" if isinstance(answer, Reply) else str(answer)
    if not (isinstance(answer, Reply) and 200 <= answer.status < 300):
        raise LaneError(f"{name} did not take it: {said}.")
    click.echo(f"{name} took it: {said}.")
