"""Maintenance windows that last as long as a block."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import anyio
import pytest

from pagertree_async import InvalidArgumentError, UnprocessableError
from pagertree_async.http import Request, Response
from pagertree_async.v4.models import MaintenanceWindow
from tests.modes import Mode
from tests.v4.world import answer, client, refusal, requests, said

WINDOW = {"id": "W", "prefix_id": "mtw_1", "name": "upgrade"}
GIVEN: dict[str, Any] = {"integration_ids": ["int_1"], "name": "upgrade", "up_to": timedelta(minutes=30)}


async def within(mode: Mode, one: Any, block: Callable[[Any], Coroutine[Any, Any, None]], **given: Any) -> None:
    """Run a block inside a window, in the way of a mode."""
    during = one.maintenance_windows.during(**(GIVEN | given))
    if mode.blocking:
        with during as window:
            await block(window)
    else:
        async with during as window:
            await block(window)


def moments(request: Request) -> list[datetime]:
    """The moments in a request's body."""
    body = said(request)[3]
    return [datetime.fromisoformat(body[name]) for name in ("start_datetime", "end_datetime") if name in body]


def test_it_begins_and_ends_with_the_block(mode: Mode) -> None:
    """It is made before the block, for as long as it may last, and ended after it, not deleted."""
    seen: list[Any] = []

    async def block(window: Any) -> None:
        seen.append(window)

    async def scenario() -> Any:
        one = client(mode, answer(WINDOW))
        await within(mode, one, block, time_zone="Europe/Berlin", description="db7")
        return requests(one)

    begin, end = mode.run(scenario)
    assert ("POST", "/api/v4/maintenance_windows") == said(begin)[:2]
    assert ("PUT", "/api/v4/maintenance_windows/W") == said(end)[:2]
    start, stop = moments(begin)
    assert timedelta(minutes=30) == stop - start
    assert {"integration_ids": ["int_1"], "name": "upgrade", "time_zone": "Berlin", "description": "db7"} == {
        name: value for name, value in said(begin)[3].items() if not name.endswith("_datetime")
    }
    assert timedelta(seconds=1) <= moments(end)[0] - start < timedelta(seconds=30)
    assert [MaintenanceWindow(id="W", prefix_id="mtw_1", name="upgrade")] == seen


def test_it_ends_when_the_block_fails(mode: Mode) -> None:
    """The block's own error goes on, and the window is ended."""

    async def block(window: Any) -> None:
        raise ZeroDivisionError

    async def scenario() -> Any:
        one = client(mode, answer(WINDOW))
        with pytest.raises(ZeroDivisionError):
            await within(mode, one, block)
        return [request.method for request in requests(one)]

    assert ["POST", "PUT"] == mode.run(scenario)


@pytest.mark.parametrize("name", ["asyncio", "trio"])
def test_it_ends_when_the_block_is_cancelled(name: str) -> None:
    """A cancelled block ends the window before the task is gone."""
    mode = Mode(name)

    async def handler(request: Request) -> Response:
        await anyio.sleep(0.02)
        return answer(WINDOW)

    async def block(window: Any) -> None:
        await anyio.sleep(60)

    async def scenario() -> Any:
        one = client(mode, handler)  # type: ignore[arg-type]
        with anyio.move_on_after(0.06) as scope:
            await within(mode, one, block)
        return scope.cancelled_caught, [request.method for request in requests(one)]

    assert (True, ["POST", "PUT"]) == mode.run(scenario)


@pytest.mark.parametrize("name", ["asyncio", "trio"])
def test_it_ends_when_its_beginning_is_cancelled(name: str) -> None:
    """Cancelled while the window is being made, the block does not begin, and no window stays behind."""
    mode = Mode(name)

    async def handler(request: Request) -> Response:
        await anyio.sleep(0.05)
        return answer(WINDOW)

    async def block(window: Any) -> None:
        raise AssertionError

    async def scenario() -> Any:
        one = client(mode, handler)  # type: ignore[arg-type]
        with anyio.move_on_after(0.01) as scope:
            await within(mode, one, block)
        return scope.cancelled_caught, [request.method for request in requests(one)]

    assert (True, ["POST", "PUT"]) == mode.run(scenario)


async def nothing(window: Any) -> None:
    """A block that is over at once."""


def test_what_cannot_be_ended_is_told(mode: Mode) -> None:
    """When ending fails that is the error; when the block failed as well, its error has a note of it."""

    def handler(request: Request) -> Response:
        return answer(WINDOW) if request.method == "POST" else refusal("no")

    async def block(window: Any) -> None:
        raise ZeroDivisionError

    async def scenario() -> Any:
        one = client(mode, handler)
        with pytest.raises(UnprocessableError):
            await within(mode, one, nothing)
        with pytest.raises(ZeroDivisionError) as caught:
            await within(mode, one, block)
        return caught.value.__notes__

    (note,) = mode.run(scenario)
    assert note.startswith("the maintenance window could not be ended; it goes on until ")


def test_a_window_that_is_gone_is_over(mode: Mode) -> None:
    """Somebody may delete it meanwhile, and one whose time is over is not made longer."""

    def handler(request: Request) -> Response:
        return answer(WINDOW) if request.method == "POST" else refusal("not found", 404)

    async def late(window: Any) -> None:
        time.sleep(0.02)

    async def scenario() -> Any:
        one = client(mode, handler)
        await within(mode, one, nothing)
        await within(mode, one, late, up_to=timedelta(milliseconds=10))
        return [request.method for request in requests(one)]

    assert ["POST", "PUT", "POST"] == mode.run(scenario)


def test_what_cannot_be_made_has_no_end(mode: Mode) -> None:
    """When the window cannot be made, the block does not begin."""

    async def scenario() -> Any:
        one = client(mode, refusal("name can't be blank"))
        with pytest.raises(UnprocessableError):
            await within(mode, one, nothing)
        return [request.method for request in requests(one)]

    assert ["POST"] == mode.run(scenario)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"integration_ids": []}, r"maintenance_windows\.during\(\) needs one integration at least"),
        ({"time_zone": "Atlantis"}, "not a time zone"),
        ({"up_to": timedelta(0)}, "up_to must be a timedelta above zero"),
        ({"up_to": 3600}, "up_to must be a timedelta above zero, not 3600"),
        ({"name": 7}, "name: expected `str`"),
    ],
)
def test_wrong_arguments(mode: Mode, given: dict[str, Any], says: str) -> None:
    """A wrong argument is refused where during() is called."""
    one = client(mode, answer(WINDOW))
    with pytest.raises(InvalidArgumentError, match=says):
        one.maintenance_windows.during(**(GIVEN | given))
    assert [] == requests(one)


def test_one_is_for_one_block_at_a_time(mode: Mode) -> None:
    """It can be used again after its block, and not inside it."""

    async def scenario() -> Any:
        one = client(mode, answer(WINDOW))
        during = one.maintenance_windows.during(**GIVEN)
        if mode.blocking:
            with during, pytest.raises(InvalidArgumentError, match="in use"):
                during.__enter__()
            with during:
                pass
        else:
            async with during:
                with pytest.raises(InvalidArgumentError, match="in use"):
                    await during.__aenter__()
            async with during:
                pass
        return [request.method for request in requests(one)]

    assert ["POST", "PUT", "POST", "PUT"] == mode.run(scenario)
