"""Clients: opened and closed, raw requests, transports of one's own."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import warnings
from typing import Any

import anyio
import msgspec
import pytest

from pagertree_async.auth import Token
from pagertree_async.client import AsyncClient, BlockingClient, Bounded
from pagertree_async.errors import (
    AmbiguousWriteError,
    AttemptTimeoutError,
    ClientClosedError,
    ConfigurationError,
    ConnectionFailedError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
    Sent,
    ServerError,
)
from pagertree_async.http import Request, Response, Timeout
from pagertree_async.retry import RetryPolicy
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
from tests.core.mini import BASE, FINE, TOKEN, AsyncMini, Mini, Script, answer, client, query, transport
from tests.modes import Mode, got, rows


def test_closing_closes_the_transport_once(mode: Mode) -> None:
    """Closing twice is fine; afterwards every call is a clear error and nothing is sent."""
    script = Script(answer(200, {"data": [], "has_more": False}))
    below = transport(mode, script)

    async def scenario() -> None:
        mini = client(mode, below)
        assert not mini.closed
        assert f"<{type(mini).__name__} {BASE}>" == repr(mini)
        await mode.close(mini)
        await mode.close(mini)
        assert mini.closed
        assert below._closed
        assert f"<{type(mini).__name__} {BASE} (closed)>" == repr(mini)
        for call in (
            lambda: mini.alerts.retrieve("alt_1"),
            lambda: mini.alerts.list().first(),
            lambda: mini.alerts.list().count(),
            lambda: mini.request("GET", "/alert"),
        ):
            with pytest.raises(ClientClosedError, match="the client is closed. Open a new client"):
                await got(call())
        with pytest.raises(ClientClosedError):
            await rows(mini.alerts.list())

    mode.run(scenario)
    assert [] == script.requests


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_a_client_that_nobody_closed(mode: Mode) -> None:
    """It warns, in every mode, once it has opened connections of its own; not before, and not when it was closed."""

    async def used(**settings: Any) -> Any:
        mini = client(mode, None, base_url="http://127.0.0.1:1", retry=RetryPolicy(attempts=1), **settings)
        with pytest.raises(ConnectionFailedError):
            await got(mini.request("GET", "/x"))
        return mini

    async def scenario() -> list[str]:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            await mode.close(await used())
            client(mode, None)
            client(mode, Script(FINE)).alerts.retrieve("alt_1") if mode.blocking else None
            gc.collect()
            assert [] == told
            await used()
            gc.collect()
        assert [ResourceWarning] == [one.category for one in told]
        return [str(one.message) for one in told]

    how = "'with', or call close()" if mode.blocking else "'async with', or await aclose()"
    name = "Mini" if mode.blocking else "AsyncMini"
    assert [f"<{name} http://127.0.0.1:1> was not closed: use {how}"] == mode.run(scenario)


def test_a_client_is_a_context_manager(mode: Mode) -> None:
    """Leaving the block closes the client, with an error in it too."""

    async def scenario() -> list[Any]:
        clients = []
        for fails in (False, True):
            mini = client(mode, Script(FINE))
            clients.append(mini)
            try:
                if mode.blocking:
                    with mini as entered:
                        assert entered is mini
                        assert not fails or 1 / 0
                else:
                    async with mini as entered:
                        assert entered is mini
                        assert not fails or 1 / 0
            except ZeroDivisionError:
                pass
        return clients

    assert [True, True] == [mini.closed for mini in mode.run(scenario)]


def test_a_transport_without_close_is_left_alone(mode: Mode) -> None:
    """A transport needs no method but ``send``."""

    class Only:
        def send(self, request: Request) -> Response:
            return FINE

    class AsyncOnly:
        async def send(self, request: Request) -> Response:
            return FINE

    async def scenario() -> None:
        mini = client(mode, Only() if mode.blocking else AsyncOnly())
        assert "alt_1" == (await got(mini.alerts.retrieve("alt_1"))).id
        await mode.close(mini)

    mode.run(scenario)


def test_a_client_closed_in_mid_call_is_told(mode: Mode) -> None:
    """When the client is closed while a call waits to try again, the call ends with a clear error."""

    async def scenario() -> None:
        mini = client(mode, Script(answer(500)), retry=RetryPolicy(base=0.01))

        async def sleep(seconds: float) -> None:
            await mode.close(mini)

        mini._session.mode = type("Closing", (mini._session.mode,), {"sleep": staticmethod(sleep)})
        with pytest.raises(ClientClosedError) as caught:
            await mini._session.call(*_call())
        assert ("GET", "/alert", 2) == (caught.value.method, caught.value.path, caught.value.attempts)

    mode.run(scenario)


def _call() -> Any:
    from pagertree_async.session import Call

    return Call(method="GET", path="/alert"), lambda response: response


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_closing_while_being_cancelled_still_closes(backend: str) -> None:
    """A cancelled task that leaves its client closes its connections, and stays cancelled."""
    closed: list[str] = []

    class Slow(AsyncMemoryTransport):
        async def aclose(self) -> None:
            await anyio.sleep(0.01)
            closed.append("closed")

    async def scenario() -> bool:
        with anyio.CancelScope() as scope:
            async with client(Mode(backend), Slow(Script(FINE))):
                scope.cancel()
                await anyio.sleep(1)
        return scope.cancelled_caught

    assert anyio.run(scenario, backend=backend)
    assert ["closed"] == closed


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_closing_ends_in_time(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transport that never finishes closing does not hold the program."""
    monkeypatch.setattr("pagertree_async.client.CLOSING", 0.02)

    class Stuck(AsyncMemoryTransport):
        async def aclose(self) -> None:
            await anyio.sleep(60)

    async def scenario() -> None:
        await client(Mode(backend), Stuck(Script(FINE))).aclose()

    begun = time.monotonic()
    anyio.run(scenario, backend=backend)
    assert time.monotonic() - begun < 1


def test_a_raw_request_gives_the_raw_answer(mode: Mode) -> None:
    """Status, headers, body and request id come as they are, with the same credentials."""
    script = Script(answer(201, b"anything", x_request_id="r-1"))

    async def scenario() -> Response:
        mini = client(mode, script)
        return await got(
            mini.request(
                "post",
                "odd/path",
                params={"a": [1, 2], "b": None, "c": True},
                json={"x": None},
                headers={"X-Odd": "1", "Accept": "text/csv", "Content-Type": "application/x", "User-Agent": "mine"},
                timeout=Timeout(total=3),
                retry=RetryPolicy(attempts=1),
            )
        )

    response = mode.run(scenario)
    assert (201, b"anything", "r-1") == (response.status, response.body, response.request_id)
    (request,) = script.requests
    assert ("POST", f"{BASE}/odd/path?a=1&a=2&c=true", b'{"x":null}') == (request.method, request.url, request.body)
    headers = request.revealed_headers()
    assert len(headers) == len(dict(headers))
    assert ("1", "text/csv", "application/x", "mine", TOKEN) == tuple(
        dict(headers)[name] for name in ("x-odd", "accept", "content-type", "user-agent", "authorization")
    )
    assert 3.0 == request.timeout.total


@pytest.mark.parametrize(
    ("method", "attempts"),
    [("GET", 3), ("head", 3), ("PUT", 3), ("Delete", 3), ("POST", 1), ("PATCH", 1), ("OPTIONS", 1)],
)
def test_a_raw_request_is_tried_again_by_its_method(mode: Mode, method: str, attempts: int) -> None:
    """A GET, PUT or DELETE is tried again as such, anything else as a create."""
    script = Script(answer(500))

    async def scenario() -> None:
        with pytest.raises(ServerError):
            await got(client(mode, script, retry=RetryPolicy(base=0)).request(method, "/x"))

    mode.run(scenario)
    assert attempts == len(script.requests)
    assert {method.upper()} == {request.method for request in script.requests}
    assert {b""} == {request.body for request in script.requests}


def test_a_raw_delete_that_was_lost_and_is_gone(mode: Mode) -> None:
    """As with the services, gone after an unclear attempt is success: 204 without a body."""
    script = Script(answer(502), answer(404))

    async def scenario() -> Response:
        mini = client(mode, script, retry=RetryPolicy(base=0))
        with pytest.raises(NotFoundError):
            await got(client(mode, Script(answer(404))).request("DELETE", "/alert/alt_1"))
        return await got(mini.request("DELETE", "/alert/alt_1"))

    assert (204, b"") == (mode.run(scenario).status, b"")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"method": "GET /"}, "not an HTTP method: 'GET /'"),
    ({"method": ""}, "not an HTTP method"),
    ({"method": None}, "not an HTTP method"),
    ({"method": "GÄT"}, "not an HTTP method"),
    ({"method": "ſet"}, "not an HTTP method"),
    ({"params": {"a": object()}}, "query value 'a'"),
    ({"json": object()}, "cannot be sent as JSON"),
    ({"json": "\ud800"}, "cannot be sent as JSON"),
    ({"timeout": 0}, "timeout: total"),
    ({"timeout": "5"}, "timeout: total"),
    ({"retry": 3}, "retry must be a RetryPolicy, not int"),
    *[
        ({"headers": {name: "x"}}, f"the header '{name}' frames the request or proves who sends it")
        for name in ("Authorization", "X-Api-Key", "x-api-secret", "Host", "Content-Length", "Transfer-Encoding")
        + ("Connection", "Accept-Encoding", "Proxy-Authorization", "Upgrade", "Expect", "TE", "Trailer")
    ],
    *[
        ({"headers": {name: value}}, "the header .* is not one, or has a value that no header can carry")
        for name, value in (("", "x"), ("a b", "x"), ("a:b", "x"), ("ä", "x"), ("a\r\nb", "x"), (3, "x"))
        + (("a", "x\r\ny: z"), ("a", "ä"), ("a", "\x00"), ("a", 3), ("a", None), ("a", b"x"))
    ],
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=range(len(WRONG)))
def test_a_raw_request_is_checked(mode: Mode, wrong: dict[str, Any], said: str) -> None:
    """What cannot be sent, or would change who asks whom, is refused before anything is sent."""
    script = Script(FINE)

    async def scenario() -> None:
        arguments = {"method": "GET", "path": "/x", **wrong}
        with pytest.raises(InvalidArgumentError, match=said):
            await got(client(mode, script).request(arguments.pop("method"), arguments.pop("path"), **arguments))

    mode.run(scenario)
    assert [] == script.requests


@pytest.mark.parametrize(
    ("settings", "kind", "said"),
    [
        ({"transport": object()}, ConfigurationError, "a transport has a method 'send'; object has none"),
        ({"transport": "x"}, ConfigurationError, "no transport named"),
        ({"proxy": "http://proxy:8080"}, ConfigurationError, "a proxy is the transport's affair"),
        ({"proxy": 5, "transport": None}, ConfigurationError, "proxy must be an address as text, not int"),
        ({"rate_limiter": 5}, ConfigurationError, "rate_limiter must be a Pace or another RateLimiter, not int"),
        ({"timeout": -1}, InvalidArgumentError, "timeout: total"),
        ({"timeout": None}, InvalidArgumentError, "timeout: total"),
        ({"retry": 3}, InvalidArgumentError, "retry must be a RetryPolicy, not int"),
    ],
)
def test_settings_are_checked(mode: Mode, settings: dict[str, Any], kind: Any, said: str) -> None:
    """A wrong setting is told when the client is made."""
    with pytest.raises(kind, match=said):
        client(mode, Script(FINE), **settings)


def test_a_transport_of_the_other_mode_is_told(mode: Mode) -> None:
    """A blocking transport in an async client, or the reverse, is a clear error at once."""
    other = AsyncMemoryTransport if mode.blocking else MemoryTransport
    said = (
        "suspends; a blocking client needs a plain 'def send'"
        if mode.blocking
        else "blocks; an async client needs 'async def send'"
    )
    with pytest.raises(ConfigurationError, match=f"{other.__name__}.send {said}"):
        client(mode, other(Script(FINE)))


def test_by_default_httpx_sends(mode: Mode) -> None:
    """Without a transport the client makes its own, with the proxy it was given, and closes it."""

    async def scenario() -> str:
        mini = client(mode, None, proxy="http://127.0.0.1:9")
        name = type(mini._transport).__name__
        await mode.close(mini)
        return name

    assert ("HTTPXTransport" if mode.blocking else "AsyncHTTPXTransport") == mode.run(scenario)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("verb", ["retrieve", "create"])
def test_a_foreign_transport_is_held_to_the_deadline(backend: str, verb: str) -> None:
    """A transport that keeps no time of its own is cancelled when the call's is over."""
    cancelled: list[str] = []

    class Foreign:
        async def send(self, request: Request) -> Response:
            try:
                await anyio.sleep(60)
            finally:
                cancelled.append(request.method)
            return FINE

    async def scenario() -> None:
        mini = client(Mode(backend), Foreign(), timeout=0.05)
        if verb == "retrieve":
            with pytest.raises(DeadlineExceededError):
                await mini.alerts.retrieve("alt_1")
        else:
            with pytest.raises(AmbiguousWriteError):
                await mini.alerts.create(title="t")

    begun = time.monotonic()
    anyio.run(scenario, backend=backend)
    assert time.monotonic() - begun < 0.5
    assert 1 == len(cancelled)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_what_has_no_time_left_is_not_sent(backend: str) -> None:
    """A request whose deadline has passed does not reach the transport: nothing is ambiguous."""
    script = Script(FINE)

    async def scenario() -> AttemptTimeoutError:
        with pytest.raises(AttemptTimeoutError) as caught:
            await Bounded(AsyncMemoryTransport(script)).send(
                Request(method="POST", url=BASE, deadline=time.monotonic() - 1)
            )
        return caught.value

    assert Sent.NO == anyio.run(scenario, backend=backend).sent
    assert [] == script.requests


def test_a_transport_that_keeps_deadlines_is_used_as_it_is() -> None:
    """One that says it keeps deadlines is not wrapped."""

    class Own(AsyncMemoryTransport):
        keeps_deadlines = True

    below = Own(Script(FINE))
    assert client(Mode("asyncio"), below)._session._transport is below


def test_an_idle_client_owns_no_task_and_no_thread() -> None:
    """Between calls nothing of a client runs."""

    async def scenario() -> tuple[int, int]:
        threads, tasks = threading.active_count(), len(asyncio.all_tasks())
        with Mini(Token("abc"), BASE, **_plain(MemoryTransport(Script(FINE)))) as blocking:
            async with AsyncMini(Token("abc"), BASE, **_plain(AsyncMemoryTransport(Script(FINE)))) as awaited:
                await awaited.request("GET", "/x")
                blocking.request("GET", "/x")
                return threading.active_count() - threads, len(asyncio.all_tasks()) - tasks

    assert (0, 0) == asyncio.run(scenario())


def _plain(below: Any) -> dict[str, Any]:
    return {"transport": below, "timeout": 5, "retry": None, "proxy": None, "rate_limiter": None, "allow_http": False}


def test_one_async_client_in_two_loops() -> None:
    """A client that is awaited serves one loop after the other."""
    script = Script(answer(200, {"token": "abcd"}), FINE)
    from pagertree_async.auth import Login

    mini = client(Mode("asyncio"), script, Login("u", "a-password"))

    async def scenario() -> str:
        return str((await mini.alerts.retrieve("alt_1")).id)

    assert ["alt_1", "alt_1"] == [asyncio.run(scenario()), anyio.run(scenario, backend="trio")]


def test_a_blocking_client_works_in_a_running_loop_and_in_threads() -> None:
    """A blocking client needs no loop and minds none; many threads share it."""
    mini = client(Mode("blocking"), Script(FINE))

    async def in_loop() -> str:
        return str(mini.alerts.retrieve("alt_1").id)

    assert "alt_1" == asyncio.run(in_loop())
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(mini.alerts.retrieve("alt_1").id)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["alt_1"] * 20 == seen


def test_a_keyboard_interrupt_stops_a_blocking_call() -> None:
    """Ctrl-C ends a call where it stands; nothing is sent again, and the client works afterwards."""
    script = Script(lambda _: KeyboardInterrupt(), FINE)
    mini = client(Mode("blocking"), script)
    with pytest.raises(KeyboardInterrupt):
        mini.alerts.retrieve("alt_1")
    assert 1 == len(script.requests)
    assert "alt_1" == mini.alerts.retrieve("alt_1").id


def test_the_bases_of_both_modes_are_told_apart() -> None:
    """The clients of an API add services to these two."""
    assert issubclass(AsyncMini, AsyncClient)
    assert issubclass(Mini, BlockingClient)
    assert {"a": "1"} == query(Request(method="GET", url=f"{BASE}/x?a=1"))
    assert {"id": "alt_1"}.items() <= msgspec.json.decode(FINE.body).items()
