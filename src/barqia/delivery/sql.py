"""A thin layer over Django's connection for the hot path: set-based SQL, rows as tuples.

Many rows at once go to the database in the form that is fastest there (`benchmarks/database.py`): on SQLite one
statement for a thousand rows inserted, which costs half of one a row and lets other threads run but once, and one
compiled once for rows updated; on PostgreSQL COPY, or one statement over one JSON array. psycopg's own executemany
binds and plans every row: ten times the work in this process.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

Row = tuple[Any, ...]
# SQLite binds at most 32,766 values in a statement
ROWS_AT_ONCE = 1000

ROWS = " FROM {rows} AS v"
OF_A_ROW = re.compile(r"\bv\.(\w+)")


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


def insert_many(table: str, columns: str, values: Iterable[Sequence[Any]], conflict: str = "") -> None:
    """Insert these rows; `columns` are names, "lane_id, month". `conflict` is what follows ON CONFLICT: "DO NOTHING",
    "(id) DO UPDATE SET state=excluded.state"; two of these rows must not conflict with each other."""
    batch = list(values)
    if not batch:
        return
    names = _names(columns)
    otherwise = f" ON CONFLICT {conflict}" if conflict else ""
    if connection.vendor == "sqlite":
        for start in range(0, len(batch), ROWS_AT_ONCE):
            part = batch[start : start + ROWS_AT_ONCE]
            one = f"({marks(names)})"
            run(
                f"INSERT INTO {table} ({columns}) VALUES {','.join([one] * len(part))}{otherwise}",
                [value for row in part for value in row],
            )
    elif conflict:
        typed = [(name, _types_of(table)[name]) for name in names]
        run(f"INSERT INTO {table} ({columns}) SELECT * FROM {_json_rows(typed)} AS v{otherwise}", [_json(batch)])
    else:
        _copy(table, names, batch)


def update_many(query: str, columns: str, values: Iterable[Sequence[Any]]) -> None:
    """Execute once for all these rows, which the query names as the table `v`: `UPDATE part AS p SET state=v.state
    FROM {rows} AS v WHERE p.id=v.id`. `columns` are their names and PostgreSQL's types, "id bigint, state text"; no
    two rows may meet the same row of the database."""
    batch = list(values)
    if not batch:
        return
    typed = tuple(column.split(maxsplit=1) for column in columns.split(","))
    if connection.vendor == "sqlite":
        one, places = _for_one(query, tuple(name for name, _kind in typed))
        run_many(one, [[row[place] for place in places] for row in batch])
    else:
        run(query.replace(ROWS, f" FROM {_json_rows(typed)} AS v"), [_json(batch)])


def marks(values: Sequence[Any]) -> str:
    """Placeholders for an IN list; an empty list matches nothing."""
    return ",".join(["%s"] * len(values)) or "NULL"


def _names(columns: str) -> list[str]:
    return [name.strip() for name in columns.split(",")]


@lru_cache(maxsize=64)
def _for_one(query: str, names: tuple[str, ...]) -> tuple[str, list[int]]:
    """The same for one row: each of its values a placeholder; which of them, in the order they stand there."""
    one = query.replace(ROWS, "")
    return OF_A_ROW.sub("%s", one), [names.index(name) for name in OF_A_ROW.findall(one)]


def _json_rows(typed: Sequence[Sequence[str]]) -> str:
    """A table of a JSON array of arrays, the query's one parameter."""
    columns = ", ".join(f"(j->>{at})::{kind} AS {name}" for at, (name, kind) in enumerate(typed))
    return f"(SELECT {columns} FROM jsonb_array_elements(%s::jsonb) AS j)"


def _json(batch: list[Sequence[Any]]) -> str:
    """Values as PostgreSQL reads them from text: a UUID, a time."""
    return json.dumps(batch, default=str)


def _copy(table: str, names: Sequence[str], batch: Iterable[Sequence[Any]]) -> None:
    types = _types_of(table)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        copying = cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT binary)")
        with copying as copy:
            copy.set_types([types[name] for name in names])
            for row in batch:
                copy.write_row(row)


@lru_cache(maxsize=32)
def _types_of(table: str) -> dict[str, str]:
    """{column: type} as PostgreSQL names it; a migration comes with a new process."""
    return dict(
        rows(
            "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid=a.atttypid "
            "WHERE a.attrelid=%s::regclass AND a.attnum>0 AND NOT a.attisdropped",
            [table],
        )
    )
