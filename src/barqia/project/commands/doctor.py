"""`doctor`."""

import os
import shutil
import stat

import click

from barqia.errors import SetupError
from barqia.project.boot import start_django, unapplied

LEAST_FREE_BYTES = 1 << 30
# settings of PostgreSQL's server without which a commit may be lost, or a page torn
DURABLE = ("fsync", "full_page_writes")


@click.command()
def doctor() -> None:
    """Look at the installation: data folder, key, database, sender, lanes, disk."""
    start_django()
    lines = [*_folder(), *_database()]
    for good, line in lines:
        click.echo(f"{'ok ' if good else 'BAD'} {line}")
    if not all(good for good, _line in lines):
        raise SetupError("Mend what is marked BAD.")


def _folder() -> list[tuple[bool, str]]:
    from django.conf import settings

    data, key = settings.BARQIA_DATA, settings.BARQIA_KEY_FILE
    if data.exists() and not data.is_dir():
        return [(False, f"{data} is a file, not a data folder: name another in BARQIA_DATA")]
    if not data.is_dir():
        return [(False, f"data folder {data} is not there: run `barqia init`, or set BARQIA_DATA")]
    free = shutil.disk_usage(data).free
    lines = [
        (os.access(data, os.W_OK), f"data folder {data}"),
        (free > LEAST_FREE_BYTES, f"disk: {free / (1 << 30):.1f} GiB free"),
    ]
    if not key.exists():
        lines.append(
            (False, f"key {key} is missing: without it no address can be read; put it back from where you keep it")
        )
    else:
        mode = stat.S_IMODE(key.stat().st_mode)
        lines.append((mode == 0o600, f"key {key} has mode {mode:04o} (0600 wanted); losing it loses every address"))
    return lines


def _database() -> list[tuple[bool, str]]:
    from django.conf import settings
    from django.db import connection

    if not settings.BARQIA_KEY_FILE.exists():
        return []
    pending = unapplied()
    lines = [
        (
            not pending,
            f"database: {_product()}"
            + (f", {len(pending)} migrations to apply: `barqia migrate`" if pending else ", up to date"),
        )
    ]
    if pending:
        return lines
    return [*lines, *(_sqlite() if connection.vendor == "sqlite" else _postgresql()), *_sending()]


def _product() -> str:
    """SQLite; PostgreSQL with its version and its database's name. Never the URL: it may hold a password."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return connection.vendor
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_database()")
        version, name = cursor.fetchone()
    return f"{connection.vendor} {version.split()[0]}, {name}"


def _sqlite() -> list[tuple[bool, str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        found = cursor.fetchone()[0]
    return [(found == "ok", f"database check: {found}")]


def _postgresql() -> list[tuple[bool, str]]:
    """What a server may be set to that the promises do not survive."""
    from django.db import connection

    with connection.cursor() as cursor:
        names = [*DURABLE, "synchronous_commit", "server_encoding"]
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name=ANY(%s)", [names])
        found = dict(cursor.fetchall())
    off = [name for name in (*DURABLE, "synchronous_commit") if found[name] == "off"]
    return [
        (
            not off,
            f"database durability: {', '.join(off)} off: a power cut loses answers"
            if off
            else "database durability: well",
        ),
        (found["server_encoding"] == "UTF8", f"database encoding: {found['server_encoding']} (UTF8 wanted)"),
    ]


def _sending() -> list[tuple[bool, str]]:
    from barqia.delivery import clients
    from barqia.delivery.lanes_db import lane_config
    from barqia.delivery.models import Delivery
    from barqia.errors import BarqiaError
    from barqia.staff.models import Role, User
    from barqia.subscribers.models import Lane

    lines = _senders()
    if not User.objects.filter(is_active=True).exclude(role=Role.REPORTER).exists():
        lines.append((False, "no editor: make one with `barqia user add NAME`"))
    unknown = Delivery.objects.filter(state="unknown").count()
    if unknown:
        lines.append((True, f"{unknown} deliveries are unknown: settle them on the board"))
    for lane in Lane.objects.filter(active=True):
        try:
            lane_config(lane)
        except BarqiaError as error:
            lines.append((False, f"lane {lane.name}: {error}"))
        else:
            lines.append((not lane.alert, f"lane {lane.name}: {lane.alert or ('paused' if lane.paused else 'well')}"))
            lines += [(False, f"lane {lane.name}: {about}: {said}") for about, said in lane.notices.items()]
    stopped = [one for one in clients.troubled() if one.stopped]
    lines += [(False, f"client {one.name}: stopped ({one.recipient.status_reason})") for one in stopped]
    return lines


def _senders() -> list[tuple[bool, str]]:
    from barqia.project import look_at_several, several

    if several.asked_for():
        return look_at_several.lines()
    return [(True, f"sender: {'running' if _sender_runs() else 'not running (start it with `barqia run`)'}")]


def _sender_runs() -> bool:
    """Whether a process holds the data folder's lock: true to the instant, also after a kill."""
    from django.conf import settings

    from barqia.delivery.sending.lock import DataLock
    from barqia.errors import InUse

    try:
        with DataLock(settings.BARQIA_DATA):
            return False
    except InUse:
        return True
