"""Reads a list by offsets, several pages at once: each has to join the one before it."""

from __future__ import annotations

from pagertree_async.errors import PagerTreeError
from pagertree_async.export.asking import PAGE, Asks, Rows, Step
from pagertree_async.export.spans import OVERLAP, Span
from pagertree_async.export.ways import Out, Patience, Warn
from pagertree_async.paging import Sent

MOST_AHEAD = 100
"""Pages that wait for one before them."""
SEALED_ROWS = 50_000
"""So many rows are sealed together."""


class ByOffset:
    """Reads a list by offsets.

    Args:
        asks: What can be asked of the list.
        out: Where rows go.
        warn: Is told what cannot be proved.
        span: How far it has been read, None when all of it was.
        number: The number of the window that is written to.
    """

    def __init__(self, asks: Asks, out: Out, warn: Warn, span: Span | None, number: int) -> None:
        self._asks = asks
        self._out = out
        self._warn = warn
        self.number: int = number
        self._span = span or Span(keyed=False)
        self._kept = self._span.copy()
        self._patience = Patience(asks.verb)
        self.total: int | None = None
        self._turn = self._asked = self._unsealed = 0
        self._ahead: dict[int, Rows] = {}
        self._out_there: set[int] = set()
        self._counting = self._told = False
        self._proved = span is None

    @property
    def done(self) -> bool:
        """Whether all of it was read and held against its count."""
        return self._proved

    def spans(self, *, sealed: bool) -> list[Span]:
        """How far it has been read; or, ``sealed``, how far it had been when its rows were last sealed."""
        return [] if self._proved else [(self._kept if sealed else self._span).copy()]

    def next(self, room: int = 1) -> Step | None:
        """What can be asked for now, None when nothing can before an answer is there."""
        span = self._span
        if span.done:
            if self._counting:
                return None
            self._counting = True
            return Step(kind="all", listing=self._asks.plain())
        if span.offset not in self._out_there:
            self._turn += 1  # from here on, other pages are asked for than those under way
            self._ahead.clear()
            self._out_there.clear()
            self._asked = span.offset
        elif self._asked >= (self.total or 0) or len(self._ahead) >= MOST_AHEAD:
            return None
        offset = self._asked
        self._out_there.add(offset)
        self._asked += PAGE - OVERLAP
        return Step(kind="page", listing=self._asks.plain(), limit=PAGE, offset=offset, turn=self._turn)

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Nothing that is asked for can be done without."""
        return False

    def take(self, step: Step, sent: Sent) -> None:
        """Take in a page."""
        if step.kind == "all":
            self._counting = False
            self._hold(sent.total_count)
            return
        if step.turn != self._turn:
            return
        if sent.total_count is not None:
            self.total = sent.total_count
        self._ahead[step.offset] = self._asks.rows(sent)
        span = self._span
        while not span.done and (page := self._ahead.pop(span.offset, None)) is not None:
            self._out_there.discard(span.offset)
            self._page(span, page)
        if span.done and self.total is not None and span.seen >= self.total:
            self._over()

    def _page(self, span: Span, rows: Rows) -> None:
        new = span.take(rows.ids, rows.moments, span.offset, has_more=rows.sent.has_more)
        fresh = new or ()
        if not self._told and self._asks.bounds.some and any(rows.created[index] is None for index in fresh):
            self._told = True
            self._warn(
                f"{self._asks.verb} has rows that do not say when they were created: they are there, whatever the time"
            )
        span.seen += len(fresh)
        self._unsealed += len(fresh)
        self._out.write(self._asks.wanted(rows, fresh), self.number)
        if not span.done:
            self._patience.saw(rows, new=bool(new))
        if self._unsealed >= SEALED_ROWS:
            self.seal()

    def seal(self) -> None:
        """Have all that was read kept as it is."""
        self._out.seal(self.number)
        self._unsealed = 0
        self._kept = self._span.copy()
        self.number += 1

    def _hold(self, total: int | None) -> None:
        """Hold the rows against how many there are."""
        span, verb = self._span, self._asks.verb
        if total is None and span.offset > PAGE:
            self._warn(f"it cannot be proved that {verb} is whole: the server does not say how many rows there are")
        elif total is not None and span.seen < total:
            if not span.again:  # perhaps the end that was told was none
                span.again, span.done, span.offset = True, False, max(0, span.offset - OVERLAP)
                return
            self._warn(f"{verb} ended after {span.seen} of {total} rows, also when its end was read again")
        self._over()

    def _over(self) -> None:
        if self._unsealed:
            self.seal()
        self._proved = True
