"""Every lane kind: its table, and what a kind is: pure, silent about secrets, hard to break from outside."""

import os
import random
import socket
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from barqia.delivery.lane import Address, Calls, Inbound, LaneKind, Malformed, Outcome, Refused, Reply, SentPart, Skip
from barqia.newsroom.templatetags.desk_words import reason_name
from barqia.rendering import Act
from lanes.contract import NOW, Expect, calls_of, found_kind, play

KINDS = sorted(settings.BARQIA_LANE_KINDS)
each_kind = pytest.mark.parametrize("name", KINDS)
MUTANTS = 2000


@each_kind
def test_a_kind_is_what_it_says(name: str) -> None:
    kind, table = found_kind(name)
    asked = [one for one in (*LaneKind.__annotations__, *vars(LaneKind)) if not one.startswith("_")]
    assert [one for one in asked if not hasattr(kind, one)] == []
    assert kind.name == name
    assert kind.required <= {*kind.settings, *kind.secrets}
    assert kind.required <= {*table.settings, *table.secrets}
    assert set(table.settings) <= set(kind.settings)
    assert set(table.secrets) <= set(kind.secrets)
    terms = kind.terms(table.settings)
    assert 0 < terms.usual <= terms.fastest
    manual = (Path(__file__).parents[2] / "docs" / "lanes.md").read_text()
    lines = [line for line in manual.splitlines() if line.startswith(f"| {name} | ")]
    names = [f"`{one}`" for one in kind.settings] + [f"`{one.upper()}`" for one in kind.secrets]
    assert any(all(one in line for one in names) for line in lines), f"docs/lanes.md has no row with {names}"


@each_kind
def test_its_table(name: str) -> None:
    kind, table = found_kind(name)
    for row in table.rows:
        made, outcome = play(kind, table, row)
        for call, (expected, _reply) in zip(made, row.exchanges, strict=True):
            words = table.opened(call) if call.body else ""
            seen = Expect(
                call.op,
                expected.url_end if call.url.endswith(expected.url_end) else call.url,
                tuple(said for said in expected.says if said in words),
                tuple(said for said in expected.leaves_out if said not in words),
            )
            assert (row.what, seen) == (row.what, expected)
        assert (row.what, outcome) == (row.what, row.comes_to)


@each_kind
def test_its_table_has_what_every_lane_meets(name: str) -> None:
    kind, table = found_kind(name)
    assert {row.act for row in table.rows} == set(Act)
    outcomes = {type(row.comes_to).__name__ for row in table.rows}
    assert {"Accepted", "Throttled", "Refused"} <= outcomes
    assert any(reply.status >= 500 for row in table.rows for _expected, reply in row.exchanges)
    correction = calls_of(kind, table, table.job(Act.CORRECT, earlier=(SentPart(0, "10", NOW),)))
    assert correction[0].in_place == kind.edits_in_place


@each_kind
def test_rendering_is_pure(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, table = found_kind(name)
    jobs = [table.job(row.act, row.content, earlier=row.earlier, **row.more) for row in table.rows]
    first = [kind.render(job, table.lane(kind)) for job in jobs]

    def forbidden(*_args: object, **_more: object) -> Any:
        raise AssertionError("a lane kind reads no clock, draws no lots and opens no socket")

    for module, names in (
        (time, ("time", "time_ns", "monotonic")),
        (random, ("random", "uniform", "randbytes")),
        (os, ("urandom",)),
        (uuid, ("uuid1", "uuid4")),
        (socket, ("socket", "getaddrinfo")),
    ):
        for forbidden_name in names:
            monkeypatch.setattr(module, forbidden_name, forbidden)
    assert [found_kind(name)[0].render(job, table.lane(kind)) for job in jobs] == first


@each_kind
def test_parts_that_are_out_are_not_sent_again(name: str) -> None:
    kind, table = found_kind(name)
    story = replace(table.story, paragraphs=(table.long or "قصير",))
    whole = calls_of(kind, table, table.job(content=story))
    assert (len(whole) > 1) == bool(table.long)
    done: tuple[SentPart, ...] = ()
    for number, call in enumerate(whole):
        assert call.part == number < 64
        done = (*done, SentPart(number, str(number), NOW))
        left = kind.render(table.job(content=story, done=done), table.lane(kind))
        assert left == (Calls(whole[number + 1 :]) if whole[number + 1 :] else Skip("nothing_to_do"))


@each_kind
def test_who_has_no_address_is_skipped(name: str) -> None:
    kind, table = found_kind(name)
    assert kind.render(table.job(to=Address(None)), table.lane(kind)) == Skip("no_address")


def _tells(text: str, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if secret in text]


@each_kind
def test_nothing_that_may_be_logged_tells_a_secret_or_an_address(name: str) -> None:
    kind, table = found_kind(name)
    lane, address = table.lane(kind), table.address(1)
    secrets = [*table.secrets.values(), address, *table.silent]
    assert not _tells(repr(lane), list(table.secrets.values()))
    for row in table.rows:
        job = table.job(row.act, row.content, earlier=row.earlier, **row.more)
        rendered = kind.render(job, lane)
        assert not _tells(repr(job.to) + repr(rendered), secrets)
        assert not _tells(repr(play(kind, table, row)[1]), secrets)
    echoes = Reply(400, {}, repr(secrets).encode())
    outcome: Outcome = kind.outcome(calls_of(kind, table, table.job())[0], echoes)
    assert not _tells(repr(outcome), secrets)


@each_kind
def test_bytes_that_are_no_update_are_malformed_and_nothing_worse(name: str) -> None:
    kind, table = found_kind(name)
    lane, dice = table.lane(kind), random.Random(name)
    bodies = [b"", b"\xff", b"[]", b"{}", b"null", b"[" * 100_000, b'{"a":' * 5000, b"1" * 5000]
    bodies += [_mutated(dice, dice.choice(table.inbound)) for _ in range(MUTANTS if table.inbound else 0)]
    for body in bodies:
        with suppress(Malformed):
            assert all(isinstance(one, Inbound) for one in kind.parse(lane, body))


def _mutated(dice: random.Random, body: bytes) -> bytes:
    """A few bytes replaced, cut out or doubled, or one value of the JSON replaced by another kind of value."""
    piece = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(piece))
        end = min(len(piece), at + dice.randint(1, 12))
        kinds = (dice.randbytes(end - at), b"", bytes(piece[at:end]) * 2, b"null", b'"x"', b"-1", b"[]", b"1e999")
        piece[at:end] = dice.choice(kinds)
        if not piece:
            return b""
    return bytes(piece)


@each_kind
def test_what_the_provider_sends_is_understood_and_an_unsigned_body_is_not_trusted(name: str) -> None:
    kind, table = found_kind(name)
    for body in table.inbound:
        assert kind.parse(table.lane(kind), body)
        assert not kind.verify(table.lane(kind), {}, body)
    assert not kind.verify(table.lane(kind), {}, b"{}")


@each_kind
def test_an_editor_reads_why_it_was_refused(name: str) -> None:
    kind, table = found_kind(name)
    call = calls_of(kind, table, table.job())[0]
    replies = [table.blocked, *filter(None, [table.lane_fault])]
    outcomes = [kind.outcome(call, reply) for reply in replies] + [row.comes_to for row in table.rows]
    slugs = {outcome.reason for outcome in outcomes if isinstance(outcome, Refused | Skip)}
    with translation.override("ar"):
        assert not [slug for slug in slugs if reason_name(slug) == slug]
