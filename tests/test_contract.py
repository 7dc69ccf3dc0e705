"""The house: rooms import only what lies below them; no migration is missing; the Arabic words are compiled."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.core.management import call_command

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "src" / "barqia" / "locale" / "ar" / "LC_MESSAGES"


def test_rooms_import_only_what_lies_below_them() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_word_has_its_arabic_and_is_compiled() -> None:
    with (WORDS / "django.po").open("rb") as file:
        source = read_po(file)
    with (WORDS / "django.mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert {message.id: message.string for message in source if message.id} == compiled
    assert all(message.string for message in source)
