"""Who is on call: the same question to every API, with the same answer.

::

    shifts = await oncall.entries(client, "skd_1", "2026-06-01", "2026-07-01")
    holes = await oncall.gaps(client, "skd_1", "2026-06-01", "2026-07-01")
    people = {shift.user.name for shift in await oncall.now(client, team)}

An async client's answers are awaited, a blocking client's are returned. Nothing here knows an API: a client takes part by
a method ``on_call()`` that gives an :class:`OnCall`, which brings whole shifts. What is cut off, left out and put in order
is decided here, so that it is the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Generic, Protocol, TypeAlias, cast, overload

import msgspec

from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.params import Id, checked_id

__all__ = ["ALWAYS", "FOREVER", "Gap", "Moment", "OnCall", "Person", "Provider", "Shift", "entries", "gaps", "now"]

Moment: TypeAlias = date | datetime | str
"""A moment: an aware ``datetime``, or ISO 8601, or a date, which is its midnight; what names no offset is in UTC."""

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The start of a shift that has none: somebody is on call for good."""
FOREVER = datetime.max.replace(tzinfo=UTC)
"""The end of a shift that has none."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is on call.

    Attributes:
        id: The id in the API that was asked.
        name: The name, None where the API does not say.
        email: The e-mail address, None where the API does not say.
    """

    id: str
    name: str | None = None
    email: str | None = None


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which one person is on call.

    Attributes:
        start: When it begins; :data:`ALWAYS` where it never did.
        end: When it ends, itself no longer part of it; :data:`FOREVER` where it never will.
        user: Who is on call.
        layer: The escalation layer or level, from 1.
        schedule: The id of the schedule, None for somebody who is on call without one.
    """

    start: datetime
    end: datetime
    user: Person
    layer: int = 1
    schedule: str | None = None


class Gap(msgspec.Struct, frozen=True):
    """A stretch of time in which nobody is on call.

    Attributes:
        start: When it begins.
        end: When it ends.
    """

    start: datetime
    end: datetime


class OnCall(ABC, Generic[Mode]):
    """What a client has to be able to do to be asked who is on call.

    Args:
        mode: Whether the client is awaited or blocks.
    """

    def __init__(self, mode: type[Mode]) -> None:
        self.mode = mode

    @abstractmethod
    async def shifts(self, schedule: str, since: datetime, until: datetime) -> list[Shift]:
        """Every shift of a schedule that touches a stretch of time, whole; equal bounds ask for that moment."""

    @abstractmethod
    async def current(self, schedule_or_team: str, at: datetime) -> list[Shift]:
        """The whole shifts that are on at a moment, of a schedule or of all that a team has."""

    async def person_id(self, user: str) -> str:
        """The id by which shifts name a user, of whom another id may be given where the API has two."""
        return user


class Provider(Protocol[Mode]):
    """A client that can be asked who is on call."""

    def on_call(self) -> OnCall[Mode]:
        """What answers."""
        ...


Named: TypeAlias = str | Mapping[str, Any] | Person | object
"""An id, or what has one: a model, a person, or an object as the API sent it."""


def identified(value: Named) -> Id:
    """The id that ``value`` is or has.

    Raises:
        InvalidIdError: It is none and has none.
    """
    if isinstance(value, Mapping):
        return checked_id(cast("Mapping[str, Any]", value).get("id"))
    return checked_id(value.id if isinstance(value, Person) else value)


def instant(value: Moment, name: str) -> datetime:
    """A moment in UTC.

    Args:
        value: What was given.
        name: The argument's name, for the error.

    Raises:
        InvalidArgumentError: It is no moment, or a ``datetime`` without a time zone.

    >>> instant("2011-05-06T03:30-07", "since")
    datetime.datetime(2011, 5, 6, 10, 30, tzinfo=datetime.timezone.utc)
    """
    if isinstance(value, datetime) and value.tzinfo is None:
        message = f"{name} has no time zone: give an aware datetime, such as datetime.now(UTC)"
        raise InvalidArgumentError(message)
    try:
        # What is neither a date nor a text has no ISO form, whatever str() makes of it.
        iso = str(value) if isinstance(value, date | str) else ""  # pyright: ignore[reportUnnecessaryIsInstance]
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(iso)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"{name} must be a date, an aware datetime or ISO 8601, not {str(value)[:40]!r}"
        raise InvalidArgumentError(message) from None


def bounds(since: Moment, until: Moment) -> tuple[datetime, datetime]:
    """Both ends of a stretch of time, in UTC.

    Raises:
        InvalidArgumentError: One is no moment, or they are the wrong way round.
    """
    start, end = instant(since, "since"), instant(until, "until")
    if start > end:
        message = f"since must not be after until: {start.isoformat()} is after {end.isoformat()}"
        raise InvalidArgumentError(message)
    return start, end


def cut(shifts: Iterable[Shift], since: datetime, until: datetime, *, overflow: bool = False) -> list[Shift]:
    """The shifts that touch a stretch of time, in order of start, layer and user.

    Args:
        shifts: Whole shifts.
        since: Where the stretch begins.
        until: Where it ends, itself not included; the same as ``since`` for that moment.
        overflow: Keep shifts whole that reach beyond a bound; otherwise they are cut there.
    """
    found = [
        shift if overflow else msgspec.structs.replace(shift, start=max(shift.start, since), end=min(shift.end, until))
        for shift in shifts
        if (shift.start < until or shift.start == until == since) and shift.end > since
    ]
    return sorted(found, key=lambda shift: (shift.start, shift.layer, shift.user.id, shift.end))


def uncovered(shifts: Iterable[Shift], since: datetime, until: datetime) -> list[Gap]:
    """Where no shift is, within a stretch of time."""
    found: list[Gap] = []
    covered = since
    for shift in cut(shifts, since, until):
        if shift.start > covered:
            found.append(Gap(covered, shift.start))
        covered = max(covered, shift.end)
    return [*found, Gap(covered, until)] if covered < until else found


async def _entries(
    source: OnCall[Any], schedule: Named, since: Moment, until: Moment, *, overflow: bool, user: Named | None
) -> list[Shift]:
    start, end = bounds(since, until)
    wanted, asked = None if user is None else identified(user), identified(schedule)
    if wanted is not None:
        wanted = await source.person_id(wanted)
    found = await source.shifts(asked, start, end)
    return cut([shift for shift in found if wanted in (None, shift.user.id)], start, end, overflow=overflow)


async def _now(source: OnCall[Any], schedule_or_team: Named) -> list[Shift]:
    at = datetime.now(UTC)
    found = cut(await source.current(identified(schedule_or_team), at), at, at, overflow=True)
    return sorted(found, key=lambda shift: (shift.layer, shift.start))


async def _gaps(source: OnCall[Any], schedule: Named, since: Moment, until: Moment, layer: int | None) -> list[Gap]:
    start, end = bounds(since, until)
    found = await source.shifts(identified(schedule), start, end)
    return uncovered([shift for shift in found if layer in (None, shift.layer)], start, end)


@overload
def entries(
    client: Provider[Async],
    schedule: Named,
    since: Moment,
    until: Moment,
    *,
    overflow: bool = False,
    user: Named | None = None,
) -> Coroutine[Any, Any, list[Shift]]: ...
@overload
def entries(
    client: Provider[Blocking],
    schedule: Named,
    since: Moment,
    until: Moment,
    *,
    overflow: bool = False,
    user: Named | None = None,
) -> list[Shift]: ...
def entries(
    client: Provider[Any],
    schedule: Named,
    since: Moment,
    until: Moment,
    *,
    overflow: bool = False,
    user: Named | None = None,
) -> Any:
    """The shifts of a schedule within a stretch of time.

    Args:
        client: Any of this package's clients.
        schedule: The schedule, or its id.
        since: Where the stretch begins.
        until: Where it ends, itself not included; the same as ``since`` asks who is on call at that moment.
        overflow: Keep shifts whole that reach beyond a bound; otherwise they are cut there.
        user: Only this user's, or the one with this id.

    Returns:
        The shifts in order of start, layer and user.

    Raises:
        InvalidArgumentError: A bound is no moment, or they are the wrong way round; nothing was sent.
        NotFoundError: There is no such schedule.
    """
    source = client.on_call()
    return source.mode.run(_entries(source, schedule, since, until, overflow=overflow, user=user))


@overload
def now(client: Provider[Async], schedule_or_team: Named) -> Coroutine[Any, Any, list[Shift]]: ...
@overload
def now(client: Provider[Blocking], schedule_or_team: Named) -> list[Shift]: ...
def now(client: Provider[Any], schedule_or_team: Named) -> Any:
    """Who is on call now, each with the whole shift.

    Args:
        client: Any of this package's clients.
        schedule_or_team: A schedule or a team, or its id; of a team, everybody on all its layers or levels.

    Returns:
        The shifts in order of layer, start and user.

    Raises:
        NotFoundError: There is neither a schedule nor a team of that id.
    """
    source = client.on_call()
    return source.mode.run(_now(source, schedule_or_team))


@overload
def gaps(
    client: Provider[Async], schedule: Named, since: Moment, until: Moment, *, layer: int | None = None
) -> Coroutine[Any, Any, list[Gap]]: ...
@overload
def gaps(
    client: Provider[Blocking], schedule: Named, since: Moment, until: Moment, *, layer: int | None = None
) -> list[Gap]: ...
def gaps(client: Provider[Any], schedule: Named, since: Moment, until: Moment, *, layer: int | None = None) -> Any:
    """When nobody is on call.

    Args:
        client: Any of this package's clients.
        schedule: The schedule, or its id.
        since: Where to begin looking.
        until: Where to stop.
        layer: Look at this layer alone; left out, a moment is covered when any layer covers it.

    Raises:
        InvalidArgumentError: A bound is no moment, or they are the wrong way round; nothing was sent.
        NotFoundError: There is no such schedule.
    """
    source = client.on_call()
    return source.mode.run(_gaps(source, schedule, since, until, layer))
