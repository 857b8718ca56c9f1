"""What happens to connections when requests are many, cancelled, forked, or closed upon."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Any
from weakref import ref

import anyio
import pytest

from pagertree_async.errors import (
    ClientClosedError,
    ConnectionFailedError,
    ConnectionLostError,
    PagerTreeError,
    PoolTimeoutError,
    Sent,
)
from pagertree_async.flags import Flag
from pagertree_async.transports import HTTPXTransport, _pools
from pagertree_async.transports._pools import AsyncPool
from tests.rawserver import Connection, RawRequest, RawServer, after, black_hole, echo, hang, json_answer, refusing_port
from tests.transports.drivers import Shipped, get, request

OK = json_answer({"fine": True})


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.anyio
@pytest.mark.parametrize("size", [3, 10])
async def test_cancelled_at_any_moment(lanes: Shipped, anyio_backend: str, size: int) -> None:
    """After a thousand requests cancelled at random moments, the next twenty all succeed and nothing is left over."""
    rng = random.Random(7)
    with RawServer(after(0.002, echo)) as server:
        transport = lanes.make("asyncio", max_connections=size)
        await transport.send(get(server.url))
        before = descriptors()
        ended = []

        async def one(seconds: float) -> None:
            with anyio.move_on_after(seconds):
                await transport.send(get(f"{server.url}/{seconds}"))
            ended.append(seconds)

        for _ in range(20):
            async with anyio.create_task_group() as group:
                for _ in range(50):
                    group.start_soon(one, rng.choice([0, rng.uniform(0, 0.004), rng.uniform(0, 0.03), 5]))
                await anyio.sleep(rng.uniform(0, 0.03))
                if rng.random() < 0.3:
                    group.cancel_scope.cancel()
        assert len(ended) > 500
        targets = [(await transport.send(get(f"{server.url}/{number}"))).json()["target"] for number in range(20)]
        assert [f"/{number}" for number in range(20)] == targets
        await transport.aclose()
        assert 0 == server.wait_until_idle()
        assert descriptors() <= before


def test_tasks_cancelled_by_asyncio(lanes: Shipped) -> None:
    """Tasks that are cancelled the way of asyncio, even twice, leave nothing behind."""

    async def main(url: str) -> list[int]:
        transport = lanes.make("asyncio", max_connections=5)
        for _ in range(20):
            tasks = [asyncio.create_task(transport.send(get(url))) for _ in range(20)]
            await asyncio.sleep(random.uniform(0, 0.01))
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert 1 == len(asyncio.all_tasks())
        statuses = [(await transport.send(get(url))).status for _ in range(20)]
        await transport.aclose()
        return statuses

    with RawServer(after(0.001, echo)) as server:
        assert [200] * 20 == asyncio.run(main(server.url))
        assert 0 == server.wait_until_idle()


@pytest.mark.anyio
async def test_first_come_first_served(lanes: Shipped, anyio_backend: str) -> None:
    """Tasks get a connection in the order in which they asked for one."""
    with RawServer(after(0.005, echo)) as server:
        transport = lanes.make("asyncio", max_connections=1)
        order = []

        async def one(number: int) -> None:
            await transport.send(get(server.url))
            order.append(number)

        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(one, number)
                await anyio.lowlevel.checkpoint()
                await anyio.sleep(0.001)
        assert list(range(10)) == order
        assert 1 == server.connections
        await transport.aclose()


def test_first_come_first_served_by_threads() -> None:
    """Threads get a connection in the order in which they asked for one."""
    with RawServer(after(0.02, echo)) as server:
        transport = HTTPXTransport(max_connections=1)
        order = []

        def one(number: int) -> None:
            transport.send(get(server.url))
            order.append(number)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
            time.sleep(0.005)
        for thread in threads:
            thread.join()
        assert list(range(6)) == order
        assert 1 == server.connections
        transport.close()


def test_no_connection_free(make_driver: Any) -> None:
    """A request that gets no connection in time fails without being sent, and the others go on."""
    driver = make_driver(max_connections=2)
    gate = threading.Event()

    def gated(connection: Connection, asked: RawRequest) -> None:
        gate.wait(5)
        echo(connection, asked)

    with RawServer(gated) as server:
        first = [driver.start(get(server.url)) for _ in range(2)]
        while len(server.requests) < 2:
            time.sleep(0.005)
        with pytest.raises(PoolTimeoutError) as caught:
            driver.send(get(server.url, pool=0.1))
        assert Sent.NO == caught.value.sent
        assert "all 2 connections were in use for 0.1 s" in str(caught.value)
        with pytest.raises(PoolTimeoutError):
            driver.send(get(server.url, within=0.05))
        gate.set()
        futures = [*first, *(driver.start(get(server.url)) for _ in range(4))]
        assert [200] * 6 == [future.result(5).status for future in futures]
        assert 2 == server.connections


def test_two_origins(make_driver: Any) -> None:
    """Idle connections to one origin make room for those to another."""
    driver = make_driver(max_connections=2)
    with RawServer(echo) as one, RawServer(echo) as other:
        for _ in range(3):
            futures = [driver.start(get(server.url)) for server in (one, one, other, other)]
            assert [200] * 4 == [future.result(5).status for future in futures]
        assert one.open + other.open <= 4
        driver.get(one.url)
        driver.get(other.url)
        driver.get(one.url)
        time.sleep(0.05)
        assert one.open + other.open <= 2


def test_keepalive(make_driver: Any) -> None:
    """A connection that was idle for longer than it is kept is closed when the next request comes."""
    driver = make_driver(keepalive=0.05)
    with RawServer(OK) as server:
        driver.get(server.url)
        time.sleep(0.1)
        driver.get(server.url)
        assert 2 == server.connections
        time.sleep(0.05)
        assert 1 == server.open


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("awaited", [True, False])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_fork(lanes: Shipped, awaited: bool, backend: str) -> None:
    """Parent and child, on a connection warmed before the fork, get each its own three hundred answers."""
    count = 300

    def calls(transport: Any, url: str, who: str) -> int:
        asked = [f"/{who}/{number}" for number in range(count)]

        async def awaits() -> list[str]:
            heard = [(await transport.send(get(url + path))).json()["target"] for path in asked]
            await transport.aclose()
            return heard

        if awaited:
            return sum(a == b for a, b in zip(asked, anyio.run(awaits, backend=backend), strict=True))
        return sum(path == transport.send(get(url + path)).json()["target"] for path in asked)

    async def warm(transport: Any, url: str) -> int:
        await transport.send(get(url))
        return fork_and_call(transport, url)

    def fork_and_call(transport: Any, url: str) -> int:
        child = os.fork()
        if not child:
            good = 1
            try:
                good = int(run_apart(lambda: calls(transport, url, "child")) != count)
            finally:
                os._exit(good)
        right = run_apart(lambda: calls(transport, url, "parent"))
        assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return right

    def run_apart(function: Any) -> int:
        results: list[int] = []
        thread = threading.Thread(target=lambda: results.append(function()))
        thread.start()
        thread.join()
        return results[0] if results else 0

    with RawServer(echo) as server:
        transport = lanes.make(backend if awaited else "blocking")
        if awaited:
            assert count == anyio.run(warm, transport, server.url, backend=backend)
        else:
            transport.send(get(server.url))
            assert count == fork_and_call(transport, server.url)
            transport.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_second_event_loop(lanes: Shipped, backend: str) -> None:
    """A transport that was not closed works in the next event loop, and its old connections close quietly."""
    transport = lanes.make(backend)
    with RawServer(echo) as server:

        async def main() -> int:
            return (await transport.send(get(server.url))).status

        assert [200] * 3 == [anyio.run(main, backend=backend) for _ in range(3)]
        gc.collect()
        assert server.wait_until_idle(0.2) <= 1
        anyio.run(transport.aclose, backend=backend)
        with pytest.raises(ClientClosedError):
            anyio.run(main, backend=backend)


def test_two_event_loops_at_once(lanes: Shipped) -> None:
    """Closing a transport in one event loop closes what is idle in the other."""
    transport = lanes.make("asyncio")
    ready, closed = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    async def other(url: str) -> None:
        await transport.send(get(url))
        ready.set()
        await anyio.to_thread.run_sync(closed.wait)
        try:
            await transport.send(get(url))
        except PagerTreeError as error:
            errors.append(error)

    async def main() -> None:
        await transport.aclose()

    with RawServer(echo) as server:
        thread = threading.Thread(target=anyio.run, args=(other, server.url))
        thread.start()
        ready.wait(5)
        anyio.run(main)
        assert 0 == server.wait_until_idle()
        closed.set()
        thread.join(5)
        assert [ClientClosedError] == [type(error) for error in errors]


def test_dropped_without_closing(lanes: Shipped) -> None:
    """A transport that is forgotten closes its sockets quietly."""
    with RawServer(OK) as server:
        transport = lanes.make("blocking")
        transport.send(get(server.url))
        del transport
        gc.collect()
        assert 0 == server.wait_until_idle()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_close_wakes_who_waits(make_driver: Any, certificates: Any, scheme: str) -> None:
    """Closing from elsewhere ends the requests under way, and those that wait for a connection, at once."""
    driver = make_driver(max_connections=1, verify=certificates.path)
    with RawServer(hang, tls=certificates.good() if scheme == "https" else None) as server:
        reading = driver.start(get(server.url))
        time.sleep(0.08)
        waiting = driver.start(get(server.url))
        time.sleep(0.03)
        start = time.monotonic()
        driver.close()
        error = reading.exception(2)
        assert isinstance(error, ConnectionLostError)
        assert Sent.MAYBE == error.sent
        assert "the transport was closed" in str(error)
        assert isinstance(waiting.exception(2), ClientClosedError)
        assert time.monotonic() - start < 1
        assert 0 == server.wait_until_idle(0.5)


def test_cut(lanes: Shipped) -> None:
    """The requests of some threads can be ended without touching those of others."""
    transport = lanes.make("blocking")
    ends: list[object] = []

    def send() -> None:
        try:
            ends.append(transport.send(get(server.url)).status)
        except PagerTreeError as error:
            ends.append(type(error))

    with RawServer(after(0.4, echo)) as server:
        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        transport.cut([threads[0].ident or 0, 12345])
        for thread in threads:
            thread.join(2)
        assert [ConnectionLostError, 200] == ends
        transport.close()


def test_close_while_connecting(make_driver: Any) -> None:
    """Closing ends the wait for a connection too."""
    driver = make_driver()
    with black_hole() as url:
        connecting = driver.start(get(url))
        time.sleep(0.1)
        driver.close()
        error = connecting.exception(2)
    assert isinstance(error, ConnectionFailedError)
    assert Sent.NO == error.sent


def test_nothing_left(make_driver: Any) -> None:
    """Whatever requests end with, no file descriptor stays open."""
    with RawServer(echo) as server:
        before = descriptors()
        driver = make_driver(max_connections=4)
        driver.get(server.url)
        inside = descriptors()
        for number in range(50):
            driver.get(server.url)
            with pytest.raises(PagerTreeError):
                driver.get(f"http://127.0.0.1:{refusing_port()}/{number}")
        futures = [driver.start(get(server.url)) for _ in range(20)]
        assert [200] * 20 == [future.result(5).status for future in futures]
        assert descriptors() <= inside + 2 * 4
        driver.close()
        assert 0 == server.wait_until_idle()
        assert descriptors() <= inside
    assert before <= inside


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a thread are a matter of POSIX")
def test_interrupted(lanes: Shipped) -> None:
    """A Ctrl-C ends a blocking call where it stands, and the transport works afterwards."""
    transport = lanes.make("blocking")
    with RawServer(hang, OK) as server:
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            transport.send(get(server.url))
        assert time.monotonic() - start < 1
        assert 200 == transport.send(get(server.url)).status
        transport.close()
        assert 0 == server.wait_until_idle()


def test_interrupted_while_waiting() -> None:
    """A Ctrl-C while a connection is waited for loses nobody's turn."""
    transport = HTTPXTransport(max_connections=1)
    with RawServer(after(0.3, echo)) as server:
        other = threading.Thread(target=transport.send, args=(get(server.url),))
        other.start()
        time.sleep(0.05)
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            transport.send(get(server.url))
        assert 200 == transport.send(get(server.url)).status
        other.join()
        transport.close()


@pytest.mark.anyio
async def test_aclose_within_its_time(lanes: Shipped, anyio_backend: str) -> None:
    """Closing is quick also when servers hang in every stage."""
    with RawServer(hang) as silent, RawServer(greet=lambda each: each.wait_for_the_end()) as mute, black_hole() as hole:
        transport = lanes.make("asyncio")
        urls = [silent.url, mute.url.replace("http:", "https:"), hole]
        errors = []

        async def one(url: str) -> None:
            try:
                await transport.send(get(url))
            except PagerTreeError as error:
                errors.append(error)

        async with anyio.create_task_group() as group:
            for url in urls * 5:
                group.start_soon(one, url)
            await anyio.sleep(0.1)
            start = time.monotonic()
            await transport.aclose()
            assert time.monotonic() - start < 1
        assert 15 == len(errors)
        assert all("the transport was closed" in str(error) for error in errors)


def test_closed_just_before(lanes: Shipped) -> None:
    """A request that was let in as the transport closed is not sent."""
    transport = lanes.make("blocking")
    with RawServer(OK) as server:
        transport._closed = True
        lane = transport._lane(_pools._Journey(), transport._settings.route(server.url), 60.0)
        with pytest.raises(ConnectionFailedError, match="the transport was closed"):
            lane.send(get(server.url))
        assert [] == server.requests
        transport.close()


def test_posts_on_one_connection(make_driver: Any) -> None:
    """Bodies and answers stay together over many requests."""
    driver = make_driver()
    with RawServer(echo) as server:
        for number in range(100):
            body = json.dumps({"number": number}).encode()
            assert body.decode() == driver.send(request("POST", server.url, body=body)).json()["body"]
        assert 1 == server.connections


def test_turn_that_comes_with_a_cancellation() -> None:
    """A turn that comes in the moment of a cancellation goes to the next who waits."""

    async def main() -> None:
        pool = AsyncPool(1, 60)
        await pool.enter(1)
        first = asyncio.create_task(pool.enter(1))
        second = asyncio.create_task(pool.enter(1))
        await asyncio.sleep(0.01)
        pool.leave()
        first.cancel()
        await second
        assert first.cancelled()
        assert 0 == pool.free
        pool.leave()
        assert 1 == pool.free

    asyncio.run(main())


def test_turn_that_comes_with_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for a thread and a Ctrl-C."""
    transport = HTTPXTransport(max_connections=1)

    first, second = _pools._Journey(), _pools._Journey()

    class Turn(Flag):
        def wait(self, seconds: float) -> bool:
            transport._leave(first, ref(first))
            raise KeyboardInterrupt

    transport._enter(ref(first), 1)
    monkeypatch.setattr(_pools, "Flag", Turn)
    with pytest.raises(KeyboardInterrupt):
        transport._enter(ref(second), 1)
    assert {ref(second)} == transport._under_way
    transport._leave(second, ref(second))
    assert 1 == transport._free


@pytest.mark.parametrize("step", ["_enter", "_lane", "_leave"])
def test_interrupted_between_two_steps(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Ctrl-C right behind any step of a request takes no connection away from those that follow, however often."""
    transport = HTTPXTransport(max_connections=2)
    real = getattr(transport, step)

    def interrupted(*terms: Any) -> None:
        if step != "_leave":
            real(*terms)
        raise KeyboardInterrupt

    with RawServer(json_answer({})) as server:
        transport.send(get(server.url))
        for _ in range(5):
            with monkeypatch.context() as patch:
                patch.setattr(transport, step, interrupted)
                with suppress(KeyboardInterrupt):
                    transport.send(get(server.url))
        assert 200 == transport.send(get(server.url)).status
        assert (2, set(), {}) == (transport._free, transport._lanes.busy, transport._of_thread)
        transport.close()


def test_a_turn_that_nobody_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was interrupted as it began to wait is passed over."""
    transport = HTTPXTransport(max_connections=1)
    first, gone, last = (_pools._Journey() for _ in range(3))
    transport._enter(ref(first), 1)
    turns = [(Flag(), ref(each)) for each in (gone, last)]
    transport._waiting.extend(turns)
    del gone, turns[0]
    transport._leave(first, ref(first))
    assert {ref(last)} == transport._under_way
    assert turns[0][0].is_set()
