"""`nats_url`: where NATS is, with what proves who we are, and on how many servers its stream is kept.

`nats://host:4222`, several servers with commas, `tls://` for TLS, `nats://user:password@host` or `nats://token@host`;
after a `?`: `creds` or `nkey` (a file), `ca` (a file of certificates to trust), `replicas` (1, or 3 in a cluster).
A password is in no message.
"""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from barqia.delivery.several.address import NatsAddress
from barqia.errors import SetupError

SCHEMES = ("nats", "tls", "ws", "wss")
HOW_TO_WRITE = "write it like nats://one:4222,two:4222?replicas=3, with tls:// for TLS and creds=FILE for credentials"


def nats_address(url: str | None) -> NatsAddress | None:
    """None where nothing is set. Raises SetupError for what cannot be used."""
    if not url:
        return None
    servers, _, options = str(url).partition("?")
    scheme = servers.partition("://")[0]
    given = dict(parse_qsl(options))
    replicas = given.pop("replicas", "1")
    files = {name: _file(name, given.pop(name)) for name in ("creds", "nkey", "ca") if name in given}
    if given:
        raise SetupError(f"nats_url has an option {min(given)}: there are creds, nkey, ca and replicas.")
    if replicas not in {"1", "3", "5"}:
        raise SetupError("nats_url: replicas is 1, or 3 in a cluster of at least three servers (5 of five).")
    return NatsAddress(
        servers=tuple(_server(one, scheme) for one in servers.split(",")),
        credentials=files.get("creds"),
        nkey=files.get("nkey"),
        authority=files.get("ca"),
        replicas=int(replicas),
    )


def _server(given: str, scheme: str) -> str:
    """With its scheme: only the first of several needs to have one."""
    url = given if "://" in given else f"{scheme}://{given}"
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise SetupError(f"nats_url cannot be read: {HOW_TO_WRITE}.")
    return url


def _file(name: str, path: str) -> Path:
    file = Path(path).expanduser().absolute()
    if not file.is_file():
        raise SetupError(f"nats_url: there is no file {file} for {name}.")
    return file
