"""A client: a session behind services, opened and closed, for async code and for blocking code."""

from __future__ import annotations

import inspect
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import msgspec

from pagertree_async.addresses import checked_base_url
from pagertree_async.auth import Auth, Obtaining, veiled
from pagertree_async.both import Speaks, both
from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.errors import AttemptTimeoutError, ConfigurationError, Sent
from pagertree_async.http import BlockingTransport, Request, Response, Secret, Timeout, Transport
from pagertree_async.pace import Pace, RateLimiter
from pagertree_async.raw import as_it_is, check_retry, raw_call
from pagertree_async.retry import RetryPolicy
from pagertree_async.session import Session, Settings
from pagertree_async.telling import Hooks, Stats, Telling
from pagertree_async.transports import by_name

A = TypeVar("A")
T = TypeVar("T", bound=Transport | BlockingTransport)

CLOSING = 5.0
"""How long closing a client may take, in seconds."""


class Bounded:
    """Holds an async transport that keeps no deadlines itself to those of its requests."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, request: Request) -> Response:
        """Bring the answer, or end when the request's time is over."""
        import anyio

        message = "the attempt took longer than it may"
        left = request.time_left()
        if not left:
            raise AttemptTimeoutError(message, sent=Sent.NO)
        with anyio.move_on_after(left):
            return await self._transport.send(request)
        raise AttemptTimeoutError(message, sent=Sent.MAYBE)


class Unsuspended:
    """Lets a session, which awaits its transport, send through one that blocks."""

    def __init__(self, transport: BlockingTransport) -> None:
        self._send = transport.send
        self._cut = getattr(transport, "cut", None)

    async def send(self, request: Request) -> Response:
        """Bring the answer, blocking the thread."""
        return self._send(request)

    def cut(self, threads: Collection[int]) -> None:
        """End the requests of these threads, as far as the transport can."""
        if self._cut is not None:
            self._cut(threads)


class Client(Speaks[Mode]):
    """What the clients of every API and both modes have in common.

    Args:
        session: What makes the calls.
        transport: What closing the client closes.
    """

    def __init__(self, session: Session[Mode], transport: object) -> None:
        super().__init__(session)
        self._transport = transport

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self._session.settings.base_url

    @property
    def closed(self) -> bool:
        """Whether the client has been closed."""
        return self._session.closed

    @property
    def stats(self) -> Stats:
        """What the client has done so far, in numbers."""
        return self._session.telling.stats

    @both
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> Response:
        """Send what the services do not know, with the same credentials, pace and retries, and return the raw answer.

        Args:
            method: The HTTP method; a GET, PUT or DELETE is tried again as such, anything else as a create.
            path: The path below the base URL.
            params: Query values; a list repeats its name.
            json: The body, to be encoded as JSON.
            headers: More headers; those that carry credentials or frame the request cannot be given.
            timeout: Seconds in total, or a ``Timeout`` with the parts.
            retry: When this call is tried again.

        Returns:
            Status, headers, body and request id of an answer with a status of 2xx.

        Raises:
            APIError: The API answered with another status.
            TransportError: There was no answer, or not a whole one.
            InvalidArgumentError: The path leads elsewhere, or a value cannot be sent.
        """
        return await self._session.call(raw_call(method, path, params, json, headers, timeout, retry), as_it_is)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}{' (closed)' if self.closed else ''}>"


def _check_pieces(proxy: object, rate_limiter: object) -> None:
    if proxy is not None and not isinstance(proxy, str | Secret):
        message = f"proxy must be an address as text, not {type(proxy).__name__}"
        raise ConfigurationError(message)
    if rate_limiter is not None and not callable(getattr(rate_limiter, "reserve", None)):
        message = f"rate_limiter must be a Pace or another RateLimiter, not {type(rate_limiter).__name__}"
        raise ConfigurationError(message)


def _suspends(transport: object) -> bool:
    send: object = getattr(transport, "send", None)
    if not callable(send):
        message = f"a transport has a method 'send'; {type(transport).__name__} has none"
        raise ConfigurationError(message)
    return inspect.iscoroutinefunction(send)


class Opened(Client[Mode], ABC, Generic[Mode, T]):
    """A client that opens a session of its own."""

    _mode: type[Mode]
    _left_open = False

    def __init__(
        self,
        auth: Auth | Obtaining,
        base_url: str,
        *,
        transport: T | str | None = None,
        timeout: float | Timeout = 30.0,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        rate_limiter: RateLimiter | None = None,
        allow_http: bool = False,
        prefix: str = "",
        hooks: Hooks | None = None,
    ) -> None:
        """Open a session.

        Args:
            auth: The credentials.
            base_url: The root of the API.
            transport: What sends requests, or its name: see :mod:`pagertree_async.transports`. Closing the client
                closes it.
            timeout: Seconds for a whole call with its attempts and waits, or a ``Timeout`` with the parts.
            retry: When calls are tried again.
            proxy: The address of a proxy; by default the usual environment variables decide.
            rate_limiter: When requests may leave; by default only the server's own "wait" holds them.
            allow_http: Allow ``http://`` to another machine, where credentials travel unencrypted.
            prefix: What stands between the root and the path of every call; a ``base_url`` that has it already is fine.
            hooks: Functions to call when something happens.

        Raises:
            ConfigurationError: A setting is wrong, or contradicts another.
        """
        check_retry(retry)
        _check_pieces(proxy, rate_limiter)
        settings = Settings(
            base_url=checked_base_url(base_url, allow_http=allow_http).removesuffix(prefix),
            prefix=prefix,
            timeout=Timeout.of(timeout),
            retry=retry or RetryPolicy(),
        )
        below = self._chosen(transport, proxy)
        telling = Telling(hooks, suspends=self._mode is not Blocking)
        session = Session(self._mode, self._awaited(below), auth, settings, rate_limiter or Pace(), telling=telling)
        super().__init__(session, below)
        self._left_open = transport is None or isinstance(transport, str)

    def __del__(self) -> None:
        if self._left_open and not self.closed and self.stats.attempts:
            how = "'with', or call close()" if self._mode is Blocking else "'async with', or await aclose()"
            warnings.warn(f"{self!r} was not closed: use {how}", ResourceWarning, stacklevel=2, source=self)

    def _chosen(self, transport: T | str | None, proxy: str | None) -> T:
        blocking = self._mode is Blocking
        if transport is None or isinstance(transport, str):
            name = transport or "httpx"
            made = by_name(name, blocking=True, proxy=proxy) if blocking else by_name(name, blocking=False, proxy=proxy)
            return cast("T", made)
        if proxy is not None:
            message = "a proxy is the transport's affair: give it to the transport, or leave out transport="
            raise ConfigurationError(message)
        if _suspends(transport) is blocking:
            why = (
                "suspends; a blocking client needs a plain 'def send'"
                if blocking
                else "blocks; an async client needs 'async def send'"
            )
            message = f"{type(transport).__name__}.send {why}"
            raise ConfigurationError(message)
        return transport

    @abstractmethod
    def _awaited(self, transport: T) -> Transport:
        """The transport as a session takes it."""


class AsyncClient(Opened[Async, Transport]):
    """A client that is awaited; usable as ``async with``."""

    _mode = Async

    def _awaited(self, transport: Transport) -> Transport:
        return transport if getattr(transport, "keeps_deadlines", False) else Bounded(transport)

    async def aclose(self) -> None:
        """Close the client and its connections, also when the task is being cancelled; again does nothing."""
        if not self._session.closed:
            self._session.closed = True
            close = getattr(self._transport, "aclose", None)
            if close is not None:
                import anyio

                with anyio.move_on_after(CLOSING, shield=True):
                    await close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class BlockingClient(Opened[Blocking, BlockingTransport]):
    """A client that is called and blocks; usable as ``with``, in any thread, inside a running loop, and after a fork."""

    _mode = Blocking

    def _awaited(self, transport: BlockingTransport) -> Transport:
        return Unsuspended(transport)

    def close(self) -> None:
        """Close the client and its connections; again does nothing."""
        if not self._session.closed:
            self._session.closed = True
            close = getattr(self._transport, "close", None)
            if close is not None:
                close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class API(msgspec.Struct, frozen=True, kw_only=True):
    """Where the clients of one of PagerTree's APIs get what they were not given.

    Attributes:
        credentials: Makes credentials of what was given, or takes the environment's.
        address: The root of the API, as given or as the environment has it.
        prefix: What stands between the root and the path of every call.
    """

    credentials: Callable[[Any], Auth | Obtaining]
    address: Callable[[str | None], str]
    prefix: str = ""


class Account(Opened[Mode, T], Generic[Mode, T, A]):
    """A client of one of PagerTree's APIs, with a service for each of its resources."""

    _api: ClassVar[API]

    def __init__(
        self,
        auth: A | None = None,
        *,
        base_url: str | None = None,
        transport: T | str | None = None,
        timeout: float | Timeout = 30.0,
        retry: RetryPolicy | None = None,
        proxy: str | None = None,
        rate_limiter: RateLimiter | None = None,
        allow_http: bool = False,
        hooks: Hooks | None = None,
    ) -> None:
        """Make a client; it connects when it is first used.

        Args:
            auth: The credentials, one of those that the class names; left out, the environment's.
            base_url: The root of the API; left out, ``PAGERTREE_BASE_URL`` or the vendor's own.
            transport: What sends requests, or its name: ``"httpx"``, the default, ``"httpx2"``, ``"aiohttp"``,
                ``"pyreqwest"``, or in blocking code ``"portal:pyreqwest"``, an async one in a thread of its own.
                Closing the client closes it.
            timeout: Seconds for a whole call with all its attempts and waits, or a ``Timeout`` with the parts.
            retry: When calls are tried again.
            proxy: The address of a proxy; by default the usual environment variables decide, never for this machine.
            rate_limiter: When requests may leave; by default only the server's own "wait" holds them.
            allow_http: Allow ``http://`` to another machine, where credentials travel unencrypted.
            hooks: Functions to call when something happens.

        Raises:
            ConfigurationError: A setting or credential is missing, wrong, or contradicts another.
        """
        given = veiled(auth)
        auth = None  # a traceback that shows local variables shows no plain text
        super().__init__(
            self._api.credentials(given),
            self._api.address(base_url),
            transport=transport,
            timeout=timeout,
            retry=retry,
            proxy=proxy,
            rate_limiter=rate_limiter,
            allow_http=allow_http,
            prefix=self._api.prefix,
            hooks=hooks,
        )
        self._serve(self._session)

    @abstractmethod
    def _serve(self, session: Session[Mode]) -> None:
        """Make the services."""
