"""The phone page: quick in long chats, still under the reader's hand, safe to tap, readable in light and dark."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import barqia.sandbox
from barqia.sandbox.client import Sandbox
from browser.conftest import ARGUMENTS, CHROMIUM
from sandbox.drawings import png

TOKEN, BOT = "7654321:page-token", "page_bot"
CSS = (Path(barqia.sandbox.__file__).parent / "page" / "phone.css").read_text("utf-8")


@pytest.fixture(scope="module")
def opened_browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install chromium to walk the pages")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(opened_browser: Browser) -> Iterator[Page]:
    context = opened_browser.new_context(viewport={"width": 390, "height": 844}, locale="ar", reduced_motion="reduce")
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert not errors
    context.close()


def _long_chat(sandbox: Sandbox, page: Page, count: int) -> int:
    sandbox.add_bot(TOKEN, BOT, "وكالة", rate=0, chat_rate=0)
    sandbox.add_number(
        phone_number_id="100", waba_id="9", display="+963944000111", name="وكالة", access_token="access",
        app_secret="secret", rate=0, pair_seconds=0,
    )  # fmt: skip
    phone = sandbox.add_phone("ليلى", started_bot=BOT)
    for number in range(1, count + 1):
        _bot(sandbox, phone["telegram_id"], "sendMessage", text=f"خبر رقم {number}")
    page.goto(f"{sandbox.base}/phone/{phone['id']}")
    page.locator(f"[data-key='{BOT}']").click()
    expect(page.locator("article")).to_have_count(count)
    return int(phone["telegram_id"])


def _bot(sandbox: Sandbox, chat: int, method: str, **params: object) -> None:
    sandbox.call(f"/bot{TOKEN}/{method}", {"chat_id": chat, **params})


@pytest.mark.browser
def test_a_long_chat_stays_under_the_readers_hand(sandbox: Sandbox, page: Page) -> None:
    chat = _long_chat(sandbox, page, 400)
    talk = page.locator(".talk")
    at_end = "e => e.scrollHeight - e.scrollTop - e.clientHeight < 4"
    assert talk.evaluate(at_end), "it opens at its end"
    _bot(sandbox, chat, "sendMessage", text="جديد")
    expect(page.locator("article", has_text="جديد")).to_be_visible()
    assert talk.evaluate(at_end), "who reads the end stays there"

    field = page.get_by_label("اكتب رسالة")
    field.fill("نصف جملة")
    field.evaluate("e => e.setSelectionRange(3, 3)")
    talk.evaluate("e => { e.scrollTop = 5000; for (const a of e.querySelectorAll('article')) a.mark = true; }")
    anchor = "e => [...e.querySelectorAll('article')].find(a => a.getBoundingClientRect().top > 200)"
    before = talk.evaluate(f"e => (({anchor})(e)).getBoundingClientRect().top")
    held = talk.evaluate(f"e => (({anchor})(e)).dataset.id")
    _bot(sandbox, chat, "editMessageText", message_id=5, text="تصويب\nفي\nثلاثة أسطر")
    expect(page.locator("article[data-edited]")).to_have_count(1)
    sandbox.say(1, "whatsapp", "100", "في تطبيق آخر")
    _bot(sandbox, chat, "sendMessage", text="وجديد آخر")
    expect(page.locator("article")).to_have_count(402)
    after = talk.evaluate("(e, id) => e.querySelector(`[data-id='${id}']`).getBoundingClientRect().top", held)
    assert abs(after - before) < 1, "what is read does not move"
    assert talk.evaluate("e => [...e.querySelectorAll('article')].filter(a => !a.mark).length") == 2
    assert field.input_value() == "نصف جملة"
    assert field.evaluate("e => [e === document.activeElement, e.selectionStart]") == [True, 3]
    assert page.locator("[aria-live]").count() == 1
    assert talk.get_attribute("aria-live") == "polite"


def test_only_what_changed_is_pushed(sandbox: Sandbox) -> None:
    sandbox.add_bot(TOKEN, BOT, "وكالة", rate=0, chat_rate=0)
    phone = sandbox.add_phone("ليلى", started_bot=BOT)
    for number in range(50):
        _bot(sandbox, phone["telegram_id"], "sendMessage", text=f"خبر رقم {number}")
    import json
    import urllib.request

    with urllib.request.urlopen(f"{sandbox.base}/sandbox/phones/1/events", timeout=10) as stream:

        def told() -> dict[str, object]:
            line = b""
            while not line.startswith(b"data: "):
                line = stream.readline()
            event: dict[str, object] = json.loads(line[6:])
            return event

        whole = told()
        assert whole["whole"]
        assert len(whole["chats"][0]["bubbles"]) == 50
        _bot(sandbox, phone["telegram_id"], "editMessageText", message_id=5, text="تصويب")
        change = told()
        assert [b["text"] for b in change["chats"][0]["bubbles"]] == ["تصويب"]


@pytest.mark.browser
def test_no_script_runs_from_a_message(sandbox: Sandbox, page: Page) -> None:
    chat = _long_chat(sandbox, page, 1)
    text = '<a href="javascript:document.title=1">أ</a> <a href="https://e.org/a">ب</a> example.com'
    _bot(sandbox, chat, "sendMessage", text=text, parse_mode="HTML")
    expect(page.locator("article p a")).to_have_count(2)
    hrefs = page.locator("article p a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert hrefs == ["https://e.org/a", "https://example.com"]
    refused = page.evaluate(
        "import('/page/text.js').then(m => ['javascript:1', ' javascript:1', 'data:,x', '/d'].map(h => typeof m.link(h, 'x')))"
    )
    assert refused == ["string"] * 4


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _variables(css: str, selector: str) -> dict[str, str]:
    found = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", css)
    assert found
    return dict(re.findall(r"--([\w-]+):\s*(#\w+)", found[1]))


def _themes() -> dict[str, dict[str, str]]:
    light, _, dark = CSS.partition("@media (prefers-color-scheme: dark)")
    app = '[data-app="whatsapp"]'
    root, green = _variables(light, ":root"), _variables(light, app)
    night = {**root, **_variables(dark, ":root")}
    return {
        "telegram": root,
        "whatsapp": {**root, **green},
        "telegram at night": night,
        "whatsapp at night": {**night, **green, **_variables(dark, ":root"), **_variables(dark, app)},
    }


@pytest.mark.parametrize("theme", _themes().values(), ids=_themes())
def test_contrast_is_aa(theme: dict[str, str]) -> None:
    text = [(ink, paper) for ink in ("ink", "soft", "link") for paper in ("mine", "card", "wall", "paper")]
    for ink, paper in [*text, ("bar-ink", "bar")]:
        assert _contrast(theme[ink], theme[paper]) >= 4.5, (ink, paper)
    assert _contrast("#fff", theme["accent"]) >= 4.5
    assert ":focus-visible { outline: 3px solid var(--link)" in CSS, "links have the contrast of text, rings need 3"
    assert ".bar :focus-visible { outline-color: var(--bar-ink)" in CSS


@pytest.mark.browser
def test_what_can_be_tapped_is_tapped_and_the_answer_is_seen(sandbox: Sandbox, page: Page) -> None:
    chat = _long_chat(sandbox, page, 1)
    keys = {
        "inline_keyboard": [
            [{"text": "سياسة", "callback_data": "s:politics"}, {"text": "الموقع", "url": "https://x.example"}]
        ]
    }
    _bot(sandbox, chat, "sendMessage", text="اختر", reply_markup=keys, disable_notification=True)
    asked = page.locator("article[data-silent]", has_text="اختر")
    expect(asked).to_contain_text("بلا صوت")
    expect(asked.get_by_role("link", name="الموقع")).to_have_attribute("href", "https://x.example")
    asked.get_by_role("button", name="سياسة").click()
    query = _update(sandbox, "callback_query")
    assert query["data"] == "s:politics"
    sandbox.call(f"/bot{TOKEN}/answerCallbackQuery", {"callback_query_id": query["id"], "text": "اخترت سياسة"})
    expect(page.get_by_role("status")).to_have_text("اخترت سياسة")
    chosen = {"inline_keyboard": [[{"text": "✓ سياسة", "callback_data": "s:politics"}]]}
    _bot(sandbox, chat, "editMessageReplyMarkup", message_id=query["message"]["message_id"], reply_markup=chosen)
    expect(asked.get_by_role("button", name="✓ سياسة")).to_be_visible()
    asked.get_by_role("button", name="تفاعل").click()
    page.get_by_role("button", name="👍").click()
    expect(asked.locator(".marks")).to_have_text("👍")


@pytest.mark.browser
def test_a_list_is_a_sheet_to_choose_from(sandbox: Sandbox, page: Page) -> None:
    _long_chat(sandbox, page, 0)
    sandbox.say(1, "whatsapp", "100", "الأقسام")
    rows = [{"id": "politics", "title": "سياسة", "description": "أخبار الدول"}, {"id": "sport", "title": "رياضة"}]
    _graph(
        sandbox, "interactive",
        {"type": "list", "body": {"text": "اختر قسماً"}, "action": {"button": "الأقسام", "sections": [{"title": "الأقسام", "rows": rows}]}},
    )  # fmt: skip
    page.goto(f"{sandbox.base}/phone/1")
    page.get_by_role("tab", name="واتساب").click()
    page.locator("[data-key='100']").click()
    page.locator("article", has_text="اختر قسماً").get_by_role("button", name="اختر من القائمة").click()
    expect(page.get_by_role("dialog")).to_contain_text("أخبار الدول")
    page.get_by_role("dialog").get_by_role("button", name="رياضة").click()
    answer = page.locator("article.mine", has_text="رياضة")
    expect(answer.locator("blockquote")).to_contain_text("اختر قسماً")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_photo_stands_over_its_caption_and_goes_with_it(sandbox: Sandbox, page: Page, scheme: str) -> None:
    chat = _long_chat(sandbox, page, 1)
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    number = _photo(sandbox, chat, "الميناء " * 30)
    shown = page.locator("article.media")
    expect(shown).to_contain_text("الميناء")
    assert shown.locator("img").get_attribute("src", timeout=5000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown.get_by_role("button", name="تكبير الصورة").click()
    page.get_by_role("dialog").get_by_role("button", name="إغلاق").click()
    _bot(sandbox, chat, "editMessageCaption", message_id=number, caption="الميناء الجديد")
    expect(page.locator("article.media[data-edited]")).to_contain_text("الميناء الجديد")
    _bot(sandbox, chat, "deleteMessage", message_id=number)
    expect(page.locator("article[data-deleted] img")).to_have_count(0)
    expect(page.locator("article[data-deleted]")).to_contain_text("حُذفت هذه الرسالة")


def _update(sandbox: Sandbox, kind: str) -> dict[str, Any]:
    told = sandbox.call(f"/bot{TOKEN}/getUpdates", {"timeout": 5, "allowed_updates": [kind]})["result"]
    found: dict[str, Any] = next(one[kind] for one in told if kind in one)
    return found


def _graph(sandbox: Sandbox, kind: str, content: object) -> None:
    body = {"messaging_product": "whatsapp", "to": f"+{sandbox.phone(1)['number']}", "type": kind, kind: content}
    request = urllib.request.Request(
        f"{sandbox.base}/v24.0/100/messages", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer access"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def _photo(sandbox: Sandbox, chat: int, caption: str) -> int:
    """Upload a picture to the chat; the message's number."""
    form = b""
    for name, value in (("chat_id", str(chat).encode()), ("caption", caption.encode()), ("photo", png(640, 400))):
        file = '; filename="a.png"' if name == "photo" else ""
        form += f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + value + b"\r\n"
    request = urllib.request.Request(
        f"{sandbox.base}/bot{TOKEN}/sendPhoto", form + b"--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        number: int = json.load(answer)["result"]["message_id"]
    return number
