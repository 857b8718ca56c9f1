"""What every transport that speaks over sockets must do, in every mode, against a server that misbehaves."""

from __future__ import annotations

import gzip
import time
import zlib
from typing import Any

import pytest

from pagertree_async.errors import (
    AttemptTimeoutError,
    ConnectionFailedError,
    ConnectionLostError,
    InvalidArgumentError,
    PagerTreeError,
    ResponseLostError,
    ResponseTooLargeError,
    Sent,
    TLSError,
    TransportError,
)
from pagertree_async.http import MAX_BODY
from tests.rawserver import (
    Behaviour,
    Certificates,
    Connection,
    RawRequest,
    RawServer,
    after,
    answer,
    black_hole,
    close_before_answer,
    drip,
    echo,
    gzip_bomb,
    hang,
    hang_after,
    head,
    json_answer,
    many_headers,
    raw,
    refusing_port,
    reset,
    reset_after,
    whole,
)
from tests.transports.drivers import Driver, get, request

SLACK = 0.5
OK = json_answer({"fine": True})


def failure(driver: Driver, url: str, **terms: Any) -> PagerTreeError:
    """The error that a GET ends with; it must come within the deadline."""
    asked = get(url, **terms)
    with pytest.raises(PagerTreeError) as caught:
        driver.send(asked)
    assert time.monotonic() < asked.deadline + SLACK
    assert str(caught.value).strip(" []")
    return caught.value


def fault(driver: Driver, *behaviours: Behaviour, **terms: Any) -> PagerTreeError:
    """The error that a GET ends with when it is met with such behaviour; the next GET must succeed."""
    with RawServer(*behaviours, OK) as server:
        error = failure(driver, server.url, **terms)
        assert b'{"fine": true}' == driver.get(server.url, within=1.0).body
        driver.close()
        assert 0 == server.wait_until_idle()
    return error


def test_keeps_the_connection(driver: Driver) -> None:
    """Requests one after the other travel on one connection."""
    with RawServer(echo) as server:
        targets = [driver.get(f"{server.url}/{number}").json()["target"] for number in range(5)]
        assert ["/0", "/1", "/2", "/3", "/4"] == targets
        assert 1 == server.connections


def test_many_at_once(driver: Driver) -> None:
    """A hundred at once get each its own answer."""
    with RawServer(echo) as server:
        futures = [driver.start(get(f"{server.url}/{number}")) for number in range(100)]
        answers = [future.result(10).json()["target"] for future in futures]
        assert [f"/{number}" for number in range(100)] == answers


def test_speaks_tls(driver: Driver, certificates: Certificates) -> None:
    """A trusted server is spoken to under TLS, also with a large body either way."""
    body = b"x" * 300_000
    with RawServer(echo, tls=certificates.good()) as server:
        answered = driver.send(request("POST", server.url, body=body)).json()
        assert body.decode() == answered["body"]
        assert "GET" == driver.get(server.url).json()["method"]
        assert 1 == server.connections


def test_speaks_ipv6(driver: Driver) -> None:
    """An address of the sixth version is spoken to."""
    with RawServer(echo, host="::1") as server:
        headers = dict(driver.get(server.url).json()["headers"])
        assert f"[::1]:{server.port}" == headers["host"]


def test_tries_every_address(driver: Driver) -> None:
    """A name with two addresses, one of which refuses, is reached by the other."""
    with RawServer(echo) as server:
        assert 200 == driver.get(f"http://localhost:{server.port}/").status


def test_large_body_leaves(driver: Driver) -> None:
    """A body larger than the buffers of a socket leaves whole."""
    body = bytes(range(256)) * 20_000

    def measure(connection: Connection, asked: RawRequest) -> None:
        connection.send(whole(200, b"%d" % (asked.body == body)))

    with RawServer(measure) as server:
        assert b"1" == driver.send(request("POST", server.url, body=body)).body


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("identity", bytes),
    ],
)
def test_decodes(driver: Driver, encoding: str, encode: Any) -> None:
    """A compressed body is handed over as it was before."""
    body = b"An alert, and another one. " * 1000
    with RawServer(answer(200, encode(body), ("content-encoding", encoding))) as server:
        assert body == driver.get(server.url).body


def test_chunked(driver: Driver) -> None:
    """A body in chunks is put together, and the connection kept."""
    chunked = head(200, ("transfer-encoding", "chunked")) + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    with RawServer(raw(chunked)) as server:
        assert [b"abcde"] * 3 == [driver.get(server.url).body for _ in range(3)]
        assert 1 == server.connections


def test_until_the_end(driver: Driver) -> None:
    """A body that ends with its connection is whole, and the next request finds another connection."""
    with RawServer(raw(head(200) + b"abc", close=True)) as server:
        assert [b"abc"] * 2 == [driver.get(server.url).body for _ in range(2)]
        assert 2 == server.connections


def test_no_content(driver: Driver) -> None:
    """An answer without a body has an empty one."""
    with RawServer(raw(head(204))) as server:
        assert (204, b"") == (driver.get(server.url).status, driver.get(server.url).body)


def test_informational(driver: Driver) -> None:
    """What comes before the answer is not the answer."""
    with RawServer(raw(head(103) + whole(200, b"abc"))) as server:
        assert (200, b"abc") == (driver.get(server.url).status, driver.get(server.url).body)


def test_says_close(driver: Driver) -> None:
    """A connection that the server wants closed is not used again."""
    with RawServer(answer(200, b"", ("connection", "close"))) as server:
        assert [200, 200] == [driver.get(server.url).status for _ in range(2)]
        assert 2 == server.connections


def test_redirect_is_an_answer(driver: Driver) -> None:
    """A redirect is handed over, not followed."""
    with RawServer(OK) as other, RawServer(answer(302, b"", ("location", other.url))) as server:
        answered = driver.get(server.url)
        assert (302, other.url) == (answered.status, answered.headers["location"])
        assert 0 == other.connections


def test_refused(driver: Driver) -> None:
    """A port where nobody listens: not sent."""
    error = failure(driver, f"http://127.0.0.1:{refusing_port()}")
    assert isinstance(error, ConnectionFailedError)
    assert Sent.NO == error.sent
    assert "Connection refused" in str(error)


def test_unknown_name(driver: Driver) -> None:
    """A name that nobody knows: not sent."""
    error = failure(driver, "http://nobody.invalid/")
    assert isinstance(error, ConnectionFailedError)
    assert "nobody.invalid" in str(error)


def test_black_hole(driver: Driver) -> None:
    """A connection that nobody takes up ends with its part's time: not sent."""
    with black_hole() as url:
        error = failure(driver, url, connect=0.1)
    assert isinstance(error, AttemptTimeoutError)
    assert (Sent.NO, None) == (error.sent, error.status)
    assert "connecting to 127.0.0.1" in str(error)
    assert "connect timeout of 0.1 s" in str(error)


@pytest.mark.parametrize("flaw", ["self_signed", "wrong_host", "expired"])
def test_certificates(driver: Driver, certificates: Certificates, flaw: str) -> None:
    """A certificate that proves nothing ends it: not sent, not to be tried again."""
    with RawServer(echo, tls=getattr(certificates, flaw)()) as server:
        error = failure(driver, server.url)
        assert isinstance(error, TLSError)
        assert Sent.NO == error.sent
        assert [] == server.requests


def test_not_tls(driver: Driver) -> None:
    """A server that answers the handshake in plain text: not sent, and said so."""
    with RawServer(greet=lambda connection: connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        error = failure(driver, server.url.replace("http:", "https:"))
        assert isinstance(error, TLSError)
        assert "handshake" in str(error)


@pytest.mark.parametrize("how", ["closes", "resets"])
def test_handshake_cut(driver: Driver, how: str) -> None:
    """A handshake that is merely cut is a failed connection, to be tried again: not sent."""

    def cut(connection: Connection) -> bool:
        connection.sock.recv(10)
        if how == "resets":
            connection.reset()
        return False

    with RawServer(greet=cut) as server:
        error = failure(driver, server.url.replace("http:", "https:"))
    assert isinstance(error, ConnectionFailedError)
    assert Sent.NO == error.sent


def test_handshake_drips(driver: Driver) -> None:
    """A handshake that comes byte by byte ends with its part's time: not sent."""
    with RawServer(greet=lambda connection: connection.drip(b"\x16\x03\x03\x40\x00" + bytes(500), 0.05)) as server:
        error = failure(driver, server.url.replace("http:", "https:"), connect=0.15)
    assert isinstance(error, AttemptTimeoutError)
    assert Sent.NO == error.sent
    assert "connect timeout of 0.15 s" in str(error)


def test_handshake_hangs_until_the_deadline(driver: Driver) -> None:
    """A handshake that never comes ends with the deadline: not sent."""
    with RawServer(greet=Connection.wait_for_the_end) as server:
        error = failure(driver, server.url.replace("http:", "https:"), within=0.15)
    assert isinstance(error, AttemptTimeoutError)
    assert Sent.NO == error.sent
    assert "s were left" in str(error)


@pytest.mark.parametrize("behaviour", [close_before_answer, reset])
def test_lost_before_the_answer(driver: Driver, behaviour: Behaviour) -> None:
    """A connection that ends after the request has left: perhaps sent."""
    error = fault(driver, behaviour)
    assert isinstance(error, ConnectionLostError)
    assert Sent.MAYBE == error.sent


@pytest.mark.parametrize(
    "behaviour",
    [
        raw(head(200, ("content-length", "100")) + b"abc", close=True),
        reset_after(head(200, ("content-length", "100")) + b"abc"),
        raw(head(200, ("transfer-encoding", "chunked")) + b"3\r\nabc\r\n", close=True),
        raw(head(200, ("transfer-encoding", "chunked")) + b"zz\r\nabc\r\n0\r\n\r\n"),
        raw(head(200, ("transfer-encoding", "chunked")) + b"3\r\nabcdef\r\n0\r\n\r\n"),
        answer(200, b"\x1f\x8b\x08 not gzip at all", ("content-encoding", "gzip")),
        answer(200, gzip.compress(b"abc")[:-6], ("content-encoding", "gzip")),
        answer(200, b"abc", ("content-encoding", "br")),
        reset_after(b"HTTP/1.1 200 OK\r\ncontent-le"),
    ],
    ids=[
        "short body",
        "reset in the body",
        "no last chunk",
        "bad chunk size",
        "bad chunk end",
        "bad gzip",
        "short gzip",
        "encoding not asked for",
        "reset in the head",
    ],
)
def test_lost_in_the_answer(driver: Driver, behaviour: Behaviour) -> None:
    """An answer that breaks off or cannot be decoded: sent, and its status known."""
    error = fault(driver, behaviour)
    assert isinstance(error, ResponseLostError)
    assert (Sent.YES, 200) == (error.sent, error.status)


@pytest.mark.parametrize(
    "data", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 twohundred OK\r\n\r\n", b"\x00\x00\x06\x04"]
)
def test_not_http(driver: Driver, data: bytes) -> None:
    """What is not HTTP: perhaps sent."""
    error = fault(driver, raw(data, close=True))
    assert isinstance(error, ConnectionLostError)
    assert Sent.MAYBE == error.sent


def test_hangs(driver: Driver) -> None:
    """A server that never answers ends with its part's time: perhaps sent."""
    error = fault(driver, hang, read=0.1)
    assert isinstance(error, AttemptTimeoutError)
    assert (Sent.MAYBE, None) == (error.sent, error.status)
    assert "read timeout of 0.1 s" in str(error)


def test_hangs_in_the_body(driver: Driver) -> None:
    """A server that falls silent within its answer: sent, and its status known."""
    error = fault(driver, hang_after(head(200, ("content-length", "100")) + b"abc"), read=0.1)
    assert isinstance(error, AttemptTimeoutError)
    assert (Sent.YES, 200) == (error.sent, error.status)


def test_reads_nothing(driver: Driver) -> None:
    """A server that does not take the request ends with its part's time: perhaps sent."""
    with RawServer(greet=lambda connection: connection.server.stopping.wait(5)) as server:
        asked = request("POST", server.url, body=bytes(20_000_000), write=0.2, within=0.5)
        with pytest.raises(AttemptTimeoutError) as caught:
            driver.send(asked)
        assert Sent.MAYBE == caught.value.sent
        assert "write timeout of 0.2 s" in str(caught.value)
        server.stopping.set()


def test_slow_but_in_time(driver: Driver) -> None:
    """A gap between bytes shorter than the read timeout is no reason to give up."""
    with RawServer(drip(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", 0.005)) as server:
        assert b"abc" == driver.get(server.url, read=0.15).body


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (drip(b"x: y\r\n" * 100, first=b"HTTP/1.1 200 OK\r\n"), 200),
        (drip(b" " * 100, first=head(200, ("content-length", "100"))), 200),
        (drip(b"1\r\nx\r\n" * 50, first=head(200, ("transfer-encoding", "chunked"))), 200),
        (drip(b"HTTP/1.1 200 OK\r\n", 0.1), None),
    ],
    ids=["head", "body", "chunks", "status line"],
)
def test_drips(driver: Driver, behaviour: Behaviour, status: int | None) -> None:
    """What comes byte by byte, each in time, ends with the deadline all the same."""
    error = fault(driver, behaviour, within=0.1)
    assert isinstance(error, AttemptTimeoutError)
    assert (Sent.YES if status else Sent.MAYBE, status) == (error.sent, error.status)


def test_no_time_left(driver: Driver) -> None:
    """A request whose time is over fails at once: not sent."""
    with RawServer(OK) as server:
        error = failure(driver, server.url, within=0.0)
        assert isinstance(error, TransportError)
        assert Sent.NO == error.sent
        assert [] == server.requests


@pytest.mark.parametrize("data", [many_headers(), whole(200, b"{}", ("x", "y" * 70_000)), head(103) * 10_000])
def test_head_too_large(driver: Driver, data: bytes) -> None:
    """A head that is too large is not read to its end."""
    error = fault(driver, raw(data, close=True))
    assert isinstance(error, ResponseTooLargeError)


@pytest.mark.parametrize("told", [True, False])
def test_body_too_large(driver: Driver, *, told: bool) -> None:
    """A body that is too large is not read to its end, whether it says so or not."""
    size = MAX_BODY + 1
    behaviour = (
        hang_after(head(200, ("content-length", str(size))))
        if told
        else raw(head(200) + bytes(size) + bytes(2**20), close=True)
    )
    error = fault(driver, behaviour)
    assert isinstance(error, ResponseTooLargeError)
    assert 200 == error.status


def test_gzip_bomb(driver: Driver) -> None:
    """A small body that would fill the memory is not expanded."""
    error = fault(driver, answer(200, gzip_bomb(200 * 2**20), ("content-encoding", "gzip")))
    assert isinstance(error, ResponseTooLargeError)


@pytest.mark.parametrize("extra", [whole(200, b'"somebody else\'s"'), b"HTTP/1.1 200 OK\r\ncontent-le", b"\r\n"])
@pytest.mark.parametrize("chunked", [True, False])
def test_an_answer_too_many(driver: Driver, extra: bytes, *, chunked: bool) -> None:
    """What comes after the answer is never taken for the answer to the next request."""
    mine = head(200, ("transfer-encoding", "chunked")) + b"4\r\nmine\r\n0\r\n\r\n" if chunked else whole(200, b"mine")
    with RawServer(raw(mine + extra), raw(mine)) as server:
        assert [b"mine"] * 3 == [driver.get(server.url).body for _ in range(3)]


def test_an_answer_too_many_later(driver: Driver) -> None:
    """An answer that comes on its own between two requests is not taken for the answer to the second."""

    def talkative(connection: Connection, asked: RawRequest) -> None:
        connection.send(whole(200, b"mine"))
        time.sleep(0.05)
        connection.send(whole(200, b"not mine"))

    with RawServer(talkative, raw(whole(200, b"mine"))) as server:
        assert b"mine" == driver.get(server.url).body
        time.sleep(0.12)
        assert b"mine" == driver.get(server.url).body


def test_closed_while_idle(driver: Driver) -> None:
    """A connection that the server closed while it was idle is not used."""
    with RawServer(raw(whole(200, b"mine"), close=True)) as server:
        for _ in range(5):
            assert b"mine" == driver.get(server.url).body
            server.wait_until_idle()
        assert 5 == server.connections


def test_refuses_the_body(driver: Driver) -> None:
    """A server that answers and closes before it has taken the whole body is heard."""

    def refuse(connection: Connection) -> bool:
        connection.sock.recv(1000)
        connection.send(whole(413, b"too much"))
        time.sleep(0.1)
        connection.sock.settimeout(2)
        while connection.sock.recv(1_000_000):
            pass
        return False

    with RawServer(greet=refuse) as server:
        assert 413 == driver.send(request("POST", server.url, body=bytes(200_000))).status


@pytest.mark.parametrize("max_idle", [0.05, 10.0])
def test_max_idle(driver: Driver, max_idle: float) -> None:
    """A connection that was idle for longer than the request allows is left to others."""
    with RawServer(OK) as server:
        driver.get(server.url)
        time.sleep(0.1)
        driver.get(server.url, max_idle=max_idle)
        assert (2 if max_idle < 0.1 else 1) == server.connections
        driver.get(server.url)
        assert (2 if max_idle < 0.1 else 1) == server.connections


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "127.0.0.1/",
        "http://",
        "http:///path",
        "http://127.0.0.1:99999/",
        "http://user:hunter2@127.0.0.1/",
        "http://höst/",
        "http://127.0.0.1/a b\n",
        "http://[::1/",
    ],
)
def test_bad_url(driver: Driver, url: str) -> None:
    """An address that leads nowhere is a wrong argument, and is not repeated with its credentials."""
    error = failure(driver, url)
    assert isinstance(error, InvalidArgumentError)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [("x-api-key", "hunter2\r\nhost: evil"), ("x key", "1"), ("x", " 1"), ("x", "hünter2"), ("", "1")],
)
def test_bad_header(driver: Driver, name: str, value: str) -> None:
    """A header that HTTP does not allow is a wrong argument, and its value is not repeated."""
    with RawServer(OK) as server:
        error = failure(driver, server.url, headers=((name, value),))
        assert isinstance(error, InvalidArgumentError)
        assert repr(name) in str(error)
        assert "hunter2" not in str(error)
        assert [] == server.requests


def test_adds_nothing(driver: Driver) -> None:
    """Nothing is sent but what the request holds and what HTTP needs."""
    with RawServer(echo) as server:
        host = f"127.0.0.1:{server.port}"
        mine = [["accept", "text/plain"], ["x-key", ""]]
        asked = (("accept", "text/plain"), ("x-key", ""))
        assert [["host", host], *mine] == driver.get(server.url, headers=asked).json()["headers"]
        posted = driver.send(request("POST", server.url, headers=asked, body=b"abc")).json()["headers"]
        assert [["host", host], *mine, ["content-length", "3"]] == posted
        emptily = driver.send(request("PUT", server.url, headers=asked)).json()["headers"]
        assert [["host", host], *mine, ["content-length", "0"]] == emptily


def test_own_host(driver: Driver) -> None:
    """A host header of the request's own is not sent twice."""
    with RawServer(echo) as server:
        headers = driver.get(server.url, headers=(("host", "elsewhere"),)).json()["headers"]
        assert 1 == len(headers)


def test_slow_answers_at_once(driver: Driver) -> None:
    """Requests wait beside one another, not after one another."""
    with RawServer(after(0.1, echo)) as server:
        start = time.monotonic()
        futures = [driver.start(get(server.url)) for _ in range(30)]
        assert [200] * 30 == [future.result(5).status for future in futures]
        assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("where", ["head", "chunks"])
def test_floods(driver: Driver, where: str) -> None:
    """What comes without a pause but never to an end is cut off at the deadline, or at the limit of a head."""

    def flood(connection: Connection, asked: RawRequest) -> bool:
        part = b"x: y\r\n" if where == "head" else b"1\r\nx\r\n"
        first = b"HTTP/1.1 200 OK\r\n" if where == "head" else head(200, ("transfer-encoding", "chunked"))
        try:
            connection.sock.sendall(first)
            while not connection.server.stopping.is_set():
                connection.sock.sendall(part * 100)
        except OSError:
            pass
        return False

    error = fault(driver, flood, within=0.1)
    assert isinstance(error, ResponseTooLargeError if where == "head" else AttemptTimeoutError)
    assert 200 == error.status


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("size", [40_000, 60_000])
def test_head_too_large_in_parts(driver: Driver, size: int, *, ends: bool) -> None:
    """A head that comes in parts, each below the limit, is too large when their sum is."""

    def two(connection: Connection, asked: RawRequest) -> bool:
        whole_head = head(200, ("x", "y" * size), ("z", "y" * size), ("content-length", "0"))
        connection.send(whole_head[: size + 100])
        time.sleep(0.1)
        connection.send(whole_head[size + 100 : None if ends else -4])
        return not ends

    assert isinstance(fault(driver, two, within=1.5 if ends else 0.5), ResponseTooLargeError)


@pytest.mark.parametrize("rest", [b"", b"0\r\n\r\n"])
def test_stops_at_the_first_flaw(driver: Driver, rest: bytes) -> None:
    """A compressed body that is damaged is not looked at any further."""
    body = b"4\r\njunk\r\n4\r\njunk\r\n4\r\njunk\r\n"
    headers = (("transfer-encoding", "chunked"), ("content-encoding", "gzip"))
    assert isinstance(fault(driver, hang_after(head(200, *headers) + body + rest)), ResponseLostError)


def test_bad_method(driver: Driver) -> None:
    """A method that HTTP does not know of is a wrong argument."""
    with RawServer(OK) as server, pytest.raises(InvalidArgumentError):
        driver.send(request("GE T", server.url))


def test_bad_name(driver: Driver) -> None:
    """A name that cannot even be looked up: not sent."""
    error = failure(driver, f"http://{'a' * 70}.test/")
    assert isinstance(error, ConnectionFailedError)
