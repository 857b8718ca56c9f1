"""A sandbox behind a real socket."""

from __future__ import annotations

from tests.reliability.conftest import served

__all__ = ["served"]
