"""A server in a process of its own that answers with prebuilt bytes, so that what is measured is the client.

It speaks just enough HTTP/1.1 for the clients that are compared: keep-alive, GET and POST with a content-length.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager

ROWS = 100
"""Rows a page."""
PAGES = 100
"""Pages that differ; what lies beyond them is like the first again."""


def alert(number: int) -> dict[str, object]:
    """An alert of about 570 bytes, as v3 sends them."""
    return {
        "sid": "acc_H1fh_yx6z",
        "id": f"alt_{number:010d}",
        "createdAt": "2018-04-27T00:02:50.419Z",
        "updatedAt": "2018-04-27T00:03:06.098Z",
        "meta": {"incident": False},
        "tinyId": number,
        "title": f"Disk {number} is full on db-{number % 7}",
        "description": "The volume /var/lib/postgresql is 97 % full; growth is 1.2 % an hour.",
        "type": "alert",
        "subtype": "alert",
        "status": "resolved",
        "urgency": "high",
        "destination_ids": ["tem_ByxQ3ukgTM"],
        "source_id": "int_HJ3eGW-6M",
        "d_team_id": "tem_ByxQ3ukgTM",
        "created": 1524787370,
        "acknowledged": 1524787400,
        "resolved": 1524788000,
        "tags": ["disk", "postgres"],
    }


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def _page(number: int) -> bytes:
    rows = [alert(row) for row in range(number * ROWS, (number + 1) * ROWS)]
    page = {"data": rows, "has_more": True, "total_count": 10**9}
    return _answer(json.dumps(page, separators=(",", ":")).encode())


class _Connection(asyncio.Protocol):
    pages = tuple(map(_page, range(PAGES)))
    one = _answer(json.dumps(alert(1), separators=(",", ":")).encode())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, rest = self.buffer[:end], self.buffer[end + 4 :]
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            path, _, query = head.split(b" ", 2)[1].partition(b"?")
            offset = query.partition(b"offset=")[2].partition(b"&")[0]
            self.transport.write(self.pages[int(offset or 0) // ROWS % PAGES] if path == b"/alert" else self.one)


def _serve(listener: socket.socket) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(_Connection, sock=listener)
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving() -> Iterator[str]:
    """Serve in another process; yields the base URL."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listener,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        process.terminate()
        process.join()
        listener.close()
