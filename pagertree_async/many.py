"""The same for many: several calls at a time, and what became of each, in order, with nothing lost when some fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from pagertree_async.calling import Cut, Mode
from pagertree_async.errors import LINE, InvalidArgumentError, PagerTreeError, shortened

R = TypeVar("R")
T = TypeVar("T")


class Outcome(msgspec.Struct, Generic[R], frozen=True):
    """What became of one of many.

    Attributes:
        id: The id that was given, as text.
        result: What the call returned, None when it failed.
        error: What it failed with, None when it did not.
    """

    id: str
    result: R | None = None
    error: PagerTreeError | None = None

    @property
    def ok(self) -> bool:
        """Whether the call did not fail."""
        return self.error is None

    def __repr__(self) -> str:
        failed = None if self.error is None else f"{type(self.error).__name__}: {self.error}"
        return f"<Outcome {self.id}: {shortened(failed or repr(self.result), LINE)}>"


async def each_of(
    mode: type[Mode],
    things: Sequence[T],
    work: Callable[[T], Awaitable[R]],
    concurrency: int,
    verb: str,
    cut: Cut | None = None,
) -> list[Outcome[R]]:
    """Do ``work`` with each of ``things``, at most ``concurrency`` at a time.

    Args:
        mode: Whether in tasks or in threads.
        things: What to work on.
        work: Makes the call for one of them.
        concurrency: How many may be under way at a time.
        verb: How this is named in errors.
        cut: Ends what threads wait for when they are interrupted, where that can be done.

    Returns:
        What became of each, in the order of ``things``.

    Raises:
        InvalidArgumentError: ``concurrency`` is not a number above zero.
    """
    given: Any = concurrency
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        message = f"{verb}(): concurrency must be a whole number above zero, not {given!r}"
        raise InvalidArgumentError(message)
    outcomes: dict[int, Outcome[R]] = {}
    waiting = list(enumerate(things))[::-1]

    async def worker() -> None:
        while True:
            try:
                number, thing = waiting.pop()
            except IndexError:
                return
            name = str(getattr(thing, "id", thing))[:80]
            try:
                outcomes[number] = Outcome(name, await work(thing))
            except PagerTreeError as error:
                outcomes[number] = Outcome(name, error=error)

    await mode.group(worker, min(concurrency, len(waiting)), waiting.clear, cut)
    return [outcomes[number] for number in range(len(things))]
