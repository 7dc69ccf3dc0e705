"""What a call costs: a token of the bot's and of the chat's, or a wait that lengthens while it is ignored."""

import math

from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Pace, Room, Shared
from barqia.sandbox.telegram.errors import too_many
from barqia.sandbox.telegram.world import Telegram


def pay(telegram: Telegram, bot: Bot, room: Room, count: int = 1, *, paid: bool = False) -> None:
    """Raises ApiError 429; `count` messages of an album are as many calls, `paid` broadcasts have a wider gate."""
    now = telegram.clock.now_ms()
    pace = _pace(bot, room)
    if told := pace.penalty.meet(now):
        raise too_many(told)
    for _ in range(count):
        if wait := (bot.paid if paid else bot.bucket).wait_seconds(now):
            raise too_many(bot.penalty.begin(math.ceil(wait), now))
        if wait := pace.bucket.wait_seconds(now):
            raise too_many(pace.penalty.begin(math.ceil(wait), now))


def _pace(bot: Bot, room: Room) -> Pace:
    """A person's chat has one of its own, a shared one has one for each bot."""
    if not isinstance(room, Shared):
        return room.pace
    pace = bot.paces.get(room.id)
    if pace is None:
        pace = bot.paces[room.id] = bot.limits.pace(group=not room.channel)
    return pace
