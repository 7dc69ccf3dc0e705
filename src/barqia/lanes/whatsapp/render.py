"""A job as Cloud API calls: whole inside the 24-hour window, a template outside it, else nothing.

There is no editing and no deleting here: a correction and a kill are new messages that quote the first. A
dispatch whose first parts went before the window closed ends there.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from barqia.delivery.lane import Call, Calls, Job, LaneConfig, Skip
from barqia.lanes.whatsapp import menus
from barqia.lanes.whatsapp.calls import Payload, message
from barqia.lanes.whatsapp.terms import refused
from barqia.rendering import WHATSAPP, Act, AnswerText, ContactCard, Picture, Run, Story
from barqia.rendering import render as render_parts
from barqia.rendering.compose import headline_of

WINDOW_MS = 24 * 3600 * 1000
# the window is measured at the provider: do not begin in its last moments
WINDOW_MARGIN_MS = 30_000
BUTTONS, BUTTON_TITLE, BUTTON_BODY = 3, 20, 1024
HEADLINE = 600


def render(job: Job, lane: LaneConfig) -> Calls | Skip:
    if not job.to.address and not job.to.user_id:
        return Skip("no_address")
    opens = not _window_open(job)
    if isinstance(job.content, Story) and (why := refused(lane.settings, job.country, opens=opens)):
        return Skip(why)
    payloads = list(_payloads(job, lane))
    if not payloads:
        return Skip("window_closed")
    done = {part.number for part in job.done}
    calls: tuple[Call, ...] = tuple(
        _call(job, lane, payload, part) for part, payload in enumerate(payloads) if part not in done
    )
    return Calls(calls) if calls else Skip("nothing_to_do")


def _call(job: Job, lane: LaneConfig, payload: Payload, part: int) -> Call:
    """A template that shows the picture gives way to the one without, where Meta takes the one and not the other."""
    call = message(lane, job.to, payload, job.tag, part)
    shown, name = isinstance(job.content, Story) and job.content.picture, lane.settings.get("template_picture")
    if not (call.opens and shown and name):
        return call
    header = {"type": "header", "parameters": [{"type": "image", "image": _named(shown, lane)}]}
    template = {**payload["template"], "name": name, "components": [header, *payload["template"]["components"]]}
    return replace(message(lane, job.to, {**payload, "template": template}, job.tag, part), instead=call)


def _payloads(job: Job, lane: LaneConfig) -> Iterator[Payload]:
    if isinstance(job.content, AnswerText):
        yield _answer(job.content)
        if job.content.card:
            yield _card(job.content.card)
        return
    quoted = job.earlier[0].provider_id if job.earlier else job.thread
    context: Payload = {"context": {"message_id": quoted}} if quoted else {}
    if _window_open(job):
        for number, text in enumerate(render_parts(job.content, job.act, WHATSAPP)):
            shown = job.content.picture if number == 0 else None
            yield {**(context if number == 0 else {}), **(_image(shown, text, lane) if shown else _text(text))}
    elif lane.settings.get("template") and not job.done:
        yield {**context, **_template(job.content, job.act, lane)}


def _text(text: str) -> Payload:
    return {"type": "text", "text": {"body": text}}


def _image(shown: Picture, caption: str, lane: LaneConfig) -> Payload:
    return {"type": "image", "image": {**_named(shown, lane), "caption": caption}}


def _named(shown: Picture, lane: LaneConfig) -> Payload:
    """By the id of what was uploaded; before that by its address."""
    media = lane.media.get(shown.digest)
    return {"id": media} if media else {"link": shown.url}


def _window_open(job: Job) -> bool:
    return job.last_inbound_ms is not None and job.now_ms - job.last_inbound_ms < WINDOW_MS - WINDOW_MARGIN_MS


def _template(story: Story, act: Act, lane: LaneConfig) -> Payload:
    """The lane's approved news template: its body takes the headline and the link, or its button takes the link."""
    headline = headline_of(story, act)
    if act in {Act.KILL, Act.TAKEDOWN}:
        headline = f"{headline} ({story.note})"
    values = [" ".join(headline.split())[:HEADLINE]]
    button: list[Payload] = []
    if start := lane.settings.get("template_url"):
        # of another address than the button's, as after a move of the site, the path alone is tried
        page = story.link.removeprefix(start) if story.link.startswith(start) else urlsplit(story.link).path.lstrip("/")
        parameters = [{"type": "text", "text": page}]
        button.append({"type": "button", "sub_type": "url", "index": "0", "parameters": parameters})
    else:
        values.append(story.link)
    return {
        "type": "template",
        "template": {
            "name": lane.settings["template"],
            "language": {"code": lane.settings.get("template_language") or "ar"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]},
                *button,
            ],
        },
    }


def _answer(answer: AnswerText) -> Payload:
    """With a menu, or with buttons where the provider's limits let them stand under this text."""
    if answer.menu:
        return menus.payload(answer.text, answer.menu)
    text = WHATSAPP.write(Run(answer.text))
    titles = answer.buttons[:BUTTONS]
    if not titles or len(text) > BUTTON_BODY or any(len(title) > BUTTON_TITLE for title in titles):
        return _text(text)
    buttons = [{"type": "reply", "reply": {"id": title, "title": title}} for title in titles]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}},
    }


def _card(card: ContactCard) -> Payload:
    number = card.phone.lstrip("+")
    return {
        "type": "contacts",
        "contacts": [
            {
                "name": {"formatted_name": card.name, "first_name": card.name},
                "phones": [{"phone": f"+{number}", "type": "WORK", "wa_id": number}],
                "urls": [{"url": card.url, "type": "WORK"}],
            }
        ],
    }
