"""Tests of a user's own may answer in the place of HTTPX's connections."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import respx
from respx.mocks import HTTPCoreMocker

from pagertree_async.errors import ConnectionFailedError, InvalidArgumentError, Sent
from tests.transports.drivers import NETWORK, Driver, request

URL = "https://api.example.test/api/v4/alerts"


LINES = [f"pagertree_async.transports.httpx.{name}" for name in ("_AsyncLine", "_BlockingLine")]


pytestmark = pytest.mark.parametrize("network", NETWORK[:1], ids=lambda shipped: shipped.name)


@pytest.fixture
def mocked() -> Any:
    """The connections below HTTPX, answering by themselves."""
    HTTPCoreMocker.add_targets(*LINES)
    with respx.mock() as router:
        yield router
    HTTPCoreMocker.remove_targets(*LINES)


def test_answers(driver: Driver, mocked: Any) -> None:
    """An answer that respx gives is the answer, and it saw the request."""
    route = mocked.post(URL).respond(201, json={"id": "alt_1"}, headers={"x-request-id": "7f3a"})
    answered = driver.send(request("POST", URL, headers=(("x-api-key", "hunter2"),), body=b"{}"))
    assert (201, {"id": "alt_1"}, "7f3a") == (answered.status, answered.json(), answered.request_id)
    assert ("hunter2", "2") == tuple(route.calls.last.request.headers[name] for name in ("x-api-key", "content-length"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError(""), ConnectionFailedError),
        (httpx.ReadError(""), ConnectionFailedError),
        (RuntimeError("a flaw of the library"), ConnectionFailedError),
        (httpx.LocalProtocolError(""), InvalidArgumentError),
        (httpx.UnsupportedProtocol(""), InvalidArgumentError),
    ],
)
def test_errors_by_proof(driver: Driver, mocked: Any, error: Exception, expected: type[Exception]) -> None:
    """Whatever the library raises, nothing was sent when no byte has left."""
    mocked.get(URL).mock(side_effect=error)
    with pytest.raises(expected) as caught:
        driver.get(URL)
    assert type(error) is type(caught.value.__cause__)
    assert str(caught.value).strip(" []")
    assert Sent.NO == getattr(caught.value, "sent", Sent.NO)
