"""What the ``export`` command does."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import anyio
import typer

from pagertree_async.cli import clients, connect, fast, options
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.failures import code_of, lines_of
from pagertree_async.cli.nearest import asked
from pagertree_async.cli.output import draw, grid, note
from pagertree_async.cli.selecting import filtered
from pagertree_async.cli.values import moment
from pagertree_async.cli.watching import watching
from pagertree_async.export import ExportError, ExportStateError, Progress, Report, export

OUTPUT = "-"
"""The folder that is none, but standard output."""


def run(
    again: str,
    *,
    directory: Path,
    resource: list[str] | None,
    at_once: int,
    format: str,
    since: str | None,
    until: str | None,
    incremental: bool,
    filter: list[str] | None,
    **given: Any,
) -> None:
    """Export, and say what came of it.

    Args:
        again: The command that goes on with it.
    """
    target = options.target(given)
    if resource is not None and (strange := next((one for one in resource if one not in listed(target)), None)):
        message = f"there is no list of {strange!r}{asked(strange, listed(target))}"
        raise CommandError(message, hint=f"There are {', '.join(listed(target))}")
    if str(directory) == OUTPUT and (resource is None or len(resource) != 1):
        message = "-o - takes one list: say which with one --resource"
        raise CommandError(message)
    where = Output() if str(directory) == OUTPUT else Folder(directory)
    settings: dict[str, Any] = {
        "only": resource,
        "at_once": at_once,
        "format": format,
        "since": _moment("--since", since),
        "until": _moment("--until", until),
        "incremental": incremental,
        "filters": _filters(target, resource, filter),
    }
    signals: list[int] = []
    finished: list[str] = []
    with watching() as shown:

        def watch(step: Progress) -> None:
            if step.done:
                finished.append(step.resource)
            shown(step)

        outcome = anyio.run(_export, target, where.to, settings | {"progress": watch}, signals, **fast.running(target))
    if isinstance(outcome, Report):
        _end(outcome, target, where)
    else:
        _broke_off(outcome, where, again, finished, signals)


def _end(report: Report, target: connect.Target, where: Folder) -> None:
    """Say what came of an export that came to its end."""
    _summary(report, where.tells)
    for warning in report.warnings:
        note(f"warning: {warning}")
    over = "" if target.sandbox else f", read over {fast.told(target, many=True)}"
    where.end(f"{' of a made-up account' if target.sandbox else ''}", over)
    if report.warnings:
        raise typer.Exit(Exit.WARNINGS)


def _broke_off(
    error: ExportError | ExportStateError | None, where: Folder, again: str, finished: list[str], signals: list[int]
) -> None:
    """Say what became of an export that a signal, or an error, ended."""
    if error is None:
        where.left(finished)
        raise where.stopped(signals[0], again)
    cause = error.__cause__ if isinstance(error, ExportError) else error
    if isinstance(cause, BrokenPipeError):
        raise cause from None
    if isinstance(cause, ExportStateError):
        raise _as_command_error(cause, "", Exit.USAGE) from error
    assert isinstance(error, ExportError), "of what an earlier export left was spoken"
    where.left([one.resource for one in error.report.resources])
    raise where.failed(error, again) from error


class Folder:
    """An export goes to a folder, where it can be gone on with.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.to: Path | BinaryIO = path
        self.tells: TextIO = sys.stdout

    def left(self, finished: list[str]) -> None:
        """Say what is whole, of an export that is not."""
        if finished:
            note(f"finished and kept in {self.to}: {', '.join(finished)}")

    def stopped(self, number: int, again: str) -> CommandError:
        """What a signal comes to."""
        message = f"{STOPPED[number][0]}; what was read is kept"
        return CommandError(message, Exit.RESUMABLE, hint=f"Go on with: {again}")

    def failed(self, error: ExportError, again: str) -> CommandError:
        """What an error comes to; where the disk is at fault, all there is to do is to make room and go on."""
        code = Exit.RESUMABLE if isinstance(error.__cause__, OSError) else None
        return _as_command_error(error, f"Go on with: {again}", code)

    def end(self, what: str, over: str) -> None:
        """Say where it is."""
        note(f"the files{what} are in {self.to}{over}")


class Output(Folder):
    """An export goes to standard output, all else to standard error; it cannot be gone on with."""

    def __init__(self) -> None:
        self.to: Path | BinaryIO = sys.stdout.buffer
        self.tells: TextIO = sys.stderr

    def left(self, finished: list[str]) -> None:
        """There is nothing to say."""

    def stopped(self, number: int, again: str) -> CommandError:
        """What a signal comes to."""
        said, code = STOPPED[number]
        return CommandError(said, code, hint=NOT_WHOLE)

    def failed(self, error: ExportError, again: str) -> CommandError:
        """What an error comes to."""
        return _as_command_error(error, NOT_WHOLE, None)

    def end(self, what: str, over: str) -> None:
        """Say that it is whole."""
        note(f"all rows{what} were written{over}")


def _as_command_error(error: ExportError | ExportStateError, on: str, code: Exit | None) -> CommandError:
    text, *hints = lines_of(error)
    hint = "".join(hints).removeprefix("hint: ")
    return CommandError(
        text.removeprefix("error: "), code or code_of(error.__cause__ or error), ". ".join(filter(None, (hint, on)))
    )


NOT_WHOLE = "What was written is not whole, and cannot be gone on with; an export to a folder can: -o DIR"
STOPPED = {
    int(signal.SIGINT): ("interrupted", Exit.INTERRUPTED),
    int(signal.SIGTERM): ("terminated", Exit.TERMINATED),
}
"""What is said of a signal, and the code for what cannot be gone on with."""


def listed(target: connect.Target) -> list[str]:
    """The lists that there are."""
    return connect.listable(connect.api_of(target))


def _moment(option: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else moment(text)
    except ValueError as error:
        message = f"{option}: {error}"
        raise CommandError(message) from None


def _filters(target: connect.Target, resource: list[str] | None, conditions: list[str] | None) -> Any:
    if not conditions:
        return None
    if resource is None or len(resource) != 1:
        message = "--filter is of one list: say which with one --resource"
        raise CommandError(message)
    api = connect.api_of(target)
    service = connect.services(api)[resource[0]]
    return {resource[0]: filtered(service, conditions, ranges=connect.has_ranges(api))}


async def _export(
    target: connect.Target, to: Path | BinaryIO, settings: dict[str, Any], signals: list[int]
) -> Report | ExportError | ExportStateError | None:
    with anyio.CancelScope() as scope, _cancelling(scope, signals):
        try:
            async with clients.async_client(target) as client:
                return await export(client, to, **settings)
        except (ExportError, ExportStateError) as error:
            return error
    return None


@contextmanager
def _cancelling(scope: anyio.CancelScope, signals: list[int]) -> Generator[None]:
    """Have the first Ctrl-C or SIGTERM cancel a scope; a second one ends the process where it stands."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)

    def cancel(number: int) -> None:
        restore()
        signals.append(number)
        scope.cancel()

    for number in before:
        try:
            loop.add_signal_handler(number, cancel, number)
        except NotImplementedError:  # on Windows; there, the loop is told by another way, and wakes for it
            signal.signal(number, lambda number, _: loop.call_soon_threadsafe(cancel, number))
    try:
        yield
    finally:
        restore()


def _summary(report: Report, to: TextIO) -> None:
    table = grid("resource", "rows read", "pages", "bytes of file", "seconds")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in report.resources:
        table.add_row(one.resource, f"{one.rows:,}", f"{one.pages:,}", f"{one.bytes:,}", f"{one.seconds:.2f}")
    table.add_row(
        "total", f"{report.rows:,}", f"{report.pages:,}", f"{report.bytes:,}", f"{report.seconds:.2f}", style="bold"
    )
    draw(table, to)
    retries = _parts({cause: f"{count:,}" for cause, count in report.retries.items()})
    waits = _parts({cause: f"{seconds:.1f} s" for cause, seconds in report.waited.items()})
    to.write(
        f"retries: {sum(report.retries.values()):,}{retries}; waited: {sum(report.waited.values()):.1f} s{waits}; "
        f"warnings: {len(report.warnings):,}\n"
    )


def _parts(told: dict[str, str]) -> str:
    return f" ({', '.join(f'{name} {value}' for name, value in told.items())})" if told else ""
