"""Failures as the Bot API words them."""


class ApiError(Exception):
    """Answered as `{"ok": false, "error_code", "description", "parameters"?}` with that HTTP status."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class Unparsed(ValueError):
    """A nested object that is not what it should be; whoever reads it says of what."""


def bad(description: str, **parameters: int) -> ApiError:
    """The first letter falls, where the second is none of a CODE_LIKE_THIS."""
    if not (description[1:2].isupper() or description[1:2] == "_"):
        description = description[0].lower() + description[1:]
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> ApiError:
    return ApiError(409, f"Conflict: {description}")


def too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
