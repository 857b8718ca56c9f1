"""The sandbox of PagerDuty, whatever a body says: an answer or a refusal in its shape, and never a fault."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.pagerduty import Basic, PagerDuty
from pagertree_async.pagerduty.errors import BY_CODE
from pagertree_async.retry import RetryPolicy
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.transports.asgi import ASGITransport
from tests.modes import Mode, got
from tests.pagerduty.helpers import daily, on
from tests.pagerduty.test_sandbox import Line
from tests.sandbox.wire import Clock, Reply


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line to an account that these tests share."""
    with PagerDutySandbox(incidents=4, clock=Clock()) as sandbox:
        yield Line(sandbox)


def ids(line: Line) -> dict[str, str]:
    """An object of each kind, by the name of its list."""
    plurals = ("users", "teams", "services", "schedules", "escalation_policies", "business_services", "incidents")
    return {plural: line.first(plural)["id"] for plural in plurals}


def refused(reply: Reply) -> None:
    """Hold a refusal against PagerDuty's shape."""
    error = reply.json["error"]
    assert ({"message", "code", "errors"}, True, True) == (
        set(error),
        isinstance(error["code"], int),
        bool(error["errors"]),
    )


def good(line: Line) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Of each write the method, the path and a body that will do."""
    of = ids(line)
    user, service = {"id": of["users"]}, {"id": of["services"]}
    layers = daily([user])
    layers["schedule_layers"][0]["restrictions"] = [
        {
            "type": "weekly_restriction",
            "start_time_of_day": "09:00:00",
            "duration_seconds": 3600,
            "start_day_of_week": 3,
        }
    ]
    rules = [{"targets": [{"id": of["users"], "type": "user_reference"}]}]
    override = {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z", "user": user}
    return {
        "user": ("POST", "/users", {"name": "n", "email": "n@x.example", "teams": []}),
        "team": ("POST", "/teams", {"name": "n"}),
        "service": ("POST", "/services", {"name": "n", "teams": []}),
        "business_service": ("POST", "/business_services", {"name": "n"}),
        "schedule": ("POST", "/schedules", layers),
        "escalation_policy": ("POST", "/escalation_policies", {"name": "n", "escalation_rules": rules, "teams": []}),
        "incident": ("PUT", f"/incidents/{of['incidents']}", {"title": "t", "urgency": "low"}),
        "incidents": ("PUT", "/incidents", {"0": {"id": of["incidents"], "status": "acknowledged"}}),
        "overrides": ("POST", f"/schedules/{of['schedules']}/overrides", {"0": override}),
        "note": ("POST", f"/incidents/{of['incidents']}/notes", {"content": "c"}),
        "subscribers": (
            "POST",
            f"/business_services/{of['business_services']}/subscribers",
            {"0": {"subscriber_id": "P1", "subscriber_type": "user"}},
        ),
        "incident-new": ("POST", "/incidents", {"title": "t", "service": service}),
    }


LISTS = ("incidents", "overrides", "subscribers")
KINDS = (
    *("user", "team", "service", "business_service", "schedule", "escalation_policy"),
    *("incident", "incident-new", "note", *LISTS),
)
READS = ("/oncalls", "/incidents", "/users", "/schedules/{schedules}/users", "/teams/{teams}/members", "/log_entries")
SMALL = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
ODD = st.recursive(
    SMALL | st.sampled_from(["9999-12-31T23:59:59Z", "0001-01-01", "x" * 300, "Europe/Berlin", "2026-01-01T00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body, the whole of it included."""
    here = [path]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        here += places(inner, (*path, key))
    return here


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A body with something else in one place."""
    if not path:
        return odd
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], odd)
    return copy


@settings(deadline=None, max_examples=300)
@given(data=st.data(), kind=st.sampled_from(KINDS), odd=ODD)
def test_no_body_breaks_the_sandbox(line: Line, data: st.DataObject, kind: str, odd: Any) -> None:
    """With anything in any place of a body the answer is an object or a 400, and all lists can be read afterwards."""
    method, path, inner = good(line)[kind]
    wrapper = kind.removesuffix("-new")
    body: Any = {wrapper: list(inner.values()) if kind in LISTS else inner}
    body = put(body, data.draw(st.sampled_from(places(body))), odd)
    reply = line(method, path, json.dumps(body).encode())
    assert reply.status in (200, 201, 400, 404), reply.body
    if reply.status >= 400:
        refused(reply)
    of = ids(line)
    for one in READS:
        assert 200 == line("GET", one.format(**of)).status, one
    if reply.status == 201 and isinstance(reply.json, dict) and "self" in reply.json.get(wrapper, {}):
        made = reply.json[wrapper]["self"].removeprefix("http://pd.test")
        query = "since=2026-06-01&until=2026-06-20"
        assert 200 == line("GET", made, query=query).status
        assert 200 == line("PUT", made, json.dumps({wrapper: {"description": "d"}}).encode()).status
        if kind != "incident-new":
            assert 204 == line("DELETE", made).status


@settings(deadline=None, max_examples=150)
@given(
    event=st.dictionaries(
        st.sampled_from(["event_action", "dedup_key", "payload", "links"]),
        st.sampled_from(["trigger", "acknowledge", "resolve", "k"]) | ODD,
    ),
    payload=st.dictionaries(
        st.sampled_from(["summary", "source", "severity", "id", "type", "created_at"]), st.just("error") | ODD
    ),
    path=st.sampled_from(["/v2/enqueue", "/v2/change/enqueue"]),
)
def test_no_event_breaks_the_sandbox(line: Line, event: dict[str, Any], payload: dict[str, Any], path: str) -> None:
    """An event is accepted or refused with its faults, and the incidents and changes can be read."""
    body = {"payload": payload, **event, "routing_key": line.sandbox.routing_key}
    assert line("POST", path, json.dumps(body).encode()).status in (202, 400)
    assert (200, 200) == tuple(line("GET", one).status for one in ("/incidents", "/change_events"))


@settings(deadline=None, max_examples=150)
@given(
    query=st.dictionaries(
        st.sampled_from(["since", "until", "limit", "offset", "cursor", "query", "user_ids[]", "statuses[]", "fields"]),
        st.text(max_size=12) | st.sampled_from(["9999-12-31T23:59:59Z", "0001-01-01", "2026-06-01", "2026-06-20"]),
    ),
    path=st.sampled_from([*READS, "/audit/records", "/schedules/{schedules}"]),
)
def test_no_query_breaks_the_sandbox(line: Line, query: dict[str, str], path: str) -> None:
    """Whatever a query says, the answer is a page or a 400."""
    reply = line("GET", path.format(**ids(line)), query=urlencode(query))
    assert reply.status in (200, 400)
    if reply.status == 400:
        refused(reply)


@pytest.mark.parametrize(
    ("method", "path", "body", "query"),
    [
        ("PUT", "/incidents", {"incidents": ["x"]}, ""),
        ("POST", "/schedules/{schedules}/overrides", {"overrides": [{}]}, ""),
        ("POST", "/schedules/{schedules}/overrides", {"overrides": [{"start": "x", "end": "y", "user": {}}]}, ""),
        (
            "POST",
            "/schedules/{schedules}/overrides",
            {"overrides": [{"start": "soon", "end": "2026-01-01", "user": {"id": "P"}}]},
            "",
        ),
        ("POST", "/incidents/{incidents}/notes", {"note": "x"}, ""),
        ("POST", "/incidents/{incidents}/status_updates", {"message": {}}, ""),
        ("POST", "/business_services/{business_services}/subscribers", {"subscribers": ["x"]}, ""),
        ("POST", "/users", {"user": {"name": "n", "email": [5]}}, ""),
        ("POST", "/services", {"service": {"name": "n", "teams": 5}}, ""),
        ("POST", "/escalation_policies", {"escalation_policy": {"name": "n", "escalation_rules": [5]}}, ""),
        (
            "POST",
            "/escalation_policies",
            {
                "escalation_policy": {
                    "name": "n",
                    "escalation_rules": [{"targets": [{"id": "PNONE", "type": "user_reference"}]}],
                }
            },
            "",
        ),
        ("PUT", "/schedules/{schedules}", {"schedule": {"time_zone": "x" * 300}}, ""),
        ("PUT", "/schedules/{schedules}", {"schedule": {"time_zone": "Mars/Base"}}, ""),
        ("GET", "/schedules/{schedules}", None, "since=2026-01-01&until=9999-12-31T23:59:59Z"),
        ("GET", "/oncalls", None, "until=9999-12-31T23:59:59Z"),
    ],
)
def test_what_cannot_be_is_a_400(line: Line, method: str, path: str, body: Any, query: str) -> None:
    """Each of these is refused in PagerDuty's shape, with its code for invalid input."""
    reply = line(method, path.format(**ids(line)), json.dumps(body).encode(), query)
    assert (400, 2001) == (reply.status, reply.json["error"]["code"])
    refused(reply)


def test_a_moment_too_far_away_is_none_of_api_v1s(line: Line) -> None:
    """The entries of a year that schedules do not reach are refused with the code for a wrong moment."""
    basic = "Basic " + base64.b64encode(f"{line.sandbox.username}:{line.sandbox.password}".encode()).decode()
    path, query = f"/api/v1/schedules/{ids(line)['schedules']}/entries", "since=9999-12-30&until=9999-12-31T23:59:59Z"
    reply = Line(line.sandbox, authorization=basic)("GET", path, query=query)
    assert (400, 2004) == (reply.status, reply.json["error"]["code"])


def test_whoever_is_on_call_stays() -> None:
    """A user or a schedule that others name is not removed, so that who is on call can always be told."""
    with PagerDutySandbox(incidents=4, clock=Clock()) as sandbox:
        line = Line(sandbox)
        for plural in ("users", "schedules"):
            reply = line("DELETE", f"/{plural}/{line.first(plural)['id']}")
            assert (400, 2001) == (reply.status, reply.json["error"]["code"])
        policies = [one["id"] for one in line("GET", "/escalation_policies").json["escalation_policies"]]
        schedule = line.first("schedules")["id"]
        assert [204] * len(policies) == [line("DELETE", f"/escalation_policies/{one}").status for one in policies]
        assert 204 == line("DELETE", f"/schedules/{schedule}").status
        assert 200 == line("GET", "/oncalls").status


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_code_of_api_v1_can_be_met(mode: Mode, code: int) -> None:
    """Schedule entries that are refused with a code raise the error of that code."""

    async def scenario() -> None:
        with PagerDutySandbox() as sandbox:
            client = on(mode, sandbox, retry=RetryPolicy(attempts=1))
            sandbox.entries_code = code
            with pytest.raises(BY_CODE[code]) as caught:
                await got(client.schedules.entries("P123456", "2026-06-01", "2026-06-02"))
            assert (500 if code == 2000 else 400, code) == (caught.value.status, caught.value.code)
            sandbox.entries_code = None
            schedule = Line(sandbox).first("schedules")["id"]
            assert await got(client.schedules.entries(schedule, "2026-06-01", "2026-06-02"))

    mode.run(scenario)


def test_another_account_and_a_host_in_clear_are_refused() -> None:
    """Where the host is one of PagerDuty's, its first part is the account, and HTTPS is asked for."""
    with PagerDutySandbox() as sandbox:
        schedule = Line(sandbox).first("schedules")["id"]
        path, query = f"/api/v1/schedules/{schedule}/entries", "since=2026-06-01&until=2026-06-02"
        reply = Line(sandbox, host="acme.pagerduty.com")("GET", path, query=query)
        assert (400, 2009) == (reply.status, reply.json["error"]["code"])
        for subdomain, code in (("acme", None), ("nobody", 2007)):
            basic = Basic(sandbox.username, sandbox.password)
            client = PagerDuty(basic=basic, subdomain=subdomain, transport=ASGITransport(sandbox.app))
            with client:
                if code is None:
                    assert client.schedules.entries(schedule, "2026-06-01", "2026-06-02").entries
                else:
                    with pytest.raises(BY_CODE[code]):
                        client.schedules.entries(schedule, "2026-06-01", "2026-06-02")
