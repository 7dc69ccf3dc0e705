"""What callers send: JSON read strictly, and text that can be written as UTF-8."""

import json
import re
from typing import Any, NoReturn

SURROGATE = re.compile("[\ud800-\udfff]")
# what a method raises when a parameter has another shape than it reads; answered in the provider's own words
MISSHAPEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class BrokenText(ValueError):
    """A lone surrogate: no UTF-8 can carry it."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def load(text: str | bytes) -> Any:
    """JSON without NaN and Infinity. Raises ValueError, and BrokenText for a lone surrogate."""
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError:
            raise BrokenText("strings must be encoded in UTF-8") from None
    value = _decode(text)
    # text that was UTF-8 can hold a surrogate in an escape only
    return whole(value) if "\\ud" in text or "\\uD" in text else value


def whole(value: Any) -> Any:
    """The value itself. Raises BrokenText where a string in it has a lone surrogate."""
    if SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise BrokenText("strings must be encoded in UTF-8")
    return value
