"""What a bot says of itself, and how its updates come: what `lane check` asks, and how the answers read."""

import json
import re
from typing import Any

from barqia.delivery.lane import LaneConfig, Reply
from barqia.lanes.telegram import Telegram

SECRETS = {"token": "7654321:t", "webhook_secret": "hook"}


def _asked(**settings: str) -> dict[str, tuple[str, dict[str, Any]]]:
    lane = LaneConfig(1, "t", "telegram", settings, SECRETS)
    calls = Telegram().check_calls(lane, "https://wire.example/hooks/t")
    return {what: (call.url.rsplit("/", 1)[1], json.loads(call.body)) for what, call in calls}


def test_commands_and_descriptions_are_set_in_arabic_and_in_english_within_telegrams_limits() -> None:
    asked = _asked()
    for suffix, language in (("", None), (" (en)", "en")):
        method, params = asked[f"commands{suffix}"]
        assert method == "setMyCommands"
        assert params.get("language_code") == language
        assert {"start", "subscribe", "stop", "sections", "help"} == {one["command"] for one in params["commands"]}
        assert all(re.fullmatch("[a-z0-9_]{1,32}", one["command"]) for one in params["commands"])
        assert all(0 < len(one["description"]) <= 256 for one in params["commands"])
        assert 0 < len(asked[f"description{suffix}"][1]["description"]) <= 512
        assert 0 < len(asked[f"short description{suffix}"][1]["short_description"]) <= 120
    assert "إلغاء" in asked["description"][1]["description"]


def test_webhook_and_polling_are_one_at_a_time() -> None:
    polling = _asked()
    assert polling["no webhook"][0] == "deleteWebhook"
    method, params = _asked(updates="webhook")["register webhook"]
    assert method == "setWebhook"
    assert params["secret_token"] == "hook"
    assert set(params["allowed_updates"]) == {"message", "callback_query", "my_chat_member"}
    lane = LaneConfig(1, "t", "telegram", {"updates": "webhook"}, SECRETS)
    assert Telegram().poll(lane, 0) is None
    call = Telegram().poll(LaneConfig(1, "t", "telegram", {}, SECRETS), 5)
    assert call is not None
    assert json.loads(call.body)["allowed_updates"] == params["allowed_updates"]


def test_a_bot_that_cannot_post_in_its_channel_is_not_well() -> None:
    method, params = _asked(channel_username="news")["channel rights"]
    assert (method, params) == ("getChatMember", {"chat_id": "@news", "user_id": "7654321"})
    for member, well in (
        ({"status": "administrator", "can_post_messages": True}, True),
        ({"status": "administrator", "can_post_messages": False}, False),
        ({"status": "left"}, False),
    ):
        reply = Reply(200, {}, json.dumps({"ok": True, "result": {"user": {"id": 1}, **member}}).encode())
        lane = LaneConfig(1, "t", "telegram", {}, SECRETS)
        assert Telegram().check_line("channel rights", lane, reply).ok is well
