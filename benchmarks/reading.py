"""The reader's pace, start, memory and growth; then the reader and the analysers of Arabic, in turn, in the same run.

    python benchmarks/reading.py                                        # with what is installed
    uv run --isolated --group judges python benchmarks/reading.py       # with all of them

Texts of 1,000 characters are put together from the corpus in tests/reading. The judges only analyse words; the reader
reads whole dispatches. UDPipe parses, with the model that UDPIPE_MODEL names. Seconds are of the processor, so that
what else the machine does counts little; only the start is by the clock.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median

CORPUS = Path(__file__).parents[1] / "tests" / "reading" / "corpus"
LENGTH, TEXTS, ROUNDS = 1_000, 200, 5
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


def paces(readers: dict[str, Reader], sample: list[str]) -> dict[str, float]:
    """Readings a second of each, the median of rounds of a second in which they take turns; one round before warms."""
    counted: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(1 + ROUNDS):
        for name, read in readers.items():
            counted[name].append(_round(read, sample))
    return {name: median(rounds[1:]) for name, rounds in counted.items()}


def _round(read: Reader, sample: list[str]) -> float:
    begun = time.process_time()
    for count, text in enumerate(cycle(sample), 1):
        read(text)
        if (spent := time.process_time() - begun) > 1:
            return count / spent
    raise AssertionError("the sample is empty")


def resident() -> float:
    """Megabytes of this process now; its greatest size would be that of whatever began it, where that was greater."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], check=True, capture_output=True, text=True)
    return int(told.stdout) / 1024


def spent(read: Reader, text: str) -> float:
    """Seconds for one reading."""
    begun = time.process_time()
    read(text)
    return time.process_time() - begun


def start() -> float:
    """Seconds from a new interpreter to the first reading, its own start left out; the best of five."""
    return min(_seconds(START) for _ in range(5)) - min(_seconds("pass") for _ in range(5))


def _seconds(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def judges() -> Iterator[tuple[str, Reader]]:
    """What is installed of qalsadi, farahidi and UDPipe, as functions of a text; says why another is left out."""
    try:
        from qalsadi.analex import Analex
    except ImportError:
        print("qalsadi is left out: not installed")
    else:
        yield "qalsadi (words)", Analex().check_text
    try:
        import farahidi
    except ImportError:
        print("farahidi is left out: not installed")
    else:
        yield "farahidi (words)", lambda text: [farahidi.analyze(word) for word in text.split()]
    try:
        from ufal.udpipe import Model, Pipeline
    except ImportError:
        print("UDPipe is left out: not installed")
        return
    model = Model.load(os.environ.get("UDPIPE_MODEL", ""))
    if model is None:
        print("UDPipe is left out: UDPIPE_MODEL names no model")
    else:
        yield "UDPipe (parses)", Pipeline(model, "tokenize", "tag", "parse", "conllu").process


def main() -> None:
    from barqia.reading import read

    sample = texts()
    print(f"start to first reading   {start():8.3f} s")
    print(f"readings of {LENGTH} characters {paces({'': read}, sample)['']:6.0f} a second")
    print(f"resident                 {resident():8.0f} MB")
    for length in (125_000, 250_000, 500_000, 1_000_000):
        whole = "".join(islice(cycle(sample), length // LENGTH))
        print(f"{length:>9} characters     {spent(read, whole):8.2f} s")
    for name, unit in HOSTILE.items():
        print(f"1,000,000 of {name:<22} {spent(read, unit * (1_000_000 // len(unit))):6.2f} s")
    found = paces({"the reader": read, **dict(judges())}, sample)
    for name, rate in found.items():
        print(f"{name:<24} {rate:8.1f} a second, the reader {found['the reader'] / rate:6.1f} times")


if __name__ == "__main__":
    main()
