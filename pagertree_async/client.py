"""A client: a session behind services, opened and closed, for async code and for blocking code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, Generic, Self

from msgspec import UNSET

from pagertree_async.auth import Auth, Obtaining
from pagertree_async.calling import Async, Blocking, Mode, drive
from pagertree_async.errors import AttemptTimeoutError, ConfigurationError, InvalidArgumentError, Sent
from pagertree_async.http import BlockingTransport, Request, Response, Secret, Timeout, Transport
from pagertree_async.pace import Pace, RateLimiter
from pagertree_async.params import encoded_body
from pagertree_async.retry import RetryPolicy, Safety
from pagertree_async.session import Call, Session, Settings, checked_base_url, checked_path, encoded_query
from pagertree_async.telling import Hooks, Stats, Telling
from pagertree_async.transports import by_name

SAFETY = {"GET": Safety.READ, "HEAD": Safety.READ, "PUT": Safety.IDEMPOTENT, "DELETE": Safety.IDEMPOTENT}
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"}
    | {"accept-encoding", "authorization", "proxy-authorization"}
)
"""Headers that a caller cannot set: they frame the request, or prove who sends it."""
HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}", re.ASCII)
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


class Client(Generic[Mode]):
    """What the clients of every API and both modes have in common.

    Args:
        session: What makes the calls.
        transport: What closing the client closes.
    """

    def __init__(self, session: Session[Mode], transport: object) -> None:
        self._session = session
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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}{' (closed)' if self.closed else ''}>"


def _settings(
    base_url: str, prefix: str, timeout: float | Timeout, retry: RetryPolicy | None, *, allow_http: bool
) -> Settings:
    _check_retry(retry)
    root = checked_base_url(base_url, allow_http=allow_http)
    return Settings(
        base_url=root.removesuffix(prefix),
        prefix=prefix,
        timeout=Timeout.of(timeout),
        retry=RetryPolicy() if retry is None else retry,
    )


def _check_pieces(proxy: object, rate_limiter: object) -> None:
    if proxy is not None and not isinstance(proxy, str | Secret):
        message = f"proxy must be an address as text, not {type(proxy).__name__}"
        raise ConfigurationError(message)
    if rate_limiter is not None and not callable(getattr(rate_limiter, "reserve", None)):
        message = f"rate_limiter must be a Pace or another RateLimiter, not {type(rate_limiter).__name__}"
        raise ConfigurationError(message)


def _check_retry(retry: object) -> None:
    if retry is not None and not isinstance(retry, RetryPolicy):
        message = f"retry must be a RetryPolicy, not {type(retry).__name__}"
        raise InvalidArgumentError(message)


def _suspends(transport: object) -> bool:
    send: object = getattr(transport, "send", None)
    if not callable(send):
        message = f"a transport has a method 'send'; {type(transport).__name__} has none"
        raise ConfigurationError(message)
    return inspect.iscoroutinefunction(send)


def raw_call(
    method: str,
    path: str,
    params: Mapping[str, Any] | None,
    json: object,
    headers: Mapping[str, str] | None,
    timeout: float | Timeout | None,
    retry: RetryPolicy | None,
) -> Call:
    """A call of what the services do not know, everything in it checked."""
    if not isinstance(method, str) or not method.isascii() or not method.isalpha():  # pyright: ignore[reportUnnecessaryIsInstance]
        message = f"not an HTTP method: {str(method)[:40]!r}"
        raise InvalidArgumentError(message)
    verb = method.upper()
    _check_retry(retry)
    return Call(
        method=verb,
        path=checked_path(path),
        query=encoded_query(params or {}),
        body=b"" if json is None else encoded_body(json),
        safety=SAFETY.get(verb, Safety.CREATE),
        timeout=UNSET if timeout is None else timeout,
        retry=UNSET if retry is None else retry,
        headers=tuple(_header(name, value) for name, value in (headers or {}).items()),
    )


def _header(name: str, value: str) -> tuple[str, str]:
    known = isinstance(name, str) and isinstance(value, str)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not known or not HEADER.fullmatch(name) or not value.isascii() or not value.isprintable():
        message = f"the header {str(name)[:40]!r} is not one, or has a value that no header can carry"
        raise InvalidArgumentError(message)
    if name.lower() in OURS or name.lower().startswith("x-api-"):
        message = f"the header {name[:40]!r} frames the request or proves who sends it: it cannot be given here"
        raise InvalidArgumentError(message)
    return name.lower(), value


def _as_it_is(response: Response) -> Response:
    return response


class AsyncClient(Client[Async]):
    """A client that is awaited; usable as ``async with``.

    Args:
        auth: The credentials.
        base_url: The root of the API.
        transport: What sends requests, or its name: ``"httpx"``, the default, ``"httpx2"``, ``"aiohttp"`` or
            ``"pyreqwest"``. Closing the client closes it.
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

    def __init__(
        self,
        auth: Auth | Obtaining,
        base_url: str,
        *,
        transport: Transport | str | None,
        timeout: float | Timeout,
        retry: RetryPolicy | None,
        proxy: str | None,
        rate_limiter: RateLimiter | None,
        allow_http: bool,
        prefix: str = "",
        hooks: Hooks | None = None,
    ) -> None:
        _check_pieces(proxy, rate_limiter)
        settings = _settings(base_url, prefix, timeout, retry, allow_http=allow_http)
        if transport is None or isinstance(transport, str):
            transport = by_name(transport or "httpx", blocking=False, proxy=proxy)
        elif proxy is not None:
            message = "a proxy is the transport's affair: give it to the transport, or leave out transport="
            raise ConfigurationError(message)
        elif not _suspends(transport):
            message = f"{type(transport).__name__}.send blocks; an async client needs 'async def send'"
            raise ConfigurationError(message)
        below = transport if getattr(transport, "keeps_deadlines", False) else Bounded(transport)
        telling = Telling(hooks)
        super().__init__(Session(Async, below, auth, settings, rate_limiter or Pace(), telling=telling), transport)

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
        return await self._session.call(raw_call(method, path, params, json, headers, timeout, retry), _as_it_is)

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


class BlockingClient(Client[Blocking]):
    """A client that is called and blocks; usable as ``with``, in any thread, inside a running loop, and after a fork.

    Args:
        auth: The credentials.
        base_url: The root of the API.
        transport: What sends requests, or its name: ``"httpx"``, the default, ``"httpx2"``, ``"aiohttp"``, or an
            async one in a thread of its own, ``"portal:pyreqwest"``. Closing the client closes it.
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

    def __init__(
        self,
        auth: Auth | Obtaining,
        base_url: str,
        *,
        transport: BlockingTransport | str | None,
        timeout: float | Timeout,
        retry: RetryPolicy | None,
        proxy: str | None,
        rate_limiter: RateLimiter | None,
        allow_http: bool,
        prefix: str = "",
        hooks: Hooks | None = None,
    ) -> None:
        _check_pieces(proxy, rate_limiter)
        settings = _settings(base_url, prefix, timeout, retry, allow_http=allow_http)
        if transport is None or isinstance(transport, str):
            transport = by_name(transport or "httpx", blocking=True, proxy=proxy)
        elif proxy is not None:
            message = "a proxy is the transport's affair: give it to the transport, or leave out transport="
            raise ConfigurationError(message)
        elif _suspends(transport):
            message = f"{type(transport).__name__}.send suspends; a blocking client needs a plain 'def send'"
            raise ConfigurationError(message)
        telling = Telling(hooks, suspends=False)
        session = Session(Blocking, Unsuspended(transport), auth, settings, rate_limiter or Pace(), telling=telling)
        super().__init__(session, transport)

    def request(
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
        return drive(self._session.call(raw_call(method, path, params, json, headers, timeout, retry), _as_it_is))

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
