"""A day's digest as its reader's mail program gets it."""

import re
from dataclasses import replace

from barqia.lanes.email.digest import BEGINNING, FULL
from barqia.rendering import Digest, Story
from lanes.mail.given import SITE, STORY, body_of, mail_of

DAY = "الثلاثاء 24 تشرين الثاني 2026"


def stories(count: int) -> tuple[Story, ...]:
    return tuple(
        replace(STORY, headline=f"خبر رقم {number}", link=f"{SITE}/d/n{number}", paragraphs=(f"متن {number}.",))
        for number in range(count)
    )


def test_each_item_leads_to_its_page_and_the_day_stands_above_them() -> None:
    message = mail_of(digest=Digest(stories(3), DAY))
    html, plain = body_of(message, "html"), body_of(message, "plain")
    assert DAY in html
    assert plain.splitlines()[0] == f"نشرة اليوم — {DAY}"
    assert [f"{SITE}/d/n{number}" in html and f"{SITE}/d/n{number}" in plain for number in range(3)] == [True] * 3
    assert html.count("متن 1.") == plain.count("متن 1.") == 1
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["In-Reply-To"] is None


def test_a_long_day_ends_in_headlines_so_that_no_mail_program_cuts_it() -> None:
    message = mail_of(digest=Digest(stories(200), DAY))
    html = body_of(message, "html")
    assert f"متن {FULL - 1}." in html
    assert f"متن {FULL}." not in html
    assert f"{SITE}/d/n199" in html
    assert len(html.encode()) < 100_000


def test_a_day_of_one_item_does_not_promise_more() -> None:
    assert mail_of(digest=Digest(stories(1), DAY))["Subject"] == "نشرة اليوم: خبر رقم 0"


def test_a_long_beginning_ends_between_two_words_and_an_item_in_english_stands_left_to_right() -> None:
    long = replace(STORY, paragraphs=("كلمة " * 200,))
    english = replace(STORY, headline="Bridge <opens>", language="en", paragraphs=("It & more.",), dateline="")
    html = body_of(mail_of(digest=Digest((long, english), DAY)), "html")
    assert re.search(r"كلمة … <a", html)
    assert html.count("كلمة") <= BEGINNING // 5 + 1
    assert re.search(r'<div lang="en" dir="ltr" style="text-align:left;"><h2 ', html)
    assert "Bridge &lt;opens&gt;" in html
    assert "It &amp; more." in html


def test_a_flash_of_the_day_is_marked() -> None:
    flash = replace(STORY, urgency=1)
    assert "عاجل | افتتاح" in body_of(mail_of(digest=Digest((flash,), DAY)), "plain")
