"""Several pages at once: the same rows as one page at a time, in order, with nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async import PagerTree
from pagertree_async.ahead import Slot
from pagertree_async.calling import BlockingCrew
from pagertree_async.errors import (
    APIError,
    IncompleteListWarning,
    InvalidArgumentError,
    InvalidResponseError,
    PaginationError,
)
from pagertree_async.http import Request, Response
from tests.core.mini import answer, client, query
from tests.core.test_pages import Rows, ids
from tests.modes import MODES, Mode, rows


async def ahead(mode: Mode, listing: Any, pages: int = 4) -> list[Any]:
    """Every item of a list, several pages at a time, in any mode."""
    if mode.blocking:
        with listing.concurrently(pages) as items:
            return list(items)
    async with listing.concurrently(pages) as items:
        return [item async for item in items]


class Capped(Rows):
    """A server that gives at most so many rows, and some pages short, whatever it is asked for."""

    def __init__(self, count: int, *, cap: int, short: int, **what: Any) -> None:
        super().__init__(count, **what)
        self.cap, self.short = cap, short
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Response:
        asked = query(request)
        limit, offset = min(int(asked["limit"]), self.cap), int(asked["offset"])
        if self.short and offset // self.short % 2:
            limit = max(1, limit - 1)
        with self.lock:
            self.queries.append(asked)
        body: dict[str, Any] = {"data": self.rows[offset : offset + limit]}
        if self.more:
            body["has_more"] = offset + limit < len(self.rows)
        if self.total:
            body["total_count"] = len(self.rows)
        return answer(200, body)


@settings(max_examples=120, deadline=None)
@given(
    st.integers(0, 150),
    st.integers(1, 20),
    st.integers(1, 25),
    st.integers(0, 30),
    st.integers(0, 40),
    st.integers(1, 9),
    st.booleans(),
    st.booleans(),
    st.sampled_from(MODES),
)
def test_the_same_rows_as_one_page_at_a_time(
    count: int, limit: int, cap: int, short: int, offset: int, width: int, more: bool, total: bool, name: str
) -> None:
    """Whatever the server's length, limits and words, the rows are those of serial iteration, in their order."""
    mode = Mode(name)
    server = Capped(count, cap=cap, short=short, more=more or not total, total=total)

    async def scenario() -> tuple[list[Any], list[Any]]:
        listing = client(mode, server).alerts.list(limit=limit, offset=offset)
        return await rows(listing), await ahead(mode, listing, width)

    serial, several = mode.run(scenario)
    assert [one.id for one in serial] == [one.id for one in several]


def test_each_page_is_asked_for_once(mode: Mode) -> None:
    """Each offset once, no more of them than there are pages."""
    server = Capped(1000, cap=100, short=0)

    async def scenario() -> int:
        return len(await ahead(mode, client(mode, server).alerts.list(), 16))

    assert 1000 == mode.run(scenario)
    assert list(range(0, 1000, 100)) == sorted(int(asked["offset"]) for asked in server.queries)


@pytest.mark.parametrize("total", [0, 150, 420, 10_000])
def test_a_total_that_changes(mode: Mode, total: int) -> None:
    """A total that shrinks or grows after the first page leaves out no page and asks for none twice."""
    server = Capped(1000, cap=100, short=0)
    honest = server.__call__

    def changing(request: Request) -> Response:
        told = honest(request).json()
        if int(query(request)["offset"]) in {200, 300, 500}:
            told["total_count"] = total
        return answer(200, told)

    async def scenario() -> list[Any]:
        return await ahead(mode, client(mode, changing).alerts.list(), 4)

    assert [row["id"] for row in server.rows] == [row.id for row in mode.run(scenario)]
    offsets = [int(asked["offset"]) for asked in server.queries]
    assert len(offsets) == len(set(offsets))
    assert set(range(0, 1000, 100)) <= set(offsets)


def test_a_slow_loop_holds_up_the_asking(mode: Mode) -> None:
    """No more pages are asked for than the window has room for, whatever the loop waits for."""
    server = Capped(5000, cap=100, short=0)
    asked: list[int] = []

    async def scenario() -> None:
        listing = client(mode, server).alerts.list().concurrently(4)
        if mode.blocking:
            with listing as items:
                for number, _ in enumerate(items):
                    if number % 100 == 50:
                        until = time.monotonic() + 5
                        while len(server.queries) - number // 100 - 1 < 4 and time.monotonic() < until:
                            time.sleep(0.001)
                        time.sleep(0.005)
                        asked.append(len(server.queries) - number // 100 - 1)
                    if number == 1000:
                        break
            return
        async with listing as items:
            number = 0
            async for _ in items:
                if number % 100 == 50:
                    await anyio.sleep(0.01)
                    asked.append(len(server.queries) - number // 100 - 1)
                number += 1
                if number == 1000:
                    break

    mode.run(scenario)
    assert [4] * 10 == asked


def test_those_who_bring_pages_bring_the_next_ones_too() -> None:
    """A long list takes no more threads than pages under way, and whoever rests holds no page."""
    before = {id(one) for one in gc.get_objects() if isinstance(one, Slot)}
    threads: set[threading.Thread] = set()
    server = Capped(5000, cap=100, short=0)

    def seen(request: Request) -> Response:
        threads.add(threading.current_thread())
        return server(request)

    with client(Mode("blocking"), seen).alerts.list().concurrently(3) as items:
        assert 5000 == sum(1 for _ in items)
        assert [] == [one for one in gc.get_objects() if isinstance(one, Slot) and id(one) not in before]
    assert len(threads) <= 3
    assert 50 == len(server.queries)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("how", ["break", "error", "cancelled", "native"])
def test_nothing_runs_when_the_block_is_left(backend: str, how: str) -> None:
    """Broken out of, failed in or cancelled: the requests under way are, too, and errors come as they were raised."""
    running: list[int] = []

    async def slow(request: Request) -> Response:
        if query(request)["offset"] != "0":
            running.append(1)
            try:
                await anyio.sleep(5)
            finally:
                running.pop()
        return answer(200, {"data": ids(range(100)), "has_more": True, "total_count": 5000})

    async def scenario() -> None:
        async with client(Mode(backend), slow).alerts.list().concurrently(8) as items:
            async for _ in items:
                await anyio.sleep(0.02)
                assert 8 == len(running)
                if how == "error":
                    raise ZeroDivisionError
                if how != "break":
                    await anyio.sleep(5)
                break
        assert [] == running

    async def outer() -> None:
        if how == "error":
            with pytest.raises(ZeroDivisionError):
                await scenario()
        elif how == "cancelled":
            with anyio.move_on_after(0.1) as scope:
                await scenario()
            assert scope.cancelled_caught
        elif how == "native" and backend == "asyncio":
            task = asyncio.ensure_future(scenario())
            await anyio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(scenario)
                    await anyio.sleep(0.1)
                    scope.cancel()
        assert [] == running

    anyio.run(outer, backend=backend)


def test_a_page_that_is_waited_for_can_be_waited_for_again() -> None:
    """A wait that is cut short loses no row."""
    first = True

    async def slow(request: Request) -> Response:
        nonlocal first
        if first:
            first = False
            await anyio.sleep(0.05)
        return Rows(250)(request)

    async def scenario() -> list[str]:
        async with client(Mode("asyncio"), slow).alerts.list().concurrently(2) as items:
            with anyio.move_on_after(0.01):
                await anext(items)
            return [item.id async for item in items]

    assert [f"alt_{n}" for n in range(250)] == anyio.run(scenario)


@pytest.mark.parametrize("how", ["break", "error", "interrupt"])
def test_threads_end_with_the_block(how: str, raw_server: Any) -> None:
    """In blocking mode no thread reads on, although the server never answers; within a second."""
    before = set(threading.enumerate())
    error = {"error": ZeroDivisionError, "interrupt": KeyboardInterrupt}.get(how, StopIteration)
    with PagerTree("token", base_url=raw_server.url, timeout=60.0) as pagertree:
        with pytest.raises(error), pagertree.alerts.list().concurrently(8) as items:
            next(items)
            time.sleep(0.1)
            assert 8 == len(set(threading.enumerate()) - before - {raw_server.thread})
            start = time.monotonic()
            raise error
        assert time.monotonic() - start < 1
        assert set() == set(threading.enumerate()) - before - {raw_server.thread}
        assert 3 == pagertree.alerts.list(limit=3).first().total_count


@pytest.fixture
def raw_server() -> Any:
    """A server that answers for the first row of a list and falls silent for all others."""
    import json
    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    open_: list[Any] = []

    def page(asked: bytes) -> bytes | None:
        if b"offset=0" in asked:
            body = {"data": ids(range(100)), "has_more": True, "total_count": 5000}
        elif b"offset=" in asked:
            return None
        else:
            body = {"data": [], "has_more": False, "total_count": 3}
        text = json.dumps(body).encode()
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(text), text)

    def run() -> None:
        import selectors

        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is listener:
                        try:
                            sock, _ = listener.accept()
                        except OSError:
                            return
                        open_.append(sock)
                        selector.register(sock, selectors.EVENT_READ)
                        continue
                    asked = key.fileobj.recv(65_536)
                    if asked == b"":
                        selector.unregister(key.fileobj)
                    elif (text := page(asked)) is not None:
                        key.fileobj.sendall(text)

    class Server:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=run, daemon=True)

    Server.thread.start()
    yield Server
    listener.shutdown(socket.SHUT_RDWR)
    Server.thread.join()
    for sock in (listener, *open_):
        sock.close()


def test_threads_that_wait_for_the_next_attempt_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that sleeps before another attempt wakes and ends."""
    mode = Mode("blocking")

    def failing(request: Request) -> Response:
        if query(request)["offset"] == "0":
            return answer(200, {"data": ids(range(100)), "has_more": True, "total_count": 5000})
        return answer(503, retry_after="30")

    start = time.monotonic()
    with client(mode, failing, timeout=60.0).alerts.list().concurrently(3) as items:
        next(items)
        time.sleep(0.05)
    assert time.monotonic() - start < 1
    assert [] == [thread for thread in threading.enumerate() if thread.name == "pagertree_async"]


def test_a_thread_that_nothing_can_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be cut short holds up nobody for longer than the crew's patience."""
    monkeypatch.setattr(BlockingCrew, "PATIENCE", 0.1)
    over = threading.Event()

    def stuck(request: Request) -> Response:
        if query(request)["offset"] != "0":
            over.wait(5)
        return answer(200, {"data": ids(range(100)), "has_more": True, "total_count": 5000})

    start = time.monotonic()
    with client(Mode("blocking"), stuck).alerts.list().concurrently(3) as items:
        next(items)
    assert time.monotonic() - start < 1
    over.set()
    for thread in threading.enumerate():
        if thread.name == "pagertree_async":
            thread.join()


def test_a_thread_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no more threads, that is raised, and the block is left as ever."""

    def fails(self: Any) -> None:
        raise RuntimeError("can't start new thread")

    with client(Mode("blocking"), Rows(250)).alerts.list().concurrently(3) as items:
        monkeypatch.setattr(threading.Thread, "start", fails)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            next(items)


def test_a_crew_that_is_closed_starts_nothing() -> None:
    """A thread that begins after the crew was closed ends at once."""
    from pagertree_async.calling import drive

    begun: list[int] = []

    async def work() -> None:
        begun.append(1)

    crew = BlockingCrew(None)
    drive(crew.close())
    crew.start(work)
    drive(crew.close())
    assert [] == begun
    crew = BlockingCrew(None)

    async def sleep() -> None:
        time.sleep(0.05)

    crew.start(sleep)
    drive(crew.close())
    assert [] == [thread for thread in threading.enumerate() if thread.name == "pagertree_async"]


def test_an_error_comes_at_its_place(mode: Mode) -> None:
    """A page that fails is raised where it stands; the rows before it come, and it says where to go on."""
    seen: list[Any] = []

    def failing(request: Request) -> Response:
        return answer(403) if query(request)["offset"] == "300" else Rows(1000)(request)

    async def scenario() -> None:
        listing = client(mode, failing).alerts.list().concurrently(8)
        if mode.blocking:
            with listing as items:
                seen.extend(iter(lambda: next(items), None))
        else:
            async with listing as items:
                async for item in items:
                    seen.append(item)

    with pytest.raises(APIError) as caught:
        mode.run(scenario)
    assert (300, 300, "/alert") == (len(seen), caught.value.next_offset, caught.value.path)


def test_a_row_of_another_shape(mode: Mode) -> None:
    """What cannot be decoded is told with where it came from."""
    odd = answer(200, {"data": [{"id": 3}], "has_more": False, "total_count": 1})
    with pytest.raises(InvalidResponseError, match="another shape") as caught:
        mode.run(ahead, mode, client(mode, lambda request: odd).alerts.list())
    assert ("GET", "/alert", 0) == (caught.value.method, caught.value.path, caught.value.next_offset)


def test_what_is_no_error_of_a_call(mode: Mode) -> None:
    """A fault of the transport is raised as it is."""

    def faulty(request: Request) -> Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        mode.run(ahead, mode, client(mode, faulty).alerts.list())


def test_the_guards_of_a_list_hold(mode: Mode) -> None:
    """The same page for ever, an empty page that promises more, and an end before the total are told as ever."""
    same = {"data": ids(range(100)), "has_more": True, "total_count": 10**6}
    with pytest.raises(PaginationError, match="again and again"):
        mode.run(ahead, mode, client(mode, lambda request: answer(200, same)).alerts.list())
    with pytest.raises(PaginationError, match="promises more rows and brings none"):
        mode.run(ahead, mode, client(mode, lambda request: answer(200, same | {"data": []})).alerts.list())
    short = {"data": [], "has_more": False, "total_count": 5}
    with pytest.warns(IncompleteListWarning):
        assert [] == mode.run(ahead, mode, client(mode, lambda request: answer(200, short)).alerts.list())


@pytest.mark.parametrize("pages", [0, -1, True, "3", None])
def test_wrong_numbers_are_refused(mode: Mode, pages: Any) -> None:
    """Only a whole number above zero will do."""

    async def scenario() -> None:
        with pytest.raises(InvalidArgumentError, match="takes a whole number above zero"):
            client(mode, Rows(1)).alerts.list().concurrently(pages)

    mode.run(scenario)


def test_a_block_is_entered_once(mode: Mode) -> None:
    """Going through it again needs another; after its end there is nothing more."""

    async def scenario() -> None:
        block = client(mode, Rows(1)).alerts.list().concurrently(2)
        assert "<alerts.list().concurrently()>" == repr(block)
        if mode.blocking:
            with block as items:
                pass
            assert [] == list(items)
            with pytest.raises(InvalidArgumentError, match="gone through once"), block:
                pass
        else:
            async with block as items:
                pass
            assert [] == [item async for item in items]
            with pytest.raises(InvalidArgumentError, match="gone through once"):
                await block.__aenter__()

    mode.run(scenario)
