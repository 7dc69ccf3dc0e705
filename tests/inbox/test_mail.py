"""Mail that comes in: nobody is subscribed by a made-up From:, nobody is lost by a made-up bounce."""

import re
from base64 import encodebytes
from quopri import encodestring

import pytest
from django.test import Client

from barqia.delivery.lane import LaneConfig
from barqia.delivery.lanes_db import lane_config
from barqia.delivery.models import Answer, Attempt, Delivery
from barqia.inbox.models import Update
from barqia.inbox.receive import receive
from barqia.subscribers import interests
from barqia.subscribers.models import Consent, Lane, Recipient
from barqia.subscribers.recipients import DAY_MS, FAILED_DAYS, OF_DAYS
from delivery.hand import NOW, plan_all, publish, reader, send
from inbox.mails import READER, bounce, complaint, mail, of_attempt, of_reader


@pytest.fixture
def lane(mail: Lane) -> Lane:
    return mail


@pytest.fixture
def config(lane: Lane) -> LaneConfig:
    return lane_config(lane)


def outcome() -> str:
    return Update.objects.order_by("-pk").values_list("outcome", flat=True)[0]


def link() -> str:
    """The path of the newest answer's link."""
    text = Answer.objects.order_by("-pk").values_list("text", flat=True)[0]
    (found,) = re.findall(r"https?://[^/]+(/\S+)", text)
    return str(found)


def status() -> str:
    return Recipient.objects.get().status


@pytest.mark.parametrize(
    "word",
    [
        mail("اشتراك"),
        mail("اشتراك", "مع التحية\r\n-- \r\nقارئ"),
        mail("", "اشتراك\r\n"),
        mail("Re: عاجل | خبر طويل عن جسر النهر", "اشتراك من فضلكم\r\n\r\n> من: الوكالة\r\n> نص"),
        mail("سؤال عن أخبار كثيرة جداً", "<style>p {}</style><p><b>اشتراك</b></p>", "html"),
        mail("subscribe"),
    ],
)
def test_a_word_subscribes_nobody_until_its_link_is_confirmed(lane: Lane, client: Client, word: bytes) -> None:
    receive(lane, word, NOW)
    assert (outcome(), status()) == ("subscribe_asked", "stranger")
    receive(lane, word, NOW)
    assert Answer.objects.count() == 1, "the same mail again asks nothing"
    assert client.get(link()).status_code == 200, "as a mail scanner opens it"
    assert status() == "stranger"
    assert client.post(link()).status_code == 200
    assert status() == "active"
    assert Consent.objects.get().action == "subscribe"
    assert Consent.objects.get().wording


def test_a_section_by_mail_is_added_to_those_asked_for(lane: Lane, client: Client) -> None:
    receive(lane, mail("أخبار سياسية"), NOW)
    client.post(link())
    receive(lane, mail("رياضة"), NOW + 1)
    client.post(link())
    assert set(interests.sections_of(Recipient.objects.get())) == {"politics", "sport"}


def test_leaving_by_word_is_confirmed_too(lane: Lane, client: Client) -> None:
    reader(lane, READER)
    receive(lane, mail("إلغاء"), NOW)
    assert status() == "active"
    client.get(link())
    assert status() == "active"
    client.post(link())
    assert status() == "unsubscribed"


def test_a_link_is_good_once_for_three_days_and_as_it_was_made(
    lane: Lane, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from barqia.public import subscribing

    monkeypatch.setattr(subscribing, "now_ms", lambda: NOW + DAY_MS)
    receive(lane, mail("اشتراك"), NOW)
    good = link()
    for wrong in (
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        good.replace("/confirm/", "/unsubscribe/"),
        "/confirm/1/x",
        "/confirm/999/x.y",
    ):
        assert client.post(wrong).status_code in {404, 410}
    assert status() == "stranger"
    monkeypatch.setattr(subscribing, "now_ms", lambda: NOW + 4 * DAY_MS)
    assert client.post(good).status_code == 410
    monkeypatch.setattr(subscribing, "now_ms", lambda: NOW + DAY_MS)
    assert client.post(good).status_code == 200
    receive(lane, mail("إلغاء", "ثانية"), NOW + 2 * DAY_MS)
    client.post(link())
    assert client.post(good).status_code == 410, "an old link undoes nothing that was decided since"
    assert status() == "unsubscribed"


def test_mail_that_asks_nothing_is_not_answered(lane: Lane) -> None:
    for one in (
        mail("عرض رائع لك", "اشتر الآن"),
        mail("إلغاء"),
        mail("مساعدة"),
        mail("اشتراك", Auto_Submitted="auto-replied"),
        mail("اشتراك", Precedence="bulk"),
        mail("اشتراك", List_Id="<other.example>"),
        mail("اشتراك", X_Auto_Response_Suppress="All"),
        mail("اشتراك", Return_Path="<>"),
        mail("اشتراك", From="news@paper.example"),
        mail("اشتراك", From=f"{READER}, other@reader.example"),
        mail("اشتراك", From=""),
        mail("اشتراك", To="someone@else.example"),
        mail("Out of office: اشتراك", Auto_Submitted="auto-generated"),
        b"\xff\xfe\x00",
        b"",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n",
    ):
        receive(lane, one, NOW)
    assert not Answer.objects.exists()
    assert not Recipient.objects.exists(), "spam leaves no rows behind"


def test_a_made_up_sender_is_not_written_to_for_ever(lane: Lane) -> None:
    for number in range(6):
        receive(lane, mail("اشتراك", f"{number}"), NOW + number)
    assert Answer.objects.count() == 3
    assert outcome() == "too_often"
    receive(lane, mail("اشتراك", "بعد يوم"), NOW + DAY_MS + 10)
    assert Answer.objects.count() == 4


def sent_tag(lane: Lane) -> int:
    """One dispatch handed over; the attempt's id."""
    reader(lane, READER)
    publish()
    plan_all()
    from barqia.delivery.lane import Accepted

    assert len(send(lane, answers=lambda call: Accepted(call.provider_id))) == 1
    return Attempt.objects.get().pk


def test_a_bounce_fails_the_delivery_and_unsubscribes_whose_mailbox_is_none(lane: Lane, config: LaneConfig) -> None:
    tag = sent_tag(lane)
    receive(lane, bounce(of_attempt(config, tag)), NOW + 9000)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason, delivery.sent_twice) == ("failed", "no_mailbox", False)
    reader_ = Recipient.objects.get()
    assert (reader_.status, reader_.status_reason) == ("blocked", "no_mailbox")


def test_a_bounce_that_proves_nothing_changes_nothing(lane: Lane, config: LaneConfig) -> None:
    tag = sent_tag(lane)
    right = of_attempt(config, tag)
    for to in (
        right.replace("bounces+", "bounces+1"),
        right[:-20] + "@paper.example",
        "news@paper.example",
        of_reader(config, 1),
        READER,
    ):
        receive(lane, bounce(to), NOW)
    receive(lane, bounce(right, "delayed", "4.4.1", "connection timed out"), NOW)
    receive(lane, bounce(right, "relayed", "2.0.0", "passed on"), NOW)
    receive(lane, mail("أنا في إجازة", To=right, Auto_Submitted="auto-replied"), NOW)
    assert Delivery.objects.get().state == "handed"
    assert status() == "active"


def test_a_bounce_of_a_relay_tells_what_the_last_server_said(lane: Lane, config: LaneConfig) -> None:
    tag = sent_tag(lane)
    receive(lane, bounce(of_attempt(config, tag), status="5.0.0", said="550 5.2.2 mailbox is full"), NOW)
    assert (Delivery.objects.get().reason, status()) == ("mailbox_full", "active")


def test_a_success_report_says_that_it_was_delivered(lane: Lane, config: LaneConfig) -> None:
    tag = sent_tag(lane)
    receive(lane, bounce(of_attempt(config, tag), "delivered", "2.1.5", "250 ok"), NOW)
    assert Delivery.objects.get().state == "delivered"


def test_a_full_mailbox_is_left_after_some_days_and_not_after_one(lane: Lane) -> None:
    from barqia.subscribers.recipients import took_nothing

    of = reader(lane, READER)
    for _ in range(10):
        took_nothing(of, "mailbox_full", NOW)
    assert status() == "active", "ten dispatches on one day are one day"
    for day in range(1, FAILED_DAYS - 1):
        took_nothing(of, "mailbox_full", NOW + day * DAY_MS)
    assert status() == "active"
    took_nothing(of, "mailbox_full", NOW + (OF_DAYS + 1) * DAY_MS)
    assert status() == "active", "the first days are long ago"
    for day in range(OF_DAYS + 2, OF_DAYS + 1 + FAILED_DAYS):
        took_nothing(of, "mailbox_full", NOW + day * DAY_MS)
    assert (status(), Recipient.objects.get().status_reason) == ("blocked", "mailbox_full")


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_who_complains_gets_nothing_more(lane: Lane, config: LaneConfig, original: str) -> None:
    of = reader(lane, READER)
    receive(lane, complaint(of_reader(config, of.pk + 1).replace("+", "+z"), original), NOW)
    assert status() == "active"
    receive(lane, complaint(of_reader(config, of.pk), original), NOW)
    assert (status(), Recipient.objects.get().status_reason) == ("unsubscribed", "complaint")
    assert Consent.objects.get().source == "complaint"


def test_a_mail_to_the_readers_own_address_leaves_at_once(lane: Lane, config: LaneConfig) -> None:
    of = reader(lane, READER)
    receive(lane, mail("unsubscribe", To=of_reader(config, of.pk), From="another@program.example"), NOW)
    assert status() == "unsubscribed"
    receive(lane, mail("unsubscribe", "again", To=of_reader(config, of.pk)), NOW)
    assert Consent.objects.count() == 1


def test_a_bounced_reader_who_confirms_again_is_back(lane: Lane, client: Client) -> None:
    of = reader(lane, READER)
    Recipient.objects.filter(pk=of.pk).update(status="blocked", status_reason="no_mailbox")
    receive(lane, mail("اشتراك"), NOW)
    assert status() == "blocked"
    client.post(link())
    assert status() == "active"


def test_a_word_asks_for_the_digest_and_another_for_news_as_it_comes(lane: Lane, client: Client) -> None:
    receive(lane, mail("النشرة اليومية"), NOW)
    assert outcome() == "digest_asked"
    assert "النشرة اليومية" in Answer.objects.get().text
    client.post(link())
    assert Recipient.objects.values_list("status", "digest").get() == ("active", True)
    # a section by word changes what comes, and not how
    receive(lane, mail("سياسة", Message_ID="<2@reader.example>"), NOW + 1000)
    client.post(link())
    reader_now = Recipient.objects.get()
    assert (reader_now.digest, interests.sections_of(reader_now)) == (True, ["politics"])
    receive(lane, mail("فوري", Message_ID="<3@reader.example>"), NOW + 2000)
    client.post(link())
    reader_now = Recipient.objects.get()
    assert (reader_now.digest, interests.sections_of(reader_now)) == (False, ["politics"])


def test_help_by_mail_tells_of_the_digest(lane: Lane) -> None:
    reader(lane, READER)
    receive(lane, mail("مساعدة"), NOW)
    assert "«نشرة»" in Answer.objects.get().text


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_complaint_whose_headers_were_encoded_for_the_journey_is_understood(lane: Lane, encoding: str) -> None:
    of = reader(lane, READER)
    plain = complaint(of_reader(lane_config(lane), of.pk), "text/rfc822-headers").decode()
    head, _, rest = plain.rpartition("Content-Type: text/rfc822-headers\r\n\r\n")
    headers, _, end = rest.rpartition("--c--")
    encode = encodebytes if encoding == "base64" else encodestring
    part = f"Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    body = (head + part).encode() + encode(headers.encode()).replace(b"\n", b"\r\n") + b"\r\n--c--\r\n"
    assert end == "\r\n"
    receive(lane, body, NOW)
    assert status() == "unsubscribed"
