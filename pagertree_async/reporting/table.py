"""Tables: of numbers, and of bars with their numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pagertree_async.reporting.markup import Html, el, joined
from pagertree_async.reporting.words import number, plural

MOST_ROWS = 1000
"""How many rows a table of numbers has at most."""
SCROLLED = {"class_": "scroll", "role": "group", "tabindex": "0"}
"""What makes a wide table scroll, by the keyboard as well."""
BAR = 16
"""How high a bar is, in pixels."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A row with a bar.

    Attributes:
        name: What it is of, as text or markup.
        value: How long the bar is, 0 for none.
        cells: The numbers behind it, as they are shown.
        colour: The class of the bar's colour.
        rest: Whether it sums up what has no row of its own.
    """

    name: str
    value: float
    cells: tuple[str, ...]
    colour: str = "accent"
    rest: bool = False


def bars(caption: str, heads: Sequence[str], rows: Sequence[Bar]) -> Html:
    """A table with a bar in each row.

    Args:
        caption: What the bars are of, and the head of the first column.
        heads: The heads of the numbers.
        rows: The rows; the longest bar fills its cell.
    """
    longest = max((row.value for row in rows), default=0) or 1
    head = el(
        "tr",
        el("th", caption, scope="col", class_="name"),
        el("td", class_="drawn"),
        *(el("th", text, scope="col", class_=_number(place)) for place, text in enumerate(heads)),
    )
    body = joined(_bar(row, longest) for row in rows)
    return el("div", el("table", el("thead", head), el("tbody", body), class_="bars"), class_="scroll")


def _bar(row: Bar, longest: float) -> Html:
    drawn = (
        el("rect", width=f"{100 * row.value / longest:.3f}%", height=BAR, rx=2, class_=row.colour)
        if row.value
        else None
    )
    return el(
        "tr",
        el("th", row.name, scope="row", class_="name"),
        el("td", el("svg", drawn, width="100%", height=BAR, aria_hidden="true"), class_="drawn"),
        *(el("td", text, class_=_number(place)) for place, text in enumerate(row.cells)),
        class_="rest" if row.rest else None,
    )


def _number(place: int) -> str:
    """The classes of a number: where there is little room, only the first is shown."""
    return "n" if place == 0 else "n wide"


def numbers(summary: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1) -> Html:
    """A table that is unfolded, with the numbers of a chart.

    Args:
        summary: What it is.
        heads: The heads of the columns.
        rows: The rows; beyond ``MOST_ROWS`` they are left out, which is said.
        texts: How many columns at the left are texts.
    """
    head = el("tr", *(el("th", text, scope="col", class_=None if i < texts else "n") for i, text in enumerate(heads)))
    body = joined(
        el(
            "tr",
            *(
                el("th", text, scope="row") if i == 0 else el("td", text, class_=None if i < texts else "n")
                for i, text in enumerate(row)
            ),
        )
        for row in rows[:MOST_ROWS]
    )
    left = len(rows) - MOST_ROWS
    return el(
        "details",
        el("summary", summary),
        el("div", el("table", el("thead", head), el("tbody", body), class_="small"), **SCROLLED, aria_label=summary),
        el("p", f"{plural(left, 'more row')} are left out: {number(len(rows))} in all.", class_="note")
        if left > 0
        else None,
    )
