"""What the words of the transports' contract mean: secrets, headers, timeouts, bodies."""

from __future__ import annotations

import copy
import gzip
import math
import pickle
import random
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from pagertree_async.errors import ConfigurationError, InvalidArgumentError, ResponseLostError, ResponseTooLargeError
from pagertree_async.http import AT_ONCE, BodyReader, Headers, Request, Response, Secret, Timeout


def read(encoding: str, *chunks: bytes, limit: int = 1000) -> bytes:
    reader = BodyReader(200, Headers([("Content-Encoding", encoding)]), limit)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


ENCODERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes, "": bytes}


@given(st.sampled_from([*ENCODERS, "raw"]), st.binary(max_size=3000), st.lists(st.integers(0, 3000), max_size=8))
def test_any_body_in_any_parts(encoding: str, body: bytes, cuts: list[int]) -> None:
    """A body comes out as it was, however it was compressed and wherever it was cut."""
    sent = raw_deflate(body) if encoding == "raw" else ENCODERS[encoding](body)
    edges = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    chunks = [sent[start:end] for start, end in zip(edges, edges[1:], strict=False)]
    assert body == read("deflate" if encoding == "raw" else encoding, *chunks, limit=4000)


def test_several_members() -> None:
    """A gzip body of several members is read to its end."""
    both = gzip.compress(b"abc") + gzip.compress(b"def")
    assert [b"abcdef"] * 2 == [read("gzip", both), read("gzip", both[:20], both[20:])]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"abc")[:-1]),
        ("gzip", gzip.compress(b"abc") + b"junk"),
        ("gzip", b"junk"),
        ("deflate", zlib.compress(b"abc") + b"junk"),
        ("deflate", b"x"),
        ("deflate", b"\xff\xff\xff"),
        ("br", b"abc"),
        ("gzip, gzip", b"abc"),
    ],
)
def test_damaged(encoding: str, body: bytes) -> None:
    """What is cut, followed by something, or not what it says it is, is lost."""
    with pytest.raises(ResponseLostError) as caught:
        read(encoding, body)
    assert 200 == caught.value.status


@pytest.mark.parametrize("encoding", [*ENCODERS])
def test_no_body(encoding: str) -> None:
    """Nothing is nothing in every encoding."""
    assert b"" == read(encoding)


def test_too_large() -> None:
    """More than the limit is not kept, whether it was said, came, or came out."""
    assert b"x" * 1000 == read("gzip", gzip.compress(b"x" * 1000))
    for encoding, body in (("identity", b"x" * 1001), ("gzip", gzip.compress(b"x" * 1001))):
        with pytest.raises(ResponseTooLargeError, match="1000"):
            read(encoding, body)
    with pytest.raises(ResponseTooLargeError, match="says it has 1001"):
        BodyReader(200, Headers([("content-length", "1001")]), 1000)
    assert b"" == BodyReader(200, Headers([("content-length", "junk")]), 1000).finish()


def test_too_good_to_be_true() -> None:
    """A compressed byte that becomes very many is stopped before the limit of the whole."""
    with pytest.raises(ResponseTooLargeError, match="compressed bytes became"):
        read("gzip", gzip.compress(bytes(4 * 2**20), 9), limit=16 * 2**20)


def test_secret() -> None:
    """A secret shows stars, compares by its content, and stays where it is when it is pickled."""
    secret = Secret("hunter2", "PAGERTREE_TOKEN")
    assert ["***", "Secret('***')", "***", " ***"] == [str(secret), repr(secret), f"{secret}", f"{secret:>4}"]
    assert "hunter2" == secret.reveal()
    assert (True, False, False) == (secret == Secret("hunter2"), secret == Secret("other"), secret == "hunter2")
    assert 1 == len({secret, Secret("hunter2")})
    assert secret is copy.copy(secret) is copy.deepcopy(secret)
    unpickled = pickle.loads(pickle.dumps(secret))
    assert (False, True) == (secret.lost, unpickled.lost)
    with pytest.raises(ConfigurationError, match="PAGERTREE_TOKEN"):
        unpickled.reveal()


def test_headers() -> None:
    """Headers are looked up without regard to case, joined, and shown by name only."""
    headers = Headers([("A", "1"), ("b", "2"), ("a", "3")])
    assert ("1, 3", 2, ["a", "b"], "Headers(['a', 'b'])") == (headers["A"], len(headers), list(headers), repr(headers))


def test_timeout() -> None:
    """A number is the total; what is no number of seconds is refused."""
    assert (5, 7.0) == (Timeout.of(5).total, Timeout.of(5, Timeout(read=7.0)).read)
    given = Timeout(total=1)
    assert given is Timeout.of(given)
    for value in (0, -1, math.nan, True, "1"):
        with pytest.raises(InvalidArgumentError, match="read must be a number of seconds"):
            Timeout(read=value)  # pyright: ignore[reportArgumentType]


def test_request() -> None:
    """A request tells how much time is left, and shows neither its query nor its credentials."""
    request = Request(method="GET", url="https://a.test/b?c=d", headers=(("k", Secret("hunter2")), ("l", "m")))
    assert math.inf == request.time_left()
    assert 0.0 == Request(method="GET", url="", deadline=time.monotonic() - 1).time_left()
    assert [("k", "hunter2"), ("l", "m")] == request.revealed_headers()
    assert "<Request GET https://a.test/b (0 bytes)>" == repr(request)


def test_response() -> None:
    """An answer knows its JSON and the server's name for the request."""
    response = Response(status=200, headers=Headers([("X-Request-Id", "7f3a")]), body=b'{"a": 1}')
    assert ("7f3a", {"a": 1}, "<Response 200 (8 bytes)>") == (response.request_id, response.json(), repr(response))
    assert [False, True, True, False] == [Response(status=status).ok for status in (199, 200, 299, 300)]
    assert (None, None) == (Response(status=204).request_id, Response(status=204).json())


def test_rich_shows_no_more() -> None:
    """What rich shows of a request and an answer holds neither credentials nor bodies."""
    request = Request(method="GET", url="https://a.test/", headers=(("k", Secret("hunter2")),), body=b"hunter2")
    response = Response(status=200, headers=Headers([("k", "hunter2")]), body=b"hunter2")
    assert "hunter2" not in pretty_repr([request, response])


@pytest.mark.parametrize("wbits", [31, 15, -15], ids=["gzip", "deflate", "raw deflate"])
@pytest.mark.parametrize("size", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE, 3 * AT_ONCE + 7])
@pytest.mark.parametrize("step", [997, 65_536, 10**9])
def test_decoded_piece_by_piece(wbits: int, size: int, step: int) -> None:
    """What is decoded a piece at a time is whole, wherever pieces end and however the parts came."""
    body = random.Random(size).randbytes(size // 2) + b"ab" * (size - size // 2)
    body = body[:size]
    packer = zlib.compressobj(6, zlib.DEFLATED, wbits)
    packed = packer.compress(body) + packer.flush()
    reader = BodyReader(200, Headers([("content-encoding", "gzip" if wbits == 31 else "deflate")]))
    for start in range(0, len(packed), step):
        reader.feed(packed[start : start + step])
        reader.feed(b"")
    assert body == reader.finish()


@pytest.mark.parametrize("step", [1, 1000, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1])
def test_plain_piece_by_piece(step: int) -> None:
    """The same without compression."""
    body = random.Random(step).randbytes(min(3 * AT_ONCE + 7, 2000 * step))
    reader = BodyReader(200, Headers())
    for start in range(0, len(body), step):
        reader.feed(body[start : start + step])
    assert body == reader.finish()
