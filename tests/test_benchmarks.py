"""The delivery benchmark runs, its checks hold, and its numbers are there; what they are is not asked here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from barqia.delivery.sending.clearing import JOIN_MS
from barqia.delivery.sending.worker import FAST

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


@pytest.mark.timeout(300)
def test_the_simulation_runs_and_its_bounds_are_sane(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    command = [sys.executable, BENCHMARKS / "scale_sim.py", "--quick", "--json", told]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(told.read_text("utf-8"))
    for one in found["predictions"]:
        assert one["seconds"] >= one["readers"] / (one["lanes"] * one["pace"]) * 0.999, "never quicker than the pace"
        assert one["cores"] <= 1.001, "nor than a core"
        assert one["first_to_give"] in done.stdout
    assert all(check["measured"] > 0 for check in found["checks"])


def test_the_model_counts_transactions_as_the_clearing_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from simulating.model import FAST as TOKENS
    from simulating.model import JOINS_A_SECOND, Load, Machine, cores, fitted, load, predict

    assert (1000 / JOIN_MS, FAST) == (JOINS_A_SECOND, TOKENS), "the sender's own"
    truth = Machine(0.01, 1e-3, 1e-4, 8e-5, 0.0, 1e-4, 400, 0.1)
    runs = [Load(1, 0.01, 0.01), load(1, 100), load(40, 5)]
    found = fitted([(one, cores(truth, one) - truth.rest) for one in runs])
    assert found == pytest.approx((truth.transaction, truth.turn, truth.message))
    assert load(60, 25).transactions == JOINS_A_SECOND, "sixty slow lanes share them"
    slow, fast = predict(truth, 10_000, 1, 25), predict(truth, 1_000_000, 100, 1000)
    assert (slow.first_to_give, slow.seconds, slow.workers) == ("pace", 400, 1)
    assert fast.first_to_give in {"core", "writer"}
    assert fast.workers > 1
