"""Sandboxes to speak to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pagertree_async.sandbox import Sandbox
from tests.sandbox.wire import Clock, Wire


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Both event loops."""
    return str(request.param)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands until it is set."""
    return Clock()


@pytest.fixture
def wire(clock: Clock) -> Iterator[Wire]:
    """The administrator's line to a small account."""
    with Sandbox(alerts=12, clock=clock) as sandbox:
        yield Wire(sandbox)


@pytest.fixture(scope="session")
def big() -> Iterator[Wire]:
    """The administrator's line to an account that tests only read."""
    with Sandbox(seed=3, clock=Clock()) as sandbox:
        yield Wire(sandbox)
