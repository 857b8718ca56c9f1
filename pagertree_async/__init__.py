"""PagerTree's API, awaited or called: ``AsyncPagerTree`` for async code, ``PagerTree`` for blocking code.

>>> from pagertree_async import AsyncPagerTree
>>> async def page_the_team() -> None:
...     async with AsyncPagerTree("a token") as client:
...         await client.alerts.create(title="disk full", destination_ids=["tem_1"])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pagertree_async._version import __version__

if TYPE_CHECKING:
    from pagertree_async.auth import KeyPair, Login, Token
    from pagertree_async.errors import (
        AmbiguousWriteError,
        APIError,
        AttemptTimeoutError,
        AuthenticationError,
        BadRequestError,
        ClientClosedError,
        ConfigurationError,
        ConflictError,
        ConnectionFailedError,
        ConnectionLostError,
        DeadlineExceededError,
        IncompleteListWarning,
        InvalidArgumentError,
        InvalidIdError,
        InvalidResponseError,
        MultipleFoundError,
        NoneFoundError,
        NotFoundError,
        PagerTreeError,
        PaginationError,
        PermissionDeniedError,
        PoolTimeoutError,
        ProxyError,
        RateLimitedError,
        ResponseLostError,
        ResponseMismatchError,
        ResponseTooLargeError,
        ServerError,
        TLSError,
        TransportError,
        UnexpectedRedirectError,
        UnprocessableError,
    )
    from pagertree_async.filepace import FilePace
    from pagertree_async.http import BlockingTransport, Headers, Request, Response, Secret, Timeout, Transport
    from pagertree_async.many import Outcome
    from pagertree_async.pace import Pace, RateLimiter
    from pagertree_async.pages import Page, Pages
    from pagertree_async.query import begins_with, contains, gt, gte, lt, lte, ne
    from pagertree_async.retry import RetryPolicy
    from pagertree_async.telling import Event, Hooks, Stats
    from pagertree_async.v3.client import AsyncPagerTree, PagerTree

__all__ = [
    "APIError",
    "AmbiguousWriteError",
    "AsyncPagerTree",
    "AttemptTimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "BlockingTransport",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "ConnectionLostError",
    "DeadlineExceededError",
    "Event",
    "FilePace",
    "Headers",
    "Hooks",
    "IncompleteListWarning",
    "InvalidArgumentError",
    "InvalidIdError",
    "InvalidResponseError",
    "KeyPair",
    "Login",
    "MultipleFoundError",
    "NoneFoundError",
    "NotFoundError",
    "Outcome",
    "Pace",
    "Page",
    "PagerTree",
    "PagerTreeError",
    "Pages",
    "PaginationError",
    "PermissionDeniedError",
    "PoolTimeoutError",
    "ProxyError",
    "RateLimitedError",
    "RateLimiter",
    "Request",
    "Response",
    "ResponseLostError",
    "ResponseMismatchError",
    "ResponseTooLargeError",
    "RetryPolicy",
    "Secret",
    "ServerError",
    "Stats",
    "TLSError",
    "Timeout",
    "Token",
    "Transport",
    "TransportError",
    "UnexpectedRedirectError",
    "UnprocessableError",
    "__version__",
    "begins_with",
    "contains",
    "gt",
    "gte",
    "lt",
    "lte",
    "ne",
]

_HOMES = {
    "APIError": "errors",
    "AmbiguousWriteError": "errors",
    "AsyncPagerTree": "v3.client",
    "AttemptTimeoutError": "errors",
    "AuthenticationError": "errors",
    "BadRequestError": "errors",
    "BlockingTransport": "http",
    "ClientClosedError": "errors",
    "ConfigurationError": "errors",
    "ConflictError": "errors",
    "ConnectionFailedError": "errors",
    "ConnectionLostError": "errors",
    "DeadlineExceededError": "errors",
    "Event": "telling",
    "FilePace": "filepace",
    "Headers": "http",
    "Hooks": "telling",
    "IncompleteListWarning": "errors",
    "InvalidArgumentError": "errors",
    "InvalidIdError": "errors",
    "InvalidResponseError": "errors",
    "KeyPair": "auth",
    "Login": "auth",
    "MultipleFoundError": "errors",
    "NoneFoundError": "errors",
    "NotFoundError": "errors",
    "Outcome": "many",
    "Pace": "pace",
    "Page": "pages",
    "PagerTree": "v3.client",
    "PagerTreeError": "errors",
    "Pages": "pages",
    "PaginationError": "errors",
    "PermissionDeniedError": "errors",
    "PoolTimeoutError": "errors",
    "ProxyError": "errors",
    "RateLimitedError": "errors",
    "RateLimiter": "pace",
    "Request": "http",
    "Response": "http",
    "ResponseLostError": "errors",
    "ResponseMismatchError": "errors",
    "ResponseTooLargeError": "errors",
    "RetryPolicy": "retry",
    "Secret": "http",
    "ServerError": "errors",
    "Stats": "telling",
    "TLSError": "errors",
    "Timeout": "http",
    "Token": "auth",
    "Transport": "http",
    "TransportError": "errors",
    "UnexpectedRedirectError": "errors",
    "UnprocessableError": "errors",
    "begins_with": "query",
    "contains": "query",
    "gt": "query",
    "gte": "query",
    "lt": "query",
    "lte": "query",
    "ne": "query",
}
"""Where each name is; it is imported when it is first asked for, so that the command line answers at once."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
