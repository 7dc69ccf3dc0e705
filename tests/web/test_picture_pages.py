"""A dispatch's picture: from the desk to the page and the feeds, and gone with a kill."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from barqia import desk
from barqia.delivery.stories import story_of
from barqia.staff.models import User
from barqia.wire.models import Dispatch, Picture, Release
from pictures import drawn, opened

pytestmark = pytest.mark.usefixtures("newsroom")
GIVEN = {"headline": "عنوان", "text": "دمشق-برقية\nنص.\n", "sections": ["politics"], "urgency": "3"}


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(User.objects.create_user("editor", password="long enough"))
    return client


def _file(data: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", data or drawn(), content_type="image/jpeg")


def _published(editor: Client) -> Dispatch:
    lines = {"picture_caption": "الميناء عند الفجر", "picture_credit": "برقية"}
    editor.post("/desk/new", {**GIVEN, **lines, "picture_file": _file()})
    item = Dispatch.objects.get()
    desk.publish(None, item, item.sequence)
    item.refresh_from_db()
    return item


def _address(item: Dispatch) -> str:
    assert item.current is not None
    return f"/d/{item.public_id}/{item.current.picture_id}"


def test_it_stands_on_the_page_in_the_list_and_in_the_feeds(editor: Client) -> None:
    item = _published(editor)
    page = editor.get(f"/d/{item.public_id}").content.decode()
    assert f'src="{_address(item)}-small.jpg"' in page
    assert 'alt="الميناء عند الفجر"' in page
    assert "og:image" in page
    assert f"{_address(item)}-small.jpg" in editor.get("/").content.decode()
    assert f"{_address(item)}.jpg" in editor.get("/feed.rss").content.decode()
    served = editor.get(f"{_address(item)}.jpg")
    assert served["Content-Type"] == "image/jpeg"
    assert opened(served.content).size == (900, 600)
    again = editor.get(f"{_address(item)}.jpg", headers={"If-None-Match": served["ETag"]})
    assert again.status_code == 304
    assert opened(editor.get(f"{_address(item)}-small.jpg").content).size == (720, 480)


def test_another_items_picture_is_not_at_its_address(editor: Client) -> None:
    item = _published(editor)
    assert editor.get(f"/d/{item.public_id}/{'0' * 32}.jpg").status_code == 404


def test_a_kill_takes_it_away(editor: Client) -> None:
    item = _published(editor)
    desk.kill(None, item, item.sequence, "خطأ")
    for end in (".jpg", "-small.jpg"):
        assert editor.get(f"{_address(item)}{end}").status_code == 410


def test_it_stays_while_the_page_is_refused_and_goes_when_the_editor_says_so(editor: Client) -> None:
    refused = editor.post("/desk/new", {**GIVEN, "urgency": "", "picture_file": _file()})
    assert refused.status_code == 400
    digest = Picture.objects.get().pk
    assert f'name="picture" value="{digest}"' in refused.content.decode()
    editor.post("/desk/new", {**GIVEN, "picture": digest})
    item = Dispatch.objects.get()
    assert item.draft.picture_id == digest
    assert opened(editor.get(f"/desk/picture/{digest}.jpg").content).size == (720, 480)
    editor.post(f"/desk/d/{item.public_id}/write", {**GIVEN, "seen": 0, "picture": digest, "picture_remove": "on"})
    item.draft.refresh_from_db()
    assert item.draft.picture_id is None


def test_a_file_that_is_no_picture_is_refused_and_the_words_stay(editor: Client) -> None:
    refused = editor.post("/desk/new", {**GIVEN, "picture_file": _file(b"no picture")})
    assert refused.status_code == 400
    assert "ليس صورة" in refused.content.decode()
    assert "دمشق-برقية" in refused.content.decode()


def test_messages_carry_its_address_and_a_correction_without_it_a_cover(editor: Client) -> None:
    item = _published(editor)
    story = story_of(Release.objects.get())
    assert story.picture
    assert story.picture.url.endswith(f"{_address(item)}.jpg")
    editor.post(f"/desk/d/{item.public_id}/correct", {**GIVEN, "seen": item.sequence, "note": "سُحبت الصورة"})
    without = story_of(Release.objects.latest("pk"))
    assert without.picture is None
    assert without.cover.endswith("/cover.jpg")
    cover = editor.get("/cover.jpg")
    assert opened(cover.content).size == (1200, 675)
