"""What trying again costs is given back when it is not done after all: the quota does not leak."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import anyio
import pytest

from pagertree_async import Pace, RetryPolicy
from pagertree_async.calling import Blocking
from pagertree_async.errors import ConnectionFailedError, DeadlineExceededError, PagerTreeError, Sent
from pagertree_async.http import HeldBackError, Request
from pagertree_async.retry import RetryQuota
from tests.core.mini import FINE, Script, answer, client
from tests.modes import Mode, got

LATER = answer(503)
SLOW = RetryPolicy(base=1, jitter=0)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("step", [LATER, answer(429, retry_after="5"), answer(429)])
def test_cancelled_while_it_waits(backend: str, step: Any) -> None:
    """A call that is cancelled before its next attempt has cost nothing."""

    async def scenario() -> int:
        made = client(Mode(backend), Script(step), retry=SLOW)
        with anyio.move_on_after(0.05):
            await made.alerts.retrieve("alt_1")
        return made._session._quota.left

    assert RetryQuota.SIZE == anyio.run(scenario, backend=backend)


def test_interrupted_while_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Ctrl-C before the next attempt gives back what it was to cost."""

    async def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Blocking, "sleep", staticmethod(interrupted))
    made = client(Mode("blocking"), Script(LATER), retry=SLOW)
    with pytest.raises(KeyboardInterrupt):
        made.alerts.retrieve("alt_1")
    assert RetryQuota.SIZE == made._session._quota.left


def test_no_slot_in_time(mode: Mode) -> None:
    """Where the pace has no slot for the next attempt within the call's time, it costs nothing."""

    async def scenario() -> int:
        made = client(mode, Script(LATER), retry=RetryPolicy(base=0), timeout=5, rate_limiter=Pace(0.1))
        with pytest.raises(DeadlineExceededError, match="not sent"):
            await got(made.alerts.retrieve("alt_1"))
        return made._session._quota.left

    assert RetryQuota.SIZE == mode.run(scenario)


def test_what_has_left_is_paid_for(mode: Mode) -> None:
    """An attempt that was made and failed is paid for; one that succeeded gives everything back."""

    async def scenario() -> list[int]:
        refused = ConnectionFailedError("refused", sent=Sent.NO)
        made = client(mode, Script(refused, LATER, LATER, LATER, FINE), retry=RetryPolicy(base=0))
        left = []
        for _ in range(2):
            try:
                await got(made.alerts.retrieve("alt_1"))
            except PagerTreeError:
                pass
            left.append(made._session._quota.left)
        return left

    assert [RetryQuota.SIZE - 28, RetryQuota.SIZE - 28] == mode.run(scenario)


def test_held_back(mode: Mode) -> None:
    """A request that a transport holds back is sent later: it is the same attempt, and was never counted twice."""
    first: list[Request] = []

    def handler(request: Request) -> Any:
        if not first:
            first.append(request)
            made._session._pace.hold(0.05)
            request.leave()
        return FINE

    made: Any = client(mode, handler)

    async def scenario() -> Any:
        await got(made.alerts.retrieve("alt_1"))
        return made.stats

    stats = mode.run(scenario)
    assert (1, 1, 0, {}) == (stats.calls, stats.attempts, stats.sent, stats.retries)
    assert ["hold"] == list(stats.waited)


def test_held_back_until_its_time_is_over(mode: Mode) -> None:
    """It ends within the call's time, saying that nothing was sent."""

    def handler(request: Request) -> Any:
        made._session._pace.hold(60)
        request.leave()

    made: Any = client(mode, handler, timeout=5)

    async def scenario() -> tuple[int, PagerTreeError]:
        with pytest.raises(PagerTreeError, match="asked this client to wait") as caught:
            await got(made.alerts.create(title="disk full"))
        return made._session._quota.left, caught.value

    left, error = mode.run(scenario)
    assert (RetryQuota.SIZE, 0, False) == (left, error.attempts, error.maybe_applied)


def test_nobody_to_ask() -> None:
    """A request that no client made may always leave."""
    Request(method="GET", url="https://api.test/").leave()
    with pytest.raises(HeldBackError, match="asked to wait"):
        Request(method="GET", url="https://api.test/", gate=Mock(held=lambda: True)).leave()
