"""Which standing interests a release meets, and why."""

from barqia.matching import Interest as Standing
from barqia.matching import match
from barqia.reading import Reading
from barqia.subscribers.models import Interest
from barqia.wire.models import Release


def interests_met(release: Release) -> list[tuple[int, str, str, str]]:
    """(interest id, kind, key, why) for each interest the release's reading and sections meet."""
    rows = {(row.kind, row.key): row.pk for row in Interest.objects.all()}
    sections = list(release.dispatch.sections.values_list("slug", flat=True))
    reading = Reading.from_json(release.revision.reading)
    standing = [Standing(kind, key) for kind, key in rows]
    found = match(reading, release.revision.text, sections, standing)
    return [(rows[m.interest.kind, m.interest.key], m.interest.kind, m.interest.key, m.why) for m in found]
