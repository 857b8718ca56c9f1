"""A row of the list on one way to send a request: what it is played with, and what must be true of how it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from pagertree_async.auth import Token
from pagertree_async.errors import (
    LOOK,
    AmbiguousWriteError,
    ConnectionFailedError,
    DeadlineExceededError,
    PagerTreeError,
    PaginationError,
    RateLimitedError,
    TLSError,
    TransportError,
)
from pagertree_async.http import Timeout
from pagertree_async.retry import RetryPolicy
from tests.faults import secrets
from tests.faults.behaviours import ALERT, BEHAVIOURS, REQUEST_ID, fine
from tests.faults.table import Fault
from tests.faults.ways import Way, in_use
from tests.modes import got
from tests.rawserver import Behaviour, Certificates, RawServer

C = TypeVar("C")
SLACK = 0.5
"""How much longer than its total a call may take, in seconds."""
PATIENCE = 0.08
"""How long a call is let to hang before it is cancelled, in seconds."""


class Case:
    """A fault on a way.

    Args:
        fault: The row, as it is on the way's transport.
        way: The transport and the mode.
        certificates: The authority that servers are vouched for by.
    """

    def __init__(self, fault: Fault, way: Way, certificates: Certificates) -> None:
        self.fault = fault
        self.way = way
        self.mode = way.mode
        self.certificates = certificates
        self.clients: list[Any] = []
        self.servers: list[RawServer] = []
        self._open = ExitStack()
        self._entered: list[ExitStack] = []

    def server(self, *behaviours: Behaviour, **terms: Any) -> RawServer:
        """A server that misbehaves as the row says, or as it is told to, until the case is over."""
        chosen = behaviours or [BEHAVIOURS[name] for name in self.fault.behaviour]
        server = self._open.enter_context(RawServer(*chosen, **terms))
        self.servers.append(server)
        return server

    async def entered(self, context: AbstractContextManager[C]) -> C:
        """Enter what blocks for a moment, and leave it when the case is over."""
        own = self._open.enter_context(ExitStack())
        self._entered.append(own)
        enter = own.enter_context
        return enter(context) if self.mode.blocking else await anyio.to_thread.run_sync(enter, context)

    async def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        if self.mode.blocking:
            time.sleep(seconds)
        else:
            await anyio.sleep(seconds)

    def client(self, url: str, auth: Any = None, transport: dict[str, Any] | None = None, **settings: Any) -> Any:
        """A client of the way, with the times and attempts of the row."""
        part = self.fault.part
        timeout = Timeout(total=self.fault.total, attempt=part, connect=part / 2, write=part, read=part, pool=part)
        client = self.mode.client(
            Token(secrets.TOKEN) if auth is None else auth,
            base_url=url,
            transport=self.way.shipped.make(self.mode.name, **(transport or {})),
            timeout=timeout,
            retry=RetryPolicy(attempts=self.fault.tries, base=0.005, throttled_base=0.005),
            **settings,
        )
        self.clients.append(client)
        return client

    def operation(self, client: Any, **options: Any) -> Callable[[], Any]:
        """The row's kind of call."""
        alerts = client.alerts
        return {
            "READ": lambda: alerts.retrieve("alt_1", **options),
            "LIST": lambda: alerts.list(limit=1, **options).first(),
            "STATE": lambda: alerts.acknowledge("alt_1", **options),
            "IDEMPOTENT": lambda: alerts.update("alt_1", title="disk full", **options),
            "CREATE": lambda: alerts.create(title="disk full", destination_ids=["usr_1"], **options),
        }[self.fault.operation]

    async def meets(self, call: Callable[[], Any]) -> Any:
        """Make a call that meets the fault: it must end in time, with what the row says."""
        fault = self.fault
        begun = time.monotonic()
        ended = await outcome(call)
        seconds = time.monotonic() - begun
        self.proves(ended)
        assert seconds <= fault.total + SLACK, f"it took {seconds:.2f} s of {fault.total} s: {ended}"
        return ended

    def proves(self, ended: Any) -> None:
        """Hold what a call ended with to the row."""
        fault = self.fault
        kind = type(ended).__name__ if isinstance(ended, PagerTreeError) else "value"
        assert fault.expected == kind, f"expected {fault.expected}, got {ended!r}"
        if isinstance(ended, PagerTreeError):
            tells(ended, fault)

    async def works(self, client: Any) -> None:
        """The client must work, and have nothing in use."""
        assert in_use(client._transport) == 0
        alert = await got(client.alerts.retrieve("alt_1", timeout=5.0))
        assert (ALERT["id"], ALERT["title"]) == (alert.id, alert.title)
        assert in_use(client._transport) == 0

    async def recovers(self, client: Any, server: RawServer) -> None:
        """From now on the server behaves; the client must work, or be held as the row says."""
        server.behaviours = (fine,)
        server.greet = None
        if self.fault.afterwards == "works":
            await self.works(client)
            return
        before = len(server.requests)
        held = await outcome(lambda: client.alerts.retrieve("alt_1"))
        assert isinstance(held, RateLimitedError), f"{held!r}"
        assert before == len(server.requests)
        assert in_use(client._transport) == 0

    async def cancelled(self, client: Any) -> None:
        """Cancel a call while it hangs; a thread's request is ended from another thread."""
        if not self.mode.blocking:
            with anyio.move_on_after(PATIENCE) as scope:
                await got(self.operation(client)())
            assert scope.cancelled_caught, "it ended before it was cancelled"
        else:
            ident, cut = threading.get_ident(), client._session._transport.cut
            timer = threading.Timer(PATIENCE, cut, [[ident]])
            timer.start()
            begun = time.monotonic()
            error = await outcome(self.operation(client, retry=RetryPolicy(attempts=1)))
            timer.join()
            assert isinstance(error, TransportError), f"{error!r}"
            assert time.monotonic() - begun < self.fault.part + SLACK
        assert in_use(client._transport) == 0

    async def close(self) -> None:
        """Close the clients."""
        for client in self.clients:
            await self.mode.close(client)

    def release(self) -> None:
        """End whatever the servers are doing to a call."""
        for server in self.servers:
            server.stopping.set()
        for own in self._entered:
            own.close()

    def finish(self) -> None:
        """After the clients: every connection must have ended; then the servers."""
        try:
            assert [0] * len(self.servers) == [server.wait_until_idle() for server in self.servers]
        finally:
            self._open.close()


async def outcome(call: Callable[[], Any]) -> Any:
    """What a call ends with: its result, or the error it raises."""
    try:
        return await got(call())
    except PagerTreeError as error:
        return error


def tells(error: PagerTreeError, fault: Fault) -> None:
    """An error must carry what is known of the call, in one line that says what to do, and no secret."""
    line = str(error)
    known = {"maybe_applied": fault.maybe_applied}
    actual: dict[str, Any] = {"maybe_applied": error.maybe_applied}
    for name in ("sent", "attempts"):
        if getattr(fault, name) is not None:
            known[name] = getattr(fault, name)
            actual[name] = getattr(error, name, None)
    if fault.cause:
        known["cause"] = fault.cause
        actual["cause"] = type(error.__cause__).__name__
    if fault.request_id:
        known["request_id"] = REQUEST_ID
        actual["request_id"] = error.request_id
    assert known == actual, line
    assert error.method and error.path
    assert line.startswith(f"{error.method} {error.path}: ")
    assert line.isprintable()
    assert fault.says in line
    if error.attempts:
        assert f"{error.attempts} attempt" in line
    hint = vars(error).get("_hint", error.hint) or (LOOK if error.maybe_applied else "")
    assert hint and hint in line, f"it does not say what to do: {line}"
    if isinstance(error, AmbiguousWriteError | DeadlineExceededError):
        assert isinstance(error.__cause__, TransportError)
    if isinstance(error, ConnectionFailedError | TLSError):
        assert error.__cause__ is not None
    if not isinstance(error, PaginationError):  # that is found out of many calls, and is none of theirs
        assert error.elapsed is not None and error.elapsed <= fault.total + SLACK
    seen = secrets.texts(error)
    assert not secrets.shows(seen), "a secret shows in the error"
