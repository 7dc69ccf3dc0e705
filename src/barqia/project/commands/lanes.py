"""`lane kinds`, `add`, `list`, `set`, `secret`, `check`, `pause`, `resume`, `off`, `on`."""

import os
from typing import TYPE_CHECKING

import click

from barqia.errors import InputError, LaneError, NotFound
from barqia.project.boot import ready

if TYPE_CHECKING:
    from barqia.delivery.lane import Terms
    from barqia.subscribers.models import Lane


@click.group()
def lane() -> None:
    """The lanes: bots, channels and numbers that carry the wire."""


@lane.command()
def kinds() -> None:
    """The kinds of lanes there are, with the settings and secrets each takes."""
    ready()
    from django.conf import settings

    from barqia.delivery.lane import lane_kind

    for name in settings.BARQIA_LANE_KINDS:
        kind = lane_kind(name)
        click.echo(name)
        for title, known in (("setting", kind.settings), ("secret", kind.secrets)):
            for key, meaning in known.items():
                required = " (required)" if key in kind.required else ""
                click.echo(f"  {title} {key.upper() if title == 'secret' else key}{required}: {meaning}")


@lane.command()
@click.argument("name")
@click.option("--kind", required=True, help="telegram, whatsapp and others: `barqia lane kinds` lists them.")
@click.option("--title", help="As the board shows it; the name when left out.")
@click.option("--set", "-S", "given", multiple=True, metavar="KEY=VALUE", help="A setting; may be repeated.")
@click.option("--channel", help="A Telegram channel of yours (its @name or id) that takes every dispatch.")
@click.option("--rate", type=float, help="Messages a second at most; what is usual for the kind when left out.")
@click.option("--resend-flash", is_flag=True, help="After a crash, send a flash again that may have gone out.")
def add(
    name: str, kind: str, title: str | None, given: tuple[str, ...], channel: str | None, rate: float | None,
    resend_flash: bool,
) -> None:  # fmt: skip
    """Add a lane. Its kind's settings are `lane kinds`' to tell.

    Secrets are asked for, or taken from BARQIA_LANE_<NAME OF THE SECRET>.
    """
    ready()
    from django.conf import settings as configured

    from barqia.delivery.lane import lane_kind
    from barqia.subscribers.models import Lane

    if kind not in configured.BARQIA_LANE_KINDS:
        raise InputError(f"“{kind}” is no kind of lane: there are {', '.join(configured.BARQIA_LANE_KINDS)}.")
    settings = _settings(kind, given)
    if Lane.objects.filter(name=name).exists():
        raise InputError(f"There is a lane {name} already.")
    secrets = {secret: made_anew() for secret, made_anew in lane_kind(kind).makes.items()}
    for secret, help_text in lane_kind(kind).secrets.items():
        wanted = secret in lane_kind(kind).required or settings.get("updates") == "webhook"
        if value := _secret_value(secret, help_text, ask=wanted and secret not in secrets):
            secrets[secret] = value
    _require_complete(kind, settings, secrets)
    terms = _terms(kind, settings, rate)
    made = make(name, kind, title or name, settings, secrets, rate=rate, channel=channel, resend_flash=resend_flash)
    _say(terms)
    click.echo(f"Added lane {made.name}. Next: `barqia lane check {made.name}`.")


def _require_complete(kind: str, settings: dict[str, str], secrets: dict[str, str]) -> None:
    """Raise InputError where a lane of this kind would lack something it cannot be without."""
    from barqia.delivery.lane import lane_kind

    missing = lane_kind(kind).required - settings.keys() - secrets.keys()
    if missing:
        raise InputError(f"A {kind} lane needs {', '.join(sorted(missing))}: give it with --set.")


def _settings(kind: str, given: tuple[str, ...]) -> dict[str, str]:
    from barqia.delivery.lane import lane_kind

    known = lane_kind(kind).settings
    settings = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or key not in known:
            raise InputError(f"“{pair}” is no setting of {kind}: write key=value, with one of {', '.join(known)}.")
        settings[key] = value
    return settings


def _terms(kind: str, settings: dict[str, str], rate: float | None) -> "Terms":
    """Raise InputError where the provider does not know a setting, or does not allow that rate."""
    from barqia.delivery.lane import lane_kind

    try:
        terms = lane_kind(kind).terms(settings)
    except ValueError as error:
        raise InputError(str(error)) from None
    if rate is not None and not 0 < rate <= terms.fastest:
        raise InputError(f"The rate “{rate:g}” is no number of messages a second, at most {terms.fastest:g} here.")
    return terms


def _say(terms: "Terms") -> None:
    for what, said in terms.notes:
        click.echo(f"{what}: {said}.")


def make(
    name: str, kind: str, title: str, settings: dict[str, str], secrets: dict[str, str], *, rate: float | None = None,
    channel: str | None = None, resend_flash: bool = False,
) -> "Lane":  # fmt: skip
    """Write the lane, and its channel as a recipient of everything."""
    from barqia.delivery.lane import lane_kind
    from barqia.subscribers.lanes import add_channel, seal_secrets
    from barqia.subscribers.models import Lane

    terms = lane_kind(kind).terms(settings)
    interval_ms, burst = terms.person
    made = Lane.objects.create(
        name=name,
        title=title,
        kind=kind,
        settings=settings,
        secrets=seal_secrets(secrets),
        rate=rate or terms.usual,
        recipient_interval_ms=interval_ms,
        recipient_burst=burst,
        concurrency=terms.connections,
        resend_flash=resend_flash,
    )
    if channel:
        add_channel(made, channel if channel.startswith(("@", "-")) else f"@{channel}")
    return made


def found_lane(name: str) -> "Lane":
    from barqia.subscribers.models import Lane

    found = Lane.objects.filter(name=name).first()
    if found is None:
        names = ", ".join(Lane.objects.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"There is no lane {name}. The lanes are: {names}.")
    return found


@lane.command("list")
def list_() -> None:
    """The lanes, their pace and their readers."""
    ready()
    from barqia.subscribers.counts import Kind, by_lane
    from barqia.subscribers.models import Lane

    counts, groups = by_lane(), by_lane(Kind.GROUP)
    for each in Lane.objects.all():
        state = each.alert or ("paused" if each.paused else "on" if each.active else "off")
        readers = counts.get(each.name, {}).get("active", 0)
        crowds = groups.get(each.name, {}).get("active", 0)
        reached = f"{readers} active readers" + (f", {crowds} active groups" if crowds else "")
        click.echo(f"{each.name}: {each.kind}, {each.rate:g} messages a second, {reached}, {state}")
        for about, said in each.notices.items():
            click.echo(f"  {about}: {said}")


@lane.command()
@click.argument("name")
def check(name: str) -> None:
    """Ask the provider how it sees the lane, and register the webhook there."""
    ready()
    from barqia.project.lane_check import check as check_lane

    found = found_lane(name)
    lines = check_lane(found)
    for line in lines:
        click.echo(f"{'ok ' if line.ok else 'BAD'} {line.what}: {line.detail}")
    if not all(line.ok for line in lines):
        raise LaneError(f"Lane {name} is not well: mend what is marked BAD and check again.")


@lane.command()
@click.argument("name")
@click.option("--person", "people", multiple=True, help="a name as the dispatches write it; may be repeated")
def links(name: str, people: tuple[str, ...]) -> None:
    """Links that open the lane's chat with a wish in it: all news, each section, each person named."""
    ready()
    from barqia.subscribers import persons
    from barqia.subscribers.links import PERSON_PAYLOAD, link
    from barqia.wire.models import Section

    settings = found_lane(name).settings
    if not link(settings, "", ""):
        raise InputError(f"Lane {name} has no bot_username and no display_number to link to.")
    click.echo(f"all news: {link(settings, '', 'اشتراك')}")
    for section in Section.objects.all():
        click.echo(f"{section.name_ar}: {link(settings, section.slug, section.name_ar)}")
    for person in people:
        click.echo(f"{person}: {link(settings, PERSON_PAYLOAD + persons.keep(person), f'تابع {person}')}")


@lane.command("set")
@click.argument("name")
@click.argument("given", nargs=-1, required=True, metavar="KEY=VALUE...")
def set_(name: str, given: tuple[str, ...]) -> None:
    """Change settings of a lane; KEY= takes one away. `rate`, messages a second, is one too. No restart is needed."""
    ready()
    found = found_lane(name)
    rates = [pair.removeprefix("rate=") for pair in given if pair.startswith("rate=")]
    for rate in rates:
        try:
            found.rate = float(rate)
        except ValueError:
            raise InputError(f"The rate “{rate}” is no number of messages a second.") from None
    changed = _settings(found.kind, tuple(pair for pair in given if not pair.startswith("rate=")))
    found.settings = {key: value for key, value in {**found.settings, **changed}.items() if value}
    _require_complete(found.kind, found.settings, _secrets_of(found))
    _say(_terms(found.kind, found.settings, found.rate))
    found.save(update_fields=["settings", "rate"])
    click.echo(f"Changed. Next: `barqia lane check {name}`.")


@lane.command()
@click.argument("name")
@click.argument("secret")
def secret(name: str, secret: str) -> None:
    """Give a lane a new secret, from a prompt or BARQIA_LANE_<SECRET>; a lane that stopped for the old one goes on."""
    ready()
    from barqia.delivery.account.board import pause_lane
    from barqia.delivery.lane import lane_kind
    from barqia.subscribers.lanes import seal_secrets

    found = found_lane(name)
    known = lane_kind(found.kind).secrets
    if secret.lower() not in known:
        raise InputError(f"“{secret}” is no secret of {found.kind}: there are {', '.join(known)}.")
    value = _secret_value(secret.lower(), known[secret.lower()], ask=True)
    found.secrets = seal_secrets({**_secrets_of(found), secret.lower(): value})
    found.save(update_fields=["secrets"])
    if found.alert.startswith("identity"):
        pause_lane(None, found.pk, False)
    click.echo(f"Changed. Next: `barqia lane check {name}`.")


def _secret_value(secret: str, help_text: str, *, ask: bool) -> str:
    """From the environment, else from a prompt where it is to be asked for."""
    given = os.environ.get(f"BARQIA_LANE_{secret.upper()}", "")
    return given or (str(click.prompt(f"{secret} ({help_text})", hide_input=True)) if ask else "")


def _secrets_of(found: "Lane") -> dict[str, str]:
    from barqia.delivery.lanes_db import lane_config

    return dict(lane_config(found).secrets)


@lane.command()
@click.argument("name")
def pause(name: str) -> None:
    """Hold a lane; calls under way end first."""
    ready()
    from barqia.delivery.account.board import pause_lane

    pause_lane(None, found_lane(name).pk, True)
    click.echo(f"Lane {name} is paused.")


@lane.command()
@click.argument("name")
def resume(name: str) -> None:
    """Let a lane go on, also one that stopped itself with an alert."""
    ready()
    from barqia.delivery.account.board import pause_lane

    pause_lane(None, found_lane(name).pk, False)
    click.echo(f"Lane {name} goes on.")


@lane.command()
@click.argument("name")
def off(name: str) -> None:
    """Switch a lane off: nothing comes in or goes out, and what waits on it is skipped."""
    ready()
    from barqia.delivery.account.board import lane_off

    click.echo(f"Lane {name} is off; {lane_off(None, found_lane(name).pk)} waiting deliveries were skipped.")


@lane.command()
@click.argument("name")
def on(name: str) -> None:
    """Switch a lane on again."""
    ready()
    from barqia.delivery.account.board import lane_on

    lane_on(None, found_lane(name).pk)
    click.echo(f"Lane {name} is on.")
