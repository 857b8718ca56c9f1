"""Events: who is on call when."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from pagertree_async.models import OpenEnum, Part, Timestamp, UnixTime
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.retry import Safety
from pagertree_async.services import Mode, Service, creates, deletes, does_with, fetches, lists, retrieves, updates
from pagertree_async.timezones import Zone, zone_info
from pagertree_async.v4.moments import LocalMoment, LocalTime
from pagertree_async.v4.resources.common import ListQuery, Resource, lacking


class FrequencyUnit(OpenEnum):
    """What the frequency of a repeated event counts."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class EventAttendee(Part, frozen=True):
    """Somebody who is on call in an event."""

    id: str | None = None
    attendee_id: str | None = None
    attendee_type: str | None = None
    position: int | None = None


class EventException(Part, frozen=True):
    """An occurrence that a repeated event leaves out."""

    id: str | None = None
    start_datetime: Timestamp | None = None


class Event(Resource, frozen=True):
    """Who is on call when.

    Attributes:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer, from 1.
        time_zone: The zone's name as the API has it.
        frequency: How many units of ``frequency_unit`` lie between two occurrences.
        days_of_week: 0 is Sunday, 6 is Saturday.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the attendees take turns.
        parent_id: The event that this one replaces an occurrence of.
    """

    start_time: UnixTime | None = None
    end_time: UnixTime | None = None
    layer: int | None = None
    time_zone: str | None = None
    repeat: bool | None = None
    frequency: int | None = None
    frequency_unit: FrequencyUnit | None = None
    days_of_week: list[int] | None = None
    repeat_end_datetime: Timestamp | None = None
    rotation: bool | None = None
    parent_id: str | None = None
    schedule_ids: list[str] | None = None
    event_attendees: list[EventAttendee] | None = None
    exceptions: list[EventException] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)


class OnCall(Event, frozen=True):
    """Who is on call on a layer for some time, repeats and rotations worked out.

    Attributes:
        id: The event's id, empty where the API does not send it.
        attendees: Who is on call.
    """

    id: str = ""
    attendees: list[EventAttendee] | None = None

    @property
    def on_call_ids(self) -> list[str]:
        """The ids of those who are on call, whichever attribute has them."""
        people = self.event_attendees if self.attendees is None else self.attendees
        return [person.attendee_id for person in people or [] if person.attendee_id is not None]


class EventCreate(Options, kw_only=True):
    """What an event is made of.

    Args:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer, from 1.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        account_user_ids: The account users.
        schedule_ids: The schedules it belongs to.
        repeat: Whether it occurs again and again; then ``frequency`` and ``frequency_unit`` are needed.
        frequency: How many units of ``frequency_unit`` lie between two occurrences.
        frequency_unit: ``hourly``, ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        days_of_week: The days it occurs on, 0 being Sunday and 6 Saturday.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the account users take turns.
        parent_id: The event that it replaces an occurrence of.
        meta: Free-form data.
    """

    start_time: Timestamp
    end_time: Timestamp
    layer: int
    time_zone: Zone
    account_user_ids: Sequence[Ref]
    schedule_ids: Sequence[Ref] | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    frequency: int | UnsetType = UNSET
    frequency_unit: str | UnsetType = UNSET
    days_of_week: Sequence[int] | UnsetType = UNSET
    repeat_end_datetime: Timestamp | UnsetType = UNSET
    rotation: bool | UnsetType = UNSET
    parent_id: Ref | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "account user", "account_user_ids") or _unrepeated(self)


class EventUpdate(Options, kw_only=True):
    """What an event is changed to.

    Args:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer, from 1.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        account_user_ids: The account users.
        schedule_ids: The schedules it belongs to.
        repeat: Whether it occurs again and again; then ``frequency`` and ``frequency_unit`` are needed.
        frequency: How many units of ``frequency_unit`` lie between two occurrences.
        frequency_unit: ``hourly``, ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        days_of_week: The days it occurs on, 0 being Sunday and 6 Saturday.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the account users take turns.
        parent_id: The event that it replaces an occurrence of.
        meta: Free-form data.
    """

    start_time: Timestamp | UnsetType = UNSET
    end_time: Timestamp | UnsetType = UNSET
    layer: int | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    account_user_ids: Sequence[Ref] | UnsetType = UNSET
    schedule_ids: Sequence[Ref] | UnsetType = UNSET
    repeat: bool | UnsetType = UNSET
    frequency: int | None | UnsetType = UNSET
    frequency_unit: str | None | UnsetType = UNSET
    days_of_week: Sequence[int] | None | UnsetType = UNSET
    repeat_end_datetime: Timestamp | None | UnsetType = UNSET
    rotation: bool | UnsetType = UNSET
    parent_id: Ref | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class EventQuery(ListQuery, kw_only=True):
    """What events can be listed by.

    Args:
        start_time: When it begins.
        end_time: When it ends.
        layer: The escalation layer.
        time_zone: The time zone, by either of its names; only for equality.
        repeat: Whether it occurs again and again.
        frequency: Its frequency.
        frequency_unit: ``hourly``, ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        repeat_end_datetime: The last moment at which an occurrence can begin.
        rotation: Whether the account users take turns.
        parent_id: The event that it replaces an occurrence of.
        schedule_ids: One of its schedules.
    """

    start_time: Filter[Timestamp] = UNSET
    end_time: Filter[Timestamp] = UNSET
    layer: Filter[int] = UNSET
    time_zone: Zone | UnsetType = UNSET
    repeat: Filter[bool] = UNSET
    frequency: Filter[int] = UNSET
    frequency_unit: Filter[str] = UNSET
    repeat_end_datetime: Filter[Timestamp] = UNSET
    rotation: Filter[bool] = UNSET
    parent_id: RefFilter = UNSET
    schedule_ids: RefFilter = UNSET


class EventAction(Options, kw_only=True):
    """Which occurrence of an event is meant.

    Args:
        action_time: When the occurrence begins that this is about.
    """

    action_time: Timestamp


class EventOverride(Options, kw_only=True):
    """What takes the place of an occurrence of an event.

    Args:
        start_time: When it begins: an aware ``datetime``, or what the clocks of ``time_zone`` show then.
        end_time: When it ends, likewise.
        layer: The escalation layer, from 1.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        account_user_ids: Who is on call.
        action_time: When the occurrence begins that this is about.
    """

    start_time: LocalMoment
    end_time: LocalMoment
    layer: int
    time_zone: Zone
    account_user_ids: Sequence[Ref]
    action_time: Timestamp

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "account user", "account_user_ids")

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in."""
        for name in ("start_time", "end_time"):
            values[name] = LocalTime(values[name]).on(values["time_zone"])
        return values


def _unrepeated(event: EventCreate) -> str | None:
    """What is wrong with an event that is to be repeated and does not say how."""
    missing = [name for name in ("frequency", "frequency_unit") if getattr(event, name) in {UNSET, None}]
    return f"repeats and needs {' and '.join(missing)}" if event.repeat is True and missing else None


class ScheduleEvents(Service[Mode], name="events", path="/events"):
    """Who is on call when."""

    @lists(EventQuery, Event)
    def list(self) -> None:
        """List events.

        Source: ``GET /events``.
        """

    @creates(EventCreate, Event)
    def create(self) -> None:
        """Create an event.

        Source: ``POST /events``.
        """

    @retrieves(Options, Event)
    def retrieve(self) -> None:
        """Get an event.

        Source: ``GET /events/:id``.
        """

    @updates(EventUpdate, Event)
    def update(self) -> None:
        """Change some attributes of an event.

        Source: ``PUT /events/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an event.

        Source: ``DELETE /events/:id``.
        """

    @does_with("override", EventOverride, Event)
    def override(self) -> None:
        """Put another event in the place of one occurrence, which may break up the event.

        Returns:
            The event as the API answers with it.

        Source: ``POST /events/:id/override``.
        """

    @does_with("add_exception", EventAction, Event, safety=Safety.STATE)
    def add_exception(self) -> None:
        """Leave out one occurrence of a repeated event.

        Returns:
            The event as the API answers with it.

        Source: ``POST /events/:id/add_exception``.
        """

    @does_with("terminate_on", EventAction, Event, safety=Safety.STATE)
    def terminate_on(self) -> None:
        """End a repeated event: neither that occurrence nor a later one takes place.

        Returns:
            The event as the API answers with it.

        Source: ``POST /events/:id/terminate_on``.
        """

    @fetches("time_zones", Options, builtins.list[str])
    def time_zones(self) -> None:
        """The time zones that the API has, by its names for them.

        Source: ``GET /events/time_zones``.
        """
