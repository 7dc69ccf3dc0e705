"""The sandbox's mail: taken as it comes, shown in threads, refused and cut as it is told, unsubscribed with one click."""

import asyncio
import re
import shlex
import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from barqia.sandbox.app import make_app

READER = "reader@example.org"


class Post:
    """A sandbox with a mail server, in the test's own loop."""

    def __init__(self, client: TestClient[web.Request, web.Application], port: int) -> None:
        self.client, self.port = client, port

    async def send(self, message: EmailMessage, to: str = READER) -> None:
        def sent() -> None:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as server:
                server.send_message(message, "bounce@paper.example", [to])

        await asyncio.to_thread(sent)

    async def got(self, path: str) -> str:
        async with self.client.get(path) as answer:
            assert answer.status == 200
            return await answer.text()

    async def rules(self, *rules: dict[str, Any], seed: int = 1) -> int:
        async with self.client.post("/sandbox/mail/rules", json={"rules": list(rules), "seed": seed}) as answer:
            return answer.status


def a_mail(subject: str, number: int, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "وكالة <news@paper.example>", READER, subject
    message["Message-ID"] = f"<{number}@paper.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"نصّ {subject}")
    message.add_alternative(f"<p dir=rtl>نصّ <b>{subject}</b></p><script>alert(1)</script>", subtype="html")
    return message


@pytest.fixture
def run(unused_tcp_port: int) -> Any:
    def run(walk: Any) -> None:
        async def inside() -> None:
            app = make_app(mail=("127.0.0.1", unused_tcp_port))
            async with TestClient(TestServer(app)) as client:
                await walk(Post(client, unused_tcp_port))

        asyncio.run(inside())

    return run


def test_mail_is_shown_in_threads_and_its_html_runs_nothing(run: Any) -> None:
    async def walk(post: Post) -> None:
        assert "لم يصل بريد" in await post.got("/mail")
        await post.send(a_mail("افتتاح السوق", 1))
        await post.send(a_mail("خبر آخر", 2))
        await post.send(a_mail("تصويب: افتتاح السوق", 3, References="<1@paper.example>"))
        page = await post.got(f"/mail/{READER}")
        threads = [re.findall(r"<h2[^>]*>([^<]*)</h2>", one) for one in page.split("<section>")[1:]]
        assert threads == [["افتتاح السوق", "تصويب: افتتاح السوق"], ["خبر آخر"]]
        assert "<script>" not in page
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
        async with post.client.get(f"/mail/{READER}") as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        async with post.client.get(f"/sandbox/mail/{READER.upper()}") as answer:
            mails = await answer.json()
        assert [mail["subject"] for mail in mails] == ["افتتاح السوق", "خبر آخر", "تصويب: افتتاح السوق"]
        assert (mails[0]["envelope"], mails[0]["text"].strip()) == ("bounce@paper.example", "نصّ افتتاح السوق")
        assert f'<bdi dir="ltr">{READER}</bdi> <b>3</b>' in await post.got("/mail")

    run(walk)


def test_mail_is_refused_put_off_and_cut_as_it_is_told(run: Any) -> None:
    async def walk(post: Post) -> None:
        grey = {"to": READER, "stage": "rcpt", "answer": "451 4.7.1 Greylisted", "times": 1}
        assert await post.rules(grey, {"stage": "data", "answer": "552 5.2.2 Mailbox full", "times": 1}) == 200
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            await post.send(a_mail("أ", 1))
        assert refused.value.recipients[READER] == (451, b"4.7.1 Greylisted")
        with pytest.raises(smtplib.SMTPDataError) as full:
            await post.send(a_mail("أ", 1))
        assert full.value.smtp_code == 552
        await post.send(a_mail("أ", 1))
        await post.rules({"cut": True, "times": 1})
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            await post.send(a_mail("ب", 2))
        async with post.client.get(f"/sandbox/mail/{READER}") as answer:
            assert [mail["subject"] for mail in await answer.json()] == ["أ", "ب"], "it was taken all the same"
        for bad in ({"stage": "quit"}, {"answer": "250 fine"}, {"unknown": 1}):
            assert await post.rules(bad) == 400

    run(walk)


def test_one_click_unsubscribes_where_it_is_offered(run: Any) -> None:
    async def walk(post: Post) -> None:
        asked: list[str] = []

        async def unsubscribe(request: web.Request) -> web.Response:
            asked.append((await request.post())["List-Unsubscribe"])  # type: ignore[arg-type]
            return web.Response()

        app = web.Application()
        app.add_routes([web.post("/out", unsubscribe)])
        async with TestServer(app) as site:
            where = str(site.make_url("/out"))
            offer = {"List_Unsubscribe": f"<mailto:out@paper.example>, <{where}>"}
            await post.send(a_mail("أ", 1, **offer, List_Unsubscribe_Post="List-Unsubscribe=One-Click"))
            await post.send(a_mail("ب", 2, **offer))
            async with post.client.post(f"/mail/{READER}/1/unsubscribe") as answer:
                assert "200" in await answer.text()
            async with post.client.post(f"/mail/{READER}/2/unsubscribe") as answer:
                assert answer.status == 404
        assert asked == ["One-Click"]
        async with post.client.post(f"/mail/{READER}/1/unsubscribe") as answer:
            assert "لم يجب الموقع" in await answer.text()

    run(walk)


def test_what_a_reader_writes_goes_into_the_pipe_with_bounces_and_complaints(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    taken = tmp_path / "taken"
    pipe = shlex.join(["sh", "-c", f"cat > {taken}; echo $0 >> {tmp_path / 'to'}", "${recipient}"])

    async def walk() -> None:
        app = make_app(mail=("127.0.0.1", unused_tcp_port), mail_pipe=pipe)
        async with TestClient(TestServer(app)) as client:
            post = Post(client, unused_tcp_port)
            await post.send(a_mail("خبر", 1, List_Unsubscribe="<https://paper.example/leave>"))
            form = {"to": "news@paper.example", "subject": "اشتراك", "text": "شكراً"}
            async with client.post(f"/mail/{READER}/write", data=form) as answer:
                assert "وصلت الرسالة" in await answer.text()
            word = read(taken)
            assert (word["From"], word["To"], word["Subject"]) == (READER, "news@paper.example", "اشتراك")
            assert word["In-Reply-To"] == "<1@paper.example>"
            async with client.post(f"/sandbox/mail/{READER}/bounce", json={"id": 1, "status": "5.2.2"}) as answer:
                assert await answer.json() == {"exit": 0}
            report = read(taken)
            assert (report.get_content_type(), report.get_param("report-type")) == (
                "multipart/report",
                "delivery-status",
            )
            assert report["To"] == "bounce@paper.example"
            assert "Status: 5.2.2" in taken.read_text()
            async with client.post(f"/mail/{READER}/1/unwanted") as answer:
                assert answer.status == 200
            report = read(taken)
            assert report.get_param("report-type") == "feedback-report"
            assert "List-Unsubscribe: <https://paper.example/leave>" in str(list(report.iter_parts())[2].get_content())
            assert (tmp_path / "to").read_text().split() == ["news@paper.example", *["bounce@paper.example"] * 2]
            async with client.post(f"/sandbox/mail/{READER}/write", json={"to": "nobody", "text": "x"}) as answer:
                assert answer.status in {200, 400}, "never a traceback"
            async with client.post(f"/sandbox/mail/{READER}/bounce", json={"id": 99}) as answer:
                assert answer.status == 404

    asyncio.run(walk())


def test_a_command_that_takes_nothing_is_told_and_without_one_nobody_is_offered_to_write(
    run: Any,
) -> None:
    async def walk() -> None:
        body = {"to": "a@b.example", "text": "x"}
        async with (
            TestClient(TestServer(make_app(mail_pipe="/nowhere/at/all"))) as client,
            client.post(f"/sandbox/mail/{READER}/write", json=body) as answer,
        ):
            assert await answer.json() == {"exit": 75}

    asyncio.run(walk())

    async def without(post: Post) -> None:
        await post.send(a_mail("خبر", 1))
        assert "اكتب إلى الوكالة" not in await post.got(f"/mail/{READER}")

    run(without)


def read(file: Path) -> EmailMessage:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
