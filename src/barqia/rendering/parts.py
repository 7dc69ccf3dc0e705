"""Blocks of styled runs become messages of a bounded length, each with its markup whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from barqia.rendering.telephones import isolated

RLM = "\u200f"
FSI, PDI = "\u2068", "\u2069"
BETWEEN = "\n\n"
# room kept for "(12/34)" with its isolates and the blank line before it
NUMBER_ROOM = 16
# less room than this is not worth beginning a long block in
LEAST_ROOM = 400


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style. Without line breaks, unless the block is made of lines."""

    text: str
    bold: bool = False


Block = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of lane writes text: `limit` in what `length` counts of the text as `write` puts it,
    `caption` that of a text under a picture."""

    limit: int
    caption: int
    length: Callable[[Run], int]
    write: Callable[[Run], str]


def parts_of(blocks: Sequence[Block], profile: Profile, *, rtl: bool, first: int | None = None) -> tuple[str, ...]:
    """The blocks as messages within the profile's limit, the first within `first`; several are numbered (1/3).

    A block is never torn while it fits into a message; one that is too long is torn between words, and
    its styles are closed and opened again, so that every part is valid by itself.
    """
    marked = [_directed(block) if rtl else block for block in blocks if any(run.text for run in block)]
    limit, first = profile.limit, first or profile.limit
    whole = list(_packed(marked, profile, limit, first))
    if len(whole) <= 1:
        return tuple(_written(message, profile) for message in whole)
    packed = list(_packed(marked, profile, limit - NUMBER_ROOM, first - NUMBER_ROOM))
    start = RLM if rtl else ""
    return tuple(
        f"{_written(message, profile)}{BETWEEN}{start}({FSI}{number}/{len(packed)}{PDI})"
        for number, message in enumerate(packed, 1)
    )


def _directed(block: Block) -> Block:
    """A block whose first letter is not Arabic gets a mark, or a chat app sets it left to right; telephone
    numbers are isolated."""
    block = tuple(replace(run, text=isolated(run.text)) for run in block)
    letters = (c for run in block for c in run.text if c.isalpha())
    first = next(letters, "")
    is_link = block[0].text.startswith(("http://", "https://"))
    if not first or _is_rtl(first) or is_link:
        return block
    return (replace(block[0], text=RLM + block[0].text), *block[1:])


def _is_rtl(letter: str) -> bool:
    return "\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufefc"


def _packed(blocks: Sequence[Block], profile: Profile, limit: int, first: int) -> Iterator[list[Block]]:
    message: list[Block] = []
    used, most = 0, first
    for block in blocks:
        # a block that is longer than a whole message begins in what is left of this one
        left = most - used - len(BETWEEN) if message else most
        whole = _size(block, profile) <= (limit if message else most)
        pieces = (block,) if whole else _torn(block, profile, left if left > LEAST_ROOM else limit, limit)
        for piece in pieces:
            size = _size(piece, profile)
            if message and used + len(BETWEEN) + size > most:
                yield message
                message, used, most = [], 0, limit
            used += size + (len(BETWEEN) if message else 0)
            message.append(piece)
    if message:
        yield message


def _size(block: Block, profile: Profile) -> int:
    return sum(profile.length(run) for run in block)


def _torn(block: Block, profile: Profile, room: int, limit: int) -> Iterator[Block]:
    """A block too long for one message in pieces torn after a blank: the first of `room`."""
    piece: list[Run] = []
    used = 0
    for run in block:
        rest = run
        while rest.text:
            fits = _fitting(rest, profile, room - used)
            if fits:
                piece.append(replace(rest, text=rest.text[:fits]))
                rest = replace(rest, text=rest.text[fits:])
            if rest.text:
                yield _trimmed(piece)
                piece, used, room = [], 0, limit
            else:
                used += profile.length(piece[-1])
    if piece:
        yield _trimmed(piece)


def _fitting(run: Run, profile: Profile, room: int) -> int:
    """How many characters of the run fit into `room`, ending after a blank; a word without one is torn."""
    if profile.length(run) <= room:
        return len(run.text)
    low, high = 0, len(run.text)
    while low < high:
        middle = (low + high + 1) // 2
        if profile.length(replace(run, text=run.text[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    blank = max(run.text.rfind(" ", 0, low), run.text.rfind("\n", 0, low)) + 1
    return blank or low


def _trimmed(piece: Sequence[Run]) -> Block:
    return (*piece[:-1], replace(piece[-1], text=piece[-1].text.rstrip())) if piece else ()


def _written(message: Sequence[Block], profile: Profile) -> str:
    return BETWEEN.join("".join(profile.write(run) for run in block) for block in message)
