"""A wire that runs, and a browser to walk it with."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from flow.wire import Wire, wait_until, wire

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-sync",
]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update"]
WIDTHS = {390: 844, 1280: 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install chromium to walk the pages")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        # playwright's loop is no loop of Django's
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with wire(Path(tmp_path_factory.mktemp("walk"))) as made:
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        wait_until(lambda: "ok  register webhook" in made.barqia("lane", "check", "whatsapp"), 30, "the web process")
        yield made


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page at phone and at desk width; a script error or a page wider than the screen fails the walk."""
    width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, locale="ar", reduced_motion="reduce"
    )
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert not errors
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    context.close()
