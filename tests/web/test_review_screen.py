"""The review screen: what it shows and keeps, and what the site and the desk then say."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from barqia import desk
from barqia.desk.words import Slot, Words
from barqia.staff.models import User
from barqia.wire.corrections import STATEMENT
from barqia.wire.models import Dispatch, ReadingCorrection

TEXT = (
    "دمشق-برقية\nقال وزير النقل سامي الحلبي إن السوق مفتوح. وأضاف أن الجسر سيفتح غدا.\n"
    "وأكد محافظ المدينة نادر الصفواني أن الطريق إلى حمص مقطوع.\n"
)
SAID, ADDED = TEXT.index("قال"), TEXT.index("أضاف")


@pytest.fixture
def item(newsroom: object) -> Dispatch:
    made = desk.save(None, Words("السوق والجسر", TEXT), Slot(("politics",)))
    desk.publish(None, made, 0)
    return made


@pytest.fixture
def editor(client: Client, newsroom: object) -> Client:
    client.force_login(User.objects.create_user("editor", password="long enough"))
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def statements(client: Client, item: Dispatch) -> list[str]:
    """Who the site says it was, a mark a piece."""
    return re.findall(r'data-who="([^"·(]+?) [·(]', page(client, f"/d/{item.public_id}"))


def test_each_statement_stands_with_its_evidence_and_whom_it_may_be_by(editor: Client, item: Dispatch) -> None:
    assert "مراجعة القراءة" in page(editor, f"/desk/d/{item.public_id}")
    html = page(editor, f"/desk/d/{item.public_id}/review")
    assert html.count("<fieldset class=") == 3
    assert '<span class="cue">قال</span>' in html
    assert '<span class="source">وزير النقل سامي الحلبي</span>' in html
    assert '<span class="content">إن السوق مفتوح</span>' in html
    first = html.split("<select")[1].split("</select>")[0]
    assert "سامي الحلبي (كما قُرئ)" in first
    assert "<option>نادر الصفواني</option>" in first
    assert 'name="place" value="حمص"' in html
    assert 'name="place" value="دمشق"' not in html, "the dateline is no mention"


def test_what_is_set_aside_vanishes_from_the_site_at_once(editor: Client, item: Dispatch) -> None:
    before = editor.get(f"/d/{item.public_id}").headers["ETag"]
    assert statements(editor, item) == ["سامي الحلبي", "سامي الحلبي", "نادر الصفواني"]
    given = {"seen": 1, f"aside-{ADDED}": "1", f"speaker-{ADDED}": "", f"speaker-{SAID}": "نادر الصفواني"}
    done = editor.post(f"/desk/d/{item.public_id}/review", given)
    assert done.headers["Location"] == f"/desk/d/{item.public_id}"
    assert statements(editor, item) == ["نادر الصفواني", "نادر الصفواني"]
    assert editor.get(f"/d/{item.public_id}", headers={"If-None-Match": before}).status_code == 200
    html = page(editor, f"/desk/d/{item.public_id}")
    assert "صوّبها المحرّرون" in html
    assert "تصويبان" in html
    assert html.count("مراجعة القراءة") == 2, "the verb, and its entry in the history"
    again = page(editor, f"/desk/d/{item.public_id}/review")
    assert f'name="aside-{ADDED}" value="1" checked' in again
    assert "<option selected>نادر الصفواني</option>" in again


def test_a_speaker_may_be_typed(editor: Client, item: Dispatch) -> None:
    path = f"/desk/d/{item.public_id}/review"
    given = {"seen": 1, f"speaker-{SAID}": "*", f"typed-{SAID}": ""}
    refused = editor.post(path, given)
    assert refused.status_code == 400
    assert "اكتب اسم القائل" in refused.content.decode()
    editor.post(path, {**given, f"typed-{SAID}": "هدى النجار"})
    assert statements(editor, item)[0] == "هدى النجار"
    html = page(editor, path)
    assert '<option value="*" selected>' in html
    assert f'name="typed-{SAID}" value="هدى النجار"' in html


def test_a_stale_review_is_refused_and_what_was_chosen_stays(editor: Client, item: Dispatch) -> None:
    desk.correct(None, item, 1, Words("عنوان", TEXT))
    for _again in range(2):
        answer = editor.post(f"/desk/d/{item.public_id}/review", {"seen": "1", f"aside-{SAID}": "1", "place": "حمص"})
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "تغيّرت المادة" in html
        assert 'name="seen" value="1"' in html
        assert f'name="aside-{SAID}" value="1" checked' in html
        assert 'name="place" value="حمص" checked' in html
    assert not ReadingCorrection.objects.exists()


def test_a_correction_that_no_longer_fits_is_shown_and_can_be_dropped(editor: Client, item: Dispatch) -> None:
    desk.review(None, item, 1, {(STATEMENT, ADDED): ""})
    desk.correct(None, item, 2, Words("عنوان", TEXT.replace("الجسر", "المعبر")))
    assert "تصويبات لم تعد تنطبق" in page(editor, f"/desk/d/{item.public_id}")
    html = page(editor, f"/desk/d/{item.public_id}/review")
    assert "وأضاف أن الجسر سيفتح غدا." in html
    old = ReadingCorrection.objects.get().pk
    editor.post(f"/desk/d/{item.public_id}/review", {"seen": 3, "forget": old})
    assert not ReadingCorrection.objects.exists()
    assert "تصويبات لم تعد تنطبق" not in page(editor, f"/desk/d/{item.public_id}")


def test_the_reading_beside_the_text_is_the_one_set_right(editor: Client, newsroom: object) -> None:
    draft = desk.save(None, Words("عنوان", TEXT), Slot(("politics",)))
    desk.review(None, draft, 0, {(STATEMENT, SAID): "هدى النجار"})
    given = {"headline": "عنوان", "text": TEXT + "وانتهى.\n"}
    path = f"/desk/reading?item={draft.public_id}"
    assert path in page(editor, f"/desk/d/{draft.public_id}/write")
    assert "هدى النجار" in editor.post(path, given).content.decode()
    assert "هدى النجار" not in editor.post("/desk/reading", given).content.decode()


def test_a_reporter_is_told_to_ask_an_editor(client: Client, item: Dispatch) -> None:
    client.force_login(User.objects.create_user("r", password="long enough", role="reporter"))
    assert "/review" not in page(client, f"/desk/d/{item.public_id}")
    for answer in (client.get(path := f"/desk/d/{item.public_id}/review"), client.post(path, {"seen": 1})):
        assert answer.status_code == 403
        assert "اطلب ذلك من محرّر" in answer.content.decode()


def test_the_words_of_what_was_taken_down_are_not_reviewed(editor: Client, item: Dispatch) -> None:
    desk.takedown(None, item, 1, "حكم قضائي")
    path = f"/desk/d/{item.public_id}/review"
    for answer in (editor.get(path), editor.post(path, {"seen": "x"}), editor.post(path, {"seen": 2})):
        assert answer.status_code == 409
        assert "السوق مفتوح" not in answer.content.decode()


def test_a_feed_asks_no_more_for_many_items_than_for_one(
    client: Client, item: Dispatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        made = desk.save(None, Words(f"عنوان {number}", TEXT), Slot(("politics",)))
        desk.publish(None, made, 0)
    with django_assert_max_num_queries(9):
        client.get("/feed.rss")
