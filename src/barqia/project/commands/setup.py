"""`init` and `migrate`."""

import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barqia.errors import InputError, SetupError
from barqia.project.boot import ready, start_django
from barqia.project.config import DEFAULT_BASE_URL, checked_base_url

if TYPE_CHECKING:
    from barqia.wire.setup import About

PASSWORD_LENGTH, PASSWORD_LETTERS = 9, 4


@click.command()
@click.option("--name-ar", help="The newsroom's Arabic name.")
@click.option("--name-en", help="Its English name.")
@click.option("--agency", help="Its short name, as a dateline carries it.")
@click.option("--zone", help="Its time zone, like Asia/Damascus.")
@click.option("--languages", default="ar,en", show_default=True, help="Site languages, the first is the default.")
@click.option("--sections", help="Slugs separated by commas; the six standard ones when left out.")
@click.option("--phone", help="The WhatsApp number readers store, like +963944000000.")
@click.option("--base-url", help="The public address, like https://news.example.org.")
@click.option("--editor", help="The first editor's user name.")
@click.option("--password-env", default="BARQIA_PASSWORD", show_default=True, help="Where the password is, if set.")
def init(
    name_ar: str | None, name_en: str | None, agency: str | None, zone: str | None, phone: str | None,
    base_url: str | None, editor: str | None, password_env: str, languages: str, sections: str | None,
) -> None:  # fmt: skip
    """Make a newsroom: data folder, key, database, sections, first editor.

    What is not given is asked for, at a terminal. The key file is made once and never replaced: losing it means
    losing every reader's address.
    """
    start_django()
    from django.conf import settings

    require_none(settings.BARQIA_DATA)
    name_ar = name_ar or click.prompt("Arabic name of the newsroom")
    name_en = _asked(name_en, "Its English name", name_ar)
    agency = _asked(agency, "Its short name, as a dateline carries it", name_ar)
    zone = zone or click.prompt("Time zone", default="Asia/Damascus")
    phone = _asked(phone, "The WhatsApp number readers store (empty: none)", "")
    base_url = _asked(base_url, "The public address", DEFAULT_BASE_URL)
    about = about_of(name_ar, name_en, agency, zone, languages, sections or "", phone)
    checked_base_url(base_url)
    editor = editor or click.prompt("User name of the first editor", default="editor")
    password = os.environ.get(password_env) or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    make(about, editor, password, base_url)
    click.echo(f"Ready in {settings.BARQIA_DATA}. Keep {settings.BARQIA_KEY_FILE} safe, apart from backups.")
    click.echo("Next: `barqia lane add`, then `barqia run`.")


def _asked(given: str | None, question: str, default: str) -> str:
    """What was given, else what is answered at a terminal; a script gets the default."""
    if given is not None:
        return given
    return str(click.prompt(question, default=default)) if sys.stdin.isatty() else default


def about_of(
    name_ar: str, name_en: str, agency: str, zone: str, languages: str = "ar,en", sections: str = "", phone: str = ""
) -> "About":
    """What the newsroom is, checked. Raises InputError."""
    from barqia.wire.sections import STANDARD
    from barqia.wire.setup import About

    slugs = tuple(slug.strip() for slug in sections.split(",") if slug.strip()) or tuple(STANDARD)
    codes = tuple(code.strip() for code in languages.split(",") if code.strip())
    return About(name_ar, name_en, agency, zone, codes, slugs, phone).checked()


def require_none(data: Path) -> None:
    """Raise SetupError where there is an installation already, or where none can be."""
    if (data / "key").exists():
        raise SetupError(f"There is an installation in {data} already; name another folder in BARQIA_DATA.")
    above = next(folder for folder in (data, *data.parents) if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise SetupError(f"The data folder {data} cannot be made in {above}: name another in BARQIA_DATA.")


def make(about: "About", editor: str, password: str, base_url: str = "") -> None:
    """The data folder with settings, database, first editor and, last, the key: until it is there, `init` goes on
    where it was cut off. Raises InputError, SetupError before anything is written."""
    from django.conf import settings
    from django.core.management import call_command

    from barqia.staff.models import User
    from barqia.subscribers.models import Lane
    from barqia.subscribers.vault import make_key
    from barqia.wire.setup import write

    data: Path = settings.BARQIA_DATA
    require_password(password)
    require_none(data)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"The data folder {data} cannot be made: {error.strerror}.") from None
    if base_url and not (data / "barqia.toml").exists():
        (data / "barqia.toml").write_text(f'base_url = "{checked_base_url(base_url)}"\n', "utf-8")
    call_command("migrate", verbosity=0)
    if Lane.objects.exists():
        raise SetupError(f"The database in {data} belongs to a key that is gone: put {data / 'key'} back.")
    write(about)
    User.objects.filter(username=editor).delete()
    add_user(editor, "engineer", password)
    make_key(settings.BARQIA_KEY_FILE)


def require_password(password: str) -> None:
    """Raises InputError for one too short, or too plain, to protect a wire."""
    if len(password) < PASSWORD_LENGTH:
        raise InputError(f"The password has fewer than {PASSWORD_LENGTH} characters: choose a longer one.")
    if password.isdecimal() or len(set(password)) < PASSWORD_LETTERS:
        raise InputError("The password is digits alone, or few letters again and again: choose a better one.")


def add_user(name: str, role: str, password: str) -> None:
    """Raises InputError for a name that is taken or a password that does not protect."""
    from barqia.staff.models import User

    require_password(password)
    if User.objects.filter(username=name).exists():
        raise InputError(f"There is a user {name} already: `barqia user password {name}` gives a new password.")
    User.objects.create_user(name, password=password, role=role)


def new_password() -> str:
    return secrets.token_urlsafe(PASSWORD_LENGTH)


@click.command()
def migrate() -> None:
    """Bring the database to this version. Safe to repeat; it never goes back."""
    start_django()
    from django.conf import settings
    from django.core.management import call_command

    from barqia.subscribers import countries

    if not settings.BARQIA_KEY_FILE.exists():
        ready()
    call_command("migrate", verbosity=1)
    if filled := countries.fill():
        click.echo(f"  {filled} readers have a country now, by their number.")
