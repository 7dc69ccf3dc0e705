"""The file of a message: by its id, or by a link."""

import mimetypes
from dataclasses import dataclass
from typing import Any

from barqia.sandbox.whatsapp.errors import GraphError
from barqia.sandbox.whatsapp.media.fetch import is_here
from barqia.sandbox.whatsapp.media.shelf import Media, unfit
from barqia.sandbox.whatsapp.sending.checks import bounded, required, web_address

CAPTION, NAME = 1_024, 240


@dataclass(slots=True)
class File:
    """What a phone shows; `link` is to be fetched first, `why` is what was wrong with the file by its id."""

    shown: dict[str, Any]
    link: str = ""
    why: str = ""


def file_of(kind: str, content: Any, shelf: dict[str, Media]) -> File:
    """Raises GraphError 131008 without an id or a link, 131009 for an id that is not known."""
    media_id, link = content.get("id"), content.get("link")
    name = bounded(content.get("filename") or "", NAME, f"{kind}.filename")
    if media_id:
        found = shelf.get(str(media_id))
        if found is None:
            raise GraphError(131009, f"{kind}.id is not the id of a media file.")
        shown = {"kind": kind, "mime": found.mime, "name": name or found.name, "url": f"/sandbox/media/{found.id}"}
        return File(shown, why=unfit(kind, found.mime, found.data))
    url = web_address(required(link, f"{kind}.id or {kind}.link"), f"{kind}.link")
    mime = mimetypes.guess_type(url)[0] or ""
    return File({"kind": kind, "mime": mime, "name": name, "url": url}, link=url if is_here(url) else "")
