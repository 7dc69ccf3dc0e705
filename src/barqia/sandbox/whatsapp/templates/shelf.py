"""The templates of an account: created, edited, deleted and listed, as an account may."""

from collections.abc import Iterator, Mapping

from barqia.sandbox.whatsapp.business.accounts import HOUR_MS, Account
from barqia.sandbox.whatsapp.errors import GraphError, TemplateError
from barqia.sandbox.whatsapp.templates.rules import check_components, check_head
from barqia.sandbox.whatsapp.templates.template import CATEGORIES, Json, Template

DAY_MS = 86_400_000
MOST, AN_HOUR = 250, 100
LOCKED_MS = 30 * DAY_MS
EDITS_A_DAY, EDITS_A_MONTH = 1, 10
EDITABLE = frozenset({"APPROVED", "REJECTED", "PAUSED"})
FULL, LOCKED, TAKEN, UNCHANGEABLE = 2388019, 2388023, 2388024, 2388039
# the lives that a message may be given, in seconds, by category
LIVES = {"AUTHENTICATION": (30, 43_200), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}
PAGE = 25


def create(account: Account, given: Json, template_id: str, now_ms: int) -> Template:
    """A template that waits for its review. Raises TemplateError, GraphError 100, 80007."""
    check_head(given)
    named = str(given.get("parameter_format", "POSITIONAL")).upper() == "NAMED"
    components = check_components(given.get("components"), named=named)
    name, language = given["name"], given["language"]
    _room(account, name, language, now_ms)
    category = str(given["category"]).upper()
    made = Template(template_id, name, language, category, components, named, "PENDING")
    made.life_seconds, made.rated = _life(given, category), now_ms // 1000
    account.templates[template_id] = made
    account.created_ms.append(now_ms)
    return made


def _room(account: Account, name: str, language: str, now_ms: int) -> None:
    while account.created_ms and account.created_ms[0] <= now_ms - HOUR_MS:
        account.created_ms.popleft()
    if len(account.created_ms) >= AN_HOUR:
        raise GraphError(80007, "An account creates at most 100 templates an hour.")
    if len(account.templates) >= MOST:
        raise TemplateError(FULL, f"An account has at most {MOST} templates.")
    if any((one.name, one.language) == (name, language) for one in account.templates.values()):
        raise TemplateError(TAKEN, "There is content of this name in this language already.")
    if account.locked.get((name, language), 0) > now_ms:
        raise TemplateError(LOCKED, "The template of this name was deleted less than 30 days ago.")


def _life(given: Json, category: str) -> int:
    seconds = int(given.get("message_send_ttl_seconds") or 0)
    least, most = LIVES[category]
    if seconds and not least <= seconds <= most:
        raise GraphError(100, f"Param message_send_ttl_seconds must be {least} to {most} for {category}.")
    return seconds


def edit(template: Template, given: Json, now_ms: int) -> None:
    """New components, and a new category where it is not approved; it waits for its review. Raises as `create`."""
    if template.status not in EDITABLE:
        raise TemplateError(UNCHANGEABLE, f"A template that is {template.status} cannot be edited.")
    category = str(given.get("category", template.category)).upper()
    if category not in CATEGORIES or (template.status == "APPROVED" and category != template.category):
        raise GraphError(100, "The category of an approved template cannot be changed.")
    named = str(given.get("parameter_format", "NAMED" if template.named else "POSITIONAL")).upper() == "NAMED"
    components = check_components(given.get("components", template.components), named=named)
    life = _life({"message_send_ttl_seconds": template.life_seconds, **given}, category)
    if template.status == "APPROVED":
        _count_edit(template, now_ms)
    template.category, template.components, template.named = category, components, named
    template.life_seconds, template.status = life, "PENDING"


def _count_edit(template: Template, now_ms: int) -> None:
    while template.edits_ms and template.edits_ms[0] <= now_ms - 30 * DAY_MS:
        template.edits_ms.popleft()
    today = sum(at_ms > now_ms - DAY_MS for at_ms in template.edits_ms)
    if today >= EDITS_A_DAY or len(template.edits_ms) >= EDITS_A_MONTH:
        raise TemplateError(UNCHANGEABLE, "An approved template is edited once a day and ten times in 30 days at most.")
    template.edits_ms.append(now_ms)


def delete(account: Account, name: str, template_id: str, now_ms: int) -> list[Template]:
    """All languages of a name, or one template of it. Returns what is gone. Raises GraphError 100."""
    gone = [one for one in account.templates.values() if one.name == name and template_id in {"", one.id}]
    if not gone:
        raise GraphError(100, "The template to delete was not found.", 400)
    for one in gone:
        del account.templates[one.id]
        if one.status == "APPROVED":
            account.locked[one.name, one.language] = now_ms + LOCKED_MS
    return gone


def listed(account: Account, query: Mapping[str, str]) -> Json:
    """`GET …/message_templates`: a page, with the filters and the fields that were asked for."""
    found = list(_found(account, query))
    limit = max(1, int(query.get("limit") or PAGE))
    start = int(query["after"]) if query.get("after") else 0
    if query.get("before"):
        start = max(0, int(query["before"]) - limit)
    page = found[start : start + limit]
    asked = [name for name in query.get("fields", "").split(",") if name]
    cursors = {"before": str(start), "after": str(start + len(page))}
    answer: Json = {"data": [shown(one, asked) for one in page], "paging": {"cursors": cursors}}
    if start + len(page) < len(found):
        answer["paging"]["next"] = f"{account.id}/message_templates?limit={limit}&after={start + len(page)}"
    if query.get("summary"):
        counts = {"total_count": len(found), "message_template_count": len(account.templates)}
        answer["summary"] = {**counts, "message_template_limit": MOST, "are_translations_complete": False}
    return answer


def _found(account: Account, query: Mapping[str, str]) -> Iterator[Template]:
    text = query.get("content") or query.get("name_or_content") or ""
    for one in account.templates.values():
        plain = {"name": one.name, "status": one.status, "category": one.category, "language": one.language}
        plain["quality_score"] = one.quality
        if any(query.get(name) not in {None, "", value} for name, value in plain.items()):
            continue
        if text in one.body or (query.get("name_or_content") and text in one.name):
            yield one


def shown(template: Template, asked: list[str]) -> Json:
    """A template as it is told, with the fields asked for; `quality_score` only then."""
    about = template.as_json()
    if not asked:
        return about
    about["quality_score"] = {"score": template.quality, "date": template.rated}
    return {"id": template.id, **{name: about[name] for name in asked if name in about}}
