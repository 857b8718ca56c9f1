"""PagerTree's API, awaited or called: ``AsyncPagerTree`` for async code, ``PagerTree`` for blocking code.

>>> from pagertree_async import AsyncPagerTree
>>> async def page_the_team() -> None:
...     async with AsyncPagerTree("a token") as client:
...         await client.alerts.create(title="disk full", destination_ids=["tem_1"])
"""

from pagertree_async._version import __version__
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
from pagertree_async.http import BlockingTransport, Headers, Request, Response, Secret, Timeout, Transport
from pagertree_async.many import Outcome
from pagertree_async.pace import Pace, RateLimiter
from pagertree_async.pages import Page, Pages
from pagertree_async.query import begins_with, contains, gt, gte, lt, lte, ne
from pagertree_async.retry import RetryPolicy
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
    "Headers",
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
