"""The numbers of the report: each function is a query over the alerts of the period."""

# What is put into the queries are the names of columns, out of this file.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec

from pagertree_async.reporting.database import Database

SECOND = 1_000_000
"""In microseconds."""
EDGES = (60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 604_800)
"""Where one class of a spread ends and the next begins, in seconds."""
HALF, MOST = 0.5, 0.9


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts that have something in common.

    Attributes:
        name: What: an urgency, a team's id; None for those that have none.
        count: How many they are.
        acknowledged: The median of seconds until they were acknowledged, None when none was.
        resolved: The same until they were resolved.
    """

    name: str | None
    count: int
    acknowledged: float | None
    resolved: float | None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How long it took until something happened to the alerts.

    Attributes:
        count: How many alerts it happened to, at a time that can be.
        median: The median, in seconds; None when it happened to none.
        most: What nine of ten stayed within, in seconds, interpolated between two alerts.
        longest: The longest, in seconds.
        classes: How many took less than each of ``EDGES``, and how many longer than the last.
        never: How many it never happened to, by the status they have, most first.
        odd: How many say that it happened before they were made.
    """

    count: int
    median: float | None
    most: float | None
    longest: float | None
    classes: tuple[int, ...]
    never: tuple[tuple[str | None, int], ...]
    odd: int


def by_day(database: Database, unit: str) -> dict[date, dict[str | None, int]]:
    """How many alerts there are by urgency, for each day, week, month or year that has any.

    Args:
        database: Where the alerts are.
        unit: ``day``, ``week`` (from Monday), ``month`` or ``year``.
    """
    found: dict[date, dict[str | None, int]] = {}
    for begin, urgency, count in database.run(
        "SELECT date_trunc(?, local)::DATE, urgency, count(*) FROM alert GROUP BY ALL ORDER BY ALL", unit
    ):
        found.setdefault(begin, {})[urgency] = count
    return found


def by_hour(database: Database) -> list[list[int]]:
    """How many alerts there are in each hour of each day of the week, from Monday."""
    week = [[0] * 24 for _ in range(7)]
    for day, hour, count in database.run(
        "SELECT isodow(local), hour(local), count(*) FROM alert GROUP BY ALL ORDER BY ALL"
    ):
        week[day - 1][hour] = count
    return week


GROUPS = f"""count(*),
    quantile_cont(until_acknowledged::DOUBLE, {HALF}) / {SECOND}, quantile_cont(until_resolved::DOUBLE, {HALF}) / {SECOND}"""


def _groups(rows: list[tuple[Any, ...]]) -> list[Group]:
    return [Group(name=name, count=count, acknowledged=one, resolved=two) for name, count, one, two in rows]


def by_urgency(database: Database) -> list[Group]:
    """The alerts of each urgency, most first."""
    return _groups(database.run(f"SELECT urgency, {GROUPS} FROM alert GROUP BY ALL ORDER BY 2 DESC, 1"))


def by_team(database: Database) -> list[Group]:
    """The alerts of each team, most first; an alert for several teams is one of each."""
    return _groups(
        database.run(
            f"SELECT team.id, {GROUPS} FROM alert LEFT JOIN team USING (row) GROUP BY ALL ORDER BY 2 DESC, 1 NULLS LAST"
        )
    )


def of_other_teams(database: Database, known: Sequence[str]) -> Group:
    """The alerts of all teams but some, each counted once."""
    return _groups(
        database.run(
            f"SELECT NULL, {GROUPS} FROM alert WHERE row IN (SELECT row FROM team WHERE NOT list_contains(?, id))",
            list(known),
        )
    )[0]


def by_source(database: Database, limit: int) -> list[Group]:
    """The sources of most alerts, most first."""
    return _groups(
        database.run(
            f"SELECT source, {GROUPS} FROM alert WHERE source IS NOT NULL GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT {limit}"
        )
    )


def by_title(database: Database, limit: int) -> list[Group]:
    """The titles of most alerts, most first; those that differ in numbers alone are one."""
    return _groups(
        database.run(
            f"SELECT regexp_replace(title, '[0-9]+', '#', 'g'), {GROUPS} FROM alert WHERE title IS NOT NULL "
            f"GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT {limit}"
        )
    )


def incidents(database: Database) -> int:
    """How many alerts are incidents."""
    return int(database.run("SELECT count(*) FROM alert WHERE incident")[0][0])


def spread(database: Database, what: str) -> Spread:
    """How long it took until alerts were acknowledged, or resolved.

    Args:
        database: Where the alerts are.
        what: ``acknowledged`` or ``resolved``.
    """
    took = f"until_{what}"
    edges = [0, *(edge * SECOND for edge in EDGES), None]
    classes = ", ".join(
        f"count(*) FILTER ({took} >= {low}{'' if high is None else f' AND {took} < {high}'})"
        for low, high in pairwise(edges)
    )
    count, median, most, longest, odd, *counted = database.run(
        f"""SELECT count({took}), quantile_cont({took}::DOUBLE, {HALF}) / {SECOND},
        quantile_cont({took}::DOUBLE, {MOST}) / {SECOND}, max({took}) / {SECOND},
        count(*) FILTER (was_{what} AND {took} IS NULL), {classes} FROM alert"""
    )[0]
    never = database.run(
        f"SELECT status, count(*) FROM alert WHERE NOT was_{what} GROUP BY ALL ORDER BY 2 DESC, 1 NULLS LAST"
    )
    return Spread(
        count=count,
        median=median,
        most=most,
        longest=longest,
        classes=tuple(counted),
        never=tuple((status, number) for status, number in never),
        odd=odd,
    )
