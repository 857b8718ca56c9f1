"""Over HTTPX, or HTTPX2, one connection of its own for each request in flight.

The library's client and the pool below it stay out of the way: HTTPX's pool does work that grows with the square of
its connections, and a cancelled request can leave it stuck for good. Here each *lane* is a transport of the library
over one connection, used by one request at a time and thrown away when that request does not end well. The sockets are
our own, so that every wait ends in time and every error tells by proof whether the request has left.

HTTPCore keeps a log of its own, ``httpcore.http11``, which at the level of debugging has the heads of answers. While one
of the connections here speaks, it shows of them what the log of this package shows, see
:mod:`pagertree_async.transports._corelog`; what it shows of other clients in the process stays as it is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import anyio
import httpcore
import httpx

from pagertree_async.errors import InvalidArgumentError, PagerTreeError
from pagertree_async.http import BodyReader, Request, Response
from pagertree_async.transports._corelog import Speaking, conceal
from pagertree_async.transports._opening import open_async, open_blocking
from pagertree_async.transports._pools import AsyncLane, AsyncLanesTransport, BlockingLane, BlockingLanesTransport
from pagertree_async.transports._proxies import Proxy
from pagertree_async.transports._quotes import unquoted
from pagertree_async.transports._routes import Route, Settings
from pagertree_async.transports._sockets import AsyncStream, BlockingStream
from pagertree_async.transports._targets import encoded_headers
from pagertree_async.transports._wire import Wire, begun

__all__ = ["AsyncHTTPXTransport", "HTTPXTransport"]


class _Body:
    """A request's body; HTTPX's own leaves an async generator behind when it is not read to its end."""

    def __init__(self, body: bytes) -> None:
        self._parts = iter((body,) if body else ())

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def __aiter__(self) -> _Body:
        return self

    async def __anext__(self) -> bytes:
        for part in self._parts:
            return part
        raise StopAsyncIteration


class Library:
    """HTTPX and HTTPCore, or what has taken their place.

    Args:
        client: The module with transports, requests and errors.
        core: The module with connections.
    """

    def __init__(self, client: ModuleType, core: ModuleType) -> None:
        self.client: Any = client
        self.core: Any = core
        conceal(core.__name__)
        self._body: Any = type("_Body", (_Body, self.client.AsyncByteStream, self.client.SyncByteStream), {})
        self.wrong: Any = (self.client.LocalProtocolError, self.client.UnsupportedProtocol, self.client.InvalidURL)

    def outgoing(self, request: Request, route: Route) -> Any:
        """The request in HTTPX's terms. It holds credentials in clear: never keep it in a variable."""
        try:
            headers = encoded_headers(request, route.netloc)
            return self.client.Request(request.method, request.url, headers=headers, stream=self._body(request.body))
        except (self.client.InvalidURL, ValueError) as error:
            problem = str(error)
        message = f"the URL cannot be sent: {problem}"
        raise InvalidArgumentError(message)

    def forwarded(self, request: Any, proxy: Proxy) -> Any:
        """The request, in HTTPCore's terms, as a proxy wants it that passes plain HTTP on."""
        request.headers = [*proxy.headers(), *request.headers]
        url = request.url
        request.url = self.core.URL(scheme=url.scheme, host=url.host, port=url.port, target=bytes(url))
        return request


HTTPX = Library(httpx, httpcore)


class _Line:
    """A connection in HTTPCore's terms, in the place where HTTPX expects HTTPCore's pool."""

    def __init__(self, route: Route, wire: Wire, settings: Settings, library: Library) -> None:
        self.route = route
        self.wire = wire
        self.settings = settings
        self.library = library
        self.origin = library.core.Origin(route.scheme.encode(), route.host.encode(), route.port)
        self.connection: Any = None

    def reusable(self) -> bool:
        """Whether the connection is still there, and silent."""
        connection = self.connection
        return connection is not None and connection.is_available() and not connection.has_expired()

    def outgoing(self, request: Any) -> Any:
        """The request as whoever stands at the other end of the connection wants it."""
        proxy = self.route.proxy
        return request if proxy is None or self.route.scheme == "https" else self.library.forwarded(request, proxy)

    def leftover(self) -> bool:
        """Whether more came than the answer: the next request would take it for its own answer."""
        try:
            return bool(self.connection._h11_state.trailing_data[0])  # HTTPCore does not tell
        except AttributeError:
            return False


class _AsyncLine(_Line):
    async def handle_async_request(self, request: Any) -> Any:
        if not self.reusable():
            self.connection = None
            await open_async(self.wire, self.route, self.settings)
            self.connection = self.library.core.AsyncHTTP11Connection(self.origin, stream=AsyncStream(self.wire))
        return await self.connection.handle_async_request(self.outgoing(request))


class _BlockingLine(_Line):
    def handle_request(self, request: Any) -> Any:
        if not self.reusable():
            self.connection = None
            open_blocking(self.wire, self.route, self.settings)
            self.connection = self.library.core.HTTP11Connection(self.origin, stream=BlockingStream(self.wire))
        return self.connection.handle_request(self.outgoing(request))


class _Lane:
    """What both kinds of lane have in common."""

    idle_since = -math.inf

    def __init__(self, route: Route, library: Library, line: _Line, over: Any) -> None:
        self.origin = route.origin
        self.route = route
        self.library = library
        self.wire = line.wire
        self.line = line
        self.http = over.__new__(over)  # its own __init__ would make a pool and a TLS context
        self.http._pool = line

    def begun(self, answer: Any) -> BodyReader:
        """Take in the head of an answer."""
        self.headers, reader = begun(self.wire, answer.status_code, answer.headers.raw)
        return reader

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
        if isinstance(error, self.library.wrong):
            return InvalidArgumentError("the request is not one that HTTP allows")
        return self.wire.broken()

    def close(self) -> None:
        """Close the connection at once."""
        self.wire.close()

    def shut(self) -> None:
        """Wake whoever waits on it."""
        self.wire.shut()

    def usable(self) -> bool:
        """Whether it can carry another request."""
        return self.wire.sock is not None


class _AsyncLane(_Lane):
    def __init__(self, route: Route, settings: Settings, library: Library) -> None:
        wire = Wire(route.peer, route.proxy.peer if route.proxy else None)
        super().__init__(route, library, _AsyncLine(route, wire, settings, library), library.client.AsyncHTTPTransport)

    async def send(self, request: Request) -> Response:
        wire = self.wire
        response: Response | None = None
        wire.begin(request, anyio.current_time())
        with anyio.CancelScope(deadline=wire.deadline) as scope, Speaking(request, self.route.proxy):
            wire.scope = scope
            try:
                answer = await self.http.handle_async_request(self.library.outgoing(request, self.route))
                reader = self.begun(answer)
                async for part in answer.stream:
                    self.take(reader, part)
                response = self.ended(reader)
                await answer.stream.aclose()
            except PagerTreeError as error:
                raise error.with_traceback(None)  # noqa: B904 - it is the same error, without the library's frames
            except Exception as error:  # whatever a library raises, the wire knows what it means
                raise self.failed(error) from unquoted(error)
            except BaseException as error:
                raise error.with_traceback(None)  # noqa: B904 - see above
            finally:
                wire.scope = None
        if response is None:
            raise wire.timed_out()
        return response


class _BlockingLane(_Lane):
    def __init__(self, route: Route, settings: Settings, library: Library) -> None:
        wire = Wire(route.peer, route.proxy.peer if route.proxy else None)
        super().__init__(route, library, _BlockingLine(route, wire, settings, library), library.client.HTTPTransport)

    def send(self, request: Request) -> Response:
        self.wire.begin(request, time.monotonic())
        with Speaking(request, self.route.proxy):
            try:
                answer = self.http.handle_request(self.library.outgoing(request, self.route))
                reader = self.begun(answer)
                for part in answer.stream:
                    self.take(reader, part)
                response = self.ended(reader)
                answer.stream.close()
            except PagerTreeError as error:
                raise error.with_traceback(None)  # noqa: B904 - it is the same error, without the library's frames
            except Exception as error:  # whatever a library raises, the wire knows what it means
                raise self.failed(error) from unquoted(error)
            except BaseException as error:
                raise error.with_traceback(None)  # noqa: B904 - see above
        return response


class AsyncHTTPXTransport(AsyncLanesTransport):
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

    _lane_over = HTTPX

    def _new_lane(self, route: Route) -> AsyncLane:
        return _AsyncLane(route, self._settings, self._lane_over)


class HTTPXTransport(BlockingLanesTransport):
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

    _lane_over = HTTPX

    def _new_lane(self, route: Route) -> BlockingLane:
        return _BlockingLane(route, self._settings, self._lane_over)
