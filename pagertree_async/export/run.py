"""The export itself: every list to a file of its own, several pages at a time over resources and windows of time."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from os import PathLike
from pathlib import Path
from typing import Any, overload

import msgspec

from pagertree_async.client import AsyncClient, BlockingClient, Client
from pagertree_async.endpoints import Lists, Service, operations
from pagertree_async.errors import InvalidArgumentError, PagerTreeError
from pagertree_async.export.files import VERSION, Lock
from pagertree_async.export.report import Exported, ExportError, Report
from pagertree_async.export.sinks import FORMATS, opener
from pagertree_async.export.table import Step, Table, Watch
from pagertree_async.paging import fetch_sent
from pagertree_async.params import checked


def resources(client: Client[Any]) -> dict[str, Service[Any]]:
    """Every service of a client that can list, by its name: what an export of the whole account reads."""
    services: list[Service[Any]] = [service for service in vars(client).values() if isinstance(service, Service)]
    return {service.name: service for service in services if _list_of(service) is not None}


def _list_of(service: Service[Any]) -> Lists[..., Any] | None:
    found = (operation for operation in operations(type(service)) if operation.verb == "list" and operation.paged)
    listed: Any = next(found, None)
    return listed


@overload
def export(
    client: AsyncClient,
    directory: str | PathLike[str],
    *,
    only: Iterable[str] | None = None,
    format: str = "ndjson",
    since: datetime | None = None,
    until: datetime | None = None,
    filters: Mapping[str, Mapping[str, Any]] | None = None,
    at_once: int = 8,
    progress: Watch | None = None,
) -> Coroutine[Any, Any, Report]: ...
@overload
def export(
    client: BlockingClient,
    directory: str | PathLike[str],
    *,
    only: Iterable[str] | None = None,
    format: str = "ndjson",
    since: datetime | None = None,
    until: datetime | None = None,
    filters: Mapping[str, Mapping[str, Any]] | None = None,
    at_once: int = 8,
    progress: Watch | None = None,
) -> Report: ...
def export(
    client: AsyncClient | BlockingClient,
    directory: str | PathLike[str],
    *,
    only: Iterable[str] | None = None,
    format: str = "ndjson",
    since: datetime | None = None,
    until: datetime | None = None,
    filters: Mapping[str, Mapping[str, Any]] | None = None,
    at_once: int = 8,
    progress: Watch | None = None,
) -> Any:
    """Write every list of the account to a file of its own: ``alerts.ndjson``.

    A file is written as ``alerts.ndjson.part``, beside a checkpoint that says how much of it is good, and gets its name
    when it is whole and on the disk; what an earlier export left under that name stays until then. An export that was
    interrupted, in whatever way, is gone on with by the same call. Secrets are left out. Rows stand in the order they
    came, which is that of their creation within each window of time.

    Args:
        client: Reads the account: awaited when it is async, otherwise by threads.
        directory: Where the files go; made if it is not there.
        only: The names of the resources to export; by default all.
        format: What the files are: one of ``FORMATS``.
        since: Only what was created at this moment or later.
        until: Only what was created before this moment.
        filters: What rows are selected by, for each resource that is: what its ``list`` takes.
        at_once: How many pages are read at a time.
        progress: Called after each page.

    Returns:
        What was written. Its ``warnings`` say which lists ended short of their total.

    Raises:
        ExportError: A resource could not be finished; those that were stay, and ``__cause__`` is why.
        ExportStateError: The folder has the checkpoint of another export, or one that is torn; nothing was changed.
        InvalidArgumentError: There is no such resource, format or filter, or another export writes there.
        OSError: The directory cannot be made.
    """
    if at_once < 1:
        message = "at_once must be at least 1"
        raise InvalidArgumentError(message)
    if format not in FORMATS:
        message = f"there is no format {format!r}; there are {', '.join(FORMATS)}"
        raise InvalidArgumentError(message)
    services = _chosen(client, only)
    wanted = {name: dict(given) for name, given in (filters or {}).items()}
    for name, given in wanted.items():
        service = services.get(name)
        if service is None:
            message = f"there is a filter for {name!r}, which is not exported"
            raise InvalidArgumentError(message)
        operation = _list_of(service)
        assert operation is not None, "it was chosen by it"
        checked(operation.params, given, f"{name}.list")
    for name, moment in (("since", since), ("until", until)):
        if moment is not None and moment.tzinfo is None:
            message = f"{name} must have a time zone"
            raise InvalidArgumentError(message)
    between = since, until and until - timedelta(microseconds=1)
    job = _Job(client, Path(directory), services, wanted, between, format, at_once, progress)
    return client._session.mode.run(job.run())  # pyright: ignore[reportPrivateUsage]


def _chosen(client: Client[Any], only: Iterable[str] | None) -> dict[str, Service[Any]]:
    known = resources(client)
    wanted = set(known) if only is None else {only} if isinstance(only, str) else set(only)
    strange = sorted(wanted - known.keys())
    if strange:
        message = f"there is no list of {strange[0]!r}; there are {', '.join(known)}"
        raise InvalidArgumentError(message)
    return {name: service for name, service in known.items() if name in wanted}


class _Job:
    """One export: what is to be done, and what has been."""

    def __init__(
        self,
        client: Client[Any],
        folder: Path,
        services: dict[str, Service[Any]],
        filters: dict[str, dict[str, Any]],
        between: tuple[datetime | None, datetime | None],
        format: str,
        at_once: int,
        progress: Watch | None,
    ) -> None:
        self._client = client
        self._session = client._session  # pyright: ignore[reportPrivateUsage]
        self._folder = folder
        self._services = services
        self._filters = filters
        self._between = between
        self._format = format
        self._at_once = at_once
        self._progress = progress
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._tables: list[Table] = []
        self._failures: list[tuple[str, Exception]] = []
        self._finished: dict[str, Exported] = {}
        self._done: list[Table] = []
        self._under_way = 0
        self._over = False

    def _plan(self, name: str) -> str:
        """A hash of what is exported from where and how, by which a checkpoint is known."""
        plan = [VERSION, self._client.base_url, name, self._format, self._between, self._filters.get(name)]
        return hashlib.sha256(msgspec.json.encode(plan, enc_hook=repr)).hexdigest()

    async def run(self) -> Report:
        """Do it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = Lock(self._folder)
        try:
            with_sinks = opener(self._format, self._folder)
            for name, service in self._services.items():
                operation = _list_of(service)
                assert operation is not None, "it was chosen by it"
                try:
                    table = Table(
                        service,
                        operation,
                        self._filters.get(name, {}),
                        self._between,
                        self._plan(name),
                        with_sinks,
                        self._folder,
                        self._progress,
                    )
                except OSError as error:
                    raise self._failed(name, error) from error
                self._tables.append(table)
            for table in [*self._tables]:
                self._finish(table)
            await self._work_all()
            if not self._failures:
                for table in self._done:
                    table.forget()
        finally:
            self._let_go()
            lock.release()
        if self._failures:
            name, error = self._failures[0]
            if isinstance(error, PagerTreeError | OSError):
                raise self._failed(name, error) from error
            raise error
        return self._report()

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
        """Ask for as much as may be asked for at a time."""
        with self._lock:
            while self._under_way < self._at_once and not self._failures:
                found = next(((table, step) for table in self._tables if (step := table.next()) is not None), None)
                if found is None:
                    break
                self._under_way += 1
                self._crew.start(self._work(*found))
            if not self._under_way:
                self._ended.set()

    def _work(self, table: Table, step: Step) -> Callable[[], Coroutine[Any, Any, None]]:
        async def work() -> None:
            try:
                await self._one(table, step)
            except Exception as error:
                self._failures.append((table.name, error))
                self._ended.set()
            with self._lock:
                self._under_way -= 1
            self._fill()

        return work

    async def _one(self, table: Table, step: Step) -> None:
        try:
            sent = await fetch_sent(self._session, step.listing, step.limit, step.offset)
        except PagerTreeError as error:
            with self._lock:
                if not table.refused(error):
                    raise
            return
        with self._lock:
            if not self._over:
                table.take(step, sent)
                self._finish(table)

    def _finish(self, table: Table) -> None:
        if table.whole:
            self._finished[table.name] = table.finish()
            self._tables.remove(table)
            self._done.append(table)

    def _let_go(self) -> None:
        """Keep how far everything is, and let go of the files."""
        with self._lock:
            self._over = True
            for table in self._tables:
                try:
                    table.keep()
                except OSError as error:
                    self._failures.append((table.name, error))
                table.sink.close()

    def _report(self) -> Report:
        done = (self._finished.get(name) for name in self._services)
        return Report(resources=tuple(one for one in done if one is not None), seconds=time.monotonic() - self._begun)

    def _failed(self, name: str, error: Exception) -> ExportError:
        failure = ExportError(name, error, self._report())
        if isinstance(error, PagerTreeError):
            failure.maybe_applied, failure.next_offset = error.maybe_applied, error.next_offset
        return failure
