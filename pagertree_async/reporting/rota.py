"""Who was on call, worked out from the events that were exported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias, cast
from zoneinfo import ZoneInfo

import msgspec

from pagertree_async.errors import InvalidResponseError
from pagertree_async.models import as_datetime
from pagertree_async.oncall import Gap, Person, Shift, cut, uncovered
from pagertree_async.reporting.clock import Period
from pagertree_async.reporting.recurrence import UNITS, Event, occurrences
from pagertree_async.timezones import zone_info

Row: TypeAlias = Mapping[str, str | None]

COLUMNS = (
    *("id", "layer", "repeat", "frequency", "frequency_unit", "exceptions"),
    *("schedule_id", "attendees", "user_id", "start", "end", "timezone", "repeatend", "dow"),
    *("schedule_ids", "event_attendees", "start_time", "end_time", "time_zone", "repeat_end_datetime", "days_of_week"),
    "rotation",
)
"""What is read of an event: what both APIs have, then what each calls in its own way."""
ZERO = timedelta()


class Rota(msgspec.Struct, frozen=True, kw_only=True):
    """Who was on call in a period.

    Attributes:
        shifts: The shifts, cut off where the period begins and ends.
        gaps: When nobody was on call, by schedule.
        strange: The events of which no shift could be made, by id, with the reason.
    """

    shifts: tuple[Shift, ...]
    gaps: dict[str, list[Gap]]
    strange: dict[str, str]


def rota(events: Iterable[Row], names: Mapping[str, str], schedules: Iterable[str], period: Period) -> Rota:
    """Work out who was on call.

    Args:
        events: The events, as texts by column.
        names: The names of people by their ids.
        schedules: The ids of the schedules there are, in order.
        period: When.
    """
    found: list[Shift] = []
    strange: dict[str, str] = {}
    for row in events:
        try:
            found += _shifts(row, names, period)
        except (InvalidResponseError, ValueError, TypeError, OverflowError, msgspec.DecodeError) as error:
            strange[row["id"] or "?"] = str(error)
    shifts = cut(found, period.since, period.until)
    of: dict[str, list[Shift]] = {schedule: [] for schedule in schedules}
    for one in shifts:
        of.setdefault(one.schedule or "", []).append(one)
    gaps = {schedule: uncovered(mine, period.since, period.until) for schedule, mine in of.items()}
    return Rota(shifts=tuple(shifts), gaps=gaps, strange=strange)


def on_call(shifts: Iterable[Shift]) -> timedelta:
    """How long somebody is on call, what overlaps counted once."""
    total, covered = ZERO, None
    for one in sorted(shifts, key=lambda one: one.start):
        begin = one.start if covered is None else max(one.start, covered)
        if one.end > begin:
            total += one.end - begin
            covered = one.end
    return total


def _shifts(row: Row, names: Mapping[str, str], period: Period) -> list[Shift]:
    event, people = _event(row), _people(row)
    rotation, layer = _true(row["rotation"]), _whole(row["layer"]) or 1
    schedules = _ids(row["schedule_ids"] or row["schedule_id"])
    return [
        Shift(start=start, end=end, user=Person(id=one, name=names.get(one)), layer=layer, schedule=schedule)
        for number, start, end in occurrences(event, period.since, period.until)
        for one in ([people[number % len(people)]] if rotation and people else people)
        for schedule in schedules
    ]


def _event(row: Row) -> Event:
    """An event in the words of both APIs, in one.

    Raises:
        InvalidResponseError: It has a moment or a time zone that is none.
        ValueError: It lacks something, or has what it should not.
    """
    start, end = _moment(row["start_time"] or row["start"]), _moment(row["end_time"] or row["end"])
    if start is None or end is None:
        message = "it does not say when it is"
        raise ValueError(message)
    unit = (row["frequency_unit"] or "daily") if _true(row["repeat"]) else None
    if unit is not None and unit not in UNITS:
        message = f"it repeats by {unit!r}"
        raise ValueError(message)
    zone = zone_info(row["time_zone"] or row["timezone"] or "UTC")
    return Event(
        start=start,
        end=end,
        zone=zone,
        unit=unit,
        every=_whole(row["frequency"]) or 1,
        weekdays=tuple(int(day) for day in _list(row["days_of_week"] or row["dow"])),
        last=_moment(row["repeatend"]) or _whole_day(_moment(row["repeat_end_datetime"]), zone),
        exceptions=frozenset(filter(None, map(_exception, _list(row["exceptions"])))),
    )


def _whole_day(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The last moment of the day that midnight stands for; any other moment is itself."""
    if moment is None or moment.astimezone(zone).time() != time():
        return moment
    day = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC) - timedelta(seconds=1)


def _exception(sent: Any) -> datetime | None:
    if isinstance(sent, dict):
        given = cast("dict[str, Any]", sent)
        sent = given.get("start_datetime", given.get("start"))
    return as_datetime(sent)


def _people(row: Row) -> list[str]:
    """The ids of those who take part, in the order of their turns."""
    sent = _list(row["event_attendees"])
    attendees = [cast("dict[str, Any]", one) for one in sent if isinstance(one, dict)]
    if attendees:
        attendees.sort(key=lambda one: one.get("position") or 0)
        return [str(one["attendee_id"]) for one in attendees if one.get("attendee_id")]
    return _ids(row["attendees"]) or _ids(row["user_id"])


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return as_datetime(float(text))
    except ValueError:
        return as_datetime(text)


def _list(text: str | None) -> list[Any]:
    found: Any = msgspec.json.decode(text) if text else None
    return cast("list[Any]", found) if isinstance(found, list) else []


def _ids(text: str | None) -> list[str]:
    """The ids of a list, or the one that is there instead, written out or as JSON."""
    if not text:
        return []
    found: Any = msgspec.json.decode(text) if text.startswith(("[", '"')) else text
    return [str(one) for one in cast("list[Any]", found)] if isinstance(found, list) else [str(found)]


def _true(text: str | None) -> bool:
    return text in {"true", "1"}


def _whole(text: str | None) -> int:
    return int(float(text)) if text else 0
