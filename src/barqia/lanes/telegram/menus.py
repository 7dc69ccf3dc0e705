"""A menu as an inline keyboard: a line a row, ✓ before what is chosen, drawn anew where it was tapped.

Telegram's limits: 100 buttons, 64 bytes of `callback_data`, 200 characters said to a tap. A tap must be answered while
it lives, so that goes first; the keyboard follows in the same delivery.
"""

from dataclasses import replace

from barqia.delivery.lane import Call, Job, LaneConfig
from barqia.lanes.telegram.calls import Params, chat_of, make
from barqia.rendering import TELEGRAM_HTML, Menu, Run

MOST_BUTTONS, LABEL, SAID = 100, 64, 200
CHOSEN = "✓ "


def answer_calls(job: Job, lane: LaneConfig, text: str, menu: Menu) -> list[Call]:
    """The menu as a message; for a tap its answer, and the menu in place of the one that was tapped."""
    html = TELEGRAM_HTML.write(Run(text))
    params: Params = {"chat_id": chat_of(job), "text": html, "reply_markup": _keyboard(menu)}
    if not menu.tap:
        return [make(lane, "sendMessage", params, 0, "send")]
    said = make(lane, "answerCallbackQuery", {"callback_query_id": menu.tap, "text": menu.said[:SAID]}, 0, "edit", "")
    new = make(lane, "sendMessage", params, 1, "send")
    if not menu.message.isdigit():
        return [replace(said, aside=True), new]
    drawn = make(
        lane, "editMessageText", {**params, "message_id": int(menu.message)}, 1, "edit", menu.message, instead=new
    )
    return [replace(said, aside=True), drawn]


def _keyboard(menu: Menu) -> Params:
    shown = menu.choices[menu.start : menu.start + MOST_BUTTONS]
    rows = [[{"text": (CHOSEN * one.chosen + one.label)[:LABEL], "callback_data": one.id}] for one in shown]
    return {"inline_keyboard": rows}
