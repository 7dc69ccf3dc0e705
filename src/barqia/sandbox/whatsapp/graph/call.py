"""One call of the Graph API, as its operation sees it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from barqia.sandbox.given import BrokenText, load
from barqia.sandbox.whatsapp.business.accounts import Account
from barqia.sandbox.whatsapp.business.apps import App, Json
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.media.shelf import Media
from barqia.sandbox.whatsapp.templates.template import Template

Node = Number | Account | Template | Media | App


@dataclass(slots=True)
class Call:
    """`node` is the object that the path names, `rest` what stands behind the operation; `query` is the address's."""

    request: web.Request
    app: App
    node: Node
    op: str
    rest: str = ""
    query: dict[str, str] = field(default_factory=dict)
    payload: Json = field(default_factory=dict)

    @property
    def given(self) -> Json:
        """Parameters, wherever they stood."""
        return {**self.query, **self.payload}

    @property
    def base(self) -> str:
        return f"{self.request.scheme}://{self.request.host}"


def token_of(request: web.Request) -> str:
    """The token in the header, else in the address."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else request.query.get("access_token", "")


async def payload_of(request: web.Request) -> Json:
    """The body as an object; empty where there is none, or where it is made of parts.

    Raises GraphError 100, with HTTP 413 where it is too large.
    """
    if request.content_type.startswith("multipart/"):
        return {}
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise GraphError(100, "Request Entity Too Large: too many parameters", 413) from None
    if request.content_type == "application/x-www-form-urlencoded" and not body.lstrip().startswith(b"{"):
        return _form(body)
    try:
        value = load(body or b"{}")
    except BrokenText as error:
        raise GraphError(100, str(error)) from None
    except ValueError:
        raise GraphError(100, "The request body is not JSON.") from None
    if not isinstance(value, dict):
        raise GraphError(100)
    return value


def _form(body: bytes) -> Json:
    """Form fields; what is an object or a list is written as JSON in them."""
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return {name: load(value) if value[:1] in {"{", "["} else value for name, value in fields}


def shown(about: Json, fields: str, usual: tuple[str, ...], kind: str) -> Json:
    """What was asked for of an object, and its id. Raises GraphError 100 for a field that it cannot have."""
    asked = [name.partition("{")[0].strip() for name in fields.split(",") if name.strip()] or list(usual)
    for name in asked:
        if name not in about:
            raise GraphError(100, f"Tried accessing nonexisting field ({name}) on node type ({kind})")
    return {**{name: about[name] for name in asked if about[name] is not None}, "id": about["id"]}
