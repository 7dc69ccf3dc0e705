"""A mailbox is read from where it was left, and left as it is."""

import pytest

from barqia.delivery.lane import Mailbox
from barqia.inbox.mailbox import MailboxError, new_messages
from inbox.imap_server import PASSWORD, USER, ImapServer
from inbox.mails import mail

ONE, TWO, THREE = mail("واحد"), mail("اثنان"), mail("ثلاثة")


def at(server: ImapServer, password: str = PASSWORD, folder: str = "INBOX") -> Mailbox:
    return Mailbox("127.0.0.1", server.port, False, USER, password, folder)


def test_each_message_is_taken_once_and_none_is_marked() -> None:
    with ImapServer() as server:
        server.messages = {3: ONE, 4: TWO}
        found = new_messages(at(server), 0)
        assert [message for _offset, message in found] == [ONE, TWO]
        offset = found[-1][0]
        assert new_messages(at(server), offset) == [], "a range's end is the newest message, old or new"
        server.messages[9] = THREE
        assert [message for _offset, message in new_messages(at(server), offset)] == [THREE]
        assert [message for _offset, message in new_messages(at(server), found[0][0])] == [TWO, THREE]
        assert any(command.startswith("EXAMINE") for command in server.commands)
        assert not any("STORE" in command or "EXPUNGE" in command for command in server.commands)


def test_a_mailbox_seen_for_the_first_time_or_made_anew_is_read_from_yesterday_on() -> None:
    with ImapServer() as server:
        server.messages = {3: ONE}
        ((offset, _message),) = new_messages(at(server), 0)
        assert any("SINCE" in command for command in server.commands)
        server.commands.clear()
        new_messages(at(server), offset)
        assert not any("SINCE" in command for command in server.commands)
        server.validity, server.messages = 8, {1: TWO}
        assert [message for _offset, message in new_messages(at(server), offset)] == [TWO]


def test_a_message_that_went_meanwhile_is_no_failure() -> None:
    with ImapServer() as server:
        server.messages = {3: ONE}
        fetched = server._answer
        server._answer = lambda tag, command: fetched(tag, command.replace("FETCH 3", "FETCH 99"))  # type: ignore[method-assign]
        ((_offset, message),) = new_messages(at(server), 0)
        assert message == b""


@pytest.mark.parametrize("trouble", ["password", "gone"])
def test_what_cannot_be_read_says_so_without_a_secret(trouble: str) -> None:
    with ImapServer() as server:
        mailbox = at(server, "another secret")
        if trouble == "gone":
            server.__exit__(None, None, None)
        with pytest.raises(MailboxError) as raised:
            new_messages(mailbox, 0)
    assert "secret" not in str(raised.value)
    assert "secret" not in repr(mailbox)
