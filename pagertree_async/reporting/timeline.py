"""A chart of who was on call: a line for each layer of a schedule, a bar for each shift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from pagertree_async.oncall import Shift
from pagertree_async.reporting.clock import Period, midnight
from pagertree_async.reporting.markup import Html, Ids, el
from pagertree_async.reporting.words import MONTHS, cut, initials

ROW, BAR = 26, 22
ABOVE, HEAD = 22, 24
NARROW, SLIM = 5.0, 1.4
"""Bars that take less of the width than this, in percent, have initials in them, or nothing."""
LABELS = 7


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the chart.

    Attributes:
        schedule: The schedule's id.
        layer: The escalation layer, None on all but the first line of one.
        shifts: The shifts, none of which overlap.
    """

    schedule: str
    layer: int | None
    shifts: tuple[Shift, ...]


def lines(shifts: Iterable[Shift], schedules: Iterable[str]) -> list[Line]:
    """Shifts by schedule and layer, those on call at the same time on lines of their own.

    Args:
        shifts: The shifts, in order.
        schedules: The ids of the schedules, in the order in which they are shown.
    """
    by: dict[tuple[str, int], list[Shift]] = {}
    for one in shifts:
        by.setdefault((one.schedule or "", one.layer), []).append(one)
    found: list[Line] = []
    for schedule in schedules:
        for layer in sorted(layer for of, layer in by if of == schedule):
            lanes: list[list[Shift]] = []
            for one in by[schedule, layer]:
                free = next((lane for lane in lanes if lane[-1].end <= one.start), None)
                if free is None:
                    lanes.append([one])
                else:
                    free.append(one)
            found += [
                Line(schedule=schedule, layer=None if number else layer, shifts=tuple(lane))
                for number, lane in enumerate(lanes)
            ]
    return found


def timeline(
    ids: Ids,
    title: str,
    about: str,
    shown: Sequence[Line],
    period: Period,
    names: Mapping[str, str],
    colours: Mapping[str, str],
) -> Html:
    """The chart.

    Args:
        ids: The ids of the page.
        title: What it shows, for those who do not see it.
        about: What is to be seen on it, for the same.
        shown: The lines, those of a schedule together.
        period: Where the chart begins and ends.
        names: The names of the schedules by their ids.
        colours: The class of each person's colour, by id.
    """
    days = [period.first + timedelta(days=number) for number in range(period.days)]
    heads: list[Html] = []
    layers: list[Html] = []
    drawn: list[Html] = []
    y, before = ABOVE, None
    for line in shown:
        if line.schedule != before:
            y += HEAD
            name = names.get(line.schedule, line.schedule)
            heads.append(el("text", el("title", name), cut(name, 60), x="0", y=y - 6, font_weight="600"))
            before = line.schedule
        drawn.append(el("rect", x="0", y=y + 2, width="100%", height=BAR, class_="gap"))
        if line.layer is not None:
            layers.append(el("text", f"L{line.layer}", x="34", y=y + 17, text_anchor="end", class_="tick"))
        drawn += [_bar(one, y + 2, period, colours) for one in line.shifts]
        y += ROW
    height = y + 4
    name, description = ids.new("title"), ids.new("about")
    axis = el("svg", *heads, *layers, width="100%", height=height, aria_hidden="true", class_="over")
    plot = el(
        "svg",
        el("title", title, id=name),
        el("desc", about, id=description),
        *_days(days, period, height),
        *drawn,
        width="100%",
        height=height,
        role="img",
        aria_labelledby=f"{name} {description}",
    )
    return el("figure", el("div", axis, plot, class_="plot"), class_="chart")


def _place(moment: float, period: Period) -> float:
    begin, end = period.since.timestamp(), period.until.timestamp()
    return 100 * (moment - begin) / (end - begin)


def _bar(one: Shift, y: float, period: Period, colours: Mapping[str, str]) -> Html:
    left, right = _place(one.start.timestamp(), period), _place(one.end.timestamp(), period)
    who = one.user.name or one.user.id
    begin, end = (f"{moment.astimezone(period.zone):%Y-%m-%d %H:%M}" for moment in (one.start, one.end))
    text = None
    if right - left >= NARROW:
        text = el("text", who, x="6", y="15")
    elif right - left >= SLIM:
        text = el("text", initials(who), x="50%", y="15", text_anchor="middle", class_="cell minor")
    return el(
        "svg",
        el("title", f"{who}, {begin} to {end}, layer {one.layer}"),
        el("rect", width="100%", height="100%", rx="3", class_=colours.get(one.user.id, "p0")),
        text,
        x=f"{left:.4f}%",
        y=y,
        width=f"{right - left:.4f}%",
        height=BAR,
        class_="shift",
    )


def _days(days: Sequence[date], period: Period, height: float) -> list[Html]:
    every = -(-len(days) // LABELS)
    found: list[Html] = []
    for number, place in enumerate(range(0, len(days), every)):
        day = days[place]
        left = max(0.0, _place(midnight(day, period.zone).timestamp(), period))
        x = f"{left:.4f}%"
        found.append(el("line", x1=x, x2=x, y1=ABOVE, y2=height, class_="rule"))
        text = f"{day.day} {MONTHS[day.month - 1]}"
        found.append(el("text", text, x=x, y="14", class_="tick minor" if number % 2 else "tick"))
    return found
