"""Who said what, of every item that is out: rows that the verbs keep as the items stand."""

from collections.abc import Iterator
from typing import Any

from barqia.reading import Reading
from barqia.text import key
from barqia.wire.models import Dispatch, Said, State
from barqia.wire.persons import code_of

OUT = (State.PUBLISHED, State.CORRECTED)
LONGEST_NAME, LONGEST_TITLE, LONGEST_CUE = 120, 200, 40


def record(item: Dispatch) -> None:
    """Let the item's statements be those of its text as it stands, with its corrections; none while it is not out.

    In the transaction of the verb that changed it.
    """
    item.said.all().delete()
    if item.state in OUT and item.current and item.published_at:
        found = statements_of(item.current.text, item.current.review().reading)
        Said.objects.bulk_create(Said(dispatch=item, at=item.published_at, **one) for one in found)


def statements_of(text: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """The columns of `Said` for each statement whose speaker is known."""
    for number, statement in enumerate(reading.statements):
        if statement.speaker:
            yield {
                "number": number,
                "person": code_of(key(statement.speaker)),
                "name": statement.speaker[:LONGEST_NAME],
                "title": (statement.title or "")[:LONGEST_TITLE],
                "words": " ".join(text[slice(*statement.content)].split()),
                "cue": statement.cue_lemma[:LONGEST_CUE],
                "direct": statement.direct,
            }
