"""The reader's pace, start, memory and growth, beside the analysers that are installed. One run, side by side.

    python benchmarks/reading.py
    uv run --with qalsadi --with farahidi python benchmarks/reading.py

Texts of 1,000 characters are put together from the corpus in tests/reading. The judges only analyse words; the reader
reads whole dispatches. UDPipe (`--with ufal.udpipe`) parses, with the model that UDPIPE_MODEL names.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "tests" / "reading" / "corpus"
LENGTH, TEXTS, SECONDS = 1_000, 200, 4.0
START = "from barqia.reading import read; read('قال الوزير سامي الحلبي إن الجسر آمن.')"
HOSTILE = {"quotation marks": '"', "cues": "قال ", "cues with quotations": 'قال "', "attributions": "بحسب الوزير "}

Reader = Callable[[str], object]


def texts() -> list[str]:
    """Distinct runs of whole dispatches, each cut at the length."""
    corpus = [path.read_text("utf-8") for path in sorted(CORPUS.glob("*.txt"))]
    made = []
    for first in range(TEXTS):
        start, step = first % len(corpus), 1 + first // len(corpus)
        run = "".join(islice((corpus[(start + step * number) % len(corpus)] for number in range(10)), 10))
        made.append(run[:LENGTH])
    return made


def pace(read: Reader, sample: list[str], seconds: float = SECONDS) -> float:
    """Readings a second, after one pass to warm."""
    for text in sample[: len(sample) // 4]:
        read(text)
    count, begun = 0, time.perf_counter()
    for text in cycle(sample):
        read(text)
        count += 1
        if time.perf_counter() - begun > seconds:
            break
    return count / (time.perf_counter() - begun)


def start() -> float:
    """Seconds from a new interpreter to the first reading, its own start left out; the best of five."""
    return min(_seconds(START) for _ in range(5)) - min(_seconds("pass") for _ in range(5))


def _seconds(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def judges() -> Iterator[tuple[str, Reader]]:
    """What is installed of qalsadi, farahidi and UDPipe, as functions of a text."""
    try:
        from qalsadi.analex import Analex
    except ImportError:
        print("qalsadi is not installed")
    else:
        yield "qalsadi (words)", Analex().check_text
    try:
        import farahidi
    except ImportError:
        print("farahidi is not installed")
    else:
        yield "farahidi (words)", lambda text: [farahidi.analyze(word) for word in text.split()]
    model = os.environ.get("UDPIPE_MODEL")
    if model:
        from ufal.udpipe import Model, Pipeline

        yield "UDPipe (parses)", Pipeline(Model.load(model), "tokenize", "tag", "parse", "conllu").process


def main() -> None:
    from barqia.reading import read

    sample = texts()
    print(f"start to first reading   {start():8.3f} s")
    print(f"readings of {LENGTH} characters {pace(read, sample):6.0f} a second")
    print(f"resident                 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
    for length in (125_000, 250_000, 500_000, 1_000_000):
        whole = "".join(islice(cycle(sample), length // LENGTH))
        begun = time.perf_counter()
        read(whole)
        print(f"{length:>9} characters     {time.perf_counter() - begun:8.2f} s")
    for name, unit in HOSTILE.items():
        begun = time.perf_counter()
        read(unit * (1_000_000 // len(unit)))
        print(f"1,000,000 of {name:<22} {time.perf_counter() - begun:6.2f} s")
    for name, judge in judges():
        print(f"{name:<24} {pace(judge, sample):8.1f} a second")


if __name__ == "__main__":
    main()
