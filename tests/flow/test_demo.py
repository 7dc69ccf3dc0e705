"""`barqia demo --once`: the first thing anyone runs, on the real dispatch where it is at hand."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from flow.wire import BARQIA

REAL = Path(__file__).parents[3] / "shared" / "dispatches" / "sana-moscow.txt"


@pytest.mark.timeout(180)
def test_the_demo_delivers_to_every_reader_and_its_account_adds_up(tmp_path: Path) -> None:
    if not REAL.exists():
        pytest.skip("the real dispatch is kept outside the project")
    done = subprocess.run(
        [*BARQIA, "demo", "--once", "--text", str(REAL)], cwd=tmp_path, capture_output=True, text=True, timeout=150,
        env={key: value for key, value in os.environ.items() if not key.startswith("BARQIA_")}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "18 statements by 1 speakers" in done.stdout
    assert done.stdout.count("sum 13 of 13: adds up") == 4
    every = re.findall(r"^  (?:telegram|whatsapp) +\S+: (.*)$", done.stdout, re.MULTILINE)
    assert every == ["publish delivered, correct delivered, publish delivered, kill delivered"] * 13
    assert "Traceback" not in done.stderr
