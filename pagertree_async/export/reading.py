"""One list on its way: by its first pages it is seen whether it can be read by windows of time, or by offsets alone."""

from __future__ import annotations

from pagertree_async.errors import BadRequestError, PagerTreeError, UnprocessableError
from pagertree_async.export.asking import PAGE, Asks, Bounds, Rows, Step
from pagertree_async.export.offsets import ByOffset
from pagertree_async.export.spans import MILLISECOND, Span, UnorderedError, ceiling, floor
from pagertree_async.export.ways import Course, Out, Warn, Way
from pagertree_async.export.windows import ByTime, Window
from pagertree_async.paging import Sent

REFUSED = BadRequestError, UnprocessableError


class Reading:
    """One list on its way.

    The first page shows whether it is ordered as was asked for, the newest row where it ends, and the second page
    whether it goes on from a moment. Nothing is written before, so that nothing has to be taken back.

    Args:
        asks: What can be asked of the list.
        out: Where rows go.
        warn: Is told what cannot be proved.
        course: How far it was read before.
        edges: Between which moments it is read.
        only_by_time: Whether it is not to be read by offsets; then the reason is in :attr:`given_up`.
    """

    def __init__(
        self, asks: Asks, out: Out, warn: Warn, course: Course, edges: Bounds, *, only_by_time: bool = False
    ) -> None:
        self._asks = asks
        self._out = out
        self._warn = warn
        self._edges = Bounds(floor(edges.low), ceiling(edges.before))
        self._only_by_time = only_by_time
        self.given_up: str | None = None
        self.total: int | None = course.total
        self.ordered: bool | None = course.ordered
        self._number = course.number
        self._way: Way | None = None
        self._busy = False
        self._kind = "first"
        self._opening = {
            "first": self._opened,
            "newest": self._frozen,
            "beyond": self._beyond,
            "second": self._proved,
        }
        self._window = Window(Span(), 0, ())
        self._first: tuple[Rows, list[int]] | None = None
        if self.ordered:
            self._way = ByTime(asks, out, warn, course.spans, course.number)
        elif self.ordered is False:
            self._by_offset(course.spans)
        elif not asks.orders:
            self._not_by_time("it takes no such filter")

    @property
    def done(self) -> bool:
        """Whether there is nothing more to be asked for."""
        return self.given_up is not None or (self._way is not None and self._way.done)

    def course(self, *, sealed: bool) -> Course:
        """How far it has been read; or, ``sealed``, how far it had been when its rows were last sealed."""
        way = self._way
        if way is None:
            return Course()
        number = max(self._number, way.number)
        return Course(ordered=self.ordered, spans=way.spans(sealed=sealed), number=number, total=self.total)

    def next(self) -> Step | None:
        """What can be asked for now, None when nothing can before an answer is there."""
        if self.done or self._busy:
            return None
        if self._way is not None:
            return self._way.next()
        self._busy = True
        asks, span = self._asks, self._window.span
        if self._kind == "newest":
            return Step(kind="newest", listing=asks.latest(self._edges.low))
        if self._kind == "beyond":
            return Step(kind="beyond", listing=asks.since(self._edges.before))
        return Step(
            kind=self._kind,
            listing=asks.since(span.start if self._kind == "second" else self._edges.low),
            limit=PAGE,
            offset=span.offset,
        )

    def take(self, step: Step, sent: Sent) -> None:
        """Take in a page.

        Raises:
            PaginationError: The server's paging is at fault.
            InvalidResponseError: A row has no id.
            OSError: What came cannot be written.
        """
        try:
            opening = self._opening.get(step.kind)
            if opening is not None:
                self._busy = False
                opening(self._asks.rows(sent))
            elif self._way is not None and self._knows(step):
                self._way.take(step, sent)
                if isinstance(self._way, ByOffset):
                    self.total = self._way.total
        except UnorderedError:
            self._not_by_time("its rows do not come as they were asked for")

    def _knows(self, step: Step) -> bool:
        """Whether a step is of the way that is gone, not of one that was given up."""
        return (step.window is not None) == isinstance(self._way, ByTime) and self.given_up is None

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Take in that a step failed; tell whether there is another way."""
        if step.kind in {"newest", "beyond"} and isinstance(error, REFUSED):
            self._busy, self._kind = False, "second"
            return True
        if step.kind in {"first", "second"} and isinstance(error, REFUSED):
            self._busy = False
            self._not_by_time(error.message)
            return True
        return self._way is not None and (not self._knows(step) or self._way.refused(step, error))

    def _not_by_time(self, why: str) -> None:
        if self._only_by_time:
            self.given_up = why
            return
        if self._way is not None:
            self._number = self._way.number
            self._out.clear()
        self.total = None
        self._by_offset([Span(keyed=False)])

    def _by_offset(self, spans: list[Span]) -> None:
        self.ordered = False
        self._way = ByOffset(self._asks, self._out, self._warn, next(iter(spans), None), self._number + 1)

    def _by_time(self, rows: Rows, new: list[int]) -> ByTime:
        """Go through the list by time, beginning with its first page."""
        way = ByTime(self._asks, self._out, self._warn, [], self._number)
        way.begin(self._window, rows, new)
        self.ordered, self._way = True, way
        return way

    def _opened(self, rows: Rows) -> None:
        """Take in the first page."""
        sent = rows.sent
        self.total = sent.total_count
        span = Span(low=self._edges.low, before=self._edges.before)
        window = self._window = Window(span, 0, ())
        new = span.take(rows.keys, 0, has_more=sent.has_more) or []
        if not span.done:
            self._first, self._kind = (rows, new), "newest"
            return
        way = self._by_time(rows, new)
        beyond = span.before is not None and any(key.moment >= span.before for key in rows.keys if key.moment)
        if beyond or sent.total_count is None or len(rows.keys) >= sent.total_count:
            way.over(window)  # it is in one answer
        else:
            way.ended(window)

    def _frozen(self, rows: Rows) -> None:
        """Take in the newest row: what comes later is left to another export."""
        self._kind = "second"
        before, since = self._edges.before, self._window.span.since
        if any(key.moment is None for key in rows.keys):
            raise UnorderedError  # rows without a moment come last, where no window has them
        last = floor(rows.keys[0].moment) if rows.keys else None
        if last is None or since is None or last <= since:
            return  # it is none of those that come after the first page
        end = last + MILLISECOND
        if before is None or end <= before:
            self._window.end(end, self.total)
        else:
            self._kind = "beyond"

    def _beyond(self, rows: Rows) -> None:
        """Take in how many rows there are after the end."""
        self._kind = "second"
        beyond = rows.sent.total_count
        if beyond is not None and self.total is not None:
            self.total -= beyond
            self._window.end(self._edges.before, self.total)

    def _proved(self, rows: Rows) -> None:
        """Take in the second page: by it, it is seen whether the server goes on from a moment."""
        window, offset = self._window, self._window.span.offset
        window.span.reach(rows.keys)
        assert self._first is not None, "the first page comes first"
        self._by_time(*self._first).page(window, offset, rows)
        self._first = None
