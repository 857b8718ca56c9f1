"""A stage in every mode."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.modes import Mode
from tests.testing.stage import Stage, staged


@pytest.fixture
def stage(mode: Mode) -> Iterator[Stage]:
    """A small account, reached in the test's mode."""
    with staged(mode) as stage:
        yield stage
