"""The delivery benchmark runs, its checks hold, and its numbers are there; what they are is not asked here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


PARTS = (Path("/usr/sbin/nginx"), Path("/usr/lib/nginx/modules/ngx_http_echo_module.so"))


@pytest.mark.skipif(
    not all(part.exists() for part in PARTS), reason="no nginx here (Debian: nginx-light, libnginx-mod-http-echo)"
)
@pytest.mark.timeout(900)  # servers, newsrooms and rivals start one after another
def test_the_delivery_benchmark_tells_every_figure_it_measured(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    command = [sys.executable, BENCHMARKS / "delivery.py", "--quick", "--only", "far", "pace", "--json", told]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    sections = json.loads(told.read_text("utf-8"))["sections"]
    ours = sections["far"]["numbers"]["Barqia, SQLite"]
    assert all(each["rate"] > 0 and each["cpu_us"] > 0 for each in ours)
    assert sections["pace"]["numbers"]["sent"] > 0
    for section in sections.values():
        assert all(f"| {figure['what']} | {figure['value']} |" in done.stdout for figure in section["figures"])
        assert all(reason in done.stdout for reason in section["skipped"])


def test_the_most_in_any_second_is_found_wherever_the_second_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from delivering.pacing import most_in_a_second

    assert most_in_a_second([0.0, 0.6, 0.7, 1.5, 1.599, 1.75]) == (4, 0.6)
