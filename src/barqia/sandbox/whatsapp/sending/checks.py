"""What every parameter is checked for."""

from typing import Any

from barqia.sandbox.whatsapp.errors import GraphError


def required(value: Any, name: str) -> Any:
    if value in (None, "", [], {}):
        raise GraphError(131008, f"Parameter {name} is required.")
    return value


def bounded(value: Any, limit: int, name: str) -> str:
    if not isinstance(value, str):
        raise GraphError(131009, f"{name} must be a string.")
    if len(value) > limit:
        raise GraphError(131009, f"{name} must be at most {limit} characters long.")
    return value


def needed(value: Any, limit: int, name: str) -> str:
    """A string that must be there, and is not too long."""
    return bounded(required(value, name), limit, name)


def web_address(value: Any, name: str) -> str:
    url = needed(value, 2_000, name)
    if not url.startswith(("https://", "http://")):
        raise GraphError(131009, f"{name} must be an address that begins with https:// or http://.")
    return url
