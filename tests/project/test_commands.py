"""The command line: one clear line and an exit status for what is wrong, and nothing half done."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

BARQIA = [sys.executable, "-c", "from barqia.project.cli import main; main()"]
DISPATCH = "عنوان الخبر\n\nدمشق-برقية\nقال سامي الحلبي إن السوق مفتوح.\n"


class Shell:
    """Commands on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BARQIA_")}
        secrets = {"BARQIA_LANE_TOKEN": "1:wrong", "BARQIA_PASSWORD": "a long password"}
        self.environment = {**environment, **secrets, "BARQIA_DATA": str(self.data), "LANG": "C.UTF-8"}

    def run(self, *arguments: str, status: int = 0, stdin: bytes = b"") -> str:
        done = subprocess.run(
            [*BARQIA, *arguments],
            env=self.environment,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        out = (done.stdout + done.stderr).decode()
        assert "Traceback" not in out, out
        assert done.returncode == status, f"{arguments}: {done.returncode}: {out}"
        return out

    def refuse(self, *arguments: str, status: int = 2) -> str:
        """The one line a refusal says."""
        out = self.run(*arguments, status=status).strip()
        assert len(out.splitlines()) == 1, out
        return out

    def file(self, name: str, content: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def init(self) -> None:
        self.run("init", "--name-ar", "وكالة", "--zone", "Asia/Damascus", "--editor", "editor")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def ready(shell: Shell) -> Shell:
    shell.init()
    return shell


def test_files_that_are_no_dispatch(shell: Shell) -> None:
    assert "empty" in shell.refuse("read", shell.file("empty.txt", b" \n"))
    assert "no file" in shell.refuse("read", str(shell.folder / "nowhere.txt"))
    assert "folder" in shell.refuse("read", str(shell.folder))
    assert "at most" in shell.refuse("read", shell.file("large.txt", b"a" * 50_000_000))
    assert "UTF-8" in shell.refuse("read", shell.file("picture.png", b"\x89PNG\0\xff\xfe\x00"))
    assert "U+0000" in shell.refuse("read", shell.file("nul.txt", b"a\0b"))
    offer = shell.refuse("read", shell.file("old.txt", DISPATCH.encode("windows-1256")))
    assert "--encoding windows-1256" in offer
    assert "سامي الحلبي" in shell.run("read", "old.txt", "--encoding", "windows-1256")


def test_read_prints_the_contract(shell: Shell) -> None:
    import json

    reading = json.loads(shell.run("read", shell.file("a.txt", DISPATCH), "--json"))
    assert list(reading) == ["dateline", "paragraphs", "boilerplate", "statements", "names", "topics", "language"]
    line = json.dumps({"id": 7, "text": DISPATCH}).encode()
    assert json.loads(shell.run("read", "--jsonl", stdin=line + b"\n"))["id"] == 7


def test_a_bad_line_gives_an_error_in_its_place_whatever_the_workers(shell: Shell) -> None:
    import json

    good = [
        json.dumps({"id": number, "text": f"قال الوزير سامي الحلبي إن العدد {number}."}).encode()
        for number in range(80)
    ]
    lines = [*good[:40], b'{"id": "x"}', b"{", b"[1]", b'{"id": "y", "text": "\\ud800"}', *good[40:]]
    for workers in ("1", "2"):
        out = shell.run("read", "--jsonl", "--workers", workers, stdin=b"\n".join(lines))
        read = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        assert [item["id"] for item in read] == [*range(40), "x", None, None, "y", *range(40, 80)]
        wrong = [item for item in read if "error" in item]
        assert [item["id"] for item in wrong] == ["x", None, None, "y"]
        assert "Line 41" in wrong[0]["error"]
        assert all(item["statements"][0]["speaker"] == "سامي الحلبي" for item in read if "error" not in item)
        assert "84 read, 4 with errors" in out


def test_text_read_in_the_wrong_encoding_is_said(shell: Shell) -> None:
    garbled = (DISPATCH * 3).encode().decode("windows-1256", "replace")
    assert "UTF-8 read as windows-1256" in shell.run("read", shell.file("garbled.txt", garbled))


def test_nothing_works_before_init_and_init_works_once(shell: Shell) -> None:
    assert "barqia init" in shell.refuse("status", "x", status=4)
    assert not shell.data.exists()
    assert "time zone" in shell.refuse("init", "--name-ar", "و", "--zone", "Mars/Base", "--editor", "e")
    assert not shell.data.exists(), "nothing half done"
    shell.init()
    assert (shell.data / "key").stat().st_mode & 0o777 == 0o600
    assert "already" in shell.refuse("init", "--name-ar", "و", "--zone", "UTC", "--editor", "e", status=4)


def test_publish_refuses_what_it_cannot_and_repeats_nothing(ready: Shell) -> None:
    file = ready.file("a.txt", DISPATCH)
    assert "nowhere" in ready.run("publish", file, "--section", "nowhere", status=2)
    assert "Urgency 12" in ready.run("publish", file, "--section", "politics", "--urgency", "12", status=2)
    item = ready.run("publish", file, "--section", "politics").split()[0]
    assert f"Nothing changed: {item} is published" in ready.run("publish", file, "--section", "politics")
    assert "nowhere" in ready.run("publish", file, "--section", "nowhere", status=2)
    assert f"Nothing changed: {item}" in ready.run("correct", item, file)
    assert "no dispatch" in ready.refuse("kill", "zzzz", "--reason", "x")
    ready.run("kill", item, "--reason", "خطأ")
    assert f"Nothing changed: {item} is killed" in ready.run("kill", item, "--reason", "خطأ")
    assert f"Nothing changed: {item} is killed" in ready.run("publish", file, "--section", "politics")
    refused = ready.refuse("correct", item, ready.file("b.txt", DISPATCH + "\nجديد."), status=3)
    assert item in refused
    assert "correct" in refused
    assert "killed" in ready.run("status", item)


def test_a_lane_with_a_wrong_token_and_no_provider(ready: Shell) -> None:
    assert "there are telegram, whatsapp" in ready.refuse("lane", "add", "t", "--kind", "pigeon")
    kinds = ready.run("lane", "kinds")
    assert all(line in kinds for line in ("telegram\n", "  secret TOKEN (required): ", "  setting updates: "))
    assert "no setting" in ready.refuse("lane", "add", "t", "--kind", "telegram", "--set", "colour=red")
    ready.run("lane", "add", "t", "--kind", "telegram", "--set", "api_base=http://127.0.0.1:9")
    assert "already" in ready.refuse("lane", "add", "t", "--kind", "telegram")
    assert "cannot be reached" in ready.run("lane", "check", "t", status=5)
    assert "The lanes are: t" in ready.refuse("lane", "check", "u")
    assert "no bot_username" in ready.refuse("lane", "links", "t")
    ready.run("lane", "set", "t", "bot_username=news_bot")
    links = ready.run("lane", "links", "t", "--person", "سامي الحلبي")
    assert "https://t.me/news_bot?start=politics" in links
    assert "سامي الحلبي: https://t.me/news_bot?start=p_" in links
    assert "1:wrong" not in "".join(
        row for connection in [sqlite3.connect(ready.data / "barqia.sqlite3")] for row in connection.iterdump()
    )


def test_a_port_in_use(ready: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert "--port" in ready.refuse("run", "--port", str(port), status=4)
        assert "--port" in ready.run("sandbox", "--port", str(port), status=4)


def test_a_second_sender(ready: Shell) -> None:
    import fcntl

    with (ready.data / "sender.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4242\n")
        lock.flush()
        assert "4242" in ready.refuse("run", "--port", "0", status=4)


def test_a_full_disk_changes_nothing(ready: Shell) -> None:
    connection = sqlite3.connect(ready.data / "barqia.sqlite3")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()
    # the database's own limit answers as a full disk does
    ready.environment["BARQIA_TEST_PAGES"] = str(pages)
    script = (
        "import os, sqlite3, django.db.backends.sqlite3.base as b\n"
        "connect = b.DatabaseWrapper.get_new_connection\n"
        "def full(self, params):\n"
        "    made = connect(self, params)\n"
        "    made.execute('PRAGMA max_page_count=' + os.environ['BARQIA_TEST_PAGES'])\n"
        "    return made\n"
        "b.DatabaseWrapper.get_new_connection = full\n"
        "from barqia.project.cli import main; main()\n"
    )
    file = ready.file("a.txt", DISPATCH + "كلمة " * 11_000)
    done = subprocess.run(
        [sys.executable, "-c", script, "publish", file, "-s", "politics"],
        env=ready.environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4
    assert b"disk is full" in done.stderr
    assert b"Traceback" not in done.stderr
    count = sqlite3.connect(ready.data / "barqia.sqlite3").execute("SELECT count(*) FROM wire_dispatch").fetchone()
    assert count == (0,)


def test_import_takes_all_or_nothing(ready: Shell) -> None:
    ready.run("lane", "add", "t", "--kind", "telegram")
    head = "lane,address,sections,consent_source\n"
    wrong = ready.file("wrong.csv", head + "t,1,,form\nt,abc,,form\nt,3,nowhere,form\nu,4,,form\nt,5,,\n")
    said = ready.refuse("subscribers", "import", wrong)
    assert said.startswith("4 lines cannot be taken")
    assert "line 3" in said
    assert "active" not in ready.run("subscribers", "count")
    good = ready.file("good.csv", head + "t,1,,form\nt,2,politics sport,form\nt,1,,form\n")
    assert "2 added, 0 changed, 0 left out (they had unsubscribed), 1 repeated" in ready.run(
        "subscribers", "import", good
    )
    assert "t: 2 active" in ready.run("subscribers", "count")
    assert "t,2,,active,politics sport,form," in ready.run("subscribers", "export")
    assert "no column" in ready.refuse("subscribers", "import", ready.file("x.csv", "a,b\n1,2\n"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BARQIA_LOG_LEVEL", "LOUD"), ("BARQIA_TRUSTED_PROXIES", "proxy.local"), ("BARQIA_BASE_URL", "news.example"),
        ("DATABASE_URL", "mysql://x/y"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_said_in_a_line(shell: Shell, name: str, value: str) -> None:
    shell.environment[name] = value
    assert value.split(":", maxsplit=1)[0] in shell.refuse("doctor", status=4)


def test_a_refused_init_leaves_nothing_and_one_that_was_cut_off_goes_on(shell: Shell) -> None:
    about = ("init", "--name-ar", "وكالة", "--zone", "Asia/Damascus", "--editor", "editor")
    shell.environment["BARQIA_PASSWORD"] = "short"
    assert "choose a longer one" in shell.refuse(*about)
    shell.environment["BARQIA_PASSWORD"] = "a long password"
    assert "write it like https" in shell.refuse(*about, "--base-url", "foo", status=4)
    assert "country" in shell.refuse(*about, "--phone", "0944")
    assert not shell.data.exists()
    shell.run(*about)
    (shell.data / "key").unlink()  # as if it had been killed before the last step
    shell.run(*about)
    assert "ok  database" in shell.run("doctor")


def test_a_folder_that_cannot_be_is_said_in_a_line(shell: Shell) -> None:
    file = shell.file("a.txt", "x")
    for folder in (file, f"{file}/below", "/proc/nowhere"):
        shell.environment["BARQIA_DATA"] = folder
        shell.refuse("init", "--name-ar", "وكالة", "--zone", "UTC", "--editor", "e", status=4)
        shell.run("doctor", status=4)


def test_a_lane_is_mended_without_a_restart(ready: Shell) -> None:
    ready.run("lane", "add", "t", "--kind", "telegram", "--set", "bot_username=old")
    ready.run("lane", "set", "t", "bot_username=new", "rate=5")
    assert "5 messages a second" in ready.run("lane", "list")
    assert "no setting" in ready.refuse("lane", "set", "t", "nowhere=1")
    assert "no number" in ready.refuse("lane", "set", "t", "rate=fast")
    assert "at most 30 here" in ready.refuse("lane", "set", "t", "rate=200")
    assert "costs 0.1 Star" in ready.run("lane", "set", "t", "rate=200", "allow_paid_broadcast=yes")
    assert "at most 30 here" in ready.refuse("lane", "set", "t", "allow_paid_broadcast=")
    assert "is no or yes" in ready.refuse("lane", "set", "t", "allow_paid_broadcast=maybe")
    ready.environment["BARQIA_LANE_TOKEN"] = "2:other"
    ready.run("lane", "secret", "t", "TOKEN")
    assert "no secret" in ready.refuse("lane", "secret", "t", "PASSWORD")


def test_a_client_newsroom_is_added_shown_and_switched(ready: Shell) -> None:
    assert "no lane for clients" in ready.refuse("client", "add", "north", "https://cms.example/")
    ready.run("lane", "add", "clients", "--kind", "client")
    shown = ready.run("client", "add", "north", "https://cms.example/", "-s", "politics")
    assert "whsec_" in shown
    assert "must begin with https" in ready.refuse("client", "add", "south", "http://cms.example/")
    assert "not public" in ready.refuse("client", "add", "south", "https://127.0.0.1/")
    ready.run("client", "add", "south", "http://127.0.0.1:9/", "--private")
    assert "unreachable" in ready.refuse("client", "test", "south", status=5)
    ready.run("client", "move", "south", "https://south.example/")
    ready.run("client", "off", "north")
    listed = ready.run("client", "list")
    assert listed.splitlines() == ["north: politics; off", "south: everything; on"]
    assert "cms.example" not in listed
    ready.run("client", "on", "north")
    assert "politics, field" in ready.run("client", "sections", "north", "politics", "field")
    assert "no section nowhere" in ready.refuse("client", "sections", "north", "nowhere")
    assert "takes test sends" in ready.run("client", "own", "north")
    assert ready.run("client", "secret", "north", "--hours", "1").count("whsec_") == 1
    assert "The clients are: north, south" in ready.refuse("client", "off", "east")


def test_a_lane_of_browsers_makes_its_own_key(ready: Shell) -> None:
    assert "needs contact" in ready.refuse("lane", "add", "browsers", "--kind", "webpush")
    assert "contact is mailto" in ready.refuse("lane", "add", "browsers", "--kind", "webpush", "--set", "contact=desk")
    ready.run("lane", "add", "browsers", "--kind", "webpush", "--set", "contact=mailto:desk@wire.example")
    assert "browsers: webpush" in ready.run("lane", "list")


def test_doctor_sees_a_lost_key(ready: Shell) -> None:
    assert "ok  database: sqlite, up to date" in ready.run("doctor")
    (ready.data / "key").rename(ready.data / "elsewhere")
    assert "key" in ready.run("doctor", status=4)


def test_init_makes_no_new_key_for_a_database_that_has_one(ready: Shell) -> None:
    ready.run("lane", "add", "t", "--kind", "telegram")
    (ready.data / "key").rename(ready.data / "elsewhere")
    about = ("init", "--name-ar", "وكالة", "--zone", "UTC", "--editor", "editor")
    assert "belongs to a key that is gone" in ready.refuse(*about, status=4)
    assert not (ready.data / "key").exists()
    (ready.data / "elsewhere").rename(ready.data / "key")
    assert "ok  lane t: well" in ready.run("doctor")


def test_help_is_there_for_every_command(shell: Shell) -> None:
    out = shell.run("--help")
    for command in ("demo", "init", "run", "publish", "correct", "kill", "lane", "subscribers", "doctor"):
        assert command in out
        assert "Usage" in shell.run(command, "--help")


def test_resend_names_the_mailing_and_what_it_can_send_again(ready: Shell) -> None:
    item = ready.run("publish", ready.file("a.txt", DISPATCH), "--section", "politics").split()[0]
    assert f"{item} publish: 0 failed go again" in ready.run("resend", item, "failed")
    ready.run("kill", item, "--reason", "خطأ")
    assert f"{item} kill: 0 unknown go again" in ready.run("resend", item, "unknown")
    assert "not one of" in ready.run("resend", item, "delivered", status=2)
    assert "no dispatch" in ready.refuse("resend", "zzzz", "failed")
