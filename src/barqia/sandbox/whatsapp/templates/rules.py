"""What a template may be: checked when it is created or edited, with the codes an editor is shown."""

import re
from typing import Any

from barqia.sandbox.whatsapp.errors import GraphError, TemplateError
from barqia.sandbox.whatsapp.templates.template import CATEGORIES, VARIABLE, Json, variables

NAME = re.compile(r"[a-z0-9_]{1,512}")
BODY, HEADER, FOOTER, BUTTONS, BUTTON_TEXT = 1_024, 60, 60, 10, 25
# words that a body has for each of its variables, at least
WORDS_A_VARIABLE = 2
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF")
BUTTON_KINDS = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "FLOW", "CATALOG", "MPM", "VOICE_CALL")
TOUCHING = re.compile(r"\}\}\s*\{\{")
HEADER_BAD, BODY_BAD, FOOTER_BAD, TOO_LONG, TOO_MANY_VARIABLES, AT_THE_EDGE = (
    2388047, 2388072, 2388073, 2388040, 2388293, 2388299,
)  # fmt: skip


def check_head(given: Json) -> None:
    """Name, language and category. Raises GraphError 100."""
    name, language, category = given.get("name"), given.get("language"), given.get("category")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise GraphError(100, "Param name must be lower-case letters, digits and underscores, at most 512.")
    if not isinstance(language, str) or not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2,3})?", language):
        raise GraphError(100, "Param language must be a supported language and locale code.")
    if str(category).upper() not in CATEGORIES:
        raise GraphError(100, f"Param category must be one of {{{', '.join(CATEGORIES)}}}")


def check_components(given: Any, *, named: bool) -> list[Json]:
    """Raises TemplateError, GraphError 100."""
    if not isinstance(given, list) or not given:
        raise GraphError(100, "Param components must be a non-empty array.")
    parts: dict[str, Json] = {}
    for part in given:
        kind = str(part.get("type", "")).upper()
        if kind not in CHECKS:
            raise GraphError(100, f"Param components[type] {kind!r} is not known.")
        if kind in parts:
            raise GraphError(100, f"There must be only one component of type {kind}.")
        parts[kind] = part
        CHECKS[kind](part, named)
    if "BODY" not in parts:
        raise TemplateError(BODY_BAD, "A template needs a body.")
    return given


def _header(part: Json, named: bool) -> None:
    kind = str(part.get("format", "")).upper()
    if kind not in FORMATS:
        raise TemplateError(HEADER_BAD, f"The header's format must be one of {', '.join(FORMATS)}.")
    if kind == "TEXT":
        text = _text(part, HEADER_BAD, HEADER)
        if len(variables(text)) > 1:
            raise TemplateError(HEADER_BAD, "The header may have one variable.")
        _examples(part, text, "header_text", HEADER_BAD, named=named)
    elif kind != "LOCATION" and not (part.get("example") or {}).get("header_handle"):
        raise TemplateError(HEADER_BAD, "A header with media needs an example: header_handle.")


def _body(part: Json, named: bool) -> None:
    # the body of an authentication template is the provider's own
    if "text" not in part and "add_security_recommendation" in part:
        return
    text = _text(part, BODY_BAD, BODY)
    bare = text.strip()
    if bare.startswith("{{") or bare.endswith("}}"):
        raise TemplateError(AT_THE_EDGE, "Variables can't be at the start or end of the body.")
    if TOUCHING.search(text):
        raise TemplateError(BODY_BAD, "Variables may not touch each other.")
    found = variables(text)
    _numbered(found, named=named)
    if len(VARIABLE.sub(" ", text).split()) < WORDS_A_VARIABLE * len(found):
        raise TemplateError(TOO_MANY_VARIABLES, "This body has too many variables for its length.")
    _examples(part, text, "body_text", BODY_BAD, named=named)


def _footer(part: Json, _named: bool) -> None:
    if "text" not in part and "code_expiration_minutes" in part:
        return
    if variables(_text(part, FOOTER_BAD, FOOTER)):
        raise TemplateError(FOOTER_BAD, "A footer has no variables.")


def _buttons(part: Json, _named: bool) -> None:
    buttons = part.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        raise GraphError(100, f"There must be 1 to {BUTTONS} buttons.")
    for button in buttons:
        _button(button)


def _button(button: Json) -> None:
    kind = str(button.get("type", "")).upper()
    if kind not in BUTTON_KINDS:
        raise GraphError(100, f"Param buttons[type] {kind!r} is not known.")
    text = button.get("text", "")
    if kind in {"QUICK_REPLY", "URL", "PHONE_NUMBER"} and not text:
        raise GraphError(100, "A button needs a text.")
    if len(text) > BUTTON_TEXT:
        raise TemplateError(TOO_LONG, f"A button's text must be at most {BUTTON_TEXT} characters long.")
    if kind == "URL":
        url = str(button.get("url", ""))
        found = variables(url)
        if not url.startswith(("https://", "http://")) or len(found) > 1 or (found and not url.endswith("}}")):
            raise GraphError(100, "A button's url is an address, with one variable at its end or none.")
        if found and not button.get("example"):
            raise GraphError(100, "A url with a variable needs an example.")


def _text(part: Json, code: int, limit: int) -> str:
    text = part.get("text")
    if not isinstance(text, str) or not text.strip():
        raise TemplateError(code, "A text is missing.")
    if len(text) > limit:
        raise TemplateError(TOO_LONG, f"This text must be at most {limit} characters long.")
    return text


def _numbered(found: list[str], *, named: bool) -> None:
    if named and any(not re.fullmatch("[a-z_][a-z0-9_]*", name) for name in found):
        raise TemplateError(BODY_BAD, "Variables have names of lower-case letters and underscores.")
    if not named and found != [str(number) for number in range(1, len(found) + 1)]:
        raise TemplateError(BODY_BAD, "Variables are numbered {{1}}, {{2}} … in their order.")


def _examples(part: Json, text: str, key: str, code: int, *, named: bool) -> None:
    """There must be an example for every variable."""
    found = variables(text)
    example = part.get("example") or {}
    if named:
        given = {str(one.get("param_name")) for one in example.get(f"{key}_named_params") or ()}
        fits = given >= set(found)
    else:
        values = example.get(key) or []
        first = values[0] if values and isinstance(values[0], list) else values
        fits = len(first) >= len(found)
    if not fits:
        raise TemplateError(code, "An example for each variable is missing.")


CHECKS = {"HEADER": _header, "BODY": _body, "FOOTER": _footer, "BUTTONS": _buttons}
