"""One client in several event loops, processes and threads, over a real socket: it works, and never hangs."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from pagertree_async import AsyncPagerTree, Login, PagerTree
from tests.reliability.conftest import Served

PATIENCE = 15.0


def in_child(work: Callable[[], object]) -> str:
    """What work in a forked process comes to: ``fine``, what it failed with, or ``hangs``."""
    results = multiprocessing.get_context("fork").SimpleQueue()

    def run() -> None:
        try:
            work()
        except BaseException as error:
            results.put(repr(error))
        else:
            results.put("fine")

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(PATIENCE)
    if process.is_alive():
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        return "hangs"
    return str(results.get())


async def read(client: AsyncPagerTree) -> int:
    """One read."""
    return len((await client.teams.list(limit=1)).data)


@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
@pytest.mark.parametrize("backends", [("asyncio", "asyncio"), ("asyncio", "trio"), ("trio", "asyncio")])
def test_an_async_client_in_one_loop_after_another(served: Served, backends: tuple[str, str], transport: str) -> None:
    """A loop that has ended leaves nothing behind that the next one trips over."""
    pytest.importorskip(transport)
    client = AsyncPagerTree(
        Login(served.sandbox.username, served.sandbox.password), base_url=served.url, transport=transport
    )

    async def last() -> int:
        try:
            return await read(client)
        finally:
            await client.aclose()

    assert (1, 1) == (anyio.run(read, client, backend=backends[0]), anyio.run(last, backend=backends[1]))
    assert 1 == served.sandbox.logins


def test_an_async_client_in_many_loops_at_once(served: Served) -> None:
    """Twenty threads, each with a loop of its own, share one client."""
    client = AsyncPagerTree(served.sandbox.token(), base_url=served.url)
    results: list[int] = []

    def run() -> None:
        async def main() -> None:
            results.extend([await read(client) for _ in range(5)])

        asyncio.run(main())

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    asyncio.run(client.aclose())
    assert [1] * 100 == results
    assert (100, 100) == (client.stats.calls, client.stats.attempts)


def test_a_blocking_client_after_a_fork(served: Served) -> None:
    """With a warm connection, and with its locks held at the moment of the fork, the child works, and so does the parent."""
    with PagerTree(Login(served.sandbox.username, served.sandbox.password), base_url=served.url) as client:

        def work() -> None:
            for _ in range(5):
                assert 1 == len(client.teams.list(limit=1).first().data)

        work()
        session = client._session
        with session._quota._lock, session._pace._lock, session.telling.stats._lock:
            assert "fine" == in_child(work)
        work()


def test_an_async_client_after_a_fork(served: Served) -> None:
    """A client that was used in a loop of the parent works in a loop of the child."""
    client = AsyncPagerTree(served.sandbox.token(), base_url=served.url)
    assert 1 == asyncio.run(read(client))
    assert "fine" == in_child(lambda: asyncio.run(read(client)))

    async def last() -> int:
        try:
            return await read(client)
        finally:
            await client.aclose()

    assert 1 == asyncio.run(last())


def test_a_blocking_client_in_fifty_threads(served: Served) -> None:
    """All of them are served, and the numbers are whole."""
    results: list[Any] = []
    with PagerTree(served.sandbox.token(), base_url=served.url) as client:

        def work() -> None:
            results.extend(len(client.teams.list(limit=1).first().data) for _ in range(4))

        threads = [threading.Thread(target=work) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert ([1] * 200, 200, 200) == (results, client.stats.calls, client.stats.rows)
