"""Many calls at once: whether a hundred are as fast as eight, and how long the slowest of five hundred waits."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import httpx

from benchmarks.lists import FAST
from benchmarks.measure import Goal, Ratio
from benchmarks.server import alert, serving
from pagertree_async import AsyncPagerTree
from pagertree_async.transports import by_name

CALLS = 800
CROWD = 500
LATENCY = 0.02
ID = str(alert(1)["id"])
Send = Callable[[], Awaitable[object]]


async def _throughput(send: Send, width: int) -> float:
    async def worker(count: int) -> None:
        for _ in range(count):
            await send()

    async def burst(total: int) -> None:
        await asyncio.gather(*(worker(total // width) for _ in range(width)))

    await burst(width)
    start = time.perf_counter()
    await burst(CALLS)
    return (CALLS // width * width) / (time.perf_counter() - start)


def _ours(url: str, width: int) -> float:
    async def main() -> float:
        async with AsyncPagerTree("token", base_url=url) as client:
            return await _throughput(lambda: client.alerts.retrieve(ID), width)

    return asyncio.run(main())


def _bare(url: str, width: int) -> float:
    async def main() -> float:
        async with httpx.AsyncClient(base_url=url) as client:
            return await _throughput(lambda: client.get(f"/alert/{ID}"), width)

    return asyncio.run(main())


def slowest(url: str) -> float:
    """The 99th percentile of calls with so many in flight, as a multiple of the server's latency."""

    async def main() -> float:
        transport = by_name(FAST, blocking=False, max_connections=CROWD)
        async with AsyncPagerTree("token", base_url=url, transport=transport) as client:
            took: list[float] = []

            async def worker() -> None:
                for _ in range(6):
                    start = time.perf_counter()
                    await client.alerts.retrieve(ID)
                    took.append(time.perf_counter() - start)

            await asyncio.gather(*(client.alerts.retrieve(ID) for _ in range(CROWD)))  # connections are opened
            await asyncio.gather(*(worker() for _ in range(CROWD)))
            return statistics.quantiles(took, n=100)[98] / LATENCY

    return asyncio.run(main())


def measured() -> list[Ratio]:
    """All of them."""
    with serving() as near, serving(LATENCY) as far:
        ours, bare = (
            Ratio.of(name, [work(near, 100) / work(near, 8) for _ in range(7)], goal)
            for name, work, goal in (
                ("100 calls at once / 8 at once, throughput", _ours, Goal(least=0.85)),
                ("the same with a bare httpx.AsyncClient", _bare, Goal()),
            )
        )
        slowest(far)
        crowd = Ratio.of(
            "500 calls in flight, 20 ms, fast: p99 / latency", [slowest(far) for _ in range(5)], Goal(most=6)
        )
        return [ours, bare, crowd]
