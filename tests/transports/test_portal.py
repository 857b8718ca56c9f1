"""An async transport that is lent to blocking code."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import anyio
import pytest

from pagertree_async import forks
from pagertree_async.errors import AttemptTimeoutError, ClientClosedError, ConnectionLostError, Sent
from pagertree_async.http import Request, Response
from pagertree_async.transports import AsyncHTTPXTransport, AsyncMemoryTransport, PortalTransport, portal
from tests.rawserver import RawServer, echo, hang, json_answer
from tests.transports.drivers import get

OK = Response(status=200)
URL = "http://api.example.test/"


class Slow:
    """Answers after a while, and tells how each request ended."""

    def __init__(self, seconds: float = 30) -> None:
        self.seconds = seconds
        self.ends: list[str] = []

    async def send(self, request: Request) -> Response:
        """Wait, and answer."""
        try:
            await anyio.sleep(self.seconds)
        except BaseException as error:
            self.ends.append(type(error).__name__)
            raise
        self.ends.append("answered")
        return OK


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_one_event_loop(backend: str) -> None:
    """All requests go through one transport in one event loop, which starts with the first of them."""
    made: list[AsyncHTTPXTransport] = []

    def make() -> AsyncHTTPXTransport:
        made.append(AsyncHTTPXTransport())
        return made[-1]

    before = threading.active_count()
    lent = PortalTransport(make, backend=backend)
    assert (0, before) == (len(made), threading.active_count())
    with RawServer(echo) as server:
        assert [200] * 3 == [lent.send(get(server.url)).status for _ in range(3)]
        assert (1, 1) == (len(made), server.connections)
        lent.close()
        lent.close()
        assert 0 == server.wait_until_idle()
    assert "<PortalTransport closed>" == repr(lent)
    assert before == threading.active_count()


def test_uvloop() -> None:
    """The event loop may be uvloop's, where it is installed and asked for."""
    pytest.importorskip("uvloop", reason="uvloop is not installed")
    seen: list[str] = []

    async def answer(request: Request) -> Response:
        import asyncio

        seen.append(type(asyncio.get_running_loop()).__module__)
        return OK

    lent = PortalTransport(lambda: AsyncMemoryTransport(answer), backend_options={"use_uvloop": True})
    assert OK == lent.send(get(URL))
    lent.close()
    assert ["uvloop"] == seen


def test_keeps_deadlines() -> None:
    """A transport that knows no deadlines is held to them."""
    slow = Slow()
    lent = PortalTransport(lambda: slow)
    start = time.monotonic()
    for within, sent in ((0.1, Sent.MAYBE), (0.0, Sent.NO)):
        with pytest.raises(AttemptTimeoutError) as caught:
            lent.send(get(URL, within=within))
        assert sent == caught.value.sent
    assert time.monotonic() - start < 1
    lent.close()


def test_event_loop_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transport that blocks its event loop does not hold up the caller for ever."""
    monkeypatch.setattr(portal, "CLOSING", 0.1)
    released = threading.Event()

    def block(request: Request) -> Response:
        released.wait(5)
        return OK

    lent = PortalTransport(lambda: AsyncMemoryTransport(block))
    with pytest.raises(AttemptTimeoutError) as caught:
        lent.send(get(URL, within=0.1))
    assert Sent.MAYBE == caught.value.sent
    released.set()
    lent.close()


def test_interrupted() -> None:
    """A Ctrl-C cancels the request in the event loop, and its end is waited for."""
    slow = Slow()
    lent = PortalTransport(lambda: slow)
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        lent.send(get(URL, within=30))
    assert ["CancelledError"] == slow.ends
    assert time.monotonic() - start < 1
    slow.seconds = 0
    assert OK == lent.send(get(URL))
    lent.close()


def test_interrupted_before_it_began() -> None:
    """A request that was called off before the event loop took it up is not sent."""
    lent = PortalTransport(lambda: AsyncMemoryTransport(lambda request: OK))
    lent.send(get(URL))
    opened: Any = lent._open
    ended = threading.Event()

    async def called_off() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await portal._carry(opened.transport, get(URL), ended, portal._Off())

    opened.portal.call(called_off)
    assert (True, 1) == (ended.is_set(), len(opened.transport.requests))
    lent.close()


def test_interrupted_over_a_socket() -> None:
    """A Ctrl-C closes the connection that the request was on."""
    lent = PortalTransport(AsyncHTTPXTransport)
    with RawServer(hang, json_answer({})) as server:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            lent.send(get(server.url))
        assert 0 == server.wait_until_idle()
        assert 200 == lent.send(get(server.url)).status
        lent.close()


def test_closed_while_sending() -> None:
    """Closing ends the requests of other threads, also where the transport does not."""
    slow = Slow()
    lent = PortalTransport(lambda: slow)
    errors: list[BaseException] = []

    def send() -> None:
        try:
            lent.send(get(URL, within=30))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    time.sleep(0.1)
    lent.close()
    thread.join(2)
    assert [(ConnectionLostError, Sent.MAYBE)] == [(type(error), getattr(error, "sent", None)) for error in errors]
    with pytest.raises(ClientClosedError):
        lent.send(get(URL))


def test_cut() -> None:
    """The request of one thread can be ended without touching the others."""
    slow = Slow(0.4)
    lent = PortalTransport(lambda: slow)
    ends: list[object] = []

    def send() -> None:
        try:
            ends.append(lent.send(get(URL, within=30)))
        except ConnectionLostError as error:
            ends.append(error.sent)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    lent.cut([threads[0].ident or 0, 12345])
    for thread in threads:
        thread.join(2)
    assert [Sent.MAYBE, OK] == ends
    assert ["CancelledError", "answered"] == slow.ends
    lent.close()


def test_closed_just_before() -> None:
    """A request that comes as the event loop ends says that it was closed."""
    lent = PortalTransport(lambda: AsyncMemoryTransport(lambda request: OK))
    lent.send(get(URL))
    opened: Any = lent._open
    opened.stop()
    with pytest.raises(ClientClosedError):
        lent.send(get(URL))


def test_error_of_the_transport() -> None:
    """What the transport raises is raised, and what making it raises too."""

    def fail(request: Request) -> Response:
        raise TimeoutError("mine")

    lent = PortalTransport(lambda: AsyncMemoryTransport(fail))
    with pytest.raises(TimeoutError, match="mine"):
        lent.send(get(URL))
    lent.close()
    before = threading.active_count()
    broken = PortalTransport(lambda: 1 // 0)  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        broken.send(get(URL))
    assert before == threading.active_count()
    broken.close()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_fork() -> None:
    """A child has an event loop of its own, and the parent keeps its own."""
    lent = PortalTransport(AsyncHTTPXTransport)
    with RawServer(echo) as server:
        assert 200 == lent.send(get(server.url)).status
        child = os.fork()
        if not child:
            signal.alarm(10)
            os._exit(0 if "/child" == lent.send(get(f"{server.url}/child")).json()["target"] else 1)
        assert "/parent" == lent.send(get(f"{server.url}/parent")).json()["target"]
        assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        lent.close()


def test_forgets_in_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in a child leaves the parent's event loop alone, and starts another when it is needed."""
    kept: list[Any] = []
    monkeypatch.setattr(portal, "_of_parents", kept)
    lent = PortalTransport(lambda: AsyncMemoryTransport(lambda request: OK))
    lent.send(get(URL))
    forks._in_child()
    lent.send(get(URL))
    assert [True] == [each.portal is not lent._open.portal for each in kept if each is not None]  # type: ignore[union-attr]
    lent.close()
    for each in kept:
        if each is not None:
            each.stop()


@pytest.mark.parametrize("begun", [False, True])
def test_interrupted_as_it_is_handed_over(begun: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Ctrl-C before it is known who carries the request calls it off, whether it has begun or not."""
    slow = Slow()
    lent = PortalTransport(lambda: slow)
    real = lent._opened()[1]
    start = real.start_task_soon

    def interrupted(function: Any, *terms: Any) -> Any:
        if begun:
            start(function, *terms)
            while not terms[-1].scope:
                time.sleep(0.001)
            raise KeyboardInterrupt
        futures.append((function, terms))
        raise KeyboardInterrupt

    futures: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(real, "start_task_soon", interrupted)
        patch.setattr(real, "call", lambda work: start(work).result())
        with pytest.raises(KeyboardInterrupt):
            lent.send(get(URL, within=30))
    for function, terms in futures:  # the event loop takes it up only now
        with pytest.raises(AttemptTimeoutError):
            start(function, *terms).result()
    until = time.monotonic() + 5
    while begun and not slow.ends and time.monotonic() < until:
        time.sleep(0.001)
    assert ["CancelledError"] * begun == slow.ends
    lent.close()


def test_interrupted_while_it_starts() -> None:
    """A Ctrl-C while the event loop starts and the transport is made leaves it whole for the next request."""
    made: list[Any] = []

    def make() -> AsyncMemoryTransport:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        made.append(AsyncMemoryTransport(lambda request: OK))
        return made[-1]

    before = threading.active_count()
    lent = PortalTransport(make)
    with pytest.raises(KeyboardInterrupt):
        lent.send(get(URL))
    assert OK == lent.send(get(URL))
    lent.close()
    assert (1, before) == (len(made), threading.active_count())


@pytest.mark.parametrize("started", [False, True])
def test_interrupted_and_closed(started: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a Ctrl-C before the event loop was there, closing ends whatever was begun."""
    lent = PortalTransport(lambda: AsyncMemoryTransport(lambda request: OK))
    before = threading.active_count()

    def interrupted(self: Any) -> Any:
        if started:
            thread = threading.Thread(target=self._run)
            thread.start()
            while not self._thread:
                time.sleep(0.001)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(portal._Open, "portal", property(interrupted))
        with pytest.raises(KeyboardInterrupt):
            lent.send(get(URL))
    lent.close()
    assert before == threading.active_count()


def test_event_loop_that_breaks() -> None:
    """A transport that ends the event loop itself ends the request, and does not keep closing waiting."""

    def leave(request: Request) -> Response:
        raise SystemExit(3)

    lent = PortalTransport(lambda: AsyncMemoryTransport(leave))
    with pytest.raises((SystemExit, ConnectionLostError)):  # whichever is there first
        lent.send(get(URL))
    lent._opened()[0]._join()
    with pytest.raises(ClientClosedError):
        lent.send(get(URL))


def test_started_twice() -> None:
    """Where a Ctrl-C hid that a thread was started, and another is, one of them makes the event loop."""
    made: list[Any] = []

    def make() -> AsyncMemoryTransport:
        made.append(AsyncMemoryTransport(lambda request: OK))
        return made[-1]

    lent = PortalTransport(make)
    opened = lent._opened()[0]
    another = threading.Thread(target=opened._run)
    another.start()
    another.join(5)
    assert OK == lent.send(get(URL))
    lent.close()
    assert (1, False) == (len(made), another.is_alive())
