"""What a transport to a function does."""

from __future__ import annotations

from typing import Any

import pytest

from pagertree_async.http import Request, Response
from pagertree_async.transports import AsyncMemoryTransport, MemoryTransport
from tests.transports.drivers import SHIPPED, Driver, get

MEMORY = next(shipped for shipped in SHIPPED if shipped.name == "memory")
URL = "http://127.0.0.1:8000/"


def test_records(mode: str) -> None:
    """The requests are kept in their order."""
    asked = [get(f"{URL}{number}") for number in range(3)]
    with Driver(MEMORY, mode, lambda request: Response(status=200)) as driver:
        for each in asked:
            driver.send(each)
        assert asked == driver.transport.requests
        assert "3 requests" in repr(driver.transport)


def test_raises(mode: str) -> None:
    """What the function raises is raised."""

    def handler(request: Request) -> Response:
        raise ZeroDivisionError

    with Driver(MEMORY, mode, handler) as driver, pytest.raises(ZeroDivisionError):
        driver.get(URL)


@pytest.mark.anyio
async def test_awaits(anyio_backend: Any) -> None:
    """The function may be async."""

    async def handler(request: Request) -> Response:
        return Response(status=202)

    assert 202 == (await AsyncMemoryTransport(handler).send(get(URL))).status


def test_has_no_loop() -> None:
    """The blocking one needs nothing to run."""
    assert 200 == MemoryTransport(lambda request: Response(status=200)).send(get(URL)).status
