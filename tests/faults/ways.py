"""The ways to send a request: every transport that ships over sockets, in every mode that it serves."""

from __future__ import annotations

import sys
import threading
from typing import Any, NamedTuple

from pagertree_async.transports._pools import AsyncLanesTransport, BlockingLanesTransport
from pagertree_async.transports.portal import PortalTransport
from tests.modes import MODES, Mode
from tests.transports.drivers import NETWORK, Shipped


class Way(NamedTuple):
    """A transport in a mode."""

    shipped: Shipped
    mode: Mode

    @property
    def transport(self) -> str:
        """The name of the transport."""
        return self.shipped.name

    def __str__(self) -> str:
        return f"{self.transport}-{self.mode.name}"


WAYS = [Way(shipped, Mode(name)) for shipped in NETWORK for name in MODES if name in shipped.modes]


def in_use(transport: Any) -> int:
    """How many connections are in use, or waited for."""
    if isinstance(transport, PortalTransport):
        opened = transport._open
        return len(transport._of_thread) + (in_use(opened.transport) if opened else 0)
    if isinstance(transport, BlockingLanesTransport):
        taken = transport._most - transport._free
        return taken + len(transport._lanes.busy) + len(transport._waiting) + len(transport._of_thread)
    assert isinstance(transport, AsyncLanesTransport)
    return sum(
        pool.most - pool.free + len(pool.lanes.busy) + len(pool.waiting) for pool in list(transport._pools.values())
    )


def tasks() -> int:
    """How many tasks there are in the event loop that this runs in, 0 where there is none."""
    import asyncio

    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        pass
    trio = sys.modules.get("trio")
    try:
        return int(trio.lowlevel.current_statistics().tasks_living) if trio else 0
    except RuntimeError:
        return 0


def threads() -> int:
    """How many threads there are, but for those that trio keeps for a while."""
    return sum(not thread.name.startswith("Trio thread") for thread in threading.enumerate())
