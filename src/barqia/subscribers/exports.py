"""Readers, groups and channels as CSV lines: what `imports` takes, with their state beside it."""

import csv
import io
from collections.abc import Iterator

from barqia.subscribers.models import Recipient
from barqia.subscribers.vault import vault

COLUMNS = ("lane", "address", "user_id", "status", "sections", "consent_source", "consent_at", "kind", "digest")
Kinds = Recipient.Kind


def export_csv() -> Iterator[str]:
    """CSV lines of every reader, group and channel, one at a time. They hold addresses: keep them as the key."""
    yield ",".join(COLUMNS) + "\n"
    query = (
        Recipient.objects.filter(kind__in=[Kinds.READER, Kinds.GROUP, Kinds.CHANNEL])
        .select_related("lane", "reader")
        .prefetch_related("subscriptions__interest", "reader__consents")
        .order_by("pk")
    )
    for recipient in query.iterator(chunk_size=1000):
        yield _line(recipient)


def _line(recipient: Recipient) -> str:
    sections = [s.interest.key for s in recipient.subscriptions.all() if s.interest.kind == "section"]
    consents = list(recipient.reader.consents.all()) if recipient.reader else []
    given = max(consents, key=lambda consent: consent.at, default=None)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        [
            recipient.lane.name,
            _opened(recipient.address_cipher),
            _opened(recipient.user_id_cipher),
            recipient.status,
            " ".join(sections),
            given.source if given else "",
            given.at.isoformat() if given else "",
            recipient.kind,
            "yes" if recipient.digest else "",
        ]
    )
    return out.getvalue()


def _opened(cipher: bytes | memoryview | None) -> str:
    return vault().open(bytes(cipher)) if cipher else ""
