"""The numbers of a report, counted in plain Python over the rows themselves."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pagertree_async.reporting.counts import EDGES, Group, Spread

Row = dict[str, Any]


def moment(sent: Any) -> datetime | None:
    """A moment as either API sends it."""
    if sent is None:
        return None
    return datetime.fromisoformat(sent) if isinstance(sent, str) else datetime.fromtimestamp(sent, UTC)


def made(row: Row) -> datetime | None:
    return moment(row.get("created_at") or row.get("createdAt") or row.get("created"))


def took(row: Row, what: str) -> float | None:
    """Seconds until something happened, None when it did not or cannot have."""
    end, begin = moment(row.get(f"{what}_at", row.get(what))), moment(row.get("created")) or made(row)
    if end is None or begin is None or end - begin <= timedelta(seconds=-1):
        return None
    return max(0.0, (end - begin) / timedelta(seconds=1))


def happened(row: Row, what: str) -> bool:
    return row.get(f"{what}_at", row.get(what)) is not None


def by_day(rows: Sequence[Row], zone: ZoneInfo, unit: str) -> dict[date, dict[str | None, int]]:
    found: dict[date, dict[str | None, int]] = {}
    for row in rows:
        day = made(row).astimezone(zone).date()
        begin = {
            "day": day,
            "week": day - timedelta(days=day.weekday()),
            "month": day.replace(day=1),
            "year": day.replace(month=1, day=1),
        }[unit]
        counted = found.setdefault(begin, {})
        counted[row["urgency"]] = counted.get(row["urgency"], 0) + 1
    return found


def by_hour(rows: Sequence[Row], zone: ZoneInfo) -> list[list[int]]:
    week = [[0] * 24 for _ in range(7)]
    for row in rows:
        local = made(row).astimezone(zone)
        week[local.weekday()][local.hour] += 1
    return week


def group(name: str | None, rows: Sequence[Row]) -> Group:
    times = {what: [t for row in rows if (t := took(row, what)) is not None] for what in ("acknowledged", "resolved")}
    medians = {what: statistics.median(found) if found else None for what, found in times.items()}
    return Group(name=name, count=len(rows), **medians)


def groups(rows: Sequence[Row], keys: Callable[[Row], Iterable[str | None]]) -> list[Group]:
    found: dict[str | None, list[Row]] = {}
    for row in rows:
        for key in keys(row):
            found.setdefault(key, []).append(row)
    return sorted(
        (group(*one) for one in found.items()), key=lambda one: (-one.count, one.name is None, one.name or "")
    )


def teams_of(row: Row, known: Sequence[str]) -> set[str]:
    if row.get("d_team_id"):
        return {row["d_team_id"]}
    there = [id for id in row.get("destination_ids", ()) if (id in known if known else id.startswith("tem_"))]
    return {*row.get("destination_team_ids", ()), *there}


def title(row: Row) -> list[str]:
    return [re.sub("[0-9]+", "#", row["title"])] if row["title"] else []


def percentile(values: Sequence[float], part: float) -> float | None:
    """Interpolated between the two values nearest to it."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread(rows: Sequence[Row], what: str) -> Spread:
    times = [t for row in rows if (t := took(row, what)) is not None]
    classes = [0] * (len(EDGES) + 1)
    for time in times:
        classes[sum(edge <= time for edge in EDGES)] += 1
    never = Counter(row["status"] for row in rows if not happened(row, what))
    return Spread(
        count=len(times),
        median=percentile(times, 0.5),
        most=percentile(times, 0.9),
        longest=max(times, default=None),
        classes=tuple(classes),
        never=tuple(sorted(never.items(), key=lambda one: (-one[1], one[0] is None, one[0] or ""))),
        odd=sum(happened(row, what) and took(row, what) is None for row in rows),
    )
