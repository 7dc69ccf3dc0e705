"""How a bot hears: a webhook, or polling."""

import asyncio
import re

from barqia.sandbox.telegram.errors import bad, conflict
from barqia.sandbox.telegram.params import boolean, integer, nested
from barqia.sandbox.telegram.world import DEFAULT_UPDATES, Bot, Json, Result, Telegram, Webhook

LONGEST_POLL = 50
SECRET = re.compile(r"[A-Za-z0-9_-]*")
BY_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
BY_OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"


async def set_webhook(telegram: Telegram, bot: Bot, params: Json) -> Result:
    url = str(params.get("url") or "")
    if not url:
        return await delete_webhook(telegram, bot, params)
    secret = str(params.get("secret_token") or "")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if not url.startswith(("http://", "https://")):
        raise bad("invalid webhook URL specified")
    _remember_allowed(bot, params)
    _drop_if_asked(bot, params)
    same = bot.webhook is not None and (bot.webhook.url, bot.webhook.secret) == (url, secret)
    if not same:
        bot.webhook = Webhook(url, secret, min(100, max(1, integer(params, "max_connections", 40))))
        bot.arrived.set()
    return True, "Webhook is already set" if same else "Webhook was set"


async def delete_webhook(_telegram: Telegram, bot: Bot, params: Json) -> Result:
    _drop_if_asked(bot, params)
    was_set = bot.webhook is not None
    bot.webhook = None
    return True, "Webhook was deleted" if was_set else "Webhook is already deleted"


def _drop_if_asked(bot: Bot, params: Json) -> None:
    if boolean(params, "drop_pending_updates"):
        bot.updates.clear()


async def get_webhook_info(telegram: Telegram, bot: Bot, _params: Json) -> Result:
    telegram.forget_old(bot)
    hook = bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if bot.allowed != DEFAULT_UPDATES:
        info["allowed_updates"] = list(bot.allowed)
    return info, None


def _remember_allowed(bot: Bot, params: Json) -> None:
    allowed = nested(params, "allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
        raise bad("can't parse allowed_updates: expected an Array of String")
    bot.allowed = tuple(allowed) or DEFAULT_UPDATES


def _confirm(telegram: Telegram, bot: Bot, offset: int) -> None:
    """Everything below `offset` has been taken; a negative one keeps only the newest."""
    telegram.forget_old(bot)
    if offset > 0:
        count = sum(waiting.id < offset for waiting in bot.updates)
    else:
        count = max(0, len(bot.updates) + offset) if offset else 0
    taken = bot.updates[:count]
    del bot.updates[:count]
    telegram.confirmed(bot, taken)


async def get_updates(telegram: Telegram, bot: Bot, params: Json) -> Result:
    if bot.webhook:
        raise conflict(BY_WEBHOOK)
    _remember_allowed(bot, params)
    _confirm(telegram, bot, integer(params, "offset"))
    bot.polling += 1
    mine = bot.polling
    bot.arrived.set()
    limit = min(100, max(1, integer(params, "limit", 100)))
    try:
        async with asyncio.timeout(min(LONGEST_POLL, max(0, integer(params, "timeout")))):
            while not bot.updates:
                bot.arrived.clear()
                await bot.arrived.wait()
                if bot.polling != mine:
                    raise conflict(BY_OTHER)
                if bot.webhook:
                    raise conflict("terminated by setWebhook request")
    except TimeoutError:
        return [], None
    return [waiting.json for waiting in bot.updates[:limit]], None
