"""What a whole mailing leaves in the log: lines a machine reads, and nothing of a reader, a text or a secret."""

import json
import logging
import sys
from pathlib import Path

import pytest

from barqia.project.logs import JsonLines
from flow.wire import BOT, NUMBER, SECRETS, wait_until, wire

MARK = "سنجابية"
TEXT = f"عنوان {MARK}\n\nوادي الزيزفون-برقية\nقالت مديرة الطرق سلمى الدروبي إن {MARK} تقرّرت اليوم.\n"


@pytest.mark.timeout(120)
def test_nothing_of_readers_texts_or_tokens_is_logged(tmp_path: Path) -> None:
    with wire(tmp_path) as made:
        made.environment |= {"BARQIA_LOG_FORMAT": "json", "BARQIA_LOG_LEVEL": "DEBUG"}
        telegram = made.sandbox.add_phones(20, started_bot=BOT)
        whatsapp = made.sandbox.add_phones(20)
        made.subscribe(telegram, whatsapp)
        made.start()
        wait_until(lambda: made.rows("SELECT 1 FROM delivery_pulse"), 30, "the sender")
        made.barqia("lane", "check", "whatsapp")
        made.sandbox.say(int(str(whatsapp[0]["id"])), "whatsapp", NUMBER, f"كلمة {MARK}")
        item = made.publish(TEXT)
        wait_until(made.finished, 60, "the mailing")
        # an outage of a provider, and what it says of calls that carry addresses and the token
        made.barqia("lane", "set", "telegram", "api_base=http://127.0.0.1:9")
        made.barqia("kill", item, "--reason", MARK)
        wait_until(lambda: "does not answer" in made.output(), 60, "an outage to be logged")
        made.stop()
        log = made.output()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"at", "level", "logger", "message"} <= set(lines[0])
    assert any("sending at up to" in line["message"] for line in lines)
    private = [MARK, *SECRETS.values()]
    private += [str(phone["telegram_id"]) for phone in telegram] + [str(phone["number"]) for phone in whatsapp]
    assert not [word for word in private if word in log]


def test_an_error_is_logged_by_its_kind_and_place_alone() -> None:
    try:
        raise ValueError(MARK)  # noqa: TRY301 - it is about the log
    except ValueError:
        record = logging.LogRecord("barqia", logging.ERROR, __file__, 1, "a thing failed", (), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "a thing failed"
    assert line["error"].startswith("ValueError at test_logs.py:")
    assert MARK not in json.dumps(line, ensure_ascii=False)
