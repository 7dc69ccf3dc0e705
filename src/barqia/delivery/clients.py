"""Client newsrooms: recipients with an endpoint of their own, its secrets, and how it does.

A client is found by its name, which is unique in its lane: two desks may share an address.
"""

import logging
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from barqia.delivery.endpoint import Endpoint, Secret, check_url
from barqia.delivery.lane import Accepted, Throttled, Transient
from barqia.delivery.models import Delivery, Mode, SourceKind
from barqia.errors import InputError, NotFound
from barqia.staff.models import User
from barqia.subscribers import interests, recipients
from barqia.subscribers.models import Lane, Recipient
from barqia.subscribers.vault import vault
from barqia.wire.models import Release, Section, audit

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from barqia.delivery.sending.outcomes import Result

log = logging.getLogger("barqia.delivery")
KIND = "client"
SECRET_BYTES = 32
DAY_MS = 24 * 3600 * 1000
# an endpoint that has failed for so long without one success is left alone until a person acts
LONG_FAILURE_MS = 5 * DAY_MS
Status = Recipient.Status


@dataclass(frozen=True, slots=True)
class Client:
    """One client newsroom as its row is. `sections` are slugs, none where it takes everything."""

    recipient: Recipient
    endpoint: Endpoint
    sections: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.endpoint.name

    @property
    def stopped(self) -> bool:
        """Whether the wire itself stopped it, and nobody has looked after it since."""
        return self.recipient.status == Status.BLOCKED

    @property
    def failing_since(self) -> datetime | None:
        since = self.recipient.failing_since_ms
        return None if since is None else datetime.fromtimestamp(since / 1000, UTC)


def clients(lane: Lane | None = None) -> list[Client]:
    """All clients, or one lane's, in the order they were added."""
    found = _rows().order_by("pk")
    return [_opened(one) for one in (found.filter(lane=lane) if lane else found)]


def troubled() -> list[Client]:
    """Those that the wire stopped and nobody looked after, and those whose server fails now."""
    failing = Q(status=Status.ACTIVE, failing_since_ms__isnull=False)
    return [_opened(one) for one in _rows().filter(Q(status=Status.BLOCKED) | failing).order_by("pk")]


def there_are() -> bool:
    return _rows().exists()


def by_state() -> dict[tuple[str, str], int]:
    """{(lane name, state): clients}: on, failing, stopped, off."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    names = {Status.ACTIVE: "on", Status.BLOCKED: "stopped"}
    for lane, status, failing in _rows().values_list("lane__name", "status", "failing_since_ms"):
        state = names.get(Status(status), "off")
        counted[lane, "failing" if state == "on" and failing else state] += 1
    return dict(counted)


def client(lane: Lane, name: str) -> Client:
    """Raises NotFound."""
    found = _row(lane, name)
    if found is None:
        names = ", ".join(one.name for one in clients(lane)) or _("none yet")
        raise NotFound(_("There is no client %(name)s. The clients are: %(names)s.") % {"name": name, "names": names})
    return _opened(found)


@transaction.atomic
def add(lane: Lane, name: str, url: str, sections: Sequence[str] = (), private: bool = False) -> Client:
    """A new client with a new secret. Raises InputError."""
    if _row(lane, name):
        raise InputError(_("There is a client %s already.") % name)
    try:
        check_url(url, private=private)
    except ValueError as error:
        raise InputError(str(error)) from None
    endpoint = Endpoint(name, url, (Secret(os.urandom(SECRET_BYTES)),), private)
    made = Recipient.objects.create(
        lane=lane,
        kind=Recipient.Kind.CLIENT,
        status=Status.ACTIVE,
        address_cipher=vault().seal(endpoint.write()),
        address_hash=_hash(name),
    )
    _ask(made, sections)
    audit(None, "client_added", recipient=made.pk)
    return _opened(made)


@transaction.atomic
def choose(one: Client, sections: Sequence[str]) -> None:
    """These sections from now on, everything where there are none. Raises InputError."""
    _ask(one.recipient, sections)
    audit(None, "client_sections", recipient=one.recipient.pk)


def mark_own(one: Client, own: bool) -> None:
    """Whether test sends go to it: a receiver of the newsroom's own."""
    Recipient.objects.filter(pk=one.recipient.pk).update(own=own)


def _ask(recipient: Recipient, sections: Sequence[str]) -> None:
    unknown = set(sections) - set(Section.objects.values_list("slug", flat=True))
    if unknown:
        raise InputError(_("There is no section %s.") % ", ".join(sorted(unknown)))
    interests.forget_all(recipient)
    for slug in sections:
        interests.ask_section(recipient, slug)
    if not sections:
        interests.ask_everything(recipient)


@transaction.atomic
def switch(actor: User | None, one: Client, on: bool) -> None:
    """Let a client take what is sent from now on, or not; either says that a person saw why it was stopped."""
    recipients.hold_lane(one.recipient.lane_id)
    changed = {"status": Status.ACTIVE if on else Status.UNSUBSCRIBED, "status_reason": "", "failing_since_ms": None}
    Recipient.objects.filter(pk=one.recipient.pk).update(**changed)
    audit(actor, "client_on" if on else "client_off", recipient=one.recipient.pk)


def missed(one: Client) -> list[tuple[str, str]]:
    """(public id, verb) of what it did not get while it was off, of items that it has: nobody sends these again."""
    skipped = Delivery.objects.filter(
        lane_id=one.recipient.lane_id,
        recipient_id=one.recipient.pk,
        source_kind=SourceKind.RELEASE,
        state="skipped",
        reason="opted_out",
        mode=Mode.FOLLOW,
    )
    releases = Release.objects.filter(pk__in=skipped.values("source_id")).order_by("pk")
    newest = {release.dispatch.public_id: release.verb for release in releases.select_related("dispatch")}
    return list(newest.items())


@transaction.atomic
def rotate(one: Client, now_ms: int, overlap_ms: int) -> Endpoint:
    """The endpoint with a new secret; what is sent carries both signatures until the old one ends."""
    endpoint = one.endpoint.rotated(os.urandom(SECRET_BYTES), now_ms, overlap_ms)
    one.recipient.address_cipher = vault().seal(endpoint.write())
    one.recipient.save(update_fields=["address_cipher"])
    audit(None, "client_secret", recipient=one.recipient.pk)
    return endpoint


@transaction.atomic
def move(one: Client, url: str, private: bool) -> None:
    """Another address for the same client, with the same secrets. Raises InputError."""
    try:
        check_url(url, private=private)
    except ValueError as error:
        raise InputError(str(error)) from None
    one.recipient.address_cipher = vault().seal(replace(one.endpoint, url=url, private=private).write())
    one.recipient.save(update_fields=["address_cipher"])
    audit(None, "client_moved", recipient=one.recipient.pk)


def note(results: "Sequence[Result]", now_ms: int) -> None:
    """What these calls say of their clients: one that fails for long is stopped, with a notice; others go on."""
    outcomes = {r.intent.recipient_id: r.outcome for r in results}
    well = [pk for pk, outcome in outcomes.items() if isinstance(outcome, Accepted)]
    ill = [pk for pk, outcome in outcomes.items() if isinstance(outcome, Transient | Throttled)]
    Recipient.objects.filter(pk__in=well, failing_since_ms__isnull=False).update(failing_since_ms=None)
    Recipient.objects.filter(pk__in=ill, failing_since_ms=None).update(failing_since_ms=now_ms)
    long = Recipient.objects.filter(pk__in=ill, failing_since_ms__lte=now_ms - LONG_FAILURE_MS, status=Status.ACTIVE)
    for recipient in long:
        recipients.block(recipient, "long_failure")
        log.warning("client %d has failed for %d days: it is stopped", recipient.pk, LONG_FAILURE_MS // DAY_MS)


def _rows() -> "QuerySet[Recipient]":
    """By the lanes, which are few: beside the clients there may be a million readers."""
    lanes = list(Lane.objects.filter(kind=KIND).values_list("pk", flat=True))
    return Recipient.objects.filter(lane_id__in=lanes, kind=Recipient.Kind.CLIENT)


def _hash(name: str) -> bytes:
    return vault().find(f"client:{name}")


def _row(lane: Lane, name: str) -> Recipient | None:
    return Recipient.objects.filter(lane=lane, address_hash=_hash(name)).first()


def _opened(recipient: Recipient) -> Client:
    endpoint = Endpoint.read(vault().open(bytes(recipient.address_cipher or b"")))
    return Client(recipient, endpoint, tuple(interests.sections_of(recipient)))
