"""A page a person: all they said in what is out, and nothing of what is not."""

from urllib.parse import quote

import pytest
from django.test import Client

from barqia import desk
from barqia.desk.words import Slot, Words
from barqia.subscribers import persons
from barqia.subscribers.models import Lane
from barqia.text import key
from barqia.wire.corrections import STATEMENT
from barqia.wire.models import Dispatch, Said
from barqia.wire.persons import code_of

pytestmark = pytest.mark.usefixtures("newsroom")
TEXT = "دمشق-برقية\nقال مدير السوق سامي الحلبي إن السوق مفتوح. وأضاف “نفتحه كل يوم”.\n"
NAME = "سامي الحلبي"


def _published(text: str = TEXT, headline: str = "السوق مفتوح") -> Dispatch:
    item = desk.save(None, Words(headline, text), Slot(("politics",)))
    desk.publish(None, item, 0)
    item.refresh_from_db()
    return item


def _page(client: Client, name: str = NAME, status: int = 200) -> str:
    answer = client.get(f"/p/{code_of(key(name))}/")
    assert answer.status_code == status
    return answer.content.decode()


def test_the_page_has_the_statements_with_their_dispatch(client: Client) -> None:
    item = _published()
    page = _page(client)
    assert "إن السوق مفتوح" in page
    assert "نفتحه كل يوم" in page
    assert "مدير السوق" in page
    assert "تصريحان" in page
    assert f"/d/{item.public_id}" in page
    assert f"/p/{code_of(key(NAME))}/" in client.get(f"/d/{item.public_id}").content.decode()
    assert f"/p/{code_of(key(NAME))}/" in client.get("/p/").content.decode()


def test_every_spelling_of_a_name_is_one_person(client: Client) -> None:
    _published()
    _published(TEXT.replace("سامي الحلبي", "سامى الحلبـي").replace("مفتوح", "مغلق"), "خبر آخر")
    assert _page(client).count("<blockquote") == 4


@pytest.mark.parametrize("end", [desk.kill, desk.takedown])
def test_what_is_killed_is_said_by_nobody(client: Client, end: object) -> None:
    item = _published()
    assert callable(end)
    end(None, item, item.sequence, "خطأ")
    _page(client, status=404)


def test_a_correction_and_an_unpublishing_are_followed(client: Client) -> None:
    item = _published()
    desk.correct(None, item, item.sequence, Words("السوق مغلق", TEXT.replace("مفتوح", "مغلق")), "هو مغلق")
    assert "إن السوق مغلق" in _page(client)
    assert "إن السوق مفتوح" not in _page(client)
    item.refresh_from_db()
    desk.unpublish(None, item, item.sequence)
    _page(client, status=404)


def test_a_statement_that_an_editor_gave_to_another_is_on_the_others_page(client: Client) -> None:
    item = _published()
    assert item.current
    first = item.current.review().reading.statements[0]
    desk.review(None, item, item.sequence, {(STATEMENT, first.cue[0]): "هالة الشامي"})
    assert "إن السوق مفتوح" in _page(client, "هالة الشامي")
    assert "إن السوق مفتوح" not in _page(client)


def test_a_test_send_and_a_draft_put_nobody_on_a_page(client: Client) -> None:
    item = desk.save(None, Words("السوق", TEXT), Slot(("politics",)))
    desk.test(None, item, 0)
    assert not Said.objects.exists()
    _page(client, status=404)


def test_many_statements_come_in_pages(client: Client) -> None:
    for number in range(35):
        _published(TEXT.replace("السوق مفتوح", f"السوق {number} مفتوح"), f"خبر {number}")
    page = _page(client)
    assert page.count("<blockquote") == 60
    assert "?page=2" in page
    assert client.get(f"/p/{code_of(key(NAME))}/?page=2").content.decode().count("<blockquote") == 10


def test_one_tap_or_one_word_follows_them(client: Client, telegram: Lane, whatsapp: Lane) -> None:
    telegram.settings |= {"bot_username": "our_bot"}
    telegram.save()
    whatsapp.settings |= {"display_number": "+963944000111"}
    whatsapp.save()
    ministry = "وزارة الزراعة"
    _published(f"دمشق-برقية\nأكدت {ministry} أن الموسم جيد.\n")
    page = _page(client, ministry)
    assert f"https://t.me/our_bot?start=p_{code_of(key(ministry))}" in page
    assert f"https://wa.me/963944000111?text={quote(f'تابع {ministry}')}" in page
    assert f"«تابع {ministry}»" in page
    assert persons.by_code(code_of(key(ministry))) == key(ministry), "and the lane knows whom"
