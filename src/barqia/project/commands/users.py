"""`user add` and `user password`."""

import os

import click

from barqia.errors import NotFound
from barqia.project.boot import ready
from barqia.project.commands.setup import add_user, require_password


@click.group()
def user() -> None:
    """The people of the newsroom."""


def _password() -> str:
    return os.environ.get("BARQIA_PASSWORD") or str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(["reporter", "editor", "engineer"]), default="editor", show_default=True)
def add(name: str, role: str) -> None:
    """Add a user. The password is asked for, or taken from BARQIA_PASSWORD."""
    ready()
    add_user(name, role, _password())
    click.echo(f"Added {name} ({role}).")


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Give a user a new password."""
    ready()
    from barqia.staff.models import User

    found = User.objects.filter(username=name).first()
    if found is None:
        raise NotFound(f"There is no user {name}.")
    new = _password()
    require_password(new)
    found.set_password(new)
    found.save(update_fields=["password"])
    click.echo(f"{name} has a new password.")
