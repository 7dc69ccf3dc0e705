"""The desk's own words in templates: verbs, reasons and states as an editor says them."""

from collections.abc import Mapping
from decimal import Decimal

from babel import Locale
from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

register = template.Library()
NOWHERE = "ZZ"

VERBS: dict[str, str | Promise] = {
    "test": _("Test send"),
    "publish": _("Publish"),
    "correct": _("Correct"),
    "kill": _("Kill the dispatch"),
    "takedown": _("Take the dispatch down"),
    "unpublish": _("Unpublish"),
    "update": _("Write an update"),
    "review": _("Review the reading"),
    "save": _("Save"),
    "pause": _("Pause"),
    "resume": _("Go on"),
    "cancel": _("Cancel"),
    "settle": _("Settle the unknown"),
    "resend_failed": _("Send the failed again"),
    "resend_unknown": _("Send the unknown again"),
    "lane_stopped": _("A lane stopped"),
    "lane_notice": _("A provider's word on a lane"),
    "pause_lane": _("Pause a lane"),
    "resume_lane": _("Let a lane go on"),
    "lane_off": _("A lane was switched off"),
    "lane_on": _("A lane was switched on"),
    "mailing_held": _("The wire paused a mailing"),
    "client_added": _("A client newsroom was added"),
    "client_sections": _("A client newsroom takes other sections"),
    "client_moved": _("A client newsroom has another address"),
    "client_secret": _("A client newsroom has a new secret"),
    "client_on": _("A client newsroom was switched on"),
    "client_off": _("A client newsroom was switched off"),
    "client_stopped": _("The wire stopped a client newsroom"),
}
NOTICES: dict[str, str | Promise] = {
    "template": _("the news template"),
    "quality": _("how readers take the template"),
    "category": _("the template's category"),
    "limit": _("people a day"),
    "number": _("how readers take the number"),
    "account": _("the business account"),
    "alert": _("the provider warns"),
}
STATES: dict[str, str | Promise] = {
    "draft": _("draft"),
    "in_progress": _("in progress"),
    "scheduled": _("scheduled"),
    "published": _("published"),
    "corrected": _("corrected"),
    "killed": _("killed"),
    "recalled": _("recalled"),
    "unpublished": _("unpublished"),
    "spiked": _("spiked"),
    "planned": _("planned"),
    "claimed": _("claimed"),
    "handing": _("handing"),
    "handed": _("handed"),
    "delivered": _("delivered"),
    "read": _("read"),
    "failed": _("failed"),
    "skipped": _("skipped"),
    "unknown": _("unknown"),
}
REASONS: dict[str, str | Promise] = {
    "unsubscribed": _("unsubscribed"),
    "blocked": _("blocked us"),
    "stranger": _("not subscribed"),
    "window_closed": _("WhatsApp's 24 hours are over and the lane has no template"),
    "no_service": _("WhatsApp does not serve their country"),
    "no_marketing": _("WhatsApp takes no news for their country outside their 24 hours"),
    "lane_stopped": _("the lane stands still"),
    "stopped": _("stopped"),
    "paused": _("paused"),
    "no_sender": _("nobody sends on this lane: start “barqia run”, or a worker"),
    "digest": _("in the daily digest"),
    "held": _("its part is held"),
    "waiting": _("put off, as the provider asked or by the pace of each reader"),
    "superseded": _("a newer text overtook it"),
    "cancelled": _("cancelled"),
    "expired": _("too old to be news"),
    "opted_out": _("opted out before it went"),
    "never_sent": _("never had it"),
    "nothing_to_do": _("nothing to do"),
    "no_address": _("no address"),
    "sender_died": _("the sender died during the call"),
    "not_sent_again": _("may have gone before, and was not sent again"),
    "render_error": _("could not be rendered"),
    "undeliverable": _("WhatsApp cannot deliver to this number"),
    "stopped_marketing": _("stopped messages at WhatsApp"),
    "deactivated": _("the account is deleted"),
    "never_started": _("never started the bot"),
    "a_bot": _("a bot, not a reader"),
    "our_fault": _("a fault of ours in the request: tell your engineer"),
    "unsupported": _("the phone cannot show such a message"),
    "own_number": _("the newsroom's own number"),
    "not_in_test_list": _("the number is still in test, and this reader is not in its list"),
    "display_name": _("the number's display name is not approved"),
    "identity_key": _("the reader's identity key has changed"),
    "user_id_unusable": _("cannot be reached by user name"),
    "blocked_by_us": _("blocked by the newsroom's own number"),
    "media": _("the picture could not be fetched"),
    "registration": _("the number is not registered"),
    "unreadable_reply": _("the provider's answer could not be read"),
    "no_answer": _("the provider does not answer; trying again by itself"),
    "timeout": _("the provider did not answer in time"),
    "cut": _("the connection broke during the call"),
    "garbage": _("the provider's answer was no answer"),
    "too_large": _("the provider's answer was too large"),
    "unresolved": _("never resolved"),
    "message_gone": _("the message is gone from the phone"),
    "not_editable": _("the provider lets nobody change the message any more"),
    "removed": _("the bot was put out of the chat"),
    "refused": _("refused by the provider"),
    "no_such_chat": _("no such chat"),
    "no_access": _("no access to the chat"),
    "lane_off": _("the lane is switched off"),
    "part_failed": _("a part of it failed"),
    "throttled": _("held back by the provider"),
    "capped": _("WhatsApp spares this reader more marketing for now"),
    "provider_error": _("a fault of the provider"),
    "template": _("the template cannot be used"),
    "template_text": _("the template does not take this text"),
    "spam_limit": _("readers reported too much"),
    "identity": _("the token is refused"),
    "permission": _("a permission is missing"),
    "policy": _("blocked for policy"),
    "payment": _("payment is missing"),
    "experiment": _("in an experiment of the provider"),
    "country": _("not served in this country"),
    "no_mailbox": _("no such mailbox"),
    "mailbox_off": _("the mailbox is switched off"),
    "mailbox_full": _("the mailbox is full"),
    "undeliverable_mail": _("the mail could not be delivered there"),
    "unreachable": _("the server could not be reached"),
    "mail_too_large": _("too large for the mail server"),
    "content_refused": _("the mail server refused what it says"),
    "policy_refused": _("the mail server's rules refused it"),
    "sender_refused": _("the mail server does not take mail from this address"),
    "complaint": _("reported a mail as spam"),
    "push_gone": _("the browser wants no more notifications"),
    "push_of_another_key": _("the browser subscribed with another key"),
    "endpoint_gone": _("the client's server wants no more"),
    "endpoint_failed": _("the client's server did not take it while it was news"),
    "endpoint_too_small": _("too large for the client's server"),
    "long_failure": _("the client's server has failed for five days"),
    "private_address": _("the client's address is not a public one"),
}


CATEGORIES: dict[str, str | Promise] = {
    "marketing": _("marketing templates"),
    "utility": _("utility templates"),
    "service": _("in their 24 hours"),
    "referral_conversion": _("from an advertisement"),
}


@register.filter
def category_name(category: str) -> str:
    return str(CATEGORIES.get(category, category))


@register.filter
def country_name(country: str) -> str:
    """As the page's language names it; ZZ, and nothing, are nowhere known."""
    names = Locale.parse((get_language() or "ar").partition("-")[0]).territories
    return names[country] if country in names and country != NOWHERE else str(_("country unknown"))


@register.filter
def money(amount: Decimal) -> str:
    """Two decimals, with thousands apart."""
    return f"{amount:,.2f}"


@register.filter
def price(amount: Decimal) -> str:
    """Of one message: as many decimals as it has."""
    return f"{amount.normalize():f}"


@register.filter
def verb_name(verb: str) -> str:
    return str(VERBS.get(verb, verb))


@register.filter
def state_name(state: str) -> str:
    return str(STATES.get(state, state))


@register.filter
def reason_name(reason: str) -> str:
    if reason.startswith("http_"):
        return f"{REASONS['garbage']} ({reason.removeprefix('http_')})"
    return str(REASONS.get(reason, reason))


@register.filter
def alert_name(alert: str) -> str:
    """An alert «identity: 401» in an editor's words, the provider's own code behind."""
    reason, colon, code = alert.partition(": ")
    return f"{reason_name(reason)}{colon}{code}"


@register.filter
def notice_name(about: str) -> str:
    """What a provider's word on a lane is about."""
    return str(NOTICES.get(about, about))


@register.filter
def at(counts: Mapping[str, int], state: str) -> int:
    return counts[state]


@register.filter
def percent(part: int, whole: int) -> float:
    """For the width of a bar."""
    return round(100 * part / whole, 2) if whole else 0
