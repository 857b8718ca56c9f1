"""The export itself: every list to a file of its own, several pages at a time over resources and windows of time."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, overload

import msgspec

from pagertree_async.client import AsyncClient, BlockingClient, Client
from pagertree_async.endpoints import Lists, Service, operations
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.export.aside import aside
from pagertree_async.export.asking import CREATED, UPDATED, Asks, Bounds
from pagertree_async.export.checkpoint import Plan
from pagertree_async.export.formats import FORMATS, STREAM_FORMATS
from pagertree_async.export.job import Job
from pagertree_async.export.lock import Lock
from pagertree_async.export.report import ExportError, Report
from pagertree_async.export.sinks import opener
from pagertree_async.export.table import Source, Table, Watch
from pagertree_async.params import checked

OURS = frozenset({"limit", "offset", "page", "sort", "direction", "created_at", "timeout", "retry"})
"""What an export asks of a list by itself."""
QUICK = frozenset({"ndjson", "parquet"})
"""The formats whose rows are taken in so little time that no worker is needed; to bring them to the disk one is."""


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
    to: str | PathLike[str] | BinaryIO,
    *,
    only: Iterable[str] | None = None,
    format: str = "ndjson",
    since: datetime | None = None,
    until: datetime | None = None,
    incremental: bool = False,
    filters: Mapping[str, Mapping[str, Any]] | None = None,
    at_once: int = 8,
    progress: Watch | None = None,
) -> Coroutine[Any, Any, Report]: ...
@overload
def export(
    client: BlockingClient,
    to: str | PathLike[str] | BinaryIO,
    *,
    only: Iterable[str] | None = None,
    format: str = "ndjson",
    since: datetime | None = None,
    until: datetime | None = None,
    incremental: bool = False,
    filters: Mapping[str, Mapping[str, Any]] | None = None,
    at_once: int = 8,
    progress: Watch | None = None,
) -> Report: ...
def export(
    client: AsyncClient | BlockingClient,
    to: str | PathLike[str] | BinaryIO,
    *,
    only: Iterable[str] | None = None,
    format: str = "ndjson",
    since: datetime | None = None,
    until: datetime | None = None,
    incremental: bool = False,
    filters: Mapping[str, Mapping[str, Any]] | None = None,
    at_once: int = 8,
    progress: Watch | None = None,
) -> Any:
    """Write every list of the account to a file of its own: ``alerts.ndjson``.

    A file is written as ``alerts.ndjson.part``, beside a checkpoint that says how much of it is good, and gets its name
    when it is whole and on the disk; what an earlier export left under that name stays until then. An export that was
    interrupted, in whatever way, is gone on with by the same call. Secrets are left out. Rows stand in the order they
    came, which is that of their creation within each window of time. What is created after the export began is left to
    the next one.

    Args:
        client: Reads the account: awaited when it is async, otherwise by threads.
        to: The folder that the files go to, made if it is not there; or a binary stream, which takes one resource as
            one of ``STREAM_FORMATS`` and cannot be gone on with.
        only: The names of the resources to export; by default all.
        format: What the files are: one of ``FORMATS``.
        since: Only what was created at this moment or later.
        until: Only what was created before this moment.
        incremental: Bring the finished files of the last such export up to date, by what was created or updated since,
            five minutes more to be safe; the first time, everything is read. Rows that were deleted, or that no longer
            fit ``filters``, cannot be seen so, and stay.
        filters: What rows are selected by, for each resource that is: what its ``list`` takes.
        at_once: How many pages are read at a time.
        progress: Called after each page.

    Returns:
        What was written. Its ``warnings`` say what cannot be proved complete, and which lists were left out because the
        credentials do not reach them.

    Raises:
        ExportError: A resource could not be finished; those that were stay, and ``__cause__`` is why. A list that is
            forbidden counts only where it was named in ``only``, or where all are.
        ExportStateError: The folder has the checkpoint of another export, or one that is torn; nothing was changed.
        InvalidArgumentError: There is no such resource, format or filter, or another export writes there.
        OSError: The directory cannot be made.
    """
    if at_once < 1:
        message = "at_once must be at least 1"
        raise InvalidArgumentError(message)
    if format not in FORMATS:
        near = difflib.get_close_matches(format, FORMATS, n=1, cutoff=0.5)
        there_are = f"did you mean {near[0]!r}? There are" if near else "there are"
        message = f"there is no format {format!r}; {there_are} {', '.join(FORMATS)}"
        raise InvalidArgumentError(message)
    services = _chosen(client, only)
    wanted = {name: dict(given) for name, given in (filters or {}).items()}
    for name, given in wanted.items():
        _check_filter(name, services.get(name), given)
    for name, moment in (("since", since), ("until", until)):
        if moment is not None and moment.tzinfo is None:
            message = f"{name} must have a time zone"
            raise InvalidArgumentError(message)
    target = Path(to) if isinstance(to, str | PathLike) else to
    if not isinstance(target, Path):
        _check_stream(services, format, incremental=incremental)
    if incremental and until is not None:
        message = "an incremental export has no end: it is gone on with by the next one"
        raise InvalidArgumentError(message, hint="Leave out until")

    bounds = Bounds(since, until)
    session = client._session  # pyright: ignore[reportPrivateUsage]
    root = session.settings.base_url + session.settings.prefix

    def source(name: str, service: Service[Any]) -> Source:
        operation = _list_of(service)
        assert operation is not None, "it was chosen by it"
        filters = wanted.get(name, {})
        selected = msgspec.json.encode(filters, enc_hook=repr, order="sorted").decode()
        plan = Plan(base_url=root, format=format, since=since, until=until, incremental=incremental, filters=selected)
        return Source(
            name=name,
            path=service.path,
            model=operation.result,
            created=Asks(service, operation, filters, CREATED, bounds),
            updated=Asks(service, operation, filters, UPDATED, bounds),
            incremental=incremental,
            quick=format in QUICK,
            plan=plan,
        )

    sources = [source(name, service) for name, service in services.items()]
    return session.mode.run(_run(session, target, format, sources, at_once, progress, chosen=only is not None))


async def _run(
    session: Any,
    target: Path | BinaryIO,
    format: str,
    sources: list[Source],
    at_once: int,
    progress: Watch | None,
    *,
    chosen: bool,
) -> Report:
    lock = folder = None
    if isinstance(target, Path):
        folder = target
        lock = Lock(folder)
    rate: Callable[[], float | None] = lambda: getattr(session._pace, "rate", None)  # noqa: E731
    tables: list[Table] = []
    try:
        open_ = opener(format, target)
        for source in sources:
            try:
                tables.append(await aside(session.mode, partial(Table, source, open_, folder, at_once, progress, rate)))
            except OSError as error:
                raise ExportError(source.name, error, Report(resources=(), seconds=0.0)) from error
        return await Job(session, tables, at_once, chosen=chosen).run()
    finally:
        for table in tables:
            table.close()
        if lock is not None:
            lock.release()


def _check_filter(name: str, service: Service[Any] | None, given: Mapping[str, Any]) -> None:
    if service is None:
        message = f"there is a filter for {name!r}, which is not exported"
        raise InvalidArgumentError(message)
    for one in OURS & given.keys():
        message = f"the filter for {name!r} cannot have {one!r}: an export has it for itself"
        raise InvalidArgumentError(message, hint="since and until are of the creation time")
    operation = _list_of(service)
    assert operation is not None, "it was chosen by it"
    checked(operation.params, given, f"{name}.list")


def _check_stream(services: Mapping[str, Service[Any]], format: str, *, incremental: bool) -> None:
    problem = None
    if len(services) != 1:
        problem = f"takes one resource, not {len(services)}"
    elif format not in STREAM_FORMATS:
        problem = f"is written as {' or '.join(STREAM_FORMATS)}, not as {format}"
    elif incremental:
        problem = "cannot be brought up to date"
    if problem is not None:
        message = f"a stream {problem}"
        raise InvalidArgumentError(message)


def _chosen(client: Client[Any], only: Iterable[str] | None) -> dict[str, Service[Any]]:
    known = resources(client)
    if not known:
        message = f"{type(client).__name__} has no lists that can be exported: an export reads PagerTree"
        raise InvalidArgumentError(message, hint="Give a PagerTree or AsyncPagerTree")
    wanted = set(known) if only is None else {only} if isinstance(only, str) else set(only)
    strange = sorted(wanted - known.keys())
    if strange:
        message = f"there is no list of {strange[0]!r}; there are {', '.join(known)}"
        raise InvalidArgumentError(message)
    return {name: service for name, service in known.items() if name in wanted}
