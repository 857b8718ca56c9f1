"""Reads a list by windows of time, several at once: each goes on from its last row and is held against its count."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from pagertree_async.errors import BadRequestError, PagerTreeError, UnprocessableError
from pagertree_async.export import shares
from pagertree_async.export.asking import BRIEFLY, EDGE, PAGE, Asks, Rows, Step, picked
from pagertree_async.export.spans import Span, floor
from pagertree_async.export.ways import Out, Patience, Warn
from pagertree_async.paging import Sent

WINDOW_ROWS = 5_000
"""So many rows of a window are held against their count, and what follows becomes another window."""
SEALED_ROWS = 2_000
"""So many rows of a window are made safe before its end, where rows are made safe by window."""
CANNOT_COUNT = BadRequestError, UnprocessableError


class Window:
    """A span that is under way, with what is needed only while it is.

    Args:
        span: The span.
        number: The number under which its rows are written.
        known: The hashes of the ids that were read of it, None where they are not all known.
    """

    def __init__(self, span: Span, number: int, known: Iterable[int] | None) -> None:
        self.span: Span = span
        self.number: int = number
        self.known: array[int] | None = None if known is None else array("I", known)
        self.first: frozenset[int] = frozenset(self.known or ()) if span.again else frozenset()
        self.below: int | None = None
        self.splits: bool = True
        self.unsealed: int = 0
        self.kept: Span = span.copy()

    def end(self, before: datetime | None, rank: int | None) -> None:
        """Let it end at a moment, before which there are about so many rows of the list."""
        for span in (self.span, self.kept):
            span.before, span.until = before, rank

    def fresh(self, ids: Sequence[str], new: Sequence[int]) -> Sequence[int]:
        """Which of some rows were not read before, the first time that it was read included."""
        if self.span.again:
            return [index for index, one in zip(new, _short(picked(ids, new)), strict=True) if one not in self.first]
        if self.known is not None:
            self.known.extend(_short(picked(ids, new)))
        return new


class ByTime:
    """Reads a list by windows of time.

    What is left of the largest windows is divided among those who have nothing to do: a row in the midst of it tells the
    moment. A window that was read is held against the number of its rows. That is the difference of two counts, of the rows
    before its end and of those before its beginning, the latter asked for first: rows are only deleted there, so the
    difference is never too large, and a window with fewer rows lacks some. It is read once more, then warned of.

    Args:
        asks: What can be asked of the list.
        out: Where rows go.
        warn: Is told what cannot be proved.
        spans: The windows to read.
        number: The number of the newest window.
    """

    def __init__(self, asks: Asks, out: Out, warn: Warn, spans: Iterable[Span], number: int) -> None:
        self._asks = asks
        self._out = out
        self._warn = warn
        self.number: int = number
        self._patience = Patience(asks.verb)
        self._windows: list[Window] = []
        self._waiting: deque[Window] = deque()
        self._checks: deque[Window] = deque()
        self._edges: set[int] = set()
        self._planned: deque[int] = deque()
        self._splits = self._counts = True
        self._divided = False
        for span in spans:
            span.done = span.done or span.again  # what a second reading has to look for is not known any more
            new = Window(span, self._next(), () if not span.seen else None)
            self._windows.append(new)
            (self._checks if span.done else self._waiting).append(new)

    def _next(self) -> int:
        self.number += 1
        return self.number

    @property
    def done(self) -> bool:
        """Whether all windows were read and held against their counts."""
        return not self._windows

    def spans(self, *, sealed: bool) -> list[Span]:
        """The windows as they are; or, ``sealed``, as they were when their rows were last sealed."""
        return [(window.kept if sealed else window.span).copy() for window in self._windows]

    def begin(self, window: Window, rows: Rows, new: Sequence[int]) -> None:
        """Begin with a window of which the first page is there."""
        window.number = self._next()
        self._windows.append(window)
        self.write(window, rows, new)

    def expect(self, edges: Iterable[int]) -> None:
        """Take in that rows were asked for, by their place in the list, at which windows may begin."""
        self._edges.update(edges)

    # What is asked for

    def next(self, room: int = 1) -> Step | None:
        """What can be asked for now, None when nothing can before an answer is there.

        Args:
            room: How many could be asked for at once.
        """
        if self._checks:
            return self._check(self._checks.popleft())
        if self._waiting:
            window = self._waiting.popleft()
            span = window.span
            return Step(
                kind="page", listing=self._asks.since(span.start), limit=PAGE, offset=span.offset, window=window
            )
        return self._edge(room) if self._splits else None

    def _check(self, window: Window) -> Step:
        """Ask how many rows a window has."""
        low, before = window.span.low, window.span.before
        if before is None:
            return Step(kind="through", listing=self._asks.since(low), window=window)
        if low is not None and window.below is None:
            return Step(kind="below", listing=self._asks.until(low), window=window)
        return Step(kind="through", listing=self._asks.until(before), window=window)

    def _edge(self, room: int) -> Step | None:
        """Ask for a row at which what is left to read may be divided, where that is much."""
        if not self._planned and not self._divided:
            pieces = (piece for window in self._windows for piece in self._pieces(window))
            self._planned.extend(shares.edges(pieces, room))
            self._divided = not self._planned
        edge, window = 0, None
        while window is None and self._planned:  # in the meantime, some may have been read
            edge = self._planned.popleft()
            window = next((one for one in self._windows if any(a < edge < b for a, b in self._pieces(one))), None)
        if window is None:
            return None
        self._edges.add(edge)
        span = window.span
        # Of what is asked for from its start on, the rows of that very millisecond have been read.
        offset = edge - (span.rank + span.seen - span.tied)
        return Step(kind=EDGE, listing=self._asks.since(span.start, BRIEFLY), offset=offset, window=window, turn=edge)

    def _pieces(self, window: Window) -> Iterable[tuple[int, int]]:
        """What is left to read of a window, between the rows at which others may begin."""
        span = window.span
        if span.done or span.again or span.until is None or not window.splits:
            return ()
        at, until = span.rank + span.seen, span.until
        return pairwise([at, *sorted(edge for edge in self._edges if at < edge < until), until])

    # What came

    def take(self, step: Step, sent: Sent) -> None:
        """Take in a page."""
        window: Window = step.window
        if step.kind == "page":
            self.page(window, step.offset, self._asks.rows(sent))
        elif step.kind == EDGE:
            self.split(step.turn, window, self._asks.rows(sent))
        elif window not in self._windows:
            return  # it was found out meanwhile that windows cannot be counted
        elif sent.total_count is None:
            self._unproved("the server does not say how many rows there are")
        elif step.kind == "below":
            window.below = sent.total_count
            self._checks.appendleft(window)
        else:
            self._hold(window, sent.total_count - (window.below or 0))

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Take in that a step failed; tell whether it can be done without."""
        if step.kind == EDGE:
            self._splits = False
            return True
        if step.kind == "page" or not isinstance(error, CANNOT_COUNT):
            return False
        if step.window in self._windows:
            self._unproved(f"the server does not count them by time: {error.message}")
        return True

    def page(self, window: Window, offset: int, rows: Rows) -> None:
        """Take in a page of a window."""
        span = window.span
        new = span.take(rows.ids, rows.moments, offset, has_more=rows.sent.has_more)
        self.write(window, rows, new or ())
        if span.done:
            self.ended(window)
            return
        self._patience.saw(rows, new=bool(new))
        if span.seen >= WINDOW_ROWS and not span.again and span.since != span.low:
            self._cut(window)
        elif window.unsealed >= SEALED_ROWS:
            self._seal(window)
        self._waiting.append(window)

    def write(self, window: Window, rows: Rows, new: Sequence[int]) -> None:
        """Write those of some rows that were not read before and are wanted."""
        fresh = window.fresh(rows.ids, new)
        window.span.seen += len(fresh)
        window.unsealed += len(fresh)
        self._out.write(self._asks.wanted(rows, fresh), window.number)

    def ended(self, window: Window) -> None:
        """Take in that a window was read to its end."""
        if self._counts:
            self._seal(window)
            self._checks.append(window)
        else:
            self.over(window)

    def over(self, window: Window) -> None:
        """Take in that nothing more is to be done for a window."""
        self._seal(window)
        self._windows.remove(window)

    def seal(self) -> None:
        """Have all that was read kept as it is."""
        for window in self._windows:
            self._seal(window)

    def _seal(self, window: Window) -> None:
        if window.unsealed:
            self._out.seal(window.number)
            window.unsealed = 0
            window.number = self._next()
        window.kept = window.span.copy()

    def _cut(self, window: Window) -> None:
        """Have what was read of a window held against its count, while the rest is read on."""
        span = window.span
        part = span.cut()
        known = None
        if window.known is not None:
            edge = len(window.known) - span.tied
            known, window.known = window.known[:edge], window.known[edge:]
        else:
            window.known = _short(span.tail) if len(span.tail) == span.tied else None
        self._seal(window)
        checked = Window(part, window.number, known)
        self._windows.append(checked)
        self.ended(checked)

    def split(self, rank: int, asked: Window, rows: Rows) -> None:
        """Begin another window at the row that was asked for."""
        self._edges.discard(rank)
        self._divided = False
        moment = floor(rows.moments[0]) if rows.moments else None
        for window in self._windows:
            span = window.span
            if moment is None or span.done or span.again or span.until is None:
                continue
            if (span.start is None or moment > span.start) and (span.before is None or moment < span.before):
                rest = Span(low=moment, before=span.before, rank=rank, until=span.until)
                window.end(moment, rank)
                new = Window(rest, self._next(), ())
                self._windows.append(new)
                self._waiting.append(new)
                return
        asked.splits = False

    # What is proved

    def _hold(self, window: Window, count: int) -> None:
        span = window.span
        if span.seen >= count:
            self.over(window)
        elif span.again or window.known is None:
            where = f"{_shown(' from ', span.low)}{_shown(' to ', span.before)}"
            told = ", also when they were read again" if span.again else ""
            self._warn(f"{self._asks.verb}{where} ended after {span.seen} of {count} rows{told}")
            self.over(window)
        else:
            self._windows.remove(window)
            again = Span(low=span.low, before=span.before, seen=span.seen, again=True)
            window = Window(again, self._next(), window.known)
            self._windows.append(window)
            self._waiting.appendleft(window)

    def _unproved(self, why: str) -> None:
        """Take in that windows cannot be counted."""
        self._counts = False
        self._checks.clear()
        self._windows = [window for window in self._windows if not window.span.done]
        self._warn(f"it cannot be proved that {self._asks.verb} is whole: {why}")


def _short(ids: Iterable[str]) -> array[int]:
    """Four bytes that tell an id from the others of its window; should they not, once in a million, a row is warned of."""
    whole = array("q", map(hash, ids))
    return array("I", memoryview(whole).cast("B").cast("I")[::2].tobytes())


def _shown(word: str, moment: datetime | None) -> str:
    return "" if moment is None else f"{word}{moment.isoformat(timespec='milliseconds')}"
