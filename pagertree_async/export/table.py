"""One resource on its way to its file: what is asked for next, and what is kept so that it can be gone on with."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from pagertree_async.endpoints import Lists, Service
from pagertree_async.errors import BadRequestError, PagerTreeError, PaginationError
from pagertree_async.export.files import VERSION, ExportStateError, Mark, Sink, replace
from pagertree_async.export.report import Exported, Progress
from pagertree_async.export.spans import OVERLAP, Key, Span, UnorderedError, spans
from pagertree_async.http import Timeout
from pagertree_async.paging import Listing, Sent
from pagertree_async.params import names_of
from pagertree_async.query import gt, gte
from pagertree_async.retry import RetryPolicy

PAGE = 100
SPAN_ROWS = 1000
"""About how many rows a window of time is to have."""
MOST_SPANS = 400
KEPT_EVERY = 1.0
"""Seconds between two checkpoints."""
PATIENCE = Timeout(total=600.0, attempt=60.0, write=30.0, read=30.0)
PERSISTENCE = RetryPolicy(attempts=8, max_retry_after=900.0)
MOST_AHEAD = 100
"""Pages that wait for one before them."""
MOST_STRANGE = 25
"""Pages without anything new that are put up with in a row."""

Watch = Callable[[Progress], object]
Open = Callable[[str, type[Any], Mark | None], Sink]


class Checkpoint(msgspec.Struct, kw_only=True):
    """What going on with a resource needs.

    Attributes:
        version: The version of this form.
        plan: The hash of what is exported from where and how.
        mark: How much of the file is good.
        ordered: Whether the server sorts by creation time and filters by it; None when that is not yet known.
        spans: The windows.
        rows: How many rows are in the file.
        pages: How many pages they came in.
        whole: Whether all of it is there: what is left to do is to give it its name.
        warnings: What cannot be proved complete.
    """

    version: int
    plan: str
    mark: Mark
    ordered: bool | None
    spans: list[Span]
    rows: int
    pages: int
    whole: bool
    warnings: list[str]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be asked for.

    Attributes:
        kind: A ``page`` of a window, the ``first`` page, the ``newest`` row, or how many there are in ``all`` or ``newer``.
        listing: What is asked for.
        limit: How many rows.
        offset: How many to leave out.
        span: The window that it belongs to.
        turn: Tells a page from those that were asked for before the way through the window was changed.
    """

    kind: str
    listing: Listing
    limit: int
    offset: int = 0
    span: Span | None = None
    turn: int = 0


class Table:
    """One resource on its way to its file.

    Args:
        service: Lists the resource.
        operation: Its list.
        filters: What the rows are selected by.
        between: The earliest and the latest creation time of its rows, either may be None.
        plan: The hash of what is exported.
        open_: Opens the sink.
        folder: Where the checkpoint goes.
        progress: Is told of each page.

    Raises:
        ExportStateError: There is a checkpoint of something else.
        OSError: Its file cannot be opened.
    """

    def __init__(
        self,
        service: Service[Any],
        operation: Lists[..., Any],
        filters: Mapping[str, Any],
        between: tuple[datetime | None, datetime | None],
        plan: str,
        open_: Open,
        folder: Path,
        progress: Watch | None,
    ) -> None:
        self.name: str = service.name
        self._service = service
        self._operation = operation
        self._filters = filters
        self._low, self._high = between
        self._plan = plan
        self._state = folder / f"{service.name}.checkpoint"
        self._progress = progress
        self._begun = self._kept = time.monotonic()
        wire = names_of(operation.params)
        self._created = wire.get("created_at")
        self._keys: Any = msgspec.json.Decoder(
            msgspec.defstruct(
                "Row", [("id", str), ("created", Any, None)], rename={"created": self._created or "created"}
            )
        ).decode
        kept = self._checkpoint()
        self._broken = False
        self.sink: Sink = open_(service.name, operation.result, kept.mark if kept else None)
        self._ordered = kept.ordered if kept else None
        self._spans = kept.spans if kept else []
        self._rows = kept.rows if kept else 0
        self._read = kept.pages if kept else 0
        if self._ordered is None and (self._created is None or "sort" not in wire):
            self._ordered = False
        self._total: int | None = None
        self._all: int | None = None
        self._waiting: deque[Span] = deque()
        self._busy = self._read_again = False
        self._ahead: dict[int, Sent] = {}
        self._out: set[int] = set()
        self._asked = self._turn = self._strange = 0
        self.whole: bool = kept is not None and kept.whole
        self._warnings = kept.warnings if kept else []
        self._line_up()

    def _checkpoint(self) -> Checkpoint | None:
        try:
            text = self._state.read_bytes()
        except FileNotFoundError:
            return None
        try:
            kept = msgspec.json.decode(text, type=Checkpoint)
        except msgspec.DecodeError as error:
            message = f"{self._state} is torn, or none of this version"
            raise ExportStateError(message, hint="Nothing was overwritten; remove it to begin anew") from error
        if (kept.version, kept.plan) != (VERSION, self._plan):
            message = f"{self._state} is of another export: of another account, selection, format or version"
            raise ExportStateError(
                message, hint="Nothing was overwritten; go on with that one, remove it, or export to another folder"
            )
        return kept

    def _line_up(self) -> None:
        """Begin, or go on, with the windows as they are."""
        if self._ordered is False and not self._spans:
            self._spans = [Span(keyed=False, low=self._low, high=self._high)]
        self._waiting = deque(span for span in self._spans if not span.done)
        self._forget()

    def _forget(self) -> None:
        """Take no more notice of the pages that are under way."""
        self._turn += 1
        self._ahead.clear()
        self._out.clear()

    # What is asked for

    def next(self) -> Step | None:
        """What can be asked for now, None when nothing can before an answer is there."""
        if self.whole or self._busy:
            return None
        if self._ordered is None:
            self._busy = True
            if not self._spans:
                return Step(kind="first", listing=self._listing(self._low), limit=PAGE)
            return Step(kind="newest", listing=self._listing(self._low, "-created_at"), limit=1)
        if self._waiting and self._waiting[0].keyed:
            span = self._waiting.popleft()
            listing = self._listing(span.start)
            return Step(kind="page", listing=listing, limit=PAGE, offset=span.offset, span=span, turn=self._turn)
        if not self._spans[0].keyed and not self._spans[0].done:
            return self._next_by_offset(self._spans[0])
        return self._check() if all(span.done for span in self._spans) else None

    def _next_by_offset(self, span: Span) -> Step | None:
        if span.offset not in self._out:
            self._forget()
            self._asked = span.offset
        elif self._asked >= (self._total or 0) or len(self._ahead) >= MOST_AHEAD:
            return None
        offset = self._asked
        self._out.add(offset)
        self._asked += PAGE - OVERLAP
        return Step(kind="page", listing=self._listing(None), limit=PAGE, offset=offset, span=span, turn=self._turn)

    def _check(self) -> Step:
        """What the rows are held against, once all are there."""
        self._busy = True
        if self._all is None:
            return Step(kind="all", listing=self._listing(self._low), limit=1)
        return Step(kind="newer", listing=self._listing(self._high, after=True), limit=1)

    def _listing(self, since: datetime | None, sort: str = "created_at", *, after: bool = False) -> Listing:
        query: dict[str, Any] = dict(self._filters)
        if self._ordered is not False:
            query["sort"] = sort
            if since is not None:
                query["created_at"] = gt(since) if after else gte(since)
        return self._operation.listing(self._service, (), query | {"timeout": PATIENCE, "retry": PERSISTENCE})

    # What came

    def take(self, step: Step, sent: Sent) -> None:
        """Take in a page.

        Raises:
            PaginationError: The server's paging is at fault.
            OSError: It cannot be written.
        """
        if step.span is not None:
            self._read += 1
            if step.turn == self._turn or (step.span.keyed and self._ordered):
                self._page(step.span, step.offset, sent)
        else:
            self._busy = False
            {"first": self._first, "newest": self._newest, "all": self._counted, "newer": self._counted_newer}[
                step.kind
            ](sent)
        if not self.whole and time.monotonic() - self._kept > KEPT_EVERY:
            self.keep()

    def refused(self, error: PagerTreeError) -> bool:
        """Take in that a step failed; tell whether there is another way."""
        if self._ordered is None and isinstance(error, BadRequestError):
            self._busy = False
            self._restart()
            return True
        return False

    def _restart(self) -> None:
        """Begin anew, by offsets alone: the server does not order or filter as it was asked to."""
        self._ordered = False
        self._spans, self._rows, self._total = [], 0, None
        self.sink.clear()
        self._line_up()

    def _page(self, span: Span, offset: int, sent: Sent) -> None:
        if span.keyed:
            self._apply(span, offset, sent)
            if not span.done and self._ordered:
                self._waiting.append(span)
            return
        if sent.total_count is not None:
            self._total = sent.total_count
        self._ahead[offset] = sent
        while not span.done and (page := self._ahead.pop(span.offset, None)) is not None:
            self._out.discard(span.offset)
            self._apply(span, span.offset, page)
        if span.done:
            self._enough()

    def _enough(self) -> None:
        """Hold the rows against the total at once, where what has been read is the whole list."""
        self.whole = self._total is not None and self._rows >= self._total

    def _apply(self, span: Span, offset: int, sent: Sent) -> None:
        keys = self._read_keys(sent)
        try:
            fresh = span.take(keys, offset, has_more=sent.has_more)
        except UnorderedError:
            self._restart()
            return
        if fresh:
            self._strange = 0
            self._broken = True
            self.sink.write([sent.rows[index] for index in fresh])
            self._rows += len(fresh)
            self._broken = False
        elif not span.done:
            self._strange += 1
            if self._strange > MOST_STRANGE or (not keys and self._strange > 1):
                what = "brings the same rows again and again" if keys else "promises more rows and brings none"
                message = f"{self.name}.list() {what}"
                raise PaginationError(message, hint="What was written is valid; the server's paging is at fault")
        self._tell()

    def _read_keys(self, sent: Sent) -> list[Key]:
        return [Key(row.id, _moment(row.created)) for row in map(self._keys, sent.rows)]

    def _first(self, sent: Sent) -> None:
        """See by the first page whether the server orders by creation time."""
        self._read += 1
        self._total = sent.total_count
        moments = [created for _, created in self._read_keys(sent)]
        span = Span(keyed=True, low=self._low, high=self._high)
        if None in moments:
            self._restart()
            return
        self._spans = [span]
        self._apply(span, 0, sent)
        if span.done:
            self._ordered = True
            if self._high is None:
                self._enough()

    def _newest(self, sent: Sent) -> None:
        """Freeze the end, and cut what is left into windows."""
        self._ordered = True
        (first,) = self._spans
        last = next((created for _, created in self._read_keys(sent)), None)
        if last is not None and first.since is not None and last >= first.since:
            self._high = first.high = min(last, self._high) if self._high else last
            count = min(MOST_SPANS, (self._total or 0) // SPAN_ROWS)
            if count > 1 and self._high > first.since:
                head, *rest = spans(first.since, self._high, count)
                first.high = head.high
                self._spans = [first, *rest]
        self._line_up()

    def _counted(self, sent: Sent) -> None:
        """Hold the rows against how many there are."""
        self._all = sent.total_count or 0
        if not self._spans[0].keyed or self._high is None:
            self._proved(self._all)

    def _counted_newer(self, sent: Sent) -> None:
        """Hold the rows against how many there are, without those that came after the end was frozen."""
        self._proved((self._all or 0) - (sent.total_count or 0))

    def _proved(self, total: int) -> None:
        (span, *others) = self._spans
        selected = span.keyed or (self._low is None and self._high is None)
        if selected and self._rows < total and not others and not self._read_again:
            self._read_again, self._all = True, None  # perhaps the end that was told was none
            span.done, span.offset = False, max(0, span.offset - OVERLAP)
            self._line_up()
            return
        if selected and self._rows < total:
            self._warnings.append(f"{self.name}.list() ended after {self._rows} of {total} rows")
        self.whole = True

    # What is kept

    def keep(self) -> None:
        """Bring all that was written to the disk, and what going on with it needs."""
        if self._broken:
            return  # rows that were taken in are not in the file: the last checkpoint counts
        self._kept = time.monotonic()
        kept = Checkpoint(
            version=VERSION,
            plan=self._plan,
            mark=self.sink.mark(),
            ordered=self._ordered,
            spans=self._spans,
            rows=self._rows,
            pages=self._read,
            whole=self.whole,
            warnings=self._warnings,
        )
        replace(self._state, msgspec.json.encode(kept))

    def finish(self) -> Exported:
        """Give the file its name; the checkpoint stays until the whole export is done."""
        self.keep()
        self.sink.finish()
        self._tell(done=True)
        return Exported(
            resource=self.name,
            path=self.sink.path,
            rows=self._rows,
            pages=self._read,
            bytes=self.sink.path.stat().st_size,
            seconds=time.monotonic() - self._begun,
            warnings=tuple(self._warnings),
        )

    def forget(self) -> None:
        """Remove the checkpoint, once the whole export is done."""
        self._state.unlink(missing_ok=True)

    def _tell(self, *, done: bool = False) -> None:
        """Tell how far it is."""
        if self._progress is not None:
            self._progress(Progress(resource=self.name, rows=self._rows, total=self._total, done=done))


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
