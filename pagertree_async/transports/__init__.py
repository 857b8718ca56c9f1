"""What sends a request and brings its answer: over HTTPX and its like, into an ASGI app, or to a function.

By name:

* ``httpx``: the default;
* ``httpx2``: HTTPX's successor, ``pip install 'pagertree-async[httpx2]'``;
* ``aiohttp``: the fastest that is safe, ``pip install 'pagertree-async[fast]'``;
* ``pyreqwest``: reqwest in Rust, ``pip install 'pagertree-async[pyreqwest]'``; read its module first.

A client takes the name, ``AsyncPagerTree(transport="aiohttp")``, or a transport that you made. A blocking client also
takes ``"portal:NAME"``: the async transport of that name in an event loop of its own, in a thread.

Each class is imported when it is first asked for, so that no HTTP library is loaded before it is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, cast, overload

from pagertree_async.errors import ConfigurationError
from pagertree_async.http import BlockingTransport, Secret, Transport

if TYPE_CHECKING:
    import ssl

    from pagertree_async.transports.aiohttp import AiohttpTransport, AsyncAiohttpTransport
    from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport
    from pagertree_async.transports.httpx import AsyncHTTPXTransport, HTTPXTransport
    from pagertree_async.transports.httpx2 import AsyncHTTPX2Transport, HTTPX2Transport
    from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
    from pagertree_async.transports.portal import PortalTransport
    from pagertree_async.transports.pyreqwest import AsyncPyreqwestTransport

__all__ = [
    "NAMES",
    "ASGITransport",
    "AiohttpTransport",
    "AsyncASGITransport",
    "AsyncAiohttpTransport",
    "AsyncHTTPX2Transport",
    "AsyncHTTPXTransport",
    "AsyncMemoryTransport",
    "AsyncPyreqwestTransport",
    "HTTPX2Transport",
    "HTTPXTransport",
    "MemoryTransport",
    "PortalTransport",
    "by_name",
]

_HOMES = {
    "ASGITransport": "asgi",
    "AiohttpTransport": "aiohttp",
    "AsyncASGITransport": "asgi",
    "AsyncAiohttpTransport": "aiohttp",
    "AsyncHTTPX2Transport": "httpx2",
    "AsyncHTTPXTransport": "httpx",
    "AsyncMemoryTransport": "memory",
    "AsyncPyreqwestTransport": "pyreqwest",
    "HTTPX2Transport": "httpx2",
    "HTTPXTransport": "httpx",
    "MemoryTransport": "memory",
    "PortalTransport": "portal",
}
_BY_NAME: dict[str, tuple[str, str]] = {
    "httpx": ("AsyncHTTPXTransport", "HTTPXTransport"),
    "httpx2": ("AsyncHTTPX2Transport", "HTTPX2Transport"),
    "aiohttp": ("AsyncAiohttpTransport", "AiohttpTransport"),
    "pyreqwest": ("AsyncPyreqwestTransport", ""),
}
NAMES = tuple(_BY_NAME)
"""The names that :func:`by_name` knows, the default first."""
_PORTAL = "portal:"


class _Terms(TypedDict, total=False):
    proxy: str | Secret | None
    trust_env: bool
    verify: ssl.SSLContext | bool | str
    max_connections: int
    keepalive: float


@overload
def by_name(name: str, *, blocking: Literal[False], **settings: Unpack[_Terms]) -> Transport: ...
@overload
def by_name(name: str, *, blocking: Literal[True], **settings: Unpack[_Terms]) -> BlockingTransport: ...
def by_name(name: str, *, blocking: bool, **settings: Unpack[_Terms]) -> Transport | BlockingTransport:
    """The transport of this name, one of :data:`NAMES`; for blocking code also ``"portal:"`` before it.

    Args:
        name: ``"httpx"``, ``"httpx2"``, ``"aiohttp"``, ``"pyreqwest"``, or ``"portal:aiohttp"`` and the like.
        blocking: Whether blocking code is to use it.
        **settings: What the transport itself takes: ``proxy``, ``trust_env``, ``verify``, ``max_connections``,
            ``keepalive``.

    Raises:
        ConfigurationError: There is none of this name for such code, or its library is not installed.

    >>> by_name("httpx", blocking=True, max_connections=10)
    <HTTPXTransport>
    """
    portal = blocking and name.startswith(_PORTAL)
    plain = name.removeprefix(_PORTAL) if portal else name
    if plain not in _BY_NAME:
        known = ", ".join(NAMES)
        message = (
            f"there is no transport named {name[:40]!r}; there are {known}, and 'portal:' before one in blocking mode"
        )
        raise ConfigurationError(message)
    awaited, called = _BY_NAME[plain]
    if blocking and not portal and not called:
        message = f"{plain} has no transport that blocks safely: ask for transport='{_PORTAL}{plain}'"
        raise ConfigurationError(message)
    kind: Any = _class(plain, called if blocking and not portal else awaited)
    if not portal:
        return cast("Transport | BlockingTransport", kind(**settings))
    from pagertree_async.transports.portal import PortalTransport

    kind(**settings)  # what is wrong with the settings is to be told now, not in the event loop
    return PortalTransport(lambda: kind(**settings))


def _class(name: str, kind: str) -> object:
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[kind]}"), kind)
    except ModuleNotFoundError as error:
        there = f"needs the library {name}, there is no module {error.name!r}"
        message = f"transport={name!r} {there}: pip install 'pagertree-async[{name}]'"
        raise ConfigurationError(message) from error


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
