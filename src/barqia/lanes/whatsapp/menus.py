"""A menu as a list message: ten rows at most, ✓ before what is chosen; of more, the last row turns the page.

Nothing can be drawn anew here: a tap is answered with a new list.
"""

from barqia.lanes.whatsapp.calls import Payload
from barqia.rendering import WHATSAPP, Choice, Menu, Run

ROWS, TITLE, DESCRIPTION, BODY = 10, 24, 72, 4096
CHOSEN = "✓ "
OPEN = {True: "الأقسام", False: "Sections"}
NEXT = {True: "المزيد", False: "More"}


def payload(text: str, menu: Menu) -> Payload:
    """An interactive list under the text."""
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in text)
    body = WHATSAPP.write(Run(f"{menu.said}\n{text}" if menu.said else text))[:BODY]
    action = {"button": OPEN[arabic], "sections": [{"title": OPEN[arabic], "rows": _rows(menu, arabic=arabic)}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": body}, "action": action}}


def _rows(menu: Menu, *, arabic: bool) -> list[Payload]:
    left = menu.choices[menu.start :]
    if len(left) <= ROWS and left:
        return [_row(one) for one in left]
    shown = left[: ROWS - 1]
    after = menu.start + len(shown) if len(left) > len(shown) else 0
    return [*(_row(one) for one in shown), {"id": f"more:{after}", "title": NEXT[arabic]}]


def _row(one: Choice) -> Payload:
    """A label too long for a title stands whole in the description."""
    title = CHOSEN * one.chosen + one.label
    if len(title) <= TITLE:
        return {"id": one.id, "title": title}
    return {"id": one.id, "title": f"{title[: TITLE - 1]}…", "description": one.label[:DESCRIPTION]}
