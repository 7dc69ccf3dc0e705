"""A provider that says yes: nginx on the other core, with TLS, unique message ids and a log of every call.

The ports answer at once, or after `SLOW_MS`; both speak as the Bot API and as the Cloud API do. An id is made of
the connection's number and the request's number on it, filled up to six digits.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from delivering import certificates
from delivering.machine import OTHER, answers, free_ports, on, stop, until

SLOW_MS = 60
MODULES = Path("/usr/lib/nginx/modules")
ECHO = MODULES / "ngx_http_echo_module.so"
TEXT = "Two lines of news from the capital, as the reader gets them on the phone, with their footer."

TELEGRAM = (
    '{"ok":true,"result":{"message_id":$connection$filled,"from":{"id":4100,"is_bot":true,"first_name":"Wire",'
    '"username":"wire_bot"},"chat":{"id":1,"first_name":"Reader","type":"private"},"date":1764000000,'
    f'"text":"{TEXT}"}}}}'
)
WHATSAPP = (
    '{"messaging_product":"whatsapp","contacts":[{"input":"963900000001","wa_id":"963900000001"}],'
    '"messages":[{"id":"wamid.$request_id"}]}'
)
ME = '{"ok":true,"result":{"id":4100,"is_bot":true,"first_name":"Wire","username":"wire_bot"}}'


@dataclass(frozen=True, slots=True)
class Seen:
    """One call in the log: when it came and was answered, seconds; its body's length."""

    came: float
    answered: float
    length: int


class Stub:
    """Runs while the `with` lasts. `ca` is the authority that clients are to trust."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.ca = certificates.make(folder)
        self._ports = free_ports(2)
        self._read = 0
        self.url = f"https://127.0.0.1:{self._ports[0]}"
        self.slow_url = f"https://127.0.0.1:{self._ports[1]}" if ECHO.exists() else None

    def __enter__(self) -> Self:
        (self._folder / "nginx.conf").write_text(self._settings(), "utf-8")
        command = on(OTHER, "nginx", "-p", str(self._folder), "-c", "nginx.conf", "-e", "error.log")
        self._child = subprocess.Popen(command)
        until(lambda: answers(self._ports[0]), 10, "nginx")
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._child)

    @property
    def environment(self) -> dict[str, str]:
        """What makes the usual clients trust the stub's authority, and the parts of the benchmark be found."""
        names = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
        path = os.pathsep.join([str(Path(__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
        return {**os.environ, **dict.fromkeys(names, str(self.ca)), "PYTHONPATH": path}

    def forget(self) -> None:
        """Begin the log anew."""
        os.truncate(self._folder / "calls.log", 0)
        self._read = 0

    def sent(self) -> list[Seen]:
        """Every message since `forget`, in the order they were answered."""
        self._read = 0
        return self.fresh()

    def fresh(self) -> list[Seen]:
        """Every message since the last look."""
        with (self._folder / "calls.log").open("rb") as log:
            log.seek(self._read)
            lines = log.read().rpartition(b"\n")[0]
        self._read += len(lines) + bool(lines)
        calls = []
        for line in lines.decode().splitlines():
            at, took, path, length = line.split()
            if path.lower().endswith(("/sendmessage", "/messages")):
                calls.append(Seen(float(at) - float(took), float(at), int(length)))
        return calls

    def _settings(self) -> str:
        load = f"load_module {ECHO};" if self.slow_url else ""
        slow = self._server(self._ports[1], f"echo_sleep {SLOW_MS / 1000};") if self.slow_url else ""
        user = "user root;" if os.geteuid() == 0 else ""
        fill = "\n".join(f'"~^(?<d{n}>[0-9]{{{n}}})$" "{"0" * (6 - n)}$d{n}";' for n in range(1, 7))
        return f"""{user} {load} daemon off; worker_processes 1; pid nginx.pid;
events {{ worker_connections 8192; }}
http {{
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fast; uwsgi_temp_path uw; scgi_temp_path sc;
  map $connection_requests $filled {{ {fill} }}
  log_format calls '$msec $request_time $uri $http_content_length'; access_log calls.log calls;
  ssl_certificate server.pem; ssl_certificate_key server.key;
  keepalive_requests 900000; keepalive_timeout 300s; default_type application/json; server_tokens off;
  {self._server(self._ports[0], "")} {slow}
}}
"""

    def _server(self, port: int, pause: str) -> str:
        def answer(body: str) -> str:
            return f"{pause} echo '{body}';" if pause else f"return 200 '{body}';"

        return f"""server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    location ~ /getMe$ {{ return 200 '{ME}'; }}
    location ~ /messages$ {{ {answer(WHATSAPP)} }}
    location / {{ {answer(TELEGRAM)} }}
  }}"""


def missing() -> str:
    """Why there can be no stub; empty when there can."""
    return "" if shutil.which("nginx") else "nginx is not installed (Debian: nginx-light, libnginx-mod-http-echo)"
