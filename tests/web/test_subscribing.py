"""Subscribing on the site: no script, no cookie, nothing said of who is known, nothing done by a GET."""

import re

import pytest
from django.test import Client

from barqia.delivery.lanes_db import lane_config
from barqia.delivery.links import Purpose, in_36, link
from barqia.delivery.models import Answer
from barqia.subscribers import interests
from barqia.subscribers.models import Lane, Recipient
from delivery.hand import reader

pytestmark = pytest.mark.usefixtures("mail")
ADDRESS = "reader@reader.example"


@pytest.fixture
def strict() -> Client:
    """As a browser that keeps no cookies, with the CSRF check on."""
    return Client(enforce_csrf_checks=True)


def path_to(lane: Lane, purpose: Purpose, recipient: Recipient) -> str:
    return link("", lane.pk, lane_config(lane).key, purpose, in_36(recipient.pk))


def asked_link() -> str:
    (found,) = re.findall(r"https?://[^/]+(/\S+)", Answer.objects.order_by("-pk")[0].text)
    return str(found)


def test_the_form_the_mail_and_the_page_lead_to_a_subscription(strict: Client) -> None:
    html = strict.get("/subscribe/").content.decode()
    assert '<html lang="ar" dir="rtl">' in html
    assert "<script" not in html
    answer = strict.post(
        "/subscribe/", {"address": f" {ADDRESS.title()} ", "section": ["politics", "sport", "nowhere"]}
    )
    assert answer.status_code == 200
    assert Recipient.objects.get().status == "stranger"
    page = strict.get(asked_link())
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert Recipient.objects.get().status == "stranger"
    assert strict.post(asked_link()).status_code == 200
    assert Recipient.objects.get().status == "active"
    assert set(interests.sections_of(Recipient.objects.get())) == {"politics", "sport"}


def test_nothing_tells_whether_an_address_is_known(strict: Client, mail: Lane) -> None:
    reader(mail, ADDRESS)
    known = strict.post("/subscribe/", {"address": ADDRESS})
    unknown = strict.post("/subscribe/", {"address": "nobody@reader.example"})
    assert known.content == unknown.content
    for _ in range(3):
        strict.post("/subscribe/", {"address": ADDRESS})
    assert strict.post("/subscribe/", {"address": ADDRESS}).content == unknown.content, (
        "also when it had enough of them"
    )
    assert Answer.objects.filter(recipient_id=Recipient.objects.order_by("pk")[0].pk).count() == 3


def test_a_client_that_sends_many_forms_is_asked_to_wait(strict: Client) -> None:
    for number in range(10):
        assert strict.post("/subscribe/", {"address": f"r{number}@reader.example"}).status_code == 200
    assert strict.post("/subscribe/", {"address": "r11@reader.example"}).status_code == 429
    assert strict.post("/subscribe/", {"address": "r11@reader.example"}, REMOTE_ADDR="198.51.100.7").status_code == 200
    assert Answer.objects.count() == 11


def test_neighbours_of_one_ipv6_network_are_one_client(strict: Client) -> None:
    for number in range(10):
        strict.post("/subscribe/", {"address": f"r{number}@reader.example"}, REMOTE_ADDR=f"2001:db8::{number}")
    assert strict.post("/subscribe/", {"address": "x@reader.example"}, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert strict.post("/subscribe/", {"address": "x@reader.example"}, REMOTE_ADDR="2001:db8:1::1").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["", "x", "a@b", "a b@c.example", "a@b.example\r\nBcc: c@d.example", "<a@b.example>", "a" * 300 + "@b.example"],
)
def test_what_is_no_address_comes_back_as_it_was_typed(strict: Client, address: str) -> None:
    answer = strict.post("/subscribe/", {"address": address, "section": "sport"})
    assert answer.status_code == 400
    assert 'value="sport" checked' in answer.content.decode()
    assert not Answer.objects.exists()


def test_one_click_leaves_and_a_scanner_does_not(strict: Client, mail: Lane) -> None:
    of = reader(mail, ADDRESS)
    path = path_to(mail, Purpose.LEAVE, of)
    assert strict.get(path).status_code == 200
    assert Recipient.objects.get().status == "active"
    # as RFC 8058 has mail programs send it
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Recipient.objects.get().status == "unsubscribed"
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200, "again it is well too"


def test_a_link_of_one_purpose_or_lane_is_none_of_another(strict: Client, mail: Lane) -> None:
    of = reader(mail, ADDRESS)
    choose = path_to(mail, Purpose.CHOOSE, of)
    for wrong in (
        choose.replace("/choose/", "/unsubscribe/"),
        choose.replace(f"/{mail.pk}/", f"/{mail.pk + 1}/"),
        choose[:-1],
        "/unsubscribe/1/x",
    ):
        assert strict.post(wrong).status_code in {404, 410}
    assert Recipient.objects.get().status == "active"


def test_sections_are_chosen_by_link_and_an_old_message_brings_nobody_back(strict: Client, mail: Lane) -> None:
    of = reader(mail, ADDRESS)
    path = path_to(mail, Purpose.CHOOSE, of)
    assert strict.post(path, {"section": ["politics"]}).status_code == 200
    assert interests.sections_of(of) == ["politics"]
    assert 'value="politics" checked' in strict.get(path).content.decode()
    strict.post(path, {})
    assert interests.sections_of(of) == []
    assert of.subscriptions.count() == 1, "none marked is everything"
    Recipient.objects.update(status="unsubscribed")
    assert strict.post(path, {"section": ["politics"]}).status_code == 409
    assert Recipient.objects.get().status == "unsubscribed"


def test_english_has_its_own_pages_and_mail(strict: Client) -> None:
    assert '<html lang="en" dir="ltr">' in strict.get("/en/subscribe/").content.decode()
    strict.post("/en/subscribe/", {"address": ADDRESS})
    assert Answer.objects.get().text.startswith("Confirm your subscription to Test Agency")
    assert asked_link().startswith("/en/confirm/")
    assert "Confirm" in strict.get(asked_link()).content.decode()


def test_without_a_mail_lane_there_is_no_form(strict: Client, mail: Lane) -> None:
    assert 'href="/subscribe/"' in strict.get("/follow/").content.decode()
    Lane.objects.update(active=False)
    assert strict.get("/subscribe/").status_code == 404
    assert 'href="/subscribe/"' not in strict.get("/follow/").content.decode()


def test_the_form_asks_whether_at_once_or_once_a_day_and_the_confirmed_page_says_which(
    strict: Client, mail: Lane
) -> None:
    mail.settings["digest_at"] = "07:30"
    mail.save()
    html = strict.get("/subscribe/").content.decode()
    assert "07:30" in html
    wrong = strict.post("/subscribe/", {"address": "nobody", "how": "digest"}).content.decode()
    assert re.search(r'value="digest" checked', wrong), "what was chosen stays chosen"
    strict.post("/subscribe/", {"address": ADDRESS, "how": "digest"})
    assert "07:30" in strict.get(asked_link()).content.decode()
    strict.post(asked_link())
    assert Recipient.objects.get().digest


def test_a_reader_changes_to_a_digest_and_back_by_the_link_of_a_mail(strict: Client, mail: Lane) -> None:
    path = path_to(mail, Purpose.CHOOSE, reader(mail, ADDRESS))
    assert "18:00" in strict.post(path, {"section": ["politics"], "how": "digest"}).content.decode()
    changed = Recipient.objects.get()
    assert (changed.digest, interests.sections_of(changed)) == (True, ["politics"])
    assert re.search(r'value="digest" checked', strict.get(path).content.decode())
    strict.post(path, {"section": ["politics"], "how": "at_once"})
    assert not Recipient.objects.get().digest
