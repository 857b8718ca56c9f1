"""What every shipped transport does, over sockets or not."""

from __future__ import annotations

import gzip
import pickle
import threading

import pytest

from pagertree_async import http, transports
from pagertree_async.errors import ClientClosedError
from pagertree_async.http import Headers, Secret
from tests.transports.drivers import SHIPPED, Shipped, answering, echoing, get, request


def test_brings_the_answer(shipped: Shipped, mode: str) -> None:
    """Status, headers and body come as they were sent."""
    headers = (("content-type", "text/plain"), ("x-request-id", "7f3a"), ("x-more", "1"), ("x-more", "2"))
    with answering(shipped, mode, 200, headers, b"some bytes") as (driver, url):
        answered = driver.get(url)
        assert (200, b"some bytes", "7f3a") == (answered.status, answered.body, answered.request_id)
        assert "text/plain" == answered.headers["Content-Type"]
        assert "1, 2" == answered.headers["x-more"]


@pytest.mark.parametrize("status", [204, 301, 404, 429, 500, 599])
def test_every_status_is_an_answer(shipped: Shipped, mode: str, status: int) -> None:
    """No status is an error, and no redirect is followed."""
    with answering(shipped, mode, status, (("location", "http://127.0.0.1:1/"),), b"") as (driver, url):
        assert status == driver.get(url).status


def test_sends_what_it_is_given(shipped: Shipped, mode: str) -> None:
    """Method, target, headers, credentials and body arrive as they were given."""
    headers = (("accept", "application/json"), ("x-api-key", Secret("hunter2")))
    with echoing(shipped, mode) as (driver, url):
        asked = request("PUT", f"{url}/api/v4/alerts/a%20b?q=1&q=%2F", headers=headers, body=b"\x00\xff body")
        heard = driver.send(asked).json()
        assert ("PUT", "/api/v4/alerts/a%20b?q=1&q=%2F") == (heard["method"], heard["target"])
        assert "\x00\xff body" == heard["body"]
        assert {("accept", "application/json"), ("x-api-key", "hunter2")} <= {tuple(pair) for pair in heard["headers"]}


def test_many_requests(shipped: Shipped, mode: str) -> None:
    """Fifty at once get each its own answer."""
    with echoing(shipped, mode) as (driver, url):
        futures = [driver.start(get(f"{url}/{number}")) for number in range(50)]
        assert [f"/{number}" for number in range(50)] == [future.result(10).json()["target"] for future in futures]


def test_closed(shipped: Shipped, mode: str) -> None:
    """After it was closed, once or twice, it sends nothing."""
    with echoing(shipped, mode) as (driver, url):
        driver.get(url)
        driver.close()
        driver.close()
        with pytest.raises(ClientClosedError):
            driver.get(url)


def test_protocols(shipped: Shipped, mode: str) -> None:
    """It is a transport of its mode, and shows nothing of what it sent."""
    with echoing(shipped, mode) as (driver, url):
        driver.get(url, headers=(("x-api-key", Secret("hunter2")),))
        assert isinstance(driver.transport, http.BlockingTransport if mode == "blocking" else http.Transport)
        assert "hunter2" not in repr(driver.transport)
        assert type(driver.transport).__name__ in repr(driver.transport)


def test_idle_owns_no_thread(shipped: Shipped, mode: str) -> None:
    """A transport that does nothing has no thread."""
    before = threading.active_count()
    with answering(shipped, mode, 200, (), b"") as (driver, url):
        with_driver = threading.active_count()
        driver.get(url)
        allowed = (2 if shipped.network else 0) + shipped.blocking.startswith("portal:")  # the server's, a portal's
        assert threading.active_count() <= with_driver + allowed
    assert before >= threading.active_count()


def test_names() -> None:
    """Every name of the package is there, and no other."""
    shipped = {name for each in SHIPPED for name in (each.awaited, each.blocking) if name and not name.islower()}
    assert {*shipped, "PortalTransport", "NAMES", "by_name"} == set(transports.__all__)
    assert set(transports.__all__) <= set(dir(transports))
    with pytest.raises(AttributeError, match="NoTransport"):
        transports.NoTransport  # noqa: B018


def test_gzip_from_an_application(mode: str) -> None:
    """An application may compress its answer, as a server may."""
    shipped = next(each for each in SHIPPED if each.name == "asgi")
    with answering(shipped, mode, 200, (("content-encoding", "gzip"),), gzip.compress(b"abc")) as (driver, url):
        assert b"abc" == driver.get(url).body


def test_headers_pickle() -> None:
    """An answer can be handed to another process."""
    headers = Headers([("A", "1")])
    assert headers == pickle.loads(pickle.dumps(headers))
