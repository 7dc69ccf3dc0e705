"""The account's message templates. The news template says whose news it is, and how to stop it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from barqia.delivery.lane import Call, Draft, LaneConfig, Reply, Template
from barqia.lanes.whatsapp.calls import Payload, graph

FIELDS = "name,language,status,category,quality_score,rejected_reason,components"
# Meta asks for examples of what variables may hold
WORDS = {
    "ar": {
        "head": "خبر جديد من {name}: {{{{1}}}}",
        "link": "اقرأ الخبر كاملا على {{{{2}}}}",
        "stop": "لإيقاف الأخبار أرسل كلمة إلغاء.",
        "button": "اقرأ الخبر",
        "headline": "افتتاح الجسر الجديد على النهر",
    },
    "en": {
        "head": "News from {name}: {{{{1}}}}",
        "link": "Read the whole dispatch at {{{{2}}}}",
        "stop": "To stop these messages send the word stop.",
        "button": "Read it",
        "headline": "New bridge over the river opens",
    },
}
EXAMPLE_PAGE = "d/2026-0001"


class Templates:
    def page(self, lane: LaneConfig, name: str = "", after: str = "") -> Call:
        query = {"fields": FIELDS, "limit": "100"}
        query |= {key: value for key, value in (("name", name), ("after", after)) if value}
        return graph(lane, "GET", f"{_account(lane)}/message_templates?{urlencode(query)}")

    def listed(self, reply: Reply) -> tuple[list[Template], str]:
        body = json.loads(reply.body)
        paging = body.get("paging") or {}
        after = str((paging.get("cursors") or {}).get("after", "")) if paging.get("next") else ""
        return [_template(one) for one in body["data"]], after

    def create(self, lane: LaneConfig, draft: Draft) -> Call:
        about = {"name": draft.name, "language": draft.language, "category": draft.category.upper()}
        return graph(lane, "POST", f"{_account(lane)}/message_templates", {**about, "components": _components(draft)})

    def delete(self, lane: LaneConfig, name: str) -> Call:
        return graph(lane, "DELETE", f"{_account(lane)}/message_templates?name={quote(name)}")

    def refused(self, reply: Reply) -> str:
        try:
            body = json.loads(reply.body)
            error = body.get("error")
        except (ValueError, AttributeError):
            return f"HTTP {reply.status}, not an answer of the Cloud API"
        if not isinstance(error, dict):
            return "" if reply.status == 200 else f"HTTP {reply.status}"
        title, words = error.get("error_user_title", ""), error.get("error_user_msg") or error.get("message", "")
        code = error.get("error_subcode") or error.get("code")
        return f"{code}: {' — '.join(filter(None, (title, words)))}"

    def settings(self, draft: Draft) -> Mapping[str, str]:
        used = {"template": draft.name, "template_language": draft.language, "template_category": draft.category}
        return {**used, "template_url": f"{draft.site}/" if draft.site else ""}


def _account(lane: LaneConfig) -> str:
    """Raises ValueError where the lane does not say which account it is of."""
    if not lane.settings.get("waba_id"):
        raise ValueError("the lane has no waba_id: the business account's id")
    return lane.settings["waba_id"]


def _template(found: dict[str, Any]) -> Template:
    parts = {str(part.get("type", "")).upper(): part for part in found.get("components") or []}
    why = str(found.get("rejected_reason") or "")
    return Template(
        name=str(found["name"]),
        language=str(found["language"]),
        category=str(found.get("category", "")).lower(),
        state=str(found.get("status", "")),
        quality=str((found.get("quality_score") or {}).get("score", "")),
        why="" if why == "NONE" else why,
        body=str(parts.get("BODY", {}).get("text", "")),
    )


def _components(draft: Draft) -> list[Payload]:
    """With a site a button opens the page there; else its address stands in the text."""
    words = WORDS["ar" if draft.language.startswith("ar") else "en"]
    lines = [words["head"].format(name=draft.newsroom), words["stop"]]
    examples = [words["headline"]]
    if not draft.site:
        lines.insert(1, words["link"].format())
        examples.append(f"https://example.org/{EXAMPLE_PAGE}")
    body = {"type": "BODY", "text": "\n".join(lines), "example": {"body_text": [examples]}}
    if not draft.site:
        return [body]
    url = {"url": f"{draft.site}/{{{{1}}}}", "example": [f"{draft.site}/{EXAMPLE_PAGE}"]}
    return [body, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": words["button"], **url}]}]
