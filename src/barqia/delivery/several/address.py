"""Where NATS is, as the settings give it: read before Django is set up."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class NatsAddress:
    """`servers` are URLs, with user and password where they have them.

    `credentials` is a .creds file, `nkey` a file with a seed, `authority` a file of trusted certificates;
    `replicas` how many servers keep the stream.
    """

    servers: tuple[str, ...] = field(repr=False)
    credentials: Path | None = None
    nkey: Path | None = None
    authority: Path | None = None
    replicas: int = 1

    @property
    def shown(self) -> str:
        """The servers without user and password."""
        return ",".join(server.partition("://")[2].rpartition("@")[2] for server in self.servers)
