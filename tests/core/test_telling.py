"""What a client tells of its work."""

from __future__ import annotations

import logging
import threading
from typing import Any

import anyio
import pytest

from pagertree_async.auth import Login
from pagertree_async.errors import (
    ConfigurationError,
    ConnectionLostError,
    PermissionDeniedError,
    RateLimitedError,
    Sent,
)
from pagertree_async.pace import Pace
from pagertree_async.telling import Event, Hooks, Stats, Telling, escaped, shown
from tests.core.mini import ALERT, FINE, TOKEN, Clock, Script, answer, client
from tests.core.test_auth import together
from tests.modes import Mode, got, rows

LIST = answer(200, {"data": [ALERT, ALERT | {"id": "alt_2"}], "has_more": False, "total_count": 2})


def hooks(events: list[Event]) -> Hooks:
    """Functions that note every event."""
    return Hooks(**dict.fromkeys(Hooks.__struct_fields__, events.append))


def test_everything_is_told_in_order(mode: Mode, clock: Clock) -> None:
    """A call that was tried again tells of each attempt, why it was repeated, and how long it waited."""
    events: list[Event] = []
    steps = (answer(503), answer(429, retry_after="3"), answer(200, ALERT, x_request_id="r-1", set_cookie="secret"))

    async def scenario() -> None:
        mini = client(mode, Script(*steps), hooks=hooks(events))
        await got(mini.alerts.retrieve("alt_1", timeout=20))

    mode.run(scenario)
    kinds = ["request", "response", "retry", "wait", "request", "response", "retry", "wait", "request", "response"]
    assert kinds == [event.kind for event in events]
    assert {("GET", "/alert/alt_1")} == {(event.method, event.path) for event in events}
    assert [503, 429, 200] == [event.status for event in events if event.kind == "response"]
    assert ["503", "retry", "429", "hold"] == [event.cause for event in events if event.kind in {"retry", "wait"}]
    assert [1, 2, 3] == [event.attempt for event in events if event.kind == "request"]
    assert {"x-request-id": "r-1"} == events[-1].headers
    assert {"accept", "user-agent"} == set(events[0].headers)


def test_numbers_of_a_client(mode: Mode, clock: Clock) -> None:
    """Calls, attempts, retries by cause, waits by what for, bytes and rows are counted."""
    steps = (answer(503), answer(429, retry_after="3"), FINE, ConnectionLostError("gone", sent=Sent.MAYBE), LIST)

    async def scenario() -> Stats:
        mini = client(mode, Script(*steps), rate_limiter=Pace(1))
        await got(mini.alerts.retrieve("alt_1"))
        assert 2 == len(await rows(mini.alerts.list()))
        return mini.stats  # type: ignore[no-any-return]

    stats = mode.run(scenario)
    assert (2, 5, 2, 0) == (stats.calls, stats.attempts, stats.rows, stats.sent)
    assert {"503": 1, "429": 1, "ConnectionLostError": 1} == stats.retries
    assert len(FINE.body) + len(LIST.body) == stats.received
    assert ["hold", "pace", "retry"] == sorted(stats.waited)
    assert stats.waited["hold"] >= 3
    assert repr(stats).startswith("<Stats calls=2 attempts=5 retries={")


def test_numbers_of_fifty_at_once_are_whole(mode: Mode) -> None:
    """No count is lost between tasks or threads, and a body that leaves is counted too."""

    async def scenario() -> Stats:
        mini = client(mode, lambda request: FINE)
        await together(mode, 50, lambda: mini.alerts.create(title="t"))
        return mini.stats  # type: ignore[no-any-return]

    stats = mode.run(scenario)
    assert (50, 50, 50 * 13, 50 * len(FINE.body)) == (stats.calls, stats.attempts, stats.sent, stats.received)
    stats.after_fork()
    assert (0, {}) == (stats.attempts, stats.retries)


def test_a_call_that_never_left_is_none(mode: Mode, clock: Clock) -> None:
    """What was refused before a request of it left is not counted as a call; a login is an attempt, and no call."""

    async def scenario() -> Stats:
        mini = client(mode, Script(answer(200, {"token": "abcd"}), FINE), Login("ada", "a-long-password"))
        await got(mini.alerts.retrieve("alt_1"))
        mini._session._pace.hold(60)
        with pytest.raises(RateLimitedError, match="Nothing was sent"):
            await got(mini.alerts.retrieve("alt_1", timeout=5))
        return mini.stats  # type: ignore[no-any-return]

    stats = mode.run(scenario)
    assert (1, 2) == (stats.calls, stats.attempts)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_waiting_for_the_login_of_another_task(backend: str) -> None:
    """It is told before it begins, and counted when it is over: for those who wait, not for the one who logs in."""
    events: list[Event] = []

    async def answers(request: Any) -> Any:
        if request.url.endswith("/login"):
            await anyio.sleep(0.05)
            return answer(200, {"token": "abcd"})
        return FINE

    class Slow:
        keeps_deadlines = True
        send = staticmethod(answers)

    async def scenario() -> Stats:
        mini = client(Mode(backend), Slow(), Login("ada", "a-long-password"), hooks=Hooks(on_wait=events.append))
        await together(Mode(backend), 3, lambda: mini.alerts.retrieve("alt_1"))
        return mini.stats  # type: ignore[no-any-return]

    stats = anyio.run(scenario, backend=backend)
    assert [("wait", "GET", "/alert/alt_1", "login", None)] * 2 == [
        (event.kind, event.method, event.path, event.cause, event.seconds) for event in events
    ]
    assert ["login"] == list(stats.waited)
    assert 0.05 < stats.waited["login"] < 5
    assert (3, 4) == (stats.calls, stats.attempts)


def test_waiting_for_the_login_of_another_thread() -> None:
    """The same between the threads of a blocking client."""
    events: list[Event] = []
    waits = threading.Event()

    def answers(request: Any) -> Any:
        if request.url.endswith("/login"):
            assert waits.wait(30)
            return answer(200, {"token": "abcd"})
        return FINE

    def noted(event: Event) -> None:
        events.append(event)
        waits.set()

    mini = client(Mode("blocking"), answers, Login("ada", "a-long-password"), hooks=Hooks(on_wait=noted))
    threads = [threading.Thread(target=mini.alerts.retrieve, args=("alt_1",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert ["login"] == [event.cause for event in events]
    assert ["login"] == list(mini.stats.waited)


def test_a_login_is_told_without_its_password(mode: Mode, caplog: pytest.LogCaptureFixture) -> None:
    """Every request is told, those of logins too, and none of its secrets."""
    caplog.set_level(logging.DEBUG, "pagertree_async")
    events: list[Event] = []
    script = Script(answer(200, {"token": "a-secret-token"}), FINE)

    async def scenario() -> None:
        mini = client(mode, script, Login("ada@example.com", "a-long-password"), hooks=hooks(events))
        await got(mini.alerts.list(title="a-private-title").first() if mode.blocking else mini.alerts.list(title="x"))

    with pytest.raises(Exception, match="another shape|not JSON"):
        mode.run(scenario)
    assert ["/public/login", "/alert"] == [event.path for event in events if event.kind == "request"]
    for secret in ("a-secret-token", "a-long-password", "a-private-title", "authorization"):
        assert secret not in caplog.text + repr(events)


def test_one_line_an_event(mode: Mode, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """The log has a line an event; a retry stands out; what a server sends cannot break a line."""
    caplog.set_level(logging.DEBUG, "pagertree_async")
    steps = (
        ConnectionLostError("gone", sent=Sent.MAYBE),
        answer(200, ALERT, x_request_id="a\n\x1b[31mb", cookie=TOKEN),
    )

    async def scenario() -> None:
        await got(client(mode, Script(*steps)).alerts.retrieve("alt_1"))

    mode.run(scenario)
    names = [record.getMessage().split()[0] for record in caplog.records]
    assert ["request", "failure", "retry", "wait", "request", "response"] == names
    assert [logging.INFO] == [record.levelno for record in caplog.records if record.levelno != logging.DEBUG]
    assert 6 == len(caplog.text.splitlines())
    assert TOKEN not in caplog.text
    assert r"a\\n\\x1b[31mb" in caplog.text


@pytest.mark.parametrize("status", [200, 403])
def test_a_server_that_repeats_the_token(mode: Mode, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """It reaches neither the log nor a function nor the error, although it stands in headers that may be seen."""
    caplog.set_level(logging.DEBUG, "pagertree_async")
    events: list[Event] = []
    said = answer(
        status, ALERT, x_request_id=f"r-{TOKEN}", date=TOKEN, content_type=f"x; y={TOKEN}\r\nx", set_cookie="z"
    )

    async def scenario() -> str:
        mini = client(mode, Script(said), hooks=hooks(events))
        try:
            await got(mini.alerts.retrieve("alt_1", extra_query={"private": "a-private-value"}))
        except PermissionDeniedError as error:
            assert "r-***" == error.request_id
            return str(error)
        return ""

    seen = mode.run(scenario) + caplog.text + repr(events)
    assert TOKEN not in seen
    assert "a-private-value" not in seen
    assert {"x-request-id": "r-***", "date": "***", "content-type": "x; y=***\r\nx"} == events[1].headers
    assert 2 == len(caplog.text.splitlines())


def test_an_answer_of_another_shape_does_not_give_the_token_away(mode: Mode) -> None:
    """The request's id stands in that error too, without what the server put into it."""
    wrong = answer(200, b"[]", x_request_id=f"r-{TOKEN}")

    async def scenario() -> str:
        with pytest.raises(Exception, match="another shape|not what was asked for") as caught:
            await got(client(mode, Script(wrong)).alerts.retrieve("alt_1"))
        assert "r-***" == caught.value.request_id
        return str(caught.value)

    assert TOKEN not in mode.run(scenario)


def test_a_function_that_fails_is_logged(mode: Mode, caplog: pytest.LogCaptureFixture) -> None:
    """It changes nothing for the call."""

    def fails(event: Event) -> None:
        raise ValueError("broken hook")

    async def scenario() -> str:
        mini = client(mode, Script(FINE), hooks=Hooks(on_request=fails, on_response=fails))
        return str((await got(mini.alerts.retrieve("alt_1"))).id)

    assert "alt_1" == mode.run(scenario)
    assert ["the function on_request failed", "the function on_response failed"] == caplog.messages


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_functions_that_are_awaited(backend: str) -> None:
    """An async client awaits what its functions return."""
    seen: list[str] = []

    async def note(event: Event) -> None:
        await anyio.sleep(0)
        seen.append(event.kind)

    async def scenario() -> None:
        mini = client(Mode(backend), Script(LIST), hooks=Hooks(on_request=note, on_page=note, on_checkpoint=note))
        assert 2 == len(await rows(mini.alerts.list()))
        await mini._session.telling.checkpoint("/alert", 2)

    anyio.run(scenario, backend=backend)
    assert ["request", "page", "checkpoint"] == seen


def test_hooks_are_checked() -> None:
    """A blocking client takes plain functions, and nothing takes something else."""

    async def note(event: Event) -> None:
        raise AssertionError

    with pytest.raises(ConfigurationError, match="on_page is 'async def'; a blocking client calls plain functions"):
        client(Mode("blocking"), Script(FINE), hooks=Hooks(on_page=note))
    with pytest.raises(ConfigurationError, match="hooks must be Hooks"):
        Telling(print)  # type: ignore[arg-type]


def test_who_does_not_listen_costs_nothing(mode: Mode) -> None:
    """Without functions and a log that wants it, no event is made."""
    assert not Telling().heard

    async def scenario() -> None:
        telling = Telling()
        await telling.page("/alert", 3)
        await telling.checkpoint("/alert", 3)
        assert 3 == telling.stats.rows

    mode.run(scenario)


def test_what_is_shown() -> None:
    """Headers by a list of names, values without control characters and not endless."""
    assert {"retry-after": "3"} == shown({"Retry-After": "3", "Authorization": "x", "X-Odd": "y"})
    assert r"a\r\n\u2028\xe9" == escaped("a\r\n\u2028é")
    assert 200 == len(escaped("x" * 1000))
