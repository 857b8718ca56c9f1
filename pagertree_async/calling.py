"""One service, called two ways: awaited by async code, or run to its end by blocking code.

Every service is written once, as ``async def``. Whether a call suspends is decided at the bottom, by the transport and
by the mode's own ``sleep`` and ``lock``. When nothing below suspends, the first ``send(None)`` runs a coroutine to its
end: no event loop, no thread, and a Ctrl-C stops the call where it stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from pagertree_async import forks

if TYPE_CHECKING:
    import anyio
    from anyio.lowlevel import RunVar

R = TypeVar("R")


def drive(coroutine: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine that never suspends, and return its result.

    Args:
        coroutine: Awaits only what blocks, or nothing at all.

    Returns:
        What the coroutine returns.

    Raises:
        RuntimeError: The coroutine suspended: something below it needs an event loop.

    >>> async def double(number: int) -> int:
    ...     return number * 2
    >>> drive(double(21))
    42
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: R = done.value
        return result
    else:
        message = f"{coroutine!r} suspended inside a blocking call: what it awaits needs an event loop"
        raise RuntimeError(message)
    finally:
        coroutine.close()


class Lock(Protocol):
    """A lock that is waited for with a bound."""

    async def acquire(self, seconds: float) -> bool:
        """Wait for the lock for at most ``seconds``; tell whether it was acquired."""
        ...

    def release(self) -> None:
        """Let the next who waits have it."""
        ...


@lru_cache(maxsize=None)
def _locks_of_loop() -> RunVar[WeakKeyDictionary[AsyncLock, anyio.Lock]]:
    from anyio.lowlevel import RunVar

    return RunVar("pagertree_async locks")  # one for all: anyio before 4.11 tells such variables apart by name alone


class AsyncLock:
    """A lock for tasks, one in each event loop that it is used in."""

    def _here(self) -> anyio.Lock:
        import anyio

        locks = _locks_of_loop().get(None)
        if locks is None:
            locks = WeakKeyDictionary[AsyncLock, anyio.Lock]()
            _locks_of_loop().set(locks)
        return locks.setdefault(self, anyio.Lock())

    async def acquire(self, seconds: float) -> bool:
        """Wait for the lock for at most ``seconds``; tell whether it was acquired."""
        import anyio

        with anyio.move_on_after(seconds):
            await self._here().acquire()
            return True
        return False

    def release(self) -> None:
        """Let the next task that waits have it."""
        self._here().release()


class BlockingLock:
    """A lock for threads; a child process starts with a free one."""

    def __init__(self) -> None:
        self.after_fork()
        forks.renew(self)

    def after_fork(self) -> None:
        """Start afresh: whoever held the lock is not in this process."""
        self._lock = threading.Lock()

    async def acquire(self, seconds: float) -> bool:
        """Wait for the lock for at most ``seconds``; tell whether it was acquired."""
        return self._lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX))

    def release(self) -> None:
        """Let the next thread that waits have it."""
        self._lock.release()


class _Halted(BaseException):
    """The group that a thread belongs to must end."""


_of_thread = threading.local()


class Async:
    """The mode of a client that is awaited: calls hand back a coroutine, waiting suspends the task."""

    lock: type[Lock] = AsyncLock

    @staticmethod
    def run(coroutine: Coroutine[Any, Any, R]) -> Coroutine[Any, Any, R]:
        """Hand the coroutine to the caller, who awaits it."""
        return coroutine

    @staticmethod
    async def sleep(seconds: float) -> None:
        """Suspend the task for ``seconds``."""
        import anyio

        await anyio.sleep(seconds)

    @staticmethod
    def shield() -> AbstractContextManager[object]:
        """Let what is awaited within, and bounds itself, come to its end although the task is cancelled."""
        import anyio

        return anyio.CancelScope(shield=True)

    @staticmethod
    async def group(work: Callable[[], Coroutine[Any, Any, None]], count: int, halt: Callable[[], None]) -> None:
        """Run ``work`` in ``count`` tasks until all have ended; when it must end early, ``halt`` and cancel them."""
        import anyio

        failures: list[Exception] = []

        async def run() -> None:
            try:
                await work()
            except Exception as error:
                failures.append(error)
                halt()
                tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            for _ in range(count):
                tasks.start_soon(run)
        if failures:
            raise failures[0]


class Blocking:
    """The mode of a client that is called: calls return their result, waiting blocks the thread."""

    lock: type[Lock] = BlockingLock

    @staticmethod
    def run(coroutine: Coroutine[Any, Any, R]) -> R:
        """Run the coroutine to its end and return what it returns."""
        return drive(coroutine)

    @staticmethod
    async def sleep(seconds: float) -> None:
        """Block the thread for ``seconds``; in a thread of a group, not beyond the end of the group."""
        halted: threading.Event | None = getattr(_of_thread, "halted", None)
        if halted is None:
            time.sleep(seconds)
        elif halted.wait(min(seconds, threading.TIMEOUT_MAX)):
            raise _Halted

    @staticmethod
    def shield() -> AbstractContextManager[object]:
        """What blocks is not cancelled: this changes nothing."""
        return nullcontext()

    @staticmethod
    async def group(work: Callable[[], Coroutine[Any, Any, None]], count: int, halt: Callable[[], None]) -> None:
        """Run ``work`` in ``count`` threads until all have ended; when it must end early, ``halt`` and wake them.

        A request that has left is waited for, since its answer tells whether it was applied.
        """
        halted = threading.Event()
        failures: list[Exception] = []

        def stop() -> None:
            halt()
            halted.set()

        def run() -> None:
            _of_thread.halted = halted
            try:
                drive(work())
            except _Halted:
                pass
            except Exception as error:
                failures.append(error)
                stop()

        threads = [threading.Thread(target=run, name="pagertree_async", daemon=True) for _ in range(count)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except BaseException:
            stop()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
            raise
        if failures:
            raise failures[0]


Mode = TypeVar("Mode", bound=Async | Blocking)
"""Whether a client is awaited or called."""
