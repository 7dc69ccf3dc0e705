"""Many rows at once, on either database: what goes in comes out, a conflict does as told, an update finds its row."""

from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from barqia.delivery.models import Attempt, Delivery, Part
from barqia.delivery.planning.audience import stored_uuid
from barqia.delivery.sql import insert_many, rows, update_many

DELIVERY = (
    "lane_id, month, source_kind, source_id, dispatch_id, recipient_id, chunk_id, mode, urgency, state, reason, "
    "attempts, parts_out, parts_total, sent_twice, not_before_ms, expires_ms, changed_ms"
)
ITEM = UUID(int=0xABCDEF)
ODD = 'قال "نعم"، \\N\tو\nلا؛ {} %s 😀'
pytestmark = pytest.mark.django_db


def _delivery(recipient: int, reason: str = "", item: UUID | None = ITEM) -> tuple[object, ...]:
    stored = item and stored_uuid(item)
    return 1, 202611, 1, 7, stored, recipient, 3, "new", 5, "planned", reason, 0, 0, 0, False, 1 << 40, 2, 3  # fmt: skip


def _part(number: int, provider_id: str) -> tuple[object, ...]:
    return 1, 202611, 1, number, provider_id, "handed", 5, False


@pytest.mark.parametrize("conflict", ["", "DO NOTHING"])
def test_every_value_comes_out_as_it_went_in(conflict: str) -> None:
    insert_many("delivery_delivery", DELIVERY, [_delivery(1, ODD), _delivery(2, item=None)], conflict)
    first, second = Delivery.objects.order_by("recipient_id")
    assert (first.reason, first.dispatch_id, first.not_before_ms, first.sent_twice) == (ODD, ITEM, 1 << 40, False)
    assert (second.reason, second.dispatch_id) == ("", None)


def test_no_rows_are_no_statement() -> None:
    insert_many("nowhere", "nothing", [])
    update_many("nothing at all", "id bigint", [])


def test_a_conflict_is_an_error_or_what_it_is_told_to_be() -> None:
    insert_many("delivery_delivery", DELIVERY, [_delivery(1, "first")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many("delivery_delivery", DELIVERY, [_delivery(2), _delivery(1)])
    insert_many("delivery_delivery", DELIVERY, [_delivery(2), _delivery(1, "second")], "DO NOTHING")
    assert set(Delivery.objects.values_list("recipient_id", "reason")) == {(1, "first"), (2, "")}
    columns = "lane_id, month, delivery_id, number, provider_id, state, sent_ms, gone"
    again = "(lane_id, month, delivery_id, number) DO UPDATE SET provider_id=excluded.provider_id"
    insert_many("delivery_part", columns, [_part(0, "a"), _part(1, "b")], again)
    insert_many("delivery_part", columns, [_part(1, ODD), _part(2, "c")], again)
    assert list(Part.objects.order_by("number").values_list("provider_id", flat=True)) == ["a", ODD, "c"]


def test_an_update_brings_each_row_its_own_values() -> None:
    columns = "id, lane_id, month, delivery_id, part, in_place, started_ms, ended_ms, outcome, code"
    attempts = [(number, 1, 202611, number, 0, number % 2 == 0, 1, None, "", "") for number in range(1, 300)]
    insert_many("delivery_attempt", columns, attempts)
    update_many(
        "UPDATE delivery_attempt AS a SET ended_ms=v.ended_ms, code=v.code, in_place=v.in_place FROM {rows} AS v "
        "WHERE a.id=v.id AND a.part=0",
        "id bigint, ended_ms bigint, code text, in_place boolean",
        [(number, number * 10 if number % 3 else None, ODD, True) for number in range(2, 299)],
    )
    found = Attempt.objects.in_bulk()
    assert [found[1].code, found[2].code, found[299].code] == ["", ODD, ""]
    assert [found[3].ended_ms, found[4].ended_ms] == [None, 40]
    assert [found[1].in_place, found[3].in_place] == [False, True]


def test_an_update_may_ask_for_other_tables() -> None:
    insert_many("delivery_delivery", DELIVERY, [_delivery(1), _delivery(2)])
    one, two = Delivery.objects.order_by("recipient_id").values_list("pk", flat=True)
    columns = "lane_id, month, delivery_id, number, provider_id, state, sent_ms, gone"
    insert_many("delivery_part", columns, [(1, 202611, one, number, "x", "handed", 1, False) for number in range(3)])
    update_many(
        "UPDATE delivery_delivery AS d SET parts_out=(SELECT count(*) FROM delivery_part p WHERE p.delivery_id=d.id), "
        "state=CASE WHEN v.done THEN 'handed' ELSE d.state END FROM {rows} AS v WHERE d.id=v.id",
        "id bigint, done boolean",
        [(one, True), (two, False)],
    )
    found = Delivery.objects.order_by("recipient_id").values_list("parts_out", "state")
    assert list(found) == [(3, "handed"), (0, "planned")]


def test_what_the_database_refuses_is_a_database_error_and_leaves_the_transaction_usable() -> None:
    columns = "id, lane_id, month, delivery_id, part, in_place, started_ms, outcome, code"
    with pytest.raises(DatabaseError), transaction.atomic():
        insert_many("delivery_attempt", columns, [(1, None, 202611, 1, 0, False, 1, "", "")])
    with pytest.raises(DatabaseError), transaction.atomic():
        update_many("UPDATE delivery_attempt SET nothing=v.id FROM {rows} AS v", "id bigint", [(1,)])
    assert rows("SELECT count(*) FROM delivery_attempt") == [(0,)]
    assert not connection.needs_rollback
