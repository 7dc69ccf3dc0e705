"""What becomes of a template by itself: review, quality, pauses, a new category, each told to the account's apps."""

from functools import partial

from barqia.sandbox.clock import Clock
from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.templates.template import Json, Template

PAUSE_MS = (3 * 3_600_000, 6 * 3_600_000)
# words that no reviewer lets pass, so that a rejection can be had without the control API
REJECTED_WORDS = ("SANDBOX_REJECT",)
PAUSED_WORDS = {
    1: ("FIRST_PAUSE", "Your WhatsApp message template has been paused for 3 hours because it has low quality."),
    2: ("SECOND_PAUSE", "Your WhatsApp message template has been paused for 6 hours because it has low quality."),
}


class Review:
    """`delay_ms` is how long a reviewer takes; `verdict` what he says of the next templates, empty for his own mind."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.delay_ms, self.verdict = 1_000.0, ""

    def begin(self, account: Account, template: Template) -> None:
        if self.verdict != "PENDING":
            self._clock.at(self._clock.now_ms() + self.delay_ms, partial(self._end, account, template))

    def _end(self, account: Account, template: Template) -> None:
        if template.status != "PENDING":
            return
        bad = any(word in template.body for word in REJECTED_WORDS)
        self.decide(account, template, self.verdict or ("REJECTED" if bad else "APPROVED"))

    def decide(self, account: Account, template: Template, status: str, reason: str = "") -> None:
        """Put a template into a state, and tell of it."""
        template.status = status
        template.rejected_reason = reason or ("INVALID_FORMAT" if status == "REJECTED" else "NONE")
        self.tell(account, template, status, {})

    def tell(self, account: Account, template: Template, event: str, more: Json) -> None:
        value = {**_named(template), "event": event, "reason": template.rejected_reason}
        value |= {"message_template_category": template.category, **more}
        account.tell("message_template_status_update", value, self._clock.now_ms())

    def rate(self, account: Account, template: Template, quality: str) -> None:
        """A new quality: red pauses for 3 hours, then for 6, then for ever."""
        score = {"previous_quality_score": template.quality, "new_quality_score": quality}
        template.quality, template.rated = quality, self._clock.now()
        account.tell("message_template_quality_update", {**_named(template), **score}, self._clock.now_ms())
        if quality == "RED" and template.status == "APPROVED":
            self._pause(account, template)

    def _pause(self, account: Account, template: Template) -> None:
        now = self._clock.now_ms()
        template.pauses += 1
        if template.pauses > len(PAUSE_MS):
            template.status = "DISABLED"
            self.tell(account, template, "DISABLED", {"disable_info": {"disable_date": now // 1000}})
            return
        template.status, template.unpause_ms = "PAUSED", now + PAUSE_MS[template.pauses - 1]
        title, words = PAUSED_WORDS[template.pauses]
        self.tell(account, template, "PAUSED", {"other_info": {"title": title, "description": words}})
        self._clock.at(template.unpause_ms, partial(self._resume, account, template, template.pauses))

    def _resume(self, account: Account, template: Template, pause: int) -> None:
        if template.status == "PAUSED" and template.pauses == pause:
            self.decide(account, template, "APPROVED")

    def unpause(self, account: Account, template: Template) -> Json:
        """`POST /{template-id}/unpause`. Raises GraphError 100."""
        if template.status != "PAUSED":
            raise GraphError(100, "The template is not paused.")
        self.decide(account, template, "APPROVED")
        return {"success": True}

    def recategorise(self, account: Account, template: Template, category: str) -> None:
        categories = {"previous_category": template.category, "new_category": category}
        template.previous_category, template.category = template.category, category
        account.tell("template_category_update", {**_named(template), **categories}, self._clock.now_ms())

    def pace(self, account: Account, template: Template, state: str) -> None:
        """Hold what is sent of a new template; then release it, or drop it with 132015 and pause the template."""
        if state == "hold":
            template.held = template.held or []
            return
        waiting, template.held = template.held or [], None
        if state == "drop":
            template.status = "PAUSED"
            self.tell(account, template, "PAUSED", {})
        for go in waiting:
            go(132015 if state == "drop" else 0)


def _named(template: Template) -> Json:
    about = {"message_template_id": int(template.id), "message_template_name": template.name}
    return {**about, "message_template_language": template.language}
