"""How a lane's news comes, as it is set: with or without a sound, and with the page shown under it or not."""

from datetime import datetime
from zoneinfo import ZoneInfo

from barqia.delivery.lane import Job, LaneConfig
from barqia.lanes.telegram.calls import Params
from barqia.lanes.telegram.terms import hours
from barqia.rendering import Story
from barqia.rendering.compose import FLASH


def silent(job: Job, story: Story, lane: LaneConfig) -> bool:
    """Whether it makes no sound at this hour; a flash does, unless the lane is set otherwise."""
    between = hours(lane.settings)
    if between is None or (story.urgency == FLASH and lane.settings.get("silent_flash") != "yes"):
        return False
    start, end = between
    hour = datetime.fromtimestamp(job.now_ms / 1000, ZoneInfo(lane.zone)).hour
    return start <= hour < end if start < end else hour >= start or hour < end


def preview(story: Story, text: str, lane: LaneConfig) -> Params:
    """The page under the message that names its address."""
    size = lane.settings.get("link_preview", "none")
    if size == "none" or story.link not in text:
        return {}
    return {"link_preview_options": {"url": story.link, f"prefer_{size}_media": True}}
