"""How a list begins: whether it is ordered and goes on from a moment as was asked for, where it ends, how much it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from pagertree_async.errors import BadRequestError, PagerTreeError, UnprocessableError
from pagertree_async.export import shares
from pagertree_async.export.asking import BRIEFLY, EDGE, PAGE, Asks, Bounds, Rows, Step
from pagertree_async.export.spans import MILLISECOND, Span, UnorderedError, floor
from pagertree_async.export.windows import ByTime, Window
from pagertree_async.paging import Sent

FIRST, SECOND, NEWEST, BEYOND = "first", "second", "newest", "beyond"
KINDS = frozenset({FIRST, SECOND, NEWEST, BEYOND})
REFUSED = BadRequestError, UnprocessableError
"""What a server answers that does not know what was asked for."""


class Opening:
    """How a list begins.

    The first page shows whether it is ordered as was asked for. If there is more, three things are asked for at once:
    the second page, by which it is seen whether the server goes on from a moment; the newest row, which is where the
    list ends, however many come meanwhile; and how many rows come after the end that was asked for. Where none was
    asked for, the rows at which it can be divided are asked for as well: there is no need to wait for them. Nothing is
    written before all is known, so that nothing has to be taken back.

    Args:
        asks: What can be asked of the list.
        edges: Between which moments it is read, in whole milliseconds.
    """

    def __init__(self, asks: Asks, edges: Bounds) -> None:
        self._asks = asks
        self._edges = edges
        self._window = Window(Span(low=edges.low, before=edges.before), 0, ())
        self._left = [FIRST]
        self._missing = {FIRST}
        self._answers: dict[str, Rows] = {}
        self._new: Sequence[int] = []
        self._planned: deque[int] | None = None
        self._divides: dict[int, Rows | None] = {}
        self.total: int | None = None

    @property
    def done(self) -> bool:
        """Whether all that was asked for is there."""
        return not self._missing

    def next(self, room: int = 1) -> Step | None:
        """What can be asked for now.

        Args:
            room: How many could be asked for at once.
        """
        if not self._left:
            return self._edge(room)
        kind, asks, edges, span = self._left.pop(0), self._asks, self._edges, self._window.span
        if kind == NEWEST:
            return Step(kind=kind, listing=asks.latest(edges.low))
        if kind == BEYOND:
            return Step(kind=kind, listing=asks.since(edges.before))
        start = edges.low if kind == FIRST else span.start
        return Step(kind=kind, listing=asks.since(start), limit=PAGE, offset=span.offset)

    def _edge(self, room: int) -> Step | None:
        if self.done or FIRST in self._missing or self.total is None or self._edges.before is not None:
            return None  # it is not known yet where, or whether, it can be divided
        span, read = self._window.span, len(self._new)
        if self._planned is None:
            under_way = len(self._missing)
            self._planned = deque(shares.edges([(read, self.total)], room + under_way - 1))
        if not self._planned:
            return None
        edge = self._planned.popleft()
        self._divides[edge] = None
        listing = self._asks.since(span.start, BRIEFLY)
        return Step(kind=EDGE, listing=listing, offset=edge - read + span.tied, window=self._window, turn=edge)

    def take(self, step: Step, sent: Sent) -> None:
        """Take in an answer.

        Raises:
            UnorderedError: The rows are not what was asked for.
            InvalidResponseError: One has no id.
        """
        if step.kind == EDGE:
            self._divides[step.turn] = self._asks.rows(sent)
            return
        rows = self._answers[step.kind] = self._asks.rows(sent)
        self._missing.discard(step.kind)
        if step.kind != FIRST:
            return
        self.total = sent.total_count
        self._new = self._window.span.take(rows.ids, rows.moments, 0, has_more=sent.has_more) or []
        if not self._window.span.done:
            self._left = [SECOND, NEWEST] if self._edges.before is None else [SECOND, NEWEST, BEYOND]
            self._missing = {*self._left}

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Take in that the server refused a step; tell whether it can be done without."""
        if step.kind == EDGE:
            self._planned = deque()
            del self._divides[step.turn]
            return True
        self._missing.discard(step.kind)
        return step.kind in {NEWEST, BEYOND} and isinstance(error, REFUSED)

    def begin(self, way: ByTime) -> None:
        """Begin a way with what is there.

        Raises:
            UnorderedError: The rows are not what was asked for; nothing was written.
        """
        window, span = self._window, self._window.span
        first, second, offset = self._answers[FIRST], self._answers.get(SECOND), span.offset
        if second is None:
            way.begin(window, first, self._new)
            if self._is_whole(first):
                way.over(window)
            else:
                way.ended(window)
            return
        self._freeze()
        span.reach(second.moments)
        way.begin(window, first, self._new)
        way.page(window, offset, second)
        way.expect(self._divides)
        for edge, rows in self._divides.items():
            if rows is not None:
                way.split(edge, window, rows)

    def _is_whole(self, first: Rows) -> bool:
        """Whether the first page, which is the last, has all rows without a doubt: it is one answer."""
        total, before = first.sent.total_count, self._edges.before
        return (
            total is None
            or len(first.ids) >= total
            or (before is not None and any(moment >= before for moment in first.moments if moment))
        )

    def _freeze(self) -> None:
        """Have the list end with its newest row, or where it was asked to end."""
        newest = self._answers[NEWEST].moments if NEWEST in self._answers else ()
        if None in newest:
            raise UnorderedError  # rows without a moment come last, where no window has them
        span, before = self._window.span, self._edges.before
        last = floor(newest[0]) if newest else None
        if last is None or span.since is None or last <= span.since:
            return  # it is none of those that come after the first page
        end = last + MILLISECOND
        if before is None or end <= before:
            self._window.end(end, self.total)
        elif BEYOND in self._answers:
            beyond = self._answers[BEYOND].sent.total_count
            if beyond is not None and self.total is not None:
                self.total -= beyond
                self._window.end(before, self.total)
