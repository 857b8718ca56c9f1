"""How many requests a second are let in."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from pagertree_async.sandbox.errors import Refusal


class RateLimit:
    """A token bucket: `burst` requests at once, then `rate` a second.

    Args:
        rate: Requests a second; None lets everything in.
        burst: Requests that may come at once; None takes one second's worth, and at least one.
        retry_after: Whether a refusal says how many seconds to wait.
        clock: Gives the time in seconds.

    Raises:
        ValueError: The rate is not positive, or the burst is below one.
    """

    def __init__(self, rate: float | None, burst: int | None, retry_after: bool, clock: Callable[[], float]) -> None:
        if rate is not None and rate <= 0:
            raise ValueError("rate must be above 0 requests a second, or None for no limit")
        if burst is not None and burst < 1:
            raise ValueError("burst must be at least 1 request, or None for one second's worth")
        self._rate = rate
        self._burst = float(burst if burst is not None else max(1.0, rate or 1.0))
        self._retry_after = retry_after
        self._clock = clock
        self._left = self._burst
        self._seen = clock()
        self.lock: threading.Lock = threading.Lock()

    def admit(self) -> None:
        """Let one request in.

        Raises:
            Refusal: 429, when too many have come too quickly.
        """
        if self._rate is None:
            return
        with self.lock:
            now = self._clock()
            # A clock set back must not take away what was there.
            self._left = min(self._burst, self._left + max(0.0, now - self._seen) * self._rate)
            self._seen = now
            if self._left >= 1:
                self._left -= 1
                return
            wait = (1 - self._left) / self._rate
        headers = {"retry-after": str(max(1, math.ceil(wait)))} if self._retry_after else {}
        raise Refusal(429, "Too many requests hit the API too quickly", headers=headers)
