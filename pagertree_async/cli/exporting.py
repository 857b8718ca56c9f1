"""What the ``export`` command does."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import typer

from pagertree_async.cli import connect, options
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.failures import code_of, lines_of
from pagertree_async.cli.output import draw, grid, note
from pagertree_async.cli.selecting import filtered
from pagertree_async.cli.values import moment
from pagertree_async.cli.watching import watching
from pagertree_async.export import ExportError, Progress, Report, export


def run(
    again: str,
    *,
    directory: Path,
    resource: list[str] | None,
    at_once: int,
    format: str,
    since: str | None,
    until: str | None,
    filter: list[str] | None,
    **given: Any,
) -> None:
    """Export, and say what came of it.

    Args:
        again: The command that goes on with it.
    """
    target = options.target(given)
    if resource is not None and (strange := next((one for one in resource if one not in listed(target)), None)):
        message = f"there is no list of {strange!r}; there are {', '.join(listed(target))}"
        raise CommandError(message)
    settings: dict[str, Any] = {
        "only": resource,
        "at_once": at_once,
        "format": format,
        "since": _moment("--since", since),
        "until": _moment("--until", until),
        "filters": _filters(target, resource, filter),
    }
    signals: list[int] = []
    finished: list[str] = []
    with watching() as shown:

        def watch(step: Progress) -> None:
            if step.done:
                finished.append(step.resource)
            shown(step)

        try:
            report = anyio.run(_export, target, directory, settings | {"progress": watch}, signals)
        except ExportError as error:
            _left([one.resource for one in error.report.resources], directory)
            raise _as_command_error(error, again) from error
    if report is None:
        _left(finished, directory)
        message = f"{'interrupted' if signals[0] == signal.SIGINT else 'terminated'}; what was read is kept"
        raise CommandError(message, Exit.RESUMABLE, hint=f"Go on with: {again}")
    _summary(report)
    for warning in report.warnings:
        note(f"warning: {warning}")
    note(f"the files{' of a made-up account' if target.sandbox else ''} are in {directory}")
    if report.warnings:
        raise typer.Exit(Exit.WARNINGS)


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
    return {resource[0]: filtered(connect.services(connect.api_of(target))[resource[0]], conditions)}


async def _export(
    target: connect.Target, directory: Path, settings: dict[str, Any], signals: list[int]
) -> Report | None:
    with anyio.CancelScope() as scope, _cancelling(scope, signals):
        async with connect.async_client(target) as client:
            return await export(client, directory, **settings)
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


def _as_command_error(error: Any, again: str) -> CommandError:
    text, *hints = lines_of(error)
    hint = "".join(hints).removeprefix("hint: ")
    on = f"Go on with: {again}"
    return CommandError(text.removeprefix("error: "), code_of(error.__cause__), f"{hint}. {on}" if hint else on)


def _left(finished: list[str], directory: Path) -> None:
    if finished:
        note(f"finished and kept in {directory}: {', '.join(finished)}")


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
