"""A window of time that is read page by page while rows come and go: what to ask for next, and which rows are new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

OVERLAP = 10
"""Rows that are asked for again where a list is read by offsets: by them it is seen whether rows went away before."""
REMEMBERED = 10_000
"""Ids that are remembered of a list that is read by offsets alone, to know its rows when they come again."""
MILLISECOND = timedelta(milliseconds=1)


class Key(NamedTuple):
    """What a row is told apart and ordered by."""

    id: str
    created: datetime | None


class UnorderedError(Exception):
    """The server does not order or filter by creation time as it was asked to."""


class Span(msgspec.Struct, kw_only=True):
    """One window, and how far it has been read: all that going on needs.

    Attributes:
        keyed: Whether to go on from the last creation time; otherwise by offsets alone.
        low: No row that was created before this moment.
        high: No row that was created after this moment.
        since: Where reading has come to: rows of this millisecond or later are next.
        offset: Rows to leave out from there.
        back: Rows to step back by when it is seen that rows went away.
        tail: The ids that may come again.
        rows: How many rows have been new.
        done: Whether its end was reached.
    """

    keyed: bool
    low: datetime | None = None
    high: datetime | None = None
    since: datetime | None = None
    offset: int = 0
    back: int = 100
    tail: dict[str, None] = {}
    rows: int = 0
    done: bool = False

    @property
    def start(self) -> datetime | None:
        """From which creation time on rows are asked for."""
        return self.since or self.low

    def take(self, keys: Sequence[Key], offset: int, *, has_more: bool) -> list[int] | None:
        """Take in a page.

        Args:
            keys: Its rows.
            offset: The offset it was asked for with.
            has_more: Whether there are more after it.

        Returns:
            Which of its rows are new, by their index; None when the page does not join what was read before, so that
            rows may have been left out: the next is to be asked for from :attr:`offset`, which is before that one's.

        Raises:
            UnorderedError: The rows are not what was asked for.
        """
        if offset and not any(key.id in self.tail for key in keys[:OVERLAP]):
            self.offset, self.back = max(0, offset - self.back), self.back * 2
            return None
        self.back = 100
        reached = self._ordered(keys) if self.keyed else len(keys)
        fresh = [
            index for index, key in enumerate(keys[:reached]) if key.id not in self.tail and self._within(key.created)
        ]
        self.rows += len(fresh)
        self.done = reached < len(keys) or not has_more
        if reached:
            self._go_on(keys[:reached], offset)
        return fresh

    def _within(self, created: datetime | None) -> bool:
        if created is None:
            return True
        return not ((self.low and created < self.low) or (self.high and created > self.high))

    def _ordered(self, keys: Sequence[Key]) -> int:
        """How many of the rows lie in the window, which their order has to bear out."""
        before = self.start
        for index, (_, created) in enumerate(keys):
            if created is None or (before is not None and created < before):
                raise UnorderedError
            if self.high is not None and created > self.high:
                return index
            before = created
        return len(keys)

    def _go_on(self, keys: Sequence[Key], offset: int) -> None:
        last = floor(keys[-1].created) if self.keyed and keys else None
        if last is not None and (self.since is None or last > self.since):
            self.since, self.offset = last, 0
            self.tail = {key.id: None for key in keys if floor(key.created) == last}
            return
        for key in keys:
            self.tail.pop(key.id, None)
            self.tail[key.id] = None
        self.offset = offset + max(1, len(keys) - OVERLAP)
        if not self.keyed:
            while len(self.tail) > REMEMBERED:
                del self.tail[next(iter(self.tail))]


def floor(moment: datetime | None) -> datetime | None:
    """A moment without what is below its milliseconds, which addresses cannot hold."""
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def spans(first: datetime, last: datetime, count: int) -> list[Span]:
    """``count`` windows of equal length from ``first`` to ``last``, both included."""
    count = max(1, min(count, int((last - first) / MILLISECOND)))
    step = (last - first) / count
    edges = [floor(first + step * number) or first for number in range(1, count)]
    return [
        Span(keyed=True, low=low, high=high)
        for low, high in zip(
            [first, *edges], [*(edge - timedelta(microseconds=1) for edge in edges), last], strict=True
        )
    ]
