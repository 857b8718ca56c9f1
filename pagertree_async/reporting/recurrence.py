"""When an event of a schedule takes place: its repeats, by the clocks on the wall of its own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from dateutil.rrule import DAILY, HOURLY, MO, MONTHLY, WEEKLY, YEARLY, rrule

UNITS: dict[str, Literal[0, 1, 2, 3, 4]] = {
    "hourly": HOURLY,
    "daily": DAILY,
    "weekly": WEEKLY,
    "monthly": MONTHLY,
    "yearly": YEARLY,
}
CHANGE = timedelta(days=2)
"""More than the clocks of any zone are ever apart from UTC, or set forward or back."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which people are on call, once or again and again.

    Attributes:
        start: When it first begins, in UTC.
        end: When it first ends.
        zone: The time zone by whose clocks it repeats.
        unit: What it repeats by, one of ``UNITS``; None when it takes place once.
        every: How many units lie between two times.
        weekdays: The days of the week it is limited to, 0 or 7 Sunday to 6 Saturday; none for no limit.
        last: The last moment at which it can begin, None for no end.
        exceptions: The moments at which it would begin and does not.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo
    unit: str | None = None
    every: int = 1
    weekdays: tuple[int, ...] = ()
    last: datetime | None = None
    exceptions: frozenset[datetime] = frozenset()


def occurrences(event: Event, since: datetime, until: datetime) -> Iterator[tuple[int, datetime, datetime]]:
    """When an event takes place within a stretch of time.

    Its wall-clock time stays the same when the clocks change. A time that the change leaves out is read by the clock
    before the change; one that comes twice is its first.

    Args:
        event: The event.
        since: Where the stretch begins.
        until: Where it ends, itself not included.

    Returns:
        For each time that touches the stretch, how many there were before it, those that were left out by an exception
        included; its start and its end.
    """
    for number, (start, end) in enumerate(_times(event, until)):
        if event.last is not None and start > event.last:
            return
        if start < until and end > since and start < end and start not in event.exceptions:
            yield number, start, end


def _times(event: Event, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    if event.unit is None:
        yield event.start, event.end
        return
    first, end = (_wall(moment, event.zone) for moment in (event.start, event.end))
    for wall in _rule(event.unit, event, first, until.replace(tzinfo=None) + CHANGE):
        if wall == first:
            # The event itself says to the second when this one is, even in an hour that comes twice.
            yield event.start, event.end
        else:
            yield _read(wall, event.zone), _read(wall + (end - first), event.zone)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


def _read(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _rule(unit: str, event: Event, first: datetime, until: datetime) -> rrule:
    every = max(1, event.every)
    weekdays = [(day - 1) % 7 for day in event.weekdays] or None
    if unit == "daily" and weekdays and every % 7 == 0:
        unit, every = "weekly", every // 7  # every fourteen days on Monday and Tuesday means every second week
    return rrule(UNITS[unit], dtstart=first, interval=every, wkst=MO, until=until, byweekday=weekdays)
