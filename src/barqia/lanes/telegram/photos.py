"""A message with a picture: a photo with the text as its caption, and what to do where that cannot be.

The first message of a mailing names the picture's address. The answer tells Telegram's own id of the file, by which all
others name it; where it cannot be fetched it is sent along. Whether a message on a phone is a text or a photo is the
provider's to say: a call that is refused because it is the other one names what does the same (`Call.instead`).
"""

import json
from dataclasses import replace

from barqia.delivery.lane import FILE, Call, LaneConfig
from barqia.lanes.telegram.calls import Params, make
from barqia.rendering import Picture

ATTACHED = "attach://picture"


def send(lane: LaneConfig, params: Params, written: Call, shown: Picture) -> Call:
    """The photo; only the text where the provider does not take the file, or may not send photos there."""

    def photo(file: str) -> Params:
        about = {name: value for name, value in params.items() if name != "text"}
        return {**about, "photo": file, "caption": params["text"], "parse_mode": "HTML"}

    along = _attached(make(lane, "sendPhoto", {}, written.part, "send"), photo(ATTACHED), shown)
    found = replace(along, instead=written)
    for file in _named(lane, shown):
        found = replace(make(lane, "sendPhoto", photo(file), written.part, "send", instead=found), shows=shown.digest)
    return found


def edit(lane: LaneConfig, params: Params, written: Call, shown: Picture) -> Call:
    """This picture and text, whatever was there; the text alone where the provider does not take the file."""
    caption = make(lane, "editMessageCaption", _caption(params), written.part, "edit", written.provider_id, written)
    along = _attached(_media(lane, params, written, ATTACHED), _media_params(params, ATTACHED), shown)
    found = replace(along, instead=caption)
    for file in _named(lane, shown):
        found = replace(_media(lane, params, written, file), instead=found, shows=shown.digest)
    return found


def covered(lane: LaneConfig, params: Params, written: Call, cover: str) -> Call:
    """The text; where a photo is there, that goes, and the text stands under one that says nothing."""
    return replace(written, instead=_media(lane, params, written, cover)) if cover else written


def _named(lane: LaneConfig, shown: Picture) -> list[str]:
    """How the file is named, what is tried first last."""
    known = lane.media.get(shown.digest)
    return [shown.url, known] if known else [shown.url]


def _media(lane: LaneConfig, params: Params, written: Call, file: str) -> Call:
    call = make(lane, "editMessageMedia", _media_params(params, file), written.part, "edit", written.provider_id)
    return replace(call, missing_is_done=written.missing_is_done)


def _media_params(params: Params, file: str) -> Params:
    media = {"type": "photo", "media": file, "caption": params["text"], "parse_mode": "HTML"}
    about = {name: value for name, value in params.items() if name != "text"}
    return {**about, "media": media}


def _caption(params: Params) -> Params:
    about = {name: value for name, value in params.items() if name != "text"}
    return {**about, "caption": params["text"], "parse_mode": "HTML"}


def _attached(call: Call, params: Params, shown: Picture) -> Call:
    """The call as a form that has the file in it."""
    boundary = f"picture-{shown.digest}"
    if params.get("photo") == ATTACHED:
        # where one file alone is sent its part bears the parameter's name
        params = {name: value for name, value in params.items() if name != "photo"}
        field = "photo"
    else:
        field = ATTACHED.rpartition("/")[2]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="picture.jpg"\r\n'
    parts = [file.encode(), b"Content-Type: image/jpeg\r\n\r\n", FILE, b"\r\n"]
    for name, value in params.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode())
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return replace(call, headers=headers, body=body, file=shown.digest, shows=shown.digest)
