"""A whole wire by e-mail: killed at work it loses nobody and repeats nothing; what follows a dispatch is in its thread."""

import re
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from flow.mail_sink import Sink
from flow.wire import Wire, wait_until
from inbox.imap_server import PASSWORD, USER, ImapServer
from inbox.mails import mail

READERS, ANSWERED, CONNECTIONS = 30, 10, 5
TEXT = "افتتاح سوق الوادي\n\nوادي الزيزفون-برقية\nقال مدير السوق سامي العامر إن السوق مفتوح.\n"
OPEN = "('planned','claimed','handing')"


def _wire(folder: Path, sink: Sink, imap: ImapServer, digest: str = "") -> Wire:
    made = Wire(folder)
    made.environment |= {"BARQIA_LANE_IMAP_USERNAME": USER, "BARQIA_LANE_IMAP_PASSWORD": PASSWORD}
    made.barqia("init", "--name-ar", "وكالة الاختبار", "--zone", "Asia/Damascus", "--editor", "editor")
    settings = (
        f"port={sink.port}",
        "host=127.0.0.1",
        "security=none",
        "address=news@paper.example",
        "imap_host=127.0.0.1",
        f"imap_port={imap.port}",
        "imap_security=none",
    )
    made.barqia(
        "lane",
        "add",
        "mail",
        "--kind",
        "email",
        "--rate",
        "200",
        *[part for one in settings for part in ("--set", one)],
    )
    lines = [f"mail,reader{number}@reader.example,,flow test,{digest}" for number in range(READERS)]
    file = made.data / "readers.csv"
    file.write_text("\n".join(["lane,address,sections,consent_source,digest", *lines]) + "\n", "utf-8")
    made.barqia("subscribers", "import", str(file))
    return made


def _settled(made: Wire) -> bool:
    return bool(made.rows("SELECT count(*) FROM delivery_delivery")[0][0]) and not made.rows(
        f"SELECT 1 FROM delivery_delivery WHERE state IN {OPEN}"
    )


@pytest.mark.faults
@pytest.mark.timeout(180)
def test_a_wire_killed_while_mails_are_under_way_repeats_none_and_its_end_reaches_all(tmp_path: Path) -> None:
    with Sink(ANSWERED) as sink, ImapServer() as imap:
        made = _wire(tmp_path, sink, imap)
        try:
            item = made.publish(TEXT)
            made.start()
            wait_until(lambda: len(sink.requests) == ANSWERED + CONNECTIONS, 20, what="mails without an answer")
            made.kill()
            sink.go.set()
            made.start()
            wait_until(lambda: _settled(made), what="the rest")
            states = Counter(state for (state,) in made.rows("SELECT state FROM delivery_delivery"))
            assert states["handed"] + states["unknown"] == READERS
            # answers that came in the moment before the kill may not have been committed
            assert CONNECTIONS <= states["unknown"] <= 2 * CONNECTIONS, states
            assert {len(found) for found in sink.mails().values()} == {1}
            assert len(sink.mails()) == READERS
            made.correct(item, TEXT.replace("مفتوح", "مفتوح منذ السبت"))
            made.barqia("kill", item, "--reason", "السوق لم يفتح")
            wait_until(
                lambda: (
                    all(str(found[-1]["Subject"]).startswith("إلغاء برقية") for found in sink.mails().values())
                    and _settled(made)
                ),
                what="the kill",
            )
            known = {row[0] for row in made.rows("SELECT provider_id FROM delivery_part")}
            for first, *_, last in sink.mails().values():
                if str(first["Message-ID"]).strip("<>") in known:
                    assert first["Message-ID"] in str(last["References"])
            _one_subscribes_by_word(made, sink, imap)
        finally:
            made.close()


@pytest.mark.faults
@pytest.mark.timeout(180)
def test_a_wire_killed_in_a_digest_sends_nobody_a_second_one_and_a_kill_reaches_all(tmp_path: Path) -> None:
    with Sink(ANSWERED) as sink, ImapServer() as imap:
        made = _wire(tmp_path, sink, imap, "yes")
        try:
            items = [made.publish(TEXT.replace("سوق", f"سوق {name}")) for name in ("القمح", "الزيت", "الصوف")]
            made.start()
            wait_until(lambda: made.rows("SELECT count(*) FROM delivery_delivery") == [(3 * READERS,)], 20, "the plan")
            made.kill()
            assert not sink.mails(), "it is not the hour of the digest"
            assert made.rows("SELECT DISTINCT mode, state FROM delivery_delivery") == [("digest", "planned")]
            hour_ago = int(time.time() * 1000) - 3_600_000
            for table in ("delivery_delivery", "delivery_chunk"):
                made.execute(f"UPDATE {table} SET not_before_ms=?", hour_ago)
            made.start()
            wait_until(lambda: len(sink.requests) == ANSWERED + CONNECTIONS, 20, what="mails without an answer")
            made.kill()
            sink.go.set()
            made.start()
            wait_until(lambda: _settled(made), what="the rest")
            assert {len(found) for found in sink.mails().values()} == {1}
            assert len(sink.mails()) == READERS
            alike = made.rows("SELECT recipient_id, count(DISTINCT state) FROM delivery_delivery GROUP BY recipient_id")
            assert {count for _recipient, count in alike} == {1}, "the items of one digest share its fate"
            states = Counter(state for (state,) in made.rows("SELECT state FROM delivery_delivery"))
            assert states["handed"] + states["unknown"] == 3 * READERS
            assert 3 * CONNECTIONS <= states["unknown"] <= 6 * CONNECTIONS, states
            made.barqia("kill", items[1], "--reason", "السوق لم يفتح")
            wait_until(lambda: {len(found) for found in sink.mails().values()} == {2}, what="the kill")
            for digest, kill in sink.mails().values():
                assert str(kill["Subject"]).startswith("إلغاء برقية")
                body = digest.get_body(("plain",))
                assert body is not None
                assert [body.get_content().count(f"سوق {name}") > 0 for name in ("القمح", "الزيت", "الصوف")] == [
                    True
                ] * 3
        finally:
            made.close()


def _one_subscribes_by_word(made: Wire, sink: Sink, imap: ImapServer) -> None:
    imap.messages = {1: mail("اشتراك", From="new@reader.example")}
    wait_until(lambda: "new@reader.example" in sink.mails(), what="the mail with the link")
    (asked,) = sink.mails()["new@reader.example"]
    body = asked.get_body(("plain",))
    assert body is not None
    (link,) = re.findall(r"http://\S+/confirm/\S+", body.get_content())
    with urllib.request.urlopen(urllib.request.Request(link, method="POST"), timeout=20) as page:
        assert page.status == 200
    assert made.rows("SELECT count(*) FROM subscribers_recipient WHERE status='active'") == [(READERS + 1,)]
