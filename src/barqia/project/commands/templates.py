"""`template list`, `create`, `delete`: the texts that a provider approves before anything goes outside the window."""

from typing import TYPE_CHECKING

import click

from barqia.errors import InputError, LaneError
from barqia.project.boot import ready
from barqia.project.commands.lanes import found_lane

if TYPE_CHECKING:
    from barqia.delivery.lane import LaneConfig, Reply, Template, TemplateStore
    from barqia.delivery.transport.http import Answer


@click.group()
def template() -> None:
    """The message templates of a lane's account. WhatsApp takes news outside a reader's 24 hours only as one."""


@template.command("list")
@click.argument("lane")
@click.argument("name", required=False, default="")
def list_(lane: str, name: str) -> None:
    """The account's templates, or those of a name: state, category, quality, and why one was rejected."""
    store, config = _store(lane)
    from barqia.project.lane_check import ask

    after, none = "", True
    while True:
        found, after = store.listed(_well(store, ask(store.page(config, name, after))))
        for one in found:
            none = False
            _show(one, used=one.name == config.settings.get("template"))
        if not after:
            break
    if none:
        click.echo("There is no template yet: `barqia template create LANE NAME`.")


@template.command()
@click.argument("lane")
@click.argument("name")
@click.option("--language", default="ar", show_default=True, help="The template's language.")
@click.option(
    "--category", type=click.Choice(["marketing", "utility"]), default="marketing", show_default=True,
    help="News to subscribers is marketing in practice; Meta moves it there.",
)  # fmt: skip
@click.option("--button", is_flag=True, help="A button opens the page, instead of its address in the text.")
@click.option("--use", is_flag=True, help="Set the lane to send it, once Meta has approved it.")
def create(lane: str, name: str, language: str, category: str, button: bool, use: bool) -> None:
    """Hand the news template in for approval: whose news it is, the headline, the link, and how to stop.

    Meta takes up to a day to look at it. The name is of small letters, digits and _.
    """
    store, config = _store(lane)
    from django.conf import settings

    from barqia.delivery.lane import Draft
    from barqia.project.lane_check import ask
    from barqia.wire.models import Newsroom

    newsroom = Newsroom.objects.first() or Newsroom()
    title = newsroom.name_ar if language.startswith("ar") else newsroom.name_en or newsroom.name_ar
    site = settings.BARQIA_BASE_URL if button else ""
    if button and not site.startswith("https://"):
        raise InputError(f"A button leads to a public site by https, and base_url is {site}: set it in barqia.toml.")
    draft = Draft(name, language, category, title, site)
    _well(store, ask(store.create(config, draft)))
    click.echo(f"{name} ({language}) is handed in; `barqia template list {lane} {name}` tells its state.")
    wanted = store.settings(draft)
    if use:
        found = found_lane(lane)
        found.settings = {key: value for key, value in {**found.settings, **wanted}.items() if value}
        found.save(update_fields=["settings"])
        click.echo(f"Lane {lane} sends it from now on: until it is approved, nothing goes outside the window.")
    else:
        told = " ".join(f"{key}={value}" for key, value in wanted.items())
        click.echo(f"Once it is approved: `barqia lane set {lane} {told}`.")


@template.command()
@click.argument("lane")
@click.argument("name")
@click.confirmation_option(prompt="The name cannot be used again for 30 days. Delete it, in all its languages?")
def delete(lane: str, name: str) -> None:
    """Delete a template in all its languages."""
    store, config = _store(lane)
    from barqia.project.lane_check import ask

    if name == config.settings.get("template"):
        raise InputError(
            f"Lane {lane} sends {name}: set it to another template first, `barqia lane set {lane} template=…`."
        )
    _well(store, ask(store.delete(config, name)))
    click.echo(f"{name} is deleted.")


def _store(lane: str) -> "tuple[TemplateStore, LaneConfig]":
    """Raises InputError where the lane's provider has no templates, or does not know of which account it is."""
    ready()
    from barqia.delivery.lane import lane_kind
    from barqia.delivery.lanes_db import lane_config

    found = found_lane(lane)
    store = lane_kind(found.kind).templates
    if store is None:
        raise InputError(f"Lane {lane} is of {found.kind}, which has no templates: what is written goes as it is.")
    config = lane_config(found)
    if not config.settings.get("waba_id"):
        raise InputError(f"Lane {lane} does not say of which account it is: `barqia lane set {lane} waba_id=…`.")
    return store, config


def _well(store: "TemplateStore", answer: "Answer") -> "Reply":
    """The answer, where it is none of an error. Raises LaneError with the provider's own words."""
    from barqia.delivery.lane import Reply

    if not isinstance(answer, Reply):
        raise LaneError(f"The provider cannot be reached ({answer.code}): try again.")
    said = store.refused(answer)
    if said:
        raise LaneError(f"The provider refuses: {said}")
    return answer


def _show(one: "Template", *, used: bool) -> None:
    more = [
        one.category,
        f"quality {one.quality.lower()}" if one.quality else "",
        one.why,
        "used by this lane" if used else "",
    ]
    click.echo(f"{one.name} ({one.language}): {one.state}, {', '.join(filter(None, more))}")
    for line in one.body.splitlines():
        click.echo(f"  {line}")
