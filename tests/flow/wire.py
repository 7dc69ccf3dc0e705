"""A whole wire in processes of its own: a sandbox, a data folder, `barqia run`; and the sandbox's log to judge it."""

import json
import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

import postgresql
from barqia.sandbox.client import Sandbox
from barqia.subscribers.vault import Vault

BARQIA = [sys.executable, "-c", "from barqia.project.cli import main; main()"]
BOT, NUMBER, DISPLAY = "flow_bot", "100200300", "+963944000111"
SECRETS = {
    "BARQIA_LANE_TOKEN": "7654321:flow-token",
    "BARQIA_LANE_WEBHOOK_SECRET": "flow_hook",
    "BARQIA_LANE_ACCESS_TOKEN": "flow-access",
    "BARQIA_LANE_APP_SECRET": "flow-app-secret",
    "BARQIA_LANE_VERIFY_TOKEN": "flow-verify",
}
CONCURRENCY = 20


def heeds_ctrl_c() -> None:
    """In a child, before it begins: tests that were started in the background ignore SIGINT, and so would it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(done: Callable[[], object], seconds: float = 60.0, what: str = "it") -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)


# what a command must know to be of this wire
ABOUT = ("BARQIA_DATA", "BARQIA_BASE_URL", "DATABASE_URL")


class Wire:
    """One newsroom with a Telegram and a WhatsApp lane on a sandbox."""

    def __init__(self, folder: Path, smtp_port: int = 0, mail_lane: str = "") -> None:
        """With `mail_lane` what readers write in the sandbox's mailboxes comes to that lane, by a mail server's pipe."""
        self.data, self.log_file = folder / "data", folder / "sandbox.jsonl"
        self.port, self.sandbox_port, self.smtp_port = free_port(), free_port(), smtp_port
        self.site = f"http://127.0.0.1:{self.port}"
        self.provider = f"http://127.0.0.1:{self.sandbox_port}"
        self.sandbox = Sandbox(self.provider)
        self.environment = {
            **os.environ,
            **SECRETS,
            "BARQIA_DATA": str(self.data),
            "BARQIA_BASE_URL": self.site,
            "BARQIA_PASSWORD": "a long password",
            "LANG": "C.UTF-8",
        }
        self.database = postgresql.fresh_database(postgresql.server()) if postgresql.server() else None
        if self.database:
            self.environment["DATABASE_URL"] = self.database
        about = [f"{name}={self.environment[name]}" for name in ABOUT if name in self.environment]
        pipe = ["env", *about, *BARQIA, "mail-in", mail_lane, "--to", "${recipient}"]
        self._mail_pipe = shlex.join(pipe) if mail_lane else ""
        self._sandbox: subprocess.Popen[bytes] | None = None
        self._run: subprocess.Popen[bytes] | None = None
        self._output = folder / "run.log"

    def barqia(self, *arguments: str, status: int = 0) -> str:
        """Run a command; its output. Fails unless it ends with `status`."""
        done = subprocess.run(
            [*BARQIA, *arguments], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == status, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def set_up(self, *, telegram_rate: float = 1000, whatsapp_rate: float = 1000) -> None:
        command = [
            sys.executable,
            "-m",
            "barqia.sandbox",
            "--port",
            str(self.sandbox_port),
            "--log",
            str(self.log_file),
            *(["--smtp-port", str(self.smtp_port)] if self.smtp_port else []),
            *(["--mail-pipe", self._mail_pipe] if self._mail_pipe else []),
        ]
        self._sandbox = subprocess.Popen([*command, "--die-with-parent"])
        self.sandbox.wait_until_up()
        self.sandbox.add_bot(SECRETS["BARQIA_LANE_TOKEN"], BOT, "وكالة", rate=0, chat_rate=0)
        template = {"name": "news", "language": "ar", "body": "خبر: {{1}}\nالتفاصيل: {{2}} — الوكالة"}
        self.sandbox.add_number(
            phone_number_id=NUMBER, waba_id="900800", display=DISPLAY, name="وكالة", rate=0, pair_seconds=0,
            access_token=SECRETS["BARQIA_LANE_ACCESS_TOKEN"], app_secret=SECRETS["BARQIA_LANE_APP_SECRET"],
            templates=[template],
        )  # fmt: skip
        self.barqia(
            "init", "--name-ar", "وكالة الاختبار", "--zone", "Asia/Damascus", "--editor", "editor", "--phone", DISPLAY
        )
        self.barqia(
            "lane", "add", "telegram", "--kind", "telegram", "--set", f"api_base={self.provider}",
            "--set", f"bot_username={BOT}", "--rate", str(telegram_rate),
        )  # fmt: skip
        self.barqia(
            "lane", "add", "whatsapp", "--kind", "whatsapp", "--set", f"api_base={self.provider}",
            "--set", f"phone_number_id={NUMBER}", "--set", "waba_id=900800", "--set", "template=news",
            "--set", f"display_number={DISPLAY}", "--rate", str(whatsapp_rate),
        )  # fmt: skip
        self.execute("UPDATE subscribers_lane SET recipient_interval_ms=0, concurrency=?", CONCURRENCY)

    def subscribe(self, telegram: list[dict[str, Any]], whatsapp: list[dict[str, Any]]) -> None:
        """Import these phones as readers of everything."""
        lines = ["lane,address,sections,consent_source"]
        lines += [f"telegram,{phone['telegram_id']},,flow test" for phone in telegram]
        lines += [f"whatsapp,{phone['number']},,flow test" for phone in whatsapp]
        file = self.data / "readers.csv"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        self.barqia("subscribers", "import", str(file))

    def publish(self, text: str, *more: str) -> str:
        """Publish a text; its public id."""
        file = self.data / "text.txt"
        file.write_text(text, "utf-8")
        out = self.barqia("publish", str(file), "--section", "politics", *more)
        return next(line for line in out.splitlines() if " publish (urgency" in line).split()[0]

    def correct(self, item: str, text: str) -> None:
        file = self.data / "corrected.txt"
        file.write_text(text, "utf-8")
        self.barqia("correct", item, str(file))

    def start(self) -> None:
        with self._output.open("ab") as output:
            self._run = subprocess.Popen(
                [*BARQIA, "run", "--port", str(self.port)], env=self.environment, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    @property
    def running(self) -> bool:
        return self._run is not None

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """SIGKILL to the whole process group, wherever it is."""
        assert self._run is not None
        os.killpg(self._run.pid, signal.SIGKILL)
        self._run.wait(10)
        wait_until(self._quiet, 5, "the killed processes to end")
        self._run = None

    def _quiet(self) -> bool:
        """No process of the group is left; granian's worker ends with its parent."""
        assert self._run is not None
        try:
            os.killpg(self._run.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def stop(self) -> None:
        if self._run is not None:
            os.killpg(self._run.pid, signal.SIGTERM)
            try:
                self._run.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(self._run.pid, signal.SIGKILL)
                self._run.wait(10)
            self._run = None

    def close(self) -> None:
        self.stop()
        if self._sandbox is not None:
            self._sandbox.terminate()
            self._sandbox.wait(10)
        if self.database:
            postgresql.drop_database(self.database)

    def output(self) -> str:
        return self._output.read_text("utf-8", "replace") if self._output.exists() else ""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._cursor() as cursor:
            cursor.execute(self._marked(query), values)
            return list(cursor.fetchall())

    def execute(self, query: str, *values: object) -> None:
        with self._cursor() as cursor:
            cursor.execute(self._marked(query), values)

    def _marked(self, query: str) -> str:
        return query.replace("?", "%s") if self.database else query

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A connection for a moment, beside those of the wire; what was written is committed."""
        made: Any = (
            psycopg.connect(self.database)
            if self.database
            else sqlite3.connect(self.data / "barqia.sqlite3", timeout=30)
        )
        with closing(made), made:
            yield made.cursor()

    def states(self, verb: str = "publish") -> dict[str, int]:
        """{state: deliveries} of the newest release with this verb."""
        found = self.rows(
            "SELECT state, count(*) FROM delivery_delivery WHERE source_kind=1 AND source_id="
            "(SELECT max(id) FROM wire_release WHERE verb=?) GROUP BY state",
            verb,
        )
        return dict(found)

    def finished(self, verb: str = "publish") -> bool:
        planned = self.rows(
            "SELECT state FROM delivery_mailing WHERE release_id=(SELECT max(id) FROM wire_release WHERE verb=?)", verb
        )
        states = self.states(verb)
        still = sum(states.get(state, 0) for state in ("planned", "claimed", "handing"))
        return bool(planned) and planned[0][0] != "planning" and not still

    def delivery_states(self, verb: str = "publish") -> dict[str, str]:
        """{address: state} of the newest release with this verb, addresses opened with the key."""
        vault = Vault((self.data / "key").read_bytes())
        found = self.rows(
            "SELECT r.address_cipher, d.state FROM delivery_delivery d JOIN subscribers_recipient r "
            "ON r.id=d.recipient_id WHERE d.source_kind=1 AND d.source_id=(SELECT max(id) FROM wire_release WHERE verb=?)",
            verb,
        )
        return {vault.open(cipher): state for cipher, state in found}

    def log(self) -> Iterator[dict[str, Any]]:
        """What the providers did, in their own words, in order."""
        with self.log_file.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):
                    yield json.loads(line)

    def acts(self) -> Iterator[tuple[str, str, str]]:
        """(address, method, words) of every call that a provider carried out, in order."""
        for entry in self.log():
            if entry.get("status") != 200 or "webhook" in entry:
                continue
            params = entry.get("params", {})
            if entry["api"] == "telegram" and "chat_id" in params:
                yield str(params["chat_id"]), entry["method"], params.get("text", "")
            elif entry["api"] == "whatsapp" and "to" in params:
                yield params["to"].lstrip("+"), "send", json.dumps(params, ensure_ascii=False)


@contextmanager
def wire(folder: Path, **rates: float) -> Iterator[Wire]:
    made = Wire(folder)
    try:
        made.set_up(**rates)
        yield made
    except BaseException:
        sys.stderr.write(made.output()[-4000:])
        raise
    finally:
        made.close()
