"""What Meta says of the business account itself: its template, its number's quality, its limits, its standing."""

from collections.abc import Callable, Mapping
from typing import Any

from barqia.delivery.lane import Effect, Notice
from barqia.lanes.inbound import text_id
from barqia.lanes.whatsapp.terms import CATEGORIES, TIERS, UNLIMITED

Fields = dict[str, Any]
TEMPLATE, QUALITY, CATEGORY, LIMIT, NUMBER, ACCOUNT = "template", "quality", "category", "limit", "number", "account"
USABLE = frozenset({"APPROVED", "REINSTATED"})
# a template so cannot be sent; the others (LOCKED, FLAGGED, …) only tell
UNUSABLE = frozenset(
    {"PAUSED", "DISABLED", "REJECTED", "PENDING", "DELETED", "PENDING_DELETION", "ARCHIVED", "IN_APPEAL"}
)
TIER_NAMES = {"TIER_250": "250", "TIER_2K": "2000", "TIER_10K": "10000", "TIER_100K": "100000", "TIER_UNLIMITED": "-1"}
# what keeps us from writing to readers first; other restrictions (of adding numbers) do not concern the wire
NO_SENDING = frozenset({"RESTRICTED_BIZ_INITIATED_MESSAGING"})


def notice(field: str, value: Fields, update_id: str, settings: Mapping[str, str]) -> Notice | None:
    """What such an event asks of this lane; None where it is not about it, or nothing we know."""
    read = READERS.get(field)
    return read(value, update_id, settings) if read else None


def _is_ours(value: Fields, settings: Mapping[str, str]) -> bool:
    """Whether it is of the lane's news template."""
    language = settings.get("template_language") or "ar"
    named = value["message_template_name"], value["message_template_language"]
    return bool(settings.get("template")) and named == (settings["template"], language)


def _template_status(value: Fields, update_id: str, settings: Mapping[str, str]) -> Notice | None:
    if not _is_ours(value, settings):
        return None
    event, why = str(value["event"]), value.get("reason")
    more = value.get("other_info") or value.get("rejection_info") or {}
    said = [event, *([str(why)] if why not in {None, "", "NONE"} else []), *_words(more)]
    if event in USABLE:
        return Notice(update_id, TEMPLATE, "", over=True)
    effect = Effect.PAUSE_MAILING if event in UNUSABLE else Effect.NONE
    return Notice(update_id, TEMPLATE, " · ".join(said), effect)


def _words(more: object) -> list[str]:
    found = more if isinstance(more, dict) else {}
    return [str(found[name]) for name in ("description", "reason", "recommendation") if found.get(name)]


def _template_quality(value: Fields, update_id: str, settings: Mapping[str, str]) -> Notice | None:
    """Green is no news; a template that becomes red is paused, of which another event tells."""
    if not _is_ours(value, settings):
        return None
    score = str(value["new_quality_score"])
    return Notice(update_id, QUALITY, "" if score in {"GREEN", "UNKNOWN"} else score)


def _template_category(value: Fields, update_id: str, settings: Mapping[str, str]) -> Notice | None:
    """A change that is announced is only told; one that was made changes what messages are billed as."""
    if not _is_ours(value, settings):
        return None
    if value.get("correct_category"):
        return Notice(update_id, CATEGORY, f"{value['new_category']} → {value['correct_category']}")
    new = str(value["new_category"]).lower()
    return Notice(update_id, CATEGORY, "", settings={"template_category": new} if new in CATEGORIES else {})


def _capability(value: Fields, update_id: str, _settings: Mapping[str, str]) -> Notice | None:
    """The portfolio's limit of people a day; one that is no tier we know is only told."""
    limit = value.get("max_daily_conversations_per_business", value.get("max_daily_conversation_per_phone"))
    limit = TIER_NAMES.get(str(limit), str(limit))
    if limit == "-1":
        return Notice(update_id, LIMIT, "", settings={"tier": UNLIMITED})
    if limit in TIERS:
        return Notice(update_id, LIMIT, "", settings={"tier": limit})
    return Notice(update_id, LIMIT, limit) if limit.isdecimal() else None


def _number_quality(value: Fields, update_id: str, settings: Mapping[str, str]) -> Notice | None:
    """Its throughput, its limit, and whether people's blocks and reports put it at risk."""
    number = _digits(settings.get("display_number", ""))
    if number and _digits(text_id(value["display_phone_number"])) != number:
        return None
    event = str(value["event"])
    tier = str(value.get("max_daily_conversations_per_business") or value.get("current_limit"))
    changes = _capability({"max_daily_conversations_per_business": tier}, update_id, settings)
    said = event if event == "FLAGGED" else ""
    return Notice(update_id, NUMBER, said, settings=changes.settings if changes else {})


def _digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number))


def _account(value: Fields, update_id: str, _settings: Mapping[str, str]) -> Notice | None:
    """A ban or a restriction stops the lane, a reinstatement lets it go on; a violation is told."""
    event = str(value["event"])
    ban = value.get("ban_info") or {}
    state = str(ban.get("waba_ban_state", ""))
    if event == "ACCOUNT_DELETED" or state == "DISABLE":
        return Notice(update_id, ACCOUNT, state or event, Effect.STOP_LANE)
    if event == "ACCOUNT_RESTRICTION":
        return _restriction(value, update_id)
    if state == "REINSTATE" or event == "ACCOUNT_RECONNECTED":
        return Notice(update_id, ACCOUNT, "", over=True)
    if state:
        return Notice(update_id, ACCOUNT, f"{state} {ban.get('waba_ban_date', '')}".strip())
    if event == "ACCOUNT_VIOLATION":
        return Notice(update_id, ACCOUNT, f"{event} {(value.get('violation_info') or {}).get('violation_type', '')}")
    return None


def _restriction(value: Fields, update_id: str) -> Notice | None:
    found = {str(one["restriction_type"]): one.get("expiration") for one in value.get("restriction_info") or []}
    stopping = sorted(NO_SENDING & found.keys())
    if not stopping:
        return Notice(update_id, ACCOUNT, ", ".join(sorted(found))) if found else None
    until = f" until {found[stopping[0]]}" if found[stopping[0]] else ""
    return Notice(update_id, ACCOUNT, f"{stopping[0]}{until}", Effect.STOP_LANE)


def _alert(value: Fields, update_id: str, _settings: Mapping[str, str]) -> Notice:
    """What Meta wants done: in its own words, until it says that it is over."""
    about = value.get("alert_info") or value
    informs = about.get("alert_severity") == "INFORMATIONAL" or about.get("alert_status") == "NONE"
    return Notice(update_id, "alert", "" if informs else f"{about['alert_type']}: {about.get('alert_description', '')}")


Reader = Callable[[Fields, str, Mapping[str, str]], Notice | None]
READERS: Mapping[str, Reader] = {
    "message_template_status_update": _template_status,
    "message_template_quality_update": _template_quality,
    "template_category_update": _template_category,
    "business_capability_update": _capability,
    "phone_number_quality_update": _number_quality,
    "account_update": _account,
    "account_alerts": _alert,
}
