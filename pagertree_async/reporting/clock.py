"""The period of a report, and what the clocks of a time zone show within it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pagertree_async.errors import InvalidArgumentError
from pagertree_async.oncall import Moment, instant
from pagertree_async.timezones import near_zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(2100, 1, 1, tzinfo=UTC)
"""What is not between these is taken for no moment at all."""
MICROSECOND = timedelta(microseconds=1)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name.

    Raises:
        InvalidArgumentError: There is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = near_zone(name)
        message = f"there is no time zone {name!r}{'' if near is None else f'; did you mean {near!r}?'}"
        raise InvalidArgumentError(message, hint="Write its name, such as Europe/Berlin or UTC") from None


def bound(value: Moment | None, name: str, zone: ZoneInfo) -> datetime | None:
    """A bound of the period; what names no offset, such as a date, is in the report's time zone.

    Args:
        value: What was given.
        name: The argument's name, for the error.
        zone: The report's time zone.

    Raises:
        InvalidArgumentError: It is no moment, a ``datetime`` without a time zone, or not between 1970 and 2100.
    """
    if value is None:
        return None
    found = instant(value, name)
    if not isinstance(value, datetime) and datetime.fromisoformat(str(value)).tzinfo is None:
        found = found.replace(tzinfo=zone).astimezone(UTC)
    if not EPOCH <= found <= LAST:
        message = f"{name} must be between 1970 and 2100"
        raise InvalidArgumentError(message)
    return found


def micros(moment: datetime) -> int:
    """A moment in microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """The moment of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in a time zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def offsets(zone: ZoneInfo, first: datetime, last: datetime) -> list[tuple[int, int]]:
    """What the clocks of a time zone are ahead of UTC by, from each moment at which that changes.

    Args:
        zone: The time zone.
        first: The first moment that matters.
        last: The last.

    Returns:
        Moments and differences in microseconds, in order; the first moment is ``first``.
    """
    found = [(micros(first), _ahead(zone, first))]
    before = first
    while before < last:
        after = before + timedelta(hours=12)
        if _ahead(zone, after) != found[-1][1]:
            change = _change(zone, before, after)
            found.append((micros(change), _ahead(zone, change)))
        before = after
    return found


def _ahead(zone: ZoneInfo, moment: datetime) -> int:
    return (moment.astimezone(zone).replace(tzinfo=UTC) - moment) // MICROSECOND


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second at which the clocks are set as they are after it."""
    low, high = int(before.timestamp()), int(after.timestamp())
    wanted = _ahead(zone, after)
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(zone, datetime.fromtimestamp(middle, UTC)) == wanted:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time that a report is about.

    Attributes:
        since: Where it begins, in UTC.
        until: Where it ends, itself not included.
        zone: The time zone whose days and hours are shown.
    """

    since: datetime
    until: datetime
    zone: ZoneInfo

    @property
    def first(self) -> date:
        """The first day."""
        return self.since.astimezone(self.zone).date()

    @property
    def last(self) -> date:
        """The last day."""
        return max(self.since, self.until - MICROSECOND).astimezone(self.zone).date()

    @property
    def days(self) -> int:
        """How many days it touches."""
        return (self.last - self.first).days + 1
