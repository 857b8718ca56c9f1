"""Transports over lanes: who waits for which, and what happens to them when all is closed or forked."""

from __future__ import annotations

import asyncio
import ssl
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection
from typing import Protocol
from weakref import WeakKeyDictionary, ref

import anyio

from pagertree_async import forks
from pagertree_async.errors import ClientClosedError, PoolTimeoutError
from pagertree_async.flags import Flag
from pagertree_async.http import Request, Response, Secret
from pagertree_async.transports import _heap
from pagertree_async.transports._lanes import Lane, Lanes
from pagertree_async.transports._proxies import without_credentials
from pagertree_async.transports._routes import Route, Settings
from pagertree_async.transports._wire import FOR_EVER

CLOSED = "the transport was closed"
CLOSING = 5.0
"""How long closing may take, in seconds."""


class LaneInUse(Lane, Protocol):
    """A lane that a pool can close while it is used."""

    def shut(self) -> None:
        """Wake whoever waits on it, from any thread, and leave it to them to close it."""
        ...

    def usable(self) -> bool:
        """Whether it can carry another request."""
        ...


class AsyncLane(LaneInUse, Protocol):
    """A lane that tasks travel on."""

    async def send(self, request: Request) -> Response:
        """Bring the answer to ``request``."""
        ...


class BlockingLane(LaneInUse, Protocol):
    """A lane that threads travel on."""

    def send(self, request: Request) -> Response:
        """Bring the answer to ``request``."""
        ...


def no_room(most: int, seconds: float) -> PoolTimeoutError:
    """The error of a request that got no connection in time."""
    return PoolTimeoutError(f"all {most} connections were in use for {seconds:.2g} s")


class AsyncPool:
    """The lanes of one event loop, and the tasks that wait for one, first come, first served."""

    def __init__(self, most: int, keepalive: float) -> None:
        self.most = most
        self.free = most
        self.lanes: Lanes[AsyncLane] = Lanes(most, keepalive)
        self.waiting: deque[anyio.Event] = deque()
        self.closed = False
        self.drained: anyio.Event | None = None

    async def enter(self, seconds: float) -> None:
        """Wait for leave to use a lane.

        Raises:
            PoolTimeoutError: There was none in ``seconds``.
            ClientClosedError: The transport was closed.
        """
        if self.free and not self.waiting:
            self.free -= 1
            return
        turn = anyio.Event()
        self.waiting.append(turn)
        try:
            with anyio.fail_after(seconds):
                await turn.wait()
        except BaseException as error:
            if turn.is_set():
                self.leave()
            else:
                self.waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise no_room(self.most, seconds) from None
            raise
        if self.closed:
            raise ClientClosedError(CLOSED)

    def leave(self) -> None:
        """Give the leave to whoever has waited longest."""
        if self.waiting:
            self.waiting.popleft().set()
        else:
            self.free += 1
        if self.drained is not None and not self.lanes.busy:
            self.drained.set()

    async def close(self) -> None:
        """Close all lanes, and wait a little for the tasks that use one to notice."""
        self.closed = True
        self.lanes.drop_idle()
        for lane in list(self.lanes.busy):
            lane.shut()
        for turn in self.waiting:
            turn.set()
        self.waiting.clear()
        if self.lanes.busy:
            self.drained = anyio.Event()
            with anyio.move_on_after(CLOSING, shield=True):
                await self.drained.wait()


class AsyncLanesTransport(ABC):
    """Sends requests over lanes, suspending the task; in one event loop after the other.

    Args:
        proxy: The proxy for every host but this machine: ``"http://user:password@10.0.0.1:3128"``.
        trust_env: Without ``proxy``, whether to follow HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
        verify: How servers prove who they are: a context, the path of a file or folder of trusted certificates, True
            for the usual ones; False trusts everybody.
        max_connections: How many requests may be under way at once in one event loop; the others wait.
        keepalive: How long an idle connection is kept, in seconds.

    Raises:
        ConfigurationError: ``proxy`` or ``verify`` cannot be used.
    """

    keeps_deadlines = True
    _library = "httpx"

    def __init__(
        self,
        *,
        proxy: str | Secret | None = None,
        trust_env: bool = True,
        verify: ssl.SSLContext | bool | str = True,
        max_connections: int = 100,
        keepalive: float = 60.0,
    ) -> None:
        self._settings = Settings(proxy, verify, trust_env=trust_env, library=self._library)
        self._most = max_connections
        self._keepalive = keepalive
        self._closed = False
        _heap.keep()
        self._pools: WeakKeyDictionary[object, AsyncPool] = WeakKeyDictionary()
        forks.renew(self)

    def after_fork(self) -> None:
        """Forget the parent's connections; it goes on using them."""
        pools, self._pools = list(self._pools.values()), WeakKeyDictionary()
        self._settings.after_fork()
        for pool in pools:
            for lane in [*pool.lanes.idle, *pool.lanes.busy]:
                lane.close()

    @abstractmethod
    def _new_lane(self, route: Route) -> AsyncLane: ...

    def _pool(self) -> AsyncPool:
        loop = running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = AsyncPool(self._most, self._keepalive)
        return pool

    async def send(self, request: Request) -> Response:
        """Bring the answer to ``request``.

        Raises:
            TransportError: There was no answer, or not a whole one.
            ResponseTooLargeError: The answer is larger than is read into memory.
            InvalidArgumentError: The URL or a header is not one that can be sent.
            ClientClosedError: The transport is closed.
        """
        if self._closed:
            raise ClientClosedError(CLOSED)
        route = self._settings.route(request.url)
        pool = self._pool()
        await pool.enter(min(request.timeout.pool, request.time_left()))
        lanes = pool.lanes
        try:
            request.leave()
            lane = lanes.take(route.origin, request.max_idle, time.monotonic())
            if lane is None:
                lane = self._new_lane(route)
                lanes.add(lane)
            try:
                response = await lane.send(request)
                request.came(response)
            except BaseException:
                lanes.retire(lane)
                raise
            if not lane.usable() or pool.closed:
                lanes.retire(lane)
            else:
                lanes.put(lane, time.monotonic())
            return without_credentials(response, route.proxy)
        finally:
            pool.leave()

    async def aclose(self) -> None:
        """End the requests under way and close all connections; again does nothing."""
        self._closed = True
        pool = self._pools.pop(running_loop(), None)
        if pool is not None:
            await pool.close()
        for other in list(self._pools.values()):
            other.closed = True
            other.lanes.drop_idle()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' closed' if self._closed else ''}>"


def running_loop() -> object:
    """The event loop of asyncio or trio that this runs in."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return sys.modules["trio"].lowlevel.current_trio_token()


class _Journey:
    """A request under way, for as long as the frame that sends it lives: a Ctrl-C may come between any two steps."""

    __slots__ = ("__weakref__", "ended_well", "lane")

    def __init__(self) -> None:
        self.lane: BlockingLane | None = None
        self.ended_well: bool = False


class BlockingLanesTransport(ABC):
    """Sends requests over lanes, blocking the thread; threads may share it.

    The look-up of a host's name is the operating system's and the one wait that no timeout bounds.

    Args:
        proxy: The proxy for every host but this machine: ``"http://user:password@10.0.0.1:3128"``.
        trust_env: Without ``proxy``, whether to follow HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
        verify: How servers prove who they are: a context, the path of a file or folder of trusted certificates, True
            for the usual ones; False trusts everybody.
        max_connections: How many requests may be under way at once; the others wait.
        keepalive: How long an idle connection is kept, in seconds.

    Raises:
        ConfigurationError: ``proxy`` or ``verify`` cannot be used.
    """

    _library = "httpx"

    def __init__(
        self,
        *,
        proxy: str | Secret | None = None,
        trust_env: bool = True,
        verify: ssl.SSLContext | bool | str = True,
        max_connections: int = 100,
        keepalive: float = 60.0,
    ) -> None:
        self._settings = Settings(proxy, verify, trust_env=trust_env, library=self._library)
        self._most = max_connections
        self._keepalive = keepalive
        self._closed = False
        _heap.keep()
        self._renew()
        forks.renew(self)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[ref[_Journey]] = set()
        self._lost: deque[ref[_Journey]] = deque()
        self._waiting: deque[tuple[Flag, ref[_Journey]]] = deque()
        self._lanes: Lanes[BlockingLane] = Lanes(self._most, self._keepalive)
        self._of_thread: dict[int, BlockingLane] = {}

    def after_fork(self) -> None:
        """Forget the parent's connections; it goes on using them."""
        lanes = self._lanes
        self._settings.after_fork()
        self._renew()
        for lane in [*lanes.idle, *lanes.busy]:
            lane.close()

    @abstractmethod
    def _new_lane(self, route: Route) -> BlockingLane: ...

    @property
    def _free(self) -> int:
        """How many requests more may be under way at this moment."""
        return self._most - len(self._under_way)

    def _enter(self, journey: ref[_Journey], seconds: float) -> None:
        with self._lock:
            if self._lost or len(self._lanes.busy) > len(self._under_way):
                self._find()
            if self._free and not self._waiting:
                self._under_way.add(journey)
                return
            turn = Flag()
            self._waiting.append((turn, journey))
        try:
            turn.wait(min(seconds, FOR_EVER))
        finally:
            gave_up = self._gave_up(turn, journey)
        if gave_up:
            raise no_room(self._most, seconds)
        if self._closed:
            raise ClientClosedError(CLOSED)

    def _gave_up(self, turn: Flag, journey: ref[_Journey]) -> bool:
        """Stop waiting, unless the turn has come."""
        with self._lock:
            if turn.is_set():
                return False
            self._waiting.remove((turn, journey))
            return True

    def _leave(self, journey: _Journey, known: ref[_Journey]) -> None:
        with self._lock:
            if journey.lane is not None:
                self._of_thread.pop(threading.get_ident(), None)
                if journey.ended_well and not self._closed:
                    self._lanes.put(journey.lane, time.monotonic())
                else:
                    self._lanes.retire(journey.lane)
            self._under_way.discard(known)
            self._next()

    def _next(self) -> None:
        """Give the leave that is free to whoever has waited longest."""
        while self._waiting and self._free:
            turn, journey = self._waiting.popleft()
            if journey() is not None:
                self._under_way.add(journey)
                turn.set()

    def _find(self) -> None:
        """Take back what requests had that a Ctrl-C ended between two steps of their own."""
        self._lost.clear()
        journeys = {one: journey for one in self._under_way if (journey := one()) is not None}
        self._under_way = set(journeys)
        used = {journey.lane for journey in journeys.values()}
        for lane in [lane for lane in self._lanes.busy if lane not in used]:
            self._lanes.retire(lane)
        self._of_thread = {ident: lane for ident, lane in self._of_thread.items() if lane in used}
        self._next()

    def _lane(self, journey: _Journey, route: Route, max_idle: float) -> BlockingLane:
        with self._lock:
            lane = self._lanes.take(route.origin, max_idle, time.monotonic())
            if lane is None:
                lane = self._new_lane(route)
                self._lanes.add(lane)
            if self._closed:
                lane.shut()
            journey.lane = self._of_thread[threading.get_ident()] = lane
            return lane

    def send(self, request: Request) -> Response:
        """Bring the answer to ``request``.

        Raises:
            TransportError: There was no answer, or not a whole one.
            ResponseTooLargeError: The answer is larger than is read into memory.
            InvalidArgumentError: The URL or a header is not one that can be sent.
            ClientClosedError: The transport is closed.
        """
        if self._closed:
            raise ClientClosedError(CLOSED)
        route = self._settings.route(request.url)
        journey = _Journey()
        known = ref(journey, self._lost.append)
        try:
            self._enter(known, min(request.timeout.pool, request.time_left()))
            request.leave()
            lane = self._lane(journey, route, request.max_idle)
            response = lane.send(request)
            request.came(response)
            journey.ended_well = lane.usable()
            return without_credentials(response, route.proxy)
        finally:
            self._leave(journey, known)
            del known  # nobody looks for a journey that came to its end

    def cut(self, threads: Collection[int]) -> None:
        """End the requests that these threads wait for an answer to; the rest goes on.

        Args:
            threads: The threads, by their idents.
        """
        with self._lock:
            for ident in threads:
                lane = self._of_thread.get(ident)
                if lane is not None:
                    lane.shut()

    def close(self) -> None:
        """Close all connections, waking the threads that wait for an answer; again does nothing."""
        with self._lock:
            self._closed = True
            self._lanes.drop_idle()
            for lane in self._lanes.busy:
                lane.shut()
            for turn, _ in self._waiting:
                turn.set()
            self._waiting.clear()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' closed' if self._closed else ''}>"
