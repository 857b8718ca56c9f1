"""How far an export is: a bar for each list on a terminal, a line of JSON now and then elsewhere."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from pagertree_async.cli.output import console, is_terminal, note
from pagertree_async.export import Progress

EVERY = 10.0
"""Seconds between two lines of JSON."""

Watch = Callable[[Progress], None]


@contextmanager
def watching() -> Generator[Watch]:
    """What is told of each step."""
    with _bars() if is_terminal(sys.stderr) else _lines() as watch:
        yield watch


@contextmanager
def _bars() -> Generator[Watch]:
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    tasks: dict[str, TaskID] = {}
    began: dict[str, tuple[float, int]] = {}
    with Bars(*columns, console=console(sys.stderr), transient=True) as bars:

        def show(step: Progress) -> None:
            if step.resource not in tasks:
                tasks[step.resource] = bars.add_task(f"{step.resource:<13}", total=step.total, rate=0.0, pace="")
                began[step.resource] = time.monotonic(), step.rows
            start, before = began[step.resource]
            rate = (step.rows - before) / max(time.monotonic() - start, 0.001)
            total = step.rows if step.done else step.total
            pace = "" if step.pace is None else f"at most {step.pace:,.1f} requests a second"
            bars.update(tasks[step.resource], completed=step.rows, total=total, rate=rate, pace=pace)

        yield show


@contextmanager
def _lines() -> Generator[Watch]:
    told, over = Told(), threading.Event()

    def tell() -> None:
        while not over.wait(EVERY):
            note(told.line())

    thread = threading.Thread(target=tell, name="pagertree_async lines", daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


class Told:
    """Makes a line of JSON of the last steps."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._steps: dict[str, Progress] = {}
        self._before = 0
        self._pace: float | None = None

    def __call__(self, step: Progress) -> None:
        """Take in a step."""
        self._steps[step.resource] = step
        self._pace = step.pace

    def line(self) -> str:
        """How far it is, and how fast it has been since the last line."""
        now, steps = time.monotonic(), dict(self._steps)
        rows = sum(one.rows for one in steps.values())
        totals = [one.rows if one.done else one.total for one in steps.values()]
        told = {
            "seconds": round(now - self._begun),
            "rows": rows,
            "total": None if None in totals else sum(filter(None, totals)),
            "rows_a_second": round((rows - self._before) / max(now - self._last, 0.001)),
            "requests_a_second_at_most": self._pace and round(self._pace, 1),
            "lists_done": sum(one.done for one in steps.values()),
            "lists": {name: one.rows for name, one in steps.items()},
        }
        self._last, self._before = now, rows
        return json.dumps(told)
