"""Create or leave: found and left, changed where it differs, created where it is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import pagertree_async
from pagertree_async import InvalidArgumentError, MultipleFoundError
from pagertree_async.alike import same
from pagertree_async.sandbox import Sandbox
from pagertree_async.v3.models import ScheduleRule, Team
from tests.modes import Mode, got


def test_it_is_created_then_left_then_changed(mode: Mode) -> None:
    """Once made, the same again sends no write, and a difference changes just that."""

    async def scenario(client: Any) -> list[Any]:
        ensure = client.teams.ensure
        first = await got(ensure(("name",), name="SRE", description="x"))
        second = await got(ensure(("name",), name="SRE", description="x"))
        third = await got(ensure(("name",), name="SRE", description="y"))
        await mode.close(client)
        return [first.happened, second.happened, third.happened, third.changed, third.object.description]

    with Sandbox(size=50) as sandbox:
        found = mode.run(scenario, mode.on(sandbox.app, sandbox.token()))
        assert ["created", "left", "changed", ("description",), "y"] == found
        assert (1, 1) == (sandbox.requests["POST /team"], sandbox.requests["PUT /team/:id"])


def test_two_matches_are_refused(mode: Mode) -> None:
    """When several match, nothing is changed."""

    async def scenario(client: Any) -> None:
        for _ in range(2):
            await got(client.teams.create(name="twin"))
        try:
            await got(client.teams.ensure(("name",), name="twin", description="z"))
        finally:
            await mode.close(client)

    with Sandbox(size=50) as sandbox:
        with pytest.raises(MultipleFoundError):
            mode.run(scenario, mode.on(sandbox.app, sandbox.token()))
        assert 0 == sandbox.requests["PUT /team/:id"]


@pytest.mark.parametrize(
    ("by", "given", "said"),
    [
        ((), {"name": "x"}, "takes the names of the attributes to find by first"),
        (("name",), {"name": "x"}, "takes the names of the attributes to find by first"),
        ((("name", "description"),), {"name": "x"}, "is to find by 'description', which was not given"),
    ],
)
def test_what_to_find_by_must_be_named_and_given(mode: Mode, by: Any, given: dict[str, Any], said: str) -> None:
    """Attributes to find by are named first, and each is given; otherwise nothing is sent."""
    with pytest.raises(InvalidArgumentError, match=said):
        mode.client().teams.ensure(*by, **given)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("tags", "cannot find by 'tags': it holds several values, and the list asks for one. Find by an attribute of"),
        ("destination_ids", "cannot find by 'destination_ids': it holds several values"),
        ("additional_data", "cannot find by 'additional_data': the API's list does not filter by it$"),
        ("titel", "cannot find by 'titel': the API's list does not filter by it. It does by 'title'"),
        ("limit", "cannot find by 'limit'"),
        ("timeout", "cannot find by 'timeout'"),
    ],
)
def test_what_cannot_be_found_by(mode: Mode, by: str, said: str) -> None:
    """An attribute that the list does not filter by, or one of several values, is told as such before anything is sent."""
    given = {"title": "t", "destination_ids": ["tem_1"], "tags": ["a"], "additional_data": [{}], "timeout": 3}
    with pytest.raises(InvalidArgumentError, match=said):
        mode.client().alerts.ensure((by,), **{"titel": "t", "limit": 3} | given)


@pytest.mark.parametrize(
    ("has", "wants", "equal"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), 1767225600, True),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC), True),
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        (None, {"a": 2}, False),
        (ScheduleRule(layer=1, timeout=5), {"layer": 1}, True),
        (["usr_1", "usr_2"], ("usr_2", "usr_1"), True),
        ([{"a": 1}], [{"a": 1}, {"a": 2}], False),
        ([{"a": 1}], [{"a": 1}], True),
        ("tem_1", Team(id="tem_1"), True),
        ("x", "y", False),
    ],
)
def test_what_counts_as_the_same(has: object, wants: object, equal: bool) -> None:
    """Objects are compared by the keys that are wanted, ids without order, moments to the second."""
    assert equal is same(has, wants)


def test_the_package_lists_its_names() -> None:
    """What can be imported is listed before it has been."""
    assert set(pagertree_async.__all__) <= set(dir(pagertree_async))
