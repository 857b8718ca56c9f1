"""Over pyreqwest, which is reqwest in Rust, with its own pool of connections; under asyncio only.

Never a default: pyreqwest 0.15 can abort the process when it ends right after a client was closed, and cannot be used
in a child of a process that used it before ``os.fork``. It calls a connection that is reset after the request has left
a ``ConnectError`` too, so its classes are no proof: that nothing was sent is believed only where hyper, below it, says
that its connector failed, which is before the first byte of a request. Everything else may have arrived. Its blocking
client aborts the process on Ctrl-C, so blocking code asks for it through a portal: ``transport="portal:pyreqwest"``.
It connects and sends in one step, so a request whose connection is being opened when a 429 comes to another leaves all
the same, as soon as the connection stands; over the other transports it waits.
"""

from __future__ import annotations

import math
import os
import ssl
import time
from asyncio import CancelledError, get_running_loop
from datetime import timedelta
from typing import Any, NamedTuple

from anyio.lowlevel import checkpoint_if_cancelled
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, ClientClosedError, RequestTimeoutError
from pyreqwest.http import Url
from pyreqwest.proxy import ProxyBuilder

from pagertree_async.errors import (
    ConfigurationError,
    InvalidArgumentError,
    PagerTreeError,
    ProxyError,
    TLSError,
    without_frames,
)
from pagertree_async.http import Request, Response, Secret
from pagertree_async.transports._pools import AsyncLane, AsyncLanesTransport
from pagertree_async.transports._proxies import Proxy
from pagertree_async.transports._routes import Route
from pagertree_async.transports._targets import encoded_headers, requested
from pagertree_async.transports._wire import FOR_EVER, Wire, begun

__all__ = ["AsyncPyreqwestTransport"]

NOT_SENT = "client error (Connect)"
"""What hyper says when there was no connection that a request could have left on."""
NO_CREDENTIALS = "tunnel error: proxy authorization required"
"""What hyper says when a proxy answered 407 to CONNECT."""
MOST_CLIENTS = 8


class _Kind(NamedTuple):
    """What pyreqwest wants to know of a client before its first request."""

    connect: float
    read: float
    fresh: bool
    proxy: Proxy | None


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=min(seconds, FOR_EVER))


def _pairs(headers: Any) -> list[tuple[str, str]]:
    """The headers of an answer; a value that is not ASCII, which the library does not give, is empty."""
    try:
        return list(headers.items())
    except ValueError:
        pairs: list[tuple[str, str]] = []
    for name in dict.fromkeys(headers.keys()):
        try:
            pairs += [(name, value) for value in headers.getall(name)]
        except ValueError:
            pairs.append((name, ""))
    return pairs


class _Attempt:
    """One request on its way: a lane that is used once, the connections being pyreqwest's affair."""

    idle_since = -math.inf

    def __init__(self, owner: AsyncPyreqwestTransport, route: Route) -> None:
        self.origin = route.origin
        self.route = route
        self._owner = owner
        self._complete = False
        """All of the request was taken by the library: what it raises from now on does not speak of that."""
        self.wire = Wire(route.peer, route.proxy.peer if route.proxy else None)

    async def send(self, request: Request) -> Response:
        wire = self.wire
        wire.begin(request, time.monotonic())
        try:
            async with self._built(request) as answer:
                raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in _pairs(answer.headers)]
                headers, reader = begun(wire, answer.status, raw)
                while (part := await answer.body_reader.read_chunk()) is not None:
                    reader.feed(bytes(part))
            return Response(status=wire.status, headers=headers, body=reader.finish())
        except PagerTreeError as error:
            raise error.with_traceback(None)  # noqa: B904 - it is the same error, without frames that hold credentials
        except Exception as error:  # whatever the library raises, it is read for proof
            raise self._failed(error, request) from without_frames(error)
        except CancelledError as error:
            await checkpoint_if_cancelled()  # raises the scope's own: it lets the library's pass, which ends the task
            raise error.with_traceback(None)  # noqa: B904 - see above
        except BaseException as error:
            raise error.with_traceback(None)  # noqa: B904 - see above

    def _built(self, request: Request) -> Any:
        """The request in pyreqwest's terms. It holds credentials in clear: never keep it in a variable."""
        url = Url(request.url)
        if requested(request) != (f"{url.path}?{url.query_string}" if url.query_string else url.path):
            raise InvalidArgumentError("the URL cannot be sent: pyreqwest would change it")
        kind = _Kind(request.timeout.connect, request.timeout.read, math.isfinite(request.max_idle), self.route.proxy)
        building = self._owner._client(kind).request(request.method, url)  # pyright: ignore[reportPrivateUsage]
        for name, value in encoded_headers(request, self.route.netloc)[1:]:
            building = building.header(name.decode(), value.decode(), is_sensitive=True)
        if request.body:
            building = building.body_bytes(request.body)
        building = building.timeout(_span(request.time_left())).streamed_read_buffer_limit(0)
        self._complete = True
        return building.build_streamed()

    def _failed(self, error: Exception, request: Request) -> PagerTreeError:
        wire = self.wire
        if isinstance(error, BuilderError) or (isinstance(error, ValueError) and not self._complete):
            return InvalidArgumentError("the request is not one that HTTP allows")
        details: Any = getattr(error, "details", None) or {}
        causes = [str(cause["message"]) for cause in details.get("causes") or ()]
        reason = causes[-1] if causes else type(error).__name__
        wire.given = NOT_SENT not in causes
        wire.closed = isinstance(error, ClientClosedError)
        if isinstance(error, RequestTimeoutError):
            wire.part = "read" if wire.given else "connect"
            wire.seconds = getattr(request.timeout, wire.part)
            wire.until = wire.deadline if time.monotonic() >= wire.deadline - 0.01 else 0.0
            return wire.timed_out()
        if reason == NO_CREDENTIALS and self.route.proxy:
            message = f"the proxy {wire.proxy} refused the way to {wire.peer} with 407 (it wants credentials)"
            return ProxyError(message, status=407)
        if "dns error" in causes:
            name = self.route.proxy.host if self.route.proxy else self.route.host
            return wire.lost(f"the name {name} cannot be looked up ({reason})")
        if reason.startswith("invalid peer certificate"):
            return TLSError(f"the certificate of {self.route.host} is not to be trusted: {reason.partition(': ')[2]}")
        if not wire.given and reason.startswith("received "):
            return TLSError(f"the TLS handshake with {self.route.host} failed: {reason}")
        if reason == "message head is too large":
            return wire.head_too_large()
        return wire.lost("the answer broke off or its framing is damaged" if wire.headed else reason)

    def close(self) -> None:
        """Nothing is left of it."""

    def shut(self) -> None:
        """Closing pyreqwest's clients has ended it."""

    def usable(self) -> bool:
        """It is used once."""
        return False


class AsyncPyreqwestTransport(AsyncLanesTransport):
    """Sends requests over pyreqwest, suspending the task; under asyncio only, and never a default: see the module.

    A request that limits how long its connection was idle, as everything that creates does, travels on a new one.
    Requests carry a User-Agent and an Accept of pyreqwest's own where they have none.

    Args:
        proxy: The proxy for every host but this machine: ``"http://user:password@10.0.0.1:3128"``.
        trust_env: Without ``proxy``, whether to follow HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
        verify: The path of a file of certificates to be trusted beside the usual ones; True for those alone; False
            trusts everybody. A context cannot be used here.
        max_connections: How many requests may be under way at once in one event loop; the others wait.
        keepalive: How long an idle connection is kept, in seconds.

    Raises:
        ConfigurationError: ``proxy`` or ``verify`` cannot be used.

    >>> transport = AsyncPyreqwestTransport(max_connections=10)
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
        super().__init__(
            proxy=proxy, trust_env=trust_env, verify=verify, max_connections=max_connections, keepalive=keepalive
        )
        if isinstance(verify, ssl.SSLContext) or (isinstance(verify, str) and os.path.isdir(verify)):  # noqa: PTH112
            raise ConfigurationError("verify: pyreqwest takes True, False or a file of certificates, nothing else")
        self._verify = verify
        self._clients: dict[_Kind, Client] = {}

    def _new_lane(self, route: Route) -> AsyncLane:
        return _Attempt(self, route)

    async def send(self, request: Request) -> Response:
        """Bring the answer to ``request``.

        Raises:
            TransportError: There was no answer, or not a whole one.
            ResponseTooLargeError: The answer is larger than is read into memory.
            InvalidArgumentError: The URL or a header is not one that can be sent.
            ClientClosedError: The transport is closed.
            ConfigurationError: The event loop is not asyncio's, or this is a child after a fork.
        """
        try:
            get_running_loop()
        except RuntimeError:
            message = "pyreqwest needs an event loop of asyncio; under trio use transport='httpx' or 'aiohttp'"
            raise ConfigurationError(message) from None
        return await super().send(request)

    def _client(self, kind: _Kind) -> Client:
        """The client for requests of this kind.

        Raises:
            ConfigurationError: There can be none.
        """
        client = self._clients.get(kind)
        if client is None:
            client = self._new_client(kind)
            if len(self._clients) >= MOST_CLIENTS:
                self._clients.pop(next(iter(self._clients)))
            self._clients[kind] = client
        return client

    def _new_client(self, kind: _Kind) -> Client:
        building = ClientBuilder().follow_redirects(False).referer(False).no_proxy().http1_lower_case_headers()
        building = building.gzip(False).deflate(False).brotli(False).zstd(False)
        building = building.connect_timeout(_span(kind.connect)).read_timeout(_span(kind.read))
        building = building.pool_idle_timeout(_span(self._keepalive))
        building = building.pool_max_idle_per_host(0 if kind.fresh else self._most)
        if kind.proxy is not None:
            through = ProxyBuilder.all(f"http://{kind.proxy.peer}")
            if kind.proxy.authorization is not None:
                through = through.custom_http_auth(kind.proxy.authorization.reveal())
            building = building.proxy(through)
        if isinstance(self._verify, str):
            self._settings.context()  # pyreqwest takes any file for one of certificates
            with open(self._verify, "rb") as file:  # noqa: PTH123
                building = building.add_root_certificate_pem(file.read())
        elif not self._verify:
            building = building.danger_accept_invalid_certs(True)
        try:
            return building.build()
        except RuntimeError as error:
            message = "pyreqwest was used before os.fork and cannot be used in the child: start it by 'spawn', or use "
            raise ConfigurationError(message + "transport='httpx' or 'aiohttp'") from without_frames(error)

    def after_fork(self) -> None:
        """Forget the parent's connections; it goes on using them."""
        super().after_fork()
        self._clients = {}

    async def aclose(self) -> None:
        """End the requests under way and close all connections; again does nothing."""
        self._closed = True
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()
        await super().aclose()
