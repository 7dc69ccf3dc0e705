"""What another process commits is noticed, on either database; a lost connection is made again."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from barqia import desk
from barqia.delivery.account import board
from barqia.delivery.planning import plan
from barqia.delivery.planning.answers import answer
from barqia.delivery.sending.changes import LOOK_ANYWAY_SECONDS, Changes, reconnecting
from barqia.delivery.sql import rows
from barqia.subscribers.models import Lane
from delivery.hand import NOW, plan_all, publish, reader

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(act: Callable[[], object]) -> None:
    """Over a connection of its own, as another process does."""

    def acted() -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(acted).result(20)


def _next(changes: Changes, before: object) -> object:
    """The mark that differs: PostgreSQL tells a moment after the commit."""
    end = time.monotonic() + 10
    while (mark := reconnecting(changes.mark)) == before:
        assert time.monotonic() < end, "a change was not noticed"
    return mark


@pytest.fixture
def changes() -> Changes:
    return Changes(clock=lambda: 0.0)


def test_what_others_commit_is_a_change_and_what_we_write_is_none(changes: Changes, telegram: Lane) -> None:
    recipient = reader(telegram, 1)
    item, _release = publish()
    release = desk.correct(None, item, item.sequence, desk.words.Words("عنوان", "جديد"))
    marks = [changes.mark()]
    for act in (
        lambda: publish("آخر"),
        lambda: Lane.objects.update(rate=7),
        lambda: answer(telegram.pk, recipient.pk, "أهلا"),
        lambda: board.pause(None, release.pk, paused=True),
    ):
        assert changes.mark() == marks[-1], "nothing was written in between"
        elsewhere(act)
        marks.append(_next(changes, marks[-1]))
    assert len(set(marks)) == len(marks), "each was seen"
    plan_all()
    with transaction.atomic():
        answer(telegram.pk, recipient.pk, "أهلا", at_ms=NOW)
    assert changes.mark() == marks[-1]


def test_what_is_told_while_we_are_at_work_is_not_lost(changes: Changes, telegram: Lane) -> None:
    before = changes.mark()
    elsewhere(lambda: Lane.objects.update(rate=7))
    with transaction.atomic():
        assert Lane.objects.get().rate == 7
    plan.start(NOW)
    assert _next(changes, before) != before


@pytest.mark.postgresql
def test_where_nobody_tells_one_looks_all_the_same() -> None:
    now = [0.0]
    changes = Changes(clock=lambda: now[0])
    before = changes.mark()
    now[0] += LOOK_ANYWAY_SECONDS
    assert changes.mark() != before


def _cut() -> None:
    """The server ends our connection, as it does when it is restarted."""
    (ours,) = rows("SELECT pg_backend_pid()")[0]
    elsewhere(lambda: rows("SELECT pg_terminate_backend(%s)", [ours]))


@pytest.mark.postgresql
def test_a_connection_that_was_cut_is_made_again_and_listens(changes: Changes, telegram: Lane) -> None:
    before = changes.mark()
    _cut()
    with pytest.raises(OperationalError):
        reconnecting(Lane.objects.count)
    assert reconnecting(Lane.objects.count) == 1
    listening = changes.mark()
    assert listening != before, "what was written meanwhile is looked for"
    elsewhere(lambda: Lane.objects.update(rate=7))
    told = _next(changes, listening)
    _cut()
    with pytest.raises(DatabaseError):
        _next(changes, told)
    assert _next(changes, told) != told
