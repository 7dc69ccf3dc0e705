"""Requests to the Bot API."""

import json
from functools import lru_cache
from typing import Any, Literal

from barqia.delivery.lane import Call, Job, LaneConfig

ENCODE = json.JSONEncoder(ensure_ascii=False).encode
API = "https://api.telegram.org"
HEADERS = {"content-type": "application/json"}
Params = dict[str, Any]


def chat_of(job: Job) -> int | str:
    """The chat's id, or a channel's @name."""
    address = job.to.address or ""
    return int(address) if address.lstrip("-").isdigit() else address


def request(lane: LaneConfig, method: str, params: Params) -> Call:
    """A call of one API method that makes no message."""
    return make(lane, method, params, part=0, op="send")


def make(
    lane: LaneConfig,
    method: str,
    params: Params,
    part: int,
    op: Literal["send", "edit", "delete"],
    provider_id: str | None = None,
    instead: Call | None = None,
) -> Call:
    """One call of an API method. A `text` among the parameters of a message is HTML."""
    base = (lane.settings.get("api_base") or API).rstrip("/")
    return Call(
        part=part,
        op=op,
        method="POST",
        url=f"{base}/bot{lane.secrets['token']}/{method}",
        headers=HEADERS,
        body=_body(params),
        provider_id=provider_id,
        instead=instead,
    )


def _body(params: Params) -> bytes:
    """The parameters as a JSON object; the text is written as JSON once for all who get it."""
    if "text" not in params or "callback_query_id" in params:
        return ENCODE(params).encode()
    others = {name: value for name, value in params.items() if name != "text"}
    shows_page = "link_preview_options" in params
    return ENCODE(others).encode()[:-1] + b", " + _text_fields(params["text"], shows_page=shows_page)


@lru_cache(maxsize=64)
def _text_fields(html: str, *, shows_page: bool) -> bytes:
    fields: Params = {"text": html, "parse_mode": "HTML"}
    if not shows_page:
        fields["link_preview_options"] = {"is_disabled": True}
    return ENCODE(fields).encode()[1:]
