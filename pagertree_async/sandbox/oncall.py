"""Who is on call when, worked out from a schedule's events."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, HOURLY, MO, MONTHLY, WEEKLY, YEARLY, rrule

from pagertree_async.sandbox.store import Object

_FREQUENCIES: dict[str, Literal[0, 1, 2, 3, 4]] = {
    "hourly": HOURLY,
    "daily": DAILY,
    "weekly": WEEKLY,
    "monthly": MONTHLY,
    "yearly": YEARLY,
}
_HOURS = {"hourly": 1, "daily": 24, "weekly": 168}
_MONTHS = {"monthly": 1, "yearly": 12}

# More than any zone's clock is ever set forward or back.
_SLACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Shift:
    """One occurrence of an event.

    Args:
        start: When it begins, in unix seconds.
        end: When it ends, in unix seconds; this second is no longer part of it.
        event: The event it belongs to.
    """

    start: int
    end: int
    event: Object

    @property
    def layer(self) -> int:
        """The escalation layer, from 1."""
        return self.event.get("layer") or 1

    @property
    def user_ids(self) -> list[str]:
        """Who is on call."""
        attendees = self.event.get("attendees")
        if attendees:
            return list(attendees)
        user_id = self.event.get("user_id")
        return [user_id] if user_id else []


def shifts(events: Iterable[Object], start: float, end: float) -> list[Shift]:
    """The occurrences of events that overlap a stretch of time, by start, then layer, then event.

    A changed occurrence needs nothing special: its parent leaves the occurrence out by an exception, and the event that
    stands in for it is among the events itself.

    Args:
        events: The events.
        start: Where the stretch begins, in unix seconds.
        end: Where it ends, in unix seconds, itself not included.
    """
    found = [Shift(*times, event) for event in events for times in occurrences(event, start, end)]
    found.sort(key=lambda shift: (shift.start, shift.layer, shift.event["id"]))
    return found


def occurrences(event: Object, start: float, end: float) -> Iterator[tuple[int, int]]:
    """When an event takes place within a stretch of time.

    A repeated event keeps its wall-clock time in its own time zone, so a night shift of eight hours lasts seven or nine
    when the clocks change. A time that the change leaves out is read by the clock before the change; one that comes twice
    is its first.

    Args:
        event: The event: start and end in unix seconds, timezone, repeat, frequency, frequency_unit, dow, repeatend,
            exceptions.
        start: Where the stretch begins, in unix seconds.
        end: Where it ends, in unix seconds, itself not included.

    Returns:
        The start and end of every occurrence that overlaps the stretch, in unix seconds, earliest first.
    """
    for _, begins, ends in turns(event, start, end):
        yield begins, ends


def turns(event: Object, start: float, end: float) -> Iterator[tuple[int, int, int]]:
    """What `occurrences` gives, each with how many came before it where the event has a rotation, else only counted on.

    An occurrence that does not take place is counted all the same: leaving one out leaves the others' turns as they are.

    Args:
        event: The event; with `rotation` the count begins with its first occurrence.
        start: Where the stretch begins, in unix seconds.
        end: Where it ends, in unix seconds, itself not included.
    """
    left_out = excepted(event)
    last = event.get("repeatend")
    for number, begins, ends in _repeated(event, start, end) if event.get("repeat") else _once(event):
        if last is not None and begins > last:
            return
        if begins < end and ends > start and begins < ends and begins not in left_out:
            yield number, begins, ends


def excepted(event: Object) -> set[int]:
    """The starts of the occurrences that do not take place, in unix seconds.

    Args:
        event: The event, whose exceptions are unix seconds or objects with a start.
    """
    return {entry["start"] if isinstance(entry, dict) else entry for entry in event.get("exceptions") or ()}


def _once(event: Object) -> Iterator[tuple[int, int, int]]:
    yield 0, event["start"], event["end"]


def _repeated(event: Object, start: float, end: float) -> Iterator[tuple[int, int, int]]:
    zone = ZoneInfo(event.get("timezone") or "UTC")
    first = datetime.fromtimestamp(event["start"], zone).replace(tzinfo=None)
    length = datetime.fromtimestamp(event["end"], zone).replace(tzinfo=None) - first
    earliest = datetime.fromtimestamp(start, UTC).replace(tzinfo=None) - length - _SLACK
    latest = datetime.fromtimestamp(end, UTC).replace(tzinfo=None) + _SLACK
    before: int | None = None if event.get("rotation") else 0
    for place, local in enumerate(_rule(event, first, earliest, latest)):
        if before is None:
            before = _count(event, first, local)
        if local == first:
            # The event itself says to the second when this one is, even in an hour that comes twice.
            yield before + place, event["start"], event["end"]
        else:
            yield before + place, _unix(local, zone), _unix(local + length, zone)


def _count(event: Object, first: datetime, until: datetime) -> int:
    """How many times an event's rule comes round before a moment."""
    # Whatever goes by hours, days or weeks looks the same again after some weeks; so long a stretch is counted once.
    hours = _HOURS.get(event.get("frequency_unit") or "daily")
    if hours is None:
        return _walked(event, first, until)
    cycle = timedelta(hours=math.lcm(hours * max(1, event.get("frequency") or 1), 168))
    cycles, rest = divmod(until - first, cycle)
    return (cycles and cycles * _walked(event, first, first + cycle)) + _walked(event, first, first + rest)


def _walked(event: Object, first: datetime, until: datetime) -> int:
    return sum(local < until for local in _rule(event, first, first, until))


def _unix(local: datetime, zone: ZoneInfo) -> int:
    return int(local.replace(tzinfo=zone).timestamp())


def _rule(event: Object, first: datetime, earliest: datetime, latest: datetime) -> rrule:
    """The event's rule from about `earliest` on, so that a far-off window costs no more than a near one."""
    unit = event.get("frequency_unit") or "daily"
    interval = max(1, event.get("frequency") or 1)
    # Both ways to count days of the week agree on 1 to 6; Sunday is 0 in one and 7 in the other. dateutil has Monday as 0.
    weekdays = [(day - 1) % 7 for day in event.get("dow") or ()] or None
    if unit == "daily" and weekdays and interval % 7 == 0:
        # Every fourteen days on Monday and Tuesday means every second week.
        unit, interval = "weekly", interval // 7
    begin, month, day = first, None, None
    if earliest > first and unit in _HOURS:
        step = timedelta(hours=interval * _HOURS[unit])
        begin = first + (earliest - first) // step * step
    elif earliest > first:
        period = interval * _MONTHS[unit]
        skipped = (_months(earliest) - _months(first)) // period * period
        if skipped:
            # A month may lack the day of the first occurrence, so the rule begins with the month and names the day.
            years, months = divmod(_months(first) + skipped, 12)
            yearly = unit == "yearly"
            begin = first.replace(year=years, month=1 if yearly else months + 1, day=1)
            day = None if weekdays else first.day
            month = first.month if yearly and not weekdays else None
    return rrule(
        _FREQUENCIES[unit],
        dtstart=begin,
        interval=interval,
        wkst=MO,
        until=latest,
        byweekday=weekdays,
        bymonthday=day,
        bymonth=month,
    )


def _months(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1
