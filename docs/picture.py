"""The README's picture: a dispatch on the site, corrected on Telegram and killed on WhatsApp, as the demo leaves them.

Run by `make picture`. Needs Chromium; writes docs/images/barqia.png.
"""

import base64
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).parent / "images" / "barqia.png"
PORT, WIDTH, HEIGHT = 8700, 390, 844
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
COMMAND = [sys.executable, "-u", "-c", "from barqia.project.cli import main; main()", "demo", "--port", str(PORT)]


def _chat(page: Page, app: str, key: str) -> None:
    page.get_by_role("tab", name=app).click()
    page.locator(f"[data-key='{key}']").click()
    page.locator("article").first.wait_for()


def _shots(browser: Browser, site: str, dispatch: str, phones: str) -> list[bytes]:
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="ar")
    shots = []
    for address, app, key in (
        (f"{site}/d/{dispatch}", "", ""),
        (f"{phones}/phone/1", "تلغرام", "warqa_bot"),
        (f"{phones}/phone/7", "واتساب", "100200300"),
    ):
        page.goto(address)
        if app:
            _chat(page, app, key)
        page.wait_for_timeout(500)
        shots.append(page.screenshot())
    return shots


def _beside(browser: Browser, shots: list[bytes]) -> bytes:
    pictures = "".join(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">' for shot in shots)
    page = browser.new_page(viewport={"width": 3 * (WIDTH + 16) + 16, "height": HEIGHT + 32})
    style = "margin:0;padding:16px;display:flex;gap:16px;background:#e6e2d8"
    page.set_content(f'<body style="{style}">{pictures}</body>')
    page.wait_for_timeout(300)
    return page.screenshot()


def main() -> None:
    demo = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    try:
        said = ""
        while "Ctrl-C" not in said:
            said += demo.stdout.readline()
        dispatch = re.search(r"/d/(\w+)", said)
        assert dispatch is not None
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            shots = _shots(browser, f"http://127.0.0.1:{PORT}", dispatch[1], f"http://127.0.0.1:{PORT + 1}")
            OUT.write_bytes(_beside(browser, shots))
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(20)


if __name__ == "__main__":
    main()
