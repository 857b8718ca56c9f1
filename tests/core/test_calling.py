"""One service, called two ways: driving coroutines, locks, and what a fork does to them."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from pagertree_async import forks
from pagertree_async.calling import Async, AsyncLock, AsyncSignal, Blocking, BlockingCrew, BlockingLock, drive
from tests.modes import Mode


async def _forty_two() -> int:
    return 42


def test_driving_gives_the_result() -> None:
    """What a coroutine returns is what driving it gives."""
    assert 42 == drive(_forty_two())


def test_driving_raises_what_the_coroutine_raises() -> None:
    """An error passes through as it is."""

    async def fails() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        drive(fails())


def test_suspension_in_blocking_mode_is_a_clear_error() -> None:
    """What needs an event loop says so, and the coroutine is closed."""
    cleaned: list[str] = []

    async def suspends() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            cleaned.append("closed")

    with pytest.raises(RuntimeError, match="suspended inside a blocking call: what it awaits needs an event loop"):
        drive(suspends())
    assert ["closed"] == cleaned


def test_driving_inside_a_running_loop() -> None:
    """A running event loop does not stand in the way of a blocking call."""

    async def main() -> int:
        return drive(_forty_two())

    assert 42 == asyncio.run(main())


def test_sleep_blocks_or_suspends(mode: Mode) -> None:
    """The seam's sleep waits in every mode."""
    kind: Any = Blocking if mode.blocking else Async

    async def scenario() -> float:
        begun = time.monotonic()
        await kind.sleep(0.02)
        return time.monotonic() - begun

    assert 0.015 <= mode.run(scenario) < 0.3


def test_running_hands_over_or_drives() -> None:
    """The async mode hands the coroutine back, the blocking one its result."""
    handed = Async.run(_forty_two())
    assert 42 == drive(handed)
    assert 42 == Blocking.run(_forty_two())


@pytest.mark.parametrize("seconds", [0.0, 0.02])
def test_waiting_for_a_lock_is_bounded(mode: Mode, seconds: float) -> None:
    """Who waits for a lock that is held gets False after the time given."""
    lock: Any = (Blocking if mode.blocking else Async).lock()

    async def scenario() -> tuple[bool, bool]:
        first = await lock.acquire(1.0)
        if mode.blocking:
            with ThreadPoolExecutor() as another:
                return first, another.submit(lambda: drive(lock.acquire(seconds))).result()
        results: list[bool] = []

        async def other() -> None:
            results.append(await lock.acquire(seconds))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(other)
        lock.release()
        return first, results[0]

    assert (True, False) == mode.run(scenario)


def test_a_released_lock_can_be_acquired_again(mode: Mode) -> None:
    """Release lets the next one in, with any bound, also an endless one."""
    lock: Any = (Blocking if mode.blocking else Async).lock()

    async def scenario() -> list[bool]:
        got = []
        for bound in (1.0, 1e12, float("inf")):
            got.append(await lock.acquire(bound))
            lock.release()
        return got

    assert [True, True, True] == mode.run(scenario)


def test_two_async_locks_are_two() -> None:
    """Holding one lock does not hold another in the same loop."""
    one, other = AsyncLock(), AsyncLock()

    async def scenario() -> bool:
        await one.acquire(1)
        return await other.acquire(0.05)

    assert asyncio.run(scenario())


def test_an_async_lock_belongs_to_one_loop() -> None:
    """A lock left held in a loop that ended is free in the next."""
    lock = AsyncLock()

    async def scenario() -> bool:
        return await lock.acquire(0.05)

    assert [True, True] == [asyncio.run(scenario()), anyio.run(scenario, backend="trio")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_process_starts_with_a_free_lock() -> None:
    """A lock that was held when the process forked is free in the child."""
    lock = BlockingLock()
    drive(lock.acquire(1))
    pid = os.fork()
    if not pid:
        os._exit(0 if drive(lock.acquire(0.1)) else 1)
    assert 0 == os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with ThreadPoolExecutor() as another:
        assert not another.submit(lambda: drive(lock.acquire(0.0))).result()
        assert (False, True) == (lock.locked(), another.submit(lock.locked).result())


class Interrupted:
    """A lock in whose acquiring a Ctrl-C comes: right after it, or after it was found that another thread has it."""

    def __init__(self, free: bool) -> None:
        self.free = free
        self.released = 0

    def acquire(self, blocking: bool) -> bool:
        raise KeyboardInterrupt

    def release(self) -> None:
        self.released += 1
        if not self.free:
            raise RuntimeError("cannot release un-acquired lock")


@pytest.mark.parametrize("free", [True, False])
def test_a_ctrl_c_while_a_lock_is_looked_at(free: bool) -> None:
    """It leaves the lock as it was, and comes through as a Ctrl-C."""
    lock, within = BlockingLock(), Interrupted(free)
    lock._lock, lock.release = within, within.release  # type: ignore[assignment] # it stands in for the lock of threads
    with pytest.raises(KeyboardInterrupt):
        lock.locked()
    assert 1 == within.released


def test_renewal_forgets_what_is_gone() -> None:
    """What was collected is not renewed, and what lives is renewed once."""
    renewed: list[str] = []

    class Thing:
        def __init__(self, name: str) -> None:
            self.name = name

        def after_fork(self) -> None:
            renewed.append(self.name)

    kept, gone = Thing("kept"), Thing("gone")
    forks.renew(kept)
    forks.renew(gone)
    del gone
    gc.collect()
    forks._in_child()
    assert ["kept"] == renewed


def _kind(mode: Mode) -> Any:
    return Blocking if mode.blocking else Async


def test_a_group_runs_work_together(mode: Mode) -> None:
    """As many as asked for are under way at once, and all have ended when the group has."""
    inside, most, ended = [0], [0], [0]

    async def work() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        await _kind(mode).sleep(0.03)
        inside[0] -= 1
        ended[0] += 1

    mode.run(_kind(mode).group, work, 5, lambda: None)
    assert ([5], [5]) == (most, ended)


def test_a_failure_ends_a_group(mode: Mode) -> None:
    """The first failure is raised as it is; those that sleep are woken, and the group says so before."""
    halts, slept, begun = [], [], [0]

    async def work() -> None:
        begun[0] += 1
        if begun[0] == 3:
            raise LookupError("gone")
        await _kind(mode).sleep(30)
        slept.append(1)

    before = time.monotonic()
    with pytest.raises(LookupError, match="gone"):
        mode.run(_kind(mode).group, work, 3, lambda: halts.append(1))
    assert ([1], []) == (halts, slept)
    assert time.monotonic() - before < 1


def test_a_sleep_in_a_group_ends_by_itself() -> None:
    """Unless the group ends, a thread of it sleeps as long as it was told."""
    slept: list[float] = []

    async def work() -> None:
        before = time.monotonic()
        await Blocking.sleep(0.02)
        slept.append(time.monotonic() - before)

    drive(Blocking.group(work, 2, lambda: None))
    assert [True, True] == [0.015 <= seconds < 0.3 for seconds in slept]


def test_an_interrupt_ends_a_group_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C halts the group, wakes those that sleep, waits for none that never began, and goes on as it is."""
    halts: list[int] = []
    begun = [0]
    real = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        begun[0] += 1
        if begun[0] == 3:
            raise KeyboardInterrupt
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)

    async def work() -> None:
        await Blocking.sleep(30)

    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        drive(Blocking.group(work, 4, lambda: halts.append(1)))
    assert [1] == halts
    assert time.monotonic() - before < 1


def test_a_shield_holds_off_cancellation() -> None:
    """What is awaited within comes to its end; in blocking mode there is nothing to hold off."""
    ended: list[int] = []

    async def scenario() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            with Async.shield():
                await anyio.sleep(0.01)
                ended.append(1)
            await anyio.sleep(1)
            ended.append(2)

    anyio.run(scenario)
    with Blocking.shield():
        ended.append(3)
    assert [1, 3] == ended


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_signal_reaches_everybody(backend: str) -> None:
    """Who waits, and who comes later, goes on once it has happened; who gave up waiting harms nobody."""
    told: list[str] = []

    async def scenario() -> None:
        signal = AsyncSignal()
        signal.set()
        await signal.wait()
        told.append("before")
        signal = AsyncSignal()

        async def wait(name: str) -> None:
            await signal.wait()
            told.append(name)

        async with anyio.create_task_group() as group:
            with anyio.move_on_after(0.01):
                await signal.wait()
            group.start_soon(wait, "one")
            group.start_soon(wait, "two")
            await anyio.wait_all_tasks_blocked()
            told.append("set")
            signal.set()
            signal.set()
        await wait("after")

    anyio.run(scenario, backend=backend)
    assert ["before", "set", "one", "two", "after"] == [*told[:2], *sorted(told[2:4]), *told[4:]]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_waiting_for_what_has_happened_lets_others_run(backend: str) -> None:
    """Who never has to wait still hands over to the other tasks, and can be cancelled."""
    turns: list[int] = []

    async def scenario() -> None:
        signal = AsyncSignal()
        signal.set()

        async def other() -> None:
            turns.append(1)

        async with anyio.create_task_group() as group:
            group.start_soon(other)
            while not turns:
                await signal.wait()
        with anyio.CancelScope() as scope:
            scope.cancel()
            for _ in range(3):
                await signal.wait()
            turns.append(2)

    anyio.run(scenario, backend=backend)
    assert [1] == turns


def test_threads_take_a_blocking_lock_in_turn() -> None:
    """Ten threads that add under the lock lose nothing."""
    lock, total = BlockingLock(), [0]

    def add() -> None:
        for _ in range(20):
            drive(lock.acquire(5))
            seen = total[0]
            time.sleep(0)
            total[0] = seen + 1
            lock.release()

    threads = [threading.Thread(target=add) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [200] == total


def test_a_crew_with_a_thread_that_was_never_started() -> None:
    """Where a Ctrl-C came before a thread was started, closing does not wait for it."""
    crew = BlockingCrew(None)
    crew._threads.add(threading.Thread())
    drive(crew.close())


def test_a_crew_does_not_outlast_a_signal_that_never_comes() -> None:
    """A thread that waits to be told, by somebody whom a Ctrl-C kept from it, ends with its crew."""
    crew, waits = BlockingCrew(None), threading.Event()

    async def work() -> None:
        waits.set()
        await Blocking.signal().wait()

    crew.start(work)
    assert waits.wait(10)
    time.sleep(0.25)  # it looks around now and then
    assert 1 == len(crew._threads)
    drive(crew.close())
    assert not crew._threads
