"""Over aiohttp's parser, the one in C: what makes aiohttp fast, without its sessions and connectors.

Each request in flight has a connection of its own, with sockets of our own, so that every wait ends in time and every
error tells by proof whether the request has left. Under asyncio the event loop hands what comes straight to the
parser; under trio, in a thread, and in event loops that watch no sockets, it is waited for.
"""

from __future__ import annotations

import asyncio
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from weakref import ref

import anyio
from aiohttp.http import HttpProcessingError, HttpResponseParser

from pagertree_async.errors import PagerTreeError, without_frames
from pagertree_async.http import MAX_BODY, MAX_HEADERS, BodyReader, Headers, Request, Response
from pagertree_async.transports._opening import open_async, open_blocking
from pagertree_async.transports._pools import AsyncLane, AsyncLanesTransport, BlockingLane, BlockingLanesTransport
from pagertree_async.transports._quotes import unquoted
from pagertree_async.transports._routes import Route, Settings
from pagertree_async.transports._sockets import WAITS, AsyncStream, BlockingStream, is_readable
from pagertree_async.transports._targets import encoded_headers, requested
from pagertree_async.transports._wire import FOR_EVER, Wire, begun, why

__all__ = ["AiohttpTransport", "AsyncAiohttpTransport"]

AT_ONCE = 65_536
"""How many bytes are read at once."""
HEAD_END = b"\r\n\r\n"


class _NoProtocol:
    """What aiohttp's parser asks to read more slowly: nobody, its bytes are taken from it at once."""

    _reading_paused = False

    def pause_reading(self, *terms: object, **named: object) -> None: ...

    def resume_reading(self, *terms: object, **named: object) -> None: ...


_PROTOCOL: Any = _NoProtocol()
_LOOP: Any = object()
"""Stands for the event loop, which the parser itself has no use for."""


def _target(request: Request, route: Route) -> bytes:
    """What stands behind the method on the first line: for a proxy that passes plain HTTP on, the whole address."""
    path = requested(request)
    if route.proxy is not None and route.scheme == "http":
        path = f"http://{route.netloc.decode()}{path}"
    return path.encode()


def _outgoing(request: Request, route: Route, where: bytes) -> bytes:
    """The request as it goes over the wire. It holds credentials in clear: never keep it in a variable."""
    headers = encoded_headers(request, route.netloc)
    if route.proxy is not None and route.scheme == "http":
        headers += route.proxy.headers()
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), where), *(b"%s: %s" % pair for pair in headers)]
    return b"\r\n".join([*lines, b"", request.body])


def _new_parser(method: str) -> HttpResponseParser:
    return HttpResponseParser(
        _PROTOCOL,
        _LOOP,
        MAX_BODY,
        max_line_size=MAX_HEADERS,
        max_headers=MAX_HEADERS,
        max_field_size=MAX_HEADERS,
        response_with_body=method != "HEAD",
        read_until_eof=True,
        auto_decompress=False,
    )


class _Answer:
    """The answer to one request, while it comes.

    The parser reads the head, and a body whose end it has to find. A body of a known length is counted past it.
    """

    def __init__(self, wire: Wire, method: str) -> None:
        self._wire = wire
        self._parser = _new_parser(method)
        self._payload: Any = None
        self._headers = Headers()
        self._reader: BodyReader | None = None
        self._last = b""
        """The last bytes of a head of which more is to come, perhaps half of its end."""
        self._missing = 0
        """How many bytes of a body of a known length are still to come."""
        self.reusable = True

    def take(self, data: bytes) -> Response | None:
        """Take the next bytes, empty at the end; the whole answer once it is there.

        Raises:
            PagerTreeError: It is too large, or its body cannot be decoded.
            Exception: It is not HTTP; the wire knows what it means.
        """
        if not data:
            self._end()
        elif self._reader is None:
            while data and self._reader is None:  # each head alone: the parser tells of none that nonsense follows
                head, data = self._cut(data)
                self._parse(head)
            self._measure()
        if self._missing:
            return self._count(data)
        if data:
            self._parse(data)
        payload, reader = self._payload, self._reader
        if payload is None or reader is None:
            return None
        reader.feed(payload.read_nowait())
        if not self._complete():
            return None
        return Response(status=self._wire.status, headers=self._headers, body=reader.finish())

    def _cut(self, data: bytes) -> tuple[bytes, bytes]:
        """What of these bytes is of the head, and what follows it."""
        known = self._last
        end = (known + data).find(HEAD_END)
        if end < 0:
            self._last = (known + data)[1 - len(HEAD_END) :]
            return data, b""
        self._last = b""
        end += len(HEAD_END) - len(known)
        return data[:end], data[end:]

    def _parse(self, data: bytes) -> None:
        try:
            self._feed(data[:-1])
            if self._complete():  # before its last byte: what follows would be taken for the next answer
                self.reusable = False
            else:
                self._feed(data[-1:])
        except HttpProcessingError:  # perhaps of what follows the answer
            self.reusable = False
            if not self._complete():
                raise

    def _measure(self) -> None:
        """Learn how long the body is, where its head says so plainly."""
        payload, reader = self._payload, self._reader
        length = self._headers.get("content-length", "")
        if reader is None or payload.is_eof() or not length.isdecimal() or "transfer-encoding" in self._headers:
            return
        begun = payload.read_nowait()
        reader.feed(begun)
        self._missing = int(length) - len(begun)

    def _count(self, data: bytes) -> Response | None:
        """Take the next bytes of a body of a known length."""
        reader, missing = self._reader, self._missing - len(data)
        assert reader is not None, "the head has come"
        if missing < 0:
            data, missing = data[:missing], 0
            self.reusable = False
        reader.feed(data)
        self._missing = missing
        return None if missing else Response(status=self._wire.status, headers=self._headers, body=reader.finish())

    def _end(self) -> None:
        """Take the end of the connection."""
        self.reusable = False
        self._parser.feed_eof()
        if self._payload is None or self._missing:
            raise self._wire.broken()

    def _complete(self) -> bool:
        return self._payload is not None and self._payload.is_eof()

    def _feed(self, data: bytes) -> None:
        if not data:
            return
        for message, payload in self._parser.feed_data(data)[0]:
            if self._payload is None and message.code >= 200:
                self._headers, self._reader = begun(self._wire, message.code, message.raw_headers)
                self._payload = payload
                self.reusable = not message.should_close


class _Lane:
    """What both kinds of lane have in common."""

    idle_since = -math.inf

    def __init__(self, route: Route, settings: Settings) -> None:
        self.origin = route.origin
        self.route = route
        self.settings = settings
        self.wire = Wire(route.peer, route.proxy.peer if route.proxy else None)

    def ended(self, answer: _Answer) -> None:
        """Close the connection unless the next request can travel on it."""
        wire = self.wire
        if not answer.reusable or wire.unsent is not None:
            self.close()

    def close(self) -> None:
        """Close the connection at once."""
        self.wire.close()

    def shut(self) -> None:
        """Wake whoever waits on it."""
        self.wire.shut()

    def usable(self) -> bool:
        """Whether it can carry another request."""
        return self.wire.sock is not None


class _BlockingLane(_Lane):
    def send(self, request: Request) -> Response:
        wire = self.wire
        stream, answer = BlockingStream(wire), _Answer(wire, request.method)
        response: Response | None = None
        wire.begin(request, time.monotonic())
        try:
            where = _target(request, self.route)
            if is_readable(wire.sock):
                open_blocking(wire, self.route, self.settings)
            stream.write(_outgoing(request, self.route, where))
            while response is None:
                response = answer.take(stream.read(AT_ONCE))
        except PagerTreeError as error:
            raise error.with_traceback(None)  # noqa: B904 - it is the same error, without frames that hold credentials
        except Exception as error:  # whatever a library raises, the wire knows what it means
            raise wire.broken() from unquoted(error)
        except BaseException as error:
            raise error.with_traceback(None)  # noqa: B904 - see above
        self.ended(answer)
        return response


class _AsyncLane(_Lane):
    """A lane of tasks, under trio or wherever the event loop does not watch sockets."""

    async def send(self, request: Request) -> Response:
        wire = self.wire
        answer = _Answer(wire, request.method)
        response: Response | None = None
        wire.begin(request, anyio.current_time())
        with anyio.CancelScope(deadline=wire.deadline) as scope:
            wire.scope = scope
            try:
                response = await self.exchange(request, answer)
            except PagerTreeError as error:
                raise error.with_traceback(None)  # noqa: B904 - see above
            except Exception as error:
                raise wire.broken() from unquoted(error)
            except BaseException as error:
                raise error.with_traceback(None)  # noqa: B904 - see above
            finally:
                wire.scope = None
        if response is None:
            raise wire.timed_out()
        self.ended(answer)
        return response

    async def exchange(self, request: Request, answer: _Answer) -> Response:
        """The request out, its answer in."""
        wire, stream, where = self.wire, AsyncStream(self.wire), _target(request, self.route)
        if is_readable(wire.sock):
            await open_async(wire, self.route, self.settings)
        await stream.write(_outgoing(request, self.route, where))
        while True:
            response = answer.take(await stream.read(AT_ONCE))
            if response is not None:
                return response


class _WatchedLane(_Lane):
    """A lane of tasks whose socket an event loop of asyncio watches: the way without a detour.

    One timer looks from time to time whether the request under way must end; a scope that can be cancelled is entered
    only to connect, and to write what does not leave at once.
    """

    def __init__(self, route: Route, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(route, settings)
        self._loop = ref(loop)
        self._process = os.getpid()
        self._watched: socket.socket | None = None
        self._looks_at = math.inf
        self._answer: _Answer | None = None
        self._outcome: asyncio.Future[Response | PagerTreeError] | None = None

    async def send(self, request: Request) -> Response:
        wire, stream, loop, now = self.wire, AsyncStream(self.wire), asyncio.get_running_loop(), time.monotonic()
        wire.begin(request, now)
        try:
            where = _target(request, self.route)
            if is_readable(wire.sock):
                self.close()
                await self._in_time(open_async, wire, self.route, self.settings)
                self._watch(loop)
            self._answer = answer = _Answer(wire, request.method)
            self._outcome = outcome = loop.create_future()
            rest = stream.write_now(_outgoing(request, self.route, where), now)
            if rest:
                await self._in_time(stream.write, rest)
            now = time.monotonic()
            wire.arm("read", wire.timeout.read, now)
            self._look_in_time(loop, now)
            response: Response | PagerTreeError = await outcome
        except PagerTreeError as error:
            raise error.with_traceback(None)  # noqa: B904 - see above
        except Exception as error:
            raise wire.broken() from unquoted(error)
        except BaseException as error:
            raise error.with_traceback(None)  # noqa: B904 - see above
        finally:
            self._outcome = self._answer = None  # the lane is kept, by its timer at least: not with what came
        if isinstance(response, PagerTreeError):
            raise response
        self.ended(answer)
        return response

    async def _in_time(self, work: Callable[..., Awaitable[None]], *terms: object) -> None:
        wire = self.wire
        with anyio.CancelScope(deadline=wire.until) as scope:
            wire.scope = scope
            try:
                await work(*terms)
            finally:
                wire.scope = None
        if scope.cancelled_caught:
            raise wire.timed_out()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        sock = self.wire.sock
        assert sock is not None, "it was connected just before"
        loop.add_reader(sock, self._readable)
        self._watched = sock

    def _readable(self) -> None:
        """Take what has come."""
        wire, answer = self.wire, self._answer
        ended: Response | PagerTreeError | None
        try:
            data: bytes = wire.sock.recv(AT_ONCE) if wire.sock else b""
            if self._outcome is None or answer is None:  # it ends, or says what nobody asked for
                self.close()
                return
            wire.took(data)
            ended = answer.take(data)
            if ended is None:
                wire.before_read()
                wire.arm("read", wire.timeout.read, time.monotonic())
                return
        except WAITS:
            return
        except PagerTreeError as error:
            ended = error.with_traceback(None)
        except OSError as error:
            ended = wire.lost(f"the connection broke ({why(error)})")
            ended.__cause__ = without_frames(error)
        except Exception as error:
            ended = wire.broken()
            ended.__cause__ = unquoted(error)
        self._end(ended)

    def _end(self, with_: Response | PagerTreeError) -> None:
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            self.close()
        elif not outcome.done():
            outcome.set_result(with_)

    def _look_in_time(self, loop: asyncio.AbstractEventLoop, now: float) -> None:
        if self.wire.until < self._looks_at:
            self._looks_at = self.wire.until
            loop.call_later(min(self.wire.until - now, FOR_EVER), self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the request under way when its time is over, or look again later."""
        self._looks_at = math.inf
        now = time.monotonic()
        if self._outcome is not None:
            if now < self.wire.until:
                self._look_in_time(loop, now)
            else:
                self._end(self.wire.timed_out())

    def close(self) -> None:
        """Close the connection, in the event loop that watches it: at once, or when that next runs."""
        watched, self._watched = self._watched, None
        loop = self._loop()
        if watched is not None and loop is not None and not loop.is_closed() and os.getpid() == self._process:
            if loop is not _running():
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._close, loop, watched)
                return
            loop.remove_reader(watched)
        self.wire.close()

    def _close(self, loop: asyncio.AbstractEventLoop, watched: socket.socket) -> None:
        loop.remove_reader(watched)
        self.wire.close()


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class AsyncAiohttpTransport(AsyncLanesTransport):
    """Sends requests over aiohttp's parser, suspending the task; fastest under asyncio, works under trio too.

    Its arguments are those of :class:`~pagertree_async.transports.AsyncHTTPXTransport`. An event loop of uvloop is
    used where the program runs in one: ``anyio.run(main, backend_options={"use_uvloop": True})``.

    >>> transport = AsyncAiohttpTransport(max_connections=10)
    """

    def _new_lane(self, route: Route) -> AsyncLane:
        loop = _running()
        if loop is None or type(loop).add_reader is asyncio.AbstractEventLoop.add_reader:
            return _AsyncLane(route, self._settings)
        return _WatchedLane(route, self._settings, loop)


class AiohttpTransport(BlockingLanesTransport):
    """Sends requests over aiohttp's parser, blocking the thread; threads may share it, and no event loop is needed.

    Its arguments are those of :class:`~pagertree_async.transports.HTTPXTransport`.

    >>> transport = AiohttpTransport(max_connections=10)
    """

    def _new_lane(self, route: Route) -> BlockingLane:
        return _BlockingLane(route, self._settings)
