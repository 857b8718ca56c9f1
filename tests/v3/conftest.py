"""Fixtures of the tests of API v3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.mini import Clock, stopped


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """A clock that only sleeping moves; nothing really waits."""
    with stopped(monkeypatch) as clock:
        yield clock
