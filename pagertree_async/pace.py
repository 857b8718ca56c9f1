"""How fast requests may leave, and what a 429 does to all of them."""

from __future__ import annotations

import heapq
import math
import threading
import time
from typing import Protocol

import msgspec

from pagertree_async import forks
from pagertree_async.errors import ConfigurationError

FIRST_RATE = 20.0
"""Requests a second right after the first 429, where nothing is known of the limit; found out from there, quickly."""
DOUBLES = 0.7
"""In so many seconds the rate doubles while the limit is being found out."""
LESS = 0.95
"""What a 429 leaves of the rate that it came at."""
MUCH_LESS = 0.85
"""The same when it came soon after another: the limit is further below."""
SOON = 5.0
RECOVERY = 40.0
"""In how many seconds of use the rate is back where the last 429 came: most of the way early, the rest in small steps."""
RECOVERY_REQUESTS = 100
"""The same in requests, where that is longer."""
SHORTEST_HOLD = 0.05
"""429s to requests that left together count once; they come within this many seconds, or while all are held."""
FASTEST = 1e6


class RateLimiter(Protocol):
    """Decides when each request of a client may leave. Its methods never wait; the session does."""

    @property
    def paces(self) -> bool:
        """Whether a request may have to wait at all at this moment."""
        ...

    @property
    def holds(self) -> int:
        """How often all were held so far: a slot that was taken before the last time is taken anew."""
        ...

    def reserve(self, within: float = math.inf) -> float:
        """Take the next free slot if it comes ``within`` so many seconds; tell in how many it does in any case."""
        ...

    def give_back(self, seconds: float) -> None:
        """A slot that was taken, and comes in ``seconds``, is not going to be used."""
        ...

    def held(self) -> float:
        """For how many more seconds no request may leave, because the server asked to wait."""
        ...

    def hold(self, seconds: float) -> None:
        """Let no request leave for ``seconds``: the server said 429."""
        ...


def _at_least(value: object, least: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= least


class Limit(msgspec.Struct, frozen=True):
    """What a pace was given.

    Attributes:
        rate: Requests a second, 0 where that is not known.
        burst: How many may leave at once after a quiet time.
        adapts: Whether a 429 lowers the rate, to be recovered in small steps.

    Raises:
        ConfigurationError: ``rate`` is below zero, or ``burst`` below one, or one of them no number.
    """

    rate: float
    burst: int
    adapts: bool

    @classmethod
    def of(cls, rate: float | None, burst: int, *, adapts: bool) -> Limit:
        """A limit of what a caller gave."""
        if (rate is not None and not _at_least(rate, math.ulp(0.0))) or not _at_least(burst, 1):
            message = f"a pace needs a rate above zero and a burst of one at least, not {rate!r} and {burst!r}"
            raise ConfigurationError(message)
        return cls(rate or 0.0, burst, adapts)

    @property
    def tolerance(self) -> float:
        """How many seconds before its time a slot may be used, after a quiet time."""
        return (self.burst - 1) / self.rate if self.rate else 0.0


class Schedule(msgspec.Struct):
    """When the next slot comes, and at what rate: numbers, to be kept in memory or in a file.

    After a 429 the rate is a function of the time in use since then: steep at first, flat around the rate at which
    the 429 came, and steeper again beyond. Where no limit was known, it doubles until the second 429.

    Attributes:
        due: When the next slot comes, on the clock of ``time.monotonic``.
        held_until: Until when all are held.
        holds: How often they were.
        base: The rate right after the last 429, 0 before the first.
        top: The rate at which that one came, 0 where it was not known.
        used: For how many seconds slots have been waited for since.
    """

    due: float = 0.0
    held_until: float = 0.0
    holds: int = 0
    base: float = 0.0
    top: float = 0.0
    used: float = 0.0

    def rate(self, limit: Limit, used: float) -> float:
        """Requests a second after so much use, 0 for as many as there are."""
        if not self.base:
            return limit.rate
        if self.top:
            recovery = max(RECOVERY, RECOVERY_REQUESTS / self.top)
            rate = self.top - (self.top - self.base) * (1 - used / recovery) ** 3
        else:
            rate = self.base * 2 ** min(used / DOUBLES, 30.0)
        return min(rate, limit.rate or FASTEST)

    def take(self, now: float, within: float, limit: Limit) -> float:
        """Take the next slot if it comes ``within`` so many seconds; tell in how many it does in any case."""
        rate = self.rate(limit, self.used)
        if not rate:
            return 0.0
        waited_for = self.due > now
        due = max(now, self.due)
        wait = due - limit.tolerance - now
        if wait <= within:
            self.due = due + 1 / rate
            if waited_for and self.base:
                self.used += 1 / rate
        return max(0.0, wait)

    def hold(self, now: float, seconds: float, limit: Limit) -> None:
        """Let no slot come for ``seconds``, and fewer from then on."""
        if limit.adapts and now >= self.held_until:
            self._slow(max(0.0, self.used - max(0.0, self.due - now)), limit)
        self.held_until = max(self.held_until, now + max(seconds, SHORTEST_HOLD if limit.adapts else 0.0))
        self.due = max(self.held_until, now + limit.tolerance)  # what was taken is taken anew: see ``holds``
        self.holds += 1

    def _slow(self, used: float, limit: Limit) -> None:
        rate = self.rate(limit, used)
        if not rate:
            self.base, self.top = FIRST_RATE, 0.0
        elif self.base and not self.top:
            self.base, self.top = rate / 2, rate
        else:
            self.base, self.top = rate * (MUCH_LESS if self.base and used < SOON else LESS), rate
        self.used = 0.0


class Freed:
    """Slots that were given back, to be taken by the next who asks."""

    __slots__ = ("_holds", "_slots")

    def __init__(self) -> None:
        self._slots: list[float] = []
        self._holds = 0

    def put(self, slot: float, schedule: Schedule) -> None:
        """Keep a slot, unless its time is over."""
        self._current(schedule)
        heapq.heappush(self._slots, slot)

    def take(self, now: float, within: float, schedule: Schedule) -> float | None:
        """The wait until the earliest slot that is still to come, None where none comes in time."""
        if not self._slots:
            return None
        self._current(schedule)
        while self._slots and self._slots[0] < now:
            heapq.heappop(self._slots)
        if self._slots and self._slots[0] - now <= within:
            return heapq.heappop(self._slots) - now
        return None

    def _current(self, schedule: Schedule) -> None:
        if self._holds != schedule.holds:
            self._holds = schedule.holds
            self._slots.clear()


class Pace:
    """A rate limiter in memory, for all the tasks and threads of one process, and for several clients when given to each.

    Slots are reserved by arithmetic (the generic cell rate algorithm): whoever comes gets a time of its own, in order,
    and nobody holds a lock while waiting. Without a rate nothing waits until the server says 429 for the first time;
    from then on the rate follows what the server allows.

    Args:
        rate: Requests a second, or None where the limit is not known.
        burst: How many may leave at once after a quiet time.
        adapts: Whether a 429 lowers the rate, to be recovered in small steps; otherwise it only holds all requests.

    Raises:
        ConfigurationError: ``rate`` or ``burst`` is not a number above zero.
    """

    def __init__(self, rate: float | None = None, burst: int = 1, *, adapts: bool = True) -> None:
        self._limit = Limit.of(rate, burst, adapts=adapts)
        self.after_fork()
        forks.renew(self)

    def after_fork(self) -> None:
        """Start afresh: the slots that were taken belong to the parent process."""
        self._lock = threading.Lock()
        self._schedule = Schedule()
        self._freed = Freed()

    @property
    def paces(self) -> bool:
        """Whether a request may have to wait at all at this moment."""
        return bool(self._limit.rate or self._schedule.base or self._schedule.held_until)

    @property
    def holds(self) -> int:
        """How often all were held so far."""
        return self._schedule.holds

    @property
    def rate(self) -> float | None:
        """Requests a second at this moment, None for as many as there are."""
        with self._lock:
            return self._schedule.rate(self._limit, self._schedule.used) or None

    def reserve(self, within: float = math.inf) -> float:
        """Take the next free slot if it comes ``within`` so many seconds; tell in how many it does in any case."""
        with self._lock:
            now = time.monotonic()
            given_back = self._freed.take(now, within, self._schedule)
            return self._schedule.take(now, within, self._limit) if given_back is None else given_back

    def give_back(self, seconds: float) -> None:
        """A slot that was taken, and comes in ``seconds``, is not going to be used."""
        with self._lock:
            self._freed.put(time.monotonic() + seconds, self._schedule)

    def held(self) -> float:
        """For how many more seconds no request may leave, because the server asked to wait."""
        until = self._schedule.held_until
        if not until:
            return 0.0
        left = until - time.monotonic()
        if left > 0.0:
            return left
        with self._lock:
            if self._schedule.held_until == until:
                self._schedule.held_until = 0.0
        return 0.0

    def hold(self, seconds: float) -> None:
        """Let no request leave for ``seconds``: the server said 429."""
        with self._lock:
            self._schedule.hold(time.monotonic(), seconds, self._limit)
