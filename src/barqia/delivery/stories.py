"""A release or an answer as the frozen data a lane renders; built once, then shared by thousands."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from barqia.delivery.models import Answer, SourceKind
from barqia.delivery.records import record_of
from barqia.reading import Reading
from barqia.rendering.story import Act, AnswerText, Choice, ContactCard, Digest, Menu, Picture, Story
from barqia.subscribers.models import Lane
from barqia.wire import calendar
from barqia.wire.models import Dispatch, Draft, Newsroom, Release, Revision, Verb

MINUTE_MS = 60_000
ACTS = {Verb.CORRECT: Act.CORRECT, Verb.KILL: Act.KILL, Verb.TAKEDOWN: Act.TAKEDOWN}


class Content(NamedTuple):
    """What a source asks of a lane. `item` and `follows` are dispatches: its own, and the one that it is an update of.

    For `follow` deliveries of a republished item the act is correct.
    """

    act: Act
    content: Story | AnswerText
    item: UUID | None = None
    follows: UUID | None = None


def content_of(source_kind: int, source_id: int) -> Content:
    if source_kind == SourceKind.ANSWER:
        return Content(Act.SEND, _answer_text(Answer.objects.get(pk=source_id)))
    return release_content(source_id)


@lru_cache(maxsize=512)
def release_content(release_id: int) -> Content:
    """A release never changes, so what it asks of a lane is built once a process; a digest asks for a day's."""
    release = Release.objects.select_related("dispatch", "revision").get(pk=release_id)
    act = ACTS.get(Verb(release.verb), Act.SEND)
    return Content(act, story_of(release), release.dispatch_id, release.dispatch.rewrite_of_id)


def digest_of(releases: Iterable[int], now_ms: int) -> Digest:
    """The texts of these releases, the most urgent first and of those the newest."""
    found = sorted(((release, release_content(release).content) for release in releases), key=lambda one: -one[0])
    stories = sorted((story for _release, story in found if isinstance(story, Story)), key=lambda story: story.urgency)
    return Digest(tuple(stories), _day(now_ms // MINUTE_MS, stories[0].language))


@lru_cache(maxsize=16)
def _day(minute: int, language: str) -> str:
    """The date of that minute where the newsroom is, as it writes dates."""
    newsroom = Newsroom.objects.first() or Newsroom()
    return calendar.day(datetime.fromtimestamp(minute * 60, UTC), newsroom.zone, newsroom.months, language)


def story_of(release: Release) -> Story:
    """The release's revision without its dateline and footer, with the wire's own footer."""
    revision, dispatch = release.revision, release.dispatch
    newsroom = Newsroom.objects.first() or Newsroom()
    ending = release.verb in {Verb.KILL, Verb.TAKEDOWN}
    return Story(
        headline=revision.headline,
        dateline=" ـ ".join(filter(None, [revision.dateline_place, revision.dateline_source])),
        paragraphs=paragraphs_of(revision),
        byline=revision.byline,
        urgency=release.urgency,
        language=dispatch.language,
        link=f"{settings.BARQIA_BASE_URL}/d/{dispatch.public_id}",
        agency=newsroom.agency or newsroom.name_ar,
        note=release.reason if ending else revision.correction_note,
        follow=follow_lines(),
        test=release.verb == Verb.TEST,
        picture=None if ending else picture_of(revision),
        cover=_cover(dispatch),
        record=record_of(release),
    )


def story_as_if(copy: Draft | Revision, verb: str, note: str = "") -> Story:
    """The story that these words would be, if `verb` were done now; `note` as an editor would write it."""
    dispatch, reading = copy.dispatch, copy.review().reading
    dateline = reading.dateline
    revision = Revision(
        dispatch=dispatch,
        number=0,
        headline=copy.headline,
        byline=copy.byline,
        text=copy.text,
        picture_id=copy.picture_id,
        picture_caption=copy.picture_caption,
        picture_credit=copy.picture_credit,
        correction_note=note,
        dateline_place=dateline.place if dateline else "",
        dateline_source=(dateline.agency or "") if dateline else "",
        as_read=reading.as_json(),
    )
    release = Release(pk=0, dispatch=dispatch, revision=revision, verb=verb, urgency=dispatch.urgency, reason=note)
    release.created_at = timezone.now()
    return story_of(release)


def picture_of(revision: Revision) -> Picture | None:
    """The revision's picture at its public address."""
    if revision.picture_id is None:
        return None
    url = f"{settings.BARQIA_BASE_URL}/d/{revision.dispatch.public_id}/{revision.picture_id}.jpg"
    return Picture(revision.picture_id, url, revision.picture_caption, revision.picture_credit)


def _cover(dispatch: Dispatch) -> str:
    had_one = dispatch.revisions.filter(picture__isnull=False).exists()
    return f"{settings.BARQIA_BASE_URL}/cover.jpg" if had_one else ""


def paragraphs_of(revision: Revision) -> tuple[str, ...]:
    """The paragraphs as one line each: hard wraps joined, dateline and boilerplate left out."""
    reading = Reading.from_json(revision.reading)
    start_of_text = reading.dateline.span[1] if reading.dateline else 0
    found = (" ".join(revision.text[max(a, start_of_text) : b].split()) for a, b in reading.paragraphs)
    return tuple(filter(None, found))


def follow_lines() -> tuple[str, ...]:
    """Where readers can follow the newsroom: its public page of addresses."""
    lanes = Lane.objects.filter(active=True)
    telegram = next((s for lane in lanes if (s := lane.settings.get("channel_username"))), None)
    whatsapp = next((s for lane in lanes if (s := lane.settings.get("display_number"))), None)
    lines = []
    if telegram:
        lines.append(f"https://t.me/{telegram}")
    if whatsapp:
        lines.append(f"https://wa.me/{whatsapp.lstrip('+')}")
    return tuple(lines)


def _answer_text(answer: Answer) -> AnswerText:
    card = contact_card() if answer.card else None
    return AnswerText(answer.text, tuple(answer.buttons), card, _menu(answer.menu) if answer.menu else None)


def _menu(stored: dict[str, Any]) -> Menu:
    return Menu(**{**stored, "choices": tuple(Choice(**choice) for choice in stored["choices"])})


def contact_card() -> ContactCard | None:
    """The newsroom's entry for a telephone book; None until it has a name and a number."""
    newsroom = Newsroom.objects.first()
    if newsroom is None or not newsroom.contact_phone:
        return None
    name = newsroom.contact_name or newsroom.agency or newsroom.name_ar
    return ContactCard(name, newsroom.contact_phone, settings.BARQIA_BASE_URL)
