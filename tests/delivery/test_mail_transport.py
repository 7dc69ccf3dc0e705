"""SMTP over the one transport: what is said of a message, and whether a server that misbehaves may have it."""

import asyncio
import ssl

import pytest
import trustme

from barqia.delivery.lane import Call, Envelope, Reply
from barqia.delivery.transport.http import Answer, Http, Lost, NotSent
from delivery.hostile import Connection, Hostile, tls
from delivery.mail_server import CLOSE, EHLO, SILENCE, says
from delivery.transport import Transport

SHORT = 1.2
MESSAGE = b"Subject: x\r\n\r\nbody\r\n.dot\r\n"
LARGE = b"Subject: x\r\n\r\n" + b"a line of a large message\r\n" * 600_000


def a_mail(server: Hostile, message: bytes = MESSAGE, **about: object) -> Call:
    mail = Envelope("b@paper.example", "r@reader.example", **{"starttls": False, **about})  # type: ignore[arg-type]
    return Call(0, "send", "POST", f"smtp://127.0.0.1:{server.port}/paper.example", {}, message, mail=mail)


def a_question(server: Hostile) -> Call:
    url = f"smtp://127.0.0.1:{server.port}/paper.example"
    return Call(0, "send", "POST", url, {}, b"", mail=Envelope("", "", starttls=False))


REFUSALS: dict[str, tuple[dict[str, bytes], int, str, bytes]] = {
    "the greeting": ({"HELLO": b"554 5.7.1 you are on a list\r\n"}, 554, "hello", b"5.7.1 you are on a list"),
    "a greeting that is busy": ({"HELLO": b"421 4.3.2 busy\r\n"}, 421, "hello", b"4.3.2 busy"),
    "the sender": ({"MAIL": b"550 5.7.1 who are you\r\n"}, 550, "mail", b"5.7.1 who are you"),
    "the recipient": ({"RCPT": b"550-5.1.1 nobody\r\n550 5.1.1 here\r\n"}, 550, "rcpt", b"5.1.1 nobody 5.1.1 here"),
    "the recipient for now": ({"RCPT": b"451 4.7.1 greylisted\r\n"}, 451, "rcpt", b"4.7.1 greylisted"),
    "the data": ({"DATA": b"451 4.3.0 no disk\r\n"}, 451, "data", b"4.3.0 no disk"),
    "the message": ({"END": b"554 5.6.0 bad\r\n"}, 554, "end", b"5.6.0 bad"),
}


@pytest.mark.parametrize("refused", REFUSALS)
def test_a_refusal_comes_back_with_its_code_its_words_and_its_stage(transport: Transport, refused: str) -> None:
    answers, status, stage, said = REFUSALS[refused]
    with Hostile(says(answers)) as server:
        assert transport.answer(a_mail(server)) == Reply(status, {"stage": stage}, said)


def test_a_message_arrives_whole_with_its_dots(transport: Transport) -> None:
    with Hostile(says({})) as server:
        assert transport.answer(a_mail(server)) == Reply(250, {"stage": "end"}, b"2.0.0 queued")
        assert server.requests == [b"Subject: x\r\n\r\nbody\r\n..dot\r\n"]


def _cut(connection: Connection) -> None:
    """Greets, takes the beginning of a large message and resets."""
    says({"DATA": b"354 go on\r\n"})(_Forgetful(connection))


class _Forgetful(Connection):
    def __init__(self, of: Connection) -> None:
        self._server, self.socket, self.number = of._server, of.socket, of.number

    def send(self, data: bytes) -> None:
        super().send(data)
        if data.startswith(b"354"):
            self.socket.recv(1000)
            self.reset()


TROUBLE: dict[str, tuple[dict[str, bytes], Answer]] = {
    "closes without a word": ({"HELLO": CLOSE}, NotSent("cut")),
    "says nothing": ({"HELLO": SILENCE}, NotSent("timeout")),
    "speaks another language": ({"HELLO": b"SSH-2.0-OpenSSH_9.2\r\n"}, NotSent("timeout")),
    "closes at MAIL": ({"MAIL": CLOSE}, NotSent("cut")),
    "is silent at RCPT": ({"RCPT": SILENCE}, NotSent("timeout")),
    "closes at DATA": ({"DATA": CLOSE}, NotSent("cut")),
    "closes after the dot": ({"END": CLOSE}, Lost("cut")),
    "is silent after the dot": ({"END": SILENCE}, Lost("timeout")),
    "says garbage after the dot": ({"END": b"\xff\xfe\x00ok\r\n" * 3}, Lost("garbage")),
}


@pytest.mark.parametrize("server_", TROUBLE)
def test_only_after_the_final_dot_can_a_message_have_been_taken(transport: Transport, server_: str) -> None:
    answers, expected = TROUBLE[server_]
    with Hostile(says(answers)) as server:
        assert transport.answer(a_mail(server), seconds=SHORT) == expected


def test_a_message_that_broke_off_in_its_middle_was_not_taken(transport: Transport) -> None:
    with Hostile(_cut) as server:
        assert isinstance(transport.answer(a_mail(server, LARGE)), NotSent)


def test_a_connection_is_used_again_and_a_message_is_never_sent_twice(transport: Transport) -> None:
    with Hostile(says({})) as server:
        answers = transport.answers(*[a_mail(server)] * 3)
        assert [answer.status for answer in answers if isinstance(answer, Reply)] == [250] * 3
        assert (server.connections, len(server.requests)) == (1, 3)
    with Hostile(says({"END": CLOSE})) as server:
        assert transport.answer(a_mail(server)) == Lost("cut")
        assert len(server.requests) == 1


def test_a_server_that_counts_messages_gets_the_next_over_a_new_connection(transport: Transport) -> None:
    with Hostile(says({}, transactions=1)) as server:
        answers = transport.answers(*[a_mail(server)] * 3)
        assert [answer.status for answer in answers if isinstance(answer, Reply)] == [250] * 3
        assert (server.connections, len(server.requests)) == (3, 3)


def test_a_new_connection_that_is_refused_is_not_asked_for_ever(transport: Transport) -> None:
    with Hostile(says({"MAIL": b"421 4.7.0 no\r\n"})) as server:
        assert transport.answer(a_mail(server)) == Reply(421, {"stage": "mail"}, b"4.7.0 no")
        assert server.connections == 1


def test_a_question_makes_no_message(transport: Transport) -> None:
    with Hostile(says({"NOOP": b"250 2.0.0 here\r\n"})) as server:
        answers = transport.answers(a_question(server), a_mail(server), a_question(server))
        assert answers[0] == answers[2] == Reply(250, {"stage": "mail"}, b"2.0.0 here")
        assert len(server.requests) == 1


def test_no_message_and_no_password_goes_in_the_clear_where_tls_was_asked_for(transport: Transport) -> None:
    with Hostile(says({"EHLO": EHLO.replace(b"250 ENH", b"250-AUTH PLAIN LOGIN\r\n250 ENH")})) as server:
        asked = a_mail(server, starttls=True, username="u", password="p")
        assert transport.answer(asked) == NotSent("no_starttls")
        assert not server.requests


def test_a_certificate_nobody_vouches_for_is_refused(transport: Transport) -> None:
    context: ssl.SSLContext = tls(trustme.CA().issue_cert("127.0.0.1"))
    with Hostile(says({}), context) as server:
        call = a_mail(server)
        url = call.url.replace("smtp://", "smtps://")
        secure = Call(0, "send", "POST", url, {}, MESSAGE, mail=call.mail)
        assert transport.answer(secure) == NotSent("certificate")
        assert not server.requests


def test_a_login_is_refused_by_name(transport: Transport) -> None:
    ehlo = EHLO.replace(b"250 ENH", b"250-AUTH PLAIN\r\n250 ENH")
    with Hostile(says({"EHLO": ehlo, "AUTH": b"535 5.7.8 wrong\r\n"})) as server:
        answer = transport.answer(a_mail(server, username="u", password="p"))
        assert answer == Reply(535, {"stage": "hello"}, b"5.7.8 wrong")


def test_a_slow_server_holds_up_nobody(transport: Transport) -> None:
    """Libcurl waits for the word after the dot where it stands; other lanes' calls go on all the same."""

    async def both() -> tuple[Answer, Answer]:
        with Hostile(says({"END": SILENCE})) as slow, Hostile(says({})) as quick:
            async with Http(10) as http:
                held = asyncio.create_task(http.call(a_mail(slow), 3))
                while not slow.requests:  # noqa: ASYNC110 - the server is a thread
                    await asyncio.sleep(0.01)
                return await http.call(a_mail(quick), 2), await held

    answered, held = transport.do(both())
    assert answered == Reply(250, {"stage": "end"}, b"2.0.0 queued")
    assert held == Lost("timeout")


def test_what_is_under_way_at_the_end_is_broken_off_and_said_to_be(transport: Transport) -> None:
    found: list[Answer] = []

    async def closed() -> None:
        with Hostile(says({"END": SILENCE})) as slow:
            async with Http(10) as http:
                http.start(a_mail(slow), found.append, 30)
                while not slow.requests:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.01)

    transport.do(closed())
    assert found == [Lost("cut")]
