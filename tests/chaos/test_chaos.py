"""Thousands of calls while a fifth of all requests meets a fault: nothing is wrong, and nothing is done twice."""

from __future__ import annotations

import gc
import os
from collections import Counter
from pathlib import Path

import pytest

from pagertree_async import Login, PagerTree, RetryPolicy, Timeout
from pagertree_async.pace import Pace
from tests.chaos.amounts import SEED, number
from tests.chaos.proxy import FaultProxy
from tests.chaos.work import Work
from tests.modes import Mode, got
from tests.reliability.conftest import Served

TIMES = Timeout(total=30, attempt=6, connect=3, read=2)
RETRY = RetryPolicy(attempts=4, base=0.02, throttled_base=0.02)
OTHERS = [
    ("asyncio", "httpx2"),
    ("asyncio", "aiohttp"),
    ("asyncio", "pyreqwest"),
    ("trio", "httpx2"),
    ("trio", "aiohttp"),
    ("blocking", "httpx2"),
    ("blocking", "aiohttp"),
    ("blocking", "portal:aiohttp"),
    ("blocking", "portal:pyreqwest"),
]


def descriptors() -> int:
    """How many files and sockets this process has open."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir())) if os.path.isdir("/proc/self/fd") else 0


def chaos(mode: Mode, served: Served, transport: str, calls: int, workers: int) -> tuple[Work, Counter[str]]:
    """Make so many calls, and afterwards twenty by the same client over a healthy network."""
    sandbox = served.sandbox
    with PagerTree(sandbox.token(), base_url=served.url) as plain:
        me, teams = plain.users.list(limit=1).first().data[0].id, {team.id for team in plain.teams.list()}

    async def scenario() -> tuple[Work, Counter[str]]:
        port = int(served.url.rpartition(":")[2])
        with FaultProxy(port, seed=SEED) as proxy:
            client = mode.client(
                Login(sandbox.username, sandbox.password),
                base_url=proxy.url,
                transport=transport,
                timeout=TIMES,
                retry=RETRY,
                rate_limiter=Pace(adapts=False),
            )
            work = Work(client, SEED, me, teams)
            for _ in range(4):
                await work.until(mode, workers, work.done + calls // 4)
                sandbox.expire_tokens()
            proxy.healthy = True
            served_after = [len((await got(client.teams.list(limit=3).first())).data) for _ in range(20)]
            assert [3] * 20 == served_after
            await mode.close(client)
            return work, proxy.faults

    work, faults = mode.run(scenario)
    with PagerTree(sandbox.token(), base_url=served.url) as plain:
        assert [] == work.judged(list(plain.alerts.list()))
    return work, faults


def test_the_default_transport(mode: Mode, served: Served) -> None:
    """No wrong result, no unexpected error, no create done twice; and the client serves normally afterwards."""
    before = descriptors()
    work, faults = chaos(mode, served, "httpx", number(10_000, 1_500), 16 if mode.blocking else 40)
    assert work.done >= number(10_000, 1_500)
    assert sum(faults.values()) >= 0.15 * work.done
    assert descriptors() <= before + 2
    print(f"\n{mode.name}: {work.done} calls, {sum(faults.values())} faults, failed: {dict(work.failures)}")


@pytest.mark.parametrize(("backend", "transport"), OTHERS)
def test_the_other_transports(backend: str, transport: str, served: Served) -> None:
    """The same on every other transport, in every mode that it serves."""
    mode, library = Mode(backend), transport.removeprefix("portal:")
    pytest.importorskip(library)
    before = descriptors()
    calls = number(10_000, 200)
    work, _ = chaos(mode, served, transport, calls, 8 if mode.blocking else 16)
    assert work.done >= calls
    assert descriptors() <= before + (8 if library == "pyreqwest" else 2)
    print(f"\n{backend} {transport}: {work.done} calls, failed: {dict(work.failures)}")
