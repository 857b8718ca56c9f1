"""A sandbox with faults, a log and a clock, and clients of any mode that reach it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from pagertree_async import PagerTree
from pagertree_async.sandbox import Sandbox
from pagertree_async.testing import Clock, Faults, RequestLog
from pagertree_async.testing.account import URL, async_transport, key_pair, transport
from pagertree_async.transports import ASGITransport
from tests.modes import Mode


class Stage:
    """What a test of the testing tools plays on."""

    def __init__(self, mode: Mode, clock: Clock, sandbox: Sandbox) -> None:
        self.mode = mode
        self.clock = clock
        self.sandbox = sandbox
        self.faults = Faults(clock)
        self.log = RequestLog()

    @cached_property
    def team(self) -> str:
        """A team of the account."""
        with PagerTree(key_pair(self.sandbox), base_url=URL, transport=ASGITransport(self.sandbox.app)) as client:
            return client.teams.list(limit=1).first().data[0].id

    @property
    def transport(self) -> Any:
        make = transport if self.mode.blocking else async_transport
        return make(self.sandbox, self.faults, self.log)

    def client(self, **settings: Any) -> Any:
        return self.mode.client(key_pair(self.sandbox), base_url=URL, transport=self.transport, **settings)


@contextmanager
def staged(mode: Mode, **settings: Any) -> Iterator[Stage]:
    """A stage for one test."""
    with Clock().installed() as clock, Sandbox(size=60, clock=clock.time, **settings) as sandbox:
        yield Stage(mode, clock, sandbox)
