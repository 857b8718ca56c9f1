"""How fast requests may leave, and what a 429 does to all of them."""

from __future__ import annotations

import math
import threading
import time
from typing import Protocol

from pagertree_async import forks
from pagertree_async.errors import ConfigurationError


class RateLimiter(Protocol):
    """Decides when each request of a client may leave. Its methods never wait; the session does."""

    @property
    def paces(self) -> bool:
        """Whether a request may have to wait at all at this moment."""
        ...

    def reserve(self, within: float = math.inf) -> float:
        """Take the next free slot if it comes ``within`` so many seconds; tell in how many it does in any case."""
        ...

    def held(self) -> float:
        """For how many more seconds no request may leave, because the server asked to wait."""
        ...

    def hold(self, seconds: float) -> None:
        """Let no request leave for ``seconds``: the server said 429."""
        ...


def _at_least(value: object, least: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= least


class Pace:
    """A rate limiter in memory, for all the tasks and threads of one process.

    Slots are reserved by arithmetic (the generic cell rate algorithm): whoever comes gets a time of its own, in order,
    and nobody holds a lock while waiting. Without a rate only the server's own "wait" holds requests.

    Args:
        rate: Requests a second, or None for no limit.
        burst: How many may leave at once after a quiet time.

    Raises:
        ConfigurationError: ``rate`` or ``burst`` is not a number above zero.
    """

    def __init__(self, rate: float | None = None, burst: int = 1) -> None:
        if (rate is not None and not _at_least(rate, math.ulp(0.0))) or not _at_least(burst, 1):
            message = f"a pace needs a rate above zero and a burst of one at least, not {rate!r} and {burst!r}"
            raise ConfigurationError(message)
        self._interval = 1 / rate if rate else 0.0
        self._tolerance = self._interval * (burst - 1)
        self.after_fork()
        forks.renew(self)

    def after_fork(self) -> None:
        """Start afresh: the slots that were taken belong to the parent process."""
        self._lock = threading.Lock()
        self._due = 0.0
        self._held_until = 0.0

    @property
    def paces(self) -> bool:
        """Whether a request may have to wait at all at this moment."""
        return bool(self._interval or self._held_until)

    def reserve(self, within: float = math.inf) -> float:
        """Take the next free slot if it comes ``within`` so many seconds; tell in how many it does in any case."""
        if not self._interval:
            return 0.0
        with self._lock:
            now = time.monotonic()
            due = max(now, self._due)
            wait = due - self._tolerance - now
            if wait <= within:
                self._due = due + self._interval
        return max(0.0, wait)

    def held(self) -> float:
        """For how many more seconds no request may leave, because the server asked to wait."""
        until = self._held_until
        left = until - time.monotonic()
        if left > 0.0:
            return left
        with self._lock:
            if self._held_until == until:
                self._held_until = 0.0
        return 0.0

    def hold(self, seconds: float) -> None:
        """Let no request leave for ``seconds``: the server said 429."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
