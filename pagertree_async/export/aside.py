"""Work that blocks, done where it holds up nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pagertree_async.calling import Async

R = TypeVar("R")


async def aside(mode: Any, work: Callable[[], R]) -> R:
    """Do what blocks, to its end even when the task is cancelled: in a thread of its own where there is an event loop.

    Args:
        mode: The mode of the client.
        work: What blocks.
    """
    if not issubclass(mode, Async):
        return work()
    from anyio import to_thread

    with mode.shield():
        done, error = await to_thread.run_sync(_outcome, work)
    if error is not None:
        raise error
    return done


def _outcome(work: Callable[[], R]) -> tuple[Any, Exception | None]:
    """What came of work: a result, or an error to be raised where the task goes on."""
    try:
        return work(), None
    except Exception as error:
        return None, error
