"""`mail-in`: one message from a mail server's pipe, and never one lost."""

import sqlite3
from pathlib import Path

from inbox.mails import mail
from project.test_commands import Shell


def test_a_word_is_taken_and_what_cannot_be_taken_comes_again(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.run("mail-in", "mail", stdin=mail("اشتراك"), status=75)
    shell.init()
    shell.run("mail-in", "mail", stdin=mail("اشتراك"), status=75)
    out = shell.run(
        "lane",
        "add",
        "mail",
        "--kind",
        "email",
        "--set",
        "host=localhost",
        "--set",
        "security=none",
        "--set",
        "address=news@paper.example",
    )
    assert "v=spf1" in out
    shell.run("mail-in", "mail", stdin=mail("اشتراك"))
    shell.run("mail-in", "mail", stdin=mail("اشتراك"))
    shell.run("mail-in", "mail", "--to", "news@paper.example", stdin=mail("subscribe", To="undisclosed-recipients:;"))
    shell.run("mail-in", "mail", stdin=b"\xff\x00 no mail at all")
    with sqlite3.connect(shell.data / "barqia.sqlite3") as database:
        outcomes = [row[0] for row in database.execute("SELECT outcome FROM inbox_update ORDER BY id")]
        kept = b"".join(row[0] for row in database.execute("SELECT body FROM inbox_update"))
    assert outcomes == ["subscribe_asked", "subscribe_asked", "other"]
    assert b"reader@reader.example" not in kept
    assert "security" in shell.refuse("lane", "set", "mail", "host=mail.paper.example")
