"""What the transport over aiohttp's parser does where only chance would bring a test over a server."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pagertree_async.errors import (
    AttemptTimeoutError,
    ConnectionFailedError,
    ConnectionLostError,
    PagerTreeError,
    ResponseTooLargeError,
    Sent,
)
from pagertree_async.http import MAX_BODY, Request, Response
from pagertree_async.transports._sockets import AsyncStream
from pagertree_async.transports._wire import Wire
from tests.rawserver import Connection, RawServer, echo, hang, head, json_answer, raw, whole
from tests.transports.drivers import get, request

aiohttp = pytest.importorskip("pagertree_async.transports.aiohttp", reason="aiohttp is not installed")


class Unwatching(asyncio.SelectorEventLoop):
    """An event loop that does not watch sockets, as the usual one of Windows."""

    add_reader = asyncio.AbstractEventLoop.add_reader
    remove_reader = asyncio.AbstractEventLoop.remove_reader
    add_writer = asyncio.AbstractEventLoop.add_writer
    remove_writer = asyncio.AbstractEventLoop.remove_writer


def test_event_loop_that_watches_nothing() -> None:
    """In an event loop that cannot watch sockets, they are waited for in another way."""

    async def main(url: str) -> list[int]:
        transport = aiohttp.AsyncAiohttpTransport()
        statuses = [(await transport.send(get(url))).status for _ in range(3)]
        await transport.aclose()
        return statuses

    with RawServer(echo) as server, asyncio.Runner(loop_factory=Unwatching) as runner:
        assert [200] * 3 == runner.run(main(server.url))
        assert 1 == server.connections


def test_uvloop() -> None:
    """Under uvloop requests, errors, deadlines and closing are as under asyncio's own event loop."""
    uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed")

    async def main(url: str, silent: str) -> None:
        transport = aiohttp.AsyncAiohttpTransport()
        for number in range(3):
            assert f"/{number}" == (await transport.send(get(f"{url}/{number}"))).json()["target"]
        start = time.monotonic()
        for terms in ({"read": 0.1}, {"within": 0.1}):
            with pytest.raises(AttemptTimeoutError) as caught:
                await transport.send(get(silent, **terms))
            assert Sent.MAYBE == caught.value.sent
        assert time.monotonic() - start < 1
        under_way = asyncio.create_task(transport.send(get(silent)))
        await asyncio.sleep(0.05)
        await transport.aclose()
        with pytest.raises(ConnectionLostError):
            await under_way

    with (
        RawServer(echo) as server,
        RawServer(hang) as silent,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(main(server.url, silent.url))
        assert (0, 0) == (server.wait_until_idle(), silent.wait_until_idle())


def test_idle_connection_that_ends() -> None:
    """A connection that ends while it is idle is closed when it does, not when it is next wanted."""

    async def main(url: str) -> None:
        transport = aiohttp.AsyncAiohttpTransport()
        await transport.send(get(url))
        (pool,) = transport._pools.values()
        (lane,) = pool.lanes.idle
        assert lane.usable()
        await asyncio.sleep(0.1)
        assert not lane.usable()
        await transport.aclose()

    with RawServer(raw(whole(200, b""), close=True)) as server:
        asyncio.run(main(server.url))


def test_timer_looks_again() -> None:
    """One timer serves many requests: it ends none before its time, and sleeps when there is none."""

    async def main(url: str, silent: str) -> None:
        transport = aiohttp.AsyncAiohttpTransport()
        await transport.send(get(url, read=0.05))
        await transport.send(get(url, read=10))
        await asyncio.sleep(0.1)
        slow = await transport.send(get(f"{url}/slow", read=0.3))
        assert 200 == slow.status
        start = time.monotonic()
        with pytest.raises(AttemptTimeoutError, match="read timeout of 0.1 s"):
            await transport.send(get(silent, read=0.1))
        assert 0.09 < time.monotonic() - start < 0.6
        await transport.aclose()

    def behave(connection: Connection, asked: Any) -> None:
        for part in (b"HTTP/1.1 200 OK\r\n", b"content-length: 2\r\n", b"\r\n", b"ab"):
            connection.send(part)
            if asked.target == "/slow":
                time.sleep(0.15)

    with RawServer(behave) as server, RawServer(hang) as silent:
        asyncio.run(main(server.url, silent.url))


def test_answer_before_the_whole_request() -> None:
    """An answer that comes while the request still leaves is the answer, and the connection is not used again."""

    def refuse(connection: Connection) -> bool:
        connection.sock.recv(1000)
        connection.send(head(413, ("content-length", "0")))
        time.sleep(0.2)
        connection.sock.settimeout(2)
        while connection.sock.recv(1_000_000):
            pass
        return False

    async def main(url: str) -> int:
        transport = aiohttp.AsyncAiohttpTransport()
        status = (await transport.send(request("POST", url, body=bytes(20_000_000)))).status
        await transport.aclose()
        return status

    with RawServer(greet=refuse) as server:
        assert 413 == asyncio.run(main(server.url))


def test_large_body_on_a_kept_connection() -> None:
    """A body that does not leave at once leaves whole, on a connection that was used before too."""

    async def main(url: str) -> bytes:
        transport = aiohttp.AsyncAiohttpTransport()
        await transport.send(get(url))
        body = (await transport.send(request("POST", url, body=bytes(20_000_000)))).body
        await transport.aclose()
        return body

    def measure(connection: Connection, asked: Any) -> None:
        connection.send(whole(200, b"%d" % len(asked.body)))

    with RawServer(measure) as server:
        assert b"20000000" == asyncio.run(main(server.url))
        assert 1 == server.connections


@pytest.fixture
def pair() -> Any:
    """A wire that is ready for a request, and its other end."""
    mine, theirs = socket.socketpair()
    mine.setblocking(False)
    wire = Wire("api.example.test:443", None)
    wire.adopt(mine)
    wire.ready = True
    wire.begin(Request(method="GET", url=""), time.monotonic())
    yield wire, theirs
    wire.close()
    theirs.close()


def test_writes_what_leaves_now(pair: Any) -> None:
    """What a socket does not take at once is left to be waited for; what has broken is not written to again."""
    wire, theirs = pair
    stream = AsyncStream(wire)
    rest = stream.write_now(bytes(10_000_000), time.monotonic())
    assert (0 < len(rest) < 10_000_000, True) == (True, wire.given)
    assert len(rest) == len(stream.write_now(bytes(rest), time.monotonic()))
    theirs.close()
    assert 0 == len(stream.write_now(b"more", time.monotonic()))
    assert 0 == len(stream.write_now(b"more", time.monotonic()))
    assert wire.unsent is not None


def test_writes_nothing_to_what_is_closed(pair: Any) -> None:
    """A connection that takes no byte of the request: not sent."""
    wire, theirs = pair
    theirs.close()
    with pytest.raises(ConnectionFailedError) as caught:
        AsyncStream(wire).write_now(b"GET", time.monotonic())
    assert Sent.NO == caught.value.sent


def answer(*parts: bytes) -> tuple[Response | None, bool]:
    """What the parts of an answer amount to, and whether the connection can be used again."""
    wire = Wire("api.example.test:443", None)
    wire.ready = True
    wire.begin(Request(method="GET", url=""), time.monotonic())
    wire.given = True
    taken = aiohttp._Answer(wire, "GET")
    response = None
    for part in parts:
        wire.took(part)
        response = taken.take(part)
    return response, taken.reusable


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKS = HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"


@pytest.mark.parametrize(
    ("data", "reusable"),
    [
        (HEAD + b"content-length: 3\r\n\r\nabc", True),
        (HEAD + b"content-length: 3\r\nconnection: close\r\n\r\nabc", False),
        (HEAD + b"content-length: 3\r\n\r\nabc\r\n", False),
        (HEAD + b"content-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", False),
        (CHUNKS + b"\r\n", True),
        (CHUNKS + b"x: y\r\n\r\n", True),
        (CHUNKS + b"\r\n\r\n", False),
        (CHUNKS + b"\r\nH", False),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD + b"content-length: 3\r\n\r\nabc", True),
    ],
)
def test_any_cut(data: bytes, *, reusable: bool) -> None:
    """Wherever an answer is cut, it is the same, and what follows it in its last part is seen."""
    response, kept = answer(data)
    assert response is not None
    assert (b"abc", reusable) == (response.body, kept)
    end = data.index(b"abc") + 3 if b"chunked" not in data else data.index(b"0\r\n", 40)
    for cut in range(1, end):
        response, kept = answer(data[:cut], data[cut:])
        assert response is not None
        assert (b"abc", reusable) == (response.body, kept)


@given(st.binary(max_size=60), st.lists(st.integers(0, 160), max_size=6), st.binary(max_size=3))
@example(b"\0", [35], b"\0\0")
def test_a_body_of_known_length_in_any_parts(body: bytes, cuts: list[int], more: bytes) -> None:
    """However a body comes, also with the ends of heads within it, it is whole, and what follows it is not its own."""
    data = HEAD + b"content-length: %d\r\n\r\n%s%s" % (len(body), body, more)
    last = len(data) - len(more) - 1
    ends = sorted({min(cut, last) for cut in cuts}) if body else []
    parts = [data[begin:end] for begin, end in zip([0, *ends], [*ends, len(data)], strict=True) if begin < end]
    response, reusable = answer(*parts)
    assert response is not None
    assert (body, not more) == (response.body, reusable)


@pytest.mark.parametrize("come", [b"", b"a", b"ab"])
def test_a_body_of_known_length_that_breaks_off(come: bytes) -> None:
    """The end of the connection before the end of the body is no answer, however much of it has come."""
    with pytest.raises(Exception, match=r"(?i)not enough data|broke off"):
        answer(HEAD + b"content-length: 3\r\n\r\n" + come, b"")


@pytest.mark.parametrize("junk", [b"null", b"0\r\n\r\n", b"\x00\x01"])
def test_junk_after_the_answer(junk: bytes) -> None:
    """What is not HTTP after an answer is not the answer's fault, and ends the connection's use."""
    for parts in (
        (b"HTTP/1.1 204 No Content\r\n\r\n" + junk,),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n" + junk,),
        (HEAD + b"content-length: 3\r\n\r\nabc" + junk,),
        (HEAD + b"content-length: 3\r\n\r\n", b"abc" + junk),
        (CHUNKS, b"\r\n" + junk),
    ):
        response, reusable = answer(*parts)
        assert response is not None
        assert (b"" if response.status == 204 else b"abc", False) == (response.body, reusable)


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", b""]
)
def test_end_without_an_answer(data: bytes) -> None:
    """A connection that ends without an answer, or changes what is spoken on it, has lost it."""
    with pytest.raises(PagerTreeError) as caught:
        answer(data or b"HTTP/1.1 ", b"")
    assert Sent.MAYBE == getattr(caught.value, "sent", None)


def test_damage_in_a_later_part() -> None:
    """A flaw in the framing is seen in any part."""
    with pytest.raises(Exception, match="chunk size"):
        answer(HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", b"zz\r\n")


def test_head_has_no_body() -> None:
    """The answer to HEAD has no body, whatever length it tells."""

    async def main(url: str) -> list[bytes]:
        transport = aiohttp.AsyncAiohttpTransport()
        bodies = [(await transport.send(request("HEAD", url))).body for _ in range(2)]
        await transport.aclose()
        return bodies

    with RawServer(raw(head(200, ("content-length", "5"))), json_answer({"not": "asked for"})) as server:
        assert [b"", b""] == asyncio.run(main(server.url))


def test_keeps_nothing_of_an_answer() -> None:
    """A connection that is idle, or was given up and waits for its timer, does not hold what came over it."""
    made: list[Any] = []

    class Watched(aiohttp.AsyncAiohttpTransport):
        def _new_lane(self, route: Any) -> Any:
            made.append(super()._new_lane(route))
            return made[-1]

    async def main(url: str) -> None:
        transport = Watched()
        for _ in range(2):
            await transport.send(get(url))
        with pytest.raises(ResponseTooLargeError):
            await transport.send(get(url))
        assert [None] == [lane._answer for lane in made]
        await transport.aclose()

    with RawServer(json_answer({}), json_answer({}), raw(head(200) + bytes(MAX_BODY + 1), close=True)) as server:
        asyncio.run(main(server.url))
