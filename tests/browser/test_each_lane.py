"""A correction and a kill, seen where readers see them: Telegram's channel, group and bot, WhatsApp, the mailbox."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from flow.wire import BOT, NUMBER, Wire, free_port, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE = 30_000
CHANNEL, READER = "wadi_news", "reem@reader.example"
HEADLINE, SAID = "جسر الوادي يفتح", "قال مهندس الجسر وائل الخالد إن الجسر يفتح يوم الخميس."
TEXT = f"{HEADLINE}\n\nوادي الزيزفون-برقية\n{SAID}\n"
OTHER = "سوق الحبوب يغلق\n\nوادي الزيزفون-برقية\nقالت مديرة السوق هناء السالم إن السوق يغلق مساء اليوم.\n"


class Places(NamedTuple):
    """Whose phone it is, and the chats on it."""

    phone: int
    channel: str
    group: str


@pytest.fixture(scope="module")
def everywhere(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, Places]]:
    """A wire whose one reader has it on every lane that shows messages."""
    made = Wire(Path(tmp_path_factory.mktemp("lanes")), smtp_port=free_port())
    try:
        made.set_up()
        mail = ("host=127.0.0.1", f"port={made.smtp_port}", "security=none", "address=news@paper.example")
        made.barqia("lane", "add", "mail", "--kind", "email", *_settings(*mail))
        shown = str(made.sandbox.add_channel("أخبار الوادي", CHANNEL, BOT)["id"])
        made.environment["BARQIA_LANE_WEBHOOK_SECRET"] = "channel"
        channel = _settings(f"api_base={made.provider}", "updates=webhook")
        made.barqia("lane", "add", "channel", "--kind", "telegram", "--channel", f"@{CHANNEL}", *channel)
        made.start()
        wait_until(made.listens, 30, "the web")
        for lane in ("telegram", "whatsapp"):
            made.barqia("lane", "check", lane)
        yield made, _subscribed(made, shown)
    finally:
        made.close()


def _settings(*given: str) -> list[str]:
    return [part for one in given for part in ("--set", one)]


def _subscribed(made: Wire, channel: str) -> Places:
    sandbox = made.sandbox
    phone = int(sandbox.add_phone("ريم")["id"])
    group = str(sandbox.add_group("غرفة الوادي", phone)["id"])
    sandbox.in_chat("add", group, BOT)
    sandbox.join(phone, f"@{CHANNEL}")
    sandbox.say(phone, "telegram", BOT, "اشتراك")
    sandbox.say(phone, "whatsapp", NUMBER, "اشتراك")
    active = "SELECT count(*) FROM subscribers_recipient WHERE status='active'"
    group_known = "SELECT 1 FROM subscribers_recipient WHERE kind='group'"
    wait_until(lambda: bool(made.rows(group_known)), 30, "the group to be known")
    sandbox.say(phone, "telegram", group, "/subscribe")
    file = made.data / "mail.csv"
    file.write_text(f"lane,address,sections,consent_source\nmail,{READER},,walk\n", "utf-8")
    made.barqia("subscribers", "import", str(file))
    wait_until(lambda: made.rows(active)[0][0] == 5, 30, "all to be subscribed")
    return Places(phone, channel, group)


def _chat(page: Page, made: Wire, phone: int, app: str, key: str) -> None:
    page.goto(f"{made.provider}/phone/{phone}")
    page.get_by_role("tab", name="تلغرام" if app == "telegram" else "واتساب").click()
    page.locator(f"[data-key='{key}']").click()


def _mail(page: Page, made: Wire, subject: str) -> Locator:
    """The mail of that subject, its HTML as the reader sees it."""

    def came() -> bool:
        return any(subject in mail["subject"] for mail in made.sandbox.mails(READER))

    wait_until(came, 30, f"a mail «{subject}»")
    page.goto(f"{made.provider}/mail/{READER}")
    return page.locator("article", has=page.locator("h2", has_text=subject))


def test_a_correction_and_a_kill_are_seen_on_each_lane(page: Page, everywhere: tuple[Wire, Places]) -> None:
    made, (phone, channel, group) = everywhere
    width = page.viewport_size["width"] if page.viewport_size else 0
    headline = f"{HEADLINE} {width}"
    day, why = f"السبت {width}", f"السوق {width} لا يغلق"
    item = made.publish(TEXT.replace(HEADLINE, headline))
    made.correct(item, TEXT.replace(HEADLINE, headline).replace("الخميس", day))
    for key in (channel, group, BOT):
        _chat(page, made, phone, "telegram", key)
        corrected = page.locator("article[data-edited]", has_text=headline)
        expect(corrected).to_contain_text(day, timeout=PATIENCE)
        expect(corrected).not_to_contain_text("الخميس")
    _chat(page, made, phone, "whatsapp", NUMBER)
    expect(page.locator("article", has_text=day).last).to_contain_text("تصويب", timeout=PATIENCE)
    letter = _mail(page, made, f"تصويب | {headline}")
    expect(letter.frame_locator("iframe").locator("body")).to_contain_text(day, timeout=PATIENCE)
    threaded = page.locator("section", has=letter)
    expect(threaded.locator("article").first.locator("h2")).to_contain_text(headline)
    assert letter.frame_locator("iframe").locator("[dir=rtl]").count() > 0

    closing = f"سوق الحبوب {width} يغلق"
    other = made.publish(OTHER.replace("سوق الحبوب يغلق", closing))
    wait_until(made.finished, 30, "the second dispatch")
    for key in (channel, group, BOT):
        _chat(page, made, phone, "telegram", key)
        expect(page.locator("article", has_text=closing)).to_be_visible(timeout=PATIENCE)
    made.barqia("kill", other, "--reason", why)
    for key in (channel, group, BOT):
        _chat(page, made, phone, "telegram", key)
        expect(page.locator("article[data-deleted]").last).to_be_visible(timeout=PATIENCE)
        expect(page.locator("article", has_text=closing)).to_have_count(0)
    _chat(page, made, phone, "whatsapp", NUMBER)
    expect(page.locator("article", has_text=why).last).to_contain_text("إلغاء برقية", timeout=PATIENCE)
    notice = _mail(page, made, f"إلغاء برقية: {closing}")
    expect(notice.frame_locator("iframe").locator("body")).to_contain_text(why, timeout=PATIENCE)
