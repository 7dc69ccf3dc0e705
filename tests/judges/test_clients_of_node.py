"""grammY and @kapso/whatsapp-cloud-api drive the sandbox through their own public APIs, both ways."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from barqia.sandbox.client import Sandbox
from judges.features import FEATURES

NODE = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def node() -> str:
    """The program, with the clients it needs: they are fetched once."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("no node or npm here: install them for the judges that are written in JavaScript")
    done = subprocess.run([npm, "ci", "--silent"], cwd=NODE, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        pytest.skip("npm cannot fetch the judges here: " + done.stderr.strip().splitlines()[-1][:200])
    return found


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("node")
@pytest.mark.parametrize("judge", ["grammy", "kapso"])
def test_every_feature_is_as_the_client_expects(sandbox: Sandbox, node: str, judge: str) -> None:
    done = subprocess.run(
        [node, f"{judge}.mjs", sandbox.base], cwd=NODE, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    assert {name: said for name, said in told.items() if said != "ok"} == {}
    assert sorted(told) == sorted(FEATURES[judge])
