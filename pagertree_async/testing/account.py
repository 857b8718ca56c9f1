"""A sandbox's account in this process, and the clients that reach it without a socket."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

from pagertree_async import client
from pagertree_async.auth import KeyPair
from pagertree_async.errors import ConfigurationError
from pagertree_async.testing.clock import Clock
from pagertree_async.testing.faults import Faults
from pagertree_async.testing.log import RequestLog
from pagertree_async.testing.watched import AsyncWatchedTransport, WatchedTransport
from pagertree_async.transports import ASGITransport, AsyncASGITransport

if TYPE_CHECKING:
    from pagertree_async.sandbox import Sandbox

APIS = ("v3", "v4")
"""The APIs that an account has."""
URL = "https://pagertree.test"
"""The address at which clients of the fixtures believe the account to be."""


def opened(clock: Clock, settings: dict[str, Any]) -> Sandbox:
    """A sandbox that goes by a clock.

    Args:
        clock: The clock.
        settings: What ``Sandbox`` takes beside it.

    Raises:
        ConfigurationError: What the sandbox needs is not installed, or a setting is none.
    """
    try:
        from pagertree_async.sandbox import Sandbox
    except ModuleNotFoundError as error:
        message = f"the sandbox needs {error.name}: pip install 'pagertree-async[testing]'"
        raise ConfigurationError(message) from error
    try:
        return Sandbox(clock=clock.time, **settings)
    except (TypeError, ValueError) as error:
        message = f"no sandbox can be made with {settings}: {error}"
        raise ConfigurationError(message) from error


def transport(sandbox: Sandbox, faults: Faults, log: RequestLog) -> WatchedTransport:
    """Into the account, for a blocking client."""
    return WatchedTransport(ASGITransport(sandbox.app), faults, log)


def async_transport(sandbox: Sandbox, faults: Faults, log: RequestLog) -> AsyncWatchedTransport:
    """Into the account, for an async client."""
    return AsyncWatchedTransport(AsyncASGITransport(sandbox.app), faults, log)


def key_pair(sandbox: Sandbox) -> KeyPair:
    """Credentials of API v3 that do not expire, however far a test moves the clock."""
    return KeyPair(sandbox.api_key, sandbox.api_secret)


@contextmanager
def reached_by_all(sandbox: Sandbox, faults: Faults, log: RequestLog) -> Generator[None]:
    """Have every client that is made without a transport of its own reach the account, for as long as the block lasts."""

    def by_name(name: str, *, blocking: bool, **settings: Any) -> WatchedTransport | AsyncWatchedTransport:
        del name, settings
        return (transport if blocking else async_transport)(sandbox, faults, log)

    with mock.patch.object(client, "by_name", by_name):
        yield


def environment(sandbox: Sandbox, api: str) -> dict[str, str]:
    """What the environment says of where the account is, and as whom it is reached.

    Args:
        sandbox: The account.
        api: ``v3`` or ``v4``.
    """
    if api == "v4":
        return {"PAGERTREE_BASE_URL": URL, "PAGERTREE_API_KEY": sandbox.v4_api_key}
    pair = {"PAGERTREE_API_KEY": sandbox.api_key, "PAGERTREE_API_SECRET": sandbox.api_secret}
    return {"PAGERTREE_BASE_URL": URL, **pair}
