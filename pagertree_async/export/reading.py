"""One list on its way: by windows of time where its first pages show that it can be read so, otherwise by offsets."""

from __future__ import annotations

from pagertree_async.errors import PagerTreeError
from pagertree_async.export.asking import EDGE, Asks, Bounds, Step
from pagertree_async.export.offsets import ByOffset
from pagertree_async.export.opening import KINDS, REFUSED, Opening
from pagertree_async.export.spans import Span, UnorderedError, ceiling, floor
from pagertree_async.export.ways import Course, Out, Warn, Way
from pagertree_async.export.windows import ByTime
from pagertree_async.paging import Sent


class Reading:
    """One list on its way.

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
        self._only_by_time = only_by_time
        self._opening = Opening(asks, Bounds(floor(edges.low), ceiling(edges.before)))
        self._number = course.number
        self._way: Way | None = None
        self._total = course.total
        self.given_up: str | None = None
        self.ordered: bool | None = course.ordered
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

    @property
    def total(self) -> int | None:
        """How many rows there are, as far as the server says."""
        if isinstance(self._way, ByOffset):
            return self._way.total
        return self._opening.total if self._total is None else self._total

    def course(self, *, sealed: bool) -> Course:
        """How far it has been read; or, ``sealed``, how far it had been when its rows were last sealed."""
        way = self._way
        if way is None:
            return Course()
        number = max(self._number, way.number)
        return Course(ordered=self.ordered, spans=way.spans(sealed=sealed), number=number, total=self.total)

    def seal(self) -> None:
        """Have all that was read kept as it is."""
        if self._way is not None:
            self._way.seal()

    def next(self, room: int = 1) -> Step | None:
        """What can be asked for now, None when nothing can before an answer is there.

        Args:
            room: How many could be asked for at once.
        """
        if self.done:
            return None
        return self._opening.next(room) if self._way is None else self._way.next(room)

    def take(self, step: Step, sent: Sent) -> None:
        """Take in a page.

        Raises:
            PaginationError: The server's paging is at fault.
            InvalidResponseError: A row has no id.
            OSError: What came cannot be written.
        """
        if not self._knows(step):
            return
        try:
            if self._way is None:
                self._opening.take(step, sent)
                self._open()
            else:
                self._way.take(step, sent)
        except UnorderedError:
            self._not_by_time("its rows do not come as they were asked for")

    def _knows(self, step: Step) -> bool:
        """Whether a step is of the way that is gone, not of one that was given up."""
        if self.given_up is not None:
            return False
        if self._way is None or step.kind in KINDS:
            return self._way is None and (step.kind in KINDS or step.kind == EDGE)
        return (step.window is not None) == isinstance(self._way, ByTime)

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Take in that a step failed; tell whether there is another way."""
        if not self._knows(step):
            return True
        if self._way is not None:
            return self._way.refused(step, error)
        try:
            if self._opening.refused(step, error):
                self._open()
            elif isinstance(error, REFUSED):
                self._not_by_time(error.message)
            else:
                return False
        except UnorderedError:
            self._not_by_time("its rows do not come as they were asked for")
        return True

    def _open(self) -> None:
        """Go through the list by time, once it is known how it begins."""
        if self._opening.done:
            way = ByTime(self._asks, self._out, self._warn, [], self._number)
            self._opening.begin(way)
            self.ordered, self._way = True, way

    def _not_by_time(self, why: str) -> None:
        if self._only_by_time:
            self.given_up = why
            return
        if self._way is not None:
            self._number = self._way.number
            self._out.clear()
        self._by_offset([Span(keyed=False)])

    def _by_offset(self, spans: list[Span]) -> None:
        self.ordered = False
        self._way = ByOffset(self._asks, self._out, self._warn, next(iter(spans), None), self._number + 1)
