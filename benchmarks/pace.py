"""The pace against a server's token bucket, in simulated time: ``python -m benchmarks.pace`` prints what was used.

The real client runs under trio's simulated clock, where waiting takes no time.
"""

from __future__ import annotations

import math
import random
import sys
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from unittest.mock import patch

import trio
import trio.testing

from pagertree_async import AsyncPagerTree, Pace, PagerTreeError, Request, Response
from pagertree_async.http import Headers

RATE = 50.0
SECONDS = 120.0
MODULES = ("session", "retry", "pace", "http")


class Bucket:
    """A server that allows ``rate`` requests a second, and ``size`` at once; it answers after some ``latency``.

    It notes each request that comes while it has asked to wait, and the time by which it is too early.
    """

    def __init__(self, size: int, seed: int, rate: float = RATE, latency: float = 0.02, wait: float = 1.0) -> None:
        self.rate, self.size, self.latency, self.wait = rate, size, latency, wait
        self.random = random.Random(seed)
        self.tokens, self.filled = float(size), 0.0
        self.served: list[float] = []
        self.refused: list[float] = []
        self.told: list[float] = []
        self.early: list[float] = []
        self.keeps_deadlines = True

    async def send(self, request: Request) -> Response:
        """Answer, some time later."""
        left = trio.current_time()
        self.early += [until - left for until in self.told if until - self.wait < left < until - 1e-9]
        await trio.sleep(self.latency * self.random.uniform(0.25, 0.75))
        now = trio.current_time()
        self.tokens = min(self.size, self.tokens + (now - self.filled) * self.rate)
        self.filled = now
        served = self.tokens >= 1
        if served:
            self.tokens -= 1
        (self.served if served else self.refused).append(now)
        await trio.sleep(self.latency * self.random.uniform(0.25, 0.75))
        if served:
            return Response(status=200, body=b'{"id": "alt_1"}')
        self.told = [until for until in self.told if until > trio.current_time()] + [trio.current_time() + self.wait]
        return Response(status=429, headers=Headers([("retry-after", f"{math.ceil(self.wait)}")]))


class Used(NamedTuple):
    """What became of an allowance.

    Attributes:
        share: How much of it was used.
        refused: Which share of the requests was answered with 429.
        early: How many left before the server's "wait" was over.
        failed: How many calls failed.
    """

    share: float
    refused: float
    early: int
    failed: int


@contextmanager
def simulated_time() -> Iterator[None]:
    """The client's clock is trio's."""
    clock = types.SimpleNamespace(monotonic=trio.current_time, sleep=time.sleep)
    patches = [patch(f"pagertree_async.{name}.time", clock) for name in MODULES]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def measured(bucket: Bucket, pace: Pace | None, *, seconds: float = SECONDS, workers: int = 16) -> Used:
    """Read as fast as the client lets ``workers`` tasks, for so many seconds."""
    failed = [0]

    async def main() -> None:
        bucket.filled = begun = trio.current_time()
        async with AsyncPagerTree("token", base_url="https://api.test", transport=bucket, rate_limiter=pace) as client:

            async def worker() -> None:
                while trio.current_time() < begun + seconds:
                    try:
                        await client.alerts.retrieve("alt_1")
                    except PagerTreeError:
                        failed[0] += 1

            async with trio.open_nursery() as nursery:
                for _ in range(workers):
                    nursery.start_soon(worker)

    with simulated_time():
        trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    served, refused = len(bucket.served), len(bucket.refused)
    return Used(served / (bucket.rate * seconds), refused / (served + refused), len(bucket.early), failed[0])


def main() -> None:
    """Print a table."""
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    print(
        f"{RATE:g} requests a second allowed, Retry-After 1 s, 16 tasks, {SECONDS:g} s, worst of {len(seeds)} seeds\n"
    )
    print("| limit | bucket | share used | 429s | too early | failed |\n| --- | --- | --- | --- | --- | --- |")
    for name, pace in (("unknown", None), ("known", RATE)):
        for size in (5, 10, 20, 50):
            runs = [measured(Bucket(size, seed), None if pace is None else Pace(pace)) for seed in seeds]
            share, refused = min(run.share for run in runs), max(run.refused for run in runs)
            early, failed = sum(run.early for run in runs), sum(run.failed for run in runs)
            print(f"| {name} | {size} | {share:.1%} | {refused:.2%} | {early} | {failed} |", flush=True)


if __name__ == "__main__":
    main()
