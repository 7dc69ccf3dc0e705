"""A message with a picture: a photo with the text as its caption, and what to do where that cannot be.

Whether a message on a phone is a text or a photo is the provider's to say: a call that is refused because it is
the other one names what does the same (`Call.instead`).
"""

from dataclasses import replace

from barqia.delivery.lane import Call, LaneConfig
from barqia.lanes.telegram.calls import Params, make
from barqia.rendering import Picture


def send(lane: LaneConfig, params: Params, written: Call, shown: Picture) -> Call:
    """The photo; only the text where the provider cannot fetch the file, or may not send photos there."""
    about = {name: value for name, value in params.items() if name != "text"}
    photo = {**about, "photo": shown.url, "caption": params["text"], "parse_mode": "HTML"}
    return make(lane, "sendPhoto", photo, written.part, "send", instead=written)


def edit(lane: LaneConfig, params: Params, written: Call, shown: Picture) -> Call:
    """This picture and text, whatever was there; the text alone where the file cannot be fetched."""
    caption = make(lane, "editMessageCaption", _caption(params), written.part, "edit", written.provider_id, written)
    return replace(_media(lane, params, written, shown.url), instead=caption)


def covered(lane: LaneConfig, params: Params, written: Call, cover: str) -> Call:
    """The text; where a photo is there, that goes, and the text stands under one that says nothing."""
    return replace(written, instead=_media(lane, params, written, cover)) if cover else written


def _media(lane: LaneConfig, params: Params, written: Call, url: str) -> Call:
    media = {"type": "photo", "media": url, "caption": params["text"], "parse_mode": "HTML"}
    about = {name: value for name, value in params.items() if name != "text"}
    call = make(lane, "editMessageMedia", {**about, "media": media}, written.part, "edit", written.provider_id)
    return replace(call, missing_is_done=written.missing_is_done)


def _caption(params: Params) -> Params:
    about = {name: value for name, value in params.items() if name != "text"}
    return {**about, "caption": params["text"], "parse_mode": "HTML"}
