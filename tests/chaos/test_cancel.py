"""Thousands of calls that are cancelled wherever they stand: nothing is left of them, and the client works on."""

from __future__ import annotations

import asyncio
import linecache
import random
import re
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from pagertree_async import AsyncPagerTree, FilePace, Login, Pace, PagerTree, PagerTreeError, RetryPolicy, Timeout
from pagertree_async.retry import RetryQuota
from pagertree_async.transports import by_name
from tests.chaos.amounts import FULL, SEED, number
from tests.chaos.proxy import FAULTS, FaultProxy
from tests.chaos.test_chaos import descriptors
from tests.modes import Mode, got, rows
from tests.reliability.conftest import Served

ASYNC = [
    ("asyncio", "httpx"),
    ("trio", "httpx"),
    ("asyncio", "httpx2"),
    ("trio", "httpx2"),
    ("asyncio", "aiohttp"),
    ("trio", "aiohttp"),
    ("asyncio", "pyreqwest"),
]
BLOCKING = ["httpx", "httpx2", "aiohttp", "portal:aiohttp", "portal:httpx", "portal:pyreqwest"]
TIMED = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers that interrupt")
CONNECTIONS = 10
TASKS = 25
TOTAL = 20
TIGHT, WIDE = 400, 2_000
"""Requests a second: at the first most calls are cancelled while they wait for their turn, at the other on their way."""
LEFT_OUT = frozenset(FAULTS) - {"delay", "drip", "reset after", "close before", "503", "silence", "429 at once"}
"""Faults that do not come here, so that most of the time is spent waiting for something."""


@contextmanager
def slow_proxy(served: Served) -> Iterator[FaultProxy]:
    """A way to the sandbox on which half of the requests take long or fail."""
    with FaultProxy(int(served.url.rpartition(":")[2]), seed=SEED, share=0.5, without=LEFT_OUT) as proxy:
        yield proxy


def settings(served: Served, url: str, pace: Pace | FilePace) -> dict[str, Any]:
    """What a client of these tests is given."""
    return {
        "auth": Login(served.sandbox.username, served.sandbox.password),
        "base_url": url,
        "timeout": Timeout(total=TOTAL, attempt=5, connect=3, read=2, pool=10),
        "retry": RetryPolicy(attempts=4, base=0.01, throttled_base=0.01),
        "rate_limiter": pace,
    }


def a_call(client: Any, chance: random.Random) -> Awaitable[Any]:
    """Something to be cancelled."""
    kind = chance.random()
    if kind < 0.5:
        return client.teams.list(limit=1).first()
    if kind < 0.7:
        return client.alerts.create(title="cancelled", destination_ids=["usr_1"])
    if kind < 0.8:
        return client.alerts.for_each(["alt_1", "alt_2", "alt_3"], "acknowledge", concurrency=2)
    if kind < 0.9:
        return rows(client.teams.list(limit=1))
    return all_at_once(client)


async def all_at_once(client: AsyncPagerTree) -> list[str]:
    """Every team, several pages at a time."""
    async with client.teams.list(limit=1).concurrently(4) as teams:
        return [team.id async for team in teams]


async def tolerated(call: Awaitable[Any]) -> None:
    """Await a call; what the network and the server do to it is of no interest here."""
    try:
        await call
    except PagerTreeError:
        pass


def tasks_alive() -> int:
    """How many tasks this event loop has."""
    if "trio" in sys.modules:
        import trio

        try:
            return trio.lowlevel.current_statistics().tasks_living
        except RuntimeError:
            pass
    return len(asyncio.all_tasks())


async def settled(count: Callable[[], int], wanted: int) -> int:
    """What a count comes to, with a little patience for what is just ending."""
    until = time.monotonic() + 3
    while count() > wanted and time.monotonic() < until:
        await anyio.sleep(0.01)
    return count()


def ahead(pace: Pace | FilePace) -> int:
    """How many slots of a pace lie ahead and were not given back: taken by nobody who is left."""
    now = time.monotonic()
    taken = (pace._schedule.due - max(now, pace._schedule.held_until)) * pace._limit.rate
    given_back = 0 if pace._freed._holds != pace.holds else sum(slot > now for slot in pace._freed._slots)
    return max(0, round(taken)) - given_back


def whole(transport: Any) -> dict[str, Any]:
    """The numbers of a transport that nobody uses."""
    pools = [pool for pool in transport._pools.values()]
    return {
        "free": [pool.free for pool in pools],
        "waiting": [len(pool.waiting) for pool in pools],
        "busy": [len(pool.lanes.busy) for pool in pools],
    }


NOTHING_LEFT = {"free": [CONNECTIONS], "waiting": [0], "busy": [0]}


async def works(client: AsyncPagerTree) -> int:
    """How many of twenty calls succeed."""
    return len([page for page in [await client.teams.list(limit=1).first() for _ in range(20)] if page.data])


@pytest.mark.parametrize("limiter", ["tight", "wide", "file"])
@pytest.mark.parametrize(("backend", "transport"), ASYNC)
def test_at_random_points(backend: str, transport: str, limiter: str, served: Served, tmp_path: Path) -> None:
    """5,000 cancellations; then 20 of 20 calls succeed, no connection or task is left, and all numbers are whole."""
    pytest.importorskip(transport)
    wanted = 5_000 if limiter == "wide" else number(5_000, 1_000)
    before = descriptors()

    async def scenario() -> int:
        cancelled, ended = [0], [0]
        rate = TIGHT if limiter == "tight" else WIDE
        pace = FilePace(tmp_path / "pace", rate, adapts=False) if limiter == "file" else Pace(rate, adapts=False)
        over = by_name(transport, blocking=False, max_connections=CONNECTIONS)

        async def victim(seed: int) -> None:
            chance = random.Random(f"{SEED} {seed}")
            while cancelled[0] < wanted:
                seconds = chance.expovariate(chance.choice((20, 200, 2000)))
                if backend == "asyncio" and chance.random() < 0.5:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(seconds):
                            await tolerated(a_call(client, chance))
                            ended[0] += 1
                            continue
                    cancelled[0] += 1
                else:
                    with anyio.move_on_after(seconds) as scope:
                        await tolerated(a_call(client, chance))
                        ended[0] += 1
                    cancelled[0] += scope.cancelled_caught
                if not cancelled[0] % 500:
                    served.sandbox.expire_tokens()

        with slow_proxy(served) as proxy:
            tasks = tasks_alive()
            client = AsyncPagerTree(transport=over, **settings(served, proxy.url, pace))
            async with anyio.create_task_group() as group:
                for one in range(TASKS):
                    group.start_soon(victim, one)
            proxy.healthy = True
            assert tasks == await settled(tasks_alive, tasks)
            assert NOTHING_LEFT == whole(over)
            assert 0 <= ahead(pace) <= 1
            assert 20 == await works(client)
            if transport != "pyreqwest":  # whose connections are its own affair
                idle = sum(len(pool.lanes.idle) for pool in over._pools.values())
                assert idle == await settled(lambda: proxy.open, idle)
            assert 0 <= client._session._quota.left <= RetryQuota.SIZE
            await client.aclose()
            assert tasks == await settled(tasks_alive, tasks)
        print(
            f"{backend} {transport} {limiter}: {cancelled[0]} cancelled, {ended[0]} ended, {client.stats.attempts} requests"
        )
        return cancelled[0]

    assert wanted <= anyio.run(scenario, backend=backend)
    assert descriptors() <= before + (8 if transport == "pyreqwest" else 2)


class Stepped:
    """Awaits something, and does something else when that suspends for the n-th time."""

    def __init__(self, work: Awaitable[Any], step: int, then: Callable[[], object]) -> None:
        self._work = work
        self._step = step
        self._then = then
        self.steps = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        inner, value, error = self._work.__await__(), None, None
        while True:
            try:
                given = inner.throw(error) if error is not None else inner.send(value)  # type: ignore[union-attr]
            except StopIteration as end:
                return end.value
            value = error = None
            self.steps += 1
            if self.steps == self._step:
                self._then()
            try:
                value = yield given
            except BaseException as thrown:
                error = thrown


@pytest.mark.parametrize(("backend", "transport"), ASYNC)
def test_at_every_await(backend: str, transport: str, served: Served) -> None:
    """A call is cancelled where it suspends first, where it suspends next, and so on to its end: with a login, with a
    fresh connection, with a used one.
    """
    pytest.importorskip(transport)

    async def scenario() -> list[int]:
        over = by_name(transport, blocking=False, max_connections=1)
        counts = []
        for fresh in ("login", "connection", "nothing"):
            client = AsyncPagerTree(transport=over, **settings(served, served.url, Pace(TIGHT, adapts=False)))
            await client.teams.list(limit=1).first()
            step, ended = 0, False
            while not ended and step < 200:
                step += 1
                if fresh == "login":
                    served.sandbox.expire_tokens()
                elif fresh == "connection":
                    for pool in over._pools.values():
                        pool.lanes.drop_idle()
                with anyio.CancelScope() as scope:
                    stepped = Stepped(client.teams.list(limit=1).first(), step, scope.cancel)
                    await stepped
                ended = stepped.steps < step
                assert {"free": [1], "waiting": [0], "busy": [0]} == whole(over)
            assert RetryQuota.SIZE == client._session._quota.left
            counts.append(step)
            assert 20 == await works(client)
        await client.aclose()
        return counts

    counts = anyio.run(scenario, backend=backend)
    assert all(1 < count < 200 for count in counts)


WAITS = re.compile(r"\.recv\(|\.select\(|waiter\.acquire\(|_told\.get\(|time\.sleep\(")
"""Where a thread waits for something: there nearly every Ctrl-C finds it."""


def waits(frame: Any) -> bool:
    """Whether this is code that waits."""
    return bool(WAITS.search(linecache.getline(frame.f_code.co_filename, frame.f_lineno or 0)))


@contextmanager
def interrupts(*, anywhere: bool) -> Iterator[Callable[[Callable[[], object], float], bool]]:
    """Makes calls that a Ctrl-C ends after so many seconds, where they wait, or wherever they stand; tells whether it did.

    Between two steps of Python's own code a Ctrl-C can leave a lock of the standard library locked; so that is not what
    the ordinary run of the tests does.
    """
    armed = [False]

    def handler(number: int, frame: object) -> None:
        if armed[0] and (anywhere or waits(frame)):
            raise KeyboardInterrupt
        if armed[0]:
            signal.setitimer(signal.ITIMER_REAL, 0.0003)

    def interrupted(call: Callable[[], object], seconds: float) -> bool:
        armed[0] = True
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            call()
        except KeyboardInterrupt:
            return True
        except RuntimeError as error:  # of the standard library's conditions, where a Ctrl-C comes within their wait
            assert isinstance(error.__context__, KeyboardInterrupt)
            return True
        finally:
            armed[0] = False
            signal.setitimer(signal.ITIMER_REAL, 0)
        return False

    before = signal.signal(signal.SIGALRM, handler)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGALRM, before)


def a_blocking_call(client: PagerTree, chance: random.Random) -> object:
    """Something to be interrupted."""
    kind = chance.random()
    try:
        if kind < 0.6:
            return client.teams.list(limit=1).first()
        if kind < 0.8:
            return client.alerts.create(title="interrupted", destination_ids=["usr_1"])
        if kind < 0.9:
            return client.alerts.for_each(["alt_1", "alt_2", "alt_3"], "acknowledge", concurrency=2)
        with client.teams.list(limit=1).concurrently(4) as teams:
            return list(teams)
    except PagerTreeError as error:
        return error


def alive() -> int:
    """How many threads run: a Ctrl-C can leave one in the list that was never started."""
    return sum(thread.is_alive() for thread in threading.enumerate())


def threads_at_work(allowed: int) -> int:
    """How many threads run, with patience for those whose call is under way: it ends within its total."""
    until = time.monotonic() + TOTAL + 5
    while alive() > allowed and time.monotonic() < until:
        time.sleep(0.01)
    return alive()


def standing() -> str:
    """Where the client's threads stand."""
    frames = sys._current_frames()
    idents = [thread.ident for thread in threading.enumerate() if thread.name == "pagertree_async"]
    return "\n".join("".join(traceback.format_stack(frames[ident])) for ident in idents if ident in frames)


def elsewhere(call: Callable[[], Any]) -> Any:
    """What a call returns to another thread."""
    returned: list[Any] = []
    thread = threading.Thread(target=lambda: returned.append(call()))
    thread.start()
    thread.join()
    return returned[0]


def interrupted_often(transport: str, served: Served, wanted: int, *, anywhere: bool) -> None:
    """Ctrl-C so many times; then nothing is left and everything works."""
    before, threads = descriptors(), alive()
    count, chance = 0, random.Random(SEED)
    over: Any = by_name(transport, blocking=True, max_connections=CONNECTIONS)
    pace = Pace(TIGHT, adapts=False)
    with slow_proxy(served) as proxy, PagerTree(transport=over, **settings(served, proxy.url, pace)) as client:
        with interrupts(anywhere=anywhere) as interrupted:
            while count < wanted:
                seconds = chance.expovariate(chance.choice((50, 500)))
                count += interrupted(lambda: a_blocking_call(client, chance), seconds)
                if not count % 50:
                    served.sandbox.expire_tokens()
        proxy.healthy = True
        expected = threads + 1 + transport.startswith("portal:")
        assert expected >= threads_at_work(expected), standing()
        locks = [client._session._quota._lock, pace._lock, over._lock]
        assert [False] * 4 == [*(lock.locked() for lock in locks), elsewhere(client._session._credentials._lock.locked)]
        assert 20 == sum(len(client.teams.list(limit=1).first().data) for _ in range(20))
        if transport.startswith("portal:"):
            assert NOTHING_LEFT == whole(over._open.transport)
        else:
            left = (over._free, len(over._waiting), len(over._lanes.busy), len(over._of_thread))
            assert (CONNECTIONS, 0, 0, 0) == left
    assert threads >= threads_at_work(threads), standing()
    assert descriptors() <= before + (8 if "pyreqwest" in transport else 2)
    print(f"blocking {transport}: {count} interrupted, {client.stats.attempts} requests")


@pytest.mark.parametrize(("backend", "transport"), [*ASYNC, *(("blocking", transport) for transport in BLOCKING)])
def test_closed_at_random_points(backend: str, transport: str, served: Served) -> None:
    """A client is closed while ten callers are at work, at a random moment: each is told, soon, and nothing is left."""
    pytest.importorskip(transport.removeprefix("portal:"))
    mode, chance = Mode(backend), random.Random(SEED)
    before, threads, ends, times = descriptors(), alive(), list[str](), number(500, 4)

    async def work(client: Any) -> None:
        while True:
            try:
                await got(client.teams.list(limit=1).first())
            except PagerTreeError as error:
                if client.closed:
                    ends.append(type(error).__name__)
                    return

    async def awaited(client: Any) -> None:
        with anyio.fail_after(15):
            async with anyio.create_task_group() as group:
                for _ in range(10):
                    group.start_soon(work, client)
                await anyio.sleep(chance.uniform(0, 0.05))
                await client.aclose()

    def called(client: Any) -> None:
        workers = [threading.Thread(target=mode.run, args=(work, client)) for _ in range(10)]
        for worker in workers:
            worker.start()
        time.sleep(chance.uniform(0, 0.05))
        client.close()
        for worker in workers:
            worker.join(15)
        assert [False] * 10 == [worker.is_alive() for worker in workers]

    with slow_proxy(served) as proxy:
        for _ in range(times):
            over: Any = by_name(transport, blocking=mode.blocking, max_connections=5)
            client = mode.client(transport=over, **settings(served, proxy.url, Pace(TIGHT, adapts=False)))
            if mode.blocking:
                called(client)
            else:
                anyio.run(awaited, client, backend=backend)
        assert threads + 1 >= threads_at_work(threads + 1), standing()
    assert 10 * times == len(ends)
    assert ends.count("ClientClosedError") > 5 * times
    assert set(ends) <= {
        "ClientClosedError",
        "ConnectionFailedError",
        "ConnectionLostError",
        "ResponseLostError",
        "ServerError",
        "RateLimitedError",
    }
    assert descriptors() <= before + (8 if "pyreqwest" in transport else 2)
    print(f"{backend} {transport}: {times} clients closed, {Counter(ends)}")


@TIMED
@pytest.mark.parametrize("transport", BLOCKING)
def test_ctrl_c_while_it_waits(transport: str, served: Served) -> None:
    """Ctrl-C again and again: no connection, thread or lock is left behind, and the client works on."""
    pytest.importorskip(transport.removeprefix("portal:"))
    interrupted_often(transport, served, number(5_000, 60), anywhere=False)


@TIMED
@pytest.mark.skipif(not FULL, reason="CHAOS=full has Ctrl-C also come between any two steps of Python's")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("transport", [name for name in BLOCKING if not name.startswith("portal:")])
def test_ctrl_c_at_random_points(transport: str, served: Served) -> None:
    """The same wherever it comes."""
    pytest.importorskip(transport)
    interrupted_often(transport, served, 5_000, anywhere=True)
