"""Sandboxes of PagerDuty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pagertree_async.sandbox.pagerduty import PagerDutySandbox


@pytest.fixture
def sandbox() -> Iterator[PagerDutySandbox]:
    """A small account of its own."""
    with PagerDutySandbox() as found:
        yield found
