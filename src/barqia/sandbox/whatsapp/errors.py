"""Failures as the Cloud API words them."""

import secrets
from typing import Any

from barqia.sandbox.whatsapp.codes import DETAILS, PLAIN, STATUS, TEMPLATE_TITLES, TITLES, TRANSIENT

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


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


class TemplateError(GraphError):
    """A template that is not taken: error 100 with one of the 2388xxx subcodes, and words for a person."""

    def __init__(self, subcode: int, words: str) -> None:
        super().__init__(100, words)
        self.subcode = subcode

    def as_json(self) -> dict[str, Any]:
        about = {"error_subcode": self.subcode, "is_transient": False}
        words = {"error_user_title": TEMPLATE_TITLES[self.subcode], "error_user_msg": self.details}
        return {"error": {**super().as_json()["error"], **about, **words}}


def in_status(code: int, details: str = "") -> dict[str, Any]:
    """The same error as a `failed` status carries it."""
    words = details or DETAILS.get(code, TITLES[code])
    return {
        "code": code,
        "title": TITLES[code],
        "message": TITLES[code],
        "error_data": {"details": words},
        "href": HREF,
    }
