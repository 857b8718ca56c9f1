"""Over HTTPX2, one connection of its own for each request in flight: the same lanes as over HTTPX."""

from __future__ import annotations

import httpcore2
import httpx2

from pagertree_async.transports.httpx import AsyncHTTPXTransport, HTTPXTransport, Library

__all__ = ["AsyncHTTPX2Transport", "HTTPX2Transport"]

HTTPX2 = Library(httpx2, httpcore2)


class AsyncHTTPX2Transport(AsyncHTTPXTransport):
    """Sends requests over HTTPX2, suspending the task; its arguments are those of :class:`AsyncHTTPXTransport`.

    The usual certificates are those that the operating system trusts.

    >>> transport = AsyncHTTPX2Transport(max_connections=10)
    """

    _library = "httpx2"
    _lane_over = HTTPX2


class HTTPX2Transport(HTTPXTransport):
    """Sends requests over HTTPX2, blocking the thread; its arguments are those of :class:`HTTPXTransport`.

    The usual certificates are those that the operating system trusts.

    >>> transport = HTTPX2Transport(max_connections=10)
    """

    _library = "httpx2"
    _lane_over = HTTPX2
