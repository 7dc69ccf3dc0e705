"""The newsroom's screens: who sees them, what they do, and that they refuse in words."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from barqia.delivery import clients
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Refused
from barqia.delivery.models import Delivery, Reached
from barqia.project.commands.lanes import make
from barqia.staff.models import User
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import Dispatch, Release
from delivery.hand import NOW, plan_all, publish, send

GIVEN = {
    "headline": "عنوان",
    "text": "دمشق-برقية\r\nقال سامي الحلبي إن السوق مفتوح.\r\n",
    "sections": ["politics"],
    "urgency": "3",
    "byline": "",
    "ednote": "",
}


@pytest.fixture
def editor(client: Client, newsroom: object) -> Client:
    client.force_login(User.objects.create_user("editor", password="long enough"))
    return client


def test_the_preview_says_who_waits_for_the_days_limit_and_what_is_paid(
    editor: Client, whatsapp: Lane, telegram: Lane
) -> None:
    whatsapp.settings |= {"template": "news", "daily_limit": "250"}
    telegram.settings |= {"allow_paid_broadcast": "yes"}
    for lane, number in ((whatsapp, 4), (telegram, 20)):
        lane.save()
        for address in range(number):
            reader = recipients.known(lane, f"96770000000{address}", None)
            reader.status = "active"
            reader.save()
            interests.ask_everything(reader)
    portfolio, now = whatsapp.settings["phone_number_id"], now_ms()
    Reached.objects.bulk_create(
        [Reached(portfolio=portfolio, lane_id=99, recipient_id=1000 + n, at_ms=now - 1000) for n in range(249)]
    )
    page = editor.get(f"/desk/d/{_item(editor).public_id}/publish").content.decode()
    assert "لا يمكن مراسلة 3 اليوم" in page
    assert "فوق الحدّ اليومي للمحفظة، لاحقًا: 3" in page
    assert "من نجوم تلغرام" in page


def test_the_board_says_that_a_client_was_stopped_and_lets_it_go_on(editor: Client) -> None:
    made = clients.add(make("clients", "client", "عملاء", {}, {}), "مكتب الشمال", "https://a.example/")
    assert "مكتب الشمال" not in editor.get("/desk/board").content.decode()
    Recipient.objects.update(failing_since_ms=NOW)
    assert "خادم العميل متعثّر منذ" in editor.get("/desk/board").content.decode()
    recipients.block(made.recipient, "long_failure")
    page = editor.get("/desk/board").content.decode()
    assert "أوقفت البرقية هذا العميل" in page
    assert "يتعثّر منذ خمسة أيام" in page
    assert "a.example" not in page
    assert editor.post(f"/desk/clients/{made.recipient.pk}/on").status_code == 302
    assert "مكتب الشمال" not in editor.get("/desk/board").content.decode()
    made.recipient.refresh_from_db()
    assert made.recipient.status == "active"


def test_the_clients_are_listed_and_switched(editor: Client) -> None:
    assert "/desk/clients" not in editor.get("/desk/board").content.decode()
    assert "لا يوجد عملاء بعد" in editor.get("/desk/clients").content.decode()
    made = clients.add(make("clients", "client", "عملاء", {}, {}), "مكتب الشمال", "https://a.example/", ["politics"])
    assert 'href="/desk/clients"' in editor.get("/desk/board").content.decode()
    page = editor.get("/desk/clients").content.decode()
    assert all(words in page for words in ("مكتب الشمال", "سياسة", "يستلم ما يُرسَل"))
    assert "a.example" not in page
    assert "whsec" not in page
    assert editor.post(f"/desk/clients/{made.recipient.pk}/off").status_code == 302
    assert "مطفأ" in editor.get("/desk/clients").content.decode()
    made.recipient.refresh_from_db()
    assert made.recipient.status == "unsubscribed"
    item, release = publish()
    plan_all()
    Delivery.objects.create(
        lane_id=made.recipient.lane_id, month=202611, source_kind=1, source_id=release.pk, recipient_id=made.recipient.pk,
        chunk_id=1, mode="follow", urgency=5, state="skipped", reason="opted_out", expires_ms=1, changed_ms=1,
    )  # fmt: skip
    told = editor.post(f"/desk/clients/{made.recipient.pk}/on", follow=True).content.decode()
    assert f"لأنه كان مطفأً: {item.public_id}" in told
    assert editor.post(f"/desk/clients/{made.recipient.pk}/explode").status_code == 404
    assert editor.post("/desk/clients/999/on").status_code == 404
    User.objects.filter(username="editor").update(role="reporter")
    assert editor.post(f"/desk/clients/{made.recipient.pk}/on").status_code == 403


def test_the_board_says_that_a_provider_does_not_answer(editor: Client, telegram: Lane) -> None:
    assert "لا يجيب" not in editor.get("/desk/board").content.decode()
    Lane.objects.update(trouble="no_answer")
    assert "مزوّد الخدمة لا يجيب؛ تُعاد المحاولة تلقائيًا" in editor.get("/desk/board").content.decode()


def _item(editor: Client) -> Dispatch:
    editor.post("/desk/new", GIVEN)
    return Dispatch.objects.get()


def test_the_desk_is_for_who_is_logged_in(client: Client, newsroom: object) -> None:
    for path in ("/desk/", "/desk/new", "/desk/board"):
        assert client.get(path).status_code == 302
    assert "كلمة السرّ" in client.get("/desk/login").content.decode()
    assert "Password" in client.get("/desk/login?language=en").content.decode()
    wrong = client.post("/desk/login", {"username": "editor", "password": "no"})
    assert "خطأ" in wrong.content.decode()


def test_from_paste_to_published(editor: Client, whatsapp: Lane) -> None:
    reader = recipients.known(whatsapp, "967700000001", None)
    reader.status = "active"
    reader.save()
    interests.ask_everything(reader)
    answer = editor.post("/desk/new", {**GIVEN, "publish": "1"})
    item = Dispatch.objects.get()
    assert answer.headers["Location"] == f"/desk/d/{item.public_id}/publish"
    preview = editor.get(answer.headers["Location"]).content.decode()
    assert "واتساب" in preview
    assert f'name="seen" value="{item.sequence}"' in preview
    assert "انقضت الساعات الأربع والعشرون" in preview, "who is left out, and why, is said before"
    for _twice in range(2):
        done = editor.post(f"/desk/d/{item.public_id}/publish", {"seen": item.sequence})
        assert done.headers["Location"] == f"/desk/board/{Release.objects.get().pk}"
    assert editor.get(done.headers["Location"]).status_code == 200
    assert editor.get("/desk/board").status_code == 200
    assert "منشورة" in editor.get("/desk/").content.decode()


def test_the_reading_stands_beside_the_text(editor: Client) -> None:
    html = editor.post("/desk/reading", {"text": GIVEN["text"]}).content.decode()
    assert "سامي الحلبي" in html
    assert "statement" in html


def test_sections_are_suggested_with_the_words_that_say_so(editor: Client) -> None:
    text = "دمشق-برقية\nفاز المنتخب في المباراة بهدفين، وقال المدرّب سامي الحلبي إن اللاعبين أبدعوا.\n"
    html = editor.post("/desk/reading", {"text": text, "headline": "فوز"}).content.decode()
    assert "قد تنتمي إلى" in html
    assert "رياضة" in html
    assert "المباراة" in html


def test_a_pasted_dispatch_brings_its_own_headline(editor: Client) -> None:
    pasted = f"افتتاح السوق\r\n\r\n{GIVEN['text']}"
    html = editor.post("/desk/reading", {"text": pasted, "headline": ""}).content.decode()
    assert "افتتاح السوق" in html
    assert "رأس البرقية" in html, "the dateline is read behind the headline"
    editor.post("/desk/new", {**GIVEN, "headline": "", "text": pasted})
    draft = Dispatch.objects.get().draft
    assert (draft.headline, draft.text.split("-")[0]) == ("افتتاح السوق", "دمشق")


def test_a_correction_may_change_the_section_and_so_reach_new_readers(editor: Client, telegram: Lane) -> None:
    reader = recipients.known(telegram, "1", None)
    reader.status = "active"
    reader.save()
    interests.ask_section(reader, "sport")
    item = _item(editor)
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    given = {**GIVEN, "sections": ["politics", "sport"], "note": "القسم", "seen": 1}
    asked = editor.post(f"/desk/d/{item.public_id}/correct", given)
    assert asked.status_code == 200, "whom it reaches now is shown before it goes"
    assert "غير ما عُرض" in asked.content.decode()
    assert "<td>1</td>" in asked.content.decode()
    given["confirm"] = _confirm_of(asked.content.decode())
    for _twice in range(2):
        assert editor.post(f"/desk/d/{item.public_id}/correct", given).status_code == 302
    plan_all()
    assert Delivery.objects.values_list("source_id", "recipient_id").get() == (Release.objects.last().pk, reader.pk)
    (call,) = send(telegram)
    assert "تصويب" not in call.body.decode(), "who never had it is sent the news, not a correction of it"


def _confirm_of(page: str) -> str:
    found = re.search(r'name="confirm" value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_correction_that_takes_more_messages_shows_its_forecast_before_it_goes(
    editor: Client, whatsapp: Lane
) -> None:
    reader = recipients.known(whatsapp, "967770000001", None)
    reader.status, reader.last_inbound_ms = "active", now_ms()
    reader.save()
    interests.ask_everything(reader)
    item = _item(editor)
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    plan_all()
    send(whatsapp)
    given = {**GIVEN, "note": "الخاتمة", "seen": 1, "text": GIVEN["text"] + "كلمة طويلة " * 600}
    asked = editor.post(f"/desk/d/{item.public_id}/correct", given)
    assert asked.status_code == 200
    assert "<td>1</td><td>2</td>" in asked.content.decode(), "one reader, two messages, of the words as typed"
    given["confirm"] = _confirm_of(asked.content.decode())
    assert editor.post(f"/desk/d/{item.public_id}/correct", given).status_code == 302
    small = {**GIVEN, "note": "الخاتمة", "seen": 2, "text": given["text"].replace("كلمة", "فكرة", 1)}
    assert editor.post(f"/desk/d/{item.public_id}/correct", small).status_code == 302, "nothing else than was shown"


def test_what_was_typed_stays_when_it_is_refused(editor: Client) -> None:
    answer = editor.post("/desk/new", {**GIVEN, "urgency": "77", "headline": "عنوان لا يضيع"})
    assert answer.status_code == 400
    assert "عنوان لا يضيع" in answer.content.decode()
    editor.post("/desk/new", {**GIVEN, "sections": []})
    item = Dispatch.objects.get()
    refused = editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    assert "لم يُختر قسم" in refused.content.decode()


def test_a_colleagues_draft_is_not_overwritten_by_pressing_again(editor: Client) -> None:
    item = _item(editor)
    path = f"/desk/d/{item.public_id}/write"
    editor.post(path, {**GIVEN, "text": "نصّ الزميل", "seen": "0"})
    for _again in range(2):
        answer = editor.post(path, {**GIVEN, "text": "نصّي", "seen": "0"})
        assert answer.status_code == 409
        assert 'name="seen" value="0"' in answer.content.decode()
    assert Dispatch.objects.get().draft.text == "نصّ الزميل"


@pytest.mark.parametrize("seen", ["abc", "²", "9" * 5000, ""])
def test_a_page_that_is_incomplete_is_refused(editor: Client, seen: str) -> None:
    item = _item(editor)
    assert editor.post(f"/desk/d/{item.public_id}/write", {**GIVEN, "text": "س", "seen": seen}).status_code == 400
    assert editor.post(f"/desk/d/{item.public_id}/publish", {"seen": seen}).status_code == 400


def test_what_was_typed_is_kept_when_the_session_has_ended(editor: Client) -> None:
    editor.logout()
    answer = editor.post("/desk/new", {**GIVEN, "text": "نصّ طويل لا يضيع"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert html.count("نصّ طويل لا يضيع") == 2
    assert 'name="sections"' in html


def test_what_was_typed_is_kept_when_the_page_has_expired(newsroom: object) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("editor", password="long enough"))
    answer = client.post("/desk/new", {**GIVEN, "text": "نصّ طويل لا يضيع"})
    assert answer.status_code == 403
    assert "نصّ طويل لا يضيع" in answer.content.decode()


def test_wrong_passwords_are_slowed_down(client: Client, newsroom: object) -> None:
    cache.clear()
    User.objects.create_user("editor", password="long enough")
    for _try in range(5):
        assert client.post("/desk/login", {"username": "editor", "password": "no"}).status_code == 200
    right = {"username": "editor", "password": "long enough"}
    answer = client.post("/desk/login", right)
    assert answer.status_code == 429
    assert "خمس دقائق" in answer.content.decode()
    cache.clear()
    assert client.post("/desk/login", right).status_code == 302


def test_what_was_taken_down_is_not_shown_on_the_desk(editor: Client) -> None:
    item = _item(editor)
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    editor.post(f"/desk/d/{item.public_id}/takedown", {"seen": 1, "reason": "حكم قضائي"})
    for path in (f"/desk/d/{item.public_id}", "/desk/", "/desk/?q=عنوان", "/desk/board", "/desk/board/2"):
        html = editor.get(path).content.decode()
        assert "السوق مفتوح" not in html
        assert '"headline" dir="auto">عنوان' not in html


def test_a_stale_verb_is_refused_in_words(editor: Client) -> None:
    item = _item(editor)
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    answer = editor.post(f"/desk/d/{item.public_id}/kill", {"seen": 0, "reason": "خطأ"})
    assert answer.status_code == 409
    assert "تغيّرت المادة" in answer.content.decode()
    assert "خطأ" in answer.content.decode()


def test_correct_kill_and_the_history(editor: Client) -> None:
    item = _item(editor)
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    assert editor.get(f"/desk/d/{item.public_id}/write").headers["Location"].endswith("/correct")
    assert editor.get(f"/desk/d/{item.public_id}/correct").status_code == 200
    corrected = {**GIVEN, "text": "السوق مغلق.", "note": "مغلق", "seen": 1}
    assert editor.post(f"/desk/d/{item.public_id}/correct", corrected).status_code == 302
    assert editor.post(f"/desk/d/{item.public_id}/kill", {"seen": 2, "reason": "خطأ"}).status_code == 302
    html = editor.get(f"/desk/d/{item.public_id}").content.decode()
    assert "ملغاة" in html
    assert editor.get(f"/desk/d/{item.public_id}/publish").status_code == 409


def test_a_reporter_is_told_to_ask_an_editor(client: Client, newsroom: object) -> None:
    client.force_login(User.objects.create_user("r", password="long enough", role="reporter"))
    item = _item(client)
    answer = client.get(f"/desk/d/{item.public_id}/publish")
    assert answer.status_code == 403
    assert "اطلب ذلك من محرّر" in answer.content.decode()


def test_pause_go_on_and_cancel(editor: Client, telegram: Lane) -> None:
    item = _item(editor)
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    release = Release.objects.get().pk
    for action in ("pause", "resume", "cancel"):
        assert editor.post(f"/desk/board/{release}/{action}").status_code == 302
    assert editor.post(f"/desk/board/{release}/explode").status_code == 404
    editor.post(f"/desk/lanes/{telegram.pk}/pause")
    telegram.refresh_from_db()
    assert telegram.paused


def test_the_board_asks_no_more_for_many_mailings_than_for_one(
    editor: Client, telegram: Lane, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        _item_published(editor, number)
    plan_all()
    with django_assert_max_num_queries(16):
        editor.get("/desk/board")


def _item_published(editor: Client, number: int) -> None:
    editor.post("/desk/new", {**GIVEN, "headline": f"عنوان {number}"})
    item = Dispatch.objects.order_by("-created_at")[0]
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})


def test_the_desk_speaks_english_when_asked(editor: Client) -> None:
    editor.post("/desk/language", {"language": "en", "next": "//evil.example/"})
    html = editor.get("/desk/").content.decode()
    assert '<html lang="en" dir="ltr">' in html
    assert "Dispatches" in html


def test_an_editor_sends_the_failed_again_and_a_reporter_cannot(editor: Client, whatsapp: Lane) -> None:
    someone = recipients.known(whatsapp, "967700000001", None)
    someone.status, someone.last_inbound_ms = "active", NOW
    someone.save()
    interests.ask_everything(someone)
    item = _item(editor)
    editor.post(f"/desk/d/{item.public_id}/publish", {"seen": 0})
    plan_all()
    send(whatsapp, answers=lambda _call: Refused("refused", "400"))
    Delivery.objects.update(changed_ms=1)
    page = f"/desk/board/{Release.objects.get().pk}"
    html = editor.get(page).content.decode()
    assert "أعد إرسال ما فشل (1)" in html
    assert "resend-unknown" not in html
    seen = html.split('name="seen" value="')[1].split('"')[0]
    assert editor.post(f"{page}/resend-failed").status_code == 400
    reporter = Client()
    reporter.force_login(User.objects.create_user("r", password="long enough", role="reporter"))
    assert reporter.post(f"{page}/resend-failed", {"seen": seen}).status_code == 403
    assert Delivery.objects.get().state == "failed"
    assert editor.post(f"{page}/resend-failed", {"seen": seen}).status_code == 302
    assert Delivery.objects.get().state == "planned"
    editor.post(f"{page}/cancel")
    Delivery.objects.update(state="failed")
    assert editor.post(f"{page}/resend-failed", {"seen": seen}).status_code == 409
