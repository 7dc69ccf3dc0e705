"""Several machines: what they need, and the hand-out they share."""

from collections.abc import Collection
from hashlib import blake2b
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, connections

from barqia.delivery.clock import now_ms
from barqia.delivery.handout import Embedded, Handout
from barqia.delivery.pulses import living
from barqia.errors import InputError, InUse, SetupError

if TYPE_CHECKING:
    from barqia.delivery.several.bus import Bus

# a worker that stands still in the middle of a transaction must not keep the lane from the next one, and one that
# lost its way to the database must notice
SESSION = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
STANDING_STILL = " -c idle_in_transaction_session_timeout=3s"


def asked_for() -> bool:
    """Whether `nats_url` is set."""
    return settings.BARQIA_NATS is not None


def require_what_it_needs() -> None:
    """Raise SetupError where several machines are asked for on a database of one, InUse the other way round."""
    if asked_for() and connection.vendor != "postgresql":
        raise SetupError(
            "nats_url is set, and the database is SQLite, a file that one machine writes: name PostgreSQL in "
            "database_url, or take nats_url away."
        )
    workers = [pulse.worker for pulse in living(now_ms()) if pulse.several] if not asked_for() else []
    if workers:
        raise InUse(f"{workers[0]} sends for this database over NATS: set the same nats_url here, or stop it first.")


def require_lanes(names: Collection[str]) -> None:
    """Raise InputError for a name that no lane has."""
    from barqia.subscribers.models import Lane

    for name in set(names) - set(Lane.objects.values_list("name", flat=True)):
        raise InputError(f"There is no lane {name}: see `barqia lane list`.")


def handout() -> Handout:
    """The hand-out that the settings ask for. Raises SetupError."""
    if not asked_for():
        return Embedded()
    made = bus()
    from barqia.delivery.several.handout import Nats

    options = connections.settings["default"]["OPTIONS"]
    connections.settings["default"]["OPTIONS"] = {**SESSION, **options, "options": options["options"] + STANDING_STILL}
    return Nats(made)


def bus() -> "Bus":
    """Named after the installation's key, so that two installations on one NATS never meet. Raises SetupError."""
    try:
        from barqia.delivery.several.bus import Bus
    except ImportError:
        raise SetupError("nats_url is set, and its client is missing: install barqia[nats].") from None
    mark = blake2b(settings.BARQIA_KEY_FILE.read_bytes(), digest_size=6, person=b"barqia-nats").hexdigest()
    assert settings.BARQIA_NATS is not None
    return Bus(settings.BARQIA_NATS, f"barqia-{mark}")
