"""What a client is told, as JSON: the event, and in it the item as IPTC's ninjs 3.1 with what ninjs has no place for.

`data.item` is a ninjs document and nothing more; statements, sections by slug and the correction lie beside it.
"""

import json
from functools import lru_cache
from html import escape
from typing import Any

from barqia.rendering import Act, Story
from barqia.rendering.compose import wording
from barqia.rendering.record import Record
from barqia.rendering.story import Picture

EVENTS = {
    Act.SEND: "item.published",
    Act.CORRECT: "item.corrected",
    Act.KILL: "item.killed",
    Act.TAKEDOWN: "item.taken_down",
}
ENDINGS = frozenset({Act.KILL, Act.TAKEDOWN})
STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}
Fields = dict[str, Any]


@lru_cache(maxsize=64)
def body_of(story: Story, act: Act) -> bytes:
    """The bytes that are signed and sent, the same for every client; written once."""
    record = story.record
    assert record is not None, "what is sent to machines has a record"
    event = {
        "type": EVENTS[act],
        "timestamp": record.released,
        "data": _kept(
            {
                "id": record.public_id,
                "item": _item(story, record, act),
                "link": story.link,
                "sections": [{"slug": one.code, "ar": one.name_ar, "en": one.name_en} for one in record.sections],
                "statements": [] if act in ENDINGS else _statements(record),
                "correction": {"sequence": record.corrections, "note": story.note} if act is Act.CORRECT else None,
                "reason": story.note if act in ENDINGS else None,
                "notice": _notice(story, act),
                "test": story.test or None,
            }
        ),
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _notice(story: Story, act: Act) -> str | None:
    """What a person on the client's desk is to read first."""
    words = wording(story.language)
    if act is Act.KILL:
        return f"{words.kill}: {story.note}. {words.kill_advice}"
    if act is Act.TAKEDOWN:
        return f"{words.takedown} {words.reason}: {story.note}"
    if act is Act.CORRECT:
        return f"{words.correction}: {story.note or words.corrected}"
    return words.test if story.test else None


def _statements(record: Record) -> list[Fields]:
    return [
        _kept({"speaker": said.speaker, "title": said.title, "text": said.words, "direct": said.direct})
        for said in record.statements
    ]


def _item(story: Story, record: Record, act: Act) -> Fields:
    """The ninjs item. A killed one is named, so that it can be found and recalled; of one taken down not a word is."""
    item: Fields = {
        "uri": record.uri,
        "type": "text",
        "standard": STANDARD,
        "version": str(record.version),
        "firstCreated": record.created,
        "contentCreated": record.published,
        "versionCreated": record.released,
        "pubStatus": "canceled" if act in ENDINGS else "usable",
        "urgency": story.urgency,
        "language": story.language,
        "altIds": [{"role": "public", "value": record.public_id}],
        "infoSources": [{"name": story.agency}],
        "edNote": story.note or record.ednote,
    }
    if act is not Act.TAKEDOWN:
        item["headlines"] = [{"role": "main", "contentType": "text/plain", "value": story.headline}]
        item["slugline"] = record.slugline
    if act not in ENDINGS:
        item |= _text(story, record)
    return _kept(item)


def _text(story: Story, record: Record) -> Fields:
    subjects = [{"uri": f"http://cv.iptc.org/newscodes/mediatopic/{code.split(':')[-1]}"} for code in record.subjects]
    return {
        "by": story.byline,
        "located": record.located,
        "bodies": [
            {"role": "main", "contentType": "text/plain", "value": _plain(story)},
            {"role": "main", "contentType": "text/html", "value": _html(story)},
        ],
        "subjects": [*subjects, *({"name": one.name_ar, "literal": one.code} for one in record.sections)],
        "people": [{"name": name} for name in record.persons],
        "organisations": [{"name": name} for name in record.organisations],
        "places": [{"name": name} for name in record.places],
        "associations": [_picture(story.picture)] if story.picture else [],
    }


def _picture(picture: Picture) -> Fields:
    return _kept(
        {
            "uri": picture.url,
            "name": "main",
            "type": "picture",
            "headlines": [{"value": picture.caption}] if picture.caption else [],
            "by": picture.credit,
            "renditions": [{"name": "main", "contentType": "image/jpeg", "href": picture.url}],
        }
    )


def _paragraphs(story: Story) -> list[str]:
    if not story.dateline or not story.paragraphs:
        return list(story.paragraphs)
    return [f"{story.dateline} — {story.paragraphs[0]}", *story.paragraphs[1:]]


def _plain(story: Story) -> str:
    return "\n\n".join(_paragraphs(story))


def _html(story: Story) -> str:
    return "".join(f'<p dir="auto">{escape(paragraph, quote=False)}</p>' for paragraph in _paragraphs(story))


def _kept(fields: Fields) -> Fields:
    """Without what says nothing: a receiver never meets null."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
