"""A service of a few endpoints, its client in both modes, and a transport that follows a script: all from memory."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import UNSET, UnsetType, field

from pagertree_async.auth import Token
from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.client import AsyncClient, BlockingClient
from pagertree_async.http import Headers, Request, Response
from pagertree_async.models import Model, OpenEnum, UnixTime
from pagertree_async.params import Options, Query, Ref, UnixSeconds
from pagertree_async.query import Filter
from pagertree_async.services import (
    Service,
    acts,
    clears,
    creates,
    deletes,
    does,
    does_with,
    fetches,
    fetches_under,
    finds,
    lists,
    lists_under,
    picks,
    retrieves,
    tells,
    updates,
)
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
from tests.modes import Mode as Way

BASE = "https://api.test"
TOKEN = "a-token-of-the-tests"


class Status(OpenEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"


class Alert(Model, frozen=True, rename="camel"):
    """A model with every kind of field that the core knows."""

    secret_fields = frozenset({"password"})

    title: str | None = None
    status: Status | None = None
    created: UnixTime | None = None
    tiny_id: int | None = None
    tags: list[str] | None = None
    password: str | None = None


class AlertCreate(Options, kw_only=True, rename="camel"):
    """What an alert is made of."""

    title: str
    destination_ids: Sequence[Ref] | UnsetType = UNSET
    due: UnixSeconds | UnsetType = UNSET
    meta: Any = UNSET


class AlertQuery(Query, kw_only=True, rename="camel"):
    """What alerts are filtered by."""

    title: Filter[str] = UNSET
    status: Filter[str] = UNSET
    tags: Filter[str] = UNSET
    created: Filter[UnixSeconds] = UNSET
    tiny_id: Filter[int] = UNSET
    only_here: Filter[str] = field(name="only_here", default=UNSET)


class Alerts(Service[Mode]):
    """A service of every word."""

    name, path = "alerts", "/alert"

    @lists(AlertQuery, Alert)
    def list(self) -> None:
        """Every alert."""

    @finds(AlertQuery, Alert)
    def find(self) -> None:
        """The one alert."""

    @creates(AlertCreate, Alert)
    def create(self) -> None:
        """Create an alert."""

    @retrieves(Options, Alert)
    def retrieve(self) -> None:
        """One alert."""

    @updates(AlertCreate, Alert)
    def update(self) -> None:
        """Change an alert."""

    @deletes(Options)
    def delete(self) -> None:
        """Remove an alert."""

    @clears("logs", Options)
    def clear(self) -> None:
        """Remove its logs."""

    @acts("acknowledge", Options, Alert, reaches=("acknowledged",))
    def acknowledge(self) -> None:
        """Acknowledge an alert."""

    @acts("touch", Options, Alert)
    def touch(self) -> None:
        """Touch an alert."""

    @does_with("comment", AlertCreate, dict)
    def comment(self) -> None:
        """Comment on an alert."""

    @tells(Options)
    def poke(self) -> None:
        """Say that one is there."""

    @does("mass", Options, dict)
    def mass(self) -> None:
        """Do something with many."""

    @fetches("stats", Options, dict)
    def stats(self) -> None:
        """Numbers."""

    @fetches_under("events", Options, builtins.list)
    def events(self) -> None:
        """Its events."""

    @lists_under("logs", AlertQuery, Alert)
    def logs(self) -> None:
        """Its logs."""

    @picks("template", ("plain", "fancy"), Options, dict)
    def template(self) -> None:
        """A template."""


class AsyncMini(AsyncClient):
    """The client to await."""

    alerts: Alerts[Async]


class Mini(BlockingClient):
    """The client to call."""

    alerts: Alerts[Blocking]


def client(mode: Way, handler: Any, auth: Any = None, **settings: Any) -> Any:
    """A client of the mode whose requests a function answers; or a transport, when that is given."""
    settings = {
        "timeout": 30.0,
        "retry": None,
        "proxy": None,
        "rate_limiter": None,
        "allow_http": False,
        "transport": handler if hasattr(handler, "send") or handler is None else transport(mode, handler),
    } | settings
    kind: Any = Mini if mode.blocking else AsyncMini
    made = kind(auth or Token(TOKEN), settings.pop("base_url", BASE), **settings)
    made.alerts = Alerts(made._session)
    return made


def transport(mode: Way, handler: Callable[[Request], Any]) -> Any:
    """A transport of the mode that hands each request to a function."""
    return (MemoryTransport if mode.blocking else AsyncMemoryTransport)(handler)


def answer(status: int = 200, body: Any = b"", **headers: str) -> Response:
    """An answer; a body that is not bytes becomes JSON, underscores in header names become hyphens."""
    sent = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(
        status=status, headers=Headers([(name.replace("_", "-"), value) for name, value in headers.items()]), body=sent
    )


ALERT = {"id": "alt_1", "title": "disk full"}
FINE = answer(200, ALERT)


class Script:
    """Answers requests one by one from a list; the last entry answers all that follow. Exceptions are raised."""

    def __init__(self, *steps: Any) -> None:
        self.steps = list(steps)
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        step = self.steps[min(len(self.requests), len(self.steps) - 1)]
        self.requests.append(request)
        if callable(step):
            step = step(request)
        if isinstance(step, BaseException):
            raise step
        return step

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Method and path of every request."""
        return [(request.method, urlsplit(request.url).path) for request in self.requests]


def query(request: Request) -> dict[str, str]:
    """The query of a request."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.url).query, keep_blank_values=True).items()}


class Clock:
    """A clock that moves only when somebody sleeps; so that nothing really waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@contextmanager
def stopped(monkeypatch: Any) -> Iterator[Clock]:
    """Every module of the core looks at a clock that only sleeping moves, and sleeping takes no time."""
    clock = Clock()
    import types

    fake = types.SimpleNamespace(monotonic=clock.monotonic, sleep=time.sleep)
    with monkeypatch.context() as patch:
        for name in ("session", "retry", "pace", "http"):
            module = __import__(f"pagertree_async.{name}", fromlist=["time"])
            patch.setattr(module, "time", fake)
        for kind in (Async, Blocking):
            patch.setattr(kind, "sleep", staticmethod(clock.sleep))
        yield clock
