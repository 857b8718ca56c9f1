"""One resource on its way to its file: what was read is written, and kept so that it can be gone on with."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from pagertree_async.errors import PagerTreeError
from pagertree_async.export import incremental
from pagertree_async.export.accounts import Account
from pagertree_async.export.asking import CREATED, UPDATED, Asks, Bounds, Step
from pagertree_async.export.checkpoint import Checkpoint, Plan, read
from pagertree_async.export.files import ExportStateError, Mark, Sink, replace, sync_folder
from pagertree_async.export.incremental import EARLIER, Complete, Latest
from pagertree_async.export.reading import Reading
from pagertree_async.export.report import Exported, Progress
from pagertree_async.export.sinks import Open
from pagertree_async.export.spans import floor
from pagertree_async.export.ways import Course
from pagertree_async.export.writing import Writer
from pagertree_async.paging import Sent

KEPT_EVERY = 1.0
"""Seconds between two checkpoints."""
FEW = 4
"""So many pages may wait to be written however few are read at a time."""

Watch = Callable[[Progress], object]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is exported of one resource.

    Attributes:
        name: The resource's name: ``alerts``.
        path: Its path below the base URL.
        model: What a row is.
        created: What can be asked of its list in the order of creation.
        updated: What can be asked of it in the order of the last update.
        incremental: Whether the finished file is only to be brought up to date.
        quick: Whether its rows are written in so little time that it needs no worker.
        plan: What an earlier export must have had in common with this one to be gone on with.
    """

    name: str
    path: str
    model: type[Any]
    created: Asks
    updated: Asks
    incremental: bool
    quick: bool
    plan: Plan


class Table:
    """One resource on its way to its file.

    All but what :meth:`saving` and :meth:`finishing` hand out is called by one at a time, and does not block.

    Args:
        source: What is exported.
        open_: Opens the sink.
        folder: Where the checkpoint goes, None where nothing can be gone on with.
        at_once: How many pages are read at a time, at most; as many may wait to be written.
        progress: Is told of each page.
        rate: Tells the pace in force, in requests a second.

    Raises:
        ExportStateError: There is a checkpoint of something else.
        OSError: Its file cannot be opened.
    """

    def __init__(
        self,
        source: Source,
        open_: Open,
        folder: Path | None,
        at_once: int,
        progress: Watch | None,
        rate: Callable[[], float | None],
    ) -> None:
        self.name: str = source.name
        self.path: str = source.path
        self._source = source
        self._open = open_
        self._state = folder and folder / f"{self.name}.checkpoint"
        self._complete = folder and folder / f"{self.name}.complete"
        self._most_held = max(FEW, at_once)
        self._progress = progress
        self._rate = rate
        self._begun = self._saved = time.monotonic()
        self._warnings: list[str] = []
        self._ends = self._finished = self._whole = False
        self._pages = self._before = 0
        self._stage = CREATED
        self._after: datetime | None = None
        self._until: datetime | None = None
        self._latest: Latest | None = None
        self._account = Account(None, None)
        self._asks_whose = False
        kept = self._state and read(self._state, Checkpoint, source.plan)
        if kept is not None:
            self._go_on(kept)
        elif source.incremental:
            self._bring_up_to_date()
        self._writer = Writer(
            partial(self._opened, None),
            self.forget,
            quick=source.quick,
            sink=self._opened(kept.mark) if kept else None,
            rows=kept.rows if kept else 0,
        )
        self._reading = self._reads(kept.course if kept else Course())
        self._step_on()

    def _go_on(self, kept: Checkpoint) -> None:
        self._stage, self._after, self._until = kept.stage, kept.after, kept.until
        self._pages, self._whole, self._warnings = kept.pages, kept.whole, kept.warnings
        self._account = Account(kept.account, self._state)

    def _bring_up_to_date(self) -> None:
        source = self._source
        assert self._complete is not None, "a stream is not brought up to date"
        complete = incremental.complete(self._complete, source.plan)
        if complete is not None:
            self._after = complete.until - EARLIER
            self._account = Account(complete.account, self._complete)
        self._latest = Latest(source.created, source.updated)

    def _opened(self, mark: Mark | None) -> Sink:
        return self._open(self.name, self._source.model, mark, merge=self._after is not None)

    def _reads(self, course: Course) -> Reading:
        """The list of what is read at this stage."""
        source, bounds = self._source, self._source.created.bounds
        low = max(filter(None, (bounds.low, self._after)), default=None)
        if self._stage == UPDATED:  # what was created since has been read
            older = source.updated.bounded(Bounds(bounds.low, floor(low)))
            return Reading(older, self._writer, self.warn, course, Bounds(self._after), only_by_time=True)
        return Reading(source.created, self._writer, self.warn, course, Bounds(low, bounds.before))

    # What is asked for, and what came

    @property
    def begun(self) -> bool:
        """Whether there is anything of it."""
        return self._writer.sink is not None or self._writer.rows > 0

    def next(self, room: int = 1) -> Step | None:
        """What can be asked for now, None when nothing can before an answer is there.

        Args:
            room: How many could be asked for at once.
        """
        if self._whole and self._account.doubted and not self._asks_whose:
            self._asks_whose = True
            return Step(kind="account", listing=self._source.created.plain())
        if self._whole or self._writer.held >= self._most_held:
            return None
        return self._reading.next(room) if self._latest is None else self._latest.next()

    def take(self, step: Step, sent: Sent) -> None:
        """Take in a page.

        Raises:
            ExportStateError: It is of another account than what an earlier export left.
            PaginationError: The server's paging is at fault.
            InvalidResponseError: A row has no id.
            OSError: It cannot be written.
        """
        try:
            self._account.saw(sent.rows)
        except ExportStateError:
            self._ends = True  # what is there stays as it is
            raise
        if step.kind == "account":
            self._account.doubted = False
        if self._whole:
            return
        if self._latest is not None:
            self._latest.take(step, sent)
        else:
            self._pages += step.limit > 1
            self._reading.take(step, sent)
            if step.limit > 1:
                self.tell()
        self._step_on()

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Take in that a step failed; tell whether there is another way."""
        if self._whole:
            return step.kind != "account"
        done_without = (self._latest or self._reading).refused(step, error)
        if done_without:
            self._step_on()
        return done_without

    def _step_on(self) -> None:
        """Go on to the next stage where one has come to its end."""
        if self._latest is not None and self._latest.done:
            self._until, self._latest = self._latest.moment, None
        if self._whole or self._latest is not None or not self._reading.done:
            return
        if self._reading.given_up is not None:
            self._not_updated(self._reading.given_up)
        elif self._stage == CREATED and self._after is not None and self._reading.ordered:
            self._stage, self._before = UPDATED, self._writer.rows
            self._reading = self._reads(Course())
            self._step_on()
            return
        self._whole = True

    def _not_updated(self, why: str) -> None:
        self.warn(
            f"{self._source.created.verb} cannot be asked for what was updated ({why}): rows that are older are as they were"
        )

    def warn(self, text: str) -> None:
        """Take in what cannot be proved."""
        if text not in self._warnings:
            self._warnings.append(text)

    # What is written and kept

    @property
    def due(self) -> bool:
        """Whether there is something to be written or kept."""
        writer = self._writer
        if writer.busy or writer.torn:
            return False
        return bool(writer.held) or self._keeps

    @property
    def _keeps(self) -> bool:
        """Whether there should be a checkpoint."""
        if self._state is None or self._writer.sink is None:
            return False
        if self._writer.by_window:
            return self._writer.sealable
        return time.monotonic() - self._saved > KEPT_EVERY

    def saving(self, *, keep: bool = False) -> Callable[[], int | None]:
        """Begin to write what waits, and a checkpoint where there should be one, or ``keep`` says so.

        What is handed out does it, and tells how many rows are safe; it blocks. Then, :meth:`saved` is to be called.
        """
        keep = self._state is not None and (keep or self._keeps)
        batch = self._writer.batch(last=self._whole)
        kept = self._checkpoint(batch.rows) if keep else None

        def save() -> int | None:
            with self._writer.bringing(batch) as sink:
                if kept is None or self._state is None:
                    return None
                kept.mark = sink.mark()
                replace(self._state, msgspec.json.encode(kept))
            return kept.rows

        return save

    def _checkpoint(self, rows: int) -> Checkpoint:
        self._saved = time.monotonic()
        return Checkpoint(
            plan=self._source.plan,
            account=self._account.known,
            mark=None,
            stage=self._stage,
            course=self._reading.course(sealed=self._writer.by_window),
            rows=rows,
            pages=self._pages,
            whole=self._whole,
            warnings=[*self._warnings],
            after=self._after,
            until=self._until,
        )

    def saved(self) -> None:
        """Take in that all was written.

        Raises:
            OSError: What came meanwhile cannot be.
        """
        self._writer.done()

    @property
    def ready(self) -> bool:
        """Whether it can be finished."""
        return (
            self._whole
            and not self._account.doubted
            and not self._writer.busy
            and not self._writer.torn
            and not self._ends
        )

    def finishing(self) -> Callable[[], Exported]:
        """Begin the end: what is handed out gives the file its name; the checkpoint stays until the whole export is done."""
        self._ends = True
        save = self.saving(keep=True)

        def finish() -> Exported:
            with self._writer.disk:
                save()
                return self._finish()

        return finish

    def _finish(self) -> Exported:
        sink, complete, until = self._writer.sink, self._complete, self._until
        assert sink is not None, "it was saved"
        stays = self._source.incremental and until is not None
        if complete is not None and not stays:
            complete.unlink(missing_ok=True)
        sink.finish()
        self._finished = True
        if complete is not None and until is not None and stays:
            left = Complete(plan=self._source.plan, account=self._account.known, file=sink.path.name, until=until)
            incremental.keep(complete, left)
        return Exported(
            resource=self.name,
            path=sink.path,
            rows=self._writer.rows,
            pages=self._pages,
            bytes=sink.bytes,
            seconds=time.monotonic() - self._begun,
            warnings=tuple(self._warnings),
        )

    def forget(self) -> None:
        """Remove the checkpoint: there is nothing to go on with."""
        if self._state is not None:
            self._state.unlink(missing_ok=True)
            sync_folder(self._state.parent)

    def let_go(self) -> int | None:
        """Keep how far it is, where that can be gone on with, and let go of the file; tell how many rows are kept.

        It blocks, until whoever still brings the file to the disk has done so.

        Raises:
            OSError: It cannot be kept.
        """
        writer = self._writer
        with writer.disk:
            if writer.sink is None or self._finished:
                return None
            try:
                if writer.torn or self._ends or self._state is None:
                    return None
                self._reading.seal()
                return self.saving(keep=True)()
            finally:
                writer.sink.close()

    def close(self) -> None:
        """Let go of the file; closing it again changes nothing."""
        if self._writer.sink is not None and not self._finished:
            self._writer.sink.close()

    def tell(self, *, done: bool = False) -> None:
        """Tell how far it is."""
        if self._progress is not None:
            total = self._reading.total
            self._progress(
                Progress(
                    resource=self.name,
                    rows=self._writer.rows,
                    total=None if total is None else self._before + total,
                    done=done,
                    pace=self._rate(),
                )
            )
