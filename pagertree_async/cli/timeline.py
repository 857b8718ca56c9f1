"""A schedule as a calendar on a terminal: a line for each day and layer, a bar for each shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import TextIO
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pagertree_async.cli.output import console, is_terminal, one_line
from pagertree_async.oncall import Shift

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "red", "bright_cyan", "bright_green", "bright_magenta")
NOBODY = "·"
LABEL = 18
"""How wide the column of the days is."""
HOURS = 24
WIDE = 200
"""How wide a line is where nobody looks."""


def draw_shifts(shifts: Sequence[Shift], since: datetime, until: datetime, zone: ZoneInfo, to: TextIO) -> None:
    """Print a calendar of shifts, and below it how long each person is on call.

    Args:
        shifts: The shifts, in order.
        since: Where the calendar begins.
        until: Where it ends.
        zone: Whose days and hours are shown.
        to: Where to print.
    """
    drawing = console(to, None if is_terminal(to) else WIDE)
    step = max(1, min(6, (drawing.width - LABEL) // HOURS))
    people = list(dict.fromkeys(one.user.id for one in shifts))
    style = {person: COLOURS[number % len(COLOURS)] for number, person in enumerate(people)}
    rows = _rows(shifts)
    drawing.print(_hours(zone, step), soft_wrap=True)
    for day in _days(since, until, zone):
        for number, (layer, first, mine) in enumerate(rows):
            bars = _bars(mine, day, (since, until), step, style, NOBODY if first else " ")
            if first or bars.plain.strip():
                label = f"{day:%a %d %b %Y}" if number == 0 else ""
                line = Text().append(f"{label:<15}{layer if first and rows[-1][0] != rows[0][0] else '':>2} ", "dim")
                drawing.print(line.append_text(bars), soft_wrap=True)
    drawing.print()
    wide = max((cell_len(_called(one)) for one in shifts), default=0)
    for person in people:
        mine = [one for one in shifts if one.user.id == person]
        hours = sum((min(one.end, until) - max(one.start, since) for one in mine), timedelta()) / timedelta(hours=1)
        who = mine[0].user
        line = Text(set_cell_size(_called(mine[0]), wide), style=style[person])
        drawing.print(line.append(f"  {hours:>6.1f} h  {one_line(who.email or who.id)}", style="dim"), soft_wrap=True)
    if not people:
        drawing.print("nobody is on call")


def _rows(shifts: Sequence[Shift]) -> list[tuple[int, bool, list[Shift]]]:
    """The lines of a day: of each layer one, and more where several people are on call on it at the same time."""
    rows: list[tuple[int, bool, list[Shift]]] = []
    for layer in sorted({one.layer for one in shifts}) or [1]:
        lines: list[list[Shift]] = [[]]
        for one in shifts:
            if one.layer == layer:
                free = next((line for line in lines if not line or line[-1].end <= one.start), None)
                if free is None:
                    lines.append([one])
                else:
                    free.append(one)
        rows += [(layer, number == 0, line) for number, line in enumerate(lines)]
    return rows


def _hours(zone: ZoneInfo, step: int) -> Text:
    every = 3 if step > 1 else 6
    marks = "".join(f"{hour:<{every * step}}" for hour in range(0, HOURS, every))
    return Text(f"{set_cell_size(zone.key, LABEL - 1)} {marks}".rstrip(), style="bold")


def _days(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The midnights of the days that a stretch of time touches."""
    day = datetime.combine(since.astimezone(zone).date(), time(), zone)
    last = max(until - timedelta(microseconds=1), since).astimezone(zone).date()
    while day.date() <= last:
        yield day
        day = datetime.combine(day.date() + timedelta(days=1), time(), zone)


def _bars(
    shifts: Sequence[Shift],
    day: datetime,
    within: tuple[datetime, datetime],
    step: int,
    style: dict[str, str],
    nobody: str,
) -> Text:
    """One day: each cell belongs to who is on call in the middle of it."""
    cells: list[tuple[Shift | None, str]] = []
    for number in range(HOURS * step):
        middle = (day + timedelta(hours=(number + 0.5) / step)).astimezone(UTC)  # by the clocks on the wall
        asked = within[0] <= middle < within[1]
        on = next((one for one in shifts if asked and one.start <= middle < one.end), None)
        cells.append((on, nobody if asked else " "))
    line = Text()
    for (on, sign), run in groupby(cells):
        line.append_text(_bar(on, len(list(run)), sign, style))
    return line


def _bar(shift: Shift | None, length: int, sign: str, style: dict[str, str]) -> Text:
    if shift is None:
        return Text(sign * length, style="dim")
    name = _called(shift)
    shown = set_cell_size(name, min(len(name), length - 1)) if length > 3 else ""
    return Text(set_cell_size(f"▏{shown}".ljust(length, "━"), length), style=style[shift.user.id])


def _called(shift: Shift) -> str:
    return one_line(shift.user.name or shift.user.id)
