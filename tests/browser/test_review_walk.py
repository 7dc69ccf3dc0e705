"""An editor sets a reading right with a thumb, with the keys alone, and without a script."""

import pytest
from playwright.sync_api import Page, expect

from browser.test_walk import log_in
from flow.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
TEXT = (
    "رأس اللؤلؤ-برقية\nقال رئيس مجلس المدينة نادر الصفواني إن الميناء جاهز. وأضاف أن السفن تصل صباح الخميس 12/3.\n"
    "وأكدت مديرة المرفأ هدى النجار “أن الأرصفة تعمل”. وأعلنت شركة MarineTech Gulf أن العقد وقّع.\n"
)
SMALL = """[...document.querySelectorAll('.judging :is(.chip, select, button, input:not([type=hidden], [type=checkbox]), .quiet)')]
  .filter(e => e.offsetHeight && e.offsetHeight < 44).length"""


def _published(made: Wire, page: Page) -> str:
    width = page.viewport_size["width"] if page.viewport_size else 0
    return made.publish(f"افتتاح الميناء {width}\n\n{TEXT}", "--again")


def test_statements_are_set_right_with_a_thumb_and_the_site_follows(page: Page, running: Wire) -> None:
    item = _published(running, page)
    log_in(page, running)
    page.goto(f"{running.site}/desk/d/{item}")
    page.get_by_role("link", name="مراجعة القراءة").click()
    second = page.locator(".judged").nth(1)
    expect(second.locator(".evidence .cue")).to_have_text("أضاف")
    assert page.evaluate(SMALL) == 0, "every target is large enough for a thumb"
    save = page.get_by_role("button", name="احفظ المراجعة")
    expect(save).to_be_in_viewport()
    left, right = (page.locator(".judged").first.locator(part).bounding_box() for part in (".content", ".cue"))
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"], "evidence reads from right to left"
    second.get_by_label("ليس تصريحاً").check()
    expect(second.get_by_label("القائل", exact=True)).to_be_hidden()
    first = page.locator(".judged").first
    typed = first.get_by_label("اسم القائل")
    expect(typed).to_be_hidden()
    first.get_by_label("القائل", exact=True).select_option("اسم آخر…")
    typed.fill("سليم الصفواني")
    page.locator(".judged").nth(2).get_by_label("القائل", exact=True).select_option("شركة MarineTech Gulf")
    save.click()
    expect(page.get_by_text("ولم يُرسل شيء")).to_be_visible()
    page.goto(f"{running.site}/d/{item}")
    assert page.locator(".statement").count() == 3
    said = page.locator(".speakers b").all_inner_texts()
    assert said == ["سليم الصفواني", "شركة MarineTech Gulf"]


def test_the_review_is_done_with_the_keys_alone(page: Page, running: Wire) -> None:
    item = _published(running, page)
    log_in(page, running)
    page.goto(f"{running.site}/desk/d/{item}/review")
    page.locator(".judged").first.get_by_label("ليس تصريحاً").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SELECT", "its speaker is next"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.selectedIndex") == 1
    page.keyboard.press("Control+s")
    expect(page.get_by_text("ولم يُرسل شيء")).to_be_visible()


def test_the_review_needs_no_script(page: Page, running: Wire) -> None:
    item = _published(running, page)
    assert page.context.browser is not None
    context = page.context.browser.new_context(viewport=page.viewport_size, java_script_enabled=False)
    plain = context.new_page()
    log_in(plain, running)
    plain.goto(f"{running.site}/desk/d/{item}/review")
    for row in plain.locator(".judged").all():
        row.get_by_label("ليس تصريحاً").check()
    plain.get_by_role("button", name="احفظ المراجعة").click()
    plain.goto(f"{running.site}/d/{item}")
    assert plain.locator(".statement").count() == 0
    context.close()
