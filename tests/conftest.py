"""Fixtures that tests of every folder use."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.modes import MODES, Mode


def pytest_configure() -> None:
    """Take Ctrl-C as it is taken in a terminal: a shell has what it starts in the background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    """Each of the three ways to use a client."""
    return Mode(request.param)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Both event loops, for tests that are coroutines themselves."""
    return str(request.param)


@pytest.fixture(autouse=True)
def _no_credentials_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test depends on what the machine's environment holds."""
    import os

    for name in list(os.environ):
        if name.startswith(("PAGERTREE_", "PAGERDUTY_")) or name.lower() in {
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "no_proxy",
        }:
            monkeypatch.delenv(name)
    yield
