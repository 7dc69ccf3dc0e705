"""A provider that answers each POST after a while with an id of its own: `provider.py PORT MILLISECONDS [PEM]`.

`PEM` holds a key and its certificates; then it speaks TLS. Used by the benchmarks, on a core of its own.
"""

import asyncio
import itertools
import os
import ssl
import sys
from typing import cast

import uvloop

HEAD = (
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Wed, 25 Nov 2026 00:00:00 GMT\r\nContent-Type: application/json\r\n"
    "Connection: keep-alive\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n"
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Content-Length,Content-Type,Date,Server\r\n"
    "Content-Length: {}\r\n\r\n{}"
)
BODY = '{{"ok":true,"result":{{"message_id":{},"chat":{{"id":9,"type":"private"}},"date":1800000000,"text":"x"}}}}'
ids = itertools.count(1)


class Provider(asyncio.Protocol):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by name

    def data_received(self, data: bytes) -> None:
        self._came += data
        while (end := self._came.find(b"\r\n\r\n") + 4) >= 4:
            length = int(self._came[:end].lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(self._came) < end + length:
                return
            self._came = self._came[end + length :]
            body = BODY.format(next(ids))
            answer = HEAD.format(len(body), body).encode()
            if self._seconds:
                asyncio.get_running_loop().call_later(self._seconds, self._transport.write, answer)
            else:
                self._transport.write(answer)


async def serve(port: int, milliseconds: int, pem: str | None) -> None:
    context = None
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    made = await asyncio.get_running_loop().create_server(
        lambda: Provider(milliseconds / 1000), "127.0.0.1", port, ssl=context, backlog=2048
    )
    print("up", flush=True)
    await made.serve_forever()


if __name__ == "__main__":
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {1})
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))
