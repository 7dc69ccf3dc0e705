"""The database an installation names: embedded SQLite, or PostgreSQL by one URL.

A password is never in a message: not in ours, and not in what libpq says of a URL it cannot read.
"""

from pathlib import Path
from typing import Any

from barqia.errors import SetupError

Database = dict[str, Any]

CONNECT_SECONDS = 10
# the web's threads keep their connections for so long, and look at each before a request
KEPT_SECONDS = 600
# what stands longer is a fault: a lock, a statement or a transaction that holds up everyone else. Seconds.
LIMITS = {"lock_timeout": 30, "statement_timeout": 300, "idle_in_transaction_session_timeout": 60}
# so that the server sees within half a minute that a machine went dark, and frees what it held
KEPT_ALIVE = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 4}

HOW_TO_WRITE = (
    "write it like postgresql://user:password@host:5432/name?sslmode=require (a socket: postgresql:///name?host=/run/"
    "postgresql), with %40 for @, %3A for :, %2F for /, %3F for ? and %25 for % within a password"
)


def database(url: str | None, data: Path) -> Database:
    """Django's settings for it. Raises SetupError for a URL that cannot be used."""
    return postgresql(str(url)) if url else sqlite(data / "barqia.sqlite3")


def sqlite(path: Path) -> Database:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def postgresql(url: str) -> Database:
    """From a URL as libpq reads it; what it names beside the five (sslmode, options, …) is handed on as it is."""
    given = _parts(url)
    limits = " ".join(
        [f"-c {name}={seconds}s" for name, seconds in LIMITS.items()]
        + [f"-c {name}={value}" for name, value in KEPT_ALIVE.items()]
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname"),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "barqia",
            **given,
            "options": f"{limits} -c synchronous_commit=on {given.get('options', '')}".strip(),
        },
    }


def _parts(url: str) -> dict[str, Any]:
    if not url.startswith(("postgresql://", "postgres://")):
        kind = url.partition(":")[0] if "://" in url else "without a scheme"
        raise SetupError(f"database_url ({kind}) is none of PostgreSQL's: {HOW_TO_WRITE}; none at all for SQLite.")
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise SetupError(
            "database_url names PostgreSQL, whose driver is missing: install barqia[postgresql]."
        ) from None
    try:
        given = conninfo_to_dict(url)
    except ProgrammingError:
        raise SetupError(f"database_url cannot be read as a URL of PostgreSQL: {HOW_TO_WRITE}.") from None
    if not all(port.isdecimal() for port in str(given.get("port", "5432")).split(",")):
        raise SetupError(f"database_url has a port that is no number: {HOW_TO_WRITE}.")
    if not given.get("dbname"):
        raise SetupError(f"database_url names no database: {HOW_TO_WRITE}.")
    return dict(given)
