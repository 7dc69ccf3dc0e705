"""The lane, over the transport, to real mail servers: TLS, a login, connections used again, DKIM that holds."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import dkim
import pytest
import trustme
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from barqia.delivery.lane import Accepted, Call, Effect, LaneConfig, Refused, Reply
from barqia.delivery.transport.http import Answer, Http, NotSent
from barqia.lanes.email import Email
from delivery.hostile import tls
from lanes.mail.given import LANE, call_of, read, with_settings
from lanes.mail.servers import PASSWORD, USER, Mailbox, server


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    file = tmp_path_factory.mktemp("ca") / "authorities.pem"
    made = trustme.CA()
    made.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return made


@contextmanager
def running(controller: Controller) -> Iterator[int]:
    controller.start()
    try:
        yield controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()


def answers(*calls: Call) -> list[Answer]:
    async def made() -> list[Answer]:
        async with Http(5) as http:
            return [await http.call(call, 10) for call in calls]

    return asyncio.run(made())


def lane_to(port: int, security: str, password: str = PASSWORD) -> LaneConfig:
    secrets = {} if security == "none" else {"username": USER, "password": password}
    return replace(with_settings(port=str(port), security=security), secrets=secrets)


def test_mails_go_over_one_connection_and_arrive_as_they_were() -> None:
    mailbox = Mailbox()
    with running(server(mailbox)) as port:
        lane = lane_to(port, "none")
        made = [call_of(lane=lane, tag=640 * n) for n in range(1, 4)]
        assert [answer.status for answer in answers(*made) if isinstance(answer, Reply)] == [250, 250, 250]
    assert [envelope.original_content for envelope in mailbox.taken] == [call.body for call in made]
    assert mailbox.taken[0].mail_from == (made[0].mail and made[0].mail.sender)
    assert len(mailbox.sessions) == 1


@pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # it does not count TLS from the first byte
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_is_verified_and_the_login_goes_inside_it(authority: trustme.CA, security: str) -> None:
    mailbox = Mailbox()
    context = tls(authority.issue_cert("127.0.0.1"))
    made = server(mailbox, tls=context) if security == "starttls" else server(mailbox, implicit=context)
    with running(made) as port:
        (taken,) = answers(call_of(lane=lane_to(port, security)))
        assert isinstance(taken, Reply)
        assert Email().outcome(call_of(), taken) == Accepted(call_of().provider_id)
        (refused,) = answers(call_of(lane=lane_to(port, security, "wrong")))
        assert isinstance(refused, Reply)
        outcome = Email().outcome(call_of(), refused)
        assert isinstance(outcome, Refused)
        assert (outcome.reason, outcome.effect) == ("identity", Effect.STOP_LANE)
    assert len(mailbox.taken) == 1


def test_a_server_nobody_vouches_for_gets_no_password(authority: trustme.CA) -> None:
    mailbox = Mailbox()
    with running(server(mailbox, tls=tls(trustme.CA().issue_cert("127.0.0.1")))) as port:
        assert answers(call_of(lane=lane_to(port, "starttls"))) == [NotSent("certificate")]


def test_one_reader_who_is_refused_does_not_hold_up_the_next() -> None:
    mailbox = Mailbox()
    mailbox.refuses["reader@reader.example"] = "550 5.1.1 No such user"
    with running(server(mailbox)) as port:
        from barqia.delivery.lane import Address

        lane = lane_to(port, "none")
        refused, taken = answers(call_of(lane=lane), call_of(lane=lane, to=Address("other@reader.example")))
    assert isinstance(refused, Reply)
    assert Email().outcome(call_of(), refused) == Refused("no_mailbox", "550 5.1.1", Effect.BLOCKED)
    assert isinstance(taken, Reply)
    assert [envelope.rcpt_tos for envelope in mailbox.taken] == [["other@reader.example"]]


def test_lane_check_says_what_the_server_is_and_what_to_publish() -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with running(server(Mailbox())) as port:
        lane = replace(lane_to(port, "none"), secrets={"dkim_key": pem})
        lane = with_settings(lane, dkim_selector="s1")
        lines = {}
        for what, call in Email().check_calls(lane, ""):
            (reply,) = answers(call)
            assert isinstance(reply, Reply)
            lines[what] = Email().check_line(what, lane, reply)
    assert lines["server"].ok
    assert "s1._domainkey.paper.example TXT" in lines["DKIM"].detail
    wrong = replace(lane, secrets={"dkim_key": "no key"})
    assert not Email().check_line("DKIM", wrong, Reply(250, {"stage": "mail"}, b"")).ok


@pytest.mark.parametrize("form", ["PEM", "one line"])
def test_the_signature_holds_and_covers_the_way_out(form: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    given = text if form == "PEM" else "".join(text.splitlines()[1:-1])
    lane = replace(with_settings(dkim_selector="s1"), secrets={"dkim_key": given})
    line = Email().check_line("DKIM", lane, Reply(250, {"stage": "mail"}, b""))
    record = "".join(line.detail.partition(" TXT ")[2].split('"')[1::2]).encode()

    def dns(name: bytes | str, timeout: int = 5) -> bytes:
        assert (name.decode() if isinstance(name, bytes) else name) == "s1._domainkey.paper.example."
        return record

    mailbox = Mailbox()
    with running(server(mailbox)) as port:
        answers(call_of(lane=with_settings(lane, port=str(port))))
    raw = mailbox.taken[0].original_content
    assert isinstance(raw, bytes)
    assert dkim.verify(raw, dnsfunc=dns)
    signed = str(read(raw)["DKIM-Signature"]).lower()
    assert all(name in signed for name in ("list-unsubscribe", "list-unsubscribe-post", "from", "subject"))
    assert not dkim.verify(raw.replace(b"To: <reader@", b"To: <other@"), dnsfunc=dns)
    assert not dkim.verify(b"Subject: other\r\n" + raw, dnsfunc=dns)


def test_without_a_selector_nothing_is_signed() -> None:
    assert b"DKIM-Signature" not in call_of(lane=LANE).body
