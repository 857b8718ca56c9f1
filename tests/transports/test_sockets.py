"""What the sockets do where only chance would bring a test over a server."""

from __future__ import annotations

import itertools
import math
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from pagertree_async import forks
from pagertree_async.errors import ConfigurationError, ConnectionFailedError, ConnectionLostError, Sent
from pagertree_async.http import Request
from pagertree_async.transports import _sockets
from pagertree_async.transports._lanes import Lanes
from pagertree_async.transports._routes import Settings
from pagertree_async.transports._sockets import AsyncStream, BlockingStream, in_turns, is_readable
from pagertree_async.transports._wire import Wire, why
from pagertree_async.transports.httpx import HTTPX, _Line
from tests.rawserver import Certificates, RawServer, black_hole, echo, raw, refusing_port, whole
from tests.transports.drivers import NETWORK, Shipped, get

HTTPX_LINE, HTTPX2_LINE = (each for each in NETWORK if each.name in {"httpx", "httpx2"})
V4, V6 = socket.AF_INET, socket.AF_INET6


def address(family: int, port: int, host: str = "127.0.0.1") -> Any:
    return (family, socket.SOCK_STREAM, 0, "", (host, port))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses that every name leads to."""
    addresses: list[Any] = []

    async def look_up_async(host: Any, port: Any, **terms: Any) -> Any:
        return addresses

    monkeypatch.setattr(_sockets, "numeric", lambda host, port: ())
    monkeypatch.setattr(_sockets.anyio, "getaddrinfo", look_up_async)
    monkeypatch.setattr(_sockets.socket, "getaddrinfo", lambda *args, **terms: addresses)
    return addresses


def test_families_take_turns() -> None:
    """The addresses of one family do not all come before those of the other."""
    assert [1, 4, 2, 5, 3] == [
        each[4][1] for each in in_turns([address(V6, n) for n in (1, 2, 3)] + [address(V4, n) for n in (4, 5)])
    ]
    assert [1, 2, 3, 4] == [each[4][1] for each in in_turns([address(V6, 1), *(address(V4, n) for n in (2, 3, 4))])]


def test_silent_address_beside_a_good_one(make_driver: Any, names: list[Any]) -> None:
    """An address that does not answer delays the next by a quarter of a second, not by its timeout."""
    with black_hole() as hole, RawServer(echo) as server:
        names += [address(V4, int(hole.rpartition(":")[2])), address(V4, server.port)]
        start = time.monotonic()
        assert 200 == make_driver().get("http://some.test/").status
        assert time.monotonic() - start < 1


def test_address_without_a_way(make_driver: Any, names: list[Any]) -> None:
    """An address that the system itself refuses is passed over, and is the error where it is the only one."""
    with RawServer(echo) as server:
        names += [address(V4, 9, "255.255.255.255"), address(V4, refusing_port()), address(V4, server.port)]
        assert 200 == make_driver().get("http://some.test/").status
        del names[1:]
        with pytest.raises(ConnectionFailedError):
            make_driver().get("http://some.test/")


@pytest.mark.anyio
async def test_two_winners(anyio_backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two addresses that answer at once, one is used and the other closed."""
    waiting = []
    both = anyio.Event()

    async def at_once(sock: Any) -> None:
        waiting.append(sock)
        await both.wait()

    async def have_both_answer() -> None:
        while len(waiting) < 2:
            await anyio.sleep(0.001)
        both.set()

    monkeypatch.setattr(_sockets, "STAGGER", 0)
    monkeypatch.setattr(_sockets.anyio, "wait_writable", at_once)
    with RawServer(echo) as server:
        async with anyio.create_task_group() as group:
            group.start_soon(have_both_answer)
            sock = await _sockets._race_async([address(V4, server.port)] * 2)
        assert server.port == sock.getpeername()[1]
        assert 1 == sum(each.fileno() < 0 for each in waiting)
        sock.close()


@pytest.mark.anyio
async def test_winner_of_a_cancelled_race(anyio_backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that came about in the moment of a cancellation is closed."""
    closed = []

    class Socket:
        def close(self) -> None:
            closed.append(self)

    async def at_once(sock: Any) -> None:
        scope.cancel()

    monkeypatch.setattr(_sockets, "dial", lambda address: Socket())
    monkeypatch.setattr(_sockets, "check", lambda sock: None)
    monkeypatch.setattr(_sockets.anyio, "wait_writable", at_once)
    with anyio.CancelScope() as scope:
        await _sockets._race_async([address(V4, 1)] * 2)
    assert scope.cancelled_caught
    assert 1 <= len(closed)


@pytest.fixture
def connected() -> Iterator[Callable[[], tuple[Wire, socket.socket]]]:
    """Makes wires that are ready for a request, each with its other end."""
    made: list[Wire | socket.socket] = []

    def make() -> tuple[Wire, socket.socket]:
        mine, theirs = socket.socketpair()
        wire = Wire("api.example.test:443", None)
        wire.adopt(mine)
        wire.ready = True
        wire.begin(Request(method="GET", url=""), time.monotonic())
        made.extend((wire, theirs))
        return wire, theirs

    yield make
    for each in made:
        each.close()


def test_closed_before_the_first_byte(connected: Any) -> None:
    """A connection that takes no byte of the request: not sent."""
    wire, theirs = connected()
    theirs.close()
    with pytest.raises(ConnectionFailedError, match="closed before the request left") as caught:
        BlockingStream(wire).write(b"GET")
    assert Sent.NO == caught.value.sent
    assert isinstance(caught.value.__cause__, BrokenPipeError)


def test_closed_after_the_first_byte(connected: Any) -> None:
    """A connection that breaks in the middle of the request is asked for an answer first."""
    wire, theirs = connected()
    stream = BlockingStream(wire)
    stream.write(b"")
    stream.write(b"POST")
    assert b"POST" == theirs.recv(10)
    theirs.send(b"HTTP/1.1 413 Too Large\r\n\r\n")
    theirs.close()
    stream.write(b"body")
    stream.write(b"body")
    assert b"HTTP/1.1 413 " == stream.read(13)
    assert (Sent.YES, 413) == (wire.sent(), wire.status)
    stream.close()


@pytest.mark.anyio
async def test_closed_while_written_by_a_task(anyio_backend: str, connected: Any) -> None:
    """The same for a task."""
    wire, theirs = connected()
    wire.sock.setblocking(False)
    theirs.close()
    with pytest.raises(ConnectionFailedError) as caught:
        await AsyncStream(wire).write(b"GET")
    assert Sent.NO == caught.value.sent
    wire, theirs = connected()
    wire.sock.setblocking(False)
    stream = AsyncStream(wire)
    await stream.write(b"POST")
    theirs.close()
    await stream.write(b"body")
    await stream.write(b"body")
    with pytest.raises(ConnectionLostError):
        await stream.read(10)
    await stream.aclose()


@pytest.mark.anyio
async def test_waits_for_the_other_direction(anyio_backend: str) -> None:
    """Under TLS a read may have to wait until it can write, and a write until it can read."""
    mine, theirs = socket.socketpair()
    with mine, theirs:
        theirs.send(b"x")
        for error, writing in itertools.product(
            (ssl.SSLWantReadError(), ssl.SSLWantWriteError(), BlockingIOError()), (True, False)
        ):
            with anyio.fail_after(1):
                await _sockets.ready(mine, error, writing=writing)


def test_use_of_a_closed_wire(connected: Any) -> None:
    """A wire whose socket is closed is readable, so that it is not used, and has nothing to read."""
    wire, theirs = connected()
    theirs.close()
    sock = wire.sock
    wire.close()
    assert (True, True) == (is_readable(None), is_readable(sock))
    stream = BlockingStream(wire)
    assert (True, None) == (stream.get_extra_info("is_readable"), stream.get_extra_info("socket"))
    with pytest.raises(ConnectionFailedError, match="the connection is closed"):
        stream.read(1)


def test_closed_while_opened(connected: Any) -> None:
    """A socket that was opened while the transport was closed is closed too."""
    wire, theirs = connected()
    wire.close()
    wire.shut()
    mine, other = socket.socketpair()
    with pytest.raises(ConnectionFailedError, match="the transport was closed"):
        wire.adopt(mine)
    assert -1 == mine.fileno()
    theirs.close()
    other.close()


def test_why() -> None:
    """An error without words is called by its name."""
    assert ["No such file", "some words", "OSError"] == [
        why(OSError(2, "No such file")),
        why(OSError("some words")),
        why(OSError()),
    ]


@pytest.mark.parametrize("network", [HTTPX_LINE, HTTPX2_LINE], ids=lambda shipped: shipped.name)
def test_desync_is_seen_by_its_bytes(make_driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that stood there before the request is an error, also where the library hides what is left over."""
    monkeypatch.setattr(_Line, "leftover", lambda line: False)
    driver = make_driver()
    with RawServer(raw(whole(200, b"mine") + whole(200, b"not mine"))) as server:
        assert b"mine" == driver.get(server.url).body
        with pytest.raises(ConnectionLostError, match="before the request") as caught:
            driver.get(server.url)
        assert Sent.MAYBE == caught.value.sent


def test_library_without_leftovers() -> None:
    """Where HTTPCore hides what is left over, nothing is known of it."""
    route = Settings(None, True, trust_env=False).route("http://127.0.0.1/")
    assert False is _Line(route, Wire("", None), Settings(None, True, trust_env=False), HTTPX).leftover()


def test_many_origins() -> None:
    """The ways to origins are remembered, but not without end."""
    settings = Settings(None, True, trust_env=False)
    routes = [settings.route(f"http://127.0.0.1:{port}/path") for port in range(1, 120)]
    assert (119, 100) == (len({route.origin for route in routes}), len(settings._routes))
    assert b"127.0.0.1" == settings.route("http://127.0.0.1:80?query").netloc
    assert "http://[::1]:8080" == settings.route("http://[::1]:8080").origin


class Lane:
    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.idle_since = -math.inf
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_lanes() -> None:
    """The lane used last is used next; the old ones, and those too many, are closed."""
    lanes: Lanes[Lane] = Lanes(3, 60)
    a, b, other = Lane("a"), Lane("a"), Lane("other")
    for moment, lane in enumerate((a, b, other)):
        lanes.add(lane)
        lanes.put(lane, moment)
    assert lanes.take("a", 60, 3) is b
    assert lanes.take("other", 0.5, 3) is None
    lanes.put(b, 3)
    assert [a, other, b] == lanes.idle
    fresh = Lane("new")
    lanes.add(fresh)
    assert a.closed
    lanes.retire(fresh)
    assert fresh.closed
    assert lanes.take("a", 60, 62.5) is b
    assert other.closed
    assert {b} == lanes.busy


@pytest.mark.parametrize("folder", [True, False])
def test_trusts_a_path(make_driver: Any, certificates: Certificates, folder: bool, tmp_path: Path) -> None:
    """Trusted certificates may be a file, or a folder as OpenSSL wants it."""
    path = certificates.path
    if folder:
        path = str(tmp_path)
        assert Settings(None, path, trust_env=False).context() is not None
        return
    with RawServer(echo, tls=certificates.good()) as server:
        assert 200 == make_driver(verify=path).get(server.url).status


def test_trusts_a_context_or_everybody(make_driver: Any, certificates: Certificates) -> None:
    """A context of the caller's own is used as it is; without verification everybody is trusted."""
    context = ssl.create_default_context(cafile=certificates.path)
    with RawServer(echo, tls=certificates.good()) as server:
        assert 200 == make_driver(verify=context).get(server.url).status
    with RawServer(echo, tls=certificates.expired()) as server:
        assert 200 == make_driver(verify=False).get(server.url).status


def test_trusts_nothing(make_driver: Any, tmp_path: Path) -> None:
    """A path without certificates is refused: at once when there is nothing, when it is used when there is something else."""
    with pytest.raises(ConfigurationError, match="no certificates at"):
        make_driver(verify=str(tmp_path / "nothing.pem"))
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    with RawServer(echo) as server, pytest.raises(ConfigurationError, match="can be read from"):
        make_driver(verify=str(junk)).get(server.url.replace("http:", "https:"))


def test_forgets_in_a_child(lanes: Shipped) -> None:
    """What runs in a child after a fork leaves a transport without connections, and usable."""
    with RawServer(echo) as server:
        blocking, awaited = lanes.make("blocking"), lanes.make("asyncio")

        async def main() -> None:
            await awaited.send(get(server.url))
            blocking.send(get(server.url))
            forks._in_child()
            assert 0 == server.wait_until_idle()
            await awaited.send(get(server.url))
            blocking.send(get(server.url))
            assert 4 == server.connections
            await awaited.aclose()
            blocking.close()

        anyio.run(main)
        assert [True, True] == [" closed>" in repr(each) for each in (awaited, blocking)]
