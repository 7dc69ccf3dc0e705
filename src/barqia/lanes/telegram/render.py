"""A job as Bot API calls: a correction is an edit, a kill a deletion, or an edit where that is too late."""

from collections.abc import Iterator
from dataclasses import replace

from barqia.delivery.lane import Call, Calls, Job, LaneConfig, SentPart, Skip
from barqia.lanes.telegram import menus, photos
from barqia.lanes.telegram.calls import Params, chat_of, make
from barqia.lanes.telegram.manner import preview, silent
from barqia.lanes.telegram.terms import paid
from barqia.rendering import TELEGRAM_HTML, Act, AnswerText, Picture, Run, Story
from barqia.rendering import render as render_parts
from barqia.rendering.compose import wording

# a bot may delete for 48 hours; an edit is safe whenever the clocks disagree
DELETABLE_MS = 48 * 3600 * 1000 - 60_000


def render(job: Job, lane: LaneConfig) -> Calls | Skip:
    if job.to.address is None:
        return Skip("no_address")
    done = {part.number for part in job.done}
    if isinstance(job.content, AnswerText):
        calls = [call for call in _answer(job, job.content, lane) if call.part not in done]
    elif job.act in {Act.KILL, Act.TAKEDOWN}:
        calls = list(_ending(job, job.content, lane))
    else:
        calls = [call for call in _story(job, job.content, lane) if call.part not in done]
    return Calls(tuple(calls)) if calls else Skip("nothing_to_do")


def _answer(job: Job, answer: AnswerText, lane: LaneConfig) -> list[Call]:
    if answer.menu:
        return menus.answer_calls(job, lane, answer.text, answer.menu)
    params: Params = {"chat_id": chat_of(job), "text": TELEGRAM_HTML.write(Run(answer.text))}
    if answer.buttons:
        rows = [list(answer.buttons[at : at + 3]) for at in range(0, len(answer.buttons), 3)]
        keyboard = [[{"text": word} for word in row] for row in rows]
        params["reply_markup"] = {"keyboard": keyboard, "resize_keyboard": True}
    return [make(lane, "sendMessage", params, 0, "send")]


def _story(job: Job, story: Story, lane: LaneConfig) -> Iterator[Call]:
    """New messages, or for a correction edits of the ones that are there; more or fewer as the text needs."""
    there = {part.number: part for part in job.earlier} if job.act is Act.CORRECT else {}
    texts = render_parts(story, job.act, TELEGRAM_HTML, short=lane.settings.get("long") == "short")
    for number, text in enumerate(texts):
        shown = story.picture if number == 0 else None
        if number in there:
            yield _edit(job, lane, there[number], text, story, shown)
        else:
            yield _send(job, lane, number, text, story, shown)
    removed = wording(story.language).removed
    for number in sorted(there):
        if number >= len(texts):
            yield _delete(job, lane, number, there[number], removed, "")


def _ending(job: Job, story: Story, lane: LaneConfig) -> Iterator[Call]:
    """Every copy on the phone goes that has not gone yet; numbered on, for the first may be gone already.

    Where no copy is known but one may be there, a notice says so.
    """
    (notice, *_) = render_parts(story, job.act, TELEGRAM_HTML)
    acted_on = {part.provider_id for part in job.done}
    if not job.earlier and not job.done:
        yield _send(job, lane, 0, notice, story)
    left = [part for part in job.earlier if part.provider_id not in acted_on]
    for number, part in enumerate(left, len(job.done)):
        yield _delete(job, lane, number, part, notice, story.cover)


def _send(job: Job, lane: LaneConfig, number: int, text: str, story: Story, shown: Picture | None = None) -> Call:
    params: Params = {"chat_id": chat_of(job), "text": text}
    if job.thread and number == 0:
        params["reply_parameters"] = {"message_id": int(job.thread), "allow_sending_without_reply": True}
    if paid(lane.settings):
        params["allow_paid_broadcast"] = True
    if silent(job, story, lane):
        params["disable_notification"] = True
    written = make(lane, "sendMessage", {**params, **preview(story, text, lane)}, number, "send")
    return photos.send(lane, params, written, shown) if shown else written


def _edit(job: Job, lane: LaneConfig, part: SentPart, text: str, story: Story, shown: Picture | None) -> Call:
    params: Params = {"chat_id": chat_of(job), "message_id": int(part.provider_id), "text": text}
    about = {**params, **preview(story, text, lane)}
    written = make(lane, "editMessageText", about, part.number, "edit", part.provider_id)
    if shown:
        return photos.edit(lane, params, written, shown)
    return photos.covered(lane, params, written, story.cover)


def _delete(job: Job, lane: LaneConfig, number: int, part: SentPart, notice: str, cover: str) -> Call:
    params: Params = {"chat_id": chat_of(job), "message_id": int(part.provider_id), "text": notice}
    written = make(lane, "editMessageText", params, number, "edit", part.provider_id)
    too_late = photos.covered(lane, params, replace(written, missing_is_done=True), cover)
    if job.now_ms - part.sent_ms >= DELETABLE_MS:
        return too_late
    where = {"chat_id": chat_of(job), "message_id": int(part.provider_id)}
    delete = make(lane, "deleteMessage", where, number, "delete", part.provider_id, too_late)
    return replace(delete, missing_is_done=True)
