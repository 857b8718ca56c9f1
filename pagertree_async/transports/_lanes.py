"""Which connection carries the next request, and who waits for one."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar


class Lane(Protocol):
    """A connection that one request at a time travels on."""

    origin: str
    idle_since: float

    def close(self) -> None:
        """Close it at once and without waiting."""
        ...


L = TypeVar("L", bound=Lane)


class Lanes(Generic[L]):
    """The lanes of one process and event loop: the one used last is used next, so that the others can grow old.

    Args:
        most: How many may be open.
        keepalive: How long an idle one is kept, in seconds.
    """

    def __init__(self, most: int, keepalive: float) -> None:
        self._most = most
        self._keepalive = keepalive
        self.idle: list[L] = []
        self.busy: set[L] = set()

    def take(self, origin: str, max_idle: float, now: float) -> L | None:
        """An idle lane to ``origin`` that was used less than ``max_idle`` seconds ago, or None; drop what is old."""
        idle = self.idle
        while idle and now - idle[0].idle_since > self._keepalive:
            idle.pop(0).close()
        for index in range(len(idle) - 1, -1, -1):
            lane = idle[index]
            if now - lane.idle_since > max_idle:
                break
            if lane.origin == origin:
                del idle[index]
                self.busy.add(lane)
                return lane
        return None

    def add(self, lane: L) -> None:
        """Count in a new lane, at the cost of the longest idle one where there would be too many."""
        self.busy.add(lane)
        if len(self.idle) + len(self.busy) > self._most and self.idle:
            self.idle.pop(0).close()

    def put(self, lane: L, now: float) -> None:
        """Keep a lane for the next request."""
        self.busy.discard(lane)
        lane.idle_since = now
        self.idle.append(lane)

    def retire(self, lane: L) -> None:
        """Never use a lane again."""
        self.busy.discard(lane)
        lane.close()

    def drop_idle(self) -> None:
        """Close the lanes that carry nothing."""
        idle, self.idle = self.idle, []
        for lane in idle:
            lane.close()
