"""From nothing to a connection that a request can leave on: through a proxy, under TLS, or straight."""

from __future__ import annotations

import time
from typing import Any, cast

import anyio

from pagertree_async.errors import ProxyError
from pagertree_async.http import check
from pagertree_async.transports._corelog import Speaking, conceal
from pagertree_async.transports._proxies import Proxy
from pagertree_async.transports._routes import Route, Settings
from pagertree_async.transports._sockets import (
    AsyncStream,
    BlockingStream,
    connect_async,
    connect_blocking,
    secure_async,
    secure_blocking,
)
from pagertree_async.transports._wire import Wire


def _tunnelling(route: Route, proxy: Proxy) -> tuple[Any, Any]:
    """The proxy and what it is asked for, in HTTPCore's terms. It holds credentials in clear: never keep it."""
    import httpcore

    conceal(httpcore.__name__)
    there = route.peer.encode()
    request = httpcore.Request(
        method=b"CONNECT",
        url=httpcore.URL(scheme=b"http", host=proxy.host.encode(), port=proxy.port, target=there),
        headers=[(b"host", there), *proxy.headers()],
    )
    return httpcore.Origin(b"http", proxy.host.encode(), proxy.port), request


def _check(wire: Wire, status: int) -> None:
    if not 200 <= status < 300:
        wants = " (it wants credentials)" if status == 407 else ""
        message = f"the proxy {wire.proxy} refused the way to {wire.peer} with {status}{wants}"
        raise ProxyError(message, status=status)


async def open_async(wire: Wire, route: Route, settings: Settings) -> None:
    """Connect the wire to where the route leads, suspending the task.

    Raises:
        TransportError: There is no way.
        Exception: The proxy's answer is not HTTP; the wire knows what it means.
    """
    proxy = route.proxy
    wire.close()
    wire.arm("connect", wire.timeout.connect, anyio.current_time())
    if proxy is None:
        await connect_async(wire, route.host, route.port)
    else:
        await connect_async(wire, proxy.host, proxy.port)
        if route.scheme == "https":
            from httpcore import AsyncHTTP11Connection

            origin, request = _tunnelling(route, proxy)
            stream = cast("Any", AsyncStream(wire))
            with Speaking(None, proxy):
                answer = await AsyncHTTP11Connection(origin, stream=stream).handle_async_request(request)
            _check(wire, answer.status)
    if route.scheme == "https":
        await secure_async(wire, route.host, settings.context())
    check(wire.gate)
    wire.taken = 0
    wire.ready = True


def open_blocking(wire: Wire, route: Route, settings: Settings) -> None:
    """Connect the wire to where the route leads, blocking the thread.

    Raises:
        TransportError: There is no way.
        Exception: The proxy's answer is not HTTP; the wire knows what it means.
    """
    proxy = route.proxy
    wire.close()
    wire.arm("connect", wire.timeout.connect, time.monotonic())
    if proxy is None:
        connect_blocking(wire, route.host, route.port)
    else:
        connect_blocking(wire, proxy.host, proxy.port)
        if route.scheme == "https":
            from httpcore import HTTP11Connection

            origin, request = _tunnelling(route, proxy)
            stream = cast("Any", BlockingStream(wire))
            with Speaking(None, proxy):
                answer = HTTP11Connection(origin, stream=stream).handle_request(request)
            _check(wire, answer.status)
    if route.scheme == "https":
        secure_blocking(wire, route.host, settings.context())
    check(wire.gate)
    wire.taken = 0
    wire.ready = True
