"""What goes wrong on a test's command: the requests that it names are refused, lost, slow, or answered with an error."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from pagertree_async.errors import (
    AttemptTimeoutError,
    ConnectionFailedError,
    ConnectionLostError,
    InvalidArgumentError,
    PagerTreeError,
    ResponseLostError,
    Sent,
)
from pagertree_async.http import Headers, Request, Response
from pagertree_async.testing.clock import Clock
from pagertree_async.testing.matching import PREFIX, Pattern

WHY = "a fault that the test asked for"
JSON = ("content-type", "application/json")

Before = Callable[[Request], Response | None]
After = Callable[[Request, Response], Response]


class Fault:
    """Something that goes wrong with certain requests; usable as ``with``, which ends it.

    Attributes:
        hits: How many requests it has happened to.
    """

    def __init__(
        self, name: str, requests: str, times: int | None, after: int, *, before: Before | None, behind: After | None
    ) -> None:
        if times is not None and (not isinstance(times, int) or times < 1):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"times must be a whole number above zero, or None for all, not {times!r}"
            raise InvalidArgumentError(message)
        if not isinstance(after, int) or after < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"after must be a whole number of 0 or more, not {after!r}"
            raise InvalidArgumentError(message)
        self._name = name
        self._pattern = Pattern(requests)
        self._left = times
        self._spared = after
        self._before = before
        self._behind = behind
        self.hits: int = 0
        self.lifted: bool = False

    def lift(self) -> None:
        """End it; again does nothing."""
        self.lifted = True

    def meets(self, method: str, path: str) -> bool:
        """Whether it happens to this request; asked once for each."""
        if self.lifted or self._left == 0 or not self._pattern.fits(method, path):
            return False
        if self._spared:
            self._spared -= 1
            return False
        if self._left is not None:
            self._left -= 1
        self.hits += 1
        return True

    def before(self, request: Request) -> Response | None:
        """What happens in the place of sending: an error that is raised, an answer, or nothing."""
        return None if self._before is None else self._before(request)

    def behind(self, request: Request, response: Response) -> Response:
        """What becomes of the answer of a request that was sent."""
        return response if self._behind is None else self._behind(request, response)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lift()

    def __repr__(self) -> str:
        return f"<{self._name} {self._pattern.text}: {self.hits} so far>"


class Faults:
    """Makes requests go wrong. Each method says which, as in ``"POST /alert"``; how often; and after how many.

    What is asked for last happens first. ``times=None`` means all of them, until the fault is lifted.

    Args:
        clock: What a slow answer moves on.

    >>> faults = Faults(Clock())
    >>> with faults.refuse(times=None) as down:
    ...     faults.of(Request(method="GET", url="https://api.pagertree.com/team"))
    <refuse *: 1 so far>
    >>> print(faults.of(Request(method="GET", url="https://api.pagertree.com/team")))
    None
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def _add(
        self,
        name: str,
        requests: str,
        times: int | None,
        after: int,
        before: Before | None = None,
        behind: After | None = None,
    ) -> Fault:
        fault = Fault(name, requests, times, after, before=before, behind=behind)
        with self._lock:
            self._faults.append(fault)
        return fault

    def of(self, request: Request) -> Fault | None:
        """The fault that happens to a request, None where none does; asked once for each."""
        path = urlsplit(request.url).path
        with self._lock:
            return next((fault for fault in reversed(self._faults) if fault.meets(request.method, path)), None)

    @property
    def unmet(self) -> list[Fault]:
        """Those that have happened to no request, and were not lifted."""
        return [fault for fault in self._faults if not fault.hits and not fault.lifted]

    def refuse(self, requests: str = "*", *, times: int | None = 1, after: int = 0) -> Fault:
        """No connection: the request is not sent. With ``times=None`` PagerTree is down.

        Args:
            requests: Which requests.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """

        def error(request: Request) -> ConnectionFailedError:
            return ConnectionFailedError(f"{urlsplit(request.url).hostname} refused the connection: {WHY}")

        return self._add("refuse", requests, times, after, _raising(error))

    def reset(self, requests: str = "*", *, times: int | None = 1, after: int = 0) -> Fault:
        """The connection breaks before the request arrives; the client cannot know that it did not.

        Args:
            requests: Which requests.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """
        message = f"the connection was reset: {WHY}"
        before = _raising(lambda _: ConnectionLostError(message, sent=Sent.MAYBE))
        return self._add("reset", requests, times, after, before)

    def lose(self, requests: str = "*", *, times: int | None = 1, after: int = 0) -> Fault:
        """The request is carried out, and its answer gets lost: what must not be done twice must not be repeated.

        Args:
            requests: Which requests.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """
        message = f"the connection was reset before an answer came: {WHY}"
        behind = _losing(lambda _: ConnectionLostError(message, sent=Sent.MAYBE))
        return self._add("lose", requests, times, after, behind=behind)

    def cut(self, requests: str = "*", *, times: int | None = 1, after: int = 0) -> Fault:
        """The request is carried out, and its answer breaks off after the head.

        Args:
            requests: Which requests.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """

        def error(response: Response) -> ResponseLostError:
            return ResponseLostError(f"the answer {response.status} broke off: {WHY}", status=response.status)

        return self._add("cut", requests, times, after, behind=_losing(error))

    def answer(
        self,
        status: int,
        requests: str = "*",
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
        after: int = 0,
    ) -> Fault:
        """The request is not carried out, and answered with this.

        Args:
            status: The HTTP status.
            requests: Which requests.
            json: The answer's body; left out, an error in the API's shape.
            headers: The answer's headers.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """
        if not isinstance(status, int) or not 200 <= status <= 599:  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"a status is a whole number from 200 to 599, not {status!r}"
            raise InvalidArgumentError(message)
        pairs = (JSON, *(headers or {}).items())

        def before(request: Request) -> Response:
            body: Any = _worded(status, request) if json is None else json
            return Response(status=status, headers=Headers(pairs), body=msgspec.json.encode(body))

        return self._add(f"answer {status}", requests, times, after, before)

    def rate_limit(
        self, requests: str = "*", *, retry_after: int | None = None, times: int | None = 1, after: int = 0
    ) -> Fault:
        """The request is not carried out, and answered with 429.

        Args:
            requests: Which requests.
            retry_after: The seconds that the answer asks to wait, None where it does not say.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        return self.answer(429, requests, headers=headers, times=times, after=after)

    def slow(self, seconds: float, requests: str = "*", *, times: int | None = 1, after: int = 0) -> Fault:
        """The request is carried out, and its answer comes so many seconds later, or too late; none of it takes time.

        Args:
            seconds: How many; ``math.inf`` for an answer that never comes.
            requests: Which requests.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """
        if not isinstance(seconds, int | float) or not seconds >= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"an answer is slow by a number of seconds of 0 or more, not {seconds!r}"
            raise InvalidArgumentError(message)

        def behind(request: Request, response: Response) -> Response:
            left = max(0.0, request.deadline - self._clock.monotonic())
            self._clock.advance(min(seconds, left))
            if seconds < left:
                return response
            message = f"no answer in time: {WHY}"
            raise AttemptTimeoutError(message, sent=Sent.MAYBE)

        return self._add(f"slow {seconds:g} s", requests, times, after, behind=behind)

    def garble(self, requests: str = "*", *, times: int | None = 1, after: int = 0) -> Fault:
        """The request is carried out, and its answer's body is cut in the middle, as if it were whole.

        Args:
            requests: Which requests.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """

        def behind(_: Request, response: Response) -> Response:
            return msgspec.structs.replace(response, body=response.body[: len(response.body) // 2] or b"{")

        return self._add("garble", requests, times, after, behind=behind)

    def fail(self, error: PagerTreeError, requests: str = "*", *, times: int | None = 1, after: int = 0) -> Fault:
        """The request is not sent, and this error is raised in an answer's place.

        Args:
            error: The error, as a transport would raise it: ``TLSError("...")``, ``PoolTimeoutError("...")``.
            requests: Which requests.
            times: How many of them, None for all.
            after: How many of them go well before that.

        Raises:
            InvalidArgumentError: One of these is none.
        """
        if not isinstance(error, PagerTreeError):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"a transport raises errors of pagertree_async, not {type(error).__name__}"
            raise InvalidArgumentError(message)
        before = _raising(lambda _: copy.copy(error))
        return self._add(f"fail {type(error).__name__}", requests, times, after, before)

    def __repr__(self) -> str:
        return f"<Faults {self._faults}>"


def _raising(make: Callable[[Request], PagerTreeError]) -> Before:
    def before(request: Request) -> None:
        raise make(request)

    return before


def _losing(make: Callable[[Response], PagerTreeError]) -> After:
    def behind(_: Request, response: Response) -> Response:
        raise make(response)

    return behind


def _worded(status: int, request: Request) -> dict[str, Any]:
    error: dict[str, Any] = {"errors": [{"message": WHY}]}
    return error | ({"code": status} if PREFIX.match(urlsplit(request.url).path) else {})
