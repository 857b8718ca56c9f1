"""To a function: for tests, and for measuring what the layers above a transport cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from pagertree_async.errors import ClientClosedError
from pagertree_async.http import Request, Response

__all__ = ["AsyncMemoryTransport", "MemoryTransport"]

CLOSED = "the transport was closed"


class AsyncMemoryTransport:
    """Hands each request to a function and brings what it returns.

    Args:
        handler: Takes a request and returns the answer, or an awaitable of it; what it raises is raised.

    Attributes:
        requests: The requests so far, in their order.

    >>> transport = AsyncMemoryTransport(lambda request: Response(status=200, body=b"{}"))
    """

    def __init__(self, handler: Callable[[Request], Response | Awaitable[Response]]) -> None:
        self._handler = handler
        self._closed = False
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response:
        """Bring the handler's answer to ``request``.

        Raises:
            ClientClosedError: The transport is closed.
        """
        if self._closed:
            raise ClientClosedError(CLOSED)
        self.requests.append(request)
        answer = self._handler(request)
        return await answer if isawaitable(answer) else answer

    async def aclose(self) -> None:
        """Refuse what comes from now on; again does nothing."""
        self._closed = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self.requests)} requests>"


class MemoryTransport:
    """Hands each request to a function and brings what it returns.

    Args:
        handler: Takes a request and returns the answer; what it raises is raised.

    Attributes:
        requests: The requests so far, in their order.

    >>> transport = MemoryTransport(lambda request: Response(status=200, body=b'{"id": "alt_1"}'))
    >>> transport.send(Request(method="GET", url="https://api.pagertree.com/alerts/alt_1")).json()
    {'id': 'alt_1'}
    """

    def __init__(self, handler: Callable[[Request], Response]) -> None:
        self._handler = handler
        self._closed = False
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        """Bring the handler's answer to ``request``.

        Raises:
            ClientClosedError: The transport is closed.
        """
        if self._closed:
            raise ClientClosedError(CLOSED)
        self.requests.append(request)
        return self._handler(request)

    def close(self) -> None:
        """Refuse what comes from now on; again does nothing."""
        self._closed = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self.requests)} requests>"
