"""A chart of columns over time, each stacked of several series."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pagertree_async.reporting.markup import Html, Ids, el, joined
from pagertree_async.reporting.words import short

HEIGHT = 200
"""How high the columns can be, in pixels."""
ABOVE, BELOW = 12, 26
TICKS = 4
LABELS = 8
WIDEST = 8.0
"""How wide a column is at most, in percent of all."""
ROUND = (10, 15, 20, 25, 30, 40, 50, 60, 80)
"""What is round, in tenths."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """What a part of every column is of.

    Attributes:
        name: Its name, as text or markup.
        colour: The class of its colour.
    """

    name: str
    colour: str


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column.

    Attributes:
        label: What is written below it, where there is room.
        title: What is said of it when it is pointed at.
        values: How much of each series there is.
    """

    label: str
    title: str
    values: tuple[int, ...]


def columns(ids: Ids, title: str, about: str, drawn: Sequence[Column], series: Sequence[Series]) -> Html:
    """The chart, with its legend.

    Args:
        ids: The ids of the page.
        title: What it shows, for those who do not see it.
        about: What is to be seen on it, for the same.
        drawn: The columns, from left to right; there is one at least.
        series: What they are stacked of, from the bottom up.
    """
    step = steps(max(sum(one.values) for one in drawn))
    top = step * TICKS
    levels = [(step * number, ABOVE + HEIGHT * (1 - number / TICKS)) for number in range(TICKS + 1)]
    axis = el(
        "svg",
        *(el("text", short(value), x="36", y=y + 4, text_anchor="end", class_="tick") for value, y in levels),
        width="100%",
        height=ABOVE + HEIGHT + BELOW,
        aria_hidden="true",
        class_="axis",
    )
    name, description = ids.new("title"), ids.new("about")
    plot = el(
        "svg",
        el("title", title, id=name),
        el("desc", about, id=description),
        *(el("line", x1="0", x2="100%", y1=y, y2=y, class_="rule") for _, y in levels),
        *(_column(one, place, len(drawn), top, series) for place, one in enumerate(drawn)),
        *_labels(drawn),
        width="100%",
        height=ABOVE + HEIGHT + BELOW,
        role="img",
        aria_labelledby=f"{name} {description}",
    )
    keys = legend(series) if len(series) > 1 else None
    return el("figure", el("div", axis, plot, class_="plot"), keys, class_="chart")


def steps(most: int) -> int:
    """The least round number of which ``TICKS`` are not less than another number.

    >>> steps(3), steps(107), steps(4100)
    (1, 30, 1500)
    """
    size = 1
    while True:
        for tenths in ROUND:
            if tenths * size % 10 == 0 and tenths * size // 10 * TICKS >= most:
                return tenths * size // 10
        size *= 10


def legend(series: Sequence[Series]) -> Html:
    """What each colour stands for."""
    return el(
        "ul",
        *(
            el(
                "li",
                el(
                    "svg",
                    el("rect", width="12", height="12", rx="2", class_=one.colour),
                    width="12",
                    height="12",
                    aria_hidden="true",
                ),
                el("span", one.name),
            )
            for one in series
        ),
        class_="legend",
    )


def _column(one: Column, place: int, count: int, top: int, series: Sequence[Series]) -> Html:
    share = 100 / count
    left, room = share * place, min(WIDEST, share * (0.8 if count <= 200 else 0.95))
    base = float(ABOVE + HEIGHT)
    parts: list[Html] = []
    for value, part in zip(one.values, series, strict=True):
        if value:
            height = HEIGHT * value / top
            base -= height
            x = f"{left + (share - room) / 2:.4f}%"
            parts.append(el("rect", x=x, y=base, width=f"{room:.4f}%", height=height, class_=part.colour))
    hit = el(
        "rect",
        el("title", one.title),
        x=f"{left:.4f}%",
        y=ABOVE,
        width=f"{share:.4f}%",
        height=HEIGHT,
        class_="hit",
    )
    return joined([*parts, hit])


def _labels(drawn: Sequence[Column]) -> list[Html]:
    every = -(-len(drawn) // LABELS)
    found: list[Html] = []
    for number, place in enumerate(range(0, len(drawn), every)):
        middle = 100 * (place + 0.5) / len(drawn)
        anchor = "start" if middle < 4 else "end" if middle > 96 else "middle"
        x = f"{0 if anchor == 'start' else 100 if anchor == 'end' else middle:.3f}%"
        classes = "tick minor" if number % 2 else "tick"
        found.append(el("text", drawn[place].label, x=x, y=ABOVE + HEIGHT + 18, text_anchor=anchor, class_=classes))
    return found
