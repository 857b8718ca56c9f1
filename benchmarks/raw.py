"""A list over raw sockets: as little as reading one can cost, with several pages under way and the same decoding."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import BinaryIO
from urllib.parse import urlsplit

import msgspec

from pagertree_async.models import rows_reader
from pagertree_async.paging import read_envelope
from pagertree_async.v3.models import Alert

PAGE = 100


class _Connection(asyncio.Protocol):
    """Sends a request, and hands on the body of its answer."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._missing = -1
        self._body: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        self._body = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._body

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            head, _, data = data.partition(b"\r\n\r\n")
            self._missing = int(head.rpartition(b"content-length: ")[2])
        self._chunks.append(data)
        self._missing -= len(data)
        if not self._missing:
            body = b"".join(self._chunks)
            self._chunks, self._missing = [], -1
            assert self._body is not None, "it was asked for"
            self._body.set_result(body)


async def _pages(url: str, rows: int, width: int, take: object) -> None:
    """Have ``take`` given the body of each page in order, with ``width`` of them under way."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    idle = deque[_Connection]()
    for _ in range(width):
        _, connection = await loop.create_connection(_Connection, parts.hostname, parts.port)
        idle.append(connection)
    waiting = deque[tuple[_Connection, asyncio.Future[bytes]]]()
    offset = 0
    while offset < rows or waiting:
        while idle and offset < rows:
            connection = idle.popleft()
            request = b"GET /alert?limit=%d&offset=%d HTTP/1.1\r\nhost: test\r\n\r\n" % (PAGE, offset)
            waiting.append((connection, connection.ask(request)))
            offset += PAGE
        connection, coming = waiting.popleft()
        body = await coming
        idle.append(connection)
        take(body)  # type: ignore[operator]
    for connection in idle:
        connection.transport.close()


async def typed(url: str, rows: int, width: int) -> None:
    """Every row as an alert."""
    read = rows_reader(Alert)
    seen = 0

    def take(body: bytes) -> None:
        nonlocal seen
        for _ in read(read_envelope(body).data):
            seen += 1

    await _pages(url, rows, width, take)
    assert seen == rows


async def lines(url: str, rows: int, width: int, file: BinaryIO) -> None:
    """Every row as a line of JSON in a file."""
    encode = msgspec.json.Encoder().encode_lines
    await _pages(url, rows, width, lambda body: file.write(encode(read_envelope(body).data)))
