"""How a row of the list is played, by the names that the list uses.

A scenario that is ``async def`` is run in the mode of the way, in blocking mode without ever suspending; one that is not
has the whole of a run to itself, event loop and all.
"""

from __future__ import annotations

import inspect
import json
import os
import signal
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import anyio

from pagertree_async.auth import Login
from pagertree_async.errors import IncompleteListWarning, PagerTreeError, RateLimitedError
from pagertree_async.pace import Pace
from pagertree_async.telling import Hooks
from tests.core.test_auth import together
from tests.faults import secrets
from tests.faults.behaviours import BEHAVIOURS, JSON, NAMED, found, lists, page, redirects, throttles
from tests.faults.behaviours import asked as rows_asked
from tests.faults.case import PATIENCE, SLACK, Case, outcome
from tests.faults.clock import stepped, wall_clock
from tests.faults.ways import in_use
from tests.modes import got, rows
from tests.rawserver import (
    Behaviour,
    Connection,
    RawRequest,
    RawServer,
    after,
    black_hole,
    refusing_port,
    tunnel,
    whole,
)
from tests.reliability.test_elsewhere import in_child

MANY = 50
TEN_AT_ONCE = 10
NAME = "api.example.test"
"""A name that only a proxy knows."""
BAD_IDS = (
    "",
    "..",
    ".",
    "a/b",
    "%2e%2e",
    "%2E%2E/alert",
    "a\r\nx-evil: 1",
    "a b",
    "a?b",
    "a#b",
    "a\x00",
    "\\..\\",
    None,
    5,
)

SCENARIOS: dict[str, Callable[[Case], Any]] = {}


def scenario(play: Callable[[Case], Any]) -> Callable[[Case], Any]:
    """Let the list use a function by its name."""
    SCENARIOS[play.__name__] = play
    return play


async def _met(case: Case, client: Any, server: RawServer, greet: Any = None, another: Any = None) -> None:
    """The row's call, what the server saw of it, and what comes after it; a call of ``another`` client is cancelled."""
    fault, behaviours = case.fault, server.behaviours
    await case.meets(case.operation(client))
    seen = [request for request in server.requests if request.method != "CONNECT"]
    if fault.requests is not None:
        assert fault.requests == len(seen), [(request.method, request.target) for request in seen]
    if fault.waits is not None:
        waited = seen[1].at - seen[0].at
        assert fault.waits <= waited <= fault.waits + SLACK, f"it waited {waited:.2f} s"
    await case.recovers(client, server)
    if fault.hangs and fault.expected != "value":
        server.behaviours, server.greet = behaviours, greet
        await case.cancelled(another or client)
        await case.recovers(another or client, server)


@scenario
async def answers(case: Case) -> None:
    """The server takes the request, and misbehaves."""
    server = case.server()
    await _met(case, case.client(server.url), server)


@scenario
async def used_before(case: Case) -> None:
    """The same, on a connection that has carried a request before."""
    server = case.server(BEHAVIOURS["fine"], *(BEHAVIOURS[name] for name in case.fault.behaviour))
    client = case.client(server.url)
    await case.works(client)
    await _met(case, client, server)


@scenario
async def heard_too_late(case: Case) -> None:
    """What nobody asked for comes on a connection that is idle."""
    server = case.server()
    client = case.client(server.url)
    for _ in range(2):
        await case.meets(case.operation(client))
        await case.pause(2 * PATIENCE)
    await case.recovers(client, server)


@scenario
async def says_nothing(case: Case) -> None:
    """The server accepts the connection, and that is all."""
    server = case.server(BEHAVIOURS["hang"], greet=Connection.wait_for_the_end)
    await _met(case, case.client(server.url), server, Connection.wait_for_the_end)


@scenario
async def refused(case: Case) -> None:
    """Nobody listens at first."""
    port = refusing_port()
    client = case.client(f"http://127.0.0.1:{port}")
    await case.meets(case.operation(client))
    await case.recovers(client, case.server(BEHAVIOURS["fine"], port=port))


@scenario
async def unknown_name(case: Case) -> None:
    """The name of the host is one that nobody knows."""
    client = case.client("https://nobody.invalid")
    for _ in range(2):
        await case.meets(case.operation(client))
    assert 0 == in_use(client._transport)


@scenario
async def taken_up_by_nobody(case: Case) -> None:
    """Nobody takes the connection up."""
    hole = black_hole()
    url = await case.entered(hole)
    client = case.client(url)
    await case.meets(case.operation(client))
    assert 0 == in_use(client._transport)
    await case.cancelled(client)


@scenario
async def not_to_be_trusted(case: Case) -> None:
    """The server's certificate proves nothing."""
    (kind,) = case.fault.behaviour
    server = case.server(BEHAVIOURS["fine"], tls=getattr(case.certificates, kind)())
    client = case.client(server.url, transport={"verify": case.certificates.path})
    await case.meets(case.operation(client))
    assert [] == server.requests
    server.tls = case.certificates.good()
    await case.recovers(client, server)


@scenario
async def handshake(case: Case) -> None:
    """The TLS handshake is cut, or never comes."""

    def cut(connection: Connection) -> bool:
        connection.sock.recv(10)
        connection.reset()
        return False

    greet = {"cut": cut, "hang": Connection.wait_for_the_end}[case.fault.behaviour[0]]
    server = case.server(BEHAVIOURS["hang"], tls=case.certificates.good(), greet=greet)
    await _met(case, case.client(server.url, transport={"verify": case.certificates.path}), server, greet)


@scenario
async def redirected(case: Case) -> None:
    """The server sends the call elsewhere; nobody is to arrive there."""
    other = case.server(BEHAVIOURS["fine"])
    to = {
        "other host": f"http://localhost:{other.port}/alert/alt_1",
        "other port": f"{other.url}/alert/alt_1",
        "other scheme": f"https://127.0.0.1:{other.port}/alert/alt_1",
        "loop": "/alert/alt_1",
        "nowhere": "",
    }
    server = case.server(redirects(to[case.fault.behaviour[0]]))
    await _met(case, case.client(server.url), server)
    assert 0 == other.connections


@scenario
async def through_a_proxy(case: Case) -> None:
    """What the proxy does with a call over TLS."""
    server = case.server(BEHAVIOURS["fine"], tls=case.certificates.good())

    def passes_on(connection: Connection, request: RawRequest) -> bool:
        request.target = f"127.0.0.1:{server.port}"
        return tunnel(connection, request)

    behaviours = [BEHAVIOURS[name] for name in case.fault.behaviour]
    proxy = case.server(*behaviours) if behaviours else None
    port = proxy.port if proxy else refusing_port()
    client = case.client(f"https://{NAME}:{server.port}", transport=_through(port) | {"verify": case.certificates.path})
    await case.meets(case.operation(client))
    assert [] == server.requests
    proxy = proxy or case.server(passes_on, port=port)
    proxy.behaviours = (passes_on,)
    await case.works(client)
    assert all(request.header("proxy-authorization") is None for request in server.requests)
    assert all(request.header("authorization") is None for request in proxy.requests)
    assert proxy.requests[-1].header("proxy-authorization") is not None


@scenario
async def forwarded(case: Case) -> None:
    """What the proxy does with a call without TLS, which it is handed with its whole address."""
    proxy = case.server()
    client = case.client(f"http://{NAME}", transport=_through(proxy.port), allow_http=True)
    await _met(case, client, proxy)


def _through(port: int) -> dict[str, Any]:
    return {"proxy": f"http://{secrets.PROXY_USER}:{secrets.PROXY_PASSWORD}@127.0.0.1:{port}"}


@scenario
async def one_of_fifty(case: Case) -> None:
    """One of fifty calls is told to wait: none of the others leaves before that, and none fails.

    Ten may be under way at once, so that the rest are waiting for a connection when it is told.
    """
    told: list[float] = []
    hooks = Hooks(on_retry=lambda event: told.append(time.monotonic()))
    server = case.server(throttles(("retry-after", "1")), after(0.05, BEHAVIOURS["fine"]))
    client = case.client(
        server.url, hooks=hooks, rate_limiter=Pace(adapts=False), transport={"max_connections": TEN_AT_ONCE}
    )
    results = await together(case.mode, MANY, case.operation(client))
    assert ["disk full"] * MANY == [getattr(result, "title", result) for result in results]
    assert (1, MANY + 1) == (len(told), len(server.requests))
    late = [request.at - told[0] for request in server.requests if request.at - told[0] > 0.25]
    assert len(late) >= MANY - TEN_AT_ONCE  # in threads, one more may have left before the answer was looked at
    assert min(late) >= 0.95, f"one left {min(late):.2f} s after it"
    await case.recovers(client, server)


@scenario
async def storm(case: Case) -> None:
    """Every call fails: what is tried again is bounded for all of them together."""
    server = case.server()
    client = case.client(server.url)
    results = await together(case.mode, MANY, case.operation(client))
    for result in results:
        assert case.fault.expected == type(result).__name__
    most = MANY if case.fault.operation == "CREATE" else MANY + 500 // 14
    assert MANY <= len(server.requests) <= most
    await case.recovers(client, server)


class Expiring:
    """A server whose token ends while lists are read, and that counts the logins."""

    TOTAL = 20

    def __init__(self) -> None:
        self.logins = 0
        self._lock = threading.Lock()
        self._expired = False

    def __call__(self, connection: Connection, request: RawRequest) -> None:
        with self._lock:
            connection.send(self._answer(request))

    def _answer(self, request: RawRequest) -> bytes:
        if request.target.endswith("/login"):
            self.logins += 1
            return whole(200, json.dumps({"token": f"{secrets.OBTAINED}-{self.logins}"}).encode(), JSON, NAMED)
        limit, offset = rows_asked(request)
        if offset and not self._expired:
            self._expired = True
        valid = 2 if self._expired else 1
        if request.header("authorization") != f"{secrets.OBTAINED}-{valid}":
            return whole(401, b'{"message": "expired"}', JSON, NAMED)
        return page(list(range(offset, offset + limit)), more=offset + limit < self.TOTAL, total=self.TOTAL)


@scenario
async def expires(case: Case) -> None:
    """A token ends in the middle of fifty lists: one login, and nobody notices."""
    behave = Expiring()
    server = case.server(behave)
    client = case.client(server.url, auth=Login("ada@example.com", secrets.PASSWORD))
    if case.mode.blocking:
        results = await together(case.mode, MANY, lambda: list(client.alerts.list(limit=10)))
    else:
        results = await together(case.mode, MANY, lambda: rows(client.alerts.list(limit=10)))
    assert [Expiring.TOTAL] * MANY == [len(result) if isinstance(result, list) else result for result in results]
    assert 2 == behave.logins
    await case.recovers(client, server)


def _logins(behaviours: list[Behaviour]) -> Behaviour:
    """Logins meet the behaviours, one after the other; everything else is answered as it should be."""
    calls = [0]

    def behave(connection: Connection, request: RawRequest) -> bool | None:
        if not request.target.endswith("/login"):
            connection.send(found(request))
            return None
        calls[0] += 1
        return behaviours[min(calls[0], len(behaviours)) - 1](connection, request)

    return behave


@scenario
async def login_fails(case: Case) -> None:
    """The login itself meets the fault."""
    server = case.server(_logins([BEHAVIOURS[name] for name in case.fault.behaviour]))
    clients = [case.client(server.url, auth=Login("ada@example.com", secrets.PASSWORD)) for _ in range(2)]
    await _met(case, clients[0], server, another=clients[1])


@scenario
async def login_fails_fifty(case: Case) -> None:
    """The login fails for fifty calls at once: it is tried once, and each gets an error of its own."""
    server = case.server(_logins([after(0.3, BEHAVIOURS["401"])]))
    client = case.client(server.url, auth=Login("ada@example.com", secrets.PASSWORD))
    results = await together(case.mode, MANY, case.operation(client))
    assert [case.fault.expected] * MANY == [type(result).__name__ for result in results]
    assert MANY == len({id(result) for result in results})
    assert 1 == len(server.requests)
    await case.recovers(client, server)


@scenario
async def listed(case: Case) -> None:
    """A list misbehaves: it ends, by itself or with an error, and nothing is lost without a word."""
    fault = case.fault
    server = case.server(lists(fault.behaviour[0]))
    client = case.client(server.url)
    got_: list[Any] = []

    async def read() -> None:
        listing = client.alerts.list(limit=10)
        if case.mode.blocking:
            got_.extend(iter(listing))
        else:
            async for row in listing:
                got_.append(row)

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ended = await outcome(read)
    warned = [warning.category.__name__ for warning in told]
    if fault.expected == IncompleteListWarning.__name__:
        assert [fault.expected] == warned
        assert None is ended
    else:
        assert [] == warned
        case.proves(ended)
    if isinstance(ended, PagerTreeError):
        assert len(got_) == ended.next_offset
    assert fault.rows == len(got_)
    assert fault.requests == len(server.requests)
    await case.recovers(client, server)


@scenario
async def unknown(case: Case) -> None:
    """What nobody has heard of yet is handed over as it came."""
    server = case.server()
    client = case.client(server.url)
    alert = await case.meets(case.operation(client))
    assert ("transcended", "unheard-of", "hologram") == (str(alert.status), str(alert.urgency), alert.extra["object"])
    assert {"deep": [1, None, {"x": "ü"}]} == alert.extra["new_field"]
    await case.recovers(client, server)


@scenario
async def bad_ids(case: Case) -> None:
    """What is no id is refused before anything is sent."""
    server = case.server(BEHAVIOURS["fine"])
    client = case.client(server.url)
    for bad in BAD_IDS:
        for verb in ("retrieve", "acknowledge", "delete"):
            error = await outcome(lambda bad=bad, verb=verb: getattr(client.alerts, verb)(bad))
            assert case.fault.expected == type(error).__name__, f"{verb}({bad!r}): {error!r}"
            assert str(error).isprintable()
    assert 0 == server.connections
    await case.recovers(client, server)


@scenario
async def closed(case: Case) -> None:
    """The client is used after it was closed."""
    server = case.server(BEHAVIOURS["fine"])
    client = case.client(server.url)
    await case.works(client)
    for _ in range(2):
        await case.mode.close(client)
    error = await outcome(case.operation(client))
    assert case.fault.expected == type(error).__name__
    assert error.hint in str(error)
    assert 1 == len(server.requests)


@scenario
async def closed_meanwhile(case: Case) -> None:
    """The client is closed while a call hangs: both come to their end at once."""
    server = case.server()
    client = case.client(server.url)
    ended: list[Any] = []

    async def close() -> None:
        while not server.requests:
            await case.pause(0.005)
        begun = time.monotonic()
        await case.mode.close(client)
        assert time.monotonic() - begun < 1.0

    async def call() -> None:
        ended.append(await outcome(case.operation(client)))

    if case.mode.blocking:
        thread = threading.Thread(target=lambda: case.mode.run(call))
        thread.start()
        await close()
        thread.join(case.fault.total)
    else:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            await close()
    assert [case.fault.expected] == [type(end).__name__ for end in ended]
    assert case.fault.maybe_applied == ended[0].maybe_applied
    assert 0 == in_use(client._transport)


@scenario
async def an_hour_passes(case: Case) -> None:
    """The API asks to wait for an hour: calls fail at once until it is over, and then they work."""
    with stepped() as clock:
        server = case.server()
        client = case.client(server.url)
        error = await case.meets(case.operation(client))
        assert 3600.0 == error.retry_after
        server.behaviours = (BEHAVIOURS["fine"],)
        for passed in (0, 1800, 1790):
            clock.step(passed)
            held = await outcome(case.operation(client))
            assert isinstance(held, RateLimitedError)
            assert 1 == len(server.requests)
        clock.step(20)
        await case.works(client)


@scenario
async def the_clock_on_the_wall_jumps(case: Case) -> None:
    """The machine's clock is set forward and back while calls are tried again: nothing depends on it."""
    server = case.server()
    client = case.client(server.url)
    for seconds in (86_400.0, -86_400.0):
        server.requests.clear()
        with wall_clock(seconds):
            await _met(case, client, server)
        server.behaviours = tuple(BEHAVIOURS[name] for name in case.fault.behaviour)


@scenario
async def in_threads(case: Case) -> None:
    """One client in many threads at once; an async one in an event loop in each."""
    server = case.server(BEHAVIOURS["fine"])
    client = case.client(server.url)
    titles: list[str] = []

    async def use() -> None:
        for _ in range(3):
            titles.append((await got(client.alerts.retrieve("alt_1"))).title)

    threads = [threading.Thread(target=lambda: case.mode.run(use)) for _ in range(10)]

    def run() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    if case.mode.blocking:
        run()
    else:
        await anyio.to_thread.run_sync(run)
    assert Counter({"disk full": 30}) == Counter(titles)
    await case.works(client)


@scenario
def one_loop_after_another(case: Case) -> None:
    """A client is used in one event loop, and after the end of that in another; a blocking one, inside of them."""
    server = case.server(BEHAVIOURS["fine"])
    client = case.client(server.url)

    async def use() -> None:
        await case.works(client)

    async def within() -> None:
        case.mode.run(use)

    if case.mode.blocking:
        for backend in ("asyncio", "trio"):
            anyio.run(within, backend=backend)
    else:
        for _ in range(3):
            case.mode.run(use)
    case.mode.run(case.close)


@scenario
def after_a_fork(case: Case) -> None:
    """A client that was used is used in a child process, and then by its parent again."""
    server = case.server(BEHAVIOURS["fine"])
    client = case.client(server.url)

    async def use() -> None:
        await case.works(client)

    case.mode.run(use)
    ended = in_child(lambda: case.mode.run(use))
    assert ended == "fine" if case.fault.expected == "value" else ended.startswith(case.fault.expected), ended
    case.mode.run(use)
    case.mode.run(case.close)


def _interrupted(case: Case, times: int) -> None:
    server = case.server()
    client = case.client(server.url)

    async def call() -> None:
        await got(case.operation(client)())

    async def again() -> None:
        await case.recovers(client, server)
        await case.close()

    def press() -> None:
        for _ in range(times):
            time.sleep(PATIENCE)
            os.kill(os.getpid(), signal.SIGINT)

    begun, felt, presses = time.monotonic(), 0, threading.Thread(target=press)
    while not felt or presses.is_alive():
        try:
            if not felt:
                presses.start()
                case.mode.run(call)
            presses.join()
        except KeyboardInterrupt:
            felt += 1
    assert time.monotonic() - begun < times * PATIENCE + 1.0
    assert 1 == len(server.requests)
    case.mode.run(again)


@scenario
def interrupted(case: Case) -> None:
    """Ctrl-C while a call hangs: it ends at once, and the client works afterwards."""
    _interrupted(case, 1)


@scenario
def interrupted_twice(case: Case) -> None:
    """The same, and once more while it comes to its end."""
    _interrupted(case, 2)


def plays_alone(name: str) -> bool:
    """Whether a scenario has the whole of a run to itself."""
    return not inspect.iscoroutinefunction(SCENARIOS[name])
