"""What API v3 does when an answer was lost, or when a list has one object twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pagertree_async import BadRequestError, ConnectionLostError, InvalidArgumentError
from pagertree_async.errors import Sent
from tests.core.mini import Clock, Script, answer, transport
from tests.modes import Mode, got


@pytest.mark.parametrize("service", ["alerts", "incidents"])
@pytest.mark.parametrize("state", ["resolved", "archived"])
def test_what_is_put_away_is_dealt_with(mode: Mode, clock: Clock, service: str, state: str) -> None:
    """Resolved without an answer, and refused when tried again because it was put away meanwhile: that is success."""
    found = answer(200, {"id": "alt_1", "status": state})
    script = Script(ConnectionLostError("gone", sent=Sent.MAYBE), answer(400, {"message": "archived"}), found)

    async def scenario() -> Any:
        client = mode.client(transport=transport(mode, script))
        return await got(getattr(client, service).resolve("alt_1"))

    assert state == mode.run(scenario).status


def test_what_was_dropped_is_not_acknowledged(mode: Mode, clock: Clock) -> None:
    """A state beside the wanted one leaves the refusal as it is, and says that the first attempt may have arrived."""
    found = answer(200, {"id": "alt_1", "status": "dropped"})
    script = Script(ConnectionLostError("gone", sent=Sent.MAYBE), answer(400), found)

    async def scenario() -> bool:
        client = mode.client(transport=transport(mode, script))
        with pytest.raises(BadRequestError) as caught:
            await got(client.alerts.acknowledge("alt_1"))
        return caught.value.maybe_applied

    assert mode.run(scenario)


def test_a_window_is_not_found_by(mode: Mode) -> None:
    """A list that is asked for by times only has no attribute to find by, and says so before anything is sent."""
    script = Script(answer(200, {"data": [], "has_more": False, "total_count": 0}))

    async def scenario() -> None:
        client = mode.client(transport=transport(mode, script))
        window = client.schedules.window_events("skd_1", start=0, end=900)
        with pytest.raises(
            InvalidArgumentError, match="window_events.. does not find by 'start': it is what the list was"
        ):
            await got(window.find(start=0))
        with pytest.raises(InvalidArgumentError, match="has no argument 'user_id'"):
            await got(window.find(user_id="usr_1"))

    mode.run(scenario)
    assert [] == script.requests


def test_an_event_is_found_by_one_of_its_attendees(mode: Mode) -> None:
    """Attributes of several values, and times in either form, are compared as the rows have them."""
    rows = [
        {"id": f"evt_{n}", "attendees": ["usr_1", f"usr_{n}"], "schedule_id": ["skd_1"], "start": n} for n in (1, 2)
    ]
    listed = answer(200, {"data": rows, "has_more": False, "total_count": 2})

    async def scenario() -> list[str]:
        events = mode.client(transport=transport(mode, Script(listed))).events
        return [
            (await got(events.find(attendees="usr_2", schedule_id="skd_1"))).id,
            (await got(events.find(start=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)))).id,
        ]

    assert ["evt_2", "evt_1"] == mode.run(scenario)
