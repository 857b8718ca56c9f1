"""Events that come in from outside, without an API key."""

from __future__ import annotations

from typing import Any

import pytest

from pagertree_async import ConnectionLostError, InvalidArgumentError, InvalidIdError, NotFoundError, RetryPolicy
from pagertree_async.errors import Sent
from pagertree_async.http import Request, Response
from pagertree_async.v4 import AsyncEvents, Events
from pagertree_async.v4.models import Integration
from tests.modes import Mode, got
from tests.v4.world import answer, events, refusal, requests, said


def test_what_is_told(mode: Mode) -> None:
    """Each event has its type and the caller's key, goes to the integration, and proves nothing with credentials."""

    async def scenario() -> Any:
        one = events(mode, Response(status=200, body=b"OK"))
        await got(
            one.create(dedup_key="db7/disk", title="disk full", description="99 %", tags=["disk"], meta={"node": "db7"})
        )
        assert None is await got(one.acknowledge(dedup_key="db7/disk"))
        await got(one.resolve(dedup_key="db7/disk", extra_body={"Note": "n"}))
        assert all("authorization" != name for request in requests(one) for name, _ in request.headers)
        return [said(request) for request in requests(one)]

    to = "POST", "/integration/int_1", {}
    about = {"Title": "disk full", "Description": "99 %", "Tags": ["disk"], "Meta": {"node": "db7"}}
    assert [
        (*to, {"event_type": "create", "Id": "db7/disk", **about}),
        (*to, {"event_type": "acknowledge", "Id": "db7/disk"}),
        (*to, {"event_type": "resolve", "Id": "db7/disk", "Note": "n"}),
    ] == mode.run(scenario)


def test_an_event_is_sent_again(mode: Mode) -> None:
    """Since its key makes that safe, an event whose answer was lost is sent again, a create too."""
    failing = iter([ConnectionLostError("gone", sent=Sent.MAYBE), answer({}, 502), answer({})])

    def handler(request: Request) -> Response:
        next_ = next(failing)
        if isinstance(next_, Exception):
            raise next_
        return next_

    async def scenario() -> int:
        one = events(mode, handler, retry=RetryPolicy(base=0))
        await got(one.create(dedup_key="k", title="t"))
        return len(requests(one))

    assert 3 == mode.run(scenario)


@pytest.mark.parametrize(
    ("verb", "arguments", "says"),
    [
        ("create", {"title": "t"}, r"events\.create\(\) is missing 'dedup_key'"),
        ("create", {"dedup_key": "k"}, r"events\.create\(\) is missing 'title'"),
        ("resolve", {"dedup_key": ""}, "dedup_key: expected `str` of length >= 1"),
        ("acknowledge", {"dedup_key": 7}, "dedup_key: expected `str`, got `int`"),
        ("acknowledge", {"dedup_key": "k", "title": "t"}, "has no argument 'title'"),
    ],
)
def test_an_event_needs_its_key(mode: Mode, verb: str, arguments: dict[str, Any], says: str) -> None:
    """A key that is missing or empty is refused before anything is sent."""

    async def scenario() -> None:
        one = events(mode, answer({}))
        with pytest.raises(InvalidArgumentError, match=says):
            await got(getattr(one, verb)(**arguments))
        assert [] == requests(one)

    mode.run(scenario)


@pytest.mark.parametrize("make", [Events, AsyncEvents])
@pytest.mark.parametrize(
    "given",
    ["01GDKK569YVD2EB6E9V80VXWY1", "int_../x", "", 3, None, Integration(id="int_1"), "https://x/integration/int_1"],
)
def test_where_events_go(make: Any, given: Any) -> None:
    """Only the id that begins with ``int_`` leads to an integration."""
    with pytest.raises(InvalidIdError):
        make(given)


def test_an_integration_stands_for_its_id(mode: Mode) -> None:
    """The object may be given; the sender is closed like any client, and says what a server refuses."""

    async def scenario() -> None:
        one = events(mode, refusal("no such integration", 404), Integration(id="A", prefix_id="int_9"))
        with pytest.raises(NotFoundError, match="/integration/int_9"):
            await got(one.resolve(dedup_key="k"))
        assert "https://api.test" == one.base_url
        await mode.close(one)
        assert one.closed

    mode.run(scenario)
