"""Readers from a CSV file: checked whole, then written in one transaction, set by set."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from barqia.errors import InputError
from barqia.subscribers.countries import country_of
from barqia.subscribers.interests import EVERYTHING, interest
from barqia.subscribers.models import Consent, Interest, Lane, Recipient, Subscription
from barqia.subscribers.vault import vault
from barqia.text.addresses import MAIL_ADDRESS
from barqia.wire.models import Section

COLUMNS = ("lane", "address", "sections", "consent_source")
SLICE = 5_000
SHOWN_ERRORS = 5
ADDRESSES = {
    "telegram": re.compile(r"-?[1-9][0-9]{0,18}"),
    "whatsapp": re.compile(r"\+?[1-9][0-9]{6,14}"),
    # none: a client newsroom is added with its secret
    "client": re.compile(r"(?!)"),
    # none: a browser subscribes itself
    "webpush": re.compile(r"(?!)"),
    "email": MAIL_ADDRESS,
}


class Row(NamedTuple):
    """One line that was checked; `sections` are slugs, none is everything; `digest` is None where it is not said."""

    lane: Lane
    address: str
    sections: tuple[str, ...]
    source: str
    kind: str
    digest: bool | None


@dataclass(slots=True)
class Imported:
    """What an import came to. Who had unsubscribed or blocked us stays so: `opted_out`."""

    added: int = 0
    changed: int = 0
    opted_out: int = 0
    repeated: int = 0
    errors: list[str] = field(default_factory=list)


OPTED_OUT = (Recipient.Status.UNSUBSCRIBED.value, Recipient.Status.BLOCKED.value)
READER, GROUP, CHANNEL = Recipient.Kind.READER.value, Recipient.Kind.GROUP.value, Recipient.Kind.CHANNEL.value
ACTIVE = Recipient.Status.ACTIVE.value
DIGEST = {None: None, "": False, "yes": True}

Progress = Callable[[int], None]


def import_csv(lines: Iterable[str], progress: Progress = lambda _count: None) -> Imported:
    """Add the readers of a CSV with the columns lane, address, sections, consent_source.

    Sections are slugs separated by blanks; empty is everything. A wire's export has more columns: what is not active
    in `status` is left out, what is a group in `kind` is one, who has yes in `digest` gets one message a day, and
    channels are left to `lane add`. Raises InputError,
    naming the first wrong lines, and then nothing is written. `progress` is told how many lines are written.
    """
    result = Imported()
    rows = _unique(_checked(lines, result), result)
    with transaction.atomic():
        for start in range(0, len(rows), SLICE):
            _write(rows[start : start + SLICE], result)
            progress(min(start + SLICE, len(rows)))
    return result


def _checked(lines: Iterable[str], result: Imported) -> list[Row]:
    reader = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            _("The file has no column “%(missing)s”: its first line is %(columns)s.")
            % {"missing": missing[0], "columns": ",".join(COLUMNS)}
        )
    lanes = {lane.name: lane for lane in Lane.objects.all()}
    sections = set(Section.objects.values_list("slug", flat=True))
    good: list[Row] = []
    errors: list[str] = []
    for record in _records(reader):
        if record.get("kind") == CHANNEL:
            continue
        if record.get("status") not in {None, "", ACTIVE}:
            result.opted_out += 1
            continue
        try:
            good.append(_row(record, lanes, sections))
        except ValueError as error:
            errors.append(_("line %(line)s: %(what)s") % {"line": reader.line_num, "what": error})
    if errors:
        shown = "; ".join(errors[:SHOWN_ERRORS])
        raise InputError(
            _("%(count)s lines cannot be taken, so none was: %(shown)s.") % {"count": len(errors), "shown": shown}
        )
    if not good and not result.opted_out:
        raise InputError(_("The file has no lines of readers."))
    return good


def _records(reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise InputError(_("Line %(line)s is no CSV: %(why)s.") % {"line": reader.line_num, "why": error}) from None


def _row(record: dict[str, str], lanes: dict[str, Lane], sections: set[str]) -> Row:
    name = (record["lane"] or "").strip()
    lane = lanes.get(name)
    if lane is None:
        raise ValueError(_("there is no lane “%s”") % name)
    address = re.sub(r"[\s()\-]", "", record["address"] or "") if lane.kind == "whatsapp" else record["address"]
    address = (address or "").strip()
    address = address.lower() if lane.kind == "email" else address
    pattern = ADDRESSES.get(lane.kind)
    if not address or (pattern and not pattern.fullmatch(address)):
        raise ValueError(_("the address is none of %s") % lane.kind)
    slugs = tuple(dict.fromkeys((record["sections"] or "").split()))
    unknown = [slug for slug in slugs if slug not in sections]
    if unknown:
        raise ValueError(_("there is no section “%s”") % unknown[0])
    source = (record["consent_source"] or "").strip()
    if not source:
        raise ValueError(_("the consent's source is empty: say how the reader agreed"))
    kind = record.get("kind") or READER
    if kind not in {READER, GROUP}:
        raise ValueError(_("there is no kind “%s”") % kind)
    how = record.get("digest")
    if how not in DIGEST:
        raise ValueError(_("digest is “yes” or empty, and not “%s”") % how)
    return Row(lane, address.lstrip("+"), slugs, source[:80], kind, DIGEST[how])


def _unique(rows: list[Row], result: Imported) -> list[Row]:
    """The last line of each address counts."""
    last = {(row.lane.pk, row.address): row for row in rows}
    result.repeated = len(rows) - len(last)
    return list(last.values())


def _write(rows: list[Row], result: Imported) -> None:
    keyed = {(row.lane.pk, vault().find(row.address)): row for row in rows}
    known = _known(keyed)
    fresh = [key for key in keyed if key not in known]
    _create(fresh, keyed)
    result.added += len(fresh)
    opted_out = {key for key, (_pk, status) in known.items() if status in OPTED_OUT}
    result.opted_out += len(opted_out)
    changing = {key: pk for key, (pk, _status) in known.items() if key not in opted_out}
    result.changed += len(changing)
    ids = {**changing, **{key: pk for key, (pk, _s) in _known({key: keyed[key] for key in fresh}).items()}}
    _activate(list(changing.values()))
    for digest in (True, False):
        _set_digest([pk for key, pk in changing.items() if keyed[key].digest is digest], digest)
    _subscribe(ids, keyed)
    _consent(ids, keyed)


Key = tuple[int, bytes]


def _known(keyed: dict[Key, Row]) -> dict[Key, tuple[int, str]]:
    found: dict[Key, tuple[int, str]] = {}
    lanes = {lane for lane, _digest in keyed}
    hashes = [digest for _lane, digest in keyed]
    for start in range(0, len(hashes), 500):
        # with the lanes, or no index of addresses serves and each part reads every recipient there is
        query = Recipient.objects.filter(lane__in=lanes, address_hash__in=hashes[start : start + 500])
        for pk, lane, digest, status in query.values_list("pk", "lane_id", "address_hash", "status"):
            if digest and (lane, bytes(digest)) in keyed:
                found[lane, bytes(digest)] = (pk, status)
    return found


def _create(fresh: list[Key], keyed: dict[Key, Row]) -> None:
    now = _now()
    readers = _new_readers(len(fresh), now)
    seal = vault().seal
    _insert(
        "subscribers_recipient (lane_id, reader_id, kind, status, status_reason, own, digest, address_cipher, "
        "address_hash, country, created_at)",
        [
            (
                key[0],
                reader,
                keyed[key].kind,
                ACTIVE,
                "",
                False,
                bool(keyed[key].digest),
                seal(keyed[key].address),
                key[1],
                _country(keyed[key]),
                now,
            )
            for key, reader in zip(fresh, readers, strict=True)
        ],
    )


def _country(row: Row) -> str:
    return country_of(row.lane.kind, row.address, None)


def _new_readers(count: int, now: str) -> list[int]:
    """The ids of as many new readers, made in one statement."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM numbers WHERE n<%s) "
            "INSERT INTO subscribers_reader (language, created_at) SELECT 'ar', %s FROM numbers RETURNING id",
            [count, now],
        )
        return [row[0] for row in cursor.fetchall()]


def _insert(into: str, values: list[tuple[Any, ...]]) -> None:
    """Set-based: the ORM's own bulk_create takes four times as long."""
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {into} VALUES ({','.join(['%s'] * len(values[0]))})", values)  # noqa: S608 - our own names


def _now() -> str:
    """As the database stores a time."""
    return str(connection.ops.adapt_datetimefield_value(timezone.now()))


def _activate(ids: list[int]) -> None:
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        # who unsubscribed while this was read stays so
        Recipient.objects.filter(pk__in=part).exclude(status__in=OPTED_OUT).update(status=ACTIVE)
        Subscription.objects.filter(recipient_id__in=part, interest__kind__in=["everything", "section"]).delete()


def _set_digest(ids: list[int], digest: bool) -> None:
    for start in range(0, len(ids), 500):
        Recipient.objects.filter(pk__in=ids[start : start + 500]).update(digest=digest)


def _subscribe(ids: dict[Key, int], keyed: dict[Key, Row]) -> None:
    wanted = {one for key in ids for one in _asked(keyed[key])}
    interests = {one: interest(*one).pk for one in wanted}
    rows = []
    for key, recipient in ids.items():
        rows += [(interests[one], key[0], recipient) for one in _asked(keyed[key])]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO subscribers_subscription (interest_id, lane_id, recipient_id) VALUES (%s,%s,%s) "
            "ON CONFLICT DO NOTHING",
            rows,
        )


def _asked(row: Row) -> list[tuple[str, str]]:
    return [(str(Interest.Kind.SECTION), slug) for slug in row.sections] or [EVERYTHING]


def _consent(ids: dict[Key, int], keyed: dict[Key, Row]) -> None:
    now = _now()
    readers: dict[int, int] = {}
    values = list(ids.values())
    for start in range(0, len(values), 500):
        readers.update(Recipient.objects.filter(pk__in=values[start : start + 500]).values_list("pk", "reader_id"))
    _insert(
        "subscribers_consent (reader_id, lane_id, action, source, word, wording, at)",
        [
            (readers[recipient], key[0], Consent.Action.SUBSCRIBE.value, keyed[key].source, "", "", now)
            for key, recipient in ids.items()
            if readers[recipient]
        ],
    )
