"""Lists: pages, filters, operations, order and selection."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.wire import LISTS, Wire

OPS = ("equals", "ne", "lt", "lte", "gt", "gte", "beginsWith", "contains")
reading = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def value_of(item: dict[str, Any], name: str) -> Any:
    """An attribute of an object, or of an object within it."""
    return functools.reduce(lambda found, part: (found or {}).get(part), name.split("."), item)


def holds(item: dict[str, Any], name: str, op: str, wanted: str) -> bool:
    """Whether an object passes a filter, said in Python: the model that the lists are held against."""
    value = value_of(item, name)
    if name == "schedule_id" and isinstance(value, str):
        value = [value]
    if isinstance(value, list):
        tests = {
            "equals": wanted in value,
            "contains": wanted in value,
            "ne": wanted not in value,
            "beginsWith": any(one.startswith(wanted) for one in value),
        }
        return tests[op] if op in tests else any(compared(one, op, wanted) for one in value)
    if value is None:
        return op == "ne"
    if op in ("beginsWith", "contains"):
        text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        return text.startswith(wanted) if op == "beginsWith" else wanted in text
    if isinstance(value, bool):
        return compared(value, op, wanted == "true")
    if isinstance(value, int | float):
        return compared(value, op, float(wanted))
    return compared(value, op, wanted)


def compared(left: Any, op: str, right: Any) -> bool:
    """Two values of a kind, compared."""
    return {
        "equals": left == right,
        "ne": left != right,
        "lt": left < right,
        "lte": left <= right,
        "gt": left > right,
        "gte": left >= right,
    }[op]


def flattened(items: list[dict[str, Any]], name: str) -> list[str]:
    """All values of an attribute, and of arrays each element, as a query writes them."""
    values = [value_of(item, name) for item in items]
    flat = [one for value in values for one in (value if isinstance(value, list) else [value]) if one is not None]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in flat]


@pytest.fixture(scope="session")
def stored(big: Wire) -> dict[str, list[dict[str, Any]]]:
    """Everything that every list has, in the order it has by itself."""
    return {name: big.everything(f"/{name}") for name in LISTS}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_holds_what_is_stored(big: Wire, stored: dict[str, list[dict[str, Any]]], name: str) -> None:
    """A list's total is the number of stored objects, in the order of their creation, each of them once."""
    total = big.get(f"/{name}").json["total_count"]
    items = stored[name]
    assert (total, total, total) == (big.sandbox.count(name), len(items), len({item["id"] for item in items}))
    assert items == sorted(items, key=lambda item: item["tinyId"])
    assert 0 < total


@pytest.mark.parametrize("name", ["account", "token"])
def test_accounts_and_tokens_are_not_listed(big: Wire, name: str) -> None:
    """There is no list of accounts or tokens."""
    assert 404 == big.get(f"/{name}").status


@reading
@given(st.sampled_from(LISTS), st.integers(1, 100), st.booleans())
def test_pages_reassemble_the_list(big: Wire, stored: Any, name: str, limit: int, by_page: bool) -> None:
    """At any limit, by offset or by page, the pages put together are the list; only the last promises no more."""
    found: list[Any] = []
    for number in range(1, 10_000):
        position = {"page": number} if by_page else {"offset": len(found)}
        page = big.get(f"/{name}", limit=limit, **position).json
        found += page["data"]
        assert len(stored[name]) == page["total_count"]
        assert (len(found) < page["total_count"]) == page["has_more"]
        if not page["has_more"]:
            break
    assert stored[name] == found


def test_a_page_has_ten_by_itself(big: Wire, stored: Any) -> None:
    """The default limit is ten, from the first one on."""
    assert {"data": stored["log"][:10], "has_more": True, "total_count": len(stored["log"])} == big.get("/log").json


def test_beyond_the_end_is_an_empty_page(big: Wire, stored: Any) -> None:
    """An offset or page after the last object gives none, and promises none."""
    empty = {"data": [], "has_more": False, "total_count": len(stored["user"])}
    assert empty == big.get("/user", offset=10**18).json == big.get("/user", page=10**6, limit=100).json


FILTERS: list[tuple[str, str, st.SearchStrategy[str] | None]] = [
    ("alert", "status", None),
    ("alert", "title", None),
    ("alert", "urgency", None),
    ("alert", "tags", None),
    ("alert", "destination_ids", None),
    ("alert", "createdAt", None),
    ("alert", "updatedAt", None),
    ("alert", "created", None),
    ("alert", "resolved", None),
    ("alert", "meta.incident", None),
    ("alert", "meta.incident_severity", None),
    ("event", "layer", None),
    ("event", "repeat", None),
    ("event", "schedule_id", None),
    ("integration", "enabled", None),
    ("notification", "cost", None),
    ("team", "member_user_ids", None),
    ("user", "name", None),
    ("user", "preferences.ui_calendar_firstday", None),
    ("user", "roles.admin", None),
    ("user", "no_such_attribute", st.just("x")),
]


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize(("resource", "name"), [(resource, name) for resource, name, _ in FILTERS])
def test_every_operation_on_every_kind_of_attribute(big: Wire, stored: Any, resource: str, name: str, op: str) -> None:
    """Every operation with a value from the middle of those there are gives what the model gives."""
    flat = sorted(flattened(stored[resource], name)) or ["x"]
    value = flat[len(flat) // 2]
    expected = [item["id"] for item in stored[resource] if holds(item, name, op, value)]
    found = big.everything(f"/{resource}", **{name: value}, ops=f"{name}:{op}")
    assert expected == [item["id"] for item in found]


@reading
@given(st.data())
def test_filters_equal_the_model(big: Wire, stored: Any, data: st.DataObject) -> None:
    """One or two filters with any operation give what a Python model of them gives."""
    resource = data.draw(st.sampled_from(sorted({name for name, _, _ in FILTERS})))
    chosen = data.draw(
        st.lists(st.sampled_from([row for row in FILTERS if row[0] == resource]), min_size=1, max_size=2, unique=True)
    )
    query, ops, wanted = {}, [], []
    for _, name, values in chosen:
        known = [value_of(item, name) for item in stored[resource]]
        texts = flattened(stored[resource], name)
        value = data.draw(st.sampled_from(sorted(set(texts))) if values is None else values)
        op = data.draw(st.sampled_from(OPS))
        if op in ("beginsWith", "contains") and not isinstance(known[0], list):
            value = data.draw(st.sampled_from([value[:3], value[:1], value[2:5] if op == "contains" else value, value]))
        query[name] = value
        if op != "equals":
            ops.append(f"{name}:{op}")
        wanted.append((name, op, value))
    if ops:
        query["ops"] = ",".join(ops)
    expected = [item["id"] for item in stored[resource] if all(holds(item, *one) for one in wanted)]
    reply = big.get(f"/{resource}", limit=100, **query)
    assert (200, len(expected), expected[:100]) == (
        reply.status,
        reply.json["total_count"],
        [item["id"] for item in reply.json["data"]],
    ), query


def test_times_compare_as_moments(big: Wire, stored: Any) -> None:
    """The same moment in another zone, without a zone, or with fewer digits selects the same objects."""
    middle = stored["alert"][70]["createdAt"]
    moment = datetime.fromisoformat(middle)
    later = [item["id"] for item in stored["alert"] if item["createdAt"] >= middle]
    away = moment.astimezone(tz=UTC) + timedelta(hours=9)
    for text in (middle, away.isoformat().replace("+00:00", "+09:00"), moment.replace(tzinfo=None).isoformat()):
        assert later == [item["id"] for item in big.everything("/alert", createdAt=text, ops="createdAt:gte")]


@reading
@given(
    st.sampled_from(["title", "status", "created", "createdAt", "meta.incident", "updatedAt", "nothing"]),
    st.booleans(),
    st.integers(0, 200),
)
def test_sorting_equals_the_model(big: Wire, stored: Any, name: str, down: bool, offset: int) -> None:
    """Sorting is Python's own stable sort, objects without the attribute before all others."""

    def key(item: dict[str, Any]) -> Any:
        value = value_of(item, name)
        return (value is not None, value if value is not None else 0)

    # Sorting downwards keeps the order of creation among equals, as reverse=True does.
    ordered = sorted(stored["alert"], key=key, reverse=down)
    expected = [item["id"] for item in ordered][offset : offset + 50]
    assert expected == big.ids("/alert", sort=f"-{name}" if down else name, offset=offset, limit=50)
    assert expected == big.ids("/alert", sort=name, sortdirection="desc" if down else "ASC", offset=offset, limit=50)


def test_sorting_by_created_works_on_every_list(big: Wire, stored: Any) -> None:
    """Where objects have no `created`, sorting by it means createdAt."""
    newest_first = [item["id"] for item in sorted(stored["team"], key=lambda item: item["createdAt"], reverse=True)]
    assert newest_first == big.ids("/team", sort="created", sortdirection="DESC") == big.ids("/team", sort="-created")


def test_sorting_by_two_attributes(big: Wire, stored: Any) -> None:
    """Attributes after a comma decide among equals."""
    ordered = sorted(stored["alert"], key=lambda item: item["title"], reverse=True)
    ordered.sort(key=lambda item: item["status"])
    assert [item["id"] for item in ordered] == [item["id"] for item in big.everything("/alert", sort="status,-title")]


def test_select_gives_only_what_is_named(big: Wire, stored: Any) -> None:
    """Only the selected attributes are given; those an object lacks are left out."""
    rows = big.get("/alert", select="id,title,resolved,nothing", limit=100).json["data"]
    assert [
        {name: item[name] for name in ("id", "title", "resolved") if name in item} for item in stored["alert"][:100]
    ] == rows


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "'limit' must be a whole number between 1 and 100"),
        ("limit=101", "'limit' must be a whole number between 1 and 100"),
        ("limit=ten", "'limit' must be a whole number between 1 and 100"),
        ("limit=", "'limit' must be a whole number between 1 and 100"),
        ("limit=%D9%A1", "'limit' must be a whole number between 1 and 100"),
        ("offset=-1", "'offset' must be a whole number from 0"),
        ("offset=99999999999999999999", "'offset' must be a whole number from 0"),
        ("page=0", "'page' must be a whole number from 1"),
        ("page=1&offset=0", "'offset' and 'page' are alternatives: give one of them"),
        ("limit=1&limit=2", "'limit' is given more than once"),
        ("status=a&status=b", "'status' is given more than once"),
        ("status=a&ops=status:is", "'is' is not an operation: use one of " + ", ".join(OPS)),
        ("status=a&ops=status", "'ops' must be a list of attribute:operation, separated by commas"),
        ("status=a&ops=:equals", "'ops' must be a list of attribute:operation, separated by commas"),
        ("ops=status:ne", "'ops' names 'status', which has no value in the query"),
        ("status=a&ops=status:ne,status:lt", "'ops' names 'status' more than once"),
        ("sort=title&sortdirection=UP", "'sortdirection' must be ASC or DESC"),
        ("sort=a%22b", "'a\"b' is not an attribute"),
        ("a%22b=1", "'a\"b' is not an attribute"),
        ("created=yesterday", "'created' must be compared with a number"),
        ("created=1e999", "'created' must be compared with a number"),
        ("createdAt=yesterday", "'createdAt' must be compared with an ISO 8601 time"),
        ("response_requested=yes", "'response_requested' must be compared with true or false"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(big: Wire, query: str, message: str) -> None:
    """What cannot be understood is a 400 that says what and why, never an answer to another question."""
    reply = big("GET", "/alert", query=query)
    assert (400, [message]) == (reply.status, reply.messages)


def test_a_list_shows_what_was_written_a_moment_ago(wire: Wire) -> None:
    """Creating, changing and deleting show at once in lists that were read before."""
    before = wire.get("/team", name="New").json["total_count"]
    team = wire.made("/team", name="New")
    assert before + 1 == wire.get("/team", name="New").json["total_count"]
    wire.put(f"/team/{team['id']}", {"name": "Old"})
    assert before == wire.get("/team", name="New").json["total_count"]
    wire.delete(f"/team/{team['id']}")
    assert 0 == wire.get("/team", name="Old").json["total_count"]


def test_many_different_questions_are_all_answered_right(big: Wire, stored: Any) -> None:
    """More questions than are remembered give the same answers the second time."""
    for _ in range(2):
        for item in stored["alert"][:50]:
            assert [item["id"]] == big.ids("/alert", tinyId=item["tinyId"])
