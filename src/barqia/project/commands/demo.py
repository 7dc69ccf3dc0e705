"""`demo`: a throwaway newsroom, a sandbox with readers, and a wire that runs."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from barqia.errors import BarqiaError, InputError, InUse
from barqia.project.boot import start_django
from barqia.project.children import PARENT
from barqia.project.supervisor import PORT, require_port
from barqia.sandbox.client import Sandbox

if TYPE_CHECKING:
    from barqia.desk.words import Illustration
    from barqia.wire.models import Dispatch, Release

BOT, CHANNEL, NUMBER = "warqa_bot", "warqa_news", "100200300"
DISPLAY = "+963944000111"
NAMES = (
    "ليلى", "سامر", "هدى", "كريم", "رنا", "يوسف", "منى", "طارق", "دانا", "فادي", "سلمى", "زياد",
)  # fmt: skip
# most readers ask for everything; some for the section the demo publishes in
WORDS = ("اشتراك", "إشتراك من فضلك", "سياسة", "الاشتراك", "«السياسة»", "اشـتـراك")
PATIENCE_SECONDS = 60


@dataclass(slots=True)
class Demo:
    """The running demo: where it is, and its sandbox."""

    data: Path
    kept: bool
    site: str
    sandbox: Sandbox
    phones: list[dict[str, Any]]
    password: str
    console: Console


@click.command()
@click.option("--text", type=click.Path(path_type=Path), help="Publish this dispatch instead of the demo's own.")
@click.option("--once", is_flag=True, help="End when all is delivered; print the account of every recipient.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the newsroom in this new folder.")
@click.option(
    "--port", type=PORT, default=8000, show_default=True, help="The site's port; the sandbox takes the next one."
)
def demo(text: Path | None, once: bool, data: Path | None, port: int) -> None:
    """Watch a wire run: readers subscribe by word, a dispatch is delivered, corrected, another killed.

    Needs no account anywhere. Without --once it stays up until Ctrl-C, with addresses to open.
    """
    signal.signal(signal.SIGTERM, _stop)
    if text is not None:
        text = text.absolute()
    port = _free_port(port) if once else port
    require_port("127.0.0.1", port)
    require_port("127.0.0.1", port + 1)
    if data is not None and data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise InputError(f"{data} is not an empty folder: the demo wants a new one.")
    console = Console(highlight=False, soft_wrap=True)
    with ExitStack() as stack:
        folder = data.absolute() if data else Path(stack.enter_context(_throwaway()))
        running = _start(stack, folder, port, console, kept=data is not None)
        own = _run_through(running, text)
        _every_recipient(running)
        if once:
            return
        _invite(running, own)
        _until_interrupted()


def _stop(_signal: int, _frame: object) -> None:
    """End as Ctrl-C does: what was begun is put away."""
    raise KeyboardInterrupt


def _free_port(port: int) -> int:
    """This port, or the next pair of free ones: a script does not care which."""
    for candidate in range(port, port + 200, 2):
        try:
            require_port("127.0.0.1", candidate)
            require_port("127.0.0.1", candidate + 1)
        except InUse:
            continue
        return candidate
    return port


@contextmanager
def _throwaway() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="barqia-demo-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A child that ends with this block, and with this process however it ends."""
    environment = {**os.environ, PARENT: str(os.getpid())}
    child = subprocess.Popen([sys.executable, "-m", *arguments], env=environment, start_new_session=True)  # noqa: S603 - our own
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _start(stack: ExitStack, data: Path, port: int, console: Console, *, kept: bool) -> Demo:
    site, provider = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
    os.environ |= {"BARQIA_DATA": str(data), "BARQIA_BASE_URL": site, "BARQIA_LOG_LEVEL": "WARNING"}
    os.environ.pop("DATABASE_URL", None)
    start_django()
    from barqia.project.commands.setup import about_of, make, new_password

    password = new_password()
    make(about_of("وكالة ورقة", "Warqa News", "ورقة", "Asia/Damascus", phone=DISPLAY), "editor", password)
    stack.enter_context(
        _process(["barqia.sandbox", "--port", str(port + 1), "--log", str(data / "sandbox.jsonl"), "--die-with-parent"])
    )
    sandbox = Sandbox(provider)
    sandbox.wait_until_up()
    _lanes(sandbox, provider)
    console.print("A newsroom, a site, a sandbox with two chat apps: started.")
    stack.enter_context(_process(["barqia.project.demo.serve", "--port", str(port)]))
    _wait_for(lambda: _answers(site), "the site")
    from barqia.project.lane_check import check
    from barqia.subscribers.models import Lane

    for lane in Lane.objects.all():
        bad = [line for line in check(lane) if not line.ok]
        if bad:
            raise BarqiaError(f"Lane {lane.name}: {bad[0].what}: {bad[0].detail}")
    phones = [sandbox.add_phone(name) for name in NAMES]
    return Demo(data, kept, site, sandbox, phones, password, console)


def _answers(site: str) -> bool:
    from urllib.error import URLError
    from urllib.request import ProxyHandler, build_opener

    try:
        # our own loopback address, whatever proxy the environment names
        with build_opener(ProxyHandler({})).open(f"{site}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _lanes(sandbox: Sandbox, provider: str) -> None:
    from barqia.project.commands.lanes import make

    token, access, app_secret, verify = (secrets.token_urlsafe(16) for _ in range(4))
    token = f"7654321:{token}"
    sandbox.add_bot(token, BOT, "ورقة")
    channel = sandbox.add_channel("ورقة | الأخبار", CHANNEL, BOT)
    template = {"name": "news", "language": "ar", "body": "خبر جديد: {{1}}\nالتفاصيل: {{2}} — ورقة"}
    sandbox.add_number(
        phone_number_id=NUMBER, waba_id="900800", display=DISPLAY, name="وكالة ورقة", access_token=access,
        app_secret=app_secret, templates=[template],
    )  # fmt: skip
    bot = {"bot_username": BOT, "channel_username": CHANNEL, "api_base": provider}
    make("telegram", "telegram", "تلغرام", bot, {"token": token}, channel=str(channel["id"]))
    number = {
        "phone_number_id": NUMBER, "waba_id": "900800", "display_number": DISPLAY, "api_base": provider,
        "template": "news",
    }  # fmt: skip
    make(
        "whatsapp", "whatsapp", "واتساب", number,
        {"access_token": access, "app_secret": app_secret, "verify_token": verify},
    )  # fmt: skip


def _run_through(demo: Demo, text: Path | None) -> list["Dispatch"]:
    """The story the demo tells. Returns the dispatches it leaves behind."""
    say = demo.console.print
    half = len(demo.phones) // 2
    for at, phone in enumerate(demo.phones):
        app, to = ("telegram", BOT) if at < half else ("whatsapp", NUMBER)
        demo.sandbox.say(phone["id"], app, to, WORDS[at % len(WORDS)])
        if at < 2:
            demo.sandbox.join(phone["id"], CHANNEL)
    _wait_for(lambda: _subscribed() == len(demo.phones), "the readers' words")
    say(f"{len(demo.phones)} readers subscribed with one word, on Telegram and on WhatsApp.")
    words = _words(text)
    first = _publish(demo, *words, urgency=3, picture=None if text else _picture())
    if text is None:
        corrected = _words(Path(str(files("barqia.project.demo").joinpath("harbour-corrected.txt"))))
        _correct(demo, first, *corrected)
    else:
        _correct(demo, first, words[0], words[1].rstrip() + "\n")
    second = _publish(demo, *_words(Path(str(files("barqia.project.demo").joinpath("bridge.txt")))), urgency=1)
    _kill(demo, second)
    return [first, second]


def _subscribed() -> int:
    from barqia.subscribers.models import Recipient

    return Recipient.objects.filter(status="active", kind="reader").count()


def _words(text: Path | None) -> tuple[str, str]:
    from barqia.wire.intake import split_headline, text_of

    return split_headline(text_of(text or Path(str(files("barqia.project.demo").joinpath("harbour.txt")))))


def _publish(demo: Demo, headline: str, text: str, urgency: int, picture: "Illustration | None" = None) -> "Dispatch":
    from barqia import desk
    from barqia.desk.words import Slot, Words
    from barqia.reading import read

    reading = read(text)
    speakers = {statement.speaker for statement in reading.statements if statement.speaker}
    demo.console.print(f"\n[bold]{headline}[/bold]")
    demo.console.print(
        f"  read: {len(reading.statements)} statements by {len(speakers)} speaker{'' if len(speakers) == 1 else 's'}"
    )
    item = desk.save(None, Words(headline, text, picture=picture), Slot(("politics",), urgency))
    _account(demo, desk.publish(None, item, item.sequence), "published")
    item.refresh_from_db()
    return item


def _picture() -> "Illustration":
    from barqia.desk.words import Illustration
    from barqia.wire.pictures import store_file

    stored = store_file(Path(str(files("barqia.project.demo").joinpath("harbour.jpg"))))
    return Illustration(stored.pk, "الميناء الجديد في رأس اللؤلؤ", "رسم: وكالة ورقة")


def _correct(demo: Demo, item: "Dispatch", headline: str, text: str) -> None:
    from barqia import desk
    from barqia.desk.words import Words

    assert item.current is not None, "what was published has a revision"
    standing = Words.of(item.current)
    words = replace(standing, headline=headline, text=text)
    if words == standing:
        words = replace(words, byline="تحرير: وكالة ورقة")
    note = "الموعد صباح السبت لا الخميس." if "السبت" in text else "أُضيف اسم المحرر."
    _account(demo, desk.correct(None, item, item.sequence, words, note), "corrected")
    item.refresh_from_db()


def _kill(demo: Demo, item: "Dispatch") -> None:
    from barqia import desk

    _account(demo, desk.kill(None, item, item.sequence, "تبيّن أنّ الجسر مفتوح."), "killed")


def _account(demo: Demo, release: "Release", verb: str) -> None:
    """Wait for the mailing and print its account."""
    from barqia.project.commands.dispatches import print_account
    from barqia.project.waiting import wait_for

    began = time.monotonic()
    account = wait_for(release.pk, demo.console, verb)
    demo.console.print(f"  {verb}, delivered in {time.monotonic() - began:.1f} s:")
    print_account(account)


def _every_recipient(demo: Demo) -> None:
    """A table: each recipient, and what each release came to there."""
    from barqia.delivery.models import Delivery, SourceKind  # after django.setup
    from barqia.subscribers.models import Recipient  # as above
    from barqia.subscribers.vault import vault  # as above
    from barqia.wire.models import Release  # as above

    releases = list(Release.objects.values_list("pk", "verb").order_by("pk"))
    names = {str(p[key]): p["name"] for p in demo.phones for key in ("number", "telegram_id")}
    table = Table("lane", "recipient", *[verb for _pk, verb in releases], box=SIMPLE, title="Every recipient")
    for recipient in Recipient.objects.select_related("lane").order_by("lane_id", "pk"):
        address = vault().open(bytes(recipient.address_cipher)) if recipient.address_cipher else ""
        found = Delivery.objects.filter(recipient_id=recipient.pk, source_kind=SourceKind.RELEASE)
        states = dict(found.values_list("source_id", "state"))
        name = names.get(address, recipient.get_kind_display())
        table.add_row(recipient.lane.name, name, *[states.get(release, "—") for release, _verb in releases])
    demo.console.print(table)


def _wait_for(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > end:
            raise BarqiaError(f"The demo waited {PATIENCE_SECONDS} s for {what} in vain.")
        time.sleep(0.1)


def _invite(demo: Demo, items: list["Dispatch"]) -> None:
    say = demo.console.print
    say("\nOpen:")
    say(f"  the site       {demo.site}/")
    say(f"  the dispatch   {demo.site}/d/{items[0].public_id}")
    say(f"  the newsroom   {demo.site}/desk/   user editor, password {demo.password}")
    say(f"  phones to hold {demo.sandbox.base}/   ({demo.phones[0]['name']}: {demo.sandbox.base}/phone/1)")
    say("Ctrl-C stops everything" + (f"; the newsroom stays in {demo.data}." if demo.kept else "."))


def _until_interrupted() -> None:
    stop = False

    def ask(_signal: int, _frame: object) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    while not stop:
        time.sleep(0.2)
