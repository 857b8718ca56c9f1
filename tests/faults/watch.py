"""What is watched while faults are played: the log for secrets, the machine for stalls, the process for what it holds."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio

STALLED = 0.1
"""A thread or task that slept for so many seconds longer than it was to is proof that nothing here was in time."""
PAUSE = 0.02


class Leaks(logging.Handler):
    """Keeps the log records that show a secret, and no others.

    Args:
        shows: Tells whether a text shows one.
    """

    def __init__(self, shows: Callable[[str], bool]) -> None:
        super().__init__(logging.DEBUG)
        self._shows = shows
        self.seen = 0
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a record: at its text and at what it was made of."""
        self.seen += 1
        text = f"{self.format(record)} {record.args!r}"
        if self._shows(text):
            self.found.append(f"{record.name}: {text}")


@contextmanager
def all_logs(handler: logging.Handler) -> Iterator[None]:
    """Have everything logged at the level of debugging, by everybody, and handed to ``handler``."""
    root = logging.getLogger()
    names = [None, "pagertree_async", "httpx", "httpcore", "httpx2", "httpcore2", "aiohttp", "anyio", "asyncio"]
    levels = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    root.addHandler(handler)
    for logger, _ in levels:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        for logger, level in levels:
            logger.setLevel(level)


class Lag:
    """The longest time that this process, or its event loop, was not let to run, in seconds.

    Attributes:
        worst: That time.
    """

    def __init__(self) -> None:
        self.worst = 0.0
        self._until = time.perf_counter() + PAUSE

    def woke(self) -> None:
        """Whoever sleeps for ``PAUSE`` again and again has woken up."""
        now = time.perf_counter()
        self.worst = max(self.worst, now - self._until)
        self._until = now + PAUSE

    async def of_the_loop(self) -> None:
        """Measure for how long a task that wants to run is not let to, until it is cancelled."""
        self._until = time.perf_counter() + PAUSE
        while True:
            await anyio.sleep(PAUSE)
            self.woke()


@contextmanager
def stalls() -> Iterator[Lag]:
    """Measure for how long a thread of this process that wants to run is not let to."""
    lag, over = Lag(), threading.Event()

    def look() -> None:
        while not over.wait(PAUSE):
            lag.woke()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lag
    finally:
        over.set()
        thread.join()


def descriptors() -> dict[str, str]:
    """The file descriptors that this process has open, and what they are; none where the system does not tell."""
    found: dict[str, str] = {}
    folder = Path("/proc/self/fd")
    for name in os.listdir(folder) if folder.is_dir() else ():
        try:
            found[name] = os.readlink(folder / name)
        except OSError:
            continue
    return found


def settled(count: Callable[[], int], wanted: int, seconds: float = 3.0) -> int:
    """What ``count`` comes down to when it is given a moment."""
    until = time.monotonic() + seconds
    while (found := count()) > wanted and time.monotonic() < until:
        gc.collect()
        time.sleep(0.01)
    return found


def peak(*, anew: bool = False) -> float:
    """The most memory that the process has had so far, or since it was last looked at ``anew``, in MiB; 0 if untold."""
    try:
        if anew:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    told: dict[str, Any] = dict(line.split(":", 1) for line in lines)
    return int(told["VmHWM"].split()[0]) / 1024
