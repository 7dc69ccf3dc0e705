"""What a provider allows a lane as it is set, and what that costs."""

import json

import pytest

from barqia.delivery.lane import Address, Calls, Job, LaneConfig, Quota
from barqia.lanes.telegram import Telegram
from barqia.lanes.whatsapp import WhatsApp
from barqia.rendering import Act, AnswerText, Story

STORY = Story("عنوان", "دمشق", ("نص",), "", 3, "ar", "https://x/d/1", "و")
SECRETS = {"token": "1:t", "access_token": "a"}
HOUR_MS = 3600 * 1000


def _calls(kind: Telegram | WhatsApp, settings: dict[str, str], **more: object) -> Calls:
    about = {"act": Act.SEND, "content": STORY, "to": Address("42"), "tag": 64, "now_ms": 100 * HOUR_MS, **more}
    made = kind.render(Job(**about), LaneConfig(1, "lane", kind.name, settings, SECRETS))  # type: ignore[arg-type]
    assert isinstance(made, Calls)
    return made


def test_a_bot_is_free_up_to_thirty_a_second_and_pays_beyond() -> None:
    free, paid = Telegram().terms({}), Telegram().terms({"allow_paid_broadcast": "yes"})
    assert (free.fastest, free.stars, free.notes) == (30, 0, ())
    assert (paid.fastest, paid.stars) == (1000, 0.1)
    assert "each new message costs 0.1 Star" in paid.notes[0][1]
    assert free.crowd == paid.crowd == (20, 60_500)


def test_a_paid_broadcast_says_so_in_new_messages() -> None:
    for settings in ({}, {"allow_paid_broadcast": "yes"}, {"allow_paid_broadcast": "no"}):
        (call,) = _calls(Telegram(), settings).calls
        assert json.loads(call.body).get("allow_paid_broadcast", False) is (
            settings.get("allow_paid_broadcast") == "yes"
        )


@pytest.mark.parametrize(
    ("settings", "quota"),
    [
        ({}, None),
        ({"daily_limit": "unlimited"}, None),
        ({"daily_limit": "250", "phone_number_id": "7"}, Quota("7", 250)),
        ({"daily_limit": "250", "tier": "2000", "phone_number_id": "7"}, Quota("7", 250)),
        ({"daily_limit": "10000", "tier": "2000", "phone_number_id": "7"}, Quota("7", 2000)),
        ({"tier": "2000", "phone_number_id": "7"}, Quota("7", 2000)),
        ({"tier": "unlimited", "daily_limit": "250", "phone_number_id": "7"}, Quota("7", 250)),
        ({"daily_limit": "10000", "phone_number_id": "7", "portfolio": "p"}, Quota("p", 10000)),
    ],
)
def test_numbers_of_one_portfolio_share_its_day(settings: dict[str, str], quota: Quota | None) -> None:
    assert WhatsApp().terms(settings).quota == quota


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (WhatsApp(), {"daily_limit": "1000"}),
        (WhatsApp(), {"tier": "1000"}),
        (Telegram(), {"allow_paid_broadcast": "perhaps"}),
    ],
)
def test_a_setting_the_provider_does_not_know_is_refused(kind: Telegram | WhatsApp, settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=" is "):
        kind.terms(settings)


def test_only_a_template_opens_a_conversation() -> None:
    settings = {"phone_number_id": "7", "template": "news"}
    inside = {"last_inbound_ms": 99 * HOUR_MS}
    assert [call.opens for call in _calls(WhatsApp(), settings).calls] == [True]
    assert [call.opens for call in _calls(WhatsApp(), settings, **inside).calls] == [False]
    assert [call.opens for call in _calls(WhatsApp(), settings, content=AnswerText("تمّ")).calls] == [False]


def test_what_is_asked_of_a_provider_that_failed_makes_no_message() -> None:
    lane = LaneConfig(1, "lane", "telegram", {"phone_number_id": "7"}, SECRETS)
    assert Telegram().probe(lane).url.endswith("/getMe")
    assert WhatsApp().probe(lane).method == "GET"
