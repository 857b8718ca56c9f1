"""What a client tells of its work: to functions of the caller's, in numbers, and to the log.

The session tells an event when it happens, where anybody listens; otherwise it only counts. Events and log lines hold
no query, no body, no credentials, and of headers only those of a list.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from pagertree_async import forks
from pagertree_async.errors import ConfigurationError

log: logging.Logger = logging.getLogger("pagertree_async")
SHOWN = frozenset({"accept", "content-length", "content-type", "date", "retry-after", "user-agent", "x-request-id"})
"""Headers whose values may be seen; whatever else there is, is not even named."""
LONGEST = 200


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened in a call.

    Attributes:
        kind: ``request``, ``response``, ``failure``, ``retry``, ``wait``, ``page`` or ``checkpoint``.
        method: The HTTP method of the call.
        path: The path below the base URL, without its query.
        attempt: The number of the attempt, from 1.
        status: The answer's status.
        seconds: How long an attempt took, or how long is waited, where that is known beforehand.
        cause: Why an attempt failed, is made again or waits: a status, the class of an error, ``hold``, ``pace`` or
            ``login``.
        bytes: The size of the body that left or came.
        rows: How many rows a page, or what was made safe by a checkpoint, has.
        headers: Those headers that may be seen.
    """

    kind: str
    method: str = ""
    path: str = ""
    attempt: int = 0
    status: int | None = None
    seconds: float | None = None
    cause: str | None = None
    bytes: int | None = None
    rows: int | None = None
    headers: Mapping[str, str] = {}

    def line(self) -> str:
        """The event in one line, whatever its values hold."""
        parts = [self.kind, self.method, escaped(self.path)]
        for name in ("attempt", "status", "cause", "bytes", "rows"):
            value = getattr(self, name)
            if value not in (None, 0):
                parts.append(f"{name}={escaped(str(value))}")
        if self.seconds is not None:
            parts.append(f"seconds={self.seconds:.3f}")
        parts += [f"{escaped(name)}={escaped(value)!r}" for name, value in self.headers.items()]
        return " ".join(part for part in parts if part)


def escaped(text: str) -> str:
    r"""Text in which nothing ends a line or moves a cursor.

    >>> print(escaped("a\nb"))
    a\nb
    """
    return text[:LONGEST].encode("unicode_escape").decode("ascii")


def shown(headers: Mapping[str, Any]) -> dict[str, str]:
    """Those of some headers that may be seen."""
    return {name.lower(): str(value) for name, value in headers.items() if name.lower() in SHOWN}


Hook: TypeAlias = Callable[[Event], Awaitable[object] | object]


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """Functions that are called with an :class:`Event`; those of an async client may be ``async def``.

    One that fails is logged, and changes nothing.

    Attributes:
        on_request: Before each attempt.
        on_response: After each answer, whatever its status.
        on_failure: After each attempt that brought no answer.
        on_retry: When an attempt failed and another is to be made.
        on_wait: Before the call waits: to try again, for its slot, because the server asked to, or for another
            call's login.
        on_page: After each page of a list.
        on_checkpoint: After each checkpoint of an export.
    """

    on_request: Hook | None = None
    on_response: Hook | None = None
    on_failure: Hook | None = None
    on_retry: Hook | None = None
    on_wait: Hook | None = None
    on_page: Hook | None = None
    on_checkpoint: Hook | None = None


class Stats:
    """What a client has done so far, in numbers.

    Attributes:
        calls: Calls whose first request left.
        attempts: Requests that left, those of logins included.
        retries: Attempts that were made again, by their cause.
        waited: Seconds of waiting, by what for: ``retry``, ``hold`` and ``pace`` as they were to be, ``login`` as they
            were.
        sent: Bytes of bodies that left.
        received: Bytes of bodies that came.
        rows: Rows of lists that came.
    """

    def __init__(self) -> None:
        self.after_fork()
        forks.renew(self)

    def after_fork(self) -> None:
        """Count anew in a child process."""
        self._lock = threading.Lock()
        self.calls: int = 0
        self.attempts: int = 0
        self.sent: int = 0
        self.received: int = 0
        self.rows: int = 0
        self.retries: dict[str, int] = {}
        self.waited: dict[str, float] = {}

    def left(self, size: int, calls: int) -> None:
        """Count an attempt, and with it the call that it is the first of."""
        with self._lock:
            self.calls += calls
            self.attempts += 1
            self.sent += size

    def stayed(self, size: int) -> None:
        """Take back the attempt that was counted last: it did not leave."""
        with self._lock:
            self.attempts -= 1
            self.sent -= size

    def came(self, size: int) -> None:
        """Count an answer."""
        with self._lock:
            self.received += size

    def retried(self, cause: str) -> None:
        """Count an attempt that is made again."""
        with self._lock:
            self.retries[cause] = self.retries.get(cause, 0) + 1

    def waits(self, cause: str, seconds: float) -> None:
        """Count a wait."""
        with self._lock:
            self.waited[cause] = self.waited.get(cause, 0.0) + seconds

    def listed(self, rows: int) -> None:
        """Count the rows of a page."""
        with self._lock:
            self.rows += rows

    def __repr__(self) -> str:
        return (
            f"<Stats calls={self.calls} attempts={self.attempts} retries={self.retries} waited={self.waited} "
            f"sent={self.sent} received={self.received} rows={self.rows}>"
        )


class Telling:
    """Tells the events of one client to whoever listens.

    Args:
        hooks: The caller's functions.
        suspends: Whether the client is awaited, so that functions may be too.

    Raises:
        ConfigurationError: A function of a blocking client is ``async def``, or ``hooks`` is something else.
    """

    def __init__(self, hooks: Hooks | None = None, *, suspends: bool = True) -> None:
        if hooks is not None and not isinstance(hooks, Hooks):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"hooks must be Hooks(on_request=...), not {type(hooks).__name__}"
            raise ConfigurationError(message)
        self._hooks: dict[str, Hook] = {}
        for name in Hooks.__struct_fields__:
            hook: Hook | None = getattr(hooks, name, None)
            if hook is not None:
                if not suspends and inspect.iscoroutinefunction(hook):
                    message = f"{name} is 'async def'; a blocking client calls plain functions"
                    raise ConfigurationError(message)
                self._hooks[name.removeprefix("on_")] = hook
        self.stats: Stats = Stats()

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._hooks) or log.isEnabledFor(logging.INFO)

    async def tell(self, event: Event) -> None:
        """Tell an event to the log and to the caller's function."""
        level = logging.INFO if event.kind == "retry" else logging.DEBUG
        if log.isEnabledFor(level):
            log.log(level, "%s", event.line())
        hook = self._hooks.get(event.kind)
        if hook is None:
            return
        try:
            result = hook(event)
            if inspect.isawaitable(result):
                await result
        except Exception:
            log.exception("the function on_%s failed", event.kind)

    async def page(self, path: str, rows: int) -> None:
        """Count and tell a page of a list."""
        self.stats.listed(rows)
        if self.heard:
            await self.tell(Event(kind="page", method="GET", path=path, rows=rows))

    async def checkpoint(self, path: str, rows: int) -> None:
        """Tell that so many rows of an export are safe."""
        if self.heard:
            await self.tell(Event(kind="checkpoint", path=path, rows=rows))
