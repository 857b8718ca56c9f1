"""Something that happens once, for threads: a Ctrl-C in the middle leaves nothing locked, as it can with an event's lock."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue


class Flag:
    """What ``threading.Event`` is, of parts that each are one step to Python.

    An event has a lock that Python's own code takes and gives back: where a Ctrl-C comes between, whoever sets the event
    afterwards waits for ever.
    """

    __slots__ = ("_happened", "_told")

    def __init__(self) -> None:
        self._happened = False
        self._told: SimpleQueue[None] = SimpleQueue()

    def is_set(self) -> bool:
        """Whether it has happened."""
        return self._happened

    def set(self) -> None:
        """Let everybody know that it has happened."""
        self._happened = True
        self._told.put(None)

    def wait(self, seconds: float) -> bool:
        """Block the thread until it has happened, for at most ``seconds``; tell whether it has."""
        if not self._happened:
            with suppress(Empty):
                self._told.get(timeout=seconds)
                self._told.put(None)  # for the next who waits
        return self._happened
