"""What Meta says of the business account: shown on the lane, and acted on while it lasts."""

from typing import Any

import pytest
from django.test import Client

from barqia.delivery.account import board
from barqia.delivery.models import Chunk, Held, Mailing
from barqia.inbox.models import Update
from barqia.subscribers.models import Lane, Recipient
from barqia.wire.models import AuditEntry
from delivery.hand import plan_all, publish, reader
from inbox.test_webhooks import _signed, _value, _word

pytestmark = pytest.mark.django_db
NAMED = {"message_template_id": 7, "message_template_name": "news", "message_template_language": "ar"}
CAPABILITY, STATUS = "business_capability_update", "message_template_status_update"


@pytest.fixture
def number(whatsapp: Lane) -> Lane:
    whatsapp.settings |= {"template": "news", "display_number": "+963 944-000111"}
    whatsapp.save()
    return whatsapp


def _say(client: Client, field: str, value: dict[str, Any], at: int = 1) -> Lane:
    """The lane after the event; a body that Meta brings again changes nothing."""
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "9", "time": at, "changes": [{"field": field, "value": value}]}],
    }
    assert _signed(client, body) == 200
    known = Update.objects.count()
    assert _signed(client, body) == 200
    assert Update.objects.count() == known
    return Lane.objects.get(name="whatsapp")


@pytest.fixture
def mailing(number: Lane, telegram: Lane) -> Mailing:
    """On its way on both lanes."""
    reader(number, "967700000001")
    reader(telegram, 1)
    publish()
    plan_all()
    return Mailing.objects.get()


def test_a_paused_template_holds_what_is_on_its_way_until_it_is_approved_again(
    client: Client, mailing: Mailing
) -> None:
    why = {"title": "FIRST_PAUSE", "description": "paused for 3 hours"}
    lane = _say(client, STATUS, {**NAMED, "event": "PAUSED", "reason": "NONE", "other_info": why})
    assert lane.notices == {"template": "PAUSED · paused for 3 hours"}
    mailing.refresh_from_db()
    assert not mailing.paused
    assert Held.objects.get().why == "template: PAUSED · paused for 3 hours"
    held = dict(Chunk.objects.values_list("lane_id", "paused"))
    assert held == {lane.pk: True, Lane.objects.get(name="telegram").pk: False}, "the other lane goes on"
    lane = _say(client, STATUS, {**NAMED, "event": "APPROVED", "reason": "NONE"}, at=2)
    assert lane.notices == {}
    assert not Held.objects.exists()
    assert not Chunk.objects.filter(paused=True).exists()


def test_what_an_editor_paused_stays_paused(client: Client, mailing: Mailing) -> None:
    board.pause(None, mailing.pk, True)
    _say(client, STATUS, {**NAMED, "event": "DISABLED", "reason": None})
    _say(client, STATUS, {**NAMED, "event": "REINSTATED", "reason": "NONE"}, at=2)
    mailing.refresh_from_db()
    assert mailing.paused
    assert not Held.objects.exists()
    assert Chunk.objects.filter(paused=False).count() == 0


def test_another_template_or_another_language_is_not_ours(client: Client, mailing: Mailing) -> None:
    for other in ({"message_template_name": "other"}, {"message_template_language": "en"}):
        lane = _say(client, STATUS, {**NAMED, **other, "event": "DISABLED", "reason": "NONE"})
        assert lane.notices == {}
    mailing.refresh_from_db()
    assert not mailing.paused


def test_a_new_category_is_what_the_forecast_counts_with(client: Client, number: Lane) -> None:
    announced = {**NAMED, "new_category": "UTILITY", "correct_category": "MARKETING"}
    lane = _say(client, "template_category_update", announced)
    assert lane.notices == {"category": "UTILITY → MARKETING"}
    assert "template_category" not in lane.settings
    done = {**NAMED, "previous_category": "MARKETING", "new_category": "UTILITY"}
    lane = _say(client, "template_category_update", done)
    assert (lane.notices, lane.settings["template_category"]) == ({}, "utility")


@pytest.mark.parametrize(
    ("field", "value", "limit"),
    [
        (CAPABILITY, {"max_daily_conversations_per_business": 2000}, "2000"),
        (CAPABILITY, {"max_daily_conversations_per_business": "TIER_10K"}, "10000"),
        (CAPABILITY, {"max_daily_conversation_per_phone": 250}, "250"),
        (CAPABILITY, {"max_daily_conversations_per_business": -1}, "unlimited"),
        (
            "phone_number_quality_update",
            {"display_phone_number": "963944000111", "event": "UPGRADE", "current_limit": "TIER_100K"},
            "100000",
        ),
        (
            "phone_number_quality_update",
            {"display_phone_number": "15550000000", "event": "UPGRADE", "current_limit": "TIER_100K"},
            None,
        ),
        (CAPABILITY, {"max_daily_conversations_per_business": 7}, None),
    ],
)
def test_the_limit_a_day_follows_what_meta_says(
    client: Client, number: Lane, field: str, value: dict[str, Any], limit: str | None
) -> None:
    lane = _say(client, field, value)
    assert lane.settings.get("tier") == limit
    assert lane.notices == ({"limit": "7"} if 7 in value.values() else {})


def test_a_number_that_is_at_risk_is_told_until_it_is_not(client: Client, number: Lane) -> None:
    about = {"display_phone_number": "963944000111", "current_limit": "TIER_NOT_SET"}
    assert _say(client, "phone_number_quality_update", {**about, "event": "FLAGGED"}).notices == {"number": "FLAGGED"}
    assert _say(client, "phone_number_quality_update", {**about, "event": "UNFLAGGED"}).notices == {}
    score = {"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"}
    assert _say(client, "message_template_quality_update", {**NAMED, **score}).notices == {"quality": "YELLOW"}


@pytest.mark.parametrize(
    "value",
    [
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "April 17, 2026"}},
        {"event": "ACCOUNT_DELETED"},
        {
            "event": "ACCOUNT_RESTRICTION",
            "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1790000000}],
        },
    ],
)
def test_a_banned_account_stops_the_lane_and_a_reinstated_one_lets_it_go_on(
    client: Client, number: Lane, value: dict[str, Any]
) -> None:
    lane = _say(client, "account_update", value)
    assert lane.alert.startswith("policy: ")
    assert lane.notices["account"]
    reinstated = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}
    lane = _say(client, "account_update", reinstated, at=2)
    assert (lane.alert, lane.notices) == ("", {})


def test_what_is_only_told_stops_nothing(client: Client, number: Lane) -> None:
    violation = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}}
    adding = [{"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION", "expiration": 1}]
    about = {"alert_severity": "WARNING", "alert_status": "ACTIVE", "alert_type": "DEFERRED"}
    alert = {"entity_type": "BUSINESS", "entity_id": "5", "alert_info": {**about, "alert_description": "verify"}}
    for field, value, said in (
        ("account_update", violation, "ACCOUNT_VIOLATION SCAM"),
        ("account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": adding}, adding[0]["restriction_type"]),
        ("account_alerts", alert, "DEFERRED: verify"),
    ):
        lane = _say(client, field, value)
        assert said in lane.notices.values()
        assert lane.alert == ""
    kept = Lane.objects.get().notices
    for nothing in ({"event": "PARTNER_ADDED"}, {"event": "VOLUME_BASED_PRICING_TIER_UPDATE"}):
        assert _say(client, "account_update", nothing).notices == kept
    assert AuditEntry.objects.filter(verb="lane_notice").count() == 3


def test_a_notice_that_lacks_what_it_is_about_is_set_aside(client: Client, number: Lane) -> None:
    body = {"entry": [{"id": "9", "changes": [{"field": STATUS, "value": {"event": "PAUSED"}}]}]}
    assert _signed(client, body) == 400
    assert Update.objects.get().outcome == "malformed"


def test_a_new_user_id_is_the_same_reader(client: Client, number: Lane) -> None:
    _signed(client, _word("اشتراك", None, "YE.1"))
    (before,) = Recipient.objects.all()
    ids = {"previous": "YE.1", "current": "YE.2"}
    update = {"detail": "changed", "user_id": ids, "timestamp": "1790000000"}
    body = _value(user_id_update=[update])
    body["entry"][0]["changes"][0]["field"] = "user_id_update"
    assert _signed(client, body) == 200
    _signed(client, _word("إلغاء", None, "YE.2", "wamid.2"))
    (after,) = Recipient.objects.all()
    assert (after.reader_id, after.status) == (before.reader_id, "unsubscribed")
