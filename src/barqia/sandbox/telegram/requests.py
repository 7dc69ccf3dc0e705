"""The arguments of a request: from its query and its body, whichever of the four ways they come."""

from aiohttp import web
from aiohttp.hdrs import CONTENT_TYPE
from aiohttp.http_exceptions import HttpProcessingError

from barqia.sandbox.given import BrokenText, load, whole
from barqia.sandbox.telegram.chats import Json
from barqia.sandbox.telegram.errors import ApiError, bad
from barqia.sandbox.telegram.files import Upload

MOST_BYTES, MOST_UPLOADED = 1 << 20, 50 << 20
TOO_MANY = ApiError(413, "Request Entity Too Large: too many parameters")
# what the form's reader stumbles over in the bytes of a part
MISFORMED = (HttpProcessingError, ValueError, LookupError, AssertionError)
TOO_LARGE = ApiError(413, "Request Entity Too Large")


async def arguments(request: web.Request) -> Json:
    """Raises ApiError 400, 413, and BrokenText."""
    params: Json = dict(request.query)
    if request.method == "POST":
        params |= await (_form(request) if request.content_type.startswith("multipart/") else _body(request))
    if sum(len(str(value)) for value in params.values() if not isinstance(value, Upload)) > MOST_BYTES:
        raise TOO_MANY
    return dict(whole({k: v for k, v in params.items() if not isinstance(v, Upload)})) | {
        k: v for k, v in params.items() if isinstance(v, Upload)
    }


async def _form(request: web.Request) -> Json:
    """A multipart form; its files are kept as they came."""
    if "boundary" not in request.headers[CONTENT_TYPE].lower():
        raise bad("boundary not found")
    try:
        form = await request.clone(client_max_size=MOST_UPLOADED + MOST_BYTES).post()
    except web.HTTPRequestEntityTooLarge:
        raise TOO_LARGE from None
    except MISFORMED:
        raise bad("can't parse form data headers") from None
    params: Json = {}
    for name, value in form.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                params[name] = Upload(value.filename, value.content_type, file.read())
        else:
            params[name] = value if isinstance(value, str) else bytes(value).decode(errors="replace")
    return params


async def _body(request: web.Request) -> Json:
    try:
        if request.content_type != "application/json":
            return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TOO_MANY from None
    try:
        value = load(raw) if raw else {}
    except BrokenText:
        raise
    except ValueError:
        raise bad("can't parse object, ':' expected") from None
    if not isinstance(value, dict):
        raise bad("JSON object expected")
    return value


def loggable(params: Json) -> Json:
    """What can be written as JSON: a file by its name and size."""
    return {
        name: f"{value.name} ({len(value.data)} bytes)" if isinstance(value, Upload) else value
        for name, value in params.items()
    }
