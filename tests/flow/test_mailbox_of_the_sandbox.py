"""A reader's whole life by mail, in the sandbox's mailboxes: a word, the link, the news, a complaint; a mailbox that ends."""

import re
import urllib.request
from pathlib import Path

import pytest

from flow.wire import Wire, free_port, wait_until

LIST, REEM, SAMI = "news@paper.example", "reem@reader.example", "sami@reader.example"
TEXT = "افتتاح سوق الوادي\n\nوادي الزيزفون-برقية\nقال مدير السوق سامي العامر إن السوق مفتوح.\n"


def _post(url: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=20) as page:
        assert page.status == 200


def _subscribe(made: Wire, reader: str) -> None:
    assert made.sandbox.write_mail(reader, LIST, "اشتراك") == 0
    wait_until(lambda: made.sandbox.mails(reader), 20, "the mail with the link")
    (link,) = re.findall(r"http://\S+/confirm/\S+", made.sandbox.mails(reader)[0]["text"])
    _post(link)


@pytest.mark.timeout(180)
def test_words_bounces_and_complaints_come_through_the_mail_servers_pipe(tmp_path: Path) -> None:
    made = Wire(tmp_path, smtp_port=free_port(), mail_lane="mail")
    try:
        made.set_up()
        settings = ["host=127.0.0.1", f"port={made.smtp_port}", "security=none", f"address={LIST}"]
        made.barqia("lane", "add", "mail", "--kind", "email", *[part for one in settings for part in ("--set", one)])
        made.start()
        wait_until(made.listens, 30, "the site")
        for reader in (REEM, SAMI):
            _subscribe(made, reader)
        made.publish(TEXT, "--wait")
        assert made.states() == {"handed": 2}
        news = {reader: made.sandbox.mails(reader)[-1] for reader in (REEM, SAMI)}
        assert all("افتتاح سوق الوادي" in mail["subject"] for mail in news.values())

        assert made.sandbox.complain(REEM, news[REEM]["id"]) == 0
        assert made.sandbox.bounce(SAMI, news[SAMI]["id"], "5.1.1") == 0
        readers = "SELECT status, status_reason FROM subscribers_recipient ORDER BY id"
        assert made.rows(readers) == [("unsubscribed", "complaint"), ("blocked", "no_mailbox")]
        assert made.states() == {"handed": 1, "failed": 1}
        made.publish(TEXT.replace("مفتوح", "مغلق"), "--wait")
        assert [len(made.sandbox.mails(reader)) for reader in (REEM, SAMI)] == [2, 2], "nobody gets more"
    finally:
        made.close()
