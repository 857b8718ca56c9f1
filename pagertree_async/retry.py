"""Which failures are tried again, when, and how much of it: a page must go out, and must not go out twice."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from functools import partial
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, cast

import msgspec

from pagertree_async import forks
from pagertree_async.errors import (
    APIError,
    InvalidArgumentError,
    InvalidResponseError,
    PagerTreeError,
    ProxyError,
    RateLimitedError,
    Sent,
    TLSError,
    TransportError,
    UnexpectedRedirectError,
)

if TYPE_CHECKING:
    from tenacity import RetryCallState


class Safety(Enum):
    """What repeating an operation can do."""

    READ = "reads only"
    IDEMPOTENT = "leaves the same behind when done twice"
    STATE = "moves an object to a state; once there, again adds nothing"
    CREATE = "makes or notifies, and may do it twice"


REPEATABLE = frozenset({408, 425, 500, 502, 503, 504, *range(520, 525)})
"""Statuses after which whatever is safe to repeat is tried again."""


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a call is tried again; an immutable value, for a client or for one call.

    What may be repeated at all follows from the operation: an alert is not created a second time on the mere chance
    that the first request did not arrive.

    Args:
        attempts: How many requests a call may make in all; 1 never tries again.
        network_attempts: How many of them may end without an answer; None for no limit of its own.
        base: The first wait is up to this, in seconds; each further one up to ``factor`` times as much.
        throttled_base: The same after a 429 that does not say how long to wait.
        factor: How many times as long each further wait may be, 1 or more.
        cap: No wait is longer, in seconds.
        jitter: Which share of a wait is left to chance, 0 to 1.
        statuses: How often to try again after a status, over the API's own rules: ``{404: 2, 500: 0}``.
        creates: Statuses above 500 after which even a create is tried again, at the risk of doing it twice.
        max_retry_after: The longest "Retry-After" that is waited for, in seconds; a longer one ends the call at once.

    Raises:
        InvalidArgumentError: A value is out of range.

    >>> RetryPolicy(attempts=5, statuses={404: 2}).attempts
    5
    """

    attempts: int = 3
    network_attempts: int | None = None
    base: float = 0.1
    throttled_base: float = 1.0
    factor: float = 2.0
    cap: float = 10.0
    jitter: float = 1.0
    statuses: Mapping[int, int] = MappingProxyType({})
    creates: frozenset[int] = frozenset()
    max_retry_after: float = 60.0

    def __post_init__(self) -> None:
        fine = {
            "attempts": _whole(self.attempts, 1),
            "network_attempts": self.network_attempts is None or _whole(self.network_attempts, 1),
            "base": _number(self.base),
            "throttled_base": _number(self.throttled_base),
            "factor": _number(self.factor) and self.factor >= 1,
            "cap": _number(self.cap),
            "jitter": _number(self.jitter, 1.0),
            "statuses": _statuses(self.statuses) and _limits(self.statuses),
            "creates": _statuses(self.creates),
            "max_retry_after": _number(self.max_retry_after),
        }
        wrong = [f"{name}={getattr(self, name)!r}" for name in fine if not fine[name]]
        if wrong:
            message = f"retry: {', '.join(wrong)} out of range, or of the wrong type"
            raise InvalidArgumentError(message)
        msgspec.structs.force_setattr(self, "statuses", MappingProxyType(dict(self.statuses)))
        msgspec.structs.force_setattr(self, "creates", frozenset(self.creates))

    def __reduce__(self) -> tuple[Any, ...]:
        return _policy, (msgspec.structs.asdict(self) | {"statuses": dict(self.statuses)},)

    def __hash__(self) -> int:
        return hash((self.attempts, self.network_attempts, self.base, self.cap, tuple(sorted(self.statuses.items()))))


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _statuses(values: object) -> bool:
    many = cast("Iterable[object]", values) if isinstance(values, Mapping | AbstractSet | list | tuple) else (None,)
    return all(_whole(value, 100) for value in many)


def _limits(values: object) -> bool:
    limits = cast("Mapping[object, object]", values) if isinstance(values, Mapping) else {None: None}
    return all(_whole(value, 0) for value in limits.values())


def _number(value: object, most: float = 1e9) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _policy(fields: dict[str, Any]) -> RetryPolicy:
    return RetryPolicy(**fields)


def _tenacity() -> ModuleType:
    """The library that decides; a Ctrl-C while it is imported must not leave halves of it, on which the next call trips."""
    try:
        import tenacity
    except BaseException:
        for name in [name for name in sys.modules if name.partition(".")[0] == "tenacity"]:
            del sys.modules[name]
        raise
    return tenacity


class Attempts:
    """Decides, failure by failure, whether one call goes on; made when its first attempt has failed.

    Args:
        policy: What the caller allows.
        safety: What repeating the operation can do.
        until: When the call's time is over, on the clock of ``time.monotonic``.
    """

    def __init__(self, policy: RetryPolicy, safety: Safety, until: float) -> None:
        tenacity = _tenacity()
        self._policy = policy
        self._until = until
        self._network = 0
        self._statuses: dict[int, int] = {}
        self._malformed = 0
        waits = {
            base: tenacity.wait_exponential(base * (1 - policy.jitter), policy.cap * (1 - policy.jitter), policy.factor)
            + tenacity.wait_random_exponential(base * policy.jitter, policy.cap * policy.jitter, policy.factor)
            for base in (policy.base, policy.throttled_base)
        }
        self._waits = waits
        self._enough = tenacity.stop_after_attempt(policy.attempts)
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(partial(self._worth, safety)),
            stop=self._stop,
            wait=self._wait,
        )
        self._state: RetryCallState = tenacity.RetryCallState(self._retrying, None, (), {})

    def again(self, error: PagerTreeError) -> float | None:
        """In how many seconds to try again after ``error``, None when the call is to end with it."""
        state = self._state
        state.set_exception((type(error), error, None))
        if not self._retrying.retry(state):
            return None
        state.upcoming_sleep = self._retrying.wait(state)
        if self._retrying.stop(state):
            return None
        seconds = state.upcoming_sleep
        state.prepare_for_next_attempt()
        return seconds

    def _worth(self, safety: Safety, error: BaseException) -> bool:
        if isinstance(error, APIError):
            return self._status_worth(safety, error)
        if isinstance(error, InvalidResponseError):
            self._malformed += 1
            return error.malformed and safety is Safety.READ and self._malformed == 1
        if not isinstance(error, TransportError) or isinstance(error, TLSError):
            return False
        if isinstance(error, ProxyError) and error.status is not None and error.status < 500:
            return False
        self._network += 1
        if self._policy.network_attempts is not None and self._network >= self._policy.network_attempts:
            return False
        return error.sent is Sent.NO or safety is not Safety.CREATE

    def _status_worth(self, safety: Safety, error: APIError) -> bool:
        status = error.status
        so_far = self._statuses[status] = self._statuses.get(status, 0) + 1
        asked = retry_after(error.headers)
        if isinstance(error, UnexpectedRedirectError) or (asked is not None and asked > self._policy.max_retry_after):
            return False
        allowed = self._policy.creates
        unsure = status in REPEATABLE or status >= 500
        if safety is Safety.CREATE and unsure and (status not in allowed or (status == 503 and asked is None)):
            return False
        limit = self._policy.statuses.get(status)
        if limit is not None:
            return so_far <= limit
        return status == 429 or status in REPEATABLE or status in allowed

    def _wait(self, state: RetryCallState) -> float:
        outcome = state.outcome
        error = outcome.exception() if outcome is not None else None
        throttled = isinstance(error, RateLimitedError)
        wait = self._waits[self._policy.throttled_base if throttled else self._policy.base](state)
        asked = retry_after(error.headers) if isinstance(error, APIError) else None
        return wait if asked is None else max(wait, asked + 0.1 * wait)

    def _stop(self, state: RetryCallState) -> bool:
        return self._enough(state) or time.monotonic() + state.upcoming_sleep >= self._until


class RetryQuota:
    """How much a client tries again in all, so that an outage is not answered with thrice the load.

    A retry takes from it, a success gives back what its call took, or one when it took nothing. The numbers are those
    that AWS uses.
    """

    SIZE = 500
    RETRY = 14
    THROTTLED = 5

    def __init__(self) -> None:
        self.after_fork()
        forks.renew(self)

    def after_fork(self) -> None:
        """Start afresh in a child process."""
        self._lock = threading.Lock()
        self.left: int = self.SIZE

    def take(self, error: PagerTreeError) -> int:
        """Take what trying again after ``error`` costs; 0 when not enough is left."""
        cost = self.THROTTLED if isinstance(error, RateLimitedError) else self.RETRY
        with self._lock:
            if self.left < cost:
                return 0
            self.left -= cost
        return cost

    def give_back(self, taken: int) -> None:
        """After a success: what its call took, or one for a call that took nothing."""
        if taken or self.left < self.SIZE:
            with self._lock:
                self.left = min(self.SIZE, self.left + (taken or 1))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that ``Retry-After`` asks for; None when it is absent or not to be believed.

    A date is held against the answer's own ``Date``, so that a wrong clock on this machine does not matter.

    >>> retry_after({"retry-after": "30"})
    30.0
    >>> retry_after({"retry-after": "nan"}) is None
    True
    """
    value = headers.get("retry-after")
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value.strip(), re.ASCII):
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        until = parsedate_to_datetime(value)
        now = parsedate_to_datetime(headers["date"])
        return max(0.0, (until - now).total_seconds())
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
