"""The menu: a tap acts once, on the present state, and never subscribes who did not ask."""

import json

from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Call
from barqia.delivery.models import Answer
from barqia.inbox.receive import receive
from barqia.subscribers.models import Consent, Lane, Recipient
from barqia.wire.models import Section
from delivery import hand
from inbox.chat import Reader


def send(lane: Lane) -> list[Call]:
    return hand.send(lane, now_ms() + 1)


def test_a_tap_changes_what_the_reader_gets_and_marks_it(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    reader.say("الأقسام")
    assert [label for label, chosen in reader.menu.items() if chosen] == ["كلّ الأخبار"]
    reader.tap(reader.line("سياسة"))
    assert reader.asked == {("section", "politics")}
    assert [label for label, chosen in reader.menu.items() if chosen] == ["سياسة"]
    reader.tap(reader.line("سياسة"))
    assert reader.asked == set()
    assert "لا يصلك خبر" in reader.answer.text
    assert [(c.action, c.source) for c in Consent.objects.order_by("pk")[1:]] == [("change", "tap"), ("change", "tap")]


def test_the_menu_is_drawn_anew_in_place_and_the_tap_answered_first(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    reader.say("sections")
    send(telegram)
    reader.tap(reader.line("Politics"), message=77)
    answered, drawn = send(telegram)
    assert answered.url.endswith("/answerCallbackQuery")
    assert answered.aside
    assert "Politics" in json.loads(answered.body)["text"]
    assert drawn.url.endswith("/editMessageText")
    body = json.loads(drawn.body)
    assert body["message_id"] == 77
    assert ["✓ Politics" in row[0]["text"] for row in body["reply_markup"]["inline_keyboard"]].count(True) == 1


def test_two_taps_at_once_both_draw_the_state_after_the_second(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    reader.say("الأقسام")
    send(telegram)
    politics, field = reader.line("سياسة"), reader.line("ميداني")
    reader.tap(politics)
    reader.tap(field)
    drawn = [json.loads(call.body)["reply_markup"] for call in send(telegram) if "editMessage" in call.url]
    assert len(drawn) == 2
    assert drawn[0] == drawn[1]


def test_an_old_menu_acts_on_the_present_state(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("اشتراك")
    reader.say("الأقسام")
    politics = reader.line("سياسة")
    reader.tap(politics)
    reader.tap(politics)
    assert reader.asked == {("section", "politics")}, "added twice is added"
    reader.say("إلغاء")
    answer = reader.tap(politics) or ""
    assert (reader.row.status, reader.asked) == ("unsubscribed", set())
    assert "لست مشتركاً" in answer
    reader.tap(reader.line("سياسة"))
    assert (reader.row.status, reader.asked) == ("active", {("section", "politics")})


def test_a_menu_from_before_an_opt_out_does_not_subscribe_again(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("الأقسام")
    politics = reader.line("سياسة")
    reader.tap(politics)
    reader.say("إلغاء")
    reader.tap(politics)
    assert reader.row.status == "unsubscribed"


def test_a_tap_twice_acts_once_and_one_from_a_group_on_nobody(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("الأقسام")
    line = reader.line("سياسة")
    reader.tap(line)
    reader._update -= 1
    assert reader.tap(line) is None
    assert Reader(telegram, -100).tap(line, kind="supergroup") is None
    assert Recipient.objects.filter(kind="reader").count() == 1


def test_a_tap_on_nonsense_or_a_section_that_is_gone_only_draws(telegram: Lane) -> None:
    reader = Reader(telegram)
    reader.say("الأقسام")
    line = reader.line("سياسة")
    Section.objects.get(slug="politics").delete()
    for choice in (line, "0+s:nowhere", "x", "0+p:0123456789ab", "-1+e:", "0-e:", "9" * 64):
        assert reader.tap(choice) is not None
        assert (reader.row.status, reader.asked) == ("stranger", set())


def test_on_whatsapp_a_tap_on_the_list_is_answered_with_a_list(whatsapp: Lane) -> None:
    def bring(number: int, message: dict[str, object]) -> Answer:
        value = {
            "metadata": {"phone_number_id": "100200300"},
            "contacts": [{"wa_id": "963900000001"}],
            "messages": [{"id": f"wamid.{number}", "from": "963900000001", "timestamp": str(1000 + number), **message}],
        }
        receive(whatsapp, json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode())
        return Answer.objects.latest("pk")

    menu = bring(1, {"type": "text", "text": {"body": "الأقسام"}}).menu
    (politics,) = [line["id"] for line in menu["choices"] if line["label"] == "سياسة"]
    reply = {"type": "list_reply", "list_reply": {"id": politics, "title": "سياسة"}}
    answer = bring(2, {"type": "interactive", "interactive": reply})
    person = Recipient.objects.get()
    assert (person.status, person.last_inbound_ms) == ("active", 1_002_000)
    assert [line["label"] for line in answer.menu["choices"] if line["chosen"]] == ["سياسة"]
    bring(4, {"type": "text", "text": {"body": "إلغاء"}})
    bring(3, {"type": "interactive", "interactive": reply})
    assert Recipient.objects.get().status == "unsubscribed", "an older tap that comes late changes nothing"
