"""What `lane check` asks Telegram, and how its answers read."""

import json

from barqia.delivery.lane import Call, CheckLine, LaneConfig, Reply
from barqia.lanes.telegram.calls import request
from barqia.lanes.telegram.replies import ADMINISTRATORS

UPDATES = ["message", "callback_query", "my_chat_member"]
# a command's name is ASCII at Telegram: (name, what it does in Arabic, in English)
COMMANDS = (
    ("subscribe", "اشتراك: لتصلك كلّ الأخبار", "get all news"),
    ("sections", "الأقسام: لاختيار ما يصلك", "choose what you get"),
    ("stop", "إلغاء: لا يصلك خبر بعدها", "stop: no more news"),
    ("help", "مساعدة: ما يمكنك إرساله", "help: what you can send"),
    ("start", "ابدأ", "begin"),
)
ARABIC, ENGLISH = "", "en"
DESCRIPTIONS = {
    ARABIC: "تصلك هنا الأخبار كما تصدر. أرسل «اشتراك» لكلّ الأخبار، أو اسم قسم، أو «الأقسام» لتختار، و«إلغاء» متى شئت.",
    ENGLISH: "The news comes here as it is published. Send “subscribe” for all of it, a section's name, "
    "or “sections” to choose; “stop” at any time.",
}
SHORT = {
    ARABIC: "أرسل «اشتراك» لتصلك الأخبار، و«إلغاء» لإيقافها.",
    ENGLISH: "Send “subscribe” for the news, “stop” to end it.",
}


def _presence(lane: LaneConfig) -> list[tuple[str, Call]]:
    """What the bot says of itself, in Arabic to all and in English to who has Telegram in English."""
    calls = []
    for place, language in enumerate((ARABIC, ENGLISH), 1):
        in_it = {"language_code": language} if language else {}
        commands = [{"command": one[0], "description": one[place]} for one in COMMANDS]
        named = f" ({language})" if language else ""
        about = {"description": DESCRIPTIONS[language], **in_it}
        short = {"short_description": SHORT[language], **in_it}
        calls += [
            (f"commands{named}", request(lane, "setMyCommands", {"commands": commands, **in_it})),
            (f"description{named}", request(lane, "setMyDescription", about)),
            (f"short description{named}", request(lane, "setMyShortDescription", short)),
        ]
    return calls


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
    calls += _presence(lane)
    channel = lane.settings.get("channel_username")
    if channel:
        where = {"chat_id": f"@{channel.lstrip('@')}"}
        bot = {"user_id": lane.secrets["token"].split(":")[0]}
        calls.append(("channel", request(lane, "getChat", where)))
        calls.append(("channel rights", request(lane, "getChatMember", {**where, **bot})))
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
    if what == "channel rights":
        may = result.get("status") in ADMINISTRATORS and result.get("can_post_messages") is not False
        return CheckLine(what, may, f"the bot is {result.get('status')}" + ("" if may else ", and cannot post"))
    return CheckLine(what, True, body.get("description") or "done")
