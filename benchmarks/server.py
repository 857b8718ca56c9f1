"""A server in a process of its own that answers with prebuilt bytes, so that what is measured is the client.

It speaks just enough HTTP/1.1 for the clients that are compared: keep-alive, GET and POST with a content-length. The
same rows stand under two lists, ``/alert`` as PagerTree sends them and ``/incidents`` as PagerDuty does.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import parse_qs

ROWS = 100
"""Rows a page."""
TOTAL = 150_000
"""Rows that there are, each with an id of its own."""
BEGAN = datetime(2018, 4, 27, tzinfo=UTC)
"""When the first row was created; each other, a second after the one before."""


def created(number: int) -> datetime:
    """When a row was created."""
    return BEGAN + timedelta(seconds=number)


def alert(number: int) -> dict[str, object]:
    """An alert of about 570 bytes, as v3 sends them."""
    return {
        "sid": "acc_H1fh_yx6z",
        "id": f"alt_{number:010d}",
        "createdAt": f"{created(number):%Y-%m-%dT%H:%M:%S}.000Z",
        "updatedAt": f"{created(number):%Y-%m-%dT%H:%M:%S}.098Z",
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


def _dumped(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class Serves(Protocol):
    """What the server answers with; ``one`` is for whatever is not a list."""

    one: bytes

    def alerts(self, query: bytes) -> bytes:
        """A page as PagerTree v3 sends it."""
        ...

    def incidents(self, query: bytes) -> bytes:
        """A page as PagerDuty sends it."""
        ...


class Rows:
    """All the rows, and the pages that they are cut into."""

    def __init__(self) -> None:
        self._rows = [_dumped(alert(number)) for number in range(TOTAL)]
        self.one: bytes = _answer(self._rows[1])

    def alerts(self, query: bytes) -> bytes:
        """A page as PagerTree v3 sends it, in order of creation, selected by creation time alone."""
        asked = {name: values[-1] for name, values in parse_qs(query.decode()).items()}
        first, end = self._selected(asked)
        begin = first + int(asked.get("offset", 0))
        stop = min(end, begin + int(asked.get("limit", 10)))
        rows = self._rows[begin:stop]
        if asked.get("sort", "").startswith("-"):
            rows = self._rows[first:end][::-1][begin - first : stop - first]
        more = b"true" if stop < end else b"false"
        return _answer(b'{"data":[%s],"has_more":%s,"total_count":%d}' % (b",".join(rows), more, end - first))

    def incidents(self, query: bytes) -> bytes:
        """A page as PagerDuty sends it."""
        asked = {name: values[-1] for name, values in parse_qs(query.decode()).items()}
        begin, limit = int(asked.get("offset", 0)), int(asked.get("limit", 25))
        rows = b",".join(self._rows[begin : begin + limit])
        more = b"true" if begin + limit < TOTAL else b"false"
        return _answer(b'{"incidents":[%s],"limit":%d,"offset":%d,"more":%s,"total":null}' % (rows, limit, begin, more))

    @staticmethod
    def _selected(asked: dict[str, str]) -> tuple[int, int]:
        first, end = 0, TOTAL
        if "createdAt" in asked:
            op = asked.get("ops", "").rpartition(":")[2]
            low, _, high = asked["createdAt"].partition("..")
            if op in {"gte", "gt", "between"}:
                first = _place(low, after=op == "gt")
            if op in {"lte", "lt", "between"}:
                end = _place(high or low, after=op != "lt")
        return min(first, TOTAL), min(max(end, first), TOTAL)


def _place(moment: str, *, after: bool) -> int:
    """How many rows were created before a moment, or before the one after it."""
    seconds = (datetime.fromisoformat(moment) - BEGAN).total_seconds()
    whole = int(seconds)
    return max(0, whole + (1 if after or seconds > whole else 0))


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Connection(asyncio.Protocol):
    def __init__(self, rows: Serves, latency: float) -> None:
        self._rows = rows
        self._latency = latency

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._transport.set_write_buffer_limits(1 << 24)
        self._buffer = b""
        sock: socket.socket = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, rest = self._buffer[: end + 2], self._buffer[end + 4 :]
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            path, _, query = head.split(b" ", 2)[1].partition(b"?")
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._send, path, query)
            else:
                self._send(path, query)

    def _send(self, path: bytes, query: bytes) -> None:
        if self._transport.is_closing():
            return
        if path == b"/alert":
            answer = self._rows.alerts(query)
        elif path == b"/incidents":
            answer = self._rows.incidents(query)
        else:
            answer = self._rows.one
        self._transport.write(answer)


def _serve(rows: Serves, listener: socket.socket, latency: float) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(rows, latency), sock=listener)
        await server.serve_forever()

    runner = asyncio.run
    with suppress(ImportError):
        import uvloop

        runner = uvloop.run  # the server is to be out of the way
    runner(main())


_made: list[Rows] = []


@contextmanager
def serving(latency: float = 0.0) -> Iterator[str]:
    """Serve in another process, each answer after ``latency`` seconds; yields the base URL."""
    if not _made:
        _made.append(Rows())
    with served(_made[0], latency) as url:
        yield url


@contextmanager
def served(rows: Serves, latency: float = 0.0) -> Iterator[str]:
    """Serve some rows in another process, each answer after ``latency`` seconds; yields the base URL."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(rows, listener, latency), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        process.terminate()
        process.join()
        listener.close()
