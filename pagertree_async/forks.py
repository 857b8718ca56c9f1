"""What a child process must not share with its parent is renewed here, in the child, right after ``os.fork``."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Renewable(Protocol):
    """Something that holds a lock, a connection or a pace that belongs to one process."""

    def after_fork(self) -> None:
        """Forget, without closing, what belongs to the parent process."""
        ...


_renewables: WeakSet[Renewable] = WeakSet()


def renew(thing: Renewable) -> None:
    """Have ``thing.after_fork()`` called in every child process forked from now on, for as long as it lives."""
    _renewables.add(thing)


def _in_child() -> None:
    for thing in list(_renewables):
        thing.after_fork()


if hasattr(os, "register_at_fork"):  # pragma: no branch - there is no fork on Windows, and nothing to renew
    os.register_at_fork(after_in_child=_in_child)
