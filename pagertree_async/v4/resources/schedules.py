"""Schedules: calendars of those who are on call."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.params import Options
from pagertree_async.query import Filter
from pagertree_async.services import (
    Mode,
    Service,
    clears,
    creates,
    deletes,
    fetches_under,
    finds,
    lists,
    lists_under,
    retrieves,
    updates,
)
from pagertree_async.v4.moments import UTCMoment
from pagertree_async.v4.resources.common import READING, ListQuery, Resource
from pagertree_async.v4.resources.events import Event, EventQuery, OnCall


class Schedule(Resource, frozen=True):
    """A calendar of those who are on call."""

    name: str | None = None


class ScheduleCreate(Options, kw_only=True):
    """What a schedule is made of.

    Args:
        name: What people call it.
        meta: Free-form data.
    """

    name: str
    meta: Mapping[str, Any] | UnsetType = UNSET


class ScheduleUpdate(Options, kw_only=True):
    """What a schedule is changed to.

    Args:
        name: What people call it.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class ScheduleQuery(ListQuery, kw_only=True):
    """What schedules can be listed by.

    Args:
        name: Its name.
    """

    name: Filter[str] = UNSET


class EventWindow(Options, kw_only=True):
    """The time in which to look who is on call.

    Args:
        start: Its beginning, an aware ``datetime``.
        end: Its end, an aware ``datetime``.
    """

    start: UTCMoment
    end: UTCMoment


class Schedules(Service[Mode], name="schedules", path="/schedules"):
    """Calendars of those who are on call."""

    @lists(ScheduleQuery, Schedule)
    def list(self) -> None:
        """List schedules.

        Source: ``GET /schedules``.
        """

    @finds(ScheduleQuery, Schedule)
    def find(self) -> None:
        """Find the one among the schedules whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /schedules``.
        """

    @creates(ScheduleCreate, Schedule)
    def create(self) -> None:
        """Create a schedule.

        Source: ``POST /schedules``.
        """

    @ensures(ScheduleQuery, ScheduleCreate, ScheduleUpdate, Schedule, reading=READING)
    def ensure(self) -> None:
        """Create a schedule, or leave the one that is there, changed where it differs.

        Returns:
            The schedule as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /schedules``.
        """

    @retrieves(Options, Schedule)
    def retrieve(self) -> None:
        """Get a schedule.

        Source: ``GET /schedules/:id``.
        """

    @updates(ScheduleUpdate, Schedule)
    def update(self) -> None:
        """Change some attributes of a schedule.

        Source: ``PUT /schedules/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a schedule.

        Source: ``DELETE /schedules/:id``.
        """

    @lists_under("events", EventQuery, Event)
    def events(self) -> None:
        """List the events of a schedule as they are stored, repeats and rotations not worked out.

        Source: ``GET /schedules/:id/events``.
        """

    @fetches_under("current_oncall", Options, builtins.list[OnCall])
    def current_oncall(self) -> None:
        """Who is on call now, repeats and rotations worked out.

        Source: ``GET /schedules/:id/current_oncall``.
        """

    @fetches_under("window_events", EventWindow, builtins.list[OnCall])
    def window_events(self) -> None:
        """Who is on call in some time, repeats and rotations worked out.

        Source: ``GET /schedules/:id/window_events``.
        """

    @clears("flush", Options)
    def flush(self) -> None:
        """Remove all events of a schedule.

        Source: ``DELETE /schedules/:id/flush``.
        """
