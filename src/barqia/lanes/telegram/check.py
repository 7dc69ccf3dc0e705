"""What `lane check` asks Telegram, and how its answers read."""

import json

from barqia.delivery.lane import Call, CheckLine, LaneConfig, Reply
from barqia.lanes.telegram.calls import request

UPDATES = ["message", "callback_query", "my_chat_member"]
COMMANDS = [
    {"command": "start", "description": "ابدأ"},
    {"command": "help", "description": "مساعدة"},
]


def uses_webhook(lane: LaneConfig) -> bool:
    return lane.settings.get("updates", "polling") == "webhook"


def check_calls(lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:
    calls = [("bot", request(lane, "getMe", {}))]
    if uses_webhook(lane):
        webhook = {
            "url": webhook_url,
            "secret_token": lane.secrets["webhook_secret"],
            "allowed_updates": UPDATES,
        }
        calls.append(("register webhook", request(lane, "setWebhook", webhook)))
    else:
        calls.append(("no webhook", request(lane, "deleteWebhook", {})))
    calls.append(("webhook", request(lane, "getWebhookInfo", {})))
    calls.append(("commands", request(lane, "setMyCommands", {"commands": COMMANDS})))
    channel = lane.settings.get("channel_username")
    if channel:
        calls.append(("channel", request(lane, "getChat", {"chat_id": f"@{channel.lstrip('@')}"})))
    return tuple(calls)


def check_line(what: str, reply: Reply) -> CheckLine:
    try:
        body = json.loads(reply.body)
    except ValueError:
        return CheckLine(what, False, f"HTTP {reply.status}, not an answer of the Bot API")
    if not body.get("ok"):
        return CheckLine(what, False, f"{body.get('error_code')}: {body.get('description')}")
    result = body.get("result")
    if what == "bot":
        return CheckLine(what, True, f"@{result.get('username')} ({result.get('first_name')})")
    if what == "webhook":
        error = result.get("last_error_message")
        waiting = result.get("pending_update_count", 0)
        where = result.get("url") or "none: long polling"
        return CheckLine(what, not error, f"{where}, {waiting} waiting" + (f", {error}" if error else ""))
    if what == "channel":
        return CheckLine(what, result.get("type") == "channel", f"{result.get('title')} ({result.get('type')})")
    return CheckLine(what, True, body.get("description") or "done")
