"""One service, called two ways: awaited by async code, or run to its end by blocking code.

Every service is written once, as ``async def``. Whether a call suspends is decided at the bottom, by the transport and
by the mode's own ``sleep`` and ``lock``. When nothing below suspends, the first ``send(None)`` runs a coroutine to its
end: no event loop, no thread, and a Ctrl-C stops the call where it stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Coroutine, Generator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from types import coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from pagertree_async import forks
from pagertree_async.flags import Flag

if TYPE_CHECKING:
    import asyncio

    import anyio
    from anyio.abc import TaskGroup
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

    def locked(self) -> bool:
        """Whether somebody has it."""
        ...

    def release(self) -> None:
        """Let the next who waits have it.

        Raises:
            RuntimeError: This task or thread has not got it.
        """
        ...


@cache
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

    def locked(self) -> bool:
        """Whether a task of this loop has it."""
        return self._here().locked()

    def release(self) -> None:
        """Let the next task that waits have it."""
        self._here().release()


class BlockingLock:
    """A lock for threads; a child process starts with a free one.

    Attributes:
        release: Lets the next thread that waits have it. It is one step to Python, before which no Ctrl-C can come.
    """

    def __init__(self) -> None:
        self.after_fork()
        forks.renew(self)

    def after_fork(self) -> None:
        """Start afresh: whoever held the lock is not in this process."""
        self._lock = threading.RLock()
        self.release: Callable[[], None] = self._lock.release

    async def acquire(self, seconds: float) -> bool:
        """Wait for the lock for at most ``seconds``; tell whether it was acquired."""
        return self._lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX))

    def locked(self) -> bool:
        """Whether another thread has it."""
        free = True
        try:
            free = self._lock.acquire(blocking=False)
        finally:
            try:  # a Ctrl-C may have come as soon as the lock was acquired
                if free:
                    self.release()
            except RuntimeError:  # it was not
                pass
        return not free


class _Halted(BaseException):
    """The group that a thread belongs to must end."""


_of_thread = threading.local()


class Signal(Protocol):
    """Something that happens once, and can be waited for."""

    def set(self) -> None:
        """Let everybody know that it has happened."""
        ...

    async def wait(self) -> None:
        """Wait until it has happened."""
        ...


def _asyncio_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of asyncio that this runs in, None in one of trio."""
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@coroutine
def _next_turn() -> Generator[None]:
    """Let the other tasks of asyncio have their turn."""
    yield


class AsyncSignal:
    """Something that happens once, for tasks of one event loop.

    Under asyncio a future tells of it: an event that suits every loop takes longer than all else that handing on a
    page takes.
    """

    def __init__(self) -> None:
        self._happened = False
        self._waiting: list[asyncio.Future[None]] = []
        self._event: anyio.Event | None = None

    def set(self) -> None:
        """Let everybody know that it has happened."""
        self._happened = True
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        if self._event is not None:
            self._event.set()

    async def wait(self) -> None:
        """Suspend the task until it has happened, and for a turn in any case: others may have something to do."""
        loop = _asyncio_loop()
        if loop is None:
            await self._wait_for_event()
        elif self._happened:
            await _next_turn()
        else:
            waiting = loop.create_future()
            self._waiting.append(waiting)
            await waiting

    async def _wait_for_event(self) -> None:
        import anyio

        if self._event is None:
            self._event = anyio.Event()
        if self._happened:
            self._event.set()
        await self._event.wait()


class BlockingSignal:
    """Something that happens once, for threads."""

    def __init__(self) -> None:
        self._event = Flag()

    def set(self) -> None:
        """Let everybody know that it has happened."""
        self._event.set()

    async def wait(self) -> None:
        """Block the thread until it has happened, waking now and then for a Ctrl-C that came to another thread.

        A thread of a crew waits no longer than there is one: a Ctrl-C may have kept whoever was to tell it from that.
        """
        halted: Flag | None = getattr(_of_thread, "halted", None)
        while not self._event.wait(0.1):
            if halted is not None and halted.is_set():
                raise _Halted


Work = Callable[[], Coroutine[Any, Any, None]]
Cut = Callable[[Collection[int]], None]
"""Ends the requests of threads, which are told by their idents."""


class Crew(Protocol):
    """Several at work beside the caller, none of whom outlives the crew; work that fails tells so by itself."""

    async def open(self) -> None:
        """Begin, where the crew is opened and closed by one and the same task."""
        ...

    def start(self, work: Work) -> None:
        """Have one more at work."""
        ...

    async def close(self) -> None:
        """End all that are still at work."""
        ...


class AsyncCrew:
    """Tasks of one task group."""

    def __init__(self, cut: Cut | None) -> None:
        del cut  # a task is cancelled, with all that it waits for
        self._tasks: TaskGroup | None = None

    async def open(self) -> None:
        """Open the task group."""
        import anyio

        tasks = anyio.create_task_group()
        await tasks.__aenter__()
        self._tasks = tasks

    def start(self, work: Work) -> None:
        """Start a task."""
        assert self._tasks is not None, "a crew is opened before it works"
        self._tasks.start_soon(work)

    async def close(self) -> None:
        """Cancel all tasks and wait for their end."""
        assert self._tasks is not None, "a crew is closed after it was opened"
        self._tasks.cancel_scope.cancel()
        await self._tasks.__aexit__(None, None, None)


class BlockingCrew:
    """Threads.

    Args:
        cut: Ends what the threads of the crew wait for, where that can be done.
    """

    PATIENCE = 0.9
    """How long closing waits for threads that nothing can cut short, in seconds: a name look-up is the system's."""

    def __init__(self, cut: Cut | None) -> None:
        self._cut = cut
        self._halted = Flag()
        self._threads: set[threading.Thread] = set()

    async def open(self) -> None:
        """Nothing is to be done before the first thread."""

    def start(self, work: Work) -> None:
        """Start a thread."""

        def run() -> None:
            _of_thread.halted = self._halted
            try:
                if not self._halted.is_set():
                    drive(work())
            except _Halted:
                pass
            finally:
                self._threads.discard(thread)

        thread = threading.Thread(target=run, name="pagertree_async", daemon=True)
        self._threads.add(thread)
        try:
            thread.start()
        except BaseException:
            self._threads.discard(thread)
            raise

    async def close(self) -> None:
        """Cut short what the threads wait for, and wait for their end."""
        self._halted.set()
        wind_up(self._threads, self._cut, self.PATIENCE)


def wind_up(threads: Collection[threading.Thread], cut: Cut | None, patience: float) -> None:
    """Cut short what threads wait for until they have ended, or patience has.

    Args:
        threads: Those that are at work, each of which leaves by itself; a Ctrl-C may have come before one was started.
        cut: Ends what they wait for, where that can be done.
        patience: How long that is done, in seconds.
    """
    begun = [thread for thread in list(threads) if thread.ident is not None]
    until = time.monotonic() + patience
    while (left := [thread for thread in begun if thread in threads]) and time.monotonic() < until:
        if cut is not None:
            cut([thread.ident for thread in left if thread.ident is not None])
        left[0].join(0.02)
    for thread in begun:
        if thread not in left:
            thread.join(0.02)  # it is at its very end


class Async:
    """The mode of a client that is awaited: calls hand back a coroutine, waiting suspends the task."""

    lock: type[Lock] = AsyncLock
    signal: type[Signal] = AsyncSignal
    crew: Callable[[Cut | None], Crew] = AsyncCrew

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
    async def group(work: Work, count: int, halt: Callable[[], None], cut: Cut | None = None) -> None:
        """Run ``work`` in ``count`` tasks until all have ended; when it must end early, ``halt`` and cancel them."""
        import anyio

        del cut  # a task is cancelled, with all that it waits for
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
    signal: type[Signal] = BlockingSignal
    crew: Callable[[Cut | None], Crew] = BlockingCrew

    @staticmethod
    def run(coroutine: Coroutine[Any, Any, R]) -> R:
        """Run the coroutine to its end and return what it returns."""
        return drive(coroutine)

    @staticmethod
    async def sleep(seconds: float) -> None:
        """Block the thread for ``seconds``; in a thread of a group, not beyond the end of the group."""
        halted: Flag | None = getattr(_of_thread, "halted", None)
        if halted is None:
            time.sleep(seconds)  # noqa: ASYNC251 - to block is what this mode is for
        elif halted.wait(min(seconds, threading.TIMEOUT_MAX)):
            raise _Halted

    @staticmethod
    def shield() -> AbstractContextManager[object]:
        """What blocks is not cancelled: this changes nothing."""
        return nullcontext()

    @staticmethod
    async def group(work: Work, count: int, halt: Callable[[], None], cut: Cut | None = None) -> None:
        """Run ``work`` in ``count`` threads until all have ended; when it must end early, ``halt`` and wake them.

        When one fails, the requests of the others that have left are waited for, since their answers tell whether they
        were applied. Interrupted, there is nobody to tell: they are cut short.
        """
        halted, ended = Flag(), Flag()
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
            finally:
                at_work.discard(threading.current_thread())
                if not at_work:
                    ended.set()

        threads = [threading.Thread(target=run, name="pagertree_async", daemon=True) for _ in range(count)]
        at_work = set(threads)
        try:
            for thread in threads:
                thread.start()
            while at_work:  # a join that is interrupted takes the thread for ended
                ended.wait(0.1)
            for thread in threads:
                thread.join()
        except BaseException:
            stop()
            wind_up(at_work, cut, BlockingCrew.PATIENCE)
            raise
        if failures:
            raise failures[0]


Mode = TypeVar("Mode", bound=Async | Blocking)
"""Whether a client is awaited or called."""
