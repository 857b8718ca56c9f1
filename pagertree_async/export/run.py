"""The export itself: every list to a file of its own, several at a time where that is possible."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, overload

from pagertree_async.client import AsyncClient, BlockingClient, Client
from pagertree_async.endpoints import Service, operations
from pagertree_async.errors import IncompleteListWarning, InvalidArgumentError, PagerTreeError
from pagertree_async.export.files import Lines
from pagertree_async.export.report import Exported, ExportError, Progress, Report
from pagertree_async.http import Timeout
from pagertree_async.pages import Page
from pagertree_async.retry import RetryPolicy

PAGE = 100
PATIENCE = Timeout(total=600.0, attempt=60.0, write=30.0, read=30.0)
PERSISTENCE = RetryPolicy(attempts=8, max_retry_after=900.0)

Watch = Callable[[Progress], object]


def resources(client: Client[Any]) -> dict[str, Service[Any]]:
    """Every service of a client that can list, by its name: what an export of the whole account reads."""
    services: list[Service[Any]] = [service for service in vars(client).values() if isinstance(service, Service)]
    return {
        service.name: service
        for service in services
        if any(operation.verb == "list" and operation.paged for operation in operations(type(service)))
    }


@overload
def export(
    client: AsyncClient,
    directory: str | PathLike[str],
    *,
    only: Iterable[str] | None = None,
    at_once: int = 4,
    progress: Watch | None = None,
) -> Coroutine[Any, Any, Report]: ...
@overload
def export(
    client: BlockingClient,
    directory: str | PathLike[str],
    *,
    only: Iterable[str] | None = None,
    at_once: int = 4,
    progress: Watch | None = None,
) -> Report: ...
def export(
    client: AsyncClient | BlockingClient,
    directory: str | PathLike[str],
    *,
    only: Iterable[str] | None = None,
    at_once: int = 4,
    progress: Watch | None = None,
) -> Any:
    """Write every list of the account to NDJSON, one file a resource: ``alerts.ndjson``.

    A file is written as ``alerts.ndjson.part`` and gets its name when it is whole and on the disk; what an earlier
    export left under that name stays until then. Secrets are left out.

    Args:
        client: Reads the account: awaited when it is async, otherwise one resource after the other.
        directory: Where the files go; made if it is not there.
        only: The names of the resources to export; by default all.
        at_once: How many resources an async client reads at a time.
        progress: Called after each page.

    Returns:
        What was written. Its ``warnings`` say which lists ended short of their total.

    Raises:
        ExportError: A resource could not be finished; the others that were stay, and ``__cause__`` is why.
        InvalidArgumentError: There is no such resource, or ``at_once`` is below 1.
        OSError: The directory cannot be made.
    """
    if at_once < 1:
        message = "at_once must be at least 1"
        raise InvalidArgumentError(message)
    folder = Path(directory)
    job = _Job(folder, _chosen(client, only), progress)
    folder.mkdir(parents=True, exist_ok=True)
    return job.run_async(at_once) if isinstance(client, AsyncClient) else job.run()


def _chosen(client: Client[Any], only: Iterable[str] | None) -> list[Service[Any]]:
    known = resources(client)
    wanted = set(known) if only is None else {only} if isinstance(only, str) else set(only)
    strange = sorted(wanted - known.keys())
    if strange:
        message = f"there is no list of {strange[0]!r}; there are {', '.join(known)}"
        raise InvalidArgumentError(message)
    return [service for name, service in known.items() if name in wanted]


class _Table:
    """One resource on its way to its file."""

    def __init__(self, service: Service[Any], folder: Path, progress: Watch | None) -> None:
        self.name = service.name
        listing: Any = service
        self.list = listing.list(limit=PAGE, timeout=PATIENCE, retry=PERSISTENCE)
        self.file = Lines(folder / f"{service.name}.ndjson")
        self._progress = progress
        self._begun = time.monotonic()
        self._rows = 0
        self._read = 0
        self._total: int | None = None
        self._warnings: list[str] = []

    def take(self, page: Page[Any]) -> None:
        """Write a page."""
        self.file.write(page.data)
        self._rows += len(page.data)
        self._read += 1
        self._total = page.total_count
        self._tell(done=False)

    def warned(self, warning: Warning) -> None:
        """The list ended short of its total, said by a warning that the caller has made an error."""
        self._warnings.append(str(warning))

    @property
    def doubtful(self) -> bool:
        """Whether the list was empty, which its total has yet to confirm: no page of it was handed on."""
        return self._read == 0 and not self._warnings

    def confirm(self, total: int) -> None:
        """Take in the total of a list that was empty."""
        self._total = total

    def done(self) -> Exported:
        """What was written, after the file was finished."""
        if not self._warnings and self._total is not None and self._rows < self._total:
            self._warnings.append(f"{self.name}.list() ended after {self._rows} of {self._total} rows")
        self._tell(done=True)
        return Exported(
            resource=self.name,
            path=self.file.path,
            rows=self._rows,
            pages=self._read,
            bytes=self.file.bytes,
            seconds=time.monotonic() - self._begun,
            warnings=tuple(self._warnings),
        )

    def _tell(self, *, done: bool) -> None:
        if self._progress is not None:
            self._progress(Progress(resource=self.name, rows=self._rows, total=self._total, done=done))


class _Job:
    """One export: what is to be done, and what has been."""

    def __init__(self, folder: Path, services: Sequence[Service[Any]], progress: Watch | None) -> None:
        self._folder = folder
        self._services = services
        self._progress = progress
        self._begun = time.monotonic()
        self._finished: dict[str, Exported] = {}

    def _report(self) -> Report:
        done = (self._finished.get(service.name) for service in self._services)
        return Report(resources=tuple(one for one in done if one is not None), seconds=time.monotonic() - self._begun)

    def _failed(self, name: str, error: Exception) -> ExportError:
        failure = ExportError(name, error, self._report())
        if isinstance(error, PagerTreeError):
            failure.maybe_applied, failure.next_offset = error.maybe_applied, error.next_offset
        return failure

    def run(self) -> Report:
        """One resource after the other."""
        for service in self._services:
            try:
                self._one(service)
            except (PagerTreeError, OSError) as error:
                raise self._failed(service.name, error) from error
        return self._report()

    def _one(self, service: Service[Any]) -> None:
        table = _Table(service, self._folder, self._progress)
        try:
            try:
                for page in table.list.pages():
                    table.take(page)
            except IncompleteListWarning as warning:
                table.warned(warning)
            if table.doubtful:
                table.confirm(table.list.count())
            table.file.finish()
            self._finished[service.name] = table.done()
        finally:
            table.file.discard()

    async def run_async(self, at_once: int) -> Report:
        """Several resources at a time; the first that fails ends the others."""
        import anyio

        waiting = list(reversed(self._services))
        failures: list[ExportError] = []

        async def worker() -> None:
            while waiting:
                service = waiting.pop()
                try:
                    await self._one_async(service)
                except (PagerTreeError, OSError) as error:
                    failures.append(self._failed(service.name, error))
                    group.cancel_scope.cancel()
                    return

        async with anyio.create_task_group() as group:
            for _ in range(at_once):
                group.start_soon(worker)
        if failures:
            failure = failures[0]
            failure.report = self._report()
            raise failure from failure.__cause__
        return self._report()

    async def _one_async(self, service: Service[Any]) -> None:
        from anyio import to_thread

        table = _Table(service, self._folder, self._progress)
        try:
            try:
                async for page in table.list.pages():
                    table.take(page)
            except IncompleteListWarning as warning:
                table.warned(warning)
            if table.doubtful:
                table.confirm(await table.list.count())
            await to_thread.run_sync(table.file.finish)
            self._finished[service.name] = table.done()
        finally:
            table.file.discard()
