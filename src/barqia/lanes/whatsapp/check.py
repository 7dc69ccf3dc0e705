"""What `lane check` asks Meta, and how its answers read."""

import json

from barqia.delivery.lane import Call, CheckLine, LaneConfig, Reply
from barqia.lanes.whatsapp.calls import graph

FIELDS = "display_phone_number,verified_name,quality_rating"


def check_calls(lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:
    calls = [("number", graph(lane, "GET", f"{lane.settings['phone_number_id']}?fields={FIELDS}"))]
    account = lane.settings.get("waba_id")
    if not account:
        return tuple(calls)
    webhook = {"override_callback_uri": webhook_url, "verify_token": lane.secrets["verify_token"]}
    calls.append(("register webhook", graph(lane, "POST", f"{account}/subscribed_apps", webhook)))
    template = lane.settings.get("template")
    if template:
        calls.append(("template", graph(lane, "GET", f"{account}/message_templates?name={template}")))
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
        return CheckLine(what, quality != "RED", detail)
    if what == "template":
        found = body.get("data") or []
        approved = any(template.get("status") == "APPROVED" for template in found)
        named = [f"{t.get('name')} ({t.get('language')}): {t.get('status')}" for t in found]
        return CheckLine(what, approved, ", ".join(named) or "no such template")
    return CheckLine(what, bool(body.get("success")), "done")
