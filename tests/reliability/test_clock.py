"""The clock on the wall is put forward and back by a day: tokens, waits and deadlines go on as if nothing had happened."""

from __future__ import annotations

import datetime as dt
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from pagertree_async import DeadlineExceededError, Login, Pace, PagerTreeError
from pagertree_async.pagerduty import OAuth
from pagertree_async.sandbox import Sandbox
from tests.core.test_auth import together
from tests.modes import Mode, got
from tests.pagerduty.helpers import answered, headers, reply
from tests.rawserver import RawServer, answer, hang, json_answer

DAY = 86_400.0
STEPS = [0.0, DAY, -DAY, 0.0, -DAY, DAY, 3 * DAY]
MANY = 50
ALERT = json_answer({"id": "alt_1"})


class Wall:
    """The clock on the wall, which can be put forward and back.

    Attributes:
        ahead: By how many seconds it is ahead of the right time.
    """

    def __init__(self) -> None:
        self.ahead = 0.0
        self._time = time.time

    def time(self) -> float:
        """Seconds since 1970, as this clock has them."""
        return self._time() + self.ahead

    @contextmanager
    def restless(self) -> Iterator[None]:
        """Put it forward and back, again and again, by another thread."""
        over = threading.Event()

        def step() -> None:
            while not over.wait(0.007):
                self.ahead = DAY if self.ahead <= 0 else -DAY

        thread = threading.Thread(target=step)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The clock that all of the package and the standard library's ``time`` go by."""
    wall = Wall()

    class Datetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return dt.datetime.fromtimestamp(wall.time(), tz)

    monkeypatch.setattr(time, "time", wall.time)
    monkeypatch.setattr(time, "time_ns", lambda: int(wall.time() * 1e9))
    for name, module in list(sys.modules.items()):
        if name.startswith("pagertree_async.") and vars(module).get("datetime") is dt.datetime:
            monkeypatch.setattr(module, "datetime", Datetime)
    return wall


def test_a_token_that_knows_its_end(mode: Mode, wall: Wall) -> None:
    """Fifty callers at each step: an OAuth token is renewed at most once when the clock jumps, and never in a storm."""
    grants: list[str] = []

    def server(request: Any) -> Any:
        if request.url.endswith("/oauth/token"):
            grants.append(f"access-{len(grants)}")
            return reply({"access_token": grants[-1], "expires_in": 3600, "refresh_token": "refresh"})
        assert headers(request)["authorization"] == f"Bearer {grants[-1]}"
        return reply({"user": {"id": "PABC123"}})

    auth = OAuth("an-id", "a-secret", scope="as_account-us.acme incidents.read")

    async def scenario() -> list[int]:
        client, _ = answered(mode, server, auth)
        counts = []
        for step in STEPS:
            wall.ahead = step
            before = len(grants)
            users = await together(mode, MANY, lambda: client.rget("users/PABC123"))
            assert [{"id": "PABC123"}] * MANY == users
            counts.append(len(grants) - before)
        return counts

    assert [1, 1, 0, 0, 0, 0, 1] == mode.run(scenario)


def test_a_token_of_no_time_at_all(mode: Mode) -> None:
    """Those who wait for a token that is said to end at once use it all the same, instead of one more each."""
    grants: list[str] = []

    def granted(request: Any) -> Any:
        grants.append(request.url)
        return reply({"access_token": "access", "expires_in": 0})

    def blocking(request: Any) -> Any:
        if not request.url.endswith("/oauth/token"):
            return reply({"user": {"id": "PABC123"}})
        time.sleep(0.1)
        return granted(request)

    async def awaited(request: Any) -> Any:
        if not request.url.endswith("/oauth/token"):
            return reply({"user": {"id": "PABC123"}})
        await anyio.sleep(0.1)
        return granted(request)

    async def scenario() -> None:
        auth = OAuth("an-id", "a-secret", scope="read")
        client, _ = answered(mode, blocking if mode.blocking else awaited, auth)
        await together(mode, MANY, lambda: client.rget("users/PABC123"))

    mode.run(scenario)
    assert 1 <= len(grants) <= MANY / 5


def test_a_login(mode: Mode, wall: Wall) -> None:
    """The server's clock jumps, and with it its tokens end or live longer: at most one login a step, and no call fails."""
    with Sandbox(size=50, clock=wall.time) as sandbox:

        async def scenario() -> list[int]:
            client = mode.on(sandbox.app, Login(sandbox.username, sandbox.password))
            counts = []
            for step in STEPS:
                wall.ahead = step
                before = sandbox.logins
                pages = await together(mode, MANY, lambda: client.teams.list(limit=1).first())
                assert [1] * MANY == [len(page.data) for page in pages]
                counts.append(sandbox.logins - before)
            return counts

        counts = mode.run(scenario)
    assert 1 == counts[0]
    assert max(counts) == 1


def test_waits_and_deadlines(mode: Mode, wall: Wall) -> None:
    """While the clock jumps a hundred times a second, each wait and each call takes the time that it is to take."""
    date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT")
    as_date = answer(429, b"", date, ("retry-after", "Wed, 21 Oct 2026 07:28:01 GMT"))
    undated = answer(503, b"", ("retry-after", "Wed, 21 Oct 2099 07:28:01 GMT"))

    async def scenario(url: str, silent: str) -> list[float]:
        client = mode.client(base_url=url, rate_limiter=Pace(20, adapts=False))
        slow = mode.client(base_url=silent, timeout=0.5)
        took = []
        for _ in range(2):
            begun = time.monotonic()
            await got(client.alerts.retrieve("alt_1"))
            took.append(time.monotonic() - begun)
        begun = time.monotonic()
        assert ["alt_1"] * 20 == [
            alert.id for alert in await together(mode, 20, lambda: client.alerts.retrieve("alt_1"))
        ]
        took.append(time.monotonic() - begun)
        begun = time.monotonic()
        with pytest.raises(DeadlineExceededError):
            await got(slow.alerts.retrieve("alt_1"))
        took.append(time.monotonic() - begun)
        await mode.close(client)
        await mode.close(slow)
        return took

    with RawServer(as_date, ALERT, undated, ALERT) as server, RawServer(hang) as silent, wall.restless():
        held, undated_wait, paced, late = mode.run(scenario, server.url, silent.url)
    assert 1 <= held < 5
    assert undated_wait < 5
    assert 0.9 <= paced < 5
    assert 0.49 <= late < 5


def test_nothing_but_a_date_is_asked_of_the_clock(mode: Mode, wall: Wall) -> None:
    """A pace that is in force, connections that are idle, and the quota are not touched by a step."""

    async def scenario(url: str) -> Any:
        client = mode.client(base_url=url, rate_limiter=Pace(1000))
        for step in STEPS:
            wall.ahead = step
            for _ in range(3):
                try:
                    await got(client.alerts.retrieve("alt_1"))
                except PagerTreeError as error:  # pragma: no cover - it must not be
                    raise AssertionError(step) from error
        await mode.close(client)
        return client.stats

    with RawServer(ALERT) as server:
        stats = mode.run(scenario, server.url)
        assert (21, 21, 1) == (stats.calls, stats.attempts, server.connections)
