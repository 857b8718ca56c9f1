"""A pace that the processes of one host share through a file."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import struct
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pagertree_async import forks
from pagertree_async.errors import ConfigurationError
from pagertree_async.pace import Freed, Limit, Schedule

LAYOUT = struct.Struct("<8sdddqddd")
"""What the file holds: a mark, when it was written, and the numbers of the schedule."""
MARK = b"pt-pace1"
PATIENCE = 1.0
"""For so many seconds the lock is waited for; whoever holds it needs it for microseconds, unless it was stopped."""

log: logging.Logger = logging.getLogger("pagertree_async")


class FilePace:
    """A rate limiter that all processes of one host share which name the same file and the same limit.

    Each request takes its slot from the file, under a lock that is held for microseconds; so all get their share in
    the order in which they ask, and a 429 to one of them holds them all. A file that cannot be used at some moment
    does not keep a request from leaving: its process paces itself until it can.

    Args:
        path: The file, made with mode 0600 when it is not there; on a disk of this host.
        rate: Requests a second for all processes together, or None where the limit is not known.
        burst: How many may leave at once after a quiet time.
        adapts: Whether a 429 lowers the rate, to be recovered in small steps; otherwise it only holds all requests.

    Raises:
        ConfigurationError: ``rate`` or ``burst`` is not a number above zero, the file is something else or cannot be
            opened, or this system has no such locks.
    """

    paces: bool = True

    def __init__(
        self, path: str | os.PathLike[str], rate: float | None = None, burst: int = 1, *, adapts: bool = True
    ) -> None:
        self._limit = Limit.of(rate, burst, adapts=adapts)
        self._path = Path(path)
        self._file: int | None = None
        self.after_fork()
        try:
            import fcntl
        except ImportError:
            message = "a pace cannot be shared through a file on this system: it has no fcntl"
            raise ConfigurationError(message, hint="Give each process a Pace with its part of the rate") from None
        self._flock, self._take, self._leave = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_UN
        try:
            self._open()
            self._read()
        except OSError as error:
            message = f"{self._path} cannot be used to share a pace: {error.strerror}"
            raise ConfigurationError(message) from None
        forks.renew(self)

    def after_fork(self) -> None:
        """Open the file anew: a lock would be shared with the parent process otherwise."""
        self._close()
        self._lock = threading.Lock()
        self._schedule = Schedule()
        self._freed = Freed()
        self._told = False

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            with contextlib.suppress(OSError):
                os.close(file)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._close()

    def _open(self) -> int:
        """The file, opened again when somebody has removed it."""
        if self._file is not None and os.fstat(self._file).st_nlink == 0:
            self._close()
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        return self._file

    def _read(self) -> None:
        """Take the numbers of the file, where it has any.

        Raises:
            ConfigurationError: The file is something else.
        """
        held = os.pread(self._open(), LAYOUT.size + 1, 0)
        if not held:
            return
        if len(held) != LAYOUT.size or not held.startswith(MARK):
            message = f"{self._path} is not a file of FilePace; it was left as it is"
            raise ConfigurationError(message)
        _, written, *numbers = LAYOUT.unpack(held)
        fresh = written <= time.monotonic()  # otherwise the machine was started anew since
        self._schedule = Schedule(*numbers) if fresh else Schedule()

    @contextmanager
    def _shared(self) -> Generator[Schedule]:
        """The numbers, for this thread of this process alone, written back afterwards."""
        with self._lock:
            try:
                file = self._open()
                self._wait_for(file)
            except OSError as error:
                self._alone(error)
                yield self._schedule
                return
            try:
                self._read()
                before = msgspec.structs.astuple(self._schedule)
                yield self._schedule
                numbers = msgspec.structs.astuple(self._schedule)
                if numbers != before:
                    os.pwrite(file, LAYOUT.pack(MARK, time.monotonic(), *numbers), 0)
            except OSError as error:
                self._alone(error)
            finally:
                self._flock(file, self._leave)

    def _wait_for(self, file: int) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._flock(file, self._take)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise
                time.sleep(0.0005)
            else:
                return

    def _alone(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            log.warning(
                "the pace cannot be shared through %s (%s); this process paces itself", self._path, error.strerror
            )

    @property
    def holds(self) -> int:
        """How often all were held so far."""
        with self._shared() as schedule:
            return schedule.holds

    @property
    def rate(self) -> float | None:
        """Requests a second at this moment for all processes together, None for as many as there are."""
        with self._shared() as schedule:
            return schedule.rate(self._limit, schedule.used) or None

    def reserve(self, within: float = math.inf) -> float:
        """Take the next free slot if it comes ``within`` so many seconds; tell in how many it does in any case."""
        with self._shared() as schedule:
            now = time.monotonic()
            given_back = self._freed.take(now, within, schedule)
            return schedule.take(now, within, self._limit) if given_back is None else given_back

    def give_back(self, seconds: float) -> None:
        """A slot that was taken, and comes in ``seconds``, is not going to be used; this process may use it."""
        with self._shared() as schedule:
            self._freed.put(time.monotonic() + seconds, schedule)

    def held(self) -> float:
        """For how many more seconds no request may leave, because the server asked to wait."""
        with self._shared() as schedule:
            return max(0.0, schedule.held_until - time.monotonic())

    def hold(self, seconds: float) -> None:
        """Let no request of any process leave for ``seconds``: the server said 429."""
        with self._shared() as schedule:
            schedule.hold(time.monotonic(), seconds, self._limit)
