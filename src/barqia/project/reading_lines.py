"""`barqia read --jsonl`: one reading a line, over all cores where asked, in the order of the lines.

A line that cannot be read gives an error object in its place: `{"id", "error"}`; the others go on. Progress goes to
standard error when that is a terminal.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import BinaryIO, TextIO

from barqia.reading import read

LINES_A_TASK = 32
TASKS_AHEAD = 4
PROGRESS_EVERY = 500


def reading_of(number: int, line: bytes) -> str:
    """The JSON of one line's reading, or of what is wrong with it."""
    identity = None
    try:
        item = json.loads(line)
        identity = item.get("id") if isinstance(item, dict) else None
        return json.dumps({"id": identity, **read(_text_of(item)).as_json()}, ensure_ascii=False)
    except ValueError as error:
        said = f'Line {number} is no {{"id", "text"}} object: {error}.'
        return json.dumps({"id": identity, "error": said})


def _text_of(item: object) -> str:
    """The text of a line's object. Raises ValueError where it has none, or one that no encoding can carry."""
    text = item.get("text") if isinstance(item, dict) else None
    if not isinstance(text, str):
        raise ValueError("it has no text")  # noqa: TRY004 - bad JSON and a bad text are one error
    text.encode()
    return text


def _read_task(task: list[tuple[int, bytes]]) -> list[str]:
    return [reading_of(number, line) for number, line in task]


def readings(lines: Iterable[bytes], workers: int) -> Iterator[str]:
    """One JSON a line that is not empty, in their order; `workers` processes read where there are more than one."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    if workers < 2:
        yield from (reading_of(number, line) for number, line in numbered)
        return
    waiting: deque[Future[list[str]]] = deque()
    with ProcessPoolExecutor(workers) as pool:
        while task := list(islice(numbered, LINES_A_TASK)):
            waiting.append(pool.submit(_read_task, task))
            if len(waiting) > workers * TASKS_AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def print_readings(lines: BinaryIO, out: TextIO, progress: TextIO, workers: int) -> int:
    """Write the readings of all lines; how many could not be read."""
    count = failed = 0
    shown = progress.isatty()
    for reading in readings(lines, workers):
        out.write(f"{reading}\n")
        count += 1
        failed += '"error": ' in reading[:400] and "error" in json.loads(reading)
        if shown and count % PROGRESS_EVERY == 0:
            progress.write(f"\r{count} read")
            progress.flush()
    if shown or failed:
        progress.write(f"{chr(13) if shown else ''}{count} read, {failed} with errors\n")
    return failed
