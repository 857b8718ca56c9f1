"""No request arrives earlier than a 429 allows: not even one that had its turn, and waited for something else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from pagertree_async import Hooks, Pace, PagerTreeError, RateLimitedError, RetryPolicy
from pagertree_async.transports import by_name
from tests.core.test_auth import together
from tests.modes import Mode, got
from tests.rawserver import Behaviour, Certificates, Connection, RawRequest, RawServer, answer, json_answer
from tests.transports.drivers import get

TRANSPORTS = [
    *((mode, name) for mode in ("asyncio", "trio", "blocking") for name in ("httpx", "httpx2", "aiohttp")),
    ("asyncio", "pyreqwest"),
    ("blocking", "portal:aiohttp"),
    ("blocking", "portal:pyreqwest"),
]
OWN_SOCKETS = [(mode, name) for mode, name in TRANSPORTS if "pyreqwest" not in name]
"""Where a connection can be opened without sending on it at once: pyreqwest's library does both in one step."""
ALERT = json_answer({"id": "alt_1"})
PATIENCE = 10.0
SECOND = 0.4


class Watched(Pace):
    """A pace that remembers when it was told to hold, and until when; a second is shorter here, to save time."""

    def __init__(self) -> None:
        super().__init__(adapts=False)
        self.told: list[tuple[float, float]] = []

    def hold(self, seconds: float) -> None:
        super().hold(seconds * SECOND)
        now = time.monotonic()
        self.told.append((now, now + seconds * SECOND))

    def begun(self) -> None:
        """Wait until it was told to hold, and a little longer."""
        until = time.monotonic() + PATIENCE
        while not self.told and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.05)


class Arrivals:
    """When requests arrived, and what is to become of each."""

    def __init__(self, behave: Callable[[int], Behaviour]) -> None:
        self.times: list[float] = []
        self._behave = behave

    def __call__(self, connection: Connection, request: RawRequest) -> bool | None:
        self.times.append(time.monotonic())
        return self._behave(len(self.times))(connection, request)


def too_early(arrivals: Arrivals, pace: Watched) -> list[float]:
    """How many seconds too early requests arrived."""
    return [until - when for when in arrivals.times for told, until in pace.told if told < when < until]


def throttle(connection: Connection, request: RawRequest) -> bool | None:
    """Take a moment, and ask to wait for a second."""
    connection.server.stopping.wait(0.1)
    return answer(429, b"{}", ("retry-after", "1"))(connection, request)


def calling(mode: Mode, client: Any, count: int) -> Any:
    """That many reads at once."""
    return together(mode, count, lambda: client.alerts.retrieve("alt_1"))


@pytest.mark.parametrize(("backend", "transport"), TRANSPORTS)
def test_what_waits_for_a_connection(backend: str, transport: str) -> None:
    """Twelve requests have passed the pace, eight of them wait for a connection: when the 429 comes they wait on."""
    pytest.importorskip(transport.removeprefix("portal:"))
    mode, pace = Mode(backend), Watched()

    def slowly(connection: Connection, request: RawRequest) -> bool | None:
        pace.begun()
        return ALERT(connection, request)

    arrivals = Arrivals(lambda turn: throttle if turn == 1 else slowly if turn <= 4 else ALERT)
    over = by_name(transport, blocking=mode.blocking, max_connections=4)

    async def scenario(url: str) -> list[Any]:
        client = mode.client(base_url=url, transport=over, rate_limiter=pace)
        results = await calling(mode, client, 12)
        assert (12, 13) == (client.stats.calls, client.stats.attempts)
        await mode.close(client)
        return results

    with RawServer(arrivals) as server:
        results = mode.run(scenario, server.url)
    assert ["alt_1"] * 12 == [alert.id for alert in results]
    assert [] == too_early(arrivals, pace)
    assert 13 == len(arrivals.times)


class Gate:
    """Notes what a transport asks and tells, and lets everything leave."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def held(self) -> bool:
        self.notes.append("may it leave?")
        return False

    def throttled(self, headers: Any) -> None:
        time.sleep(0.05)  # whoever waits for the connection would overtake this
        self.notes.append(f"wait {headers['retry-after']} s")


@pytest.mark.parametrize(("backend", "transport"), TRANSPORTS)
def test_the_hold_comes_before_the_connection_is_free(backend: str, transport: str) -> None:
    """Who waits for the connection that brought the 429 is let go only after everybody was told to wait."""
    pytest.importorskip(transport.removeprefix("portal:"))
    mode, gate = Mode(backend), Gate()
    over: Any = by_name(transport, blocking=mode.blocking, max_connections=1)

    async def scenario(url: str) -> list[Any]:
        answers = await together(mode, 2, lambda: over.send(get(url, gate=gate)))
        await got(over.close() if mode.blocking else over.aclose())
        return answers

    with RawServer(throttle, ALERT) as server:
        assert {429, 200} == {answer.status for answer in mode.run(scenario, server.url)}
    asked = [note for number, note in enumerate(gate.notes) if note != gate.notes[number - 1] or not number]
    assert ["may it leave?", "wait 1 s", "may it leave?"] == asked


@pytest.mark.parametrize(("backend", "transport"), OWN_SOCKETS)
def test_what_is_still_connecting(backend: str, transport: str, tmp_path: Any) -> None:
    """A connection that stands only when the 429 has come is not used before the wait is over."""
    pytest.importorskip(transport.removeprefix("portal:"))
    mode, pace, certificates = Mode(backend), Watched(), Certificates(tmp_path)

    def greet(connection: Connection) -> None:
        if connection.number > 1:
            pace.begun()

    arrivals = Arrivals(lambda turn: throttle if turn == 1 else ALERT)
    over = by_name(transport, blocking=mode.blocking, verify=certificates.path)

    async def scenario(url: str) -> list[Any]:
        client = mode.client(base_url=url, transport=over, rate_limiter=pace)
        results = await calling(mode, client, 4)
        await mode.close(client)
        return results

    with RawServer(arrivals, tls=certificates.good(), greet=greet) as server:
        results = mode.run(scenario, server.url)
    assert ["alt_1"] * 4 == [alert.id for alert in results]
    assert [] == too_early(arrivals, pace)
    assert 5 == len(arrivals.times)


def waiting(mode: Mode, happened: Callable[[], object], call: Callable[..., Any]) -> Callable[..., Any]:
    """``call``, which begins when something has happened, in the way of its mode."""

    def blocking(*terms: Any) -> Any:
        until = time.monotonic() + PATIENCE
        while not happened() and time.monotonic() < until:
            time.sleep(0.005)
        return call(*terms)

    async def awaited(*terms: Any) -> Any:
        with anyio.move_on_after(PATIENCE):
            while not happened():
                await anyio.sleep(0.005)
        return await got(call(*terms))

    return blocking if mode.blocking else awaited


def test_what_a_hook_delays(mode: Mode) -> None:
    """A request that a hook holds up while the 429 comes does not leave before the wait is over."""
    pace, begun = Watched(), []
    slow = waiting(mode, lambda: pace.told, lambda event: None)

    def on_request(event: Any) -> Any:
        begun.append(event)
        return slow(event) if len(begun) in {2, 3} else None

    arrivals = Arrivals(lambda turn: throttle if turn == 1 else ALERT)

    async def scenario(url: str) -> list[Any]:
        client = mode.client(base_url=url, rate_limiter=pace, hooks=Hooks(on_request=on_request))
        results = await calling(mode, client, 3)
        await mode.close(client)
        return results

    with RawServer(arrivals) as server:
        assert ["alt_1"] * 3 == [alert.id for alert in mode.run(scenario, server.url)]
    assert [] == too_early(arrivals, pace)
    assert 4 == len(arrivals.times)


def test_a_hook_that_delays_the_hold(mode: Mode) -> None:
    """A hook that takes its time over the 429 does not let others leave in the meantime."""
    pace, known = Watched(), []
    pause = waiting(mode, lambda: time.monotonic() > known[0] + SECOND / 2, lambda event: None)

    def on_response(event: Any) -> Any:
        if event.status != 429:
            return None
        known.append(time.monotonic())
        return pause(event)

    arrivals = Arrivals(lambda turn: throttle if turn == 1 else ALERT)

    async def scenario(url: str) -> list[Any]:
        client = mode.client(base_url=url, rate_limiter=pace, hooks=Hooks(on_response=on_response))
        calls = iter([client.alerts.retrieve, waiting(mode, lambda: known, client.alerts.retrieve)])
        results = await together(mode, 2, lambda: next(calls)("alt_1"))
        await mode.close(client)
        return results

    with RawServer(arrivals) as server:
        assert ["alt_1"] * 2 == [alert.id for alert in mode.run(scenario, server.url)]
    assert [] == [when for when in arrivals.times if known[0] < when < known[0] + 0.95 * SECOND]


@pytest.mark.parametrize("wait", ["1", "Wed, 21 Oct 2026 07:28:01 GMT"])
def test_all_who_begin_meanwhile(mode: Mode, wait: str) -> None:
    """Fifty calls that begin while a 429 holds the client leave when it is over, whichever way it says how long."""
    pace = Watched()
    date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT")
    throttled = answer(429, b"{}", date, ("retry-after", wait))
    arrivals = Arrivals(lambda turn: throttled if turn == 1 else ALERT)

    async def scenario(url: str) -> list[Any]:
        client = mode.client(base_url=url, rate_limiter=pace)
        late = waiting(mode, lambda: pace.told, client.alerts.retrieve)
        calls = iter([client.alerts.retrieve] + [late] * 50)
        results = await together(mode, 51, lambda: next(calls)("alt_1"))
        await mode.close(client)
        return results

    with RawServer(arrivals) as server:
        assert ["alt_1"] * 51 == [alert.id for alert in mode.run(scenario, server.url)]
    assert [] == too_early(arrivals, pace)
    told, until = pace.told[0]
    assert until - told >= SECOND
    assert 52 == len(arrivals.times)


def test_longer_than_the_call_may_take(mode: Mode) -> None:
    """Where the wait is longer than a call has, it fails at once and nothing leaves until the wait is over."""
    pace = Watched()
    arrivals = Arrivals(lambda turn: throttle if turn == 1 else ALERT)

    async def scenario(url: str) -> list[Any]:
        client = mode.client(base_url=url, rate_limiter=pace, timeout=0.9 * SECOND, retry=RetryPolicy(attempts=1))
        results = []
        for _ in range(5):
            try:
                results.append(await got(client.alerts.retrieve("alt_1")))
            except PagerTreeError as error:
                results.append(error)
        await mode.close(client)
        return results

    with RawServer(arrivals) as server:
        results = mode.run(scenario, server.url)
    assert RateLimitedError is type(results[0])
    assert [] == too_early(arrivals, pace)
