"""A clock that tests move: what waits for it has waited at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib import import_module
from unittest import mock

from pagertree_async import calling
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.flags import Flag

PACED = ("filepace", "http", "pace", "retry", "session", "transports.asgi")
"""The modules that deal in moments until which a call waits or may last."""


class Clock:
    """Time as clients and the sandbox see it: it stands still until somebody waits, or until it is told to go on.

    While it is installed, the waits between attempts, those for a pace and those that a ``Retry-After`` asks for take
    no time, and are noted. The sockets of real transports, and ``datetime.now``, stay with the machine's own clock.

    Args:
        now: What it shows at first; left out, what the machine's own clock shows.

    Attributes:
        waits: How long each wait was, in seconds.

    Raises:
        InvalidArgumentError: ``now`` has no time zone.

    >>> clock = Clock(datetime(2026, 3, 1, 3, 0, tzinfo=UTC))
    >>> clock.advance(90)
    >>> clock.now.isoformat()
    '2026-03-01T03:01:30+00:00'
    """

    def __init__(self, now: datetime | None = None) -> None:
        start = datetime.now(UTC) if now is None else now
        if start.tzinfo is None:
            message = "now has no time zone: give an aware datetime, such as datetime(2026, 3, 1, tzinfo=UTC)"
            raise InvalidArgumentError(message)
        self._start = start.timestamp()
        self._start_monotonic = time.monotonic()
        self._passed = 0.0
        self._lock = threading.Lock()
        self.waits: list[float] = []

    @property
    def now(self) -> datetime:
        """What it shows, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """What it shows, in unix seconds."""
        return self._start + self._passed

    def monotonic(self) -> float:
        """Seconds from some moment, in the place of ``time.monotonic``."""
        return self._start_monotonic + self._passed

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass.

        Args:
            seconds: How many, 0 or more.

        Raises:
            InvalidArgumentError: It is below zero, or no number.
        """
        if not isinstance(seconds, int | float) or not 0 <= seconds < 1e12:  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"a clock goes on by a number of seconds of 0 or more, not {seconds!r}"
            raise InvalidArgumentError(message)
        with self._lock:
            self._passed += seconds

    def sleep(self, seconds: float) -> None:
        """In the place of ``time.sleep``: a pause between two looks at what another process holds stays one."""
        self.advance(seconds)
        time.sleep(seconds)

    def _begun(self, seconds: float) -> float:
        with self._lock:
            if seconds > 0:
                self.waits.append(seconds)
            return self._passed + max(0.0, seconds)

    def _ended(self, until: float) -> None:
        with self._lock:
            self._passed = max(self._passed, until)  # those who wait together wait as long as the longest

    @contextmanager
    def installed(self) -> Generator[Clock]:
        """Have every client in this process wait by this clock for as long as the block lasts."""

        async def suspended(seconds: float) -> None:
            from anyio.lowlevel import checkpoint

            until = self._begun(seconds)
            await checkpoint()
            self._ended(until)

        async def blocked(seconds: float) -> None:
            halted: Flag | None = getattr(calling._of_thread, "halted", None)  # pyright: ignore[reportPrivateUsage]
            if halted is not None and halted.is_set():
                raise calling._Halted  # pyright: ignore[reportPrivateUsage]
            self._ended(self._begun(seconds))

        with ExitStack() as patches:
            for name in PACED:
                module = import_module(f"pagertree_async.{name}")
                patches.enter_context(mock.patch.object(module, "time", self))
            patches.enter_context(mock.patch.object(calling.Async, "sleep", staticmethod(suspended)))
            patches.enter_context(mock.patch.object(calling.Blocking, "sleep", staticmethod(blocked)))
            yield self

    def __repr__(self) -> str:
        return f"<Clock {self.now:%Y-%m-%d %H:%M:%S}Z>"
