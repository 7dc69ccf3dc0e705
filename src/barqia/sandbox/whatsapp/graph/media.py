"""Files: uploaded in parts, asked for, downloaded with the token, deleted."""

from aiohttp import BodyPartReader, web

from barqia.sandbox.whatsapp.business.apps import Json
from barqia.sandbox.whatsapp.business.numbers import Number
from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.graph.call import Call
from barqia.sandbox.whatsapp.media.shelf import KINDS, UPLOADED_MS, Media, kinds_of, plain, too_big
from barqia.sandbox.whatsapp.world import WhatsApp

LARGEST = max(size for size, _ in KINDS.values())


class MediaCalls:
    def __init__(self, world: WhatsApp) -> None:
        self._world = world

    async def upload(self, call: Call) -> Json:
        """Raises GraphError 100 for a type that no message may have, 131053 for a file that is too big."""
        assert isinstance(call.node, Number)
        fields, name, mime, data = await _parts(call.request)
        if fields.get("messaging_product") != "whatsapp":
            raise GraphError(100, "Param messaging_product must be one of {WHATSAPP}")
        mime = fields.get("type") or mime
        kinds = kinds_of(mime)
        if not kinds:
            raise GraphError(100, f"Param file must be a file with one of the supported types, not {mime or 'none'}.")
        if not data:
            raise GraphError(100, "Param file must be a file that is not empty.")
        if all(too_big(kind, data) for kind in kinds):
            raise GraphError(131053, f"The file is too big for its type: {len(data)} bytes.")
        made = self._world.put_file(call.node.id, plain(mime), name, data, UPLOADED_MS)
        return {"id": made.id}

    async def get(self, call: Call) -> Json:
        return self._mine(call).as_json(call.base, self._world.clock.now_ms())

    async def delete(self, call: Call) -> Json:
        del self._world.shelf[self._mine(call).id]
        return {"success": True}

    def _mine(self, call: Call) -> Media:
        """Raises GraphError 100 where `phone_number_id` is another's."""
        assert isinstance(call.node, Media)
        wanted = call.query.get("phone_number_id")
        if wanted not in {None, call.node.owner}:
            raise GraphError(100, "The media file is not of this phone number.")
        return call.node

    def download(self, query: dict[str, str]) -> web.Response:
        """The file behind an address that is still alive; 404 for another."""
        found = self._world.file(query.get("mid", ""))
        until = found.addresses.get(query.get("hash", ""), 0) if found else 0
        if found is None or until <= self._world.clock.now_ms():
            return web.Response(status=404, text="The URL has expired or does not exist.\n")
        quoted = (found.name or f"{found.id}").replace('"', "").replace("\r", "").replace("\n", "")
        headers = {"Content-Type": found.mime, "Content-Disposition": f'attachment; filename="{quoted}"'}
        return web.Response(body=found.data, headers=headers)


async def _parts(request: web.Request) -> tuple[dict[str, str], str, str, bytes]:
    """(fields, the file's name, its type, its bytes); of a file that no limit lets pass, one byte too many."""
    if not request.content_type.startswith("multipart/"):
        raise GraphError(100, "The request body is not multipart/form-data.")
    fields: dict[str, str] = {}
    name, mime, data = "", "", bytearray()
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise GraphError(100, "A part has parts of its own.")
        if part.name != "file":
            fields[str(part.name)] = (await part.read()).decode(errors="replace")
            continue
        name, mime = part.filename or "", part.headers.get("Content-Type", "")
        while chunk := await part.read_chunk(1 << 16):
            if len(data) <= LARGEST:
                data += chunk
    return fields, name, mime, bytes(data)
