"""The transport on each loop, and with each way to watch sockets."""

import asyncio
from pathlib import Path

import pytest
import trustme
import uvloop

from barqia.delivery.transport import sockets
from delivery.transport import Transport


@pytest.fixture(params=["uvloop", "asyncio", "asyncio, each socket in the loop"])
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Transport:
    if "each socket" in request.param:
        monkeypatch.setattr(sockets, "sockets", sockets.LoopSockets)
    return Transport(uvloop.run if request.param == "uvloop" else asyncio.run)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """One that is trusted."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authorities.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    return made
