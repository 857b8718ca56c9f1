"""The section of the page that says who was on call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from pagertree_async.oncall import Shift, cut
from pagertree_async.reporting.clock import Period, midnight
from pagertree_async.reporting.columns import Series, legend
from pagertree_async.reporting.markup import Html, Ids, el, sent
from pagertree_async.reporting.palette import PEOPLE
from pagertree_async.reporting.rota import Rota, on_call
from pagertree_async.reporting.sections import missing, named, note, section
from pagertree_async.reporting.table import Bar, bars, numbers
from pagertree_async.reporting.timeline import lines, timeline
from pagertree_async.reporting.words import hours, number, plural, share

DAYS = 28
"""How many days the timeline has at most."""
LINES = 40
"""How many lines it has at most."""
PERSONS = 15
"""How many people have a bar of their own."""
HEADING = "Who was on call"
AGAIN = "pagertree-async export writes them along with the alerts, unless --resource leaves them out."


def without(why: str) -> Html:
    """The section where nobody can be told to have been on call."""
    return section("oncall", HEADING, missing(why))


def people(ids: Ids, found: Rota, schedules: Mapping[str, str], period: Period) -> Html:
    """Who was on call when, and for how long.

    Args:
        ids: The ids of the page.
        found: Who was.
        schedules: The names of the schedules by id.
        period: The period of the report.
    """
    strange = _strange(found)
    if not found.shifts:
        none = missing("Nobody was on call in this period: none of the exported events takes place in it.")
        return section("oncall", HEADING, none, strange)
    by: dict[str, list[Shift]] = {}
    for one in found.shifts:
        by.setdefault(one.user.id, []).append(one)
    times = sorted(((on_call(shifts), person) for person, shifts in by.items()), key=lambda one: (-one[0], one[1]))
    # In the order of the lines, so that those who share one look different.
    there = dict.fromkeys(one.user.id for line in lines(found.shifts, found.gaps) for one in line.shifts)
    colours = {person: f"p{place % len(PEOPLE)}" for place, person in enumerate(there)}
    total = (period.until - period.since).total_seconds()
    return section(
        "oncall",
        HEADING,
        note(
            "As the schedules stood when they were exported; an export with --since leaves out what was planned before. "
            "Somebody who is on call twice at the same time is counted once."
        ),
        strange,
        *_shown(ids, found, schedules, period, colours),
        el("h3", f"Hours on call, {period.first} to {period.last}"),
        *_hours(times, by, colours, total),
        el("h3", "Schedules"),
        _schedules(found, schedules, total),
    )


def _strange(found: Rota) -> Html | None:
    if not found.strange:
        return None
    id, why = next(iter(found.strange.items()))
    text = f"{plural(len(found.strange), 'event')} could not be read and {'is' if len(found.strange) == 1 else 'are'} left out"
    return el("p", f"{text}, such as ", sent(id), ": ", sent(why), class_="warning")


def _shown(
    ids: Ids, found: Rota, schedules: Mapping[str, str], period: Period, colours: Mapping[str, str]
) -> list[Html | None]:
    """The timeline: the last days of the period, as many lines as are readable."""
    part = period
    if period.days > DAYS:
        begin = midnight(period.last - timedelta(days=DAYS - 1), period.zone)
        part = msgspec.structs.replace(period, since=max(begin, period.since))
    shifts = cut(found.shifts, part.since, part.until)
    every = lines(shifts, found.gaps)
    drawn = every[:LINES]
    there = list(dict.fromkeys(one.user.id for line in drawn for one in line.shifts))
    persons = {one.user.id: one.user.name or one.user.id for one in shifts}
    title = f"Who was on call from {part.first} to {part.last}"
    about = f"{plural(len(drawn), 'line')}, {plural(len(there), 'person', 'people')}; the table below has every shift."
    left = len(every) - len(drawn)
    rows = [
        [
            named(one.schedule or "", schedules),
            str(one.layer),
            sent(one.user.name or one.user.id),
            _moment(one.start, period),
            _moment(one.end, period),
            hours((one.end - one.start).total_seconds()),
        ]
        for one in shifts
    ]
    return [
        el("h3", f"{f'The last {DAYS} days, ' if part is not period else ''}{part.first} to {part.last}"),
        note(
            "A bar is a shift, L1 the first escalation layer; what is empty is nobody's. Colours are those of the hours below."
        ),
        timeline(ids, title, about, drawn, part, schedules, colours)
        if drawn
        else missing("Nobody was on call in these days."),
        legend([Series(name=sent(persons[one]), colour=colours[one]) for one in there])
        if len(there) <= len(PEOPLE)
        else None,
        note(f"{plural(left, 'more line')} of other schedules and layers {'is' if left == 1 else 'are'} left out.")
        if left
        else None,
        numbers("Every shift of these days", ("Schedule", "Layer", "Who", "From", "Until", "Hours"), rows, texts=5)
        if rows
        else None,
    ]


def _moment(moment: datetime, period: Period) -> str:
    return f"{moment.astimezone(period.zone):%Y-%m-%d %H:%M}"


def _hours(
    times: Sequence[tuple[timedelta, str]], by: Mapping[str, Sequence[Shift]], colours: Mapping[str, str], total: float
) -> list[Html | None]:
    rows = [_person(spent, by[person], colours[person], total) for spent, person in times]
    drawn = rows if len(rows) <= PERSONS + 1 else rows[:PERSONS]
    rest = times[len(drawn) :]
    if rest:
        spent = sum((one for one, _ in rest), timedelta()).total_seconds()
        summed = Bar(name=f"{len(rest)} others, together", value=0, cells=(hours(spent), "", "", ""), rest=True)
        drawn = [*drawn, summed]
    heads = ("On call", "Of the period", "On layer 1", "Shifts")
    every = [[row.name, *row.cells] for row in rows]
    return [bars("Who", heads, drawn), numbers("The hours of everybody", ["Who", *heads], every) if rest else None]


def _person(spent: timedelta, shifts: Sequence[Shift], colour: str, total: float) -> Bar:
    first = on_call(one for one in shifts if one.layer == 1)
    seconds = spent.total_seconds()
    return Bar(
        name=sent(shifts[0].user.name or shifts[0].user.id),
        value=seconds,
        cells=(hours(seconds), share(seconds, total), hours(first.total_seconds()), number(len(shifts))),
        colour=colour,
    )


def _schedules(found: Rota, schedules: Mapping[str, str], total: float) -> Html:
    rows: list[Bar] = []
    for schedule, gaps in found.gaps.items():
        nobody = sum((gap.end - gap.start for gap in gaps), timedelta()).total_seconds()
        cells = (share(total - nobody, total), hours(nobody), number(len(gaps)))
        rows.append(Bar(name=named(schedule, schedules), value=total - nobody, cells=cells))
    heads = ("Somebody on call", "Nobody", "Gaps")
    drawn = bars("Schedule", heads, rows[:LINES])
    if len(rows) <= LINES:
        return drawn
    every = numbers("Every schedule", ["Schedule", *heads], [[row.name, *row.cells] for row in rows])
    return el("div", note(f"The first {LINES} of {len(rows)} schedules."), drawn, every)
