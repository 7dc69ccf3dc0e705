"""What an installation sets: the data folder's `barqia.toml`, each value overridable by environment.

| setting           | environment               | meaning                                               |
|-------------------|---------------------------|-------------------------------------------------------|
| (the folder)      | `BARQIA_DATA`             | the data folder; `./barqia-data` when unset           |
| `base_url`        | `BARQIA_BASE_URL`         | the public address, as readers and providers reach it |
| `trusted_proxies` | `BARQIA_TRUSTED_PROXIES`  | addresses or networks whose X-Forwarded-* is believed |
| `database_url`    | `DATABASE_URL`            | a postgresql:// URL; embedded SQLite when unset       |
| `nats_url`        | `NATS_URL`                | NATS, where several machines send (`project/nats.py`) |
| `log_level`       | `BARQIA_LOG_LEVEL`        | DEBUG, INFO (when unset), WARNING or ERROR            |
| `log_format`      | `BARQIA_LOG_FORMAT`       | lines (when unset) or json                            |
| `metrics_token`   | `BARQIA_METRICS_TOKEN`    | what `/metrics` asks for; on this machine alone when unset |
"""

import os
import tomllib
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from barqia.delivery.several.address import NatsAddress
from barqia.errors import SetupError
from barqia.project.database import Database, database
from barqia.project.nats import nats_address

Network = IPv4Network | IPv6Network

LOG_FORMATS = ("lines", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
DEFAULT_BASE_URL = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation. `database` is Django's dictionary for it."""

    data: Path
    base_url: str
    trusted_proxies: tuple[Network, ...]
    secret_key: str
    database: Database
    nats: NatsAddress | None
    log_level: str
    log_format: str
    metrics_token: str

    @property
    def allowed_hosts(self) -> list[str]:
        return [urlsplit(self.base_url).hostname or "", "127.0.0.1", "localhost", "[::1]"]

    @property
    def trusted_origins(self) -> list[str]:
        return [self.base_url]


def load() -> Config:
    """Read the environment and the data folder's file. Raises SetupError where a value cannot be used."""
    data = Path(os.environ.get("BARQIA_DATA") or "barqia-data").absolute()
    values = _file_values(data / "barqia.toml")
    base_url = os.environ.get("BARQIA_BASE_URL") or values.get("base_url") or DEFAULT_BASE_URL
    proxies = os.environ.get("BARQIA_TRUSTED_PROXIES")
    return Config(
        data=data,
        base_url=checked_base_url(base_url),
        trusted_proxies=_networks(proxies.split(",") if proxies else values.get("trusted_proxies", [])),
        secret_key=_secret_key(data / "key"),
        database=database(os.environ.get("DATABASE_URL") or values.get("database_url"), data),
        nats=nats_address(os.environ.get("NATS_URL") or values.get("nats_url")),
        log_level=_log_level(os.environ.get("BARQIA_LOG_LEVEL") or values.get("log_level") or "INFO"),
        log_format=_log_format(os.environ.get("BARQIA_LOG_FORMAT") or values.get("log_format") or "lines"),
        metrics_token=str(os.environ.get("BARQIA_METRICS_TOKEN") or values.get("metrics_token") or ""),
    )


def _file_values(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} is not a TOML file: {error}. Mend it, or delete it for the defaults.") from None


def checked_base_url(url: str) -> str:
    """The address without its last slash. Raises SetupError for what is none."""
    try:
        parts = urlsplit(str(url))
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SetupError(f"base_url {url!r} is not an http(s) address; write it like https://news.example.org")
    return str(url).rstrip("/")


def _log_level(given: str) -> str:
    level = str(given).upper()
    if level not in LOG_LEVELS:
        raise SetupError(f"log_level “{given}” is not known; choose from {', '.join(LOG_LEVELS)}")
    return level


def _log_format(given: str) -> str:
    if given not in LOG_FORMATS:
        raise SetupError(f"log_format “{given}” is not known; choose from {', '.join(LOG_FORMATS)}")
    return given


def _networks(given: list[str]) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(str(one).strip()) for one in given if str(one).strip())
    except (ValueError, TypeError) as error:
        raise SetupError(f"trusted_proxies: {error}; write addresses or networks like 127.0.0.1, 10.0.0.0/8") from None


def _secret_key(key_file: Path) -> str:
    """Sessions are signed with the installation's key; before `init` made one, with a key of this process."""
    secret = key_file.read_bytes() if key_file.is_file() else os.urandom(32)
    return blake2b(secret, person=b"barqia-sessions").hexdigest()
