"""How a bot hears: a webhook, or polling."""

import asyncio
import json
import re
from itertools import islice

from barqia.sandbox.telegram.addresses import problem
from barqia.sandbox.telegram.bots import DEFAULT_UPDATES, KINDS, Bot, Waiting, Webhook
from barqia.sandbox.telegram.chats import Json
from barqia.sandbox.telegram.errors import bad, conflict, too_many
from barqia.sandbox.telegram.files import Upload
from barqia.sandbox.telegram.params import boolean, integer, nested, string
from barqia.sandbox.telegram.world import Result, Telegram

LONGEST_POLL = 50
HELD_SECONDS, HELD_MS, ONE_BY_ONE_MS, SET_AGAIN_MS = 3, 3_000, 500, 1_000
ANSWER_BYTES = 4 << 20
SECRET = re.compile(r"[A-Za-z0-9_-]*")
BY_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
BY_OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"


async def set_webhook(telegram: Telegram, bot: Bot, params: Json) -> Result:
    url = string(params, "url")
    if not url:
        return await delete_webhook(telegram, bot, params)
    secret = string(params, "secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if problem(url) or "://" not in url:
        raise bad("invalid webhook URL specified")
    hook = Webhook(
        url,
        secret,
        integer(params, "max_connections", 40, low=1, high=100) or 40,
        string(params, "ip_address"),
        certificate=isinstance(params.get("certificate"), Upload),
    )
    now = telegram.clock.now_ms()
    _remember_allowed(bot, params)
    _drop_if_asked(bot, params)
    if bot.webhook is not None and _same(bot.webhook, hook):
        return True, "Webhook is already set"
    if now - bot.webhook_set_ms < SET_AGAIN_MS:
        raise too_many(1)
    bot.webhook, bot.webhook_set_ms = hook, now
    bot.arrived.set()
    return True, "Webhook was set"


def _same(one: Webhook, other: Webhook) -> bool:
    def settings(hook: Webhook) -> tuple[object, ...]:
        return hook.url, hook.secret, hook.max_connections, hook.ip_address, hook.certificate

    return settings(one) == settings(other) and not other.certificate


async def delete_webhook(_telegram: Telegram, bot: Bot, params: Json) -> Result:
    _drop_if_asked(bot, params)
    was_set = bot.webhook is not None
    bot.webhook = None
    bot.arrived.set()
    return True, "Webhook was deleted" if was_set else "Webhook is already deleted"


def _drop_if_asked(bot: Bot, params: Json) -> None:
    if boolean(params, "drop_pending_updates"):
        bot.updates.clear()


async def get_webhook_info(telegram: Telegram, bot: Bot, _params: Json) -> Result:
    bot.forget_old(telegram.clock.now_ms())
    hook = bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": bool(hook and hook.certificate),
        "pending_update_count": len(bot.updates),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.ip_address:
            info["ip_address"] = hook.ip_address
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    if bot.allowed != DEFAULT_UPDATES:
        info["allowed_updates"] = list(bot.allowed)
    return info, None


def _remember_allowed(bot: Bot, params: Json) -> None:
    """What is no kind of update is passed over; none at all are the usual ones."""
    allowed = nested(params, "allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
        raise bad("can't parse allowed_updates: expected an Array of String")
    bot.allowed = tuple(kind for kind in KINDS if kind in allowed) or DEFAULT_UPDATES


def _confirm(telegram: Telegram, bot: Bot, offset: int) -> None:
    """Everything below `offset` has been taken; a negative one keeps only the newest."""
    bot.forget_old(telegram.clock.now_ms())
    if offset < 0:
        count = max(0, len(bot.updates) + offset)
        first = next(islice(bot.updates, count, None), None)
        offset = bot.last_update_id + 1 if first is None else first
    taken: list[Waiting] = []
    while bot.updates and next(iter(bot.updates)) < offset:
        taken.append(bot.updates.popitem(last=False)[1])
    telegram.confirmed(bot, [waiting.json for waiting in taken])


async def get_updates(telegram: Telegram, bot: Bot, params: Json) -> Result:
    if bot.webhook:
        raise conflict(BY_WEBHOOK)
    _remember_allowed(bot, params)
    offset = integer(params, "offset")
    _confirm(telegram, bot, offset)
    limit = integer(params, "limit", 100, low=1, high=100)
    timeout = integer(params, "timeout", low=0, high=LONGEST_POLL)
    timeout, limit = _held(telegram, bot, offset, timeout, limit)
    bot.polling += 1
    mine = bot.polling
    bot.arrived.set()
    try:
        async with asyncio.timeout(timeout):
            while not bot.updates:
                bot.arrived.clear()
                await bot.arrived.wait()
                if bot.polling != mine:
                    raise conflict(BY_OTHER)
                if bot.webhook:
                    raise conflict("terminated by setWebhook request")
    except TimeoutError:
        return [], None
    return _answer(bot, limit), None


def _held(telegram: Telegram, bot: Bot, offset: int, timeout: int, limit: int) -> tuple[int, int]:
    """Who asks the same again at once is answered slowly, and little."""
    now = telegram.clock.now_ms()
    since = now - bot.polled_ms if offset == bot.polled_offset else HELD_MS
    bot.polled_offset, bot.polled_ms = offset, now
    if since < HELD_MS and timeout < HELD_SECONDS:
        timeout = HELD_SECONDS
    return timeout, 1 if since < ONE_BY_ONE_MS else limit


def _answer(bot: Bot, limit: int) -> list[Json]:
    """As many as are asked for and fit; one always does."""
    told: list[Json] = []
    size = 0
    for waiting in islice(bot.updates.values(), limit):
        size += len(json.dumps(waiting.json))
        if told and size > ANSWER_BYTES:
            break
        told.append(waiting.json)
    return told
