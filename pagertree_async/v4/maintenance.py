"""A maintenance window that lasts as long as a block of code."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, cast

from pagertree_async.calling import Async, Blocking, Mode, drive
from pagertree_async.endpoints import Endpoint
from pagertree_async.errors import InvalidArgumentError, NotFoundError, PagerTreeError
from pagertree_async.params import checked
from pagertree_async.v4.models import MaintenanceWindow
from pagertree_async.v4.params import MaintenanceWindowCreate

if TYPE_CHECKING:
    from pagertree_async.v4.services import MaintenanceWindows

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
