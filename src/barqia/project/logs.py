"""The log as JSON, one object a line, for who collects it. No field holds an address, a text or a token."""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path


class JsonLines(logging.Formatter):
    """{"at", "level", "logger", "message"}, and "error" where one is logged: its kind and its place, not its words."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
            line["error"] = record.exc_info[0].__name__ + place
        return json.dumps(line, ensure_ascii=False)
