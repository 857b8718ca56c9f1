"""The clock stands until somebody waits or it is moved, and then everybody is there at once."""

from __future__ import annotations

import ast
import math
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pagertree_async
from pagertree_async import InvalidArgumentError, Pace, RateLimitedError, RetryPolicy, calling
from pagertree_async.testing import Clock
from pagertree_async.testing.clock import PACED
from tests.modes import Mode, got
from tests.testing.stage import Stage, staged

ROOT = Path(pagertree_async.__file__).parent
REAL = {"calling", "pagerduty", "transports", "export", "reporting", "cli", "sandbox", "testing"}
"""Where time is the machine's own: sockets and threads, what is only measured, and what no client waits by."""


@given(st.lists(st.floats(0, 1e6)))
def test_it_goes_on_by_what_it_is_told(steps: list[float]) -> None:
    """Both of its readings go on alike."""
    clock = Clock(datetime(2026, 3, 1, tzinfo=UTC))
    start, begun = clock.now, clock.monotonic()
    for step in steps:
        clock.advance(step)
    assert math.isclose(clock.time() - start.timestamp(), math.fsum(steps), abs_tol=1e-3)
    assert math.isclose(clock.monotonic() - begun, math.fsum(steps), abs_tol=1e-3)


def test_it_begins_now() -> None:
    """Left alone it shows what the machine's own clock showed, so that code that asks that one is not confused."""
    before = datetime.now(UTC)
    clock = Clock()
    assert before <= clock.now <= datetime.now(UTC)
    assert clock.now == clock.now
    assert f"<Clock {clock.now:%Y-%m-%d %H:%M:%S}Z>" == repr(clock)


@pytest.mark.parametrize("seconds", [-1, math.inf, math.nan, "1", None])
def test_it_does_not_go_back(seconds: Any) -> None:
    """What is no number of seconds of 0 or more is refused."""
    with pytest.raises(InvalidArgumentError, match="a clock goes on by a number of seconds of 0 or more"):
        Clock().advance(seconds)


def test_it_wants_a_time_zone() -> None:
    """A naive moment could be any."""
    with pytest.raises(InvalidArgumentError, match="now has no time zone"):
        Clock(datetime(2026, 3, 1))


def test_nothing_that_clients_wait_by_was_forgotten() -> None:
    """Every module that reads a clock is either moved by this one, or stands in the list of those that are not."""
    reads: set[str] = set()
    for path in ROOT.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Import)]
        if any(alias.name == "time" for node in imports for alias in node.names):
            reads.add(name)
    assert set(PACED) <= reads
    assert set() == {name for name in reads - set(PACED) if name.partition(".")[0] not in REAL}


def test_it_is_gone_afterwards() -> None:
    """Once the block has ended, waiting is what it was."""
    before = calling.Async.sleep, calling.Blocking.sleep
    with Clock().installed():
        assert before != (calling.Async.sleep, calling.Blocking.sleep)
    assert before == (calling.Async.sleep, calling.Blocking.sleep)
    assert pagertree_async.session.time is time  # type: ignore[attr-defined]


def test_retry_after_takes_no_time(stage: Stage) -> None:
    """A day of "Retry-After" is over at once, and the call's own timeout is held to all the same."""
    stage.faults.rate_limit("GET /team", retry_after=50)
    begun, until = time.monotonic(), stage.clock.now + timedelta(seconds=50)

    async def scenario() -> int:
        return await got(stage.client(timeout=60).teams.list().count())

    assert 4 == stage.mode.run(scenario)
    assert until <= stage.clock.now <= until + timedelta(seconds=10)
    assert time.monotonic() - begun < 30
    assert math.isclose(sum(stage.clock.waits), (stage.clock.now - until).total_seconds() + 50, abs_tol=0.01)

    async def too_long() -> None:
        stage.faults.rate_limit("GET /team", retry_after=50)
        with pytest.raises(RateLimitedError):
            await got(stage.client(timeout=40).teams.list().count())

    stage.mode.run(too_long)


def test_the_sandbox_goes_along(mode: Mode) -> None:
    """A limit of one request a second refills by the same clock by which the client paces itself."""
    with staged(mode, rate=1, burst=1) as stage:

        async def scenario() -> None:
            client = stage.client(timeout=600, retry=RetryPolicy(attempts=9))
            for _ in range(10):
                await got(client.teams.list().count())

        begun = stage.clock.now
        stage.mode.run(scenario)
        assert 9 <= (stage.clock.now - begun).total_seconds() <= 60
        assert 10 <= len(stage.log) <= 40


def test_a_pace_takes_no_time(stage: Stage) -> None:
    """So does a pace that the caller asked for."""

    async def scenario() -> None:
        client = stage.client(rate_limiter=Pace(rate=0.5), timeout=600)
        for _ in range(10):
            await got(client.teams.list().count())

    begun = stage.clock.now
    stage.mode.run(scenario)
    assert 18 == round((stage.clock.now - begun).total_seconds())


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_those_who_wait_together_wait_once(backend: str) -> None:
    """Ten tasks that wait for five seconds at the same time have waited for five, not for fifty."""

    async def scenario(clock: Clock) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(calling.Async.sleep, 5)

    with Clock().installed() as clock:
        begun = clock.monotonic()
        anyio.run(scenario, clock, backend=backend)
        assert 5 == round(clock.monotonic() - begun, 6)
        assert [5] * 10 == clock.waits


def test_a_wait_of_nothing_is_none() -> None:
    """Giving way to others is not noted as a wait."""
    with Clock().installed() as clock:
        calling.drive(calling.Blocking.sleep(0))
        assert [] == clock.waits


def test_a_group_that_must_end_does() -> None:
    """A thread of a group whose end has come does not wait any more, and goes no further."""
    first = iter([True, False])
    went_on: list[bool] = []

    async def work() -> None:
        if next(first):
            raise ValueError("the first fails")
        assert calling._of_thread.halted.wait(10)
        await calling.Blocking.sleep(5)
        went_on.append(True)

    with Clock().installed() as clock:
        with pytest.raises(ValueError, match="the first fails"):
            calling.drive(calling.Blocking.group(work, 2, lambda: None))
        assert ([], []) == (went_on, clock.waits)


def test_a_pause_between_two_looks_stays_one() -> None:
    """What polls another process really pauses, so that the other gets to run."""
    clock = Clock()
    begun, shown = time.monotonic(), clock.monotonic()
    clock.sleep(0.01)
    assert time.monotonic() - begun >= 0.009
    assert 0.01 == round(clock.monotonic() - shown, 6)
