"""What sends a request and brings its answer: over HTTPX, into an ASGI app, or to a function.

Each name is imported when it is first asked for, so that no HTTP library is loaded before it is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport
    from pagertree_async.transports.httpx import AsyncHTTPXTransport, HTTPXTransport
    from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport

__all__ = [
    "ASGITransport",
    "AsyncASGITransport",
    "AsyncHTTPXTransport",
    "AsyncMemoryTransport",
    "HTTPXTransport",
    "MemoryTransport",
]

_HOMES = {
    "ASGITransport": "asgi",
    "AsyncASGITransport": "asgi",
    "AsyncHTTPXTransport": "httpx",
    "AsyncMemoryTransport": "memory",
    "HTTPXTransport": "httpx",
    "MemoryTransport": "memory",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
