"""A list that ended short is warned of at the line that goes through it, in every mode."""

from __future__ import annotations

import json
import linecache
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from pagertree_async.errors import IncompleteListWarning
from pagertree_async.http import Headers, Request, Response
from pagertree_async.pagerduty import AsyncPagerDuty, PagerDuty
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
from pagertree_async.warn import warn
from tests.modes import Mode


def answered(body: Any) -> Callable[[Request], Response]:
    """Answers every request alike."""
    whole = json.dumps(body).encode()
    return lambda request: Response(status=200, headers=Headers([]), body=whole)


SHORT = answered({"data": [{"id": "alt_1"}], "has_more": False, "total_count": 5})


def transport(mode: Mode, handler: Callable[[Request], Response]) -> Any:
    """A transport of this mode."""
    return (MemoryTransport if mode.blocking else AsyncMemoryTransport)(handler)


async def items(mode: Mode, listing: Any) -> None:
    """Go through a list."""
    if mode.blocking:
        for _ in listing:  # the line
            pass
    else:
        async for _ in listing:  # the line
            pass


async def pages(mode: Mode, listing: Any) -> None:
    """Go through its pages."""
    if mode.blocking:
        list(listing.pages())  # the line
    else:
        [page async for page in listing.pages()]  # the line


async def ahead(mode: Mode, listing: Any) -> None:
    """Go through it with several pages under way."""
    if mode.blocking:
        with listing.concurrently(3) as found:
            for _ in found:  # the line
                pass
    else:
        async with listing.concurrently(3) as found:
            async for _ in found:  # the line
                pass


async def find(mode: Mode, listing: Any) -> None:
    """Look for one of its objects."""
    if mode.blocking:
        listing.find(title="x")  # the line
    else:
        await listing.find(title="x")  # the line


@pytest.mark.parametrize("walk", [items, pages, ahead, find])
def test_a_list_that_ends_short(walk: Callable[..., Coroutine[Any, Any, None]], mode: Mode) -> None:
    """The warning stands at the caller's loop or call, however many of our functions are in between."""
    client = mode.client(transport=transport(mode, SHORT))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mode.run(walk, mode, client.alerts.list())
    assert [(IncompleteListWarning, __file__)] == [(one.category, one.filename) for one in caught]
    assert "# the line" in linecache.getline(__file__, caught[0].lineno)


def test_a_list_of_pagerdutys(mode: Mode) -> None:
    """The same of PagerDuty's rows that do not say whether there are more."""
    rows = answered({"users": [{"id": f"P{number}"} for number in range(100)]})
    client = (PagerDuty if mode.blocking else AsyncPagerDuty)("a-key", transport=transport(mode, rows))

    async def scenario() -> None:
        if mode.blocking:
            client.list_all("users")  # the line
        else:
            await client.list_all("users")  # the line

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mode.run(scenario)
    assert [__file__] == [one.filename for one in caught]
    assert "# the line" in linecache.getline(__file__, caught[0].lineno)


def test_a_warning_that_is_an_error(mode: Mode) -> None:
    """Whoever makes warnings errors gets it where the list ended."""
    client = mode.client(transport=transport(mode, SHORT))
    with pytest.raises(IncompleteListWarning, match=r"of 5 rows"):
        mode.run(items, mode, client.alerts.list())


def test_without_any_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing but our own code is there, the warning is given all the same."""
    monkeypatch.setattr("pagertree_async.warn.HERE", "")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn("something", UserWarning)
    assert ["something"] == [str(one.message) for one in caught]
