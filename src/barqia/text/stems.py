"""Light stems: what clings to the front of an Arabic word, taken off step by step."""

CLITICS = (
    "وبال",
    "فبال",
    "وكال",
    "ولل",
    "فلل",
    "وال",
    "فال",
    "بال",
    "كال",
    "لل",
    "ال",
    "و",
    "ف",
    "ب",
    "ل",
    "ك",
)
SHORTEST = 3


def without_article(folded: str) -> str:
    """A folded word without ال (and without و before it)."""
    for prefix in ("وال", "ال"):
        if folded.startswith(prefix) and len(folded) - len(prefix) >= SHORTEST - 1:
            return folded[len(prefix) :]
    return folded


def stems(folded: str) -> tuple[str, ...]:
    """The folded word itself, then what is left of it without its clitics, longest first."""
    found = [folded]
    for prefix in CLITICS:
        rest = folded[len(prefix) :]
        if folded.startswith(prefix) and len(rest) >= SHORTEST and rest not in found:
            found.append(rest)
    return tuple(found)
