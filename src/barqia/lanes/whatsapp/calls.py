"""Requests to the Cloud API."""

import json
from typing import Any, Literal

from barqia.delivery.lane import Address, Call, LaneConfig

API = "https://graph.facebook.com"
VERSION = "v24.0"
Payload = dict[str, Any]
Method = Literal["GET", "POST", "DELETE"]


def graph(
    lane: LaneConfig, method: Literal["GET", "POST", "DELETE"], path: str, payload: Payload | None = None
) -> Call:
    """A call of the Graph API that makes no message."""
    base = (lane.settings.get("api_base") or API).rstrip("/")
    return Call(
        part=0,
        op="send",
        method=method,
        url=f"{base}/{lane.settings.get('version') or VERSION}/{path}",
        headers={
            "authorization": f"Bearer {lane.secrets['access_token']}",
            "content-type": "application/json",
        },
        body=json.dumps(payload, ensure_ascii=False).encode() if payload is not None else b"",
    )


def message(lane: LaneConfig, to: Address, payload: Payload, tag: int, part: int) -> Call:
    """One message. The attempt's id travels with it and comes back in every status."""
    whole: Payload = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    if to.address:
        whole["to"] = f"+{to.address.lstrip('+')}"
    if to.user_id:
        whole["recipient"] = to.user_id
    whole |= payload
    whole["biz_opaque_callback_data"] = str(tag + part)
    call = graph(lane, "POST", f"{lane.settings['phone_number_id']}/messages", whole)
    opens = payload["type"] == "template"
    return Call(part, "send", call.method, call.url, call.headers, call.body, opens=opens)
