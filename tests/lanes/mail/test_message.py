"""What a reader's mail program gets: directions, subjects, threads, and the way out."""

import re
from dataclasses import replace
from email.header import decode_header

import pytest

from barqia.delivery.lane import Address, SentPart, Skip
from barqia.delivery.links import Purpose, opened
from barqia.lanes.email import Email
from barqia.lanes.email.addresses import bounced_tag, leaving_recipient
from barqia.lanes.email.page import CLASSES
from barqia.rendering import Act, AnswerText, Picture
from lanes.mail.given import LANE, NOW, SITE, STORY, body_of, call_of, mail_of, with_settings


def test_every_element_that_clients_keep_says_right_to_left() -> None:
    html = body_of(mail_of(), "html")
    assert '<html lang="ar" dir="rtl">' in html
    assert '<body lang="ar" dir="rtl"' in html
    # the one that Gmail and Outlook keep, with the style for those that drop `dir`
    assert re.search(r'<div lang="ar" dir="rtl" style="[^"]*text-align:right;direction:rtl', html)
    english = body_of(mail_of(replace(STORY, language="en")), "html")
    assert re.search(r'<div lang="en" dir="ltr" style="[^"]*text-align:left', english)


def test_no_client_shows_words_of_the_light_page_on_a_dark_ground() -> None:
    """Both colours are written out; where the sheet is kept every colour of the page has one for the dark."""
    for message in (mail_of(), mail_of(act=Act.CORRECT), mail_of(replace(STORY, urgency=1)), mail_of(act=Act.KILL)):
        html = body_of(message, "html")
        assert re.search(r"<body [^>]*background:#ffffff", html)
        assert re.search(r'<div [^>]*color:#1b1b1b;background:#ffffff;" class="mail"', html)
        for colour, name in CLASSES.items():
            for found in re.findall(rf"<[^>]*[^-]color:{colour};[^>]*>", html):
                assert f'class="{name}"' in found, found


def test_plain_text_reads_right_by_itself() -> None:
    plain = body_of(mail_of(), "plain")
    assert plain.startswith("افتتاح جسر")
    assert "دمشق ـ ورقة — فتح الجسر صباح السبت." in plain
    assert "\u200fBridge" in plain, "a paragraph that begins with a Latin word"
    assert "\u20660944-000-111\u2069" in plain, "a telephone number within Arabic"
    assert plain.index("https://t.me/paper") < plain.index("إلغاء الاشتراك")


def test_an_arabic_subject_comes_back_as_it_was_and_no_word_of_it_is_torn() -> None:
    raw = call_of().body
    assert raw.isascii()
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if b"=?" in line)
    assert mail_of()["Subject"] == STORY.headline
    for word in re.findall(rb"=\?utf-8\?b\?[^?]*\?=", head):
        assert len(word) <= 75
        decode_header(word.decode())[0][0].decode("utf-8")


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: x@evil.example", "\nX-Evil: 1", "\r\n\r\n<b>body</b>", "\u2028X: 1", "\0", "\x85Bcc: x"]
)
def test_no_header_comes_from_a_headline(evil: str) -> None:
    message = mail_of(replace(STORY, headline=f"عنوان{evil}"))
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert str(message["Subject"]).startswith("عنوان")
    assert "<b>" not in body_of(message, "html")
    answer = mail_of(AnswerText(f"جواب{evil}"))
    assert (answer["Bcc"], answer["X-Evil"]) == (None, None)


@pytest.mark.parametrize(
    "address",
    ["a@b\r\nRCPT TO:<x@evil.example>", "a b@c.example", "<a@b.example>", "a@b", "a@b.example>", "أ@ب.example"],
)
def test_an_address_that_a_server_would_read_otherwise_is_none(address: str) -> None:
    from barqia.delivery.lane import Job

    assert Email().render(Job(Act.SEND, STORY, Address(address), 640, NOW), LANE) == Skip("no_address")


def test_a_list_is_left_with_one_click_and_by_a_mail_and_only_with_our_mac() -> None:
    message = mail_of()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    web, mail = re.findall(r"<([^>]+)>", message["List-Unsubscribe"])
    token = web.removeprefix(f"{SITE}/unsubscribe/3/")
    assert opened(LANE.key, Purpose.LEAVE, token) == ("25",)
    assert int("25", 36) == 77
    assert leaving_recipient(LANE, mail) == 77
    assert leaving_recipient(LANE, mail.replace("+25.", "+26.")) is None
    assert leaving_recipient(replace(LANE, key=b"other" * 4), mail) is None
    assert opened(LANE.key, Purpose.CHOOSE, token) is None, "a link to leave is none to choose"
    assert message["List-Id"] == "<news.paper.example>"
    assert message["Precedence"] == "list"


def test_an_answer_is_no_list_mail_and_is_answered_by_no_machine() -> None:
    message = mail_of(AnswerText("أهلاً بك.\nhttps://news.paper.example/confirm/3/x"))
    assert message["Auto-Submitted"] == "auto-replied"
    assert (message["List-Id"], message["List-Unsubscribe"], message["Precedence"]) == (None, None, None)
    assert message["Subject"] == "أهلاً بك."
    assert '<a href="https://news.paper.example/confirm/3/x"' in body_of(message, "html")


def test_bounces_come_to_an_address_of_the_one_attempt() -> None:
    call = call_of(tag=123_456_789_012_345_678)
    assert call.mail is not None
    assert len(call.mail.sender.partition("@")[0]) <= 64
    assert bounced_tag(LANE, call.mail.sender.upper()) == 123_456_789_012_345_678
    assert bounced_tag(LANE, call.mail.sender.replace("bounces+", "bounces+1")) is None
    assert call.provider_id is not None
    assert mail_of(tag=123_456_789_012_345_678)["Message-ID"] == f"<{call.provider_id}>"


def test_a_correction_and_a_kill_are_in_the_thread_newest_first() -> None:
    earlier = (SentPart(0, "b.3@paper.example", NOW), SentPart(0, "a.3@paper.example", NOW))
    for act in (Act.CORRECT, Act.KILL):
        message = mail_of(replace(STORY, note="سبب"), act, earlier=earlier)
        assert message["In-Reply-To"] == "<b.3@paper.example>"
        assert message["References"] == "<a.3@paper.example> <b.3@paper.example>"
        assert str(message["Subject"]).startswith({Act.CORRECT: "تصويب | ", Act.KILL: "إلغاء برقية: "}[act])


def test_a_killed_text_and_its_picture_are_not_said_again() -> None:
    story = replace(STORY, note="خطأ", picture=None)
    message = mail_of(story, Act.KILL)
    assert "فتح الجسر صباح" not in body_of(message, "plain") + body_of(message, "html")
    shown = body_of(mail_of(replace(STORY, picture=Picture("1", f"{SITE}/d/abc/1.jpg", 'جسر "النهر"'))), "html")
    assert '<img src="https://news.paper.example/d/abc/1.jpg" alt="جسر &quot;النهر&quot;"' in shown


def test_urgent_news_says_so() -> None:
    assert mail_of(replace(STORY, urgency=1))["Importance"] == "high"
    assert str(mail_of(replace(STORY, urgency=1))["Subject"]).startswith("عاجل")
    assert mail_of()["Importance"] is None


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"security": "ssl"}, "security"),
        ({"security": "none", "host": "mail.example"}, "security"),
        ({"port": "0"}, "port"),
        ({"port": "70000"}, "port"),
        ({"address": "news"}, "address"),
        ({"address": "n@x.example\nX: 1"}, "address"),
        ({"from_name": "a\nb"}, "from_name"),
        ({"bounce_domain": "a b"}, "bounce_domain"),
        ({"list_id": "<x>"}, "list_id"),
        ({"imap_security": "none", "imap_host": "imap.example"}, "imap_security"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(settings: dict[str, str], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Email().terms({**LANE.settings, **settings})


def test_settings_change_what_goes_out() -> None:
    lane = with_settings(
        bounce_domain="b.paper.example",
        list_id="wire.paper.example",
        port="2525",
        security="starttls",
        from_name="الورقة",
    )
    call, message = call_of(lane=lane), mail_of(lane=lane)
    assert call.mail is not None
    assert call.url == "smtp://127.0.0.1:2525/paper.example"
    assert call.mail.starttls
    assert call.mail.sender.endswith("@b.paper.example")
    assert message["List-Id"] == "<wire.paper.example>"
    assert message["From"] == "الورقة <news@paper.example>"
    assert call_of(lane=with_settings(security="tls")).url == "smtps://127.0.0.1:465/paper.example"
    named = dict(Email().terms(lane.settings).notes)
    assert "b.paper.example TXT" in named["SPF"]
    assert "_dmarc.paper.example" in named["DMARC"]
