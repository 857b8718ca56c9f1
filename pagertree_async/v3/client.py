"""The clients of API v3, one to await and one to call."""

from __future__ import annotations

from pagertree_async.calling import Async, Blocking
from pagertree_async.client import AsyncClient, BlockingClient
from pagertree_async.http import BlockingTransport, Timeout, Transport
from pagertree_async.pace import RateLimiter
from pagertree_async.retry import RetryPolicy
from pagertree_async.telling import Hooks
from pagertree_async.v3.credentials import AuthLike, address, credentials, hidden
from pagertree_async.v3.services import Services


class AsyncPagerTree(AsyncClient, Services[Async]):
    """PagerTree API v3, awaited; usable as ``async with``, and from many tasks at once.

    Args:
        auth: ``Login(username, password)``, ``Token(jwt)``, ``KeyPair(key, secret)`` or a token as plain text. Left
            out, the environment decides: ``PAGERTREE_TOKEN``, or ``PAGERTREE_API_KEY`` with ``PAGERTREE_API_SECRET``,
            or ``PAGERTREE_USERNAME`` with ``PAGERTREE_PASSWORD``.
        base_url: The root of the API; left out, ``PAGERTREE_BASE_URL`` or the vendor's own.
        transport: What sends requests, or its name: ``"httpx"``, the default, ``"httpx2"``, ``"aiohttp"`` or
            ``"pyreqwest"``. Closing the client closes it.
        timeout: Seconds for a whole call with all its attempts and waits, or a ``Timeout`` with the parts.
        retry: When calls are tried again.
        proxy: The address of a proxy; by default the usual environment variables decide, never for this machine.
        rate_limiter: When requests may leave; by default only the server's own "wait" holds them.
        allow_http: Allow ``http://`` to another machine, where credentials travel unencrypted.
        hooks: Functions to call when something happens.

    Raises:
        ConfigurationError: A setting or credential is missing, wrong, or contradicts another.
    """

    def __init__(
        self,
        auth: AuthLike | None = None,
        *,
        base_url: str | None = None,
        transport: Transport | str | None = None,
        timeout: float | Timeout = 30.0,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        rate_limiter: RateLimiter | None = None,
        allow_http: bool = False,
        hooks: Hooks | None = None,
    ) -> None:
        auth = hidden(auth)
        AsyncClient.__init__(
            self,
            credentials(auth),
            address(base_url),
            transport=transport,
            timeout=timeout,
            retry=retry,
            proxy=proxy,
            rate_limiter=rate_limiter,
            allow_http=allow_http,
            hooks=hooks,
        )
        Services.__init__(self, self._session)  # pyright: ignore[reportUnknownMemberType] - whose mode this class has settled


class PagerTree(BlockingClient, Services[Blocking]):
    """PagerTree API v3, called and blocking; usable as ``with``, in threads, inside a running loop, after a fork.

    Args:
        auth: ``Login(username, password)``, ``Token(jwt)``, ``KeyPair(key, secret)`` or a token as plain text. Left
            out, the environment decides: ``PAGERTREE_TOKEN``, or ``PAGERTREE_API_KEY`` with ``PAGERTREE_API_SECRET``,
            or ``PAGERTREE_USERNAME`` with ``PAGERTREE_PASSWORD``.
        base_url: The root of the API; left out, ``PAGERTREE_BASE_URL`` or the vendor's own.
        transport: What sends requests, or its name: ``"httpx"``, the default, ``"httpx2"``, ``"aiohttp"``, or an
            async one in a thread of its own, ``"portal:pyreqwest"``. Closing the client closes it.
        timeout: Seconds for a whole call with all its attempts and waits, or a ``Timeout`` with the parts.
        retry: When calls are tried again.
        proxy: The address of a proxy; by default the usual environment variables decide, never for this machine.
        rate_limiter: When requests may leave; by default only the server's own "wait" holds them.
        allow_http: Allow ``http://`` to another machine, where credentials travel unencrypted.
        hooks: Functions to call when something happens.

    Raises:
        ConfigurationError: A setting or credential is missing, wrong, or contradicts another.
    """

    def __init__(
        self,
        auth: AuthLike | None = None,
        *,
        base_url: str | None = None,
        transport: BlockingTransport | str | None = None,
        timeout: float | Timeout = 30.0,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        rate_limiter: RateLimiter | None = None,
        allow_http: bool = False,
        hooks: Hooks | None = None,
    ) -> None:
        auth = hidden(auth)
        BlockingClient.__init__(
            self,
            credentials(auth),
            address(base_url),
            transport=transport,
            timeout=timeout,
            retry=retry,
            proxy=proxy,
            rate_limiter=rate_limiter,
            allow_http=allow_http,
            hooks=hooks,
        )
        Services.__init__(self, self._session)  # pyright: ignore[reportUnknownMemberType] - whose mode this class has settled
