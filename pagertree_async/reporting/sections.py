"""The sections of the page that are about alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pagertree_async.reporting import buckets
from pagertree_async.reporting.clock import Period
from pagertree_async.reporting.columns import Column, Series, columns
from pagertree_async.reporting.counts import EDGES, Group, Spread
from pagertree_async.reporting.heat import DAYS, heat
from pagertree_async.reporting.markup import Html, Ids, el, sent
from pagertree_async.reporting.table import Bar, bars, numbers
from pagertree_async.reporting.words import duration, number, plural, share

URGENCIES = ("critical", "high", "medium", "low", "silent")
TEAMS = 15
"""How many teams have a bar of their own."""
TIMES = ("Time to acknowledge", "Time to resolve")
CLASSES = (
    *("under 1 min", "1 to 5 min", "5 to 15 min", "15 to 30 min", "30 to 60 min", "1 to 2 h", "2 to 4 h", "4 to 8 h"),
    *("8 to 24 h", "1 to 7 days", "7 days or more"),
)
"""The classes of a spread, one more than ``EDGES``."""
assert len(CLASSES) == len(EDGES) + 1


def section(id: str, heading: str, *content: Html | None) -> Html:
    """A section of the page."""
    return el("section", el("h2", heading, id=f"{id}-head"), *content, id=id, aria_labelledby=f"{id}-head")


def note(text: str) -> Html:
    """A remark."""
    return el("p", text, class_="note")


def missing(text: str) -> Html:
    """What stands in the place of a chart for which there is no data."""
    return el("p", text, class_="missing")


def urgencies(groups: Sequence[Group]) -> list[tuple[str | None, str, str]]:
    """The urgencies that alerts have, the most urgent first, each with its name and the class of its colour."""
    there = [group.name for group in groups]
    known = [name for name in URGENCIES if name in there]
    strange = [name for name in there if name not in URGENCIES]
    return [*((name, name, name) for name in known), *((name, name or "none", "other") for name in strange)]


def over_time(
    ids: Ids, period: Period, unit: str, counted: Mapping[date, Mapping[str | None, int]], groups: Sequence[Group]
) -> Html:
    """How many alerts there were, over time."""
    days = buckets.begins(period, unit)
    kinds = urgencies(groups)
    years = period.days > 366
    shown: list[Column] = []
    rows: list[list[str]] = []
    for day in days:
        values = tuple(counted.get(day, {}).get(name, 0) for name, _, _ in kinds)
        label = buckets.long(day, unit)
        split = ", ".join(f"{name} {number(value)}" for (_, name, _), value in zip(kinds, values, strict=True) if value)
        title = f"{label}: {plural(sum(values), 'alert')}{f' ({split})' if split else ''}"
        shown.append(Column(label=buckets.short(day, unit, years=years), title=title, values=values))
        rows.append([label, number(sum(values)), *(number(value) for value in values)])
    totals = [sum(one.values) for one in shown]
    most = max(range(len(totals)), key=totals.__getitem__)
    quiet = totals.count(0)
    about = (
        f"{plural(len(days), unit)}, {number(quiet) if quiet else 'none'} of them without alerts; "
        f"{sum(totals) / len(totals):,.1f} on average, {plural(totals[most], 'alert')} at most: {buckets.long(days[most], unit)}."
    )
    torn = " and the ".join(buckets.torn(period, unit))
    return section(
        "days",
        f"Alerts per {unit}",
        note(f"{about}{f' Of the {torn} {unit} only a part is in the period.' if torn else ''}"),
        columns(
            ids, f"Alerts per {unit}, by urgency", about, shown, [Series(name=sent(s), colour=c) for _, s, c in kinds]
        ),
        numbers(
            f"The numbers of every {unit}",
            [unit.capitalize(), "Alerts", *(sent(name) for _, name, _ in kinds)],
            rows,
        ),
    )


def over_week(ids: Ids, week: Sequence[Sequence[int]], zone: str) -> Html:
    """When in the week alerts come."""
    most = max(range(24 * 7), key=lambda place: week[place // 24][place % 24])
    day, hour = divmod(most, 24)
    about = f"Most come on {DAYS[day]} between {hour:02}:00 and {hour + 1:02}:00: {plural(week[day][hour], 'alert')}."
    rows = [
        [name, *(number(count) for count in week[place]), number(sum(week[place]))] for place, name in enumerate(DAYS)
    ]
    rows.append(["All", *(number(sum(day[hour] for day in week)) for hour in range(24)), number(sum(map(sum, week)))])
    heads = ["Day", *(f"{hour:02}" for hour in range(24)), "All"]
    return section(
        "hours",
        "Alerts by day of the week and hour",
        note(f"{about} Hours are those of {zone}."),
        heat(ids, "Alerts by day of the week and hour", about, week),
        numbers("The numbers of every hour", heads, rows),
    )


def _cells(group: Group, total: int) -> tuple[str, ...]:
    return number(group.count), share(group.count, total), duration(group.acknowledged), duration(group.resolved)


HEADS = ("Alerts", "Share", "Acknowledged", "Resolved")
MEDIANS = el("p", "The times are medians, of those alerts that were acknowledged, or resolved.", class_="note wide")


def by_urgency(groups: Sequence[Group]) -> Html:
    """How many alerts there are of each urgency."""
    by = {group.name: group for group in groups}
    total = sum(group.count for group in groups)
    rows = [
        Bar(name=sent(shown), value=by[name].count, cells=_cells(by[name], total), colour=colour)
        for name, shown, colour in urgencies(groups)
    ]
    return section("urgency", "By urgency", MEDIANS, bars("Urgency", HEADS, rows))


def drawn(teams: Sequence[Group]) -> Sequence[Group]:
    """The teams that have a bar of their own: those with most alerts, or all where that is one more."""
    return teams if len(teams) <= TEAMS + 1 else teams[:TEAMS]


def by_team(
    groups: Sequence[Group], others: Group | None, names: Mapping[str, str], total: int, *, exported: bool
) -> Html:
    """How many alerts each team has.

    Args:
        groups: The alerts of each team.
        others: The alerts of those that :func:`drawn` leaves out, together; None when it leaves out none.
        names: The names of the teams by id.
        total: How many alerts there are.
        exported: Whether the teams were.
    """
    teams = [group for group in groups if group.name is not None]
    nobody = [group for group in groups if group.name is None]
    if not teams:
        return section("teams", "By team", missing("None of these alerts is for a team."))

    def row(group: Group) -> Bar:
        name = el("span", "no team", class_="faint") if group.name is None else named(group.name, names)
        colour = "never" if group.name is None else "accent"
        return Bar(name=name, value=group.count, cells=_cells(group, total), colour=colour)

    rows = [row(group) for group in drawn(teams)]
    rest = len(teams) - len(rows)
    if others is not None:
        rows.append(Bar(name=f"{rest} other teams", value=0, cells=_cells(others, total), rest=True))
    rows += map(row, nobody)
    double = sum(group.count for group in groups) > total
    return section(
        "teams",
        "By team",
        MEDIANS,
        note("An alert for several teams counts for each of them.") if double else None,
        None if exported else note("The teams are not in the export: they are shown by their ids."),
        bars("Team", HEADS, rows),
        numbers(
            "The numbers of every team",
            ["Team", *HEADS],
            [[named(g.name or "", names), *_cells(g, total)] for g in teams],
        )
        if others is not None
        else None,
    )


def named(id: str, names: Mapping[str, str]) -> Html:
    """A name, with its id where another has the same; the id where there is none."""
    name = names.get(id)
    return sent(id if name is None else name)


def times(acknowledged: Spread, resolved: Spread, total: int) -> Html:
    """How long it took until somebody came, and until it was over."""
    return section(
        "times",
        "Time to acknowledge and to resolve",
        note("Counted from when an alert was made. Nine of ten were no slower than the time called 9 of 10."),
        el("div", _spread("acknowledged", acknowledged, total), _spread("resolved", resolved, total), class_="two"),
    )


def _spread(what: str, spread: Spread, total: int) -> Html:
    head = el("h3", TIMES[what == "resolved"])
    never = sum(count for _, count in spread.never)
    if not spread.count:
        text = (
            "No alert of this export says when it was"
            if never == total
            else "No alert says in a way that can be when it was"
        )
        return el("div", head, missing(f"{text} {what}."))
    split = ", ".join(f"{number(count)} {status or 'without a status'}" for status, count in spread.never)
    rows = [
        Bar(name=name, value=count, cells=(number(count), share(count, total)))
        for name, count in zip(CLASSES, spread.classes, strict=True)
    ]
    rows.append(Bar(name=f"never {what}", value=never, cells=(number(never), share(never, total)), colour="never"))
    facts = (("Median", spread.median), ("9 of 10", spread.most), ("Longest", spread.longest))
    return el(
        "div",
        head,
        el("ul", *(el("li", el("b", duration(value)), el("span", name)) for name, value in facts), class_="tiles"),
        bars("After", ("Alerts", "Share"), rows),
        note(
            f"{plural(spread.count, 'alert was', 'alerts were')} {what}, {number(never)} never{f': now {split}' if split else ''}."
        ),
        note(f"{plural(spread.odd, 'alert says', 'alerts say')} to have been {what} before being made: left out.")
        if spread.odd
        else None,
    )


def noisiest(sources: Sequence[Group], titles: Sequence[Group], names: Mapping[str, str], total: int) -> Html:
    """Where most alerts come from, and what most of them say."""

    def most(caption: str, groups: Sequence[Group], known: Mapping[str, str], none: str) -> Html:
        rows = [
            Bar(
                name=named(group.name or "", known),
                value=group.count,
                cells=_cells(group, total),
            )
            for group in groups
        ]
        return bars(caption, HEADS, rows) if rows else missing(none)

    return section(
        "noise",
        "Where most alerts come from",
        note("Titles that differ in numbers alone count as one, # standing for the numbers."),
        MEDIANS,
        most("Source", sources, names, "No alert names its source."),
        most("Title", titles, {}, "No alert has a title."),
    )
