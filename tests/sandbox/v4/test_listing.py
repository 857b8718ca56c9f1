"""Lists of API v4: pages, filters with their operations, order, and free search, held against a model of them in Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.test_listing import OPS, flattened, holds, reading, value_of
from tests.sandbox.v4.wires import LISTS, Line


@pytest.fixture(scope="session")
def kept(big_line: Line) -> dict[str, list[dict[str, Any]]]:
    """Everything that every list has, in the order it has by itself."""
    return {name: big_line.everything(f"/{name}") for name in LISTS}


def passes(item: dict[str, Any], name: str, op: str, wanted: str) -> bool:
    """Whether an object passes a filter, between included."""
    if op != "between":
        return holds(item, name, op, wanted)
    low, high = wanted.split("..")
    return holds(item, name, "gte", low) and holds(item, name, "lte", high)


@reading
@given(st.sampled_from(LISTS), st.integers(1, 100), st.booleans())
def test_pages_reassemble_the_list(big_line: Line, kept: Any, name: str, limit: int, by_page: bool) -> None:
    """At any limit, by offset or by page, the pages put together are the list; only the last promises no more."""
    found: list[Any] = []
    for number in range(1, 10_000):
        position = {"page": number} if by_page else {"offset": len(found)}
        page = big_line.get(f"/{name}", limit=limit, **position).json
        found += page["data"]
        assert (len(kept[name]), len(found) < len(kept[name])) == (page["total_count"], page["has_more"])
        if not page["has_more"]:
            break
    assert kept[name] == found


def test_a_page_has_ten_by_itself(big_line: Line, kept: Any) -> None:
    """The default limit is ten, from the first one on; beyond the end is an empty page."""
    assert {"data": kept["logs"][:10], "has_more": True, "total_count": len(kept["logs"])} == big_line.get("/logs").json
    empty = {"data": [], "has_more": False, "total_count": len(kept["users"])}
    assert empty == big_line.get("/users", offset=10**18).json == big_line.get("/users", page=10**6, limit=100).json


FILTERS: list[tuple[str, str]] = [
    ("alerts", "status"),
    ("alerts", "title"),
    ("alerts", "urgency"),
    ("alerts", "tag_list"),
    ("alerts", "dedup_keys"),
    ("alerts", "thirdparty_id"),
    ("alerts", "destination_team_ids"),
    ("alerts", "created_at"),
    ("alerts", "acknowledged_at"),
    ("alerts", "tiny_id"),
    ("alerts", "meta.incident"),
    ("alerts", "meta.incident_severity"),
    ("events", "start_time"),
    ("events", "layer"),
    ("events", "rotation"),
    ("events", "schedule_ids"),
    ("events", "time_zone"),
    ("events", "frequency"),
    ("integrations", "enabled"),
    ("integrations", "integration_type.name"),
    ("teams", "member_account_user_ids"),
    ("users", "last_sign_in_at"),
    ("account_users", "user.name"),
    ("account_users", "roles.admin"),
    ("logs", "owner_id"),
    ("logs", "details.message"),
]


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize(("resource", "name"), FILTERS)
def test_every_operation_on_every_kind_of_attribute(
    big_line: Line, kept: Any, resource: str, name: str, op: str
) -> None:
    """Every operation with a value from the middle of those there are gives what the model gives."""
    flat = sorted(flattened(kept[resource], name)) or ["x"]
    value = flat[len(flat) // 2]
    expected = [item["id"] for item in kept[resource] if holds(item, name, op, value)]
    assert expected == [item["id"] for item in big_line.everything(f"/{resource}", **{name: value}, ops=f"{name}:{op}")]


@reading
@given(st.data())
def test_filters_equal_the_model(big_line: Line, kept: Any, data: st.DataObject) -> None:
    """One or two filters with any operation give what a Python model of them gives."""
    resource = data.draw(st.sampled_from(sorted({name for name, _ in FILTERS})))
    rows = [name for one, name in FILTERS if one == resource]
    query, ops, wanted = {}, [], []
    for name in data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=2, unique=True)):
        texts = sorted(set(flattened(kept[resource], name)))
        value, op = data.draw(st.sampled_from(texts)), data.draw(st.sampled_from((*OPS, "between")))
        if op == "between":
            value = f"{value}..{data.draw(st.sampled_from(texts))}"
        query[name] = value
        ops.append(f"{name}:{op}")
        wanted.append((name, op, value))
    expected = [item["id"] for item in kept[resource] if all(passes(item, *one) for one in wanted)]
    reply = big_line.get(f"/{resource}", limit=100, ops=",".join(ops), **query)
    found = [item["id"] for item in reply.json["data"]]
    assert (200, len(expected), expected[:100]) == (reply.status, reply.json["total_count"], found), query


def test_between_two_moments(big_line: Line, kept: Any) -> None:
    """Between includes both ends, whichever way the moments are written."""
    first, last = kept["alerts"][20]["created_at"], kept["alerts"][30]["created_at"]
    expected = [alert["id"] for alert in kept["alerts"][20:31]]
    for low in (first, first.replace("Z", "+00:00"), first.replace("T", " ").removesuffix("Z")):
        query = {"created_at": f"{low}..{last}", "ops": "created_at:between"}
        assert expected == [alert["id"] for alert in big_line.everything("/alerts", **query)]


@reading
@given(
    st.sampled_from(["title", "status", "created_at", "tiny_id", "meta.incident", "acknowledged_at", "nothing"]),
    st.sampled_from(["asc", "desc", "ASC", None]),
    st.integers(0, 200),
)
def test_sorting_equals_the_model(big_line: Line, kept: Any, name: str, direction: str | None, offset: int) -> None:
    """Sorting is Python's own stable sort, objects without the attribute before all others."""

    def key(item: dict[str, Any]) -> Any:
        value = value_of(item, name)
        return (value is not None, value if value is not None else 0)

    down = direction == "desc"
    expected = sorted(kept["alerts"], key=key)
    if down:
        expected = sorted(kept["alerts"][::-1], key=key)[::-1]
    query = {"sort": name, "offset": offset} | ({"direction": direction} if direction else {})
    assert expected[offset : offset + 10] == big_line.get("/alerts", **query).json["data"]


def test_a_list_can_be_asked_by_prefix_ids(big_line: Line, kept: Any) -> None:
    """Where a filter takes an id, it takes either of an object's ids."""
    for resource, attribute, owners in (
        ("alerts", "destination_team_ids", "teams"),
        ("alerts", "source_id", "integrations"),
        ("teams", "admin_account_user_ids", "account_users"),
        ("events", "schedule_ids", "schedules"),
        ("integrations", "integration_type_id", "integration_types"),
    ):
        for owner in kept[owners]:
            found = big_line.ids(f"/{resource}", limit=100, **{attribute: owner["id"]})
            assert found == big_line.ids(f"/{resource}", limit=100, **{attribute: owner["prefix_id"]})
    mine = [one["id"] for one in kept["integrations"] if "Datadog" == one["integration_type"]["name"]]
    datadog = next(one for one in kept["integration_types"] if "Datadog" == one["name"])
    assert mine == big_line.ids("/integrations", integration_type_id=datadog["prefix_id"])


def test_other_names_of_attributes(big_line: Line, kept: Any) -> None:
    """Tags are asked for as they are written, and an event's times by the names that maintenance windows have for them."""
    tag = kept["alerts"][0]["tag_list"][0]
    assert big_line.ids("/alerts", limit=100, tag_list=tag) == big_line.ids("/alerts", limit=100, tags=tag)
    start = kept["events"][3]["start_time"]
    expected = [event["id"] for event in kept["events"] if event["start_time"] >= start]
    assert expected == big_line.ids("/events", limit=100, start_datetime=start, ops="start_datetime:gte")
    by_end = sorted(kept["events"], key=lambda event: event["end_time"])
    assert [event["id"] for event in by_end] == big_line.ids("/events", limit=100, sort="end_datetime")


def spoken_of(kept: dict[str, list[dict[str, Any]]], alert: dict[str, Any]) -> str:
    """All that a free search for alerts looks at, as one text."""
    names = {one["id"]: one["name"] for one in (*kept["integrations"], *kept["teams"], *kept["routers"])}
    names |= {one["id"]: one["user"]["name"] for one in kept["account_users"]}
    ids = [alert["source_id"], *alert["destination_team_ids"], *alert["destination_router_ids"]]
    called = [names[one] for one in (*ids, *alert["destination_account_user_ids"])]
    return "\n".join([alert["title"], *alert["tag_list"], *called]).casefold()


@pytest.mark.parametrize(
    "q",
    [
        "checkout",
        "CHECKOUT",
        "disk usage",
        "payments",
        "Datadog heartbeat",
        "überlast",
        "ÜBERLAST",
        "café",
        "在庫",
        "99 %",
    ]
    + ["'", '"', "%", "_", "nothing like this", "data storage"],
)
def test_free_search_over_alerts(big_line: Line, kept: Any, q: str) -> None:
    """An alert is found when every word is in its title, its tags, or the name of its source or of a destination."""
    expected = [
        alert["id"] for alert in kept["alerts"] if all(word in spoken_of(kept, alert) for word in q.casefold().split())
    ]
    assert expected == [alert["id"] for alert in big_line.everything("/alerts", q=q)]


def test_free_search_finds_something(big_line: Line) -> None:
    """The searches above are not all for nothing: titles, tags, sources and destinations each have hits of their own."""
    for q in ("checkout", "storage", "Datadog", "payments", "ÜBERLAST"):
        assert 0 < big_line.get("/alerts", q=q).json["total_count"] < big_line.sandbox.count("v4.alerts")


@pytest.mark.parametrize(
    ("name", "q", "expected"),
    [
        ("teams", "platf", ["Platform"]),
        ("teams", "夜間", ["Data"]),
        ("account_users", "rivera", ["Alex Rivera"]),
        ("account_users", "ZOË lind", ["Zoë Lindqvist"]),
        ("account_users", "priya.raman@northwind", ["Priya Raman"]),
        ("users", "weiß", ["Jonas Weiß"]),
        ("users", "nobody", []),
        ("users", "null", []),
        ("integrations", "prom", ["Prometheus"]),
        ("broadcasts", "phishing alex", []),
        ("maintenance_windows", "freeze suppressed", ["Year-end freeze"]),
    ],
)
def test_free_search_elsewhere(big_line: Line, name: str, q: str, expected: list[str]) -> None:
    """Other lists are searched by their names, people also by their e-mail addresses."""
    found = big_line.get(f"/{name}", q=q, limit=100).json["data"]
    assert expected == [(item.get("user") or item)["name"] for item in found]


def test_free_search_by_destination(line: Line) -> None:
    """An alert is found by the people and routers it goes to, and together with filters and pages."""
    router, person = line.first("routers"), line.first("account_users", 2)
    first = line.alert(title="one", destination_account_user_ids=[person["id"]])["id"]
    second = line.alert(title="two", destination_account_user_ids=[], destination_router_ids=[router["id"]])["id"]
    assert [first] == line.ids("/alerts", q=person["user"]["name"])
    assert [second] == line.ids("/alerts", q=router["name"])
    assert [] == line.ids("/alerts", q=router["name"], title="one")
    assert [second] == line.ids("/alerts", q=f"{router['name']} two", title="t", ops="title:beginsWith")
    # The account user who made it is its source.
    assert [first, second] == line.ids("/alerts", q="rivera", sort="tiny_id")


def test_a_thirdparty_id_finds_its_alerts(line: Line) -> None:
    """Alerts are found by the caller's own name for them; several may have it."""
    made = [line.alert(thirdparty_id="disk-7")["id"] for _ in range(2)]
    assert made == line.ids("/alerts", thirdparty_id="disk-7")
    assert made[:1] == line.ids("/alerts", thirdparty_id="disk-7", limit=1)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 0}, "'limit' must be a whole number between 1 and 100"),
        ({"limit": 101}, "'limit' must be a whole number between 1 and 100"),
        ({"limit": "ten"}, "'limit' must be a whole number between 1 and 100"),
        ({"offset": -1}, "'offset' must be a whole number from 0"),
        ({"page": 0}, "'page' must be a whole number from 1"),
        ({"page": 1, "offset": 1}, "'offset' and 'page' are alternatives: give one of them"),
        ({"direction": "up"}, "'direction' must be ASC or DESC"),
        ({"sort": "a b"}, "'a b' is not an attribute"),
        ({"status[]": "open"}, "'status[]' is not an attribute"),
        ({"ops": "title"}, "'ops' must be a list of attribute:operation, separated by commas"),
        (
            {"ops": "title:like", "title": "x"},
            "'like' is not an operation: use one of equals, ne, lt, lte, gt, gte, beginsWith, contains, between",
        ),
        ({"ops": "title:ne,title:lt", "title": "x"}, "'ops' names 'title' more than once"),
        ({"ops": "title:ne"}, "'ops' names 'title', which has no value in the query"),
        ({"created_at": "yesterday"}, "'created_at' must be compared with an ISO 8601 time"),
        ({"tiny_id": "x"}, "'tiny_id' must be compared with a number"),
        *(
            ({"tiny_id": value, "ops": "tiny_id:between"}, "'tiny_id' must be compared with two values, written A..B")
            for value in ("1", "1..", "..2", "..")
        ),
        ({"tiny_id": "1..x", "ops": "tiny_id:between"}, "'tiny_id' must be compared with a number"),
        ([("title", "a"), ("title", "b")], "'title' is given more than once"),
    ],
)
def test_a_query_that_is_wrong(big_line: Line, query: Any, message: str) -> None:
    """What is wrong in a query is a 400 that says so."""
    reply = big_line("GET", "/alerts", query=query)
    assert (400, [message], 400) == (reply.status, reply.messages, reply.json["code"])


def test_v3_does_not_know_the_words_of_v4(line: Line) -> None:
    """Between and direction are v4's alone."""
    from tests.sandbox.wire import Wire

    reply = Wire(line.sandbox).get("/alert", tinyId="1..2", ops="tinyId:between")
    assert (400, True) == (reply.status, reply.messages[0].startswith("'between' is not an operation"))
    assert 12 == Wire(line.sandbox).get("/alert").json["total_count"]
    assert 0 == Wire(line.sandbox).get("/alert", direction="desc").json["total_count"]


def test_the_alerts_of_a_team(big_line: Line, kept: Any) -> None:
    """A team's alerts are those that go to it, with filters, search and pages as in any list."""
    for team in kept["teams"]:
        mine = [alert for alert in kept["alerts"] if team["id"] in alert["destination_team_ids"]]
        assert mine == big_line.everything(f"/teams/{team['prefix_id']}/alerts")
        query = {"status": "resolved", "sort": "tiny_id", "direction": "desc", "limit": 3}
        expected = [alert["id"] for alert in mine[::-1] if "resolved" == alert["status"]]
        assert expected[:3] == big_line.ids(f"/teams/{team['id']}/alerts", **query)
        word = kept["alerts"][0]["title"].split()[0]
        found = big_line.get(f"/teams/{team['id']}/alerts", q=word).json["total_count"]
        assert sum(word.casefold() in spoken_of(kept, alert) for alert in mine) == found


def test_the_events_of_a_schedule(big_line: Line, kept: Any) -> None:
    """A schedule's events are as stored, with filters and operations as in any list."""
    for schedule in kept["schedules"]:
        mine = [event for event in kept["events"] if schedule["id"] in event["schedule_ids"]]
        path = f"/schedules/{schedule['id']}/events"
        assert mine == big_line.everything(path)
        assert [event["id"] for event in mine if event["layer"] > 1] == big_line.ids(path, layer=1, ops="layer:gt")
