"""Over HTTPX, one connection of its own for each request in flight.

HTTPX's client and HTTPCore's pool stay out of the way: the pool's work grows with the square of its connections, and
a cancelled request can leave it stuck for good. Here each *lane* is an HTTPX transport over one connection, used by
one request at a time and thrown away when that request does not end well. The sockets are our own, so that every wait
ends in time and every error tells by proof whether the request has left.
"""

from __future__ import annotations

import asyncio
import math
import os
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from weakref import WeakKeyDictionary

import anyio
import httpcore
import httpx

from pagertree_async import forks
from pagertree_async.errors import (
    ClientClosedError,
    ConfigurationError,
    InvalidArgumentError,
    PagerTreeError,
    PoolTimeoutError,
    ProxyError,
    without_frames,
)
from pagertree_async.http import MAX_HEADERS, BodyReader, Headers, Request, Response, Secret
from pagertree_async.transports._lanes import Lanes
from pagertree_async.transports._proxies import Proxies, Proxy
from pagertree_async.transports._sockets import (
    AsyncStream,
    BlockingStream,
    connect_async,
    connect_blocking,
    secure_async,
    secure_blocking,
)
from pagertree_async.transports._targets import bracketed, encoded_headers, target
from pagertree_async.transports._wire import FOR_EVER, Wire

if TYPE_CHECKING:
    from httpcore import AsyncHTTP11Connection, HTTP11Connection

__all__ = ["AsyncHTTPXTransport", "HTTPXTransport"]

CLOSING = 5.0
"""How long closing may take, in seconds."""


class Route(NamedTuple):
    """The way to an origin."""

    origin: str
    peer: str
    scheme: str
    host: str
    port: int
    netloc: bytes
    proxy: Proxy | None

    def core(self) -> httpcore.Origin:
        """The same in HTTPCore's terms."""
        return httpcore.Origin(self.scheme.encode(), self.host.encode(), self.port)


class _Settings:
    """What both transports are made with, and what follows from it."""

    def __init__(self, proxy: str | Secret | None, verify: ssl.SSLContext | bool | str, *, trust_env: bool) -> None:
        self._proxies = Proxies(proxy, trust_env=trust_env)
        self._trust_env = trust_env
        self._verify = verify
        if isinstance(verify, str) and not os.path.exists(verify):  # noqa: PTH110 - one look at a path needs no pathlib
            message = f"verify: there are no certificates at {verify!r}"
            raise ConfigurationError(message)
        self._context: ssl.SSLContext | None = None
        self._routes: dict[str, Route] = {}
        self.after_fork()

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """The one TLS context, made when it is first needed: it costs 25 ms."""
        with self._lock:
            if self._context is None:
                self._context = self._new_context()
            return self._context

    def _new_context(self) -> ssl.SSLContext:
        verify = self._verify
        if isinstance(verify, ssl.SSLContext):
            return verify
        if isinstance(verify, str):
            try:
                folder = verify if os.path.isdir(verify) else None  # noqa: PTH112
                context = ssl.create_default_context(capath=folder, cafile=None if folder else verify)
            except (OSError, ssl.SSLError) as error:
                message = f"verify: no certificates can be read from {verify!r}"
                raise ConfigurationError(message) from error
        else:
            context = httpx.create_ssl_context(verify=verify, trust_env=self._trust_env)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def route(self, url: str) -> Route:
        """The way to where ``url`` leads.

        Raises:
            InvalidArgumentError: It leads nowhere.
            ConfigurationError: The environment names a proxy that is none.
        """
        end = url.find("/", url.find("://") + 3)
        base = url[:end] if end > 0 else url
        route = self._routes.get(base)
        if route is None:
            route = self._new_route(base)
            if len(self._routes) < 100:
                self._routes[base] = route
        return route

    def _new_route(self, base: str) -> Route:
        scheme, host, port, netloc = target(base)
        peer = f"{bracketed(host)}:{port}"
        return Route(f"{scheme}://{peer}", peer, scheme, host, port, netloc, self._proxies.to(scheme, host, port))


class _Body(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A request's body; HTTPX's own leaves an async generator behind when it is not read to its end."""

    def __init__(self, body: bytes) -> None:
        self._parts = iter((body,) if body else ())

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def __aiter__(self) -> _Body:  # pyright: ignore[reportIncompatibleMethodOverride] - HTTPX only iterates over it
        return self

    async def __anext__(self) -> bytes:
        for part in self._parts:
            return part
        raise StopAsyncIteration


def _outgoing(request: Request, route: Route) -> httpx.Request:
    """The request in HTTPX's terms. It holds credentials in clear: never keep it in a variable."""
    try:
        return httpx.Request(
            request.method, request.url, headers=encoded_headers(request, route.netloc), stream=_Body(request.body)
        )
    except (httpx.InvalidURL, ValueError) as error:
        problem = str(error)
    message = f"the URL cannot be sent: {problem}"
    raise InvalidArgumentError(message)


def _forwarded(request: httpcore.Request, proxy: Proxy) -> httpcore.Request:
    """The request as a proxy wants it that passes plain HTTP on."""
    request.headers = [*proxy.headers(), *request.headers]
    url = request.url
    request.url = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=bytes(url))
    return request


def _tunnelling(route: Route, proxy: Proxy) -> httpcore.Request:
    there = route.peer.encode()
    return httpcore.Request(
        method=b"CONNECT",
        url=httpcore.URL(scheme=b"http", host=proxy.host.encode(), port=proxy.port, target=there),
        headers=[(b"host", there), *proxy.headers()],
    )


def _refused(wire: Wire, status: int) -> ProxyError:
    wants = " (it wants credentials)" if status == 407 else ""
    return ProxyError(f"the proxy {wire.proxy} refused the way to {wire.peer} with {status}{wants}", status=status)


class _Line:
    """A connection in HTTPCore's terms, in the place where HTTPX expects HTTPCore's pool."""

    def __init__(self, route: Route, wire: Wire, settings: _Settings) -> None:
        self.route = route
        self.wire = wire
        self.settings = settings
        self.connection: Any = None

    def reusable(self) -> bool:
        """Whether the connection is still there, and silent."""
        connection = self.connection
        return connection is not None and connection.is_available() and not connection.has_expired()

    def leftover(self) -> bool:
        """Whether more came than the answer: the next request would take it for its own answer."""
        try:
            return bool(self.connection._h11_state.trailing_data[0])  # HTTPCore does not tell
        except AttributeError:
            return False


class _AsyncLine(_Line):
    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if not self.reusable():
            self.connection = None
            await self._open()
            self.connection = httpcore.AsyncHTTP11Connection(
                origin=self.route.core(), stream=cast("Any", AsyncStream(self.wire))
            )
        connection: AsyncHTTP11Connection = self.connection
        if self.route.proxy is not None and self.route.scheme == "http":
            return await connection.handle_async_request(_forwarded(request, self.route.proxy))
        return await connection.handle_async_request(request)

    async def _open(self) -> None:
        wire, route, proxy = self.wire, self.route, self.route.proxy
        wire.close()
        wire.arm("connect", wire.timeout.connect, anyio.current_time())
        if proxy is None:
            await connect_async(wire, route.host, route.port)
        else:
            await connect_async(wire, proxy.host, proxy.port)
            if route.scheme == "https":
                await self._tunnel(proxy)
        if route.scheme == "https":
            await secure_async(wire, route.host, self.settings.context())
        wire.taken = 0
        wire.ready = True

    async def _tunnel(self, proxy: Proxy) -> None:
        connection = httpcore.AsyncHTTP11Connection(
            origin=httpcore.Origin(b"http", proxy.host.encode(), proxy.port),
            stream=cast("Any", AsyncStream(self.wire)),
        )
        answer = await connection.handle_async_request(_tunnelling(self.route, proxy))
        if not 200 <= answer.status < 300:
            raise _refused(self.wire, answer.status)


class _BlockingLine(_Line):
    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        if not self.reusable():
            self.connection = None
            self._open()
            self.connection = httpcore.HTTP11Connection(
                origin=self.route.core(), stream=cast("Any", BlockingStream(self.wire))
            )
        connection: HTTP11Connection = self.connection
        if self.route.proxy is not None and self.route.scheme == "http":
            return connection.handle_request(_forwarded(request, self.route.proxy))
        return connection.handle_request(request)

    def _open(self) -> None:
        wire, route, proxy = self.wire, self.route, self.route.proxy
        wire.close()
        wire.arm("connect", wire.timeout.connect, time.monotonic())
        if proxy is None:
            connect_blocking(wire, route.host, route.port)
        else:
            connect_blocking(wire, proxy.host, proxy.port)
            if route.scheme == "https":
                self._tunnel(proxy)
        if route.scheme == "https":
            secure_blocking(wire, route.host, self.settings.context())
        wire.taken = 0
        wire.ready = True

    def _tunnel(self, proxy: Proxy) -> None:
        connection = httpcore.HTTP11Connection(
            origin=httpcore.Origin(b"http", proxy.host.encode(), proxy.port),
            stream=cast("Any", BlockingStream(self.wire)),
        )
        answer = connection.handle_request(_tunnelling(self.route, proxy))
        if not 200 <= answer.status < 300:
            raise _refused(self.wire, answer.status)


class _Lane:
    """What both kinds of lane have in common."""

    idle_since = -math.inf

    def __init__(self, route: Route, wire: Wire, line: _Line) -> None:
        self.origin = route.origin
        self.route = route
        self.wire = wire
        self.line = line

    def begun(self, answer: httpx.Response) -> BodyReader:
        """Take in the head of an answer.

        Raises:
            PagerTreeError: It is larger than is read, or was there before the request.
        """
        wire, raw = self.wire, answer.headers.raw
        if wire.given and not wire.taken:
            raise wire.lost("an answer stood there before the request")
        wire.headed = True
        wire.status = answer.status_code
        if sum(len(name) + len(value) for name, value in raw) + 4 * len(raw) > MAX_HEADERS:
            raise wire.head_too_large()
        headers = Headers([(name.decode("ascii"), value.decode("latin-1")) for name, value in raw])
        self.headers = headers
        return BodyReader(wire.status, headers)

    def take(self, reader: BodyReader, part: bytes) -> None:
        """Take a part of the body; when it is too much, have the next read end the answer from within."""
        if self.wire.stopped is None:
            try:
                reader.feed(part)
            except PagerTreeError as error:
                self.wire.stopped = error

    def ended(self, reader: BodyReader) -> Response:
        """The whole answer."""
        wire = self.wire
        if wire.stopped is not None:
            raise wire.stopped
        if self.line.leftover():
            wire.close()
        return Response(status=wire.status, headers=self.headers, body=reader.finish())

    def failed(self, error: Exception) -> PagerTreeError:
        """The error that the library's error stands for, by what is known of the wire."""
        wire = self.wire
        if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.InvalidURL):
            return InvalidArgumentError("the request is not one that HTTP allows")
        if wire.taken > MAX_HEADERS and not wire.headed:
            return wire.head_too_large()
        if wire.taken and not wire.headed:
            return wire.lost("what came is not HTTP, or was cut within its head")
        if wire.headed:
            return wire.lost("the answer broke off or its framing is damaged")
        return wire.lost("the server closed the connection")

    def close(self) -> None:
        """Close the connection at once."""
        self.wire.close()


class _AsyncLane(_Lane, httpx.AsyncHTTPTransport):
    def __init__(self, route: Route, settings: _Settings) -> None:
        wire = Wire(route.peer, route.proxy.peer if route.proxy else None)
        line = _AsyncLine(route, wire, settings)
        super().__init__(route, wire, line)  # HTTPX's own __init__ would make a pool and a TLS context
        self._pool = cast("Any", line)

    async def send(self, request: Request) -> Response:
        wire = self.wire
        response: Response | None = None
        wire.begin(request, anyio.current_time())
        with anyio.CancelScope(deadline=wire.deadline) as scope:
            wire.scope = scope
            try:
                answer = await self.handle_async_request(_outgoing(request, self.route))
                reader = self.begun(answer)
                stream = cast("httpx.AsyncByteStream", answer.stream)
                async for part in stream:
                    self.take(reader, part)
                response = self.ended(reader)
                await stream.aclose()
            except PagerTreeError as error:
                raise error.with_traceback(None)  # noqa: B904 - it is the same error, without the library's frames
            except Exception as error:  # whatever a library raises, the wire knows what it means
                raise self.failed(error) from without_frames(error)
            except BaseException as error:
                raise error.with_traceback(None)  # noqa: B904
            finally:
                wire.scope = None
        if response is None:
            raise wire.timed_out()
        return response


class _BlockingLane(_Lane, httpx.HTTPTransport):
    def __init__(self, route: Route, settings: _Settings) -> None:
        wire = Wire(route.peer, route.proxy.peer if route.proxy else None)
        line = _BlockingLine(route, wire, settings)
        super().__init__(route, wire, line)
        self._pool = cast("Any", line)

    def send(self, request: Request) -> Response:
        self.wire.begin(request, time.monotonic())
        try:
            answer = self.handle_request(_outgoing(request, self.route))
            reader = self.begun(answer)
            stream = cast("httpx.SyncByteStream", answer.stream)
            for part in stream:
                self.take(reader, part)
            response = self.ended(reader)
            stream.close()
        except PagerTreeError as error:
            raise error.with_traceback(None)  # noqa: B904 - it is the same error, without the library's frames
        except Exception as error:  # whatever a library raises, the wire knows what it means
            raise self.failed(error) from without_frames(error)
        except BaseException as error:
            raise error.with_traceback(None)  # noqa: B904
        return response


def _no_room(most: int, seconds: float) -> PoolTimeoutError:
    return PoolTimeoutError(f"all {most} connections were in use for {seconds:.2g} s")


class _AsyncPool:
    """The lanes of one event loop, and the tasks that wait for one, first come, first served."""

    def __init__(self, most: int, keepalive: float) -> None:
        self.most = most
        self.free = most
        self.lanes: Lanes[_AsyncLane] = Lanes(most, keepalive)
        self.waiting: deque[anyio.Event] = deque()
        self.closed = False
        self.drained: anyio.Event | None = None

    async def enter(self, seconds: float) -> None:
        """Wait for leave to use a lane.

        Raises:
            PoolTimeoutError: There was none in ``seconds``.
            ClientClosedError: The transport was closed.
        """
        if self.free and not self.waiting:
            self.free -= 1
            return
        turn = anyio.Event()
        self.waiting.append(turn)
        try:
            with anyio.fail_after(seconds):
                await turn.wait()
        except BaseException as error:
            if turn.is_set():
                self.leave()
            else:
                self.waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise _no_room(self.most, seconds) from None
            raise
        if self.closed:
            raise ClientClosedError(CLOSED)

    def leave(self) -> None:
        """Give the leave to whoever has waited longest."""
        if self.waiting:
            self.waiting.popleft().set()
        else:
            self.free += 1
        if self.drained is not None and not self.lanes.busy:
            self.drained.set()

    async def close(self) -> None:
        """Close all lanes, and wait a little for the tasks that use one to notice."""
        self.closed = True
        self.lanes.drop_idle()
        for lane in list(self.lanes.busy):
            lane.wire.shut()
        for turn in self.waiting:
            turn.set()
        self.waiting.clear()
        if self.lanes.busy:
            self.drained = anyio.Event()
            with anyio.move_on_after(CLOSING, shield=True):
                await self.drained.wait()


CLOSED = "the transport was closed"


class AsyncHTTPXTransport:
    """Sends requests over HTTPX, suspending the task; under asyncio or trio, in one event loop after the other.

    Args:
        proxy: The proxy for every host but this machine: ``"http://user:password@10.0.0.1:3128"``.
        trust_env: Without ``proxy``, whether to follow HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
        verify: How servers prove who they are: a context, the path of a file or folder of trusted certificates, True
            for the usual ones; False trusts everybody.
        max_connections: How many requests may be under way at once in one event loop; the others wait.
        keepalive: How long an idle connection is kept, in seconds.

    Raises:
        ConfigurationError: ``proxy`` or ``verify`` cannot be used.

    >>> transport = AsyncHTTPXTransport(max_connections=10)
    """

    def __init__(
        self,
        *,
        proxy: str | Secret | None = None,
        trust_env: bool = True,
        verify: ssl.SSLContext | bool | str = True,
        max_connections: int = 100,
        keepalive: float = 60.0,
    ) -> None:
        self._settings = _Settings(proxy, verify, trust_env=trust_env)
        self._most = max_connections
        self._keepalive = keepalive
        self._closed = False
        self._pools: WeakKeyDictionary[object, _AsyncPool] = WeakKeyDictionary()
        forks.renew(self)

    def after_fork(self) -> None:
        """Forget the parent's connections; it goes on using them."""
        pools, self._pools = list(self._pools.values()), WeakKeyDictionary()
        self._settings.after_fork()
        for pool in pools:
            for lane in [*pool.lanes.idle, *pool.lanes.busy]:
                lane.close()

    def _pool(self) -> _AsyncPool:
        loop = _running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = _AsyncPool(self._most, self._keepalive)
        return pool

    async def send(self, request: Request) -> Response:
        """Bring the answer to ``request``.

        Raises:
            TransportError: There was no answer, or not a whole one.
            ResponseTooLargeError: The answer is larger than is read into memory.
            InvalidArgumentError: The URL or a header is not one that can be sent.
            ClientClosedError: The transport is closed.
        """
        if self._closed:
            raise ClientClosedError(CLOSED)
        route = self._settings.route(request.url)
        pool = self._pool()
        await pool.enter(min(request.timeout.pool, request.time_left()))
        lanes = pool.lanes
        try:
            lane = lanes.take(route.origin, request.max_idle, time.monotonic())
            if lane is None:
                lane = _AsyncLane(route, self._settings)
                lanes.add(lane)
            try:
                response = await lane.send(request)
            except BaseException:
                lanes.retire(lane)
                raise
            if lane.wire.sock is None or pool.closed:
                lanes.retire(lane)
            else:
                lanes.put(lane, time.monotonic())
            return response
        finally:
            pool.leave()

    async def aclose(self) -> None:
        """End the requests under way and close all connections; again does nothing."""
        self._closed = True
        pool = self._pools.pop(_running_loop(), None)
        if pool is not None:
            await pool.close()
        for other in list(self._pools.values()):
            other.closed = True
            other.lanes.drop_idle()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' closed' if self._closed else ''}>"


def _running_loop() -> object:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return sys.modules["trio"].lowlevel.current_trio_token()


class HTTPXTransport:
    """Sends requests over HTTPX, blocking the thread; threads may share it.

    The look-up of a host's name is the operating system's and the one wait that no timeout bounds.

    Args:
        proxy: The proxy for every host but this machine: ``"http://user:password@10.0.0.1:3128"``.
        trust_env: Without ``proxy``, whether to follow HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
        verify: How servers prove who they are: a context, the path of a file or folder of trusted certificates, True
            for the usual ones; False trusts everybody.
        max_connections: How many requests may be under way at once; the others wait.
        keepalive: How long an idle connection is kept, in seconds.

    Raises:
        ConfigurationError: ``proxy`` or ``verify`` cannot be used.

    >>> transport = HTTPXTransport(max_connections=10)
    """

    def __init__(
        self,
        *,
        proxy: str | Secret | None = None,
        trust_env: bool = True,
        verify: ssl.SSLContext | bool | str = True,
        max_connections: int = 100,
        keepalive: float = 60.0,
    ) -> None:
        self._settings = _Settings(proxy, verify, trust_env=trust_env)
        self._most = max_connections
        self._keepalive = keepalive
        self._closed = False
        self._renew()
        forks.renew(self)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._free = self._most
        self._waiting: deque[threading.Event] = deque()
        self._lanes: Lanes[_BlockingLane] = Lanes(self._most, self._keepalive)

    def after_fork(self) -> None:
        """Forget the parent's connections; it goes on using them."""
        lanes = self._lanes
        self._settings.after_fork()
        self._renew()
        for lane in [*lanes.idle, *lanes.busy]:
            lane.close()

    def _enter(self, seconds: float) -> None:
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        try:
            turn.wait(min(seconds, FOR_EVER))
        except BaseException:
            if not self._gave_up(turn):
                self._leave()
            raise
        if self._gave_up(turn):
            raise _no_room(self._most, seconds)
        if self._closed:
            raise ClientClosedError(CLOSED)

    def _gave_up(self, turn: threading.Event) -> bool:
        """Stop waiting, unless the turn has come."""
        with self._lock:
            if turn.is_set():
                return False
            self._waiting.remove(turn)
            return True

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

    def _lane(self, route: Route, max_idle: float) -> _BlockingLane:
        with self._lock:
            lane = self._lanes.take(route.origin, max_idle, time.monotonic())
            if lane is None:
                lane = _BlockingLane(route, self._settings)
                self._lanes.add(lane)
            lane.wire.closed = self._closed
            return lane

    def send(self, request: Request) -> Response:
        """Bring the answer to ``request``.

        Raises:
            TransportError: There was no answer, or not a whole one.
            ResponseTooLargeError: The answer is larger than is read into memory.
            InvalidArgumentError: The URL or a header is not one that can be sent.
            ClientClosedError: The transport is closed.
        """
        if self._closed:
            raise ClientClosedError(CLOSED)
        route = self._settings.route(request.url)
        self._enter(min(request.timeout.pool, request.time_left()))
        try:
            lane = self._lane(route, request.max_idle)
            kept = False
            try:
                response = lane.send(request)
                kept = lane.wire.sock is not None
            finally:
                with self._lock:
                    if kept and not self._closed:
                        self._lanes.put(lane, time.monotonic())
                    else:
                        self._lanes.retire(lane)
            return response
        finally:
            self._leave()

    def close(self) -> None:
        """Close all connections, waking the threads that wait for an answer; again does nothing."""
        with self._lock:
            self._closed = True
            self._lanes.drop_idle()
            for lane in self._lanes.busy:
                lane.wire.shut()
            for turn in self._waiting:
                turn.set()
            self._waiting.clear()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' closed' if self._closed else ''}>"
