"""Events: who is on call when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import OpenEnum, Part, UnixTime, as_datetime
from pagertree_async.params import Options, Ref, RefFilter, Refs, UnixSeconds
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v3.resources.common import ListQuery, Resource


class FrequencyUnit(OpenEnum):
    """What the frequency of a repeated event counts."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class EventException(Part, frozen=True):
    """An occurrence that a repeated event leaves out.

    Attributes:
        start: When it would have begun.
        event_id: The event that takes its place, None when nothing does.
    """

    start: UnixTime | None = None
    event_id: str | None = None


class NextOccurrence(Part, frozen=True):
    """The occurrence of an event that is on, or comes next.

    Attributes:
        started: Whether it is on, or since when, as the API sends it.
    """

    start: UnixTime | None = None
    end: UnixTime | None = None
    started: bool | int | float | None = None


class Event(Resource, frozen=True):
    """A stretch of time in which somebody is on call, perhaps repeated.

    Attributes:
        schedule_id: The schedule, in the form of 2018; since 2019 a list of schedules. See ``schedule_ids``.
        attendees: The users who are on call.
        user_id: The user who is on call, in the form of 2018.
        layer: The escalation layer, from 1.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: Days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions; days, where there is no ``frequency_unit``.
        p_event_id: The repeated event that this one is a changed occurrence of.
        exceptions: Occurrences left out: seconds since 1970, or since 2019 objects. See ``exception_times``.
        next: The occurrence that is on or comes next.

    Source: the event object, of 2019 and of 2018.
    """

    schedule_id: str | list[str] | None = None
    attendees: list[str] | None = None
    user_id: str | None = None
    router_id: str | None = None
    layer: int | None = None
    start: UnixTime | None = None
    end: UnixTime | None = None
    repeat: bool | None = None
    repeatend: UnixTime | None = None
    timezone: str | None = None
    dow: list[int] | None = None
    frequency: int | None = None
    frequency_unit: FrequencyUnit | None = None
    p_event_id: str | None = None
    exceptions: list[int | float | EventException] | None = None
    next: NextOccurrence | None = None

    @property
    def schedule_ids(self) -> list[str]:
        """The schedules it belongs to, in whichever form they were sent."""
        if self.schedule_id is None:
            return []
        return [self.schedule_id] if isinstance(self.schedule_id, str) else self.schedule_id

    @property
    def row_key(self) -> object:
        """The id and the times: within a window, a repeated event has a row for each occurrence."""
        return self.id, self.start, self.end

    @property
    def exception_times(self) -> list[datetime]:
        """When the occurrences that are left out would have begun, in whichever form they were sent."""
        given = (one.start if isinstance(one, EventException) else as_datetime(one) for one in self.exceptions or [])
        return [moment for moment in given if moment is not None]


class EventCreate(Options, kw_only=True):
    """What an event is made of: with ``attendees`` and ``layer``, or with the ``user_id`` of 2018.

    Args:
        schedule_id: The schedules it belongs to, or the one it belongs to.
        start: When it begins.
        end: When it ends.
        attendees: The users who are on call; with ``layer``.
        layer: The escalation layer, from 1.
        user_id: The user who is on call, in the form of 2018, instead of ``attendees`` and ``layer``.
        router_id: A router that decides more.
        repeat: Whether it is repeated.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: Days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions.
        frequency_unit: ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        p_event_id: The repeated event that this is a changed occurrence of.
        exceptions: Occurrences to leave out: their starts in seconds since 1970, or objects with ``start`` and
            ``event_id``.
        meta: Free-form data.
    """

    schedule_id: Refs
    start: UnixSeconds
    end: UnixSeconds
    attendees: Sequence[Ref] | UnsetType = UNSET
    layer: int | UnsetType = UNSET
    user_id: Ref | UnsetType = UNSET
    router_id: Ref | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    repeatend: UnixSeconds | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    dow: Sequence[int] | UnsetType = UNSET
    frequency: int | UnsetType = UNSET
    frequency_unit: str | UnsetType = UNSET
    p_event_id: Ref | UnsetType = UNSET
    exceptions: Sequence[int | Mapping[str, Any]] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = (("attendees", "layer"), ("user_id",))


class EventUpdate(Options, kw_only=True):
    """What an event is changed to, None clearing an attribute.

    Args:
        schedule_id: The schedules it belongs to, or the one it belongs to.
        start: When it begins.
        end: When it ends.
        attendees: The users who are on call; with ``layer``.
        layer: The escalation layer, from 1.
        user_id: The user who is on call, in the form of 2018, instead of ``attendees`` and ``layer``.
        router_id: A router that decides more.
        repeat: Whether it is repeated.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: Days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions.
        frequency_unit: ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        p_event_id: The repeated event that this is a changed occurrence of.
        exceptions: Occurrences to leave out: their starts in seconds since 1970, or objects with ``start`` and
            ``event_id``.
        meta: Free-form data.
    """

    schedule_id: Refs | UnsetType = UNSET
    start: UnixSeconds | UnsetType = UNSET
    end: UnixSeconds | UnsetType = UNSET
    attendees: Sequence[Ref] | UnsetType = UNSET
    layer: int | UnsetType = UNSET
    user_id: Ref | None | UnsetType = UNSET
    router_id: Ref | None | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    repeatend: UnixSeconds | None | UnsetType = UNSET
    timezone: str | None | UnsetType = UNSET
    dow: Sequence[int] | UnsetType = UNSET
    frequency: int | UnsetType = UNSET
    frequency_unit: str | None | UnsetType = UNSET
    p_event_id: Ref | None | UnsetType = UNSET
    exceptions: Sequence[int | Mapping[str, Any]] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class EventQuery(ListQuery, kw_only=True):
    """What events can be listed by.

    Args:
        schedule_id: One of the schedules it belongs to.
        start: When it begins.
        end: When it ends.
        attendees: One of the users who are on call.
        layer: The escalation layer, from 1.
        user_id: The user who is on call, in the form of 2018.
        router_id: Its router.
        repeat: Whether it is repeated.
        repeatend: When it is repeated no more.
        timezone: The IANA name of its time zone.
        dow: One of its days of the week, 0 for Sunday to 6 for Saturday.
        frequency: How many units lie between repetitions.
        frequency_unit: ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        p_event_id: The repeated event that this is a changed occurrence of.
    """

    schedule_id: RefFilter = UNSET
    start: Filter[UnixSeconds] = UNSET
    end: Filter[UnixSeconds] = UNSET
    attendees: RefFilter = UNSET
    layer: Filter[int] = UNSET
    user_id: RefFilter = UNSET
    router_id: RefFilter = UNSET
    repeat: Filter[bool] = UNSET
    repeatend: Filter[UnixSeconds] = UNSET
    timezone: Filter[str] = UNSET
    dow: Filter[int] = UNSET
    frequency: Filter[int] = UNSET
    frequency_unit: Filter[str] = UNSET
    p_event_id: RefFilter = UNSET


class Events(Service[Mode], name="events", path="/event"):
    """Who is on call when."""

    @lists(EventQuery, Event)
    def list(self) -> None:
        """List events.

        Source: ``GET /event``.
        """

    @finds(EventQuery, Event)
    def find(self) -> None:
        """Find the one among the events whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /event``.
        """

    @ensures(EventQuery, EventCreate, EventUpdate, Event)
    def ensure(self) -> None:
        """Have an event there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The event, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /event``, then ``POST /event`` or ``PUT /event/:id``.
        """

    @creates(EventCreate, Event)
    def create(self) -> None:
        """Create an event.

        Source: ``POST /event``.
        """

    @retrieves(Options, Event)
    def retrieve(self) -> None:
        """Get an event.

        Source: ``GET /event/:id``.
        """

    @updates(EventUpdate, Event)
    def update(self) -> None:
        """Change some attributes of an event.

        Source: ``PUT /event/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an event.

        Source: ``DELETE /event/:id``.
        """
