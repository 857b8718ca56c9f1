"""An export under way: pages at a time over resources and windows, checkpoints beside them, and what came of it all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from pagertree_async.errors import APIError, PagerTreeError
from pagertree_async.export.aside import aside
from pagertree_async.export.asking import Step
from pagertree_async.export.report import Exported, ExportError, Refused, Report
from pagertree_async.export.table import Table
from pagertree_async.paging import fetch_sent
from pagertree_async.session import Session

NOT_FOR_US = {403, 404, 405}
"""What a list is answered with that the credentials, or the account, do not reach."""


LETS_OTHERS = 16
"""After so many pages, whoever reads them lets others have a turn."""
Read = tuple[Table, Step]
"""What is to be read, and of which table."""


class Job:
    """An export under way.

    Args:
        session: Makes the calls.
        tables: What is exported.
        at_once: How many pages are read at a time.
        chosen: Whether each of the resources was asked for by its name, so that none can be done without.
    """

    def __init__(self, session: Session[Any], tables: list[Table], at_once: int, *, chosen: bool) -> None:
        self._session = session
        self._order = [table.name for table in tables]
        self._tables = tables
        self._at_once = at_once
        self._chosen = chosen
        self._begun = time.monotonic()
        self._before = _stats(session)
        self._lock = threading.Lock()
        self._failures: list[tuple[str, Exception]] = []
        self._refused: dict[str, PagerTreeError] = {}
        self._finished: dict[str, Exported] = {}
        self._done: list[Table] = []
        self._reads = self._keeps = 0
        self._over = False

    async def run(self) -> Report:
        """Do it."""
        try:
            await self._work_all()
            assert self._failures or not self._tables, "it ends when all is there"
            self._refused = {name: self._refused[name] for name in self._order if name in self._refused}
            if not self._failures and self._refused and (self._chosen or not self._finished):
                self._failures.append(next(iter(self._refused.items())))
            if not self._failures:
                await aside(self._session.mode, self._forget)
        finally:
            await self._let_go()
        if self._failures:
            name, error = self._failures[0]
            if isinstance(error, PagerTreeError | OSError):
                raise self._failed(name, error) from error
            raise error
        return self._report()

    def _forget(self) -> None:
        for table in self._done:
            table.forget()

    async def _work_all(self) -> None:
        mode = self._session.mode
        transport: Any = self._session._transport  # pyright: ignore[reportPrivateUsage]
        self._crew = mode.crew(getattr(transport, "cut", None))
        self._ended = mode.signal()
        await self._crew.open()
        try:
            self._fill()
            await self._ended.wait()
        finally:
            await self._crew.close()

    def _fill(self) -> None:
        """Have as much done at a time as may be."""
        with self._lock:
            for table in self._tables if not self._failures else ():
                if table.ready:
                    self._start(self._finish(table))
                elif table.due:
                    self._start(self._save(table))
            while (found := self._next()) is not None:
                self._crew.start(partial(self._read, found))
            if not self._reads and not self._keeps:
                self._ended.set()

    def _next(self) -> Read | None:
        """What is to be read next, taken by whoever asks."""
        room = self._at_once - self._reads
        if room <= 0 or self._failures:
            return None
        for table in self._tables:
            step = table.next(room)
            if step is not None:
                self._reads += 1
                return table, step
        return None

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._keeps += 1
        self._crew.start(work)

    def _fails(self, table: Table, error: Exception) -> None:
        self._failures.append((table.name, error))
        self._ended.set()

    # What is read

    async def _read(self, found: Read | None) -> None:
        """Read a page, and one after another for as long as there is something to be read."""
        pages = 0
        while found is not None:
            table, step = found
            try:
                await self._one(table, step)
            except Exception as error:
                self._fails(table, error)
            with self._lock:
                self._reads -= 1
                found = self._next()
            self._fill()
            pages += 1
            if pages % LETS_OTHERS == 0:  # a transport that never waits would let nobody else in
                await self._session.mode.sleep(0)

    async def _one(self, table: Table, step: Step) -> None:
        try:
            sent = await fetch_sent(self._session, step.listing, step.limit, step.offset)
        except PagerTreeError as error:
            with self._lock:
                if not self._over and not table.refused(step, error) and not self._goes_without(table, error):
                    raise
            return
        with self._lock:
            if not self._over:
                table.take(step, sent)

    def _goes_without(self, table: Table, error: PagerTreeError) -> bool:
        """Whether the others go on without a list that is not for those who ask."""
        if not isinstance(error, APIError) or error.status not in NOT_FOR_US or table.begun:
            return False
        self._refused[table.name] = error
        self._tables.remove(table)
        return True

    # What is kept

    def _save(self, table: Table) -> Callable[[], Coroutine[Any, Any, None]]:
        save = table.saving()

        async def work() -> None:
            try:
                rows = await aside(self._session.mode, save)
                with self._lock:
                    if not self._over:
                        table.saved()
            except Exception as error:
                self._fails(table, error)
            else:
                await self._told(table, rows)
            with self._lock:
                self._keeps -= 1
            self._fill()

        return work

    async def _told(self, table: Table, rows: int | None) -> None:
        """Tell of a checkpoint, where there was one."""
        if rows is not None:
            await self._session.telling.checkpoint(table.path, rows)

    def _finish(self, table: Table) -> Callable[[], Coroutine[Any, Any, None]]:
        finish = table.finishing()

        async def work() -> None:
            try:
                exported = await aside(self._session.mode, finish)
                with self._lock:
                    self._finished[table.name] = exported
                    self._tables.remove(table)
                    self._done.append(table)
                    table.tell(done=True)
            except Exception as error:
                self._fails(table, error)
            else:
                await self._told(table, exported.rows)
            with self._lock:
                self._keeps -= 1
            self._fill()

        return work

    async def _let_go(self) -> None:
        """Keep how far everything is, and let go of the files."""
        with self._lock:
            self._over = True
        for table in self._tables:
            try:
                rows = await aside(self._session.mode, table.let_go)
            except OSError as error:
                self._failures.append((table.name, error))
            else:
                await self._told(table, rows)

    # What came of it

    def _report(self) -> Report:
        done = (self._finished.get(name) for name in self._order)
        retries, waited = (_less(now, before) for now, before in zip(_stats(self._session), self._before, strict=True))
        return Report(
            resources=tuple(one for one in done if one is not None),
            seconds=time.monotonic() - self._begun,
            refused=tuple(Refused(resource=name, why=str(error)) for name, error in self._refused.items()),
            retries={cause: round(count) for cause, count in retries.items()},
            waited=waited,
        )

    def _failed(self, name: str, error: Exception) -> ExportError:
        failure = ExportError(name, error, self._report())
        if isinstance(error, PagerTreeError):
            failure.maybe_applied, failure.next_offset = error.maybe_applied, error.next_offset
        return failure


def _stats(session: Session[Any]) -> tuple[dict[str, float], dict[str, float]]:
    stats = session.telling.stats
    return {**stats.retries}, {**stats.waited}


def _less(now: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {cause: value - before.get(cause, 0) for cause, value in now.items() if value > before.get(cause, 0)}
