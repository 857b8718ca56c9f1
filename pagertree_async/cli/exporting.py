"""What the ``export`` command does."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import typer

from pagertree_async.cli import connect, options
from pagertree_async.cli.exits import CommandError, Exit, Terminated
from pagertree_async.cli.failures import code_of, lines_of
from pagertree_async.cli.output import draw, grid, is_terminal, note
from pagertree_async.errors import IncompleteListWarning
from pagertree_async.export import ExportError, Progress, Report, export


def run(*, directory: Path, resource: list[str] | None, at_once: int, **given: Any) -> None:
    """Export, and say what came of it."""
    target = options.target(given)
    signals: list[int] = []
    finished: list[str] = []
    with _progress() as shown, warnings.catch_warnings():
        warnings.simplefilter("ignore", IncompleteListWarning)  # the report has them

        def watch(step: Progress) -> None:
            if step.done:
                finished.append(step.resource)
            shown(step)

        try:
            report = anyio.run(_export, target, directory, resource, at_once, watch, signals)
        except ExportError as error:
            _left([one.resource for one in error.report.resources], directory)
            raise _as_command_error(error) from error
    if report is None:
        _interrupted(signals, finished, directory)
    else:
        _summary(report)
        for warning in report.warnings:
            note(f"warning: {warning}")
        if report.warnings:
            raise typer.Exit(Exit.WARNINGS)


async def _export(
    target: connect.Target,
    directory: Path,
    only: list[str] | None,
    at_once: int,
    watch: Callable[[Progress], None],
    signals: list[int],
) -> Report | None:
    with anyio.CancelScope() as scope, _cancelling(scope, signals):
        async with connect.async_client(target) as client:
            return await export(client, directory, only=only, at_once=at_once, progress=watch)
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
            loop.remove_signal_handler(number)
            signal.signal(number, handler)

    def cancel(number: int) -> None:
        restore()
        signals.append(number)
        scope.cancel()

    for number in before:
        loop.add_signal_handler(number, cancel, number)
    try:
        yield
    finally:
        restore()


def _as_command_error(error: Any) -> CommandError:
    text, *hint = lines_of(error)
    return CommandError(text.removeprefix("error: "), code_of(error.__cause__), "".join(hint).removeprefix("hint: "))


def _left(finished: list[str], directory: Path) -> None:
    if finished:
        note(f"finished and kept in {directory}: {', '.join(finished)}")


def _interrupted(signals: list[int], finished: list[str], directory: Path) -> None:
    """End after a signal: what is finished can be gone on from, and how is said.

    Raises:
        CommandError: Some lists are finished.
        Terminated: None is, and SIGTERM came.
        KeyboardInterrupt: None is, and SIGINT came.
    """
    if finished:
        _left(finished, directory)
        rest = [name for name in connect.listable() if name not in finished]
        again = " ".join(f"--resource {name}" for name in rest)
        message = f"interrupted; {len(finished)} lists are whole"
        raise CommandError(message, Exit.RESUMABLE, hint=f"The rest: pagertree-async export -o {directory} {again}")
    if signals[0] == signal.SIGTERM:
        raise Terminated
    raise KeyboardInterrupt


def _silent(step: Progress) -> None:
    """Show nothing: nobody watches."""
    del step


@contextmanager
def _progress() -> Generator[Callable[[Progress], None]]:
    """Shows how far each list is, where standard error is a terminal."""
    if not is_terminal(sys.stderr):
        yield _silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeElapsedColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=Console(stderr=True)) as bars:

        def show(step: Progress) -> None:
            if step.resource not in tasks:
                tasks[step.resource] = bars.add_task(f"{step.resource:<13}", total=step.total)
            bars.update(tasks[step.resource], completed=step.rows, total=step.rows if step.done else step.total)

        yield show


def _summary(report: Report) -> None:
    table = grid("resource", "rows", "pages", "bytes", "seconds")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in report.resources:
        table.add_row(one.resource, f"{one.rows:,}", f"{one.pages:,}", f"{one.bytes:,}", f"{one.seconds:.2f}")
    table.add_row(
        "total", f"{report.rows:,}", f"{report.pages:,}", f"{report.bytes:,}", f"{report.seconds:.2f}", style="bold"
    )
    draw(table, sys.stdout)
