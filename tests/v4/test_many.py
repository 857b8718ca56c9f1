"""The same for many: bounded, in order, and nothing lost."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import Any

import anyio
import pytest

from pagertree_async import InvalidArgumentError, InvalidIdError, NotFoundError, RetryPolicy
from pagertree_async.calling import Async, Blocking, drive
from pagertree_async.http import Request, Response
from pagertree_async.v3.services import Alerts as OlderAlerts
from pagertree_async.v4 import PagerTree
from pagertree_async.v4.models import Alert
from pagertree_async.v4.services import Alerts
from tests.modes import Mode, got
from tests.v4.world import answer, client, refusal, requests, said

IDS = [f"A{number}" for number in range(30)]


def about(request: Request) -> str:
    """The id in a request's path."""
    return request.url.split("/alerts/")[1].partition("/")[0]


class Busy:
    """A server that takes a moment, and counts how many requests it has at once."""

    def __init__(self, mode: Mode, seconds: float = 0.01) -> None:
        self.mode = mode
        self.seconds = seconds
        self.lock = threading.Lock()
        self.now = self.most = 0

    def handler(self) -> Any:
        """What answers, suspending or blocking."""
        return self.blocking if self.mode.blocking else self.suspending

    def blocking(self, request: Request) -> Response:
        self.enter()
        time.sleep(self.seconds)
        return self.leave(request)

    async def suspending(self, request: Request) -> Response:
        self.enter()
        await anyio.sleep(self.seconds)
        return self.leave(request)

    def enter(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def leave(self, request: Request) -> Response:
        with self.lock:
            self.now -= 1
        return answer({"id": about(request), "status": "resolved"})


def test_many_are_bounded_and_in_order(mode: Mode) -> None:
    """As many are under way as may be and no more, and the results stand in the order that was given."""
    server = Busy(mode)

    async def scenario() -> Any:
        one = client(mode, server.handler())
        return await got(one.alerts.for_each([*IDS[:20], *(Alert(id=id) for id in IDS[20:])], "resolve", concurrency=4))

    outcomes = mode.run(scenario)
    assert IDS == [outcome.id for outcome in outcomes] == [outcome.result.id for outcome in outcomes]
    assert all(outcome.ok for outcome in outcomes)
    assert (4, 0) == (server.most, server.now)


def test_what_fails_does_not_hold_up_the_rest(mode: Mode) -> None:
    """Each failure stands in its place, a wrong id among them, and all others are done."""

    def handler(request: Request) -> Response:
        return refusal("no such alert", 404) if about(request) == "A1" else answer({"id": about(request)})

    async def scenario() -> Any:
        one = client(mode, handler)
        outcomes = await got(one.alerts.for_each(["A0", "A1", "../x", 7, "A2"], "update", title="t"))
        return outcomes, sorted(about(request) for request in requests(one))

    outcomes, sent = mode.run(scenario)
    assert ["A0", "A1", "../x", "7", "A2"] == [outcome.id for outcome in outcomes]
    assert [None, NotFoundError, InvalidIdError, InvalidIdError, None] == [
        None if outcome.error is None else type(outcome.error) for outcome in outcomes
    ]
    assert ["A0", "A1", "A2"] == sent


def test_calls_are_tried_again(mode: Mode) -> None:
    """Each call of many has its own attempts, like any other."""
    failed: set[str] = set()

    def handler(request: Request) -> Response:
        if about(request) not in failed:
            failed.add(about(request))
            return answer({}, 503)
        return answer({"id": about(request)})

    async def scenario() -> Any:
        one = client(mode, handler, retry=RetryPolicy(base=0.001))
        return await got(one.alerts.for_each(["A0", "A1"], Alerts.acknowledge, concurrency=2)), len(requests(one))

    outcomes, count = mode.run(scenario)
    assert ([True, True], 4) == ([outcome.ok for outcome in outcomes], count)


def test_every_operation_on_one_object(mode: Mode) -> None:
    """A delete, a comment and a look are done for each as well; no objects are no calls."""

    def handler(request: Request) -> Response:
        if request.method == "DELETE":
            return Response(status=204)
        return answer({"id": about(request), "body": (said(request)[3] or {}).get("body")})

    async def scenario() -> Any:
        one = client(mode, handler)
        deleted = await got(one.alerts.for_each(["A"], Alerts.delete))
        written = await got(one.alerts.for_each(iter(["A"]), "comment", body="looking"))
        seen = await got(one.alerts.for_each(("A",), "retrieve"))
        return (
            deleted[0].result,
            written[0].result.body,
            seen[0].result.id,
            await got(one.alerts.for_each([], "resolve")),
        )

    assert (None, "looking", "A", []) == mode.run(scenario)


@pytest.mark.parametrize(
    ("objects", "do", "arguments", "says"),
    [
        (["A"], "reslve", {}, r"alerts\.for_each\(\): 'reslve' .* did you mean 'resolve'\?"),
        (["A"], "xyzzy", {}, "there are retrieve, update, delete, acknowledge, reject, resolve, comment"),
        (["A"], "list", {}, "'list' is nothing that can be done with one"),
        (["A"], "create", {"title": "t"}, "'create' is nothing that can be done with one"),
        (["A"], "comments", {}, "'comments' is nothing that can be done with one"),
        (["A"], OlderAlerts.resolve, {}, "'resolve' is nothing"),
        (["A"], 7, {}, "7 is nothing"),
        (["A"], "resolve", {"titel": 1}, "has no argument 'titel'"),
        (["A"], "comment", {}, "is missing 'body'"),
        (["A"], "resolve", {"concurrency": 0}, "concurrency must be a whole number above zero, not 0"),
        (["A"], "resolve", {"concurrency": True}, "not True"),
        ("A", "resolve", {}, "takes several objects, not one"),
        (Alert(id="A"), "resolve", {}, "takes several objects, not one"),
    ],
)
def test_what_cannot_be_done_is_refused(
    mode: Mode, objects: Any, do: Any, arguments: dict[str, Any], says: str
) -> None:
    """A wrong operation or argument is refused before anything is sent."""

    async def scenario() -> None:
        one = client(mode, answer({"id": "A"}))
        with pytest.raises(InvalidArgumentError, match=says):
            await got(one.alerts.for_each(objects, do, **arguments))
        assert [] == requests(one)

    mode.run(scenario)


def test_a_bug_ends_it(mode: Mode) -> None:
    """What is no failure of a call, such as a bug of a transport, ends it all and is raised as it is."""

    def handler(request: Request) -> Response:
        raise ZeroDivisionError

    async def scenario() -> int:
        one = client(mode, handler)
        with pytest.raises(ZeroDivisionError):
            await got(one.alerts.for_each(IDS, "resolve", concurrency=2))
        return len(requests(one))

    assert 2 >= mode.run(scenario)


@pytest.mark.parametrize("name", ["asyncio", "trio"])
def test_cancelled_it_leaves_nothing_behind(name: str) -> None:
    """Cancelled in its midst, it ends at once, with no request under way."""
    mode = Mode(name)
    server = Busy(mode, 60)

    async def scenario() -> Any:
        one = client(mode, server.handler())
        started = time.monotonic()
        with anyio.move_on_after(0.05) as scope:
            await one.alerts.for_each(IDS, "resolve", concurrency=3)
        return scope.cancelled_caught, len(requests(one)), time.monotonic() - started < 5

    assert (True, 3, True) == mode.run(scenario)


def test_interrupted_it_leaves_no_thread_behind() -> None:
    """Ctrl-C ends the waits of all threads, and no further call begins."""
    server = Busy(Mode("blocking"), 0)

    def handler(request: Request) -> Response:
        if about(request) in {"A0", "A1"}:
            return answer({}, 503)
        if about(request) == "A2":
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
        return server.blocking(request)

    before = threading.active_count()
    one = client(Mode("blocking"), handler, retry=RetryPolicy(attempts=9, base=20, cap=20, jitter=0), timeout=60)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        one.alerts.for_each(IDS, "resolve", concurrency=3)
    assert time.monotonic() - started < 10
    assert before == threading.active_count()
    assert 3 == len(requests(one))
    assert "A5" == one.alerts.resolve("A5").id


def test_interrupted_it_does_not_wait_for_answers() -> None:
    """Ctrl-C cuts short the requests that hang, although each of them could wait for a minute."""
    pressed: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with PagerTree("a-key", base_url=url, timeout=60) as one:

            def press() -> None:
                while one.stats.attempts < 3:
                    time.sleep(0.01)
                time.sleep(0.1)  # until they have left
                pressed.append(time.monotonic())
                os.kill(os.getpid(), signal.SIGINT)

            before, presses = threading.active_count(), threading.Thread(target=press)
            presses.start()
            with pytest.raises(KeyboardInterrupt):
                one.alerts.for_each(IDS, "resolve", concurrency=3)
            assert time.monotonic() - pressed[0] < 5
            presses.join()
            assert (before, 3) == (threading.active_count(), one.stats.attempts)


def test_interrupted_while_threads_are_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Ctrl-C before all threads run ends those that do."""
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def once(thread: threading.Thread) -> None:
        if started:
            raise KeyboardInterrupt
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", once)
    one = client(Mode("blocking"), answer({"id": "A"}))
    with pytest.raises(KeyboardInterrupt):
        one.alerts.for_each(IDS, "resolve", concurrency=3)
    assert not started[0].is_alive()


def test_a_wait_in_a_group_is_a_wait() -> None:
    """Nobody halting it, a thread of a group waits as long as it should."""
    waited: list[float] = []

    async def work() -> None:
        begun = time.monotonic()
        await Blocking.sleep(0.02)
        waited.append(time.monotonic() - begun)

    drive(Blocking.group(work, 2, lambda: None))
    assert 2 == len(waited)
    assert all(seconds >= 0.015 for seconds in waited)


def test_a_shield_lets_come_to_an_end(mode: Mode) -> None:
    """What is shielded ends though its task is cancelled; where nothing is cancelled it changes nothing."""
    seam = Blocking if mode.blocking else Async
    ended: list[bool] = []

    async def shielded() -> None:
        with seam.shield():
            await seam.sleep(0.02)
            ended.append(True)

    async def scenario() -> None:
        if mode.blocking:
            await shielded()
            return
        with anyio.move_on_after(0.001):
            await shielded()

    mode.run(scenario)
    assert [True] == ended
