"""A chart of a week: the hours of each day, the darker the more happened in them."""

from __future__ import annotations

from collections.abc import Sequence

from pagertree_async.reporting.markup import Html, Ids, el, joined
from pagertree_async.reporting.palette import HEAT_LIGHT
from pagertree_async.reporting.words import number, plural, short

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = range(24)
ALL = "All"
ROW = 26
ABOVE, BETWEEN = 20, 8
STEPS = len(HEAT_LIGHT) - 1


def step(count: int, most: int) -> int:
    """Which of the colours a count has: 0 for nothing, then in even steps up to the most."""
    return -(-count * STEPS // most) if count else 0


def heat(ids: Ids, title: str, about: str, week: Sequence[Sequence[int]]) -> Html:
    """The chart, with its legend and the sums at its right and bottom.

    Args:
        ids: The ids of the page.
        title: What it shows, for those who do not see it.
        about: What is to be seen on it, for the same.
        week: How much there is in each hour of each day, from Monday.
    """
    most = max(1, *(max(day) for day in week))
    height = ABOVE + ROW * (len(DAYS) + 1) + BETWEEN
    rows = [(name[:3], ABOVE + ROW * place) for place, name in enumerate(DAYS)]
    rows.append((ALL, height - ROW))
    axis = el(
        "svg",
        *(_name(name, y) for name, y in rows),
        width="100%",
        height=height,
        aria_hidden="true",
    )
    name, description = ids.new("title"), ids.new("about")
    plot = el(
        "svg",
        el("title", title, id=name),
        el("desc", about, id=description),
        *(
            el(
                "text",
                f"{hour:02}",
                x=_middle(hour),
                y="14",
                text_anchor="middle",
                class_="tick minor" if hour % 3 else "tick",
            )
            for hour in HOURS
        ),
        el("text", ALL, x=_middle(24), y="14", text_anchor="middle", class_="tick wide"),
        *(_cell(day, hour, week[day][hour], most) for day in range(len(DAYS)) for hour in HOURS),
        *(_sum(24, y, sum(day)) for (_, y), day in zip(rows, week, strict=False)),
        *(_sum(hour, rows[-1][1], sum(day[hour] for day in week)) for hour in HOURS),
        _sum(24, rows[-1][1], sum(map(sum, week))),
        width="100%",
        height=height,
        role="img",
        aria_labelledby=f"{name} {description}",
    )
    return el("figure", el("div", axis, plot, class_="plot"), _legend(most), class_="chart")


def _name(name: str, y: float) -> Html:
    classes = "tick wide" if name == ALL else "tick"
    return el("text", name, x="36", y=y + ROW / 2 + 4, text_anchor="end", class_=classes)


def _middle(hour: int) -> str:
    return f"{(hour + 0.5) * 4:g}%"


def _cell(day: int, hour: int, count: int, most: int) -> Html:
    colour, y = step(count, most), ABOVE + ROW * day
    title = f"{DAYS[day]} {hour:02}:00 to {hour + 1:02}:00: {plural(count, 'alert')}"
    said = el("title", title)
    rect = el("rect", said, x=f"{hour * 4 + 0.1:g}%", y=y + 1, width="3.8%", height=ROW - 2, rx=3, class_=f"h{colour}")
    if not count:
        return rect
    text = el(
        "text",
        short(count),
        x=_middle(hour),
        y=y + ROW / 2 + 4,
        text_anchor="middle",
        class_=f"cell wide t{colour}",
        pointer_events="none",
    )
    return joined([rect, text])


def _sum(hour: int, y: float, count: int) -> Html:
    return el("text", short(count), x=_middle(hour), y=y + ROW / 2 + 4, text_anchor="middle", class_="cell wide")


def _legend(most: int) -> Html:
    keys: list[Html] = []
    for colour in range(STEPS + 1):
        held = [count for count in (_least(colour, most), _least(colour + 1, most) - 1) if step(count, most) == colour]
        if held:
            low, high = held[0], held[-1]
            text = number(low) if low == high else f"{number(low)} to {number(high)}"
            swatch = el("rect", width="12", height="12", rx="2", class_=f"h{colour}")
            drawn = el("svg", swatch, width="12", height="12", aria_hidden="true")
            keys.append(el("li", drawn, el("span", text)))
    return el("ul", *keys, class_="legend")


def _least(colour: int, most: int) -> int:
    """The least count that has a colour, or one beyond it."""
    return 0 if colour == 0 else (colour - 1) * most // STEPS + 1
