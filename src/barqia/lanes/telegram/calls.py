"""Requests to the Bot API."""

import json
from typing import Any, Literal

from barqia.delivery.lane import Call, LaneConfig

API = "https://api.telegram.org"
HEADERS = {"content-type": "application/json"}
Params = dict[str, Any]


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
    base = (lane.settings.get("api_base") or API).rstrip("/")
    return Call(
        part=part,
        op=op,
        method="POST",
        url=f"{base}/bot{lane.secrets['token']}/{method}",
        headers=HEADERS,
        body=json.dumps(params, ensure_ascii=False).encode(),
        provider_id=provider_id,
        instead=instead,
    )


def text_params(text: str) -> Params:
    return {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
