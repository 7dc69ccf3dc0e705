"""`init` and `migrate`."""

import os
import secrets
from pathlib import Path

import click

from barqia.errors import InputError, SetupError
from barqia.project.boot import ready, start_django

PASSWORD_BYTES = 9


@click.command()
@click.option("--name-ar", help="The newsroom's Arabic name.")
@click.option("--name-en", help="Its English name.")
@click.option("--agency", help="Its short name, as a dateline carries it.")
@click.option("--zone", help="Its time zone, like Asia/Damascus.")
@click.option("--languages", default="ar,en", show_default=True, help="Site languages, the first is the default.")
@click.option("--sections", help="Slugs separated by commas; the six standard ones when left out.")
@click.option("--phone", default="", help="The WhatsApp number readers store, like +963944000000.")
@click.option("--base-url", default="", help="The public address, like https://news.example.org.")
@click.option("--editor", help="The first editor's user name.")
@click.option("--password-env", default="BARQIA_PASSWORD", show_default=True, help="Where the password is, if set.")
def init(name_ar: str | None, zone: str | None, editor: str | None, password_env: str, **given: str | None) -> None:
    """Make a newsroom: data folder, key, database, sections, first editor.

    What is not given is asked for. The key file is made once and never replaced: losing it means losing
    every reader's address.
    """
    name_ar = name_ar or click.prompt("Arabic name of the newsroom")
    zone = zone or click.prompt("Time zone", default="Asia/Damascus")
    editor = editor or click.prompt("User name of the first editor", default="editor")
    password = os.environ.get(password_env) or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    start_django()
    make(name_ar=name_ar, zone=zone, **{key: value or "" for key, value in given.items()})
    add_user(editor, "engineer", password)
    from django.conf import settings

    click.echo(f"Ready in {settings.BARQIA_DATA}. Keep {settings.BARQIA_KEY_FILE} safe, apart from backups.")
    click.echo("Next: `barqia lane add`, then `barqia run`.")


def make(
    *, name_ar: str, zone: str, name_en: str = "", agency: str = "", languages: str = "ar,en", sections: str = "",
    phone: str = "", base_url: str = "",
) -> None:  # fmt: skip
    """The data folder with key, settings and database. Raises InputError, SetupError; then nothing is there."""
    from django.conf import settings
    from django.core.management import call_command

    from barqia.subscribers.vault import make_key
    from barqia.wire.sections import STANDARD
    from barqia.wire.setup import About, write

    slugs = tuple(slug.strip() for slug in sections.split(",") if slug.strip()) or tuple(STANDARD)
    codes = tuple(code.strip() for code in languages.split(",") if code.strip())
    about = About(name_ar, name_en, agency, zone, codes, slugs, phone).checked()
    data: Path = settings.BARQIA_DATA
    if settings.BARQIA_KEY_FILE.exists():
        raise SetupError(f"There is an installation in {data} already; name another folder in BARQIA_DATA.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if base_url:
        (data / "barqia.toml").write_text(f'base_url = "{base_url}"\n', "utf-8")
    call_command("migrate", verbosity=0)
    write(about)
    make_key(settings.BARQIA_KEY_FILE)


def add_user(name: str, role: str, password: str) -> None:
    """Raises InputError for a name that is taken or a password too short to protect a wire."""
    from barqia.staff.models import User

    if len(password) < PASSWORD_BYTES:
        raise InputError(f"The password has fewer than {PASSWORD_BYTES} characters: choose a longer one.")
    if User.objects.filter(username=name).exists():
        raise InputError(f"There is a user {name} already: `barqia user password {name}` gives a new password.")
    User.objects.create_user(name, password=password, role=role)


def new_password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)


@click.command()
def migrate() -> None:
    """Bring the database to this version. Safe to repeat; it never goes back."""
    start_django()
    from django.conf import settings
    from django.core.management import call_command

    if not settings.BARQIA_KEY_FILE.exists():
        ready()
    call_command("migrate", verbosity=1)
