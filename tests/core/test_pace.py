"""When requests may leave: by a rate, and after a 429."""

from __future__ import annotations

import math
import threading
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pace import Bucket, measured
from pagertree_async.errors import ConfigurationError, DeadlineExceededError, RateLimitedError, ServerError
from pagertree_async.pace import Pace
from pagertree_async.retry import RetryPolicy
from tests.core.mini import FINE, Clock, Script, answer, client
from tests.core.test_auth import together
from tests.modes import Mode, got


def test_slots_come_at_the_rate(clock: Clock) -> None:
    """After the burst one slot comes each interval; a quiet time fills the burst again and no more."""
    pace = Pace(rate=2, burst=3)
    assert [0, 0, 0, 0.5, 1.0] == [pace.reserve() for _ in range(5)]
    clock.now += 100
    assert [0, 0, 0, 0.5] == [pace.reserve() for _ in range(4)]
    assert pace.paces


def test_a_slot_that_comes_too_late_is_not_taken(clock: Clock) -> None:
    """Who cannot wait so long is told, and takes nothing from those who come after."""
    pace = Pace(rate=1)
    assert [0, 1.0, 2.0, 2.0, 2.0] == [
        pace.reserve(),
        pace.reserve(1.0),
        pace.reserve(1.0),
        pace.reserve(0.5),
        pace.reserve(),
    ]


@given(st.floats(0.1, 1000), st.integers(1, 10), st.lists(st.floats(0, 5), max_size=40))
def test_no_window_has_more_than_the_rate_allows(rate: float, burst: int, pauses: list[float]) -> None:
    """In any time t at most ``burst + rate * t`` slots begin."""
    import types

    from pagertree_async import pace as module

    now = [0.0]
    real, module.time = module.time, types.SimpleNamespace(monotonic=lambda: now[0])  # type: ignore[assignment]
    try:
        pace, left = Pace(rate, burst), []
        for pause in pauses:
            now[0] += pause
            left.append(now[0] + pace.reserve())
    finally:
        module.time = real
    assert left == sorted(left)
    for first, begun in enumerate(left):
        for last in range(first, len(left)):
            assert last - first + 1 <= burst + rate * (left[last] - begun) + 1e-6


def test_without_a_rate_nothing_waits(clock: Clock) -> None:
    """A pace without a rate, and which does not adapt, only knows the server's own wait."""
    pace = Pace(adapts=False)
    assert not pace.paces
    assert [0.0, 0.0] == [pace.reserve(), pace.held()]
    pace.hold(5)
    pace.hold(3)
    assert pace.paces
    clock.now += 2
    assert 3.0 == pace.held()
    clock.now += 3
    assert 0.0 == pace.held()


def test_a_hold_that_comes_while_another_ends_is_kept(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clearing a hold that is over does not clear a new one of another thread."""
    pace = Pace(adapts=False)
    pace.hold(1)
    clock.now += 2

    class Sneaky:
        def __enter__(self) -> None:
            pace._schedule.held_until = clock.now + 9

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(pace, "_lock", Sneaky())
    assert 0.0 == pace.held()
    assert 9.0 == pace.held()


@pytest.mark.parametrize(
    "wrong",
    [{"rate": 0}, {"rate": -1}, {"rate": math.nan}, {"rate": "5"}, {"rate": True}, {"burst": 0}, {"burst": "1"}],
)
def test_a_pace_has_a_rate_above_zero(wrong: Any) -> None:
    """Anything else is refused."""
    with pytest.raises(ConfigurationError, match="a pace needs a rate above zero and a burst of one at least"):
        Pace(**{"rate": 5, **wrong})


def test_a_child_process_starts_afresh(clock: Clock) -> None:
    """Slots and holds of the parent are not the child's."""
    pace = Pace(rate=1)
    pace.hold(9)
    pace.reserve()
    pace.reserve()
    pace.after_fork()
    assert [0.0, 0.0] == [pace.held(), pace.reserve()]


def test_requests_leave_in_order_at_the_rate(mode: Mode, clock: Clock) -> None:
    """Each call waits for its slot before it is sent."""
    left: list[float] = []

    def note(request: Any) -> Any:
        left.append(clock.now)
        return FINE

    async def scenario() -> None:
        mini = client(mode, note, rate_limiter=Pace(rate=4, burst=2))
        for _ in range(5):
            await got(mini.alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert [1000.0, 1000.0, 1000.25, 1000.5, 1000.75] == left


def test_a_call_that_cannot_wait_for_its_slot_is_not_sent(mode: Mode, clock: Clock) -> None:
    """It ends at once with what it would have taken, and those after it are not made to wait for it."""
    script = Script(FINE)

    async def scenario() -> Any:
        mini = client(mode, script, rate_limiter=Pace(rate=0.1))
        await got(mini.alerts.retrieve("alt_1"))
        for _ in range(50):
            with pytest.raises(
                DeadlineExceededError, match="not sent: at the pace in force it would leave in 10.0 s"
            ) as caught:
                await got(mini.alerts.create(title="t", timeout=5))
        await got(mini.alerts.retrieve("alt_1"))
        return caught.value

    error = mode.run(scenario)
    assert 2 == len(script.requests)
    assert [10.0] == clock.slept
    assert ("POST", "/alert", 0, False) == (error.method, error.path, error.attempts, error.maybe_applied)


def test_one_429_holds_all(mode: Mode) -> None:
    """A 429 to one of fifty calls lets none leave before its time."""
    import time

    from pagertree_async.http import Request, Response

    until: list[float] = []
    early: list[float] = []
    lock = threading.Lock()
    sent = [0]

    def answered(request: Request) -> Response:
        with lock:
            sent[0] += 1
            now = time.monotonic()
            if until and now < until[0]:
                early.append(until[0] - now)
            if sent[0] == 1:
                until.append(now + 0.1)
                return answer(429)
        return FINE

    async def scenario() -> list[Any]:
        mini = client(mode, answered, retry=RetryPolicy(throttled_base=0.1, jitter=0))
        return await together(mode, 50, lambda: mini.alerts.retrieve("alt_1"))

    results = mode.run(scenario)
    assert ["alt_1"] * 50 == [result.id for result in results]
    assert 51 == sent[0]
    assert [] == [seconds for seconds in early if seconds > 0.005]


def test_others_are_told_at_once_of_a_long_hold(mode: Mode, clock: Clock) -> None:
    """While the server wants a long wait, calls with less time fail without being sent, and later ones succeed."""
    script = Script(answer(429, retry_after="3600"), FINE)

    async def scenario() -> Any:
        mini = client(mode, script)
        with pytest.raises(RateLimitedError):
            await got(mini.alerts.retrieve("alt_1"))
        clock.now += 100
        with pytest.raises(RateLimitedError) as caught:
            await got(mini.alerts.create(title="t"))
        clock.now += 3500
        await got(mini.alerts.retrieve("alt_1"))
        return caught.value

    error = mode.run(scenario)
    assert 2 == len(script.requests)
    assert (3500.0, 0, "POST") == (error.retry_after, error.attempts, error.method)
    assert "Nothing was sent: the API asked this client to wait; try again in 3500 s" in str(error)


def test_an_absurd_wait_ends_after_a_day(mode: Mode, clock: Clock) -> None:
    """No Retry-After shuts a client for longer than a day."""
    script = Script(answer(429, retry_after="999999999"), FINE)

    async def scenario() -> None:
        mini = client(mode, script)
        with pytest.raises(RateLimitedError):
            await got(mini.alerts.retrieve("alt_1"))
        clock.now += 86_400
        await got(mini.alerts.retrieve("alt_1"))

    mode.run(scenario)


def test_after_a_hold_requests_leave_at_the_rate_again(mode: Mode, clock: Clock) -> None:
    """A slot that passed while all were held is taken anew."""
    script = Script(answer(429, retry_after="5"), FINE)

    async def scenario() -> None:
        mini = client(mode, script, rate_limiter=Pace(rate=1), retry=RetryPolicy(jitter=0, throttled_base=0))
        await got(mini.alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert [5.0] == clock.slept


def test_a_hold_that_begins_while_a_call_waits_is_waited_for(mode: Mode, clock: Clock) -> None:
    """A call that waits for its slot looks again whether all are held, and takes a new slot then."""
    script = Script(FINE)
    pace = Pace(rate=1)

    async def scenario() -> None:
        mini = client(mode, script, rate_limiter=pace)
        session = mini._session
        real = session.mode.sleep

        async def sleep(seconds: float) -> None:
            await real(seconds)
            if len(clock.slept) == 1:
                pace.hold(4)

        session.mode = type("Slow", (session.mode,), {"sleep": staticmethod(sleep)})
        pace.reserve()
        await session.call(*_call())

    mode.run(scenario)
    assert [1.0, 4.0] == clock.slept
    assert 1 == len(script.requests)


def _call() -> Any:
    from pagertree_async.session import Call

    return Call(method="GET", path="/alert"), lambda response: response


def test_a_limiter_of_ones_own(mode: Mode, clock: Clock) -> None:
    """Anything with the methods of the protocol decides."""

    class Never:
        paces = True
        holds = 0

        def reserve(self, within: float = math.inf) -> float:
            return 99.0

        def give_back(self, seconds: float) -> None:
            raise AssertionError

        def held(self) -> float:
            return 0.0

        def hold(self, seconds: float) -> None:
            pass

    script = Script(FINE)

    async def scenario() -> None:
        with pytest.raises(DeadlineExceededError):
            await got(client(mode, script, rate_limiter=Never()).alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert [] == script.requests


def test_no_retry_without_quota_still_holds(mode: Mode, clock: Clock) -> None:
    """When the quota is used up a 429 is not tried again, and all are held all the same."""

    async def scenario() -> tuple[float, float]:
        mini = client(mode, Script(answer(429, retry_after="7")))
        mini._session._quota.left = 4
        with pytest.raises(RateLimitedError) as caught:
            await got(mini.alerts.retrieve("alt_1"))
        return caught.value.retry_after or 0.0, mini._session._pace.held()

    asked, held = mode.run(scenario)
    assert asked == 7.0 <= held


def test_a_5xx_does_not_hold_the_others(mode: Mode, clock: Clock) -> None:
    """Only a 429 is about everybody."""

    async def scenario() -> float:
        mini = client(mode, Script(answer(503, retry_after="3000")))
        with pytest.raises(ServerError):
            await got(mini.alerts.retrieve("alt_1"))
        return float(mini._session._pace.held())

    assert 0.0 == mode.run(scenario)


@pytest.mark.parametrize("size", [5, 50])
@pytest.mark.parametrize("rate", [None, 50])
def test_what_the_server_allows_is_used(size: int, rate: float | None) -> None:
    """Of a limit that is not known nine tenths are used with few 429s, of a known one all but all with none."""
    used = measured(Bucket(size, seed=size), None if rate is None else Pace(rate))
    share, refused = (0.9, 0.02) if rate is None else (0.95, 0.005)
    assert (True, True, 0, 0) == (used.share >= share, used.refused <= refused, used.early, used.failed)


def test_a_wrong_rate_is_corrected() -> None:
    """A rate that is higher than what the server allows adapts like an unknown one."""
    used = measured(Bucket(20, seed=1), Pace(100))
    assert (True, True, 0) == (used.share >= 0.9, used.refused <= 0.02, used.early)


def test_the_rate_after_429s(clock: Clock) -> None:
    """Unknown, it doubles from a low rate; then it is less at once, and recovers in small steps."""
    pace = Pace()
    assert None is pace.rate
    pace.hold(1)
    assert 20.0 == pace.rate
    clock.now += 1
    waits = [pace.reserve() for _ in range(60)]
    assert waits == sorted(waits)
    clock.now += waits[-1]
    fast = pace.rate
    assert fast is not None
    assert fast > 50
    pace.hold(1)
    half = pace.rate
    assert half is not None
    assert fast / 2 * 0.95 < half <= fast / 2
    pace.hold(2)
    assert (half, 2) == (pace.rate, pace.holds - 1)  # the same 429 for another request
    clock.now += 2
    assert 0.0 == pace.reserve()
    pace.hold(0)
    assert half * 0.85 == pytest.approx(pace.rate)
    assert 0.05 == pytest.approx(pace.held())


def test_a_known_rate_is_not_exceeded(clock: Clock) -> None:
    """It recovers to what was given, and stays there."""
    pace = Pace(rate=10)
    pace.hold(1)
    assert 9.5 == pace.rate
    clock.now += 1
    for _ in range(2000):
        clock.now += pace.reserve()
        pace.reserve()
    assert 10.0 == pace.rate


def test_an_idle_pace_does_not_grow(clock: Clock) -> None:
    """Slots that nobody waited for say nothing of the limit."""
    pace = Pace()
    pace.hold(1)
    for _ in range(100):
        clock.now += 10
        assert 0.0 == pace.reserve()
    assert 20.0 == pace.rate


def test_a_slot_given_back_is_the_next_ones(clock: Clock) -> None:
    """The earliest that is still to come goes first; one whose time is over, or from before a hold, is gone."""
    pace = Pace(rate=1)
    assert [0.0, 1.0, 2.0, 3.0] == [pace.reserve() for _ in range(4)]
    pace.give_back(2.0)
    pace.give_back(1.0)
    assert [4.0, 1.0, 2.0, 4.0] == [pace.reserve(0.5), pace.reserve(), pace.reserve(), pace.reserve()]
    pace.give_back(1.0)
    clock.now += 1.5
    assert 3.5 == pace.reserve()
    pace.give_back(3.5)
    pace.hold(1)
    assert 1.0 == pace.reserve()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_call_gives_its_slot_back(backend: str) -> None:
    """The slot of a call that is cancelled while it waits goes to the next who asks; a hold has no slot."""
    pace = Pace(rate=1)

    async def scenario() -> tuple[float, float]:
        mini = client(Mode(backend), Script(FINE), rate_limiter=pace)
        await mini.alerts.retrieve("alt_1")
        with anyio.move_on_after(0.05):
            await mini.alerts.retrieve("alt_1")
        given_back = pace.reserve()
        pace.hold(5)
        with anyio.move_on_after(0.05):
            await mini.alerts.retrieve("alt_1")
        return given_back, pace.reserve()

    given_back, held = anyio.run(scenario, backend=backend)
    assert 0.8 < given_back < 1.0
    assert 4.8 < held < 5.0
