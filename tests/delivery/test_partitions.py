"""The queue's tables by month, as `docs/partitions.sql` makes them: what is there stays, and the loop goes on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from barqia import desk
from barqia.delivery import receipts
from barqia.delivery.account import board
from barqia.delivery.clock import month_of
from barqia.delivery.lane import Status
from barqia.delivery.models import Attempt, Delivery, Part, Receipt
from barqia.delivery.sending.recovery import recover
from barqia.delivery.sql import rows
from barqia.subscribers.models import Lane
from delivery.hand import LONG, correct, plan_all, publish, reader, send, states

SQL = Path(__file__).parents[2] / "docs" / "partitions.sql"
pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
THIS_MONTH = int(datetime.now(UTC).timestamp() * 1000)
NEXT_MONTH = THIS_MONTH + 32 * 24 * 3600 * 1000
FAR = THIS_MONTH + 400 * 24 * 3600 * 1000


def _partition() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL.read_text("utf-8"))


def _where(model: type[Delivery] | type[Part] | type[Attempt] | type[Receipt], **which: int) -> set[str]:
    """The partitions that hold these rows."""
    table = model._meta.db_table
    clause = " AND ".join(f"{name}=%s" for name in which)
    return {name for (name,) in rows(f"SELECT tableoid::regclass::text FROM {table} WHERE {clause}", [*which.values()])}


def _indexes() -> set[tuple[str, str]]:
    found = rows("SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'delivery\\_%%'", [])
    return {(name, definition.partition(" USING ")[2].partition(" WHERE ")[0]) for name, definition in found}


def test_what_was_there_stays_and_is_corrected_and_killed(whatsapp: Lane) -> None:
    reader(whatsapp, "967700000001")
    item, _release = publish(LONG)
    plan_all(THIS_MONTH)
    assert len(send(whatsapp, THIS_MONTH + 1000)) == 3
    before = _indexes()
    _partition()
    (first,) = Delivery.objects.all()
    assert _where(Delivery, id=first.pk) == {"delivery_delivery_past"}
    kept = {(name, definition) for name, definition in before if not name.endswith("_pkey")}
    assert kept <= _indexes(), "every index has its name and its columns"
    correct(item, "صحيح")
    plan_all(NEXT_MONTH)
    send(whatsapp, NEXT_MONTH + 1000)
    desk.kill(None, item, item.sequence, "خطأ")
    plan_all(NEXT_MONTH)
    send(whatsapp, NEXT_MONTH + 60_000)
    assert states() == [("delivered", "")] * 3
    assert _where(Delivery, month=month_of(NEXT_MONTH)) == {f"delivery_delivery_{month_of(NEXT_MONTH)}"}
    assert _where(Part, month=month_of(NEXT_MONTH)) == {f"delivery_part_{month_of(NEXT_MONTH)}"}


def test_a_new_dispatch_goes_its_way_in_any_month(telegram: Lane) -> None:
    _partition()
    reader(telegram, 1)
    for at, partition in ((THIS_MONTH, "past"), (NEXT_MONTH, str(month_of(NEXT_MONTH))), (FAR, "later")):
        _item, release = publish()
        plan_all(at)
        plan_all(at)
        (call,) = send(telegram, at + 1000)
        sent = Delivery.objects.get(source_id=release.pk)
        assert _where(Delivery, id=sent.pk) == {f"delivery_delivery_{partition}"}
        status = Status("u", f"{1000 * sent.pk}", "read", at + 2000)
        assert call.op == "send"
        assert receipts.record(telegram.pk, status, at + 2000)
        assert receipts.record(telegram.pk, status, at + 2000), "the same again changes nothing"
        assert _where(Receipt, delivery_id=sent.pk) == {f"delivery_receipt_{partition}"}
        assert _where(Attempt, delivery_id=sent.pk) == {f"delivery_attempt_{partition}"}
        account = board.account(release.pk)
        assert (account.counts["read"], account.adds_up) == (1, True)
    assert recover(FAR) == 0


def test_months_are_made_again_and_an_old_one_is_dropped(whatsapp: Lane) -> None:
    _partition()
    reader(whatsapp, "967700000001")
    publish()
    plan_all(NEXT_MONTH)
    send(whatsapp, NEXT_MONTH + 1000)
    gone = f"delivery_delivery_{month_of(NEXT_MONTH)}"
    with connection.cursor() as cursor:
        cursor.execute("CALL barqia_months(6)")
        cursor.execute(f"ALTER TABLE delivery_delivery DETACH PARTITION {gone}; DROP TABLE {gone}")
    assert not Delivery.objects.exists()
