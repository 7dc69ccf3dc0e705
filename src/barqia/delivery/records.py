"""A release's record: what machines are told of its item besides the words."""

from datetime import datetime

from barqia.reading import Reading
from barqia.rendering.record import Record, Said, Topic
from barqia.wire.models import Release


def record_of(release: Release) -> Record:
    revision, dispatch = release.revision, release.dispatch
    reading = Reading.from_json(revision.reading)
    return Record(
        release=release.pk,
        uri=f"urn:uuid:{dispatch.pk}",
        public_id=dispatch.public_id,
        version=revision.number,
        corrections=dispatch.correction_sequence,
        slugline=dispatch.slugline,
        ednote=revision.ednote,
        located=revision.dateline_place,
        source=revision.dateline_source,
        created=_iso(dispatch.created_at),
        published=_iso(dispatch.published_at or release.created_at),
        released=_iso(release.created_at),
        sections=tuple(Topic(one.slug, one.name_ar, one.name_en) for one in dispatch.sections.all()),
        subjects=tuple(dispatch.subject),
        statements=_statements(revision.text, reading),
        persons=tuple(dict.fromkeys(one.name for one in reading.persons)),
        organisations=tuple(dict.fromkeys(one.name for one in reading.organisations)),
        places=tuple(dict.fromkeys(one.name for one in reading.places)),
    )


def _statements(text: str, reading: Reading) -> tuple[Said, ...]:
    return tuple(
        Said(one.speaker or "", one.title or "", " ".join(text[slice(*one.content)].split()), one.direct)
        for one in reading.statements
    )


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
