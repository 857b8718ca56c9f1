"""A proxy that passes most requests on, and does to the others what networks and servers do: by chance, from a seed.

::

    with FaultProxy(port, seed=1, share=0.2) as proxy:
        client.get(proxy.url)
    print(proxy.faults)

Each request draws its fault in the order in which requests come; so one client that sends one after another meets the
same faults each time, and many at once meet as many of each kind.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias
from weakref import WeakSet

HTML = b"<html><head><title>Bad Gateway</title></head><body><h1>nginx</h1></body></html>"
EXTRA = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n{"id": "alt_another"}'
BOMB = gzip.compress(bytes(20 * 1024 * 1024), 9)
PATIENCE = 30.0
"""How long silence lasts when the client does not end it, in seconds."""


@dataclass
class Asked:
    """A request that came.

    Attributes:
        method: Its HTTP method.
        target: What stands behind it.
        raw: All of its bytes.
        fault: What was done to it, empty for nothing.
        forwarded: Whether it was passed on.
    """

    method: str
    target: str
    raw: bytes = field(repr=False)
    fault: str = ""
    forwarded: bool = False


class Side:
    """The connection of a client, and the one behind it that its requests are passed on over."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, chance: random.Random
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.chance = chance
        self._port = port
        self._behind: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self) -> Asked | None:
        """The next request, None when there is none."""
        try:
            raw = await _message(self.reader)
        except (asyncio.IncompleteReadError, OSError):
            return None
        method, target, _ = raw.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        return Asked(method, target, raw)

    async def passed(self, asked: Asked) -> bytes:
        """What the server behind answers, whole."""
        asked.forwarded = True
        if self._behind is None:
            self._behind = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._behind
        writer.write(asked.raw)
        return await _message(reader, head_only=asked.method == "HEAD")

    async def send(self, data: bytes) -> None:
        """Send bytes to the client."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection with a reset."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self, *, at_once: bool = False) -> None:
        """Close both connections, at once or when what was sent has left."""
        for writer in (self.writer, self._behind[1] if self._behind else None):
            if writer is not None:
                if at_once:
                    writer.transport.abort()
                else:
                    writer.close()


async def _message(reader: asyncio.StreamReader, *, head_only: bool = False) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)
    return head if head_only or not length else head + await reader.readexactly(length)


def _answer(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


Fault: TypeAlias = Callable[[Side, Asked], Awaitable[bool]]
"""Does something to a request; tells whether the connection goes on."""


async def _reset_before(side: Side, asked: Asked) -> bool:
    side.reset()
    return False


async def _close_before(side: Side, asked: Asked) -> bool:
    return False


async def _reset_after(side: Side, asked: Asked) -> bool:
    await side.passed(asked)
    side.reset()
    return False


async def _close_after(side: Side, asked: Asked) -> bool:
    await side.passed(asked)
    return False


async def _silence(side: Side, asked: Asked) -> bool:
    await side.passed(asked)
    with suppress(TimeoutError, OSError):
        await asyncio.wait_for(side.reader.read(1), PATIENCE)
    return False


def _until(part: Callable[[random.Random, bytes], int], *, reset: bool) -> Fault:
    """Pass on, and break the answer off somewhere."""

    async def fault(side: Side, asked: Asked) -> bool:
        answer = await side.passed(asked)
        await side.send(answer[: part(side.chance, answer)])
        if reset:
            await asyncio.sleep(0.005)
            side.reset()
        return False

    return fault


def _in_head(chance: random.Random, answer: bytes) -> int:
    return chance.randrange(1, answer.index(b"\r\n\r\n"))


def _in_body(chance: random.Random, answer: bytes) -> int:
    start = answer.index(b"\r\n\r\n") + 4
    return chance.randrange(start, max(start + 1, len(answer)))


def _changed(change: Callable[[random.Random, bytes, bytes], bytes], *, goes_on: bool = False) -> Fault:
    """Pass on, and answer with something else made of the head and the body."""

    async def fault(side: Side, asked: Asked) -> bool:
        head, _, body = (await side.passed(asked)).partition(b"\r\n\r\n")
        await side.send(change(side.chance, head, body))
        return goes_on

    return fault


def _without_length(head: bytes) -> bytes:
    return b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:"))


def _garbled(chance: random.Random, head: bytes, body: bytes) -> bytes:
    return b"HXXP/" + chance.randbytes(20) + b"\r\n\r\n" + body


def _short(chance: random.Random, head: bytes, body: bytes) -> bytes:
    return _without_length(head) + b"\r\ncontent-length: %d\r\n\r\n" % (len(body) + 50) + body


def _long(chance: random.Random, head: bytes, body: bytes) -> bytes:
    return _without_length(head) + b"\r\ncontent-length: %d\r\n\r\n" % (len(body) // 2) + body


def _bad_chunk(chance: random.Random, head: bytes, body: bytes) -> bytes:
    framed = b"%x\r\n%s\r\nno number\r\n" % (len(body), body) if body else b"no number\r\n"
    return _without_length(head) + b"\r\ntransfer-encoding: chunked\r\n\r\n" + framed


def _bad_gzip(chance: random.Random, head: bytes, body: bytes) -> bytes:
    packed = gzip.compress(body)[:-6] + b"damage"
    return _without_length(head) + b"\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed) + packed


def _bomb(chance: random.Random, head: bytes, body: bytes) -> bytes:
    return _answer("200 OK", BOMB, "content-encoding: gzip")


def _not_json(chance: random.Random, head: bytes, body: bytes) -> bytes:
    return _answer("200 OK", b"\xff" + body, "content-type: application/json")


def _many_headers(chance: random.Random, head: bytes, body: bytes) -> bytes:
    return head + b"".join(b"\r\nx-%d: %s" % (number, b"v" * 100) for number in range(1000)) + b"\r\n\r\n" + body


def _extra(chance: random.Random, head: bytes, body: bytes) -> bytes:
    return head + b"\r\n\r\n" + body + EXTRA


async def _delay(side: Side, asked: Asked) -> bool:
    answer = await side.passed(asked)
    await asyncio.sleep(side.chance.uniform(0.005, 0.05))
    await side.send(answer)
    return True


async def _drip(side: Side, asked: Asked) -> bool:
    answer = await side.passed(asked)
    step = max(1, len(answer) // 20)
    for start in range(0, len(answer), step):
        await side.send(answer[start : start + step])
        await asyncio.sleep(0.005)
    return True


async def _idle_end(side: Side, asked: Asked) -> bool:
    """Answer as one should, and close a little later, when the connection is idle or just taken again."""
    await side.send(await side.passed(asked))
    await asyncio.sleep(side.chance.uniform(0, 0.01))
    return False


def _status(status: str, body: bytes, *headers: str, passes: bool = False) -> Fault:
    """Answer with a status of the proxy's own, having passed the request on or not."""

    async def fault(side: Side, asked: Asked) -> bool:
        if passes:
            await side.passed(asked)
        await side.send(_answer(status, body, *headers))
        return True

    return fault


ERROR = b'{"errors": [{"message": "try again later"}]}'
FAULTS: dict[str, tuple[float, Fault]] = {
    "reset before": (4, _reset_before),
    "close before": (4, _close_before),
    "reset after": (4, _reset_after),
    "close after": (4, _close_after),
    "silence": (0.5, _silence),
    "cut head": (4, _until(_in_head, reset=False)),
    "reset in head": (4, _until(_in_head, reset=True)),
    "cut body": (4, _until(_in_body, reset=False)),
    "reset in body": (4, _until(_in_body, reset=True)),
    "garbled": (4, _changed(_garbled)),
    "short body": (4, _changed(_short)),
    "long body": (4, _changed(_long)),
    "bad chunk": (4, _changed(_bad_chunk)),
    "bad gzip": (4, _changed(_bad_gzip)),
    "gzip bomb": (0.5, _changed(_bomb)),
    "not JSON": (4, _changed(_not_json)),
    "many headers": (2, _changed(_many_headers)),
    "extra answer": (4, _changed(_extra, goes_on=True)),
    "delay": (8, _delay),
    "drip": (4, _drip),
    "idle end": (8, _idle_end),
    "429 at once": (2, _status("429 Too Many Requests", ERROR, "retry-after: 0")),
    "429 in a second": (0.1, _status("429 Too Many Requests", ERROR, "retry-after: 1")),
    "429 bare": (0.5, _status("429 Too Many Requests", ERROR)),
    "500 before": (4, _status("500 Internal Server Error", ERROR)),
    "500 after": (4, _status("500 Internal Server Error", ERROR, passes=True)),
    "502 page": (4, _status("502 Bad Gateway", HTML, "content-type: text/html")),
    "503": (4, _status("503 Service Unavailable", ERROR)),
    "503 at once": (4, _status("503 Service Unavailable", ERROR, "retry-after: 0")),
    "504 after": (4, _status("504 Gateway Timeout", HTML, "content-type: text/html", passes=True)),
    "408": (2, _status("408 Request Timeout", b"")),
    "200 page": (2, _status("200 OK", HTML, "content-type: text/html")),
    "200 page after": (2, _status("200 OK", HTML, "content-type: text/html", passes=True)),
    "302": (1, _status("302 Found", b"", "location: http://127.0.0.1:1/login")),
    "gone": (1, _close_before),
}
"""How often each fault comes, beside the others; "gone" also refuses connections for a moment."""


class FaultProxy:
    """Listens on a port of this machine from ``with`` until its end, and passes requests on to another.

    Args:
        port: Where the server behind listens.
        seed: What chance depends on.
        share: The share of requests that something is done to.
        without: The names of faults that are left out.

    Attributes:
        url: Where it listens.
        asked: The requests that came, in their order.
        faults: How often each fault was done.
        healthy: Set to True, everything is passed on as it is.
    """

    def __init__(self, port: int, *, seed: int, share: float = 0.2, without: frozenset[str] = frozenset()) -> None:
        self._behind = port
        self._chance = random.Random(seed)
        self._share = share
        self._kinds = [name for name in FAULTS if name not in without]
        self._weights = [FAULTS[name][0] for name in self._kinds]
        self.asked: list[Asked] = []
        self.faults: Counter[str] = Counter()
        self.healthy = False
        self.open = 0

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(started)), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _run(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sides: WeakSet[Side] = WeakSet()
        self.port = 0
        self._listen()
        self.url = f"http://127.0.0.1:{self.port}"
        started.set()
        await self._over.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._unlisten()
        for side in list(self._sides):
            side.close(at_once=True)
        await asyncio.sleep(0.02)  # what was closed is closed by the event loop

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=1024)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._loop.add_reader(self._listener, self._accept)

    def _unlisten(self) -> None:
        if self._listener.fileno() >= 0:
            self._loop.remove_reader(self._listener)
            self._listener.close()

    async def _gone(self) -> None:
        """Refuse connections for a moment; those that stand are not touched."""
        self._unlisten()
        await asyncio.sleep(0.02)
        self._listen()

    def _accept(self) -> None:
        with suppress(OSError):
            self._start(self._serve(self._listener.accept()[0]))

    async def _serve(self, sock: socket.socket) -> None:
        reader = asyncio.StreamReader(2**20, self._loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self._loop)
        transport, _ = await self._loop.connect_accepted_socket(lambda: protocol, sock)
        writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
        side = Side(reader, writer, self._behind, self._chance)
        self._sides.add(side)
        self.open += 1
        try:
            while (asked := await side.request()) is not None:
                self.asked.append(asked)
                if self.healthy or self._chance.random() >= self._share:
                    await side.send(await side.passed(asked))
                    continue
                asked.fault = self._chance.choices(self._kinds, self._weights)[0]
                self.faults[asked.fault] += 1
                if asked.fault == "gone" and self._listener.fileno() >= 0:
                    self._start(self._gone())
                if not await FAULTS[asked.fault][1](side, asked):
                    return
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            side.close()
