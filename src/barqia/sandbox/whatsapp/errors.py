"""Failures as the Cloud API words them."""

import secrets
from typing import Any

TITLES = {
    2: "An unexpected error has occurred. Please retry your request later.",
    100: "Invalid parameter",
    190: "Error validating access token: the session is invalid.",
    368: "Temporarily blocked for policies violations",
    80007: "Rate limit issues",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131026: "Message undeliverable",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "Meta chose not to deliver",
    131050: "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages",
    131051: "Unsupported message type",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    132000: "Template Param Count Mismatch",
    132001: "Template does not exist",
    132005: "Template Hydrated Text Too Long",
    132012: "Template Parameter Format Mismatch",
    132015: "Template is Paused",
    132016: "Template is Disabled",
}
DETAILS = {
    100: "The request included one or more unsupported or misspelled parameters.",
    368: (
        "The WhatsApp Business Account associated with the app has been restricted or disabled for violating a "
        "platform policy."
    ),
    80007: "The WhatsApp Business Account has reached its rate limit.",
    130429: "Cloud API message throughput has been reached.",
    131000: "Message failed to send due to an unknown error.",
    131008: "The request is missing a required parameter.",
    131009: "One or more parameter values are invalid.",
    131016: "A service is temporarily unavailable.",
    131026: "Unable to deliver message. Reasons can include that the recipient is not on WhatsApp.",
    131042: "There was an error related to your payment method.",
    131047: "More than 24 hours have passed since the recipient last replied to the sender number.",
    131048: (
        "Message failed to send because there are restrictions on how many messages can be sent from this phone "
        "number. This may be because too many previous messages were blocked or flagged as spam."
    ),
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: (
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp "
        "from your business."
    ),
    131051: "Unsupported message type.",
    131056: (
        "Too many messages sent from the sender phone number to the same recipient phone number in a short period "
        "of time."
    ),
    132000: (
        "The number of variable parameter values included in the request did not match the number of variable "
        "parameters defined in the template."
    ),
    132001: "The template does not exist in the specified language or the template has not been approved.",
    132005: "Translated text is too long.",
    132012: "Variable parameter values formatted incorrectly.",
    132016: "Template has been paused too many times due to low quality and is now permanently disabled.",
    132015: "Template is paused due to low quality so it cannot be sent in a template message.",
}
STATUS = {2: 500, 190: 401, 368: 403, 131000: 500, 131016: 500, 132001: 404}
# the Graph API's own, older than the Cloud API: no number before their words
PLAIN = frozenset({2, 190})
TRANSIENT = frozenset({2})


class GraphError(Exception):
    """Answered as `{"error": {...}}`."""

    def __init__(self, code: int, details: str = "", status: int = 0) -> None:
        super().__init__(TITLES[code])
        self.code = code
        self.status = status or STATUS.get(code, 400)
        self.details = details or DETAILS.get(code, "")

    def as_json(self) -> dict[str, Any]:
        message = TITLES[self.code] if self.code in PLAIN else f"(#{self.code}) {TITLES[self.code]}"
        error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": self.code}
        if self.code in TRANSIENT:
            error["is_transient"] = True
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": {**error, "fbtrace_id": "A" + secrets.token_urlsafe(15)}}


def in_status(code: int) -> dict[str, Any]:
    """The same error as a `failed` status carries it."""
    return {
        "code": code,
        "title": TITLES[code],
        "message": TITLES[code],
        "error_data": {"details": DETAILS[code]},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }
