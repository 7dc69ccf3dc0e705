"""The command line. Every failure is one line that says what to do, and an exit status of its own.

Exit status: 0 well, 1 a failure of ours, 2 what was given cannot be used, 3 a verb was refused, 4 the
installation, 5 a provider refuses a lane.
"""

import errno
import sqlite3
import sys

import click
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from barqia.errors import BarqiaError
from barqia.project.commands import (
    clients,
    demo,
    dispatches,
    doctor,
    lanes,
    mail,
    prices,
    readers,
    running,
    sandbox,
    setup,
    templates,
    users,
)

FULL_DISK = ("database or disk is full", "no space left")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="barqia")
def barqia() -> None:
    """Barqia: a news wire that one newsroom can run itself.

    Start with `barqia demo`, which needs nothing. To run your own: `barqia init`, `barqia lane add`,
    `barqia run`.

    The data folder is ./barqia-data, or what BARQIA_DATA names.
    """


for command in (
    demo.demo,
    setup.init,
    setup.migrate,
    users.user,
    running.run,
    running.worker,
    dispatches.read,
    dispatches.publish,
    dispatches.correct,
    dispatches.kill,
    dispatches.takedown,
    dispatches.unpublish,
    dispatches.resend,
    dispatches.status,
    lanes.lane,
    clients.client,
    mail.mail_in,
    prices.prices,
    templates.template,
    readers.subscribers,
    sandbox.sandbox,
    doctor.doctor,
):
    barqia.add_command(command)


def main() -> None:
    """Run, and turn what can go wrong into one line."""
    try:
        barqia.main(standalone_mode=False)
    except click.exceptions.Abort:
        _end("Stopped.", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BarqiaError as error:
        _end(str(error), error.exit_status)
    except ImproperlyConfigured as error:
        _end(f"The settings cannot be used: {error}", 4)
    except (DatabaseError, sqlite3.Error) as error:
        _end(_database_line(error), 4)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT}:
            raise
        _end(f"{error.strerror}: {error.filename or 'the data folder'}. Nothing was changed.", 4)


def _database_line(error: Exception) -> str:
    said = " ".join(str(error).split())
    if any(words in said.lower() for words in FULL_DISK):
        return "The disk is full: nothing was changed. Make room and do it again."
    return f"The database refuses: {said}. `barqia doctor` looks closer."


def _end(line: str, status: int) -> None:
    click.echo(line, err=True)
    sys.exit(status)
