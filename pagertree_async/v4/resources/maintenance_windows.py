"""Maintenance windows: times in which integrations make no noise, also for as long as a block of code takes."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Generic, cast
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from pagertree_async.calling import Async, Blocking, Mode, drive
from pagertree_async.endpoints import Endpoint
from pagertree_async.ensure import ensures
from pagertree_async.errors import InvalidArgumentError, NotFoundError, PagerTreeError
from pagertree_async.models import Timestamp
from pagertree_async.params import Options, Ref, RefFilter, checked
from pagertree_async.query import Filter
from pagertree_async.services import Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.timezones import Zone, zone_info
from pagertree_async.v4.resources.common import READING, ListQuery, Resource, lacking


class MaintenanceWindow(Resource, frozen=True):
    """A time in which integrations make no noise.

    Attributes:
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The zone's name as the API has it.
        integration_ids: The integrations that are quiet.
    """

    name: str | None = None
    description: str | None = None
    start_datetime: Timestamp | None = None
    end_datetime: Timestamp | None = None
    time_zone: str | None = None
    integration_ids: list[str] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, None when the API sent none."""
        return None if self.time_zone is None else zone_info(self.time_zone)


class MaintenanceWindowCreate(Options, kw_only=True):
    """What a maintenance window is made of.

    Args:
        name: What people call it.
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        integration_ids: The integrations that are quiet.
        description: What there is to know about it.
        meta: Free-form data.
    """

    name: str
    start_datetime: Timestamp
    end_datetime: Timestamp
    time_zone: Zone
    integration_ids: Sequence[Ref]
    description: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "integration", "integration_ids")


class MaintenanceWindowUpdate(Options, kw_only=True):
    """What a maintenance window is changed to.

    Args:
        name: What people call it.
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The time zone: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
        integration_ids: The integrations that are quiet.
        description: What there is to know about it.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    start_datetime: Timestamp | UnsetType = UNSET
    end_datetime: Timestamp | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    integration_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class MaintenanceWindowQuery(ListQuery, kw_only=True):
    """What maintenance windows can be listed by.

    Args:
        name: Its name.
        description: Its description.
        start_datetime: When it begins.
        end_datetime: When it ends.
        time_zone: The time zone, by either of its names; only for equality.
        integration_ids: One of the integrations that are quiet.
    """

    name: Filter[str] = UNSET
    description: Filter[str] = UNSET
    start_datetime: Filter[Timestamp] = UNSET
    end_datetime: Filter[Timestamp] = UNSET
    time_zone: Zone | UnsetType = UNSET
    integration_ids: RefFilter = UNSET


PATIENCE = 15.0
"""How long beginning a window may take, and ending it, in seconds: what is cancelled waits no longer than that."""


class During(Generic[Mode]):
    """Opens a maintenance window where a block begins, and ends it where the block does: ``async with``, or ``with``.

    Args:
        service: Makes the calls.
        given: What the window is made of, without its times.
        up_to: How long it lasts at most.

    Raises:
        InvalidArgumentError: An argument is wrong; nothing was sent.
    """

    def __init__(self, service: MaintenanceWindows[Mode], given: Mapping[str, Any], up_to: timedelta) -> None:
        if not isinstance(up_to, timedelta) or up_to <= timedelta(0):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"maintenance_windows.during(): up_to must be a timedelta above zero, not {up_to!r}"
            raise InvalidArgumentError(message)
        self._service = service
        self._given = given
        self._up_to = up_to
        self._window: MaintenanceWindow | None = None
        self._mode = service._session.mode  # pyright: ignore[reportPrivateUsage]
        checked(MaintenanceWindowCreate, self._dated(), "maintenance_windows.during")

    def _dated(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {**self._given, "start_datetime": now, "end_datetime": now + self._up_to}

    def _call(
        self, verb: str, args: tuple[Any, ...], arguments: Mapping[str, Any]
    ) -> Coroutine[Any, Any, MaintenanceWindow]:
        endpoint = cast("Endpoint[..., MaintenanceWindow]", getattr(type(self._service), verb))
        return endpoint.begun(self._service, args, {**arguments, "timeout": PATIENCE})

    async def _open(self) -> MaintenanceWindow:
        if self._window is not None:
            message = "maintenance_windows.during(): this one is in use; call during() again for another"
            raise InvalidArgumentError(message)
        dated = self._dated()
        self._start, self._stop = dated["start_datetime"], dated["end_datetime"]
        with self._mode.shield():
            self._window = window = await self._call("create", (), dated)
        try:
            await self._mode.sleep(0)
        except BaseException as error:  # cancelled meanwhile: the block will not begin, nor end
            await self._end(error)
            raise
        return window

    async def _end(self, error: BaseException | None) -> None:
        window, self._window = self._window, None
        now = max(datetime.now(UTC), self._start + timedelta(seconds=1))
        if now >= self._stop:
            return
        try:
            with self._mode.shield():
                await self._call("update", (window,), {"end_datetime": now})
        except NotFoundError:
            return  # somebody has deleted it: it is over
        except PagerTreeError as failure:
            if error is None:
                raise
            error.add_note(f"the maintenance window could not be ended; it goes on until {self._stop}: {failure}")

    async def __aenter__(self: During[Async]) -> MaintenanceWindow:
        return await self._open()

    async def __aexit__(
        self: During[Async], kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end(error)

    def __enter__(self: During[Blocking]) -> MaintenanceWindow:
        return drive(self._open())

    def __exit__(
        self: During[Blocking],
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        drive(self._end(error))


class MaintenanceWindows(Service[Mode], name="maintenance_windows", path="/maintenance_windows"):
    """Times in which integrations make no noise."""

    @lists(MaintenanceWindowQuery, MaintenanceWindow)
    def list(self) -> None:
        """List maintenance windows.

        Source: ``GET /maintenance_windows``.
        """

    @finds(MaintenanceWindowQuery, MaintenanceWindow)
    def find(self) -> None:
        """Find the one among the maintenance windows whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /maintenance_windows``.
        """

    @creates(MaintenanceWindowCreate, MaintenanceWindow)
    def create(self) -> None:
        """Create a maintenance window.

        Source: ``POST /maintenance_windows``.
        """

    @ensures(
        MaintenanceWindowQuery, MaintenanceWindowCreate, MaintenanceWindowUpdate, MaintenanceWindow, reading=READING
    )
    def ensure(self) -> None:
        """Create a maintenance window, or leave the one that is there, changed where it differs.

        Returns:
            The maintenance window as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /maintenance_windows``.
        """

    @retrieves(Options, MaintenanceWindow)
    def retrieve(self) -> None:
        """Get a maintenance window.

        Source: ``GET /maintenance_windows/:id``.
        """

    @updates(MaintenanceWindowUpdate, MaintenanceWindow)
    def update(self) -> None:
        """Change some attributes of a maintenance window.

        Source: ``PUT /maintenance_windows/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a maintenance window.

        Source: ``DELETE /maintenance_windows/:id``.
        """

    def during(
        self,
        *,
        integration_ids: Sequence[Ref],
        name: str,
        up_to: timedelta = timedelta(hours=1),
        time_zone: Zone = "UTC",
        description: str | None = None,
    ) -> During[Mode]:
        """Keep integrations quiet for as long as a block takes.

        The window begins with the block and ends with it, also when the block fails or is cancelled. It is ended, not
        deleted: it stays in the history. Should this process die, it ends by itself after ``up_to``.

        ::

            async with client.maintenance_windows.during(integration_ids=[db], name="upgrade"):
                await upgrade()

        Args:
            integration_ids: The integrations that are quiet.
            name: What people call the window.
            up_to: How long it lasts at most.
            time_zone: The time zone it is shown in: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
            description: What there is to know about it.

        Returns:
            What ``async with`` takes, and a blocking client's ``with``; it gives the window.

        Raises:
            InvalidArgumentError: An argument is wrong; nothing was sent.

        Source: ``POST /maintenance_windows``, then ``PUT /maintenance_windows/:id``.
        """
        given = {"integration_ids": integration_ids, "name": name, "time_zone": time_zone}
        if description is not None:
            given["description"] = description
        return During(self, given, up_to)
