"""A window of time that is read page by page while rows come and go: what to ask for next, and which rows are new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeAlias, cast

import msgspec

OVERLAP = 10
"""Rows that are asked for again where a list is read by offsets: by them it is seen whether rows went away before."""
REMEMBERED = 10_000
"""Ids that are remembered where a list is read by offsets, to know its rows when they come again."""
MILLISECOND = timedelta(milliseconds=1)


Moments: TypeAlias = Sequence[datetime | None]
"""What rows are ordered by, None where one does not say."""


class UnorderedError(Exception):
    """The server does not order or filter by a moment as it was asked to."""


class Span(msgspec.Struct, kw_only=True):
    """One window, and how far it has been read: all that going on needs.

    Its edges are whole milliseconds, which is all that addresses can hold.

    Attributes:
        keyed: Whether to go on from the last row's moment; otherwise by offsets alone.
        low: No row before this moment.
        before: No row at this moment or later.
        since: Where reading has come to: rows of this millisecond or later are next.
        offset: Rows to leave out from there.
        back: Rows to step back by when it is seen that rows went away.
        tail: The ids that may come again.
        tied: How many rows of the millisecond it has come to have been read.
        seen: How many of its rows have been read.
        rank: About how many rows of the list come before its first.
        until: About how many come before its end, None when that is not known.
        done: Whether its end was reached.
        again: Whether it is read a second time, because rows seemed to be missing.
    """

    keyed: bool = True
    low: datetime | None = None
    before: datetime | None = None
    since: datetime | None = None
    offset: int = 0
    back: int = 100
    tail: dict[str, None] = {}
    tied: int = 0
    seen: int = 0
    rank: int = 0
    until: int | None = None
    done: bool = False
    again: bool = False

    @property
    def start(self) -> datetime | None:
        """From which moment on rows are asked for."""
        return self.since or self.low

    def copy(self) -> Span:
        """The same, to be kept while this one goes on."""
        return msgspec.structs.replace(self, tail=dict(self.tail))

    def take(self, ids: Sequence[str], moments: Moments, offset: int, *, has_more: bool) -> Sequence[int] | None:
        """Take in a page.

        Args:
            ids: The ids of its rows.
            moments: What they are ordered by.
            offset: The offset it was asked for with.
            has_more: Whether there are more after it.

        Returns:
            Which of its rows are new, by their index; None when the page does not join what was read before, so that
            rows may have been left out: the next is to be asked for from :attr:`offset`, which is before that one's.

        Raises:
            UnorderedError: The rows are not what was asked for.
        """
        if offset and self.tail.keys().isdisjoint(ids[:OVERLAP]):
            self.offset, self.back = max(0, offset - self.back), self.back * 2
            return None
        self.back = 100
        reached = self.reach(moments) if self.keyed else len(ids)
        if reached < len(ids):
            self.done, ids, moments = True, ids[:reached], moments[:reached]
        else:
            self.done = not has_more
        new = _unknown(ids, self.tail)
        if ids:
            self._go_on(ids, moments, offset, len(new))
        return new

    def reach(self, moments: Moments) -> int:
        """How many of some rows lie in the window, which their order has to bear out.

        Raises:
            UnorderedError: It does not.
        """
        start, before = self.start, self.before
        if before is not None and moments and (moments[-1] is None or moments[-1] >= before):
            # What lies behind the window is none of its business.
            moments = [*takewhile(lambda moment: moment is None or moment < before, moments)]
        if not _ordered(moments, start):
            raise UnorderedError
        return len(moments)

    def _go_on(self, ids: Sequence[str], moments: Moments, offset: int, new: int) -> None:
        last = floor(moments[-1]) if self.keyed else None
        if last is not None and (self.since is None or last > self.since):
            same = sum(1 for _ in takewhile(lambda moment: moment is not None and moment >= last, reversed(moments)))
            self.tail = dict.fromkeys(ids[-same:])
            self.tied = len(self.tail)
            self.since, self.offset = last, max(0, self.tied - OVERLAP)
            return
        for name in ids:
            self.tail.pop(name, None)
            self.tail[name] = None
        self.tied += new
        self.offset = offset + max(1, len(ids) - OVERLAP)
        while len(self.tail) > REMEMBERED:
            del self.tail[next(iter(self.tail))]

    def cut(self) -> Span:
        """Make the part that has been read a window of its own, which is done, and begin where it ends."""
        part = Span(low=self.low, before=self.since, seen=self.seen - self.tied, done=True)
        self.rank += part.seen
        self.low, self.seen = self.since, self.tied
        return part


def _ordered(moments: Moments, start: datetime | None) -> bool:
    """Whether there is no None among some moments, none before the one that precedes it, and none before a start."""
    if not moments:
        return True
    try:
        ordered = [*moments] == sorted(cast("Sequence[datetime]", moments))
    except TypeError:  # None, among others
        return False
    return ordered and moments[0] is not None and (start is None or moments[0] >= start)


def _unknown(ids: Sequence[str], known: dict[str, None]) -> Sequence[int]:
    """Which of some ids are not known, by their index; a range where what is known comes first, as it mostly does."""
    begin = sum(1 for _ in takewhile(known.__contains__, ids))
    rest = set(ids[begin:])
    if len(rest) == len(ids) - begin and known.keys().isdisjoint(rest):
        return range(begin, len(ids))
    return [*{name: index for index, name in enumerate(ids) if name not in known}.values()]


def floor(moment: datetime | None) -> datetime | None:
    """A moment without what is below its milliseconds."""
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def ceiling(moment: datetime | None) -> datetime | None:
    """The first whole millisecond that is not before a moment."""
    whole = floor(moment)
    return whole + MILLISECOND if whole is not None and moment is not None and whole < moment else whole
