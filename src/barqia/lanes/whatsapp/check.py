"""What `lane check` asks Meta, and how its answers read."""

import json
from typing import Any

from barqia.delivery.lane import Call, CheckLine, LaneConfig, Reply
from barqia.lanes.whatsapp.calls import graph
from barqia.lanes.whatsapp.templates import Templates

FIELDS = "display_phone_number,verified_name,quality_rating,whatsapp_business_manager_messaging_limit"


def check_calls(lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:
    calls = [("number", graph(lane, "GET", f"{lane.settings['phone_number_id']}?fields={FIELDS}"))]
    account = lane.settings.get("waba_id")
    if not account:
        return tuple(calls)
    webhook = {"override_callback_uri": webhook_url, "verify_token": lane.secrets["verify_token"]}
    calls.append(("register webhook", graph(lane, "POST", f"{account}/subscribed_apps", webhook)))
    template = lane.settings.get("template")
    if template:
        calls.append(("template", Templates().page(lane, template)))
    return tuple(calls)


def check_line(what: str, reply: Reply) -> CheckLine:
    try:
        body = json.loads(reply.body)
    except ValueError:
        return CheckLine(what, False, f"HTTP {reply.status}, not an answer of the Cloud API")
    if "error" in body:
        return CheckLine(what, False, f"{body['error'].get('code')}: {body['error'].get('message')}")
    if what == "number":
        quality = body.get("quality_rating") or "unknown"
        detail = f"{body.get('display_phone_number')} ({body.get('verified_name')}), quality {quality}"
        limit = body.get("whatsapp_business_manager_messaging_limit")
        return CheckLine(what, quality != "RED", f"{detail}, limit {limit}" if limit else detail)
    if what == "template":
        found = body.get("data") or []
        approved = any(template.get("status") == "APPROVED" for template in found)
        named = [f"{t.get('name')} ({t.get('language')}): {t.get('status')}{_quality(t)}" for t in found]
        return CheckLine(what, approved, ", ".join(named) or "no such template")
    return CheckLine(what, bool(body.get("success")), "done")


def _quality(template: dict[str, Any]) -> str:
    score = (template.get("quality_score") or {}).get("score", "UNKNOWN")
    return "" if score == "UNKNOWN" else f", quality {score}"
