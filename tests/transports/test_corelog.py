"""HTTPCore's own log shows no credentials of ours, and of other clients what it always shows."""

from __future__ import annotations

import gc
import logging
from base64 import b64encode
from contextvars import copy_context
from typing import Any

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pagertree_async.errors import PagerTreeError
from pagertree_async.http import Request, Secret
from pagertree_async.telling import SHOWN
from pagertree_async.transports import _corelog
from pagertree_async.transports._corelog import RUN, Speaking, conceal, concealed
from pagertree_async.transports._proxies import Proxy
from pagertree_async.transports._quotes import unquoted
from tests.rawserver import RawServer, answer, whole
from tests.transports.drivers import NETWORK, Driver, Shipped
from tests.transports.test_proxies import names as names  # noqa: PLC0414 - a fixture

SECRET = "hunter2-and-so-on"
TELLS = answer(200, b"{}", ("x-echo", SECRET), ("x-request-id", "req-7f3a"), ("date", "today"))
HEAD = "receive_response_headers.complete return_value="


@pytest.fixture(autouse=True)
def _everything_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def heads(records: list[logging.LogRecord]) -> list[str]:
    """The heads of answers in HTTPCore's logs."""
    return [record.getMessage().removeprefix(HEAD) for record in records if record.getMessage().startswith(HEAD)]


@pytest.mark.parametrize("network", NETWORK[:2], ids=lambda shipped: shipped.name)
def test_shows_what_may_be_seen(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    """Of an answer's head the status and the headers of a list are shown, all else is stars."""
    with RawServer(TELLS) as server:
        driver.get(server.url, headers=(("x-api-key", Secret(SECRET)),))
    shown = [(b"***", b"***"), (b"x-request-id", b"req-7f3a"), (b"date", b"today"), (b"content-length", b"2")]
    assert [repr((b"HTTP/1.1", 200, b"OK", shown))] == heads(caplog.records)
    cores = {record.name for record in caplog.records if record.name.startswith("httpcore")}
    assert {f"{driver.shipped.name.replace('httpx', 'httpcore')}.http11"} == cores


@pytest.mark.parametrize("network", [NETWORK[0], NETWORK[2]], ids=lambda shipped: shipped.name)
def test_of_a_tunnel_too(network: Shipped, make_driver: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What a proxy answers that repeats its credentials is not shown either, whatever the transport."""
    pytest.importorskip(network.library, reason=f"{network.library} is not installed")
    pair = b64encode(f"ada:{SECRET}".encode()).decode()
    no = whole(407, b"", ("x-request-id", pair), ("date", SECRET), ("x-echo", pair))
    with RawServer(lambda connection, _: connection.send(no)) as server:
        driver = make_driver(proxy=server.url.replace("//", f"//ada:{SECRET}@"))
        with pytest.raises(PagerTreeError):
            driver.get("https://api.example.test/")
    shown = [(b"x-request-id", b"***"), (b"date", b"***"), (b"***", b"***"), (b"content-length", b"0")]
    assert [repr((b"HTTP/1.1", 407, b"Proxy Authentication Required", shown))] == heads(caplog.records)


@pytest.mark.parametrize("network", NETWORK[:1], ids=lambda shipped: shipped.name)
def test_leaves_other_clients_alone(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    """What HTTPCore logs for somebody else is as it was, before, after and while one of ours speaks."""
    with RawServer(TELLS) as server:

        def asks(connection: Any, asked: Any) -> None:
            httpx.get(server.url, trust_env=False)
            TELLS(connection, asked)

        with RawServer(asks) as slow:
            httpx.get(server.url, trust_env=False)
            driver.get(slow.url)
            httpx.get(server.url, trust_env=False)
    assert [True, True, False, True] == [SECRET in text for text in heads(caplog.records)]


def test_ends_with_the_exchange() -> None:
    """Within an exchange another is ours too, and after it nothing is, not even in a context that was copied."""
    asked = Request(method="GET", url="https://api.test", headers=(("x-api-key", Secret(SECRET)),))
    record = logging.LogRecord("httpcore.http11", logging.DEBUG, "", 0, "%s.%s odd", ("a", "b"), None)

    def seen() -> str:
        copy = logging.makeLogRecord(record.__dict__)
        assert _corelog.CONCEAL.filter(copy)
        return copy.getMessage()

    with Speaking(asked, None):
        copied = copy_context()
        with Speaking(None, None):
            assert "***" == seen()
        assert "***" == seen() == copied.run(seen)
    assert "a.b odd" == seen() == copied.run(seen)


def test_ended_in_the_context_of_another() -> None:
    """A task that nobody awaited to its end does not end what the one that cleans up after it is speaking."""

    def exchange() -> Any:
        with Speaking(None, None):
            yield

    left = exchange()
    copy_context().run(next, left)
    with Speaking(None, None) as _:
        mine = _corelog.SPEAKING.get()
        del left
        gc.collect()
        assert mine is _corelog.SPEAKING.get() is not None
    assert None is _corelog.SPEAKING.get()


def test_is_added_once() -> None:
    """However many transports are made, each line is looked at once."""
    conceal("httpcore")
    conceal("httpcore")
    assert 1 == logging.getLogger("httpcore.http11").filters.count(_corelog.CONCEAL)


def test_what_was_told() -> None:
    """Credentials in headers and for the proxy, and the body, are looked for as they left and as they read."""
    headers = (("accept", "application/json"), ("authorization", Secret("Basic YWRhOmJhc2lj")), ("x-key", Secret("é")))
    asked = Request(method="POST", url="https://api.test", headers=headers, body=b"password=a%26b+c")
    speaking = Speaking(asked, Proxy(Secret("http://bob:proxied@10.0.0.1")))
    told = speaking.told().decode()
    speaking.__exit__()
    sought = ("YWRhOmJhc2lj", "ada:basic", "bob:proxied", "a%26b+c", "a&b c", "é")
    assert [] == [text for text in sought if text not in told]
    assert "application/json" not in told
    assert set("\n") == set(speaking.told().decode())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("response_closed.started", "response_closed.started"),
        (
            "send_request_body.started request=<Request [b'PUT']>",
            "send_request_body.started request=<Request [b'PUT']>",
        ),
        (f"{HEAD}(b'HTTP/1.1', 204, b'No Content', [])", f"{HEAD}(b'HTTP/1.1', 204, b'No Content', [])"),
        (f"{HEAD}(b'HTTP/1.1', 204, b'Tom', [])", f"{HEAD}(b'HTTP/1.1', 204, b'***', [])"),
        (f"{HEAD}(b'HTTP/1.1', 299, b'', [])", f"{HEAD}(b'HTTP/1.1', 299, b'***', [])"),
        (f"{HEAD}(b'HTTP/1.1', 204, 'No Content', [])", f"{HEAD}***"),
        (f"{HEAD}(b'HTTP/1.1', 204)", f"{HEAD}***"),
        (f"{HEAD}(no, literal)", f"{HEAD}***"),
        (f"{HEAD}(", "***"),
        ("a.failed exception=ReadError('a\nb')", "a.failed exception=ReadError(***)"),
        ("a.failed exception=<odd>", "***"),
        ("an altogether other line", "***"),
    ],
)
def test_lines(line: str, expected: str) -> None:
    """A line of a known form keeps what is harmless, any other is stars."""
    assert expected == concealed(line, bytes)


@given(
    secret=st.binary(min_size=RUN, max_size=40),
    around=st.tuples(st.binary(max_size=9), st.binary(max_size=9)),
    name=st.sampled_from([b"X-Request-Id", b"date", b"set-cookie", b"retry-after"]),
)
def test_no_secret_comes_through(secret: bytes, around: tuple[bytes, bytes], name: bytes) -> None:
    """Whatever is repeated, and wherever, its value is stars."""
    value = around[0] + secret + around[1]
    assume(value.lower().decode("latin-1") not in SHOWN)  # which is a header's name, not a credential
    line = concealed(f"{HEAD}{(b'HTTP/1.1', 200, value, [(name, value), (value, b'x')])!r}", lambda: b"told: " + secret)
    first = name if name != b"set-cookie" else b"***"
    assert f"{HEAD}{(b'HTTP/1.1', 200, b'***', [(first, b'***'), (b'***', b'***')])!r}" == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("illegal status line: bytearray(b'HTTP/1.1 hunter2')", "illegal status line: ***"),
        ('Invalid header:\n\n  b"hunter2\'s"\n  ^', "Invalid header:\n\n  ***"),
        ("Invalid HTTP header: 'hunter2'", "Invalid HTTP header: ***"),
        ("can't do that", "can't do that"),
    ],
)
def test_errors_quote_nothing(text: str, expected: str) -> None:
    """What an error of a library quotes of the answer is stars: in its text, its attributes and its causes."""
    error, cause = ValueError(text, 7), RuntimeError(text)
    vars(cause)["line"] = text
    error.__cause__, cause.__cause__ = cause, error
    assert error is unquoted(error)
    assert ((expected, 7), (expected,), expected) == (error.args, cause.args, vars(cause)["line"])
