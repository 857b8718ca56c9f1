"""One call: its request, credentials, pace, attempts and answer. Whatever reaches the API passes through here."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from pagertree_async._version import __version__
from pagertree_async.auth import Ask, Auth, AuthHeaders, Credentials, Obtaining, Sender, redacted
from pagertree_async.calling import Cut, Lock, Mode
from pagertree_async.errors import (
    AmbiguousWriteError,
    APIError,
    AttemptTimeoutError,
    AuthenticationError,
    ClientClosedError,
    DeadlineExceededError,
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
from pagertree_async.http import Headers, HeldBackError, Request, Response, Secret, Timeout, Transport
from pagertree_async.pace import Pace, RateLimiter
from pagertree_async.retry import Attempts, RetryPolicy, RetryQuota, Safety, retry_after
from pagertree_async.telling import Event, Telling, shown
from pagertree_async.tracing import Span, span, traced

R = TypeVar("R")

QUIET_NIGHT = 2.0
"""How long a connection may have been idle when a create travels on it, in seconds.

A server closes connections that were idle for long; a create that leaves at that very moment would be ambiguous."""

CONTENT_TYPE = ("content-type", "application/json")
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


class Progress:
    """How far one call has come: its time, its attempts, and what is known of them."""

    __slots__ = (
        "ambiguous",
        "attempts",
        "call",
        "calls",
        "cost",
        "headers",
        "number",
        "renewed",
        "retry",
        "span",
        "started",
        "taken",
        "timeout",
        "until",
        "within",
    )

    def __init__(self, call: Call, settings: Settings, span: Span | None, *, calls: int = 1) -> None:
        self.call: Call = call
        self.timeout: Timeout = timeout_of(call, settings)
        self.retry: RetryPolicy = settings.retry if call.retry is UNSET else call.retry
        self.within: BaseException | None = sys.exception()
        self.started: float = time.monotonic()
        self.until: float = self.started + self.timeout.total
        self.number: int = 0
        self.taken: int = 0
        self.cost: int = 0
        self.renewed: bool = False
        self.ambiguous: bool = False
        self.headers: Headers | None = None
        self.attempts: Attempts | None = None
        self.span: Span | None = span
        self.calls: int = calls

    def note(self, error: PagerTreeError) -> None:
        """Take in that an attempt failed: a write may be applied although its answer says nothing of it."""
        unclear = isinstance(error, ServerError) or (isinstance(error, TransportError) and error.sent is not Sent.NO)
        self.ambiguous = self.ambiguous or unclear or isinstance(error, InvalidResponseError)

    def told(self, error: PagerTreeError) -> PagerTreeError:
        """``error`` with what is known of the call, where it does not know it itself."""
        if error.method is None:
            error.method, error.path = self.call.method, self.call.path
            error.attempts, error.elapsed = self.number, time.monotonic() - self.started
            error.request_id = self.headers.get("x-request-id") if self.headers else None
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


def _without(headers: Mapping[str, str], secrets: list[Secret]) -> list[tuple[str, str]]:
    return [
        (name, redacted(value.encode("latin-1", "replace"), secrets).decode("latin-1"))
        for name, value in headers.items()
    ]


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

    @property
    def cut(self) -> Cut | None:
        """Ends the requests of threads, where the transport can."""
        return getattr(self._transport, "cut", None)

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

    def call(self, call: Call, decode: Callable[[Response], R]) -> Coroutine[Any, Any, R]:
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
        return self._traced(call, decode) if traced() else self._proved(call, decode, None)

    async def _traced(self, call: Call, decode: Callable[[Response], R]) -> R:
        with span(call.method, f"{self._root}{call.path}") as around:
            return await self._proved(call, decode, around)

    async def _proved(self, call: Call, decode: Callable[[Response], R], around: Span | None) -> R:
        """Make a call with the credentials at hand, and once more with others after a 401."""
        if self.closed:
            message = "the client is closed"
            raise ClientClosedError(message)
        progress = Progress(call, self.settings, around)
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
            return await self._credentials.obtain(stale, self._asker(progress), partial(self._queued, progress))
        except PagerTreeError as error:
            progress.told(error).maybe_applied = progress.maybe_applied  # by this call: a login applies nothing
            raise

    async def _queued(self, progress: Progress, lock: Lock) -> bool:
        """Wait, within the call's time, until no other call is logging in; tell whether that came to pass."""
        left = max(0.0, progress.until - time.monotonic())
        if not lock.locked():
            return await lock.acquire(left)
        await self._told_wait(progress, "login", None)
        begun = time.monotonic()
        try:
            return await lock.acquire(left)
        finally:
            self.telling.stats.waits("login", time.monotonic() - begun)

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
            return await self._asks._asked(asking, lambda answer: take(Secret(answer.body.decode("utf-8", "replace"))))

        return send

    async def _asked(self, ask: Call, decode: Callable[[Response], R]) -> R:
        """Make a call that obtains credentials, and needs none."""
        with span(ask.method, f"{self._root}{ask.path}") if traced() else nullcontext() as around:
            progress = Progress(ask, self.settings, around, calls=0)
            try:
                return await self._attempt(progress, (), decode)
            except AuthenticationError as error:
                raise progress.told(error) from error.__cause__

    async def _attempt(self, progress: Progress, auth: AuthHeaders, decode: Callable[[Response], R]) -> R:
        """Send the request until it succeeds, is refused with 401, or is not to be tried again."""
        progress.cost = 0
        if self._pace.paces:
            await self._turn(progress)
        while True:
            try:
                result = decode(await self._exchange(progress, auth))
            except AuthenticationError:
                raise
            except HeldBackError:
                progress.number -= 1
                self.telling.stats.stayed(len(progress.call.body))
                await self._next(progress, 0.0)
            except PagerTreeError as error:
                without_frames(error, contexts=True, within=progress.within)
                if progress.ambiguous and progress.call.method == "DELETE" and isinstance(error, NotFoundError):
                    self._quota.give_back(progress.taken)
                    return decode(Response(status=204))
                if isinstance(error, InvalidResponseError):
                    secrets = _secrets(progress.call, auth)
                    _redact(error, secrets)
                    progress.headers = Headers(_without(progress.headers or {}, secrets))
                seconds = self._again(progress, error)
                if seconds is None:
                    final = progress.final(error)
                    raise progress.told(final) from (error.__cause__ if final is error else error)
                await self._retried(progress, error)
                await self._next(progress, seconds)
            else:
                self._quota.give_back(progress.taken)
                return result

    async def _next(self, progress: Progress, seconds: float) -> None:
        """Wait for the next attempt; when it is not made after all, what it costs is given back."""
        try:
            if seconds > 0:
                await self._waits(progress, "retry", seconds)
                await self.mode.sleep(seconds)
            if self._pace.paces:
                await self._turn(progress)
        except BaseException:
            if progress.cost:
                self._quota.give_back(progress.cost)
            raise

    def held(self) -> bool:
        """Whether the server has asked to wait."""
        return self._pace.paces and self._pace.held() > 0

    def throttled(self, headers: Headers) -> None:
        """Hold all requests for as long as a 429 with these headers asks to wait."""
        self._pace.hold(min(retry_after(headers) or 0.0, LONGEST_HOLD))

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
            gate=self,
        )
        telling = self.telling
        telling.stats.left(len(call.body), progress.calls)
        progress.calls = 0
        heard = telling.heard or progress.span is not None
        response = await (self._told(progress, request, auth) if heard else self._transport.send(request))
        telling.stats.came(len(response.body))
        progress.headers = response.headers
        if 200 <= response.status < 300:
            return response
        secrets = _secrets(call, auth)
        progress.headers = headers = Headers(_without(response.headers, secrets))
        if response.status == 407:
            message = "the proxy answered 407: it wants credentials"
            raise ProxyError(message, status=407)
        raise self.settings.errors(response.status, headers, redacted(response.body, secrets))

    async def _told(self, progress: Progress, request: Request, auth: AuthHeaders) -> Response:
        """Send a request, and tell of it and of what became of it."""
        known: dict[str, Any] = {"method": request.method, "path": progress.call.path, "attempt": progress.number}
        sent = shown(dict(request.headers))
        await self.telling.tell(Event(kind="request", bytes=len(request.body), headers=sent, **known))
        begun = time.monotonic()
        try:
            response = await self._transport.send(request)
        except PagerTreeError as error:
            event = Event(kind="failure", cause=type(error).__name__, seconds=time.monotonic() - begun, **known)
            await self._ended(progress, event)
            raise
        known |= {"seconds": time.monotonic() - begun, "status": response.status, "bytes": len(response.body)}
        request.came(response)  # whoever is told may take a while, and nothing else is to leave meanwhile
        secrets = _secrets(progress.call, auth)
        came = dict(_without(shown(response.headers), secrets))
        await self._ended(progress, Event(kind="response", headers=came, **known))
        return response

    async def _ended(self, progress: Progress, event: Event) -> None:
        if progress.span is not None:
            progress.span.attempt(event)
        await self.telling.tell(event)

    async def _retried(self, progress: Progress, error: PagerTreeError) -> None:
        cause = str(error.status) if isinstance(error, APIError) else type(error).__name__
        self.telling.stats.retried(cause)
        if self.telling.heard:
            call = progress.call
            event = Event(kind="retry", method=call.method, path=call.path, attempt=progress.number, cause=cause)
            await self.telling.tell(event)

    async def _waits(self, progress: Progress, cause: str, seconds: float) -> None:
        self.telling.stats.waits(cause, seconds)
        await self._told_wait(progress, cause, seconds)

    async def _told_wait(self, progress: Progress, cause: str, seconds: float | None) -> None:
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
        progress.cost = self._quota.take(error)
        progress.taken += progress.cost
        if not progress.cost:
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
