"""For the tests of those who use this package: a clock, faults, a log of requests, and recordings.

With pytest they come as fixtures, which :mod:`pagertree_async.testing.plugin` lists; without it, they are put together
by hand:

>>> from pagertree_async import KeyPair, PagerTree
>>> from pagertree_async.sandbox import Sandbox
>>> from pagertree_async.testing import Clock, Faults, RequestLog, WatchedTransport
>>> from pagertree_async.transports import ASGITransport
>>> clock = Clock()
>>> faults, log = Faults(clock), RequestLog()
>>> with clock.installed(), Sandbox(size=50, clock=clock.time) as sandbox:
...     transport = WatchedTransport(ASGITransport(sandbox.app), faults, log)
...     auth = KeyPair(sandbox.api_key, sandbox.api_secret)
...     with PagerTree(auth, base_url="https://pagertree.test", transport=transport) as client:
...         _ = faults.rate_limit("GET /team", retry_after=20)
...         print(client.teams.list().count(), "teams after", int(sum(clock.waits)), "seconds of no time at all")
4 teams after 20 seconds of no time at all
>>> log
[<GET /team 429>, <GET /team 200>]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pagertree_async.testing.clock import Clock
    from pagertree_async.testing.faults import Fault, Faults
    from pagertree_async.testing.log import LoggedRequest, RequestLog
    from pagertree_async.testing.recording import (
        AsyncRecordingTransport,
        NotRecordedError,
        Recording,
        RecordingTransport,
    )
    from pagertree_async.testing.redaction import without_people
    from pagertree_async.testing.watched import AsyncWatchedTransport, WatchedTransport

__all__ = [
    "AsyncRecordingTransport",
    "AsyncWatchedTransport",
    "Clock",
    "Fault",
    "Faults",
    "LoggedRequest",
    "NotRecordedError",
    "Recording",
    "RecordingTransport",
    "RequestLog",
    "WatchedTransport",
    "without_people",
]

_HOMES = {
    "AsyncRecordingTransport": "recording",
    "AsyncWatchedTransport": "watched",
    "Clock": "clock",
    "Fault": "faults",
    "Faults": "faults",
    "LoggedRequest": "log",
    "NotRecordedError": "recording",
    "Recording": "recording",
    "RecordingTransport": "recording",
    "RequestLog": "log",
    "WatchedTransport": "watched",
    "without_people": "redaction",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
