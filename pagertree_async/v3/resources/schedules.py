"""Schedules: how alerts escalate, and the events on them."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.models import Part
from pagertree_async.params import JsonObject, Options, Query, Ref, RefFilter, UnixSeconds
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
from pagertree_async.v3.resources.common import ListQuery, Resource
from pagertree_async.v3.resources.events import Event


class ScheduleRule(Part, frozen=True):
    """How long one layer of a schedule has until an alert escalates.

    Attributes:
        layer: The escalation layer, from 1.
        timeout: Minutes until the next layer is asked.
    """

    layer: int | None = None
    timeout: int | float | None = None


class Schedule(Resource, frozen=True):
    """Who is on call when, and how alerts escalate.

    Attributes:
        repeat: How often all layers are gone through before an alert is dropped.
        reassign: Where alerts go that nobody took.

    Source: the schedule object.
    """

    name: str | None = None
    type: str | None = None
    repeat: int | None = None
    rules: list[ScheduleRule] | None = None
    reassign: list[str] | None = None
    enabled: bool | None = None


class ScheduleCreate(Options, kw_only=True):
    """What a schedule is made of.

    Args:
        name: What people call it.
        type: What type of schedule it is.
        repeat: How often all layers are gone through before an alert is dropped.
        rules: How many minutes each layer has: ``[{"layer": 1, "timeout": 15}]``.
        reassign: Where alerts go that nobody took.
        enabled: Whether it is in use.
        meta: Free-form data.
    """

    name: str
    type: str | UnsetType = UNSET
    repeat: int | UnsetType = UNSET
    rules: Sequence[JsonObject] | UnsetType = UNSET
    reassign: Sequence[Ref] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class ScheduleUpdate(Options, kw_only=True):
    """What a schedule is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        type: What type of schedule it is.
        repeat: How often all layers are gone through before an alert is dropped.
        rules: How many minutes each layer has: ``[{"layer": 1, "timeout": 15}]``.
        reassign: Where alerts go that nobody took.
        enabled: Whether it is in use.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    type: str | None | UnsetType = UNSET
    repeat: int | UnsetType = UNSET
    rules: Sequence[JsonObject] | UnsetType = UNSET
    reassign: Sequence[Ref] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class ScheduleQuery(ListQuery, kw_only=True):
    """What schedules can be listed by.

    Args:
        name: Its name.
        type: What type of schedule it is.
        repeat: How often all layers are gone through before an alert is dropped.
        reassign: One of the places where alerts go that nobody took.
        enabled: Whether it is in use.
    """

    name: Filter[str] = UNSET
    type: Filter[str] = UNSET
    repeat: Filter[int] = UNSET
    reassign: RefFilter = UNSET
    enabled: Filter[bool] = UNSET


class EventWindow(Query, kw_only=True):
    """The stretch of time in which events are looked for.

    Args:
        start: Where it begins.
        end: Where it ends.
    """

    start: UnixSeconds
    end: UnixSeconds


class Schedules(Service[Mode], name="schedules", path="/schedule"):
    """Who is on call when, and how alerts escalate."""

    @lists(ScheduleQuery, Schedule)
    def list(self) -> None:
        """List schedules.

        Source: ``GET /schedule``.
        """

    @finds(ScheduleQuery, Schedule)
    def find(self) -> None:
        """Find the one among the schedules whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /schedule``.
        """

    @ensures(ScheduleQuery, ScheduleCreate, ScheduleUpdate, Schedule)
    def ensure(self) -> None:
        """Have a schedule there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The schedule, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /schedule``, then ``POST /schedule`` or ``PUT /schedule/:id``.
        """

    @creates(ScheduleCreate, Schedule)
    def create(self) -> None:
        """Create a schedule.

        Source: ``POST /schedule``.
        """

    @retrieves(Options, Schedule)
    def retrieve(self) -> None:
        """Get a schedule.

        Source: ``GET /schedule/:id``.
        """

    @updates(ScheduleUpdate, Schedule)
    def update(self) -> None:
        """Change some attributes of a schedule.

        Source: ``PUT /schedule/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a schedule.

        Source: ``DELETE /schedule/:id``.
        """

    @fetches_under("currentevents", Options, builtins.list[Event])
    def current_events(self) -> None:
        """Get the events that are on now.

        Source: ``GET /schedule/:id/currentevents``.
        """

    @lists_under("window-events", EventWindow, Event)
    def window_events(self) -> None:
        """List what takes place on a schedule between two moments, each occurrence of a repeated event by itself.

        Source: ``GET /schedule/:id/window-events``.
        """

    @clears("flush", Options)
    def flush(self) -> None:
        """Delete all events of a schedule.

        Source: ``DELETE /schedule/:id/flush``.
        """
