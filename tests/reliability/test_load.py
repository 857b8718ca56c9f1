"""What a client does to a server that is in trouble, in simulated time."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import trio
import trio.testing

from benchmarks.pace import simulated_time
from pagertree_async import AsyncPagerTree, ConnectionFailedError, PagerTreeError, Request, Response
from pagertree_async.errors import Sent

SECONDS, RATE = 30, 100


class Dead:
    """Refuses every connection, and notes in which second it was tried."""

    keeps_deadlines = True

    def __init__(self, status: int | None) -> None:
        self.tried: Counter[int] = Counter()
        self.status = status

    async def send(self, request: Request) -> Response:
        self.tried[int(trio.current_time() - self.begun)] += 1
        await trio.sleep(0.01)
        if self.status is None:
            raise ConnectionFailedError("refused", sent=Sent.NO)
        return Response(status=self.status)

    begun = 0.0


@pytest.mark.parametrize("status", [None, 500, 503])
def test_an_outage_is_not_made_worse(status: int | None) -> None:
    """A hundred calls a second to a dead server are at most 1.4 times as many requests at peak, 1.1 on average."""
    dead = Dead(status)
    failed: list[PagerTreeError] = []

    async def main() -> None:
        dead.begun = trio.current_time()
        async with AsyncPagerTree("token", base_url="https://api.test", transport=dead) as client:

            async def call() -> None:
                try:
                    await client.alerts.retrieve("alt_1")
                except PagerTreeError as error:
                    failed.append(error)

            async with trio.open_nursery() as nursery:
                for _ in range(SECONDS * RATE):
                    nursery.start_soon(call)
                    await trio.sleep(1 / RATE)

    with simulated_time():
        trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    offered = SECONDS * RATE
    assert offered == len(failed)
    print(
        f"\n{status}: {sum(dead.tried.values())} requests for {offered} calls, {max(dead.tried.values())} in one second"
    )
    assert max(dead.tried.values()) <= 1.4 * RATE
    assert sum(dead.tried.values()) <= 1.1 * offered


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_server_that_stumbles_is_not_noticed(seed: int) -> None:
    """With 2 % of 503 at random none of 6,000 reads fails."""
    chance = random.Random(seed)

    class Stumbling:
        keeps_deadlines = True

        async def send(self, request: Request) -> Response:
            await trio.sleep(0.01)
            return Response(status=503) if chance.random() < 0.02 else Response(status=200, body=b'{"id": "alt_1"}')

    async def main() -> tuple[int, int]:
        async with AsyncPagerTree("token", base_url="https://api.test", transport=Stumbling()) as client:
            for _ in range(6000):
                await client.alerts.retrieve("alt_1")
            return client.stats.calls, sum(client.stats.retries.values())

    with simulated_time():
        calls, retries = trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    assert 6000 == calls
    print(f"\n{seed}: {calls} reads, {retries} tried again, none failed")
    assert 80 <= retries <= 170
