"""Every endpoint of the vendor's reference sends what the reference says, in each mode."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pagertree_async.http import Request, Response
from pagertree_async.models import Model
from tests.modes import Mode, got, rows
from tests.v4.vendor import ENDPOINTS, VendorEndpoint
from tests.v4.world import answer, client, page, requests, said

ID, PREFIX_ID = "01GDKK569YVD2EB6E9V80VXWY1", "alt_H1fh-yx6z"
MOMENT = datetime(2022, 10, 12, 7, tzinfo=UTC)
ISO = "2022-10-12T07:00:00Z"
ACTION = {"action_time": MOMENT}

CREATED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "account_users": (
        {"name": "Ada", "email": "ada@x.example"},
        {"user_attributes": {"name": "Ada", "emails_attributes": [{"email": "ada@x.example"}]}},
    ),
    "alerts": (
        {"title": "disk full", "urgency": "high", "destination_team_ids": [ID]},
        {"title": "disk full", "urgency": "high", "destination_team_ids": [ID]},
    ),
    "broadcasts": (
        {
            "title": "lunch",
            "destination_account_user_ids": [ID],
            "response_requested": True,
            "response_options": ["yes", "no"],
        },
        {
            "title": "lunch",
            "destination_account_user_ids": [ID],
            "response_requested": True,
            "broadcast_response_options_attributes": [{"value": "yes"}, {"value": "no"}],
        },
    ),
    "comments": ({"body": "looking"}, {"body": "looking"}),
    "escalation_policies": (
        {"name": "SRE", "escalation_layers_attributes": [{"layer": 1, "timeout": 5, "_destroy": False}]},
        {"name": "SRE", "escalation_layers_attributes": [{"layer": 1, "timeout": 5, "_destroy": False}]},
    ),
    "events": (
        {"start_time": MOMENT, "end_time": MOMENT, "layer": 1, "time_zone": "Europe/Berlin", "account_user_ids": [ID]},
        {"start_time": ISO, "end_time": ISO, "layer": 1, "time_zone": "Berlin", "account_user_ids": [ID]},
    ),
    "integrations": (
        {
            "name": "w",
            "urgency": "low",
            "integration_type_id": ID,
            "team_ids": [ID],
            "options": {"a": 1, "option_b": []},
        },
        {"name": "w", "urgency": "low", "integration_type_id": ID, "team_ids": [ID], "option_a": 1, "option_b": []},
    ),
    "maintenance_windows": (
        {"name": "w", "start_datetime": MOMENT, "end_datetime": MOMENT, "time_zone": UTC, "integration_ids": [ID]},
        {"name": "w", "start_datetime": ISO, "end_datetime": ISO, "time_zone": "UTC", "integration_ids": [ID]},
    ),
    "notification_rules": ({"name": "loud"}, {"name": "loud"}),
    "routers": ({"name": "r", "default_receiver_team_id": ID}, {"name": "r", "default_receiver_team_id": ID}),
    "schedules": ({"name": "week"}, {"name": "week"}),
    "teams": (
        {"name": "SRE", "member_account_user_ids": [ID], "admin_account_user_ids": (ID,)},
        {"name": "SRE", "member_account_user_ids": [ID], "admin_account_user_ids": [ID]},
    ),
    "users": ({"name": "Ada", "email": "ada@x.example"}, {"name": "Ada", "email": "ada@x.example"}),
}
UPDATED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "account_users": ({"name": "Ada"}, {"user_attributes": {"name": "Ada"}}),
    "alerts": ({"title": "t"}, {"title": "t"}),
    "broadcasts": ({"title": "t"}, {"title": "t"}),
    "events": ({"time_zone": "utc"}, {"time_zone": "UTC"}),
    "integrations": ({"options": {"a": None}}, {"option_a": None}),
}
WITH: dict[str, tuple[dict[str, Any], Any]] = {
    "alerts.comment": ({"body": "looking"}, {"body": "looking"}),
    "broadcasts.comment": ({"body": "looking"}, {"body": "looking"}),
    "comments.comment": ({"body": "looking"}, {"body": "looking"}),
    "events.add_exception": (ACTION, {"action_time": ISO}),
    "events.terminate_on": (ACTION, {"action_time": ISO}),
    "events.override": (
        {
            "start_time": MOMENT,
            "end_time": "2022-10-12 17:00",
            "layer": 1,
            "time_zone": "Arizona",
            "account_user_ids": [ID],
            **ACTION,
        },
        {
            "start_time": "2022-10-12 00:00",
            "end_time": "2022-10-12 17:00",
            "layer": 1,
            "time_zone": "Arizona",
            "account_user_ids": [ID],
            "action_time": ISO,
        },
    ),
    "schedules.window_events": ({"start": MOMENT, "end": "2022-10-13 07:00:00"}, None),
}
QUERIES = {"schedules.window_events": {"start": "2022-10-12 07:00:00", "end": "2022-10-13 07:00:00"}}
LISTS = {"list", "comments", "alerts", "events"}
ON_CALL = {"schedules.current_oncall", "schedules.window_events", "teams.current_oncall"}


def given(one: VendorEndpoint) -> tuple[dict[str, Any], Any]:
    """The arguments of a call, and the body it sends."""
    if one.verb == "create":
        return CREATED[one.service]
    if one.verb == "update":
        return UPDATED.get(one.service, ({"name": "n"}, {"name": "n"}))
    return WITH.get(one.name, ({}, None))


def answered(one: VendorEndpoint) -> Response:
    """What the API answers with."""
    if one.verb in LISTS:
        return page({"id": ID, "prefix_id": PREFIX_ID})
    if one.name in ON_CALL:
        return answer([{"layer": 1, "attendees": [{"attendee_id": ID}, {}]}])
    if one.verb == "time_zones":
        return answer(["UTC", "Arizona"])
    return Response(status=204) if one.method == "DELETE" else answer({"id": ID, "prefix_id": PREFIX_ID})


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: one.name)
def test_an_endpoint(mode: Mode, one: VendorEndpoint) -> None:
    """Method, path, query and body are the reference's, and the answer becomes what it is."""
    arguments, body = given(one)
    about = [PREFIX_ID] if ":id" in one.path else []

    async def scenario() -> Any:
        async_or_blocking = client(mode, answered(one))
        verb = getattr(getattr(async_or_blocking, one.service), one.verb)
        called = verb(*about, **arguments)
        result = await got(called.first()) if one.verb in LISTS else await got(called)
        sent = requests(async_or_blocking)
        assert 1 == len(sent)
        assert ("authorization", "Bearer a-key") in sent[0].revealed_headers()
        return result, said(sent[0])

    result, sent = mode.run(scenario)
    path = "/api/v4" + one.path.replace(":id", PREFIX_ID)
    assert (one.method, path, QUERIES.get(one.name, {}), body) == sent
    if one.verb in LISTS:
        assert [(ID, PREFIX_ID)] == [item.ids for item in result.data]
    elif one.name in ON_CALL:
        assert [[ID]] == [entry.on_call_ids for entry in result]
    elif one.verb == "time_zones":
        assert ["UTC", "Arizona"] == result
    elif one.method == "DELETE":
        assert result is None
    else:
        assert isinstance(result, Model)
        assert ID == result.id


def test_a_list_is_iterated(mode: Mode) -> None:
    """Iterating goes from page to page, with what was asked for in every request."""

    def handler(request: Request) -> Response:
        offset = int(said(request)[2]["offset"])
        return answer({"data": [{"id": f"A{offset + n}"} for n in range(2)], "has_more": offset < 2, "total_count": 4})

    async def scenario() -> Any:
        one = client(mode, handler)
        found = await rows(one.teams.alerts(ID, q="disk", sort="-created_at", limit=2))
        return [item.id for item in found], [said(request)[2] for request in requests(one)]

    asked = {"q": "disk", "sort": "created_at", "direction": "desc", "limit": "2"}
    assert (["A0", "A1", "A2", "A3"], [asked | {"offset": "0"}, asked | {"offset": "2"}]) == mode.run(scenario)
