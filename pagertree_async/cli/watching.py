"""How far an export is: a bar for each list on a terminal, a line of JSON now and then elsewhere."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from pagertree_async.cli.output import is_terminal, note
from pagertree_async.export import Progress

EVERY = 10.0
"""Seconds between two lines of JSON."""

Watch = Callable[[Progress], None]


@contextmanager
def watching() -> Generator[Watch]:
    """What is told of each step."""
    if not is_terminal(sys.stderr):
        yield Told()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    began: dict[str, tuple[float, int]] = {}
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:

        def show(step: Progress) -> None:
            if step.resource not in tasks:
                tasks[step.resource] = bars.add_task(f"{step.resource:<13}", total=step.total, rate=0.0)
                began[step.resource] = time.monotonic(), step.rows
            start, before = began[step.resource]
            rate = (step.rows - before) / max(time.monotonic() - start, 0.001)
            total = step.rows if step.done else step.total
            bars.update(tasks[step.resource], completed=step.rows, total=total, rate=rate)

        yield show


class Told:
    """Writes a line of JSON to standard error every ten seconds."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._steps: dict[str, Progress] = {}
        self._before = 0

    def __call__(self, step: Progress) -> None:
        """Take in a step."""
        self._steps[step.resource] = step
        now = time.monotonic()
        if now - self._last < EVERY:
            return
        rows = sum(one.rows for one in self._steps.values())
        lists = {name: {"rows": one.rows, "total": one.total, "done": one.done} for name, one in self._steps.items()}
        rate = round((rows - self._before) / (now - self._last))
        note(json.dumps({"seconds": round(now - self._begun), "rows": rows, "rows_a_second": rate, "lists": lists}))
        self._last, self._before = now, rows
