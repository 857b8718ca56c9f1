"""Sandboxes to speak API v4 to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pagertree_async.sandbox import Sandbox
from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Clock


@pytest.fixture
def line(clock: Clock) -> Iterator[Line]:
    """The administrator's line to a small account."""
    with Sandbox(alerts=12, clock=clock) as sandbox:
        yield Line(sandbox)


@pytest.fixture(scope="session")
def big_line() -> Iterator[Line]:
    """The administrator's line to an account that tests only read."""
    with Sandbox(seed=3, clock=Clock()) as sandbox:
        yield Line(sandbox)
