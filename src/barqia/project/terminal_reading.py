"""A reading for a person at a terminal: the text with its statements coloured, then who said what.

Lines are isolated right to left and set to the right: a terminal that knows bidi shows them as print does.
"""

from rich.console import Console
from rich.text import Text

from barqia.reading import Reading
from barqia.reading.model import Span

RLI, PDI = "\u2067", "\u2069"
HUES = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


def print_reading(text: str, reading: Reading, console: Console) -> None:
    speakers = list(dict.fromkeys(s.speaker for s in reading.statements if s.speaker))
    hues = {speaker: HUES[at % len(HUES)] for at, speaker in enumerate(speakers)}
    rtl = reading.language == "ar"
    if reading.dateline:
        parts = filter(None, (reading.dateline.place, reading.dateline.agency, reading.dateline.date))
        _line(console, Text(" / ".join(parts), "bold"), rtl)
    for paragraph in reading.paragraphs:
        console.print()
        _line(console, _coloured(text, paragraph, reading, hues), rtl)
    for span in reading.boilerplate:
        console.print()
        _line(console, Text(" ".join(text[slice(*span)].split()), "dim"), rtl)
    console.print()
    for statement in reading.statements:
        who = statement.speaker or "—"
        row = Text()
        row.append(who, f"bold {hues.get(who, 'white')}")
        if statement.title:
            row.append(f" ({statement.title})", "dim")
        row.append(f" {statement.cue_lemma}: ", "italic")
        row.append(" ".join(text[slice(*statement.content)].split()))
        _line(console, row, rtl)
    names = (("persons", reading.persons), ("organisations", reading.organisations), ("places", reading.places))
    for kind, found in names:
        unique = list(dict.fromkeys(name.name for name in found))
        if unique:
            console.print(f"[dim]{kind}:[/dim] {'، '.join(unique)}")
    if reading.topics:
        console.print("[dim]topics:[/dim] " + "، ".join(f"{t.label} {t.score:.0%}" for t in reading.topics))
    console.print(f"[dim]{len(reading.statements)} statements, {len(speakers)} speakers[/dim]")


def _line(console: Console, text: Text, rtl: bool) -> None:
    if rtl:
        text = Text.assemble(RLI, text, PDI)
    console.print(text, justify="right" if rtl else "left", soft_wrap=False)


def _coloured(text: str, paragraph: Span, reading: Reading, hues: dict[str, str]) -> Text:
    """The paragraph as one line, its statements in their speakers' hues, quotations underlined."""
    start, end = paragraph
    line = Text(text[start:end].replace("\n", " ").replace("\r", " "))
    for statement in reading.statements:
        first, last = max(start, statement.content[0]), min(end, statement.content[1])
        if first < last:
            hue = hues.get(statement.speaker or "", "white")
            line.stylize(f"{hue} underline" if statement.direct else hue, first - start, last - start)
    return line
