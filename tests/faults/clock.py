"""A clock that can be stepped, in the place of the one that the client looks at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import SimpleNamespace
from unittest import mock

MODULES = ("auth", "http", "pace", "retry", "session")
"""What of the client looks at a clock to know when a call or a "wait" is over."""


class Clock:
    """Goes as the real one does, from where it was stepped to.

    Attributes:
        ahead: By how many seconds it is ahead of the real one.
    """

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        """What ``time.monotonic`` says, later by what it was stepped."""
        return time.monotonic() + self.ahead

    def step(self, seconds: float) -> None:
        """Let time pass at once."""
        self.ahead += seconds


@contextmanager
def stepped() -> Iterator[Clock]:
    """Have the client look at a clock that can be stepped."""
    clock = Clock()
    shown = SimpleNamespace(monotonic=clock.monotonic, sleep=time.sleep)
    patches = [
        mock.patch.object(module, "time", shown)
        for module in map(import_module, (f"pagertree_async.{name}" for name in MODULES))
        if hasattr(module, "time")
    ]
    with ExitStack() as patched:
        for patch in patches:
            patched.enter_context(patch)
        yield clock


@contextmanager
def wall_clock(seconds: float) -> Iterator[None]:
    """Have the machine's clock on the wall set forward, or back, for as long as this lasts."""
    real = time.time
    with mock.patch.object(time, "time", lambda: real() + seconds):
        yield
