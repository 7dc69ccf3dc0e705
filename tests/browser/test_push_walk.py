"""Notifications from the button to the screen: shown, replaced by a correction, taken away by a kill.

Chromium here has no push service of its maker's: what it would subscribe is the test's, and what that one takes is handed
to the site's service worker as the browser would.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from barqia.delivery.push import encoded
from flow.wire import Wire
from lanes.push_service import PushService, push_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PATIENCE = 20_000
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.getRegistration("/");
  const there = await worker.getNotifications();
  return there.map((one) => [one.title, one.body, one.dir, one.data.url]);
}"""
# a browser that subscribes at the test's push service
SUBSCRIBES = """(given) => {
  const key = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  let made = null;
  PushManager.prototype.getSubscription = async () => made;
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly) throw new Error("not shown to the user");
    const done = async () => ((made = null), true);
    const bytes = key(options.applicationServerKey).buffer;
    const own = { applicationServerKey: bytes };
    return (made = { endpoint: given.endpoint, options: own, unsubscribe: done, toJSON: () => given });
  };
}"""


@pytest.fixture(scope="module")
def service(running: Wire) -> Iterator[PushService]:
    with push_service() as made:
        running.barqia(
            "lane", "add", "browsers", "--kind", "webpush", "--set", "contact=mailto:desk@wire.example",
            "--set", f"services={made.origin}",
        )  # fmt: skip
        yield made


@pytest.fixture
def reader(browser: Browser, running: Wire, service: PushService) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ar")
    context.grant_permissions(["notifications"], origin=running.site)
    given = {
        "endpoint": service.phone.address.endpoint,
        "expirationTime": None,
        "keys": {"p256dh": encoded(service.phone.public), "auth": encoded(service.phone.address.auth)},
    }
    page = context.new_page()
    page.add_init_script(f"({SUBSCRIBES})({json.dumps(given)})")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors
    context.close()


class Worker:
    """The site's service worker, as the browser's own push client reaches it."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page, self._origin = page, origin
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._id = ""
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._updated)
        self._session.send("ServiceWorker.enable")
        for _ in range(100):
            if self._id:
                break
            page.wait_for_timeout(50)
        assert self._id, "the browser tells of the worker"

    def _updated(self, event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if one["scopeURL"] == f"{self._origin}/":
                self._id = one["registrationId"]

    def push(self, data: str) -> list[list[str]]:
        """Hand it a message; what is on the screen once it was shown."""
        said = json.loads(data)
        told = {"origin": self._origin, "registrationId": self._id, "data": data}
        self._session.send("ServiceWorker.deliverPushMessage", told)
        there: list[list[str]] = []
        for _ in range(100):
            there = self._page.evaluate(SHOWN)
            if any(title == said["title"] for title, *_rest in there):
                break
            self._page.wait_for_timeout(50)
        return there


def test_a_notification_is_shown_replaced_and_taken_away(reader: Page, running: Wire, service: PushService) -> None:
    reader.goto(f"{running.site}/follow/")
    section = reader.locator("[data-push]")
    section.get_by_label("سياسة").check()
    section.get_by_role("button", name="أشعرني بالجديد").click()
    expect(section.get_by_role("status")).to_have_text("الإشعارات مفعّلة.", timeout=PATIENCE)
    worker = Worker(reader, running.site)

    item = running.publish("الميناء جاهز\n\nدمشق-برقية\nالميناء الجديد جاهز للعمل.\n", "--urgency", "1")
    shown = worker.push(service.opened.get(timeout=30))
    assert len(shown) == 1
    title, body, direction, url = shown[0]
    assert title.startswith("عاجل | ")
    assert "جاهز" in body
    assert (direction, url) == ("rtl", f"{running.site}/d/{item}")
    headers = service.headers[-1]
    assert (headers["urgency"], headers["topic"]) == ("high", item)
    assert 7000 < int(headers["ttl"]) <= 7200

    running.correct(item, "الميناء جاهز\n\nدمشق-برقية\nالميناء الجديد جاهز للعمل صباح الخميس.\n")
    shown = worker.push(service.opened.get(timeout=30))
    assert [one[0].split(" | ")[0] for one in shown] == ["تصويب"]
    assert "الخميس" in shown[0][1]

    running.barqia("kill", item, "--reason", "خبر خاطئ")
    killed = service.opened.get(timeout=30)
    shown = worker.push(killed)
    assert len(shown) == 1
    assert shown[0][0].startswith("إلغاء برقية")
    assert "خبر خاطئ" in shown[0][1]
    late = json.dumps({**json.loads(killed), "title": "نسخة أقدم", "release": 0, "gone": False})
    assert worker.push(late) == shown, "what comes late and is older takes no newer one's place"

    section.get_by_role("button", name="أوقف الإشعارات").click()
    expect(section.get_by_role("status")).to_have_text("الإشعارات متوقّفة.", timeout=PATIENCE)
    rows = (
        "SELECT status FROM subscribers_recipient WHERE lane_id=(SELECT id FROM subscribers_lane WHERE name='browsers')"
    )
    assert [row[0] for row in running.rows(rows)] == ["unsubscribed"]


def test_a_browser_without_notifications_sees_the_page_as_it_was(
    browser: Browser, running: Wire, service: PushService
) -> None:
    context: BrowserContext = browser.new_context(viewport={"width": 390, "height": 844}, locale="ar")
    page = context.new_page()
    page.add_init_script("delete window.PushManager")
    page.goto(f"{running.site}/follow/")
    expect(page.get_by_role("heading", name="تابعونا").first).to_be_visible()
    expect(page.locator("[data-push]")).to_be_hidden()
    context.close()
    without = browser.new_context(java_script_enabled=False)
    page = without.new_page()
    page.goto(f"{running.site}/follow/")
    expect(page.locator("[data-push]")).to_be_hidden()
    without.close()
