"""What a transport into an application does when the application does not."""

from __future__ import annotations

import time
from typing import Any

import anyio
import pytest

from pagertree_async.errors import (
    AttemptTimeoutError,
    ConnectionLostError,
    InvalidArgumentError,
    ResponseLostError,
    ResponseTooLargeError,
    Sent,
)
from pagertree_async.http import MAX_BODY
from pagertree_async.transports import ASGITransport
from tests.transports.drivers import SHIPPED, Driver, get

ASGI = next(shipped for shipped in SHIPPED if shipped.name == "asgi")
URL = "http://127.0.0.1:8000/"


async def start(send: Any, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(headers)})


def failure(app: Any, mode: str, kind: type[Exception], url: str = URL, **terms: Any) -> Any:
    with Driver(ASGI, mode, app) as driver, pytest.raises(kind) as caught:
        driver.get(url, **terms)
    return caught.value


def test_raises(mode: str) -> None:
    """An application that raises gives no answer, and its exception is the cause, with its frames."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    error = failure(app, mode, ConnectionLostError)
    assert Sent.MAYBE == error.sent
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert error.__cause__.__traceback__ is not None


def test_raises_in_the_answer(mode: str) -> None:
    """An application that raises in the middle leaves an answer that was cut."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await start(send)
        raise ZeroDivisionError

    assert 200 == failure(app, mode, ResponseLostError).status


def test_raises_after_the_answer(mode: str) -> None:
    """What an application does after its answer does not undo it."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"abc"})
        await send({"type": "http.response.body", "body": b"def"})
        raise ZeroDivisionError

    with Driver(ASGI, mode, app) as driver:
        assert b"abc" == driver.get(URL).body


def test_says_nothing(mode: str) -> None:
    """An application that returns without an answer gives none."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert "http.request" == (await receive())["type"]
        assert "http.disconnect" == (await receive())["type"]
        await send({"type": "http.response.debug"})

    assert Sent.MAYBE == failure(app, mode, ConnectionLostError).sent


def test_too_large(mode: str) -> None:
    """An application's answer has the same limits as a server's."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await start(send, (b"content-length", b"%d" % (MAX_BODY + 1)))

    assert 200 == failure(app, mode, ResponseTooLargeError).status


@pytest.mark.parametrize("url", ["ftp://localhost/", "http://", "http://[::1/", "http://user:hunter2@localhost/"])
def test_bad_url(mode: str, url: str) -> None:
    """An address that leads nowhere is a wrong argument."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    assert "hunter2" not in str(failure(app, mode, InvalidArgumentError, url))


def test_scope(mode: str) -> None:
    """The application is told of the request what a server would tell it."""
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(dict(scope))
        await start(send)
        await send({"type": "http.response.body"})

    with Driver(ASGI, mode, app) as driver:
        driver.get("https://api.example.test?a=%20", headers=(("x-a", "1"),))
    expected = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"a=%20",
        "root_path": "",
        "headers": [(b"host", b"api.example.test"), (b"x-a", b"1")],
        "client": ("127.0.0.1", 0),
        "server": ("api.example.test", 443),
        "state": {},
    }
    assert [expected] == seen


@pytest.mark.parametrize("begun", [True, False])
def test_too_slow(mode: str, *, begun: bool) -> None:
    """An application that takes too long ends with the deadline."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await start(send)
        if mode == "blocking":
            time.sleep(0.1)
        else:
            await anyio.sleep(5)

    error = failure(app, mode, AttemptTimeoutError, within=0.05)
    assert (Sent.YES if begun else Sent.MAYBE, 200 if begun else None) == (error.sent, error.status)


def test_suspends() -> None:
    """An application that suspends cannot be called without an event loop, and it says so."""

    class Once:
        def __await__(self) -> Any:
            yield

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Once()

    with pytest.raises(RuntimeError, match="event loop"):
        ASGITransport(app).send(get(URL))


def test_bad_header(mode: str) -> None:
    """A header that HTTP does not allow is a wrong argument here too, and its value is not repeated."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    for value in ("hunter2\n", "hünter2"):
        error = failure(app, mode, InvalidArgumentError, headers=(("x-api-key", value),))
        assert "nter2" not in str(error)
