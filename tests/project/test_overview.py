"""`barqia status`: what an operator sees of senders, lanes and mailings, once and watched."""

import json
import signal
import subprocess

import pytest

from barqia.delivery.account import board
from barqia.delivery.clock import now_ms
from barqia.delivery.models import Delivery, Pulse
from barqia.project import overview
from barqia.subscribers.models import Lane
from delivery.hand import plan_all, publish, reader
from flow.wire import heeds_ctrl_c
from project.test_commands import BARQIA, DISPATCH, Shell


@pytest.fixture
def shell(tmp_path: object) -> Shell:
    made = Shell(tmp_path)  # type: ignore[arg-type]
    made.init()
    return made


def _publish_to_two(lane: Lane) -> str:
    for chat in (1, 2):
        reader(lane, chat)
    item, _release = publish()
    plan_all(now_ms())
    Pulse.objects.create(worker="m:1", at_ms=now_ms(), lanes=[lane.pk], plans=True)
    return str(item.public_id)


def test_a_mailing_under_way_has_its_progress_and_its_end(telegram: Lane, capsys: pytest.CaptureFixture[str]) -> None:
    item = _publish_to_two(telegram)
    Lane.objects.update(rate=0.5)
    Delivery.objects.filter(pk=Delivery.objects.order_by("pk")[0].pk).update(state="unknown")
    overview.print_overview(as_json=False)
    out = capsys.readouterr().out
    assert f"{item} publish: 1 of 2, 0 a second, 2 s left" in out
    assert "m:1: telegram, plans" in out
    assert "lane telegram: on, 0.5 a second" in out
    assert "unknown: 1" in out


def test_what_stands_still_says_so_and_what_is_finished_is_not_shown(telegram: Lane) -> None:
    _publish_to_two(telegram)
    Lane.objects.update(alert="identity: 401")
    found = overview.overview()
    assert found["lanes"][0]["state"] == "stopped (identity: 401)"
    (mailing,) = found["mailings"]
    assert (mailing["seconds_left"], mailing["held_up"]) == (None, {"telegram": "stopped"})
    board.cancel(None, mailing["release"])
    assert not overview.overview()["mailings"]


def test_watched_without_a_terminal_it_is_a_line_a_look_and_ends_quietly(shell: Shell) -> None:
    item = shell.run("publish", shell.file("a.txt", DISPATCH), "--section", "politics").split()[0]
    assert "--watch" in shell.run("status", item, "--watch", status=2)
    watching = subprocess.Popen(
        [*BARQIA, "status", "--watch", "--json"],
        env=shell.environment, cwd=shell.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=heeds_ctrl_c,  # noqa: PLW1509 - one call of the kernel's
    )  # fmt: skip
    assert watching.stdout
    looks = [json.loads(watching.stdout.readline()) for _look in range(2)]
    watching.send_signal(signal.SIGINT)
    _out, error = watching.communicate(timeout=30)
    assert (watching.returncode, error) == (0, b"")
    assert looks[1]["mailings"][0]["id"] == item
