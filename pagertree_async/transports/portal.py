"""Lends an async transport to blocking code: one event loop in a thread, from the first request to the end."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from contextvars import Context
from typing import Any

import anyio
import anyio.lowlevel
from anyio.from_thread import BlockingPortal

from pagertree_async import forks
from pagertree_async.errors import AttemptTimeoutError, ClientClosedError, ConnectionLostError, Sent
from pagertree_async.flags import Flag
from pagertree_async.http import Request, Response, Transport
from pagertree_async.transports._pools import CLOSED, CLOSING
from pagertree_async.transports._wire import FOR_EVER

__all__ = ["PortalTransport"]

LATE = "the attempt took longer than it may"
_of_parents: list[object] = []
"""What belongs to parent processes: to end it from a child would wait for threads that are not there."""


class _Open:
    """An event loop in a thread of its own, and the transport in it.

    The thread makes everything, and nothing that a Ctrl-C could leave locked is waited on; so whoever was interrupted
    while it began finds it whole the next time.
    """

    def __init__(self, factory: Callable[[], Transport], backend: str, options: dict[str, Any] | None) -> None:
        self._terms = factory, backend, options
        self._begins = threading.Lock()
        self._thread: threading.Thread | None = None
        self._portal: BlockingPortal | None = None
        self._failure: BaseException | None = None
        self.transport: Any = None

    def _run(self) -> None:
        if not self._begins.acquire(blocking=False):
            return  # another thread was first, or it was closed
        self._thread = threading.current_thread()
        factory, backend, options = self._terms
        try:
            anyio.run(self._main, factory, backend=backend, backend_options=options)
        except BaseException as error:
            self._failure = error

    async def _main(self, factory: Callable[[], Transport]) -> None:
        async with BlockingPortal() as portal:
            try:
                self.transport = factory()
            except BaseException as error:
                self._failure = error
            else:
                self._portal = portal
                await portal.sleep_until_stopped()

    def _begun(self) -> BlockingPortal | None:
        """Wait until the event loop is there, None where it failed."""
        while self._portal is None and self._failure is None:
            time.sleep(0.001)
        return self._portal

    @property
    def portal(self) -> BlockingPortal:
        """The way into the event loop; the first to ask starts it."""
        if self._thread is None:
            threading.Thread(
                target=Context().run, args=(self._run,), name="pagertree_async portal", daemon=True
            ).start()
        portal = self._portal or self._begun()
        if portal is None:
            self._join()
            assert self._failure is not None, "it failed"
            raise self._failure
        return portal

    def close(self) -> None:
        """Close the transport and end the thread, where they were ever begun."""
        if not self._begins.acquire(blocking=False) and self._begun() is not None:
            try:
                self.portal.call(_close, self.transport)
            finally:
                self.stop()

    def stop(self) -> None:
        """End the thread, and whatever is left in its event loop."""
        self.portal.call(self.portal.stop, True)
        self._join()

    def _join(self) -> None:
        assert self._thread is not None, "it runs"
        self._thread.join()


class PortalTransport:
    """Sends requests through an async transport, blocking the thread; threads may share it.

    A Ctrl-C cancels the request in the event loop and waits for its end, so that nothing goes on behind the caller's
    back. In a child after ``os.fork`` there is a new event loop with a new transport.

    Args:
        factory: Makes the transport, inside the event loop; its class will do.
        backend: The event loop: ``"asyncio"`` or ``"trio"``.
        backend_options: What AnyIO is to know of it: ``{"use_uvloop": True}``.

    >>> from pagertree_async.transports import AsyncMemoryTransport
    >>> portal = PortalTransport(lambda: AsyncMemoryTransport(lambda request: Response(status=204)))
    >>> portal.send(Request(method="GET", url="https://api.pagertree.com/")).status
    204
    >>> portal.close()
    """

    def __init__(
        self,
        factory: Callable[[], Transport],
        *,
        backend: str = "asyncio",
        backend_options: dict[str, Any] | None = None,
    ) -> None:
        self._factory = factory
        self._backend = backend
        self._options = backend_options
        self._closed = False
        self._open: _Open | None = None
        self._of_thread: dict[int, Future[Response]] = {}
        self._lock = threading.Lock()
        forks.renew(self)

    def after_fork(self) -> None:
        """Leave the event loop to the parent; the next request starts another."""
        _of_parents.append(self._open)
        self._open = None
        self._of_thread = {}
        self._lock = threading.Lock()

    def _opened(self) -> tuple[_Open, BlockingPortal]:
        with self._lock:
            if self._closed:
                raise ClientClosedError(CLOSED)
            if self._open is None:
                self._open = _Open(self._factory, self._backend, self._options)
            try:
                return self._open, self._open.portal
            except Exception:
                self._open = None
                raise

    def send(self, request: Request) -> Response:
        """Bring the answer to ``request``.

        Raises:
            TransportError: There was no answer, or not a whole one.
            ClientClosedError: The transport is closed.
        """
        opened, portal = self._opened()
        ended, off = Flag(), _Off()
        try:
            future = portal.start_task_soon(_carry, opened.transport, request, ended, off)
        except RuntimeError:  # it was closed since
            raise ClientClosedError(CLOSED) from None
        except BaseException:  # a Ctrl-C, when the event loop may have taken it up already
            off.called = True
            with suppress(RuntimeError):
                portal.call(off.end)
            raise
        self._of_thread[threading.get_ident()] = future
        try:
            return future.result(min(request.time_left() + CLOSING, FOR_EVER))
        except CancelledError:
            ended.wait(CLOSING)
            message = f"no answer came: {CLOSED}"
            raise ConnectionLostError(message, sent=Sent.MAYBE) from None
        except BaseException as error:
            if future.done():
                raise
            future.cancel()
            ended.wait(CLOSING)
            if isinstance(error, TimeoutError):
                raise AttemptTimeoutError(LATE, sent=Sent.MAYBE) from None
            raise
        finally:
            self._of_thread.pop(threading.get_ident(), None)

    def cut(self, threads: Collection[int]) -> None:
        """End the requests that these threads wait for an answer to; the rest goes on.

        Args:
            threads: The threads, by their idents.
        """
        for ident in threads:
            future = self._of_thread.get(ident)
            if future is not None:
                future.cancel()

    def close(self) -> None:
        """Close the transport and end the thread; again does nothing."""
        with self._lock:
            self._closed = True
            opened, self._open = self._open, None
        if opened is not None:
            opened.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' closed' if self._closed else ''}>"


class _Off:
    """Calls a request off before it is known which task carries it."""

    def __init__(self) -> None:
        self.called = False
        self.scope: anyio.CancelScope | None = None

    def end(self) -> None:
        """End it, in the event loop, where it has begun."""
        if self.scope is not None:
            self.scope.cancel()


async def _carry(transport: Transport, request: Request, ended: Flag, off: _Off) -> Response:
    """Send, unless it was called off before it began."""
    left = request.time_left()
    keeps = getattr(transport, "keeps_deadlines", False)
    try:
        with anyio.CancelScope(deadline=math.inf if keeps else anyio.current_time() + left) as off.scope:
            if off.called:
                off.scope.cancel()
            await anyio.lowlevel.checkpoint_if_cancelled()
            return await transport.send(request)
        raise AttemptTimeoutError(LATE, sent=Sent.MAYBE if left else Sent.NO)
    finally:
        ended.set()


async def _close(transport: Transport) -> None:
    close = getattr(transport, "aclose", None)
    if close is not None:
        with anyio.move_on_after(CLOSING):
            await close()
