"""A thin layer over Django's connection for the hot path: set-based SQL, rows as tuples."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def rows(query: str, values: Sequence[Any] = ()) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[Row] = cursor.fetchall()
        return found


def run(query: str, values: Sequence[Any] = ()) -> int:
    """Execute and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.rowcount)


def run_many(query: str, values: Iterable[Sequence[Any]]) -> None:
    batch = list(values)
    if batch:
        with connection.cursor() as cursor:
            cursor.executemany(query, batch)


def marks(values: Sequence[Any]) -> str:
    """Placeholders for an IN list; an empty list matches nothing."""
    return ",".join(["%s"] * len(values)) or "NULL"
