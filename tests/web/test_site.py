"""The site: pages, the states of the design's table, feeds, health."""

import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from barqia import desk
from barqia.desk.words import Slot, Words
from barqia.subscribers.models import Lane
from barqia.wire.models import Dispatch

TEXT = "رأس اللؤلؤ-برقية\nقال رئيس مجلس المدينة نادر الصفواني إن الميناء جاهز. وأضاف “نفتتحه <الخميس>”.\n"
pytestmark = pytest.mark.usefixtures("newsroom")


@pytest.fixture
def item() -> Dispatch:
    made = desk.save(None, Words("الميناء جاهز & قريب", TEXT), Slot(("politics",), 1))
    desk.publish(None, made, 0)
    made.refresh_from_db()
    return made


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_the_page_is_right_to_left_with_its_statements_and_speakers(client: Client, item: Dispatch) -> None:
    html = page(client, f"/d/{item.public_id}")
    assert '<html lang="ar" dir="rtl">' in html
    assert "الميناء جاهز &amp; قريب" in html
    assert 'class="statement' in html
    assert "نادر الصفواني" in html
    assert "&lt;الخميس&gt;" in html
    assert "عاجل" in html
    assert "رأس اللؤلؤ ـ برقية" in html


def test_home_and_section_list_it_and_other_sections_do_not(client: Client, item: Dispatch) -> None:
    for path, there in (("/", True), ("/s/politics/", True), ("/s/sport/", False), ("/en/", True)):
        assert (item.public_id in page(client, path)) is there
    page(client, "/s/nowhere/", 404)


def test_a_correction_is_noted(client: Client, item: Dispatch) -> None:
    desk.correct(None, item, 1, Words("الميناء جاهز", TEXT), "حُذف وصف")
    assert "حُذف وصف" in page(client, f"/d/{item.public_id}")
    assert "تصويب | " in page(client, "/feed.rss")


def test_killed_is_gone_with_the_reason(client: Client, item: Dispatch) -> None:
    desk.kill(None, item, 1, "الميناء لم يكتمل")
    html = page(client, f"/d/{item.public_id}", 410)
    assert "الميناء لم يكتمل" in html
    assert "نادر الصفواني" not in html
    assert item.public_id not in page(client, "/")
    assert "إلغاء برقية" in page(client, "/feed.atom")


def test_taken_down_is_gone_without_a_word_of_it(client: Client, item: Dispatch) -> None:
    desk.takedown(None, item, 1, "حكم قضائي")
    html = page(client, f"/d/{item.public_id}", 410)
    assert "حكم قضائي" in html
    assert "جاهز" not in html
    assert "جاهز" not in page(client, "/feed.rss")


def test_unpublished_and_drafts_are_not_there(client: Client, item: Dispatch) -> None:
    desk.unpublish(None, item, 1)
    page(client, f"/d/{item.public_id}", 404)
    draft = desk.save(None, Words("مسودة", TEXT), Slot(("politics",)))
    page(client, f"/d/{draft.public_id}", 404)
    page(client, "/d/zzzzzzzz", 404)


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feeds_are_xml_with_both_ids(client: Client, item: Dispatch, kind: str) -> None:
    tree = ET.fromstring(page(client, f"/feed.{kind}"))
    text = ET.tostring(tree, encoding="unicode")
    assert f"urn:uuid:{item.pk}#{item.public_id}" in text
    assert "الميناء جاهز" in text


def test_follow_shows_each_lane_with_its_code(client: Client, telegram: Lane, whatsapp: Lane) -> None:
    html = page(client, "/follow/")
    assert "https://t.me/test" in html
    assert "https://wa.me/963944000111" in html
    assert html.count("<svg") == 3
    assert "https://wa.me/963944000111?text=subscribe" in page(client, "/en/follow/")


def test_health_tells_a_monitor(client: Client) -> None:
    answer = client.get("/health").json()
    assert answer == {"ok": True, "database": "ok", "sender": "never", "unknown": 0, "alerts": []}


def test_a_character_xml_cannot_write_does_not_end_the_feeds(client: Client, newsroom: object) -> None:
    made = desk.save(None, Words("عنوان", "نص\x08 آخر\uffff"), Slot(("politics",)))
    desk.publish(None, made, 0)
    for kind in ("rss", "atom"):
        ET.fromstring(page(client, f"/feed.{kind}"))


def test_pages_are_kept_and_asked_for_again(client: Client, item: Dispatch) -> None:
    for path in ("/", f"/d/{item.public_id}", "/feed.rss"):
        first = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x", "2026-01-01"])
def test_an_odd_page_of_the_past_is_a_page(client: Client, item: Dispatch, before: str) -> None:
    assert client.get("/", {"before": before}).status_code == 200
