"""Files in requests: uploads, addresses to fetch, ids of files that were sent before."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

import aiohttp

from barqia.sandbox.telegram.addresses import checked
from barqia.sandbox.telegram.bots import Bot
from barqia.sandbox.telegram.chats import Json
from barqia.sandbox.telegram.errors import bad
from barqia.sandbox.telegram.files import File, Upload, document_json, photo_json
from barqia.sandbox.telegram.params import string
from barqia.sandbox.telegram.world import Result, Telegram

PHOTO_BYTES, FETCHED_PHOTO_BYTES, FETCHED_BYTES, DOWNLOAD_BYTES = 10 << 20, 5 << 20, 20 << 20, 20 << 20
MOST_SIDES, MOST_RATIO = 10_000, 20
FETCH_SECONDS = 10


async def photo_of(telegram: Telegram, params: Json, name: str) -> File:
    """The picture of this parameter. Raises ApiError for what Telegram shows no picture of."""
    upload = _upload(params, name)
    if upload is None:
        return _picture(await _named(telegram, params, name, "photo", FETCHED_PHOTO_BYTES))
    if len(upload.data) > PHOTO_BYTES:
        raise bad(
            f"file of size {len(upload.data)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    return _picture(telegram.files.add(upload))


async def document_of(telegram: Telegram, params: Json, name: str) -> File:
    upload = _upload(params, name)
    if upload is None:
        return await _named(telegram, params, name, "document", FETCHED_BYTES)
    if not upload.data:
        raise bad("file must be non-empty")
    return telegram.files.add(upload)


def name_of(params: Json, name: str, file: File) -> str:
    upload = _upload(params, name)
    return (upload.name if upload else file.name) or PurePosixPath(file.path).name


def _picture(file: File) -> File:
    if not file.width:
        raise bad("IMAGE_PROCESS_FAILED")
    short, long = sorted((file.width, file.height))
    if short + long > MOST_SIDES or long > MOST_RATIO * short:
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return file


def _upload(params: Json, name: str) -> Upload | None:
    """The file itself, or the one that attach:// names."""
    value = params.get(name)
    if isinstance(value, str) and value.startswith("attach://"):
        value = params.get(value.removeprefix("attach://"))
    return value if isinstance(value, Upload) else None


async def _named(telegram: Telegram, params: Json, name: str, called: str, most: int) -> File:
    value = string(params, name)
    if not value or value.startswith("attach://"):
        raise bad(f"there is no {called} in the request")
    if "://" in value:
        return telegram.files.add(await _fetched(value, most))
    file = telegram.files.with_id(value)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    return file


async def _fetched(url: str, most: int) -> Upload:
    """What stands at an address. Raises ApiError where nothing that is a file does."""
    if not checked(url).startswith("http"):
        raise bad("wrong HTTP URL specified")
    wait = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=wait) as session, session.get(url) as answer:
            if answer.status != 200:
                raise bad("failed to get HTTP URL content")
            data = await answer.content.read(most + 1)
            while len(data) <= most and (more := await answer.content.read(most + 1 - len(data))):
                data += more
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        raise bad("failed to get HTTP URL content") from None
    if answer.content_type == "text/html" or not data or len(data) > most:
        raise bad("wrong type of the web page content")
    return Upload(PurePosixPath(urlsplit(url).path).name, answer.content_type, data)


async def get_file(telegram: Telegram, _bot: Bot, params: Json) -> Result:
    file_id = string(params, "file_id")
    file = telegram.files.with_id(file_id)
    if not file_id:
        raise bad("file_id not specified")
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_BYTES:
        raise bad("file is too big")
    sizes = [*(photo_json(file) if file.width else []), document_json(file, file.name)]
    size = next((size for size in sizes if size["file_id"] == file_id), sizes[-1])
    told = {name: size[name] for name in ("file_id", "file_unique_id", "file_size")}
    return {**told, "file_path": file.path}, None
