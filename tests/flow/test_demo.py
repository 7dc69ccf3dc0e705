"""`barqia demo --once`: the first thing anyone runs, with its own dispatch and, where it is at hand, a real one."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from flow.wire import BARQIA

REAL = Path(__file__).parents[3] / "shared" / "dispatches" / "sana-moscow.txt"


def _demo(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*BARQIA, "demo", "--once", *arguments], cwd=folder, capture_output=True, text=True, timeout=150,
        env={key: value for key, value in os.environ.items() if not key.startswith("BARQIA_")}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr, "nothing but the story is told"
    assert done.stdout.count("sum 13 of 13: adds up") == 4
    every = re.findall(r"^  (?:telegram|whatsapp) +\S+ +(.*?) *$", done.stdout, re.MULTILINE)
    assert [row.split() for row in every] == [["delivered"] * 4] * 13
    return done.stdout


@pytest.mark.timeout(180)
def test_the_demo_delivers_to_every_reader_and_its_account_adds_up(tmp_path: Path) -> None:
    assert "8 statements by 3 speakers" in _demo(tmp_path)
    assert not list(tmp_path.iterdir()), "a throwaway newsroom leaves nothing behind"


@pytest.mark.timeout(180)
def test_the_demo_delivers_a_real_dispatch_to_every_reader(tmp_path: Path) -> None:
    if not REAL.exists():
        pytest.skip("the real dispatch is kept outside the project")
    assert "18 statements by 1 speaker\n" in _demo(tmp_path, "--text", str(REAL))
