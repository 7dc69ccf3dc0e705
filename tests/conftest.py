"""What every test starts from: a data folder of its own, with a key."""

import os
import tempfile
from pathlib import Path

# Before Django reads its settings: nothing of a test ever meets a real data folder.
_data = Path(tempfile.mkdtemp(prefix="barqia-tests-"))
(_data / "key").write_bytes(bytes(range(32)))
os.environ["BARQIA_DATA"] = str(_data)
for _name in ("BARQIA_BASE_URL", "BARQIA_DATABASE", "BARQIA_TRUSTED_PROXIES"):
    os.environ.pop(_name, None)
