"""A thin layer over Django's connection for the hot path: set-based SQL, rows as tuples."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

Row = tuple[Any, ...]
# SQLite binds at most 32,766 values in a statement
ROWS_AT_ONCE = 1000


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


def insert_many(table: str, columns: str, values: Sequence[Sequence[Any]], conflict: str = "") -> None:
    """Insert these rows; `columns` are names, "lane_id, month"; `conflict` is what follows ON CONFLICT.

    One statement a thousand rows costs half of one a row, and lets other threads run but once.
    """
    for start in range(0, len(values), ROWS_AT_ONCE):
        batch = values[start : start + ROWS_AT_ONCE]
        run(
            f"INSERT INTO {table} ({columns}) VALUES {','.join([f'({marks(batch[0])})'] * len(batch))}"
            f"{' ON CONFLICT ' + conflict if conflict else ''}",
            [value for one in batch for value in one],
        )


def marks(values: Sequence[Any]) -> str:
    """Placeholders for an IN list; an empty list matches nothing."""
    return ",".join(["%s"] * len(values)) or "NULL"
