"""A sandbox in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from barqia.sandbox.client import Sandbox
from flow.wire import free_port


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    port = free_port()
    command = [sys.executable, "-m", "barqia.sandbox", "--port", str(port), "--log", str(tmp_path / "log.jsonl")]
    process = subprocess.Popen([*command, "--die-with-parent"])
    made = Sandbox(f"http://127.0.0.1:{port}")
    try:
        made.wait_until_up()
        yield made
    finally:
        process.terminate()
        process.wait(10)
