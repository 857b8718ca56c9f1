"""One call: its request, credentials, pace, attempts and answer. Whatever reaches the API passes through here."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from pagertree_async._version import __version__
from pagertree_async.auth import Ask, Auth, AuthHeaders, Credentials, Obtaining, Sender, redacted
from pagertree_async.calling import Mode
from pagertree_async.errors import (
    AmbiguousWriteError,
    APIError,
    AttemptTimeoutError,
    AuthenticationError,
    ClientClosedError,
    ConfigurationError,
    DeadlineExceededError,
    InvalidArgumentError,
    InvalidResponseError,
    NotFoundError,
    PagerTreeError,
    ProxyError,
    RateLimitedError,
    ResponseLostError,
    Sent,
    ServerError,
    TransportError,
    api_error,
    without_frames,
)
from pagertree_async.http import Headers, Request, Response, Secret, Timeout, Transport
from pagertree_async.pace import Pace, RateLimiter
from pagertree_async.retry import Attempts, RetryPolicy, RetryQuota, Safety, retry_after
from pagertree_async.telling import Event, Telling, shown, traced

R = TypeVar("R")

QUIET_NIGHT = 2.0
"""How long a connection may have been idle when a create travels on it, in seconds.

A server closes connections that were idle for long; a create that leaves at that very moment would be ambiguous."""

CONTENT_TYPE = ("content-type", "application/json")
ODD = frozenset('?# \\<>"^`{|}')
"""What a base URL has no use for; some of it is read differently by different parsers."""
LONGEST_HOLD = 86_400.0
"""A "Retry-After" holds a client's requests for at most a day, so that one absurd answer does not end it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one client does with every call, unless the call says otherwise.

    Attributes:
        base_url: The root that the client was given.
        timeout: How long a call may take.
        retry: When a call is tried again.
        prefix: What stands between the root and the path of every call.
        errors: Makes the error that an answer outside 2xx stands for.
    """

    base_url: str
    timeout: Timeout
    retry: RetryPolicy
    prefix: str = ""
    errors: Callable[[int, Headers, bytes], APIError] = api_error


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call, before it is a request.

    Attributes:
        method: The HTTP method.
        path: The path below the base URL, already quoted.
        query: The query, already encoded.
        body: The encoded JSON body, empty for none.
        safety: What repeating it can do.
        timeout: Seconds in total, or the parts; the client's own where unset.
        retry: The client's own where unset.
        headers: More headers, names in lower case; they take the place of the client's own, never of credentials.
        secrets: What is hidden in the body, to be hidden as well where an answer repeats it.
    """

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    safety: Safety = Safety.READ
    timeout: float | Timeout | UnsetType = UNSET
    retry: RetryPolicy | UnsetType = UNSET
    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[Secret, ...] = ()

    def __repr__(self) -> str:
        return f"<Call {self.method} {self.path}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What rich shows, where local variables are shown for one: no body."""
        return [("method", self.method), ("path", self.path)]


def timeout_of(call: Call, settings: Settings) -> Timeout:
    """How long ``call`` and its parts may take.

    Raises:
        InvalidArgumentError: What was given for it is not a number above zero.
    """
    return settings.timeout if call.timeout is UNSET else Timeout.of(call.timeout, settings.timeout)


def checked_base_url(value: str, *, allow_http: bool = False) -> str:
    """``value`` without its trailing slash, when it can be the root of an API.

    Raises:
        ConfigurationError: It is not an absolute address, holds credentials, a query or a fragment, or would send
            credentials unencrypted to another machine.

    >>> checked_base_url("https://api.pagertree.com/")
    'https://api.pagertree.com'
    """
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
        message = f"base_url must be a text, not {type(value).__name__}"
        raise ConfigurationError(message)
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        message = f"base_url is not an address: {value[:200]!r}"
        raise ConfigurationError(message) from None
    if "@" in parts.netloc:
        message = "base_url must not hold credentials; give them as auth"
        raise ConfigurationError(message)
    shown = value[:200]
    if parts.scheme not in {"http", "https"} or not host:
        message = f"base_url must be like https://api.example.com, not {shown!r}"
        raise ConfigurationError(message)
    if not value.isascii() or not value.isprintable() or not ODD.isdisjoint(value):
        message = f"base_url must have neither query, fragment nor odd characters: {shown!r}"
        raise ConfigurationError(message)
    if ".." in parts.path.split("/"):
        message = f"base_url must not climb with '..': {shown!r}"
        raise ConfigurationError(message)
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        message = f"base_url is http:// and {host} is another machine: credentials would travel unencrypted"
        raise ConfigurationError(message, hint="Use https://, or say allow_http=True when the network is yours")
    return value.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether ``host`` names this machine.

    >>> is_loopback("127.0.0.1.example.com")
    False
    """
    if host in {"localhost", "::1"}:
        return True
    numbers = host.split(".")
    return len(numbers) == 4 and numbers[0] == "127" and all(part.isdecimal() and int(part) < 256 for part in numbers)


def checked_path(path: str) -> str:
    """``path`` with one leading slash, when it stays below the base URL.

    Raises:
        InvalidArgumentError: It is an address, climbs with dots, or has a query or control characters.
    """
    if not isinstance(path, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without types
        message = f"a path is a text, not {type(path).__name__}"
        raise InvalidArgumentError(message)
    given = path if path.startswith("/") else f"/{path}"
    segments = given.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").replace("\\", "/").split("/")
    if "://" in given or given.startswith("//") or ".." in segments or "." in segments:
        message = f"not a path below the base URL: {path[:200]!r}"
        raise InvalidArgumentError(message)
    if "?" in given or "#" in given or not given.isprintable():
        message = f"a path has neither query nor control characters: {path[:200]!r}"
        raise InvalidArgumentError(message, hint="Give query values as params=")
    return quote(given, safe="/%:@!$&'()*+,;=~-._")


def encoded_query(values: Mapping[str, Any]) -> str:
    """Query values as they stand in an address: lists repeat their name, booleans are in lower case, None is left out.

    >>> encoded_query({"limit": 5, "enabled": True, "tags": ["a", "b"]})
    'limit=5&enabled=true&tags=a&tags=b'
    """
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        many = cast("Sequence[object]", value) if isinstance(value, list | tuple) else (value,)
        pairs.extend((name, _query_text(name, one)) for one in many if one is not None)
    try:
        return urlencode(pairs)
    except UnicodeEncodeError as error:
        message = f"a query value cannot be encoded: {error.reason}"
        raise InvalidArgumentError(message) from None


def _query_text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    message = f"the query value {name!r} must be a text, number or boolean, not {type(value).__name__}"
    raise InvalidArgumentError(message)


class Progress:
    """How far one call has come: its time, its attempts, and what is known of them."""

    __slots__ = (
        "ambiguous",
        "attempts",
        "call",
        "number",
        "renewed",
        "request_id",
        "retry",
        "span",
        "started",
        "taken",
        "timeout",
        "until",
        "within",
    )

    def __init__(self, call: Call, settings: Settings) -> None:
        self.call: Call = call
        self.timeout: Timeout = timeout_of(call, settings)
        self.retry: RetryPolicy = settings.retry if call.retry is UNSET else call.retry
        self.within: BaseException | None = sys.exception()
        self.started: float = time.monotonic()
        self.until: float = self.started + self.timeout.total
        self.number: int = 0
        self.taken: int = 0
        self.renewed: bool = False
        self.ambiguous: bool = False
        self.request_id: str | None = None
        self.attempts: Attempts | None = None
        self.span: Any = None

    def note(self, error: PagerTreeError) -> None:
        """Take in that an attempt failed: a write may be applied although its answer says nothing of it."""
        unclear = isinstance(error, ServerError) or (isinstance(error, TransportError) and error.sent is not Sent.NO)
        self.ambiguous = self.ambiguous or unclear or isinstance(error, InvalidResponseError)

    def told(self, error: PagerTreeError) -> PagerTreeError:
        """``error`` with what is known of the call, where it does not know it itself."""
        if error.method is None:
            error.method, error.path = self.call.method, self.call.path
            error.attempts, error.elapsed = self.number, time.monotonic() - self.started
            error.request_id = self.request_id
            error.maybe_applied = self.maybe_applied
        return error

    @property
    def maybe_applied(self) -> bool:
        """Whether the call may have changed something."""
        return self.ambiguous and self.call.safety is not Safety.READ

    def final(self, error: PagerTreeError) -> PagerTreeError:
        """The error that the call ends with, ``error`` being what its last attempt failed with."""
        if not isinstance(error, TransportError):
            return error
        if self.call.safety is Safety.CREATE and error.sent is Sent.MAYBE:
            return AmbiguousWriteError(f"it left, and no answer came: {error.message}", sent=Sent.MAYBE)
        if not isinstance(error, AttemptTimeoutError):
            return error
        if self.call.safety is Safety.CREATE and error.status is not None:
            return ResponseLostError(error.message, status=error.status)
        if time.monotonic() >= self.until - 0.002:
            return DeadlineExceededError(
                f"no answer within the {self.timeout.total:g} s the call may take: {error.message}", sent=error.sent
            )
        return error


def _secrets(call: Call, auth: AuthHeaders) -> list[Secret]:
    sent = [value.reveal() for _, value in auth if isinstance(value, Secret)]
    bare = [value.rpartition(" ")[2].removeprefix("token=") for value in sent]  # without "Bearer" or "Token token="
    return [*call.secrets, *map(Secret, dict.fromkeys(sent + bare))]


def _redact(error: InvalidResponseError, secrets: list[Secret]) -> None:
    body = redacted(error.body, secrets)
    if body != error.body:
        error.body = body
        error.message = f"{error.status}, but the answer is not what was asked for, and it repeats the credentials"
        error.args = (error.message,)


class Session(Generic[Mode]):
    """Everything that the calls of one client share: transport, credentials, pace, and how much is tried again.

    Args:
        mode: Whether calls are awaited or block.
        transport: Sends requests; in blocking mode one that does not suspend.
        auth: The credentials.
        settings: Where to, for how long, and how often.
        pace: When requests may leave.
        asks: The session that obtains the credentials, where another origin gives them.
        telling: Whom it tells what it does.
    """

    def __init__(
        self,
        mode: type[Mode],
        transport: Transport,
        auth: Auth | Obtaining,
        settings: Settings,
        pace: RateLimiter,
        asks: Session[Mode] | None = None,
        telling: Telling | None = None,
    ) -> None:
        self.mode = mode
        self.settings = settings
        self._root = settings.base_url + settings.prefix
        self.closed = False
        self._transport = transport
        self._credentials = Credentials(auth, mode.lock)
        self._asks = asks or self
        self._pace = pace
        self._quota = RetryQuota()
        self.telling: Telling = telling or Telling()
        self._headers: AuthHeaders = (
            ("accept", "application/json"),
            ("accept-encoding", "gzip, deflate"),
            ("user-agent", f"pagertree-async/{__version__} python/{sys.version_info[0]}.{sys.version_info[1]}"),
        )

    def beside(
        self,
        auth: Auth | Obtaining,
        settings: Settings,
        *,
        pace: RateLimiter | None = None,
        asks: Session[Mode] | None = None,
    ) -> Session[Mode]:
        """A session of the same client for another origin: over the same transport, with nothing else in common.

        Args:
            auth: The credentials for that origin, and for no other.
            settings: Where to, for how long, and how often.
            pace: When its requests may leave; left out, only the server's own "wait" holds them.
            asks: The session that obtains its credentials, where another origin gives them.
        """
        return Session(self.mode, self._transport, auth, settings, pace or Pace(), asks, self.telling)

    async def call(self, call: Call, decode: Callable[[Response], R]) -> R:
        """Make a call, with all the attempts it is allowed, and return what ``decode`` makes of its answer.

        Args:
            call: What to send.
            decode: Turns an answer with a status of 2xx into the result.

        Returns:
            What ``decode`` returns.

        Raises:
            APIError: The API answered with an error, in the class of its status.
            TransportError: There was no answer, or not a whole one.
            InvalidResponseError: The answer is not what the API is known to send.
            ClientClosedError: The client is closed.
        """
        if self.closed:
            message = "the client is closed"
            raise ClientClosedError(message)
        progress = Progress(call, self.settings)
        self.telling.stats.called()
        if not traced():
            return await self._proved(progress, decode)
        with self.telling.span(call.method, f"{self._root}{call.path}") as progress.span:
            return await self._proved(progress, decode)

    async def _proved(self, progress: Progress, decode: Callable[[Response], R]) -> R:
        """Make a call with the credentials at hand, and once more with others after a 401."""
        credentials = self._credentials
        while True:
            auth = credentials.headers
            if auth is None:
                auth = await self._obtain(progress, None)
            try:
                return await self._attempt(progress, auth, decode)
            except AuthenticationError as error:
                if progress.renewed or not credentials.renewable:
                    raise progress.told(error) from error.__cause__
                progress.renewed = True
                await self._obtain(progress, auth)

    async def _obtain(self, progress: Progress, stale: AuthHeaders | None) -> AuthHeaders:
        try:
            return await self._credentials.obtain(stale, self._asker(progress), progress.until)
        except PagerTreeError as error:
            progress.told(error).maybe_applied = progress.maybe_applied  # by this call: a login applies nothing
            raise

    def _asker(self, waiting: Progress) -> Sender:
        async def send(ask: Ask, take: Callable[[Secret], Auth]) -> Auth:
            left = max(0.001, waiting.until - time.monotonic())
            asking = Call(
                method=ask.method,
                path=ask.path,
                body=ask.body.reveal().encode(),
                safety=Safety.STATE,
                timeout=msgspec.structs.replace(waiting.timeout, total=left),
                retry=waiting.retry,
                secrets=(ask.body, *ask.secrets),
                headers=ask.headers,
            )
            progress = Progress(asking, self._asks.settings)
            try:
                return await self._asks._attempt(
                    progress, (), lambda answer: take(Secret(answer.body.decode("utf-8", "replace")))
                )
            except AuthenticationError as error:
                raise progress.told(error) from error.__cause__

        return send

    async def _attempt(self, progress: Progress, auth: AuthHeaders, decode: Callable[[Response], R]) -> R:
        """Send the request until it succeeds, is refused with 401, or is not to be tried again."""
        while True:
            if self._pace.paces:
                await self._turn(progress)
            try:
                result = decode(await self._exchange(progress, auth))
            except AuthenticationError:
                raise
            except PagerTreeError as error:
                without_frames(error, contexts=True, within=progress.within)
                if progress.ambiguous and progress.call.method == "DELETE" and isinstance(error, NotFoundError):
                    self._quota.give_back(progress.taken)
                    return decode(Response(status=204))
                if isinstance(error, InvalidResponseError):
                    _redact(error, _secrets(progress.call, auth))
                seconds = self._again(progress, error)
                if seconds is None:
                    final = progress.final(error)
                    raise progress.told(final) from (error.__cause__ if final is error else error)
                await self._retried(progress, error)
                if seconds > 0:
                    await self._waits(progress, "retry", seconds)
                    await self.mode.sleep(seconds)
            else:
                self._quota.give_back(progress.taken)
                return result

    async def _exchange(self, progress: Progress, auth: AuthHeaders) -> Response:
        call, timeout = progress.call, progress.timeout
        ours = (*self._headers, CONTENT_TYPE) if call.body else self._headers
        if call.headers:
            theirs = {name for name, _ in call.headers}
            ours = tuple(header for header in ours if header[0] not in theirs)
        progress.number += 1
        request = Request(
            method=call.method,
            url=f"{self._root}{call.path}{'?' + call.query if call.query else ''}",
            headers=ours + auth + call.headers,
            body=call.body,
            deadline=min(time.monotonic() + timeout.attempt, progress.until),
            timeout=timeout,
            max_idle=QUIET_NIGHT if call.safety is Safety.CREATE else math.inf,
        )
        telling = self.telling
        telling.stats.left(len(call.body))
        heard = telling.heard or progress.span is not None
        response = await (self._told(progress, request) if heard else self._transport.send(request))
        telling.stats.came(len(response.body))
        progress.request_id = response.request_id
        if 200 <= response.status < 300:
            return response
        if response.status == 407:
            message = "the proxy answered 407: it wants credentials"
            raise ProxyError(message, status=407)
        secrets = _secrets(call, auth)
        headers = Headers(
            (name, redacted(value.encode("latin-1", "replace"), secrets).decode("latin-1"))
            for name, value in response.headers.pairs
        )
        raise self.settings.errors(response.status, headers, redacted(response.body, secrets))

    async def _told(self, progress: Progress, request: Request) -> Response:
        """Send a request, and tell of it and of what became of it."""
        known: dict[str, Any] = {"method": request.method, "path": progress.call.path, "attempt": progress.number}
        sent = shown(dict(request.headers))
        await self.telling.tell(Event(kind="request", bytes=len(request.body), headers=sent, **known))
        begun = time.monotonic()
        try:
            response = await self._transport.send(request)
        except PagerTreeError as error:
            known["seconds"] = time.monotonic() - begun
            await self.telling.tell(Event(kind="failure", cause=type(error).__name__, **known), progress.span)
            raise
        known |= {"seconds": time.monotonic() - begun, "status": response.status, "bytes": len(response.body)}
        await self.telling.tell(Event(kind="response", headers=shown(response.headers), **known), progress.span)
        return response

    async def _retried(self, progress: Progress, error: PagerTreeError) -> None:
        cause = str(error.status) if isinstance(error, APIError) else type(error).__name__
        self.telling.stats.retried(cause)
        if self.telling.heard:
            call = progress.call
            event = Event(kind="retry", method=call.method, path=call.path, attempt=progress.number, cause=cause)
            await self.telling.tell(event)

    async def _waits(self, progress: Progress, cause: str, seconds: float) -> None:
        self.telling.stats.waits(cause, seconds)
        if self.telling.heard:
            call = progress.call
            event = Event(kind="wait", method=call.method, path=call.path, cause=cause, seconds=seconds)
            await self.telling.tell(event)

    def _again(self, progress: Progress, error: PagerTreeError) -> float | None:
        """Seconds to wait before the next attempt, None when there is none to be."""
        progress.note(error)
        if progress.attempts is None:
            progress.attempts = Attempts(progress.retry, progress.call.safety, progress.until)
        seconds = progress.attempts.again(error)
        if isinstance(error, RateLimitedError):
            error.retry_after = retry_after(error.headers)
            if error.retry_after:
                error.advise(f"The API asked to wait; try again in {error.retry_after:.0f} s")
            self._pace.hold(min(seconds if seconds is not None else error.retry_after or 0.0, LONGEST_HOLD))
        if seconds is None:
            return None
        cost = self._quota.take(error)
        progress.taken += cost
        if not cost:
            return None
        return 0.0 if isinstance(error, RateLimitedError) else seconds

    async def _turn(self, progress: Progress) -> None:
        """Wait until this request may leave, or say at once that its time is over before that."""
        pace = self._pace
        while True:
            left = progress.until - time.monotonic()
            holds, held = pace.holds, pace.held()
            seconds = held or pace.reserve(left)
            if seconds > left:
                raise progress.told(self._too_slow(seconds, held=held > 0))
            if not seconds:
                return
            until = time.monotonic() + seconds
            try:
                await self._waits(progress, "hold" if held else "pace", seconds)
                await self.mode.sleep(seconds)
            except BaseException:
                if not held:
                    pace.give_back(until - time.monotonic())
                raise
            if not held and pace.holds == holds:
                return  # a slot that was taken before all were held is taken anew, so that they do not leave all at once

    def _too_slow(self, seconds: float, *, held: bool) -> PagerTreeError:
        if not held:
            message = f"not sent: at the pace in force it would leave in {seconds:.1f} s, after the call's time is over"
            return DeadlineExceededError(message, sent=Sent.NO)
        hint = f"Nothing was sent: the API asked this client to wait; try again in {seconds:.0f} s"
        error = RateLimitedError(429, hint=hint)
        error.retry_after = seconds
        return error
