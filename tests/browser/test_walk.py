"""The walk of a reader and of an editor: phone, desk, site, at phone and at desk width, in Arabic."""

import re

import pytest
from playwright.sync_api import Page, expect

from flow.wire import BOT, NUMBER, Wire

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PATIENCE = 20_000
# whether, within `text` on the page, `first` stands to the left of `last`
LEFT_OF = """([text, first, last]) => {
  const walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); ) {
    const at = node.data.indexOf(text);
    if (at < 0) continue;
    const left = (start, word) => {
      const range = document.createRange();
      range.setStart(node, start); range.setEnd(node, start + word.length);
      return range.getBoundingClientRect().left;
    };
    return left(at, first) < left(at + text.length - last.length, last);
  }
  return false;
}"""
TEXT = (
    "رأس اللؤلؤ-برقية\nقال رئيس مجلس المدينة نادر الصفواني إن الميناء جاهز.\n"
    "وأضاف الصفواني “نفتتحه صباح الخميس 12/3، والهاتف 0944-000-111 مفتوح”.\n"
)


def _open_chat(page: Page, made: Wire, phone: int, app: str, key: str) -> None:
    page.goto(f"{made.provider}/phone/{phone}")
    page.get_by_role("tab", name="تلغرام" if app == "telegram" else "واتساب").click()
    page.locator(f"[data-key='{key}']").click()


def _say(page: Page, text: str) -> None:
    page.get_by_label("اكتب رسالة").fill(text)
    page.get_by_role("button", name="إرسال").click()


def log_in(page: Page, made: Wire) -> None:
    page.goto(f"{made.site}/desk/")
    page.get_by_label("اسم المستخدم").fill("editor")
    page.get_by_label("كلمة السرّ").fill("a long password")
    page.get_by_role("button", name="دخول").click()
    expect(page).to_have_url(re.compile(r"/desk/$"))


def test_a_dispatch_from_paste_to_the_phones_corrected_and_killed(page: Page, running: Wire) -> None:  # noqa: PLR0915 - one walk
    width = page.viewport_size["width"] if page.viewport_size else 0
    headline = f"الميناء الجديد جاهز {width}"
    reader = running.sandbox.add_phone("ليلى")
    other = running.sandbox.add_phone("سامر")
    _open_chat(page, running, reader["id"], "telegram", BOT)
    _say(page, "اشتراك")
    expect(page.locator("article", has_text="تمّ اشتراكك")).to_be_visible(timeout=PATIENCE)
    _open_chat(page, running, other["id"], "whatsapp", NUMBER)
    _say(page, "إشتراك من فضلك")
    expect(page.locator("article", has_text="تمّ اشتراكك")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".card", has_text="+963944000111")).to_be_visible(timeout=PATIENCE)

    log_in(page, running)
    page.goto(f"{running.site}/desk/new")
    page.get_by_label("العنوان").fill(headline)
    page.get_by_label("النصّ").fill(TEXT)
    expect(page.locator("#reading .speakers")).to_contain_text("نادر الصفواني", timeout=PATIENCE)
    page.get_by_label("سياسة").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="نشر")).to_be_visible()
    page.get_by_role("button", name=re.compile("^نشر")).click()
    expect(page.get_by_text("انتهت")).to_be_visible(timeout=PATIENCE)

    _open_chat(page, running, reader["id"], "telegram", BOT)
    bubble = page.locator("article", has_text=headline)
    expect(bubble).to_be_visible(timeout=PATIENCE)
    text = bubble.locator("p").inner_text()
    assert text.index(headline) < text.index("رأس اللؤلؤ") < text.index("نفتتحه") < text.index(f"{running.site}/d/")
    assert bubble.locator("p").evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert bubble.locator("b").first.inner_text() == headline

    page.goto(f"{running.site}/desk/")
    page.get_by_role("link", name=headline).click()
    page.get_by_role("link", name="تصويب", exact=True).click()
    page.get_by_label("النصّ").fill(TEXT.replace("الخميس", "السبت"))
    page.get_by_label("ما الخطأ؟ (يراه القرّاء)").fill("الموعد السبت")
    page.get_by_role("button", name=re.compile("^تصويب")).click()
    expect(page.get_by_text("انتهت")).to_be_visible(timeout=PATIENCE)
    _open_chat(page, running, reader["id"], "telegram", BOT)
    expect(page.locator("article[data-edited]", has_text="صباح السبت")).to_be_visible(timeout=PATIENCE)
    _open_chat(page, running, other["id"], "whatsapp", NUMBER)
    followed = page.locator("article", has_text="صباح السبت")
    expect(followed.locator("blockquote")).to_contain_text(headline, timeout=PATIENCE)

    page.goto(f"{running.site}/")
    page.get_by_role("link", name=headline).click()
    expect(page.get_by_text("الموعد السبت")).to_be_visible()
    expect(page.locator(".statement").first).to_be_visible()
    expect(page.locator(".who").first).to_contain_text("نادر الصفواني")
    assert page.locator("html").get_attribute("dir") == "rtl"
    loaded = (
        "document.fonts.ready.then(() => [...document.fonts].some(f => f.family == 'Plex' && f.status == 'loaded'))"
    )
    assert page.evaluate(loaded), "the web font ships with the project"
    for text, first, last in (("12/3", "12", "3"), ("0944-000-111", "0944", "111")):
        assert page.evaluate(LEFT_OF, [text, first, last]), f"{text} reads from left to right within the Arabic"
    address = page.url

    page.goto(f"{running.site}/desk/")
    page.get_by_role("link", name=headline).click()
    page.get_by_role("link", name="إلغاء البرقية", exact=True).click()
    page.get_by_label("السبب، للقرّاء").fill("الميناء لم يكتمل")
    page.get_by_role("button", name=re.compile("^إلغاء البرقية")).click()
    expect(page.get_by_text("انتهت")).to_be_visible(timeout=PATIENCE)
    _open_chat(page, running, reader["id"], "telegram", BOT)
    expect(page.locator("article[data-deleted]")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_text(headline).count() == 0
    _open_chat(page, running, other["id"], "whatsapp", NUMBER)
    expect(page.locator("article", has_text="إلغاء برقية")).to_be_visible(timeout=PATIENCE)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_text("الميناء لم يكتمل")).to_be_visible()
    for phone, app, key in ((reader, "telegram", BOT), (other, "whatsapp", NUMBER)):
        running.sandbox.say(phone["id"], app, key, "إلغاء")


def test_the_follow_page_and_a_mixed_sentence(page: Page, running: Wire) -> None:
    page.goto(f"{running.site}/follow/")
    expect(page.locator("figure svg").first).to_be_visible()
    number = page.locator("main").get_by_role("link", name="+963944000111")
    assert number.inner_text() == "+963944000111"
    assert number.locator("bdi").get_attribute("dir") == "ltr"
    small = page.evaluate(
        "[...document.querySelectorAll('a.button, .sections a, button')].filter(e => e.offsetHeight && e.offsetHeight < 44).length"
    )
    assert small == 0, "every target is large enough for a thumb"


def test_the_site_works_without_a_script(page: Page, running: Wire) -> None:
    page.goto(f"{running.site}/")
    assert page.locator("script").count() == 0
