"""What the calls of API v4 take, and what they refuse before anything is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pagertree_async import InvalidArgumentError, InvalidIdError
from pagertree_async.params import checked
from pagertree_async.query import between, gte
from pagertree_async.v4.models import AccountUser, Team
from pagertree_async.v4.resources.account_users import AccountUserCreate, AccountUserUpdate, UserAttributes
from pagertree_async.v4.resources.alerts import AlertCreate, AlertQuery
from pagertree_async.v4.resources.broadcasts import BroadcastCreate, BroadcastUpdate
from pagertree_async.v4.resources.escalation_policies import EscalationPolicyCreate, LayerAttributes
from pagertree_async.v4.resources.events import EventCreate, EventOverride, EventQuery
from pagertree_async.v4.resources.integrations import IntegrationCreate
from pagertree_async.v4.resources.maintenance_windows import MaintenanceWindowCreate
from pagertree_async.v4.resources.routers import RECEIVERS, RouterCreate
from pagertree_async.v4.resources.schedules import EventWindow
from pagertree_async.v4.resources.teams import TeamCreate
from pagertree_async.v4.resources.users import EmailAttributes, PhoneAttributes, UserCreate

NOW = datetime(2022, 10, 12, 7, tzinfo=UTC)
DATES: dict[str, Any] = {"start_time": NOW, "end_time": NOW, "layer": 1, "time_zone": "UTC"}


def body(kind: type[Any], **arguments: Any) -> Any:
    """The JSON body of a call."""
    return json.loads(checked(kind, arguments, "x.y").encoded())


def refused(kind: type[Any], **arguments: Any) -> str:
    """What a call is refused with."""
    with pytest.raises(InvalidArgumentError) as caught:
        checked(kind, arguments, "x.y")
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        (
            AlertCreate,
            {"title": "t", "urgency": "low"},
            "x.y() needs one destination at least: destination_team_ids or destination_router_ids or destination_account_user_ids",
        ),
        (
            AlertCreate,
            {"title": "t", "urgency": "low", "destination_team_ids": []},
            "x.y() needs one destination at least: destination_team_ids or destination_router_ids or destination_account_user_ids",
        ),
        (AlertCreate, {"title": "t", "destination_team_ids": ["A"]}, "x.y() is missing 'urgency'"),
        (
            BroadcastCreate,
            {"title": "t"},
            "x.y() needs one destination at least: destination_team_ids or destination_account_user_ids",
        ),
        (
            BroadcastCreate,
            {"title": "t", "destination_team_ids": ["A"], "response_requested": True},
            "x.y() requests a response and needs one to choose at least: response_options",
        ),
        (
            BroadcastUpdate,
            {"response_options": ["a"], "broadcast_response_options_attributes": [{"value": "a"}]},
            "x.y() takes response_options or broadcast_response_options_attributes, not both",
        ),
        (EventCreate, {**DATES, "account_user_ids": []}, "x.y() needs one account user at least: account_user_ids"),
        (
            EventCreate,
            {**DATES, "account_user_ids": ["A"], "repeat": True},
            "x.y() repeats and needs frequency and frequency_unit",
        ),
        (
            EventCreate,
            {**DATES, "account_user_ids": ["A"], "repeat": True, "frequency": 2},
            "x.y() repeats and needs frequency_unit",
        ),
        (
            EventOverride,
            {**DATES, "account_user_ids": [], "action_time": NOW},
            "x.y() needs one account user at least: account_user_ids",
        ),
        (
            IntegrationCreate,
            {"name": "n", "urgency": "low", "integration_type_id": "A"},
            "x.y() needs one destination at least: account_user_ids or router_ids or team_ids",
        ),
        (
            MaintenanceWindowCreate,
            {"name": "n", "start_datetime": NOW, "end_datetime": NOW, "time_zone": "UTC", "integration_ids": []},
            "x.y() needs one integration at least: integration_ids",
        ),
        (
            RouterCreate,
            {"name": "n"},
            f"x.y() needs one default receiver at least: {' or '.join(RECEIVERS)}",
        ),
        (
            TeamCreate,
            {"name": "n", "member_account_user_ids": [], "admin_account_user_ids": ["A"]},
            "x.y() needs one member at least: member_account_user_ids",
        ),
        (
            TeamCreate,
            {"name": "n", "member_account_user_ids": ["A"], "admin_account_user_ids": []},
            "x.y() needs one admin at least: admin_account_user_ids",
        ),
        (AccountUserCreate, {"name": "n"}, "x.y() is missing 'email'. Give name, email; or user_attributes"),
        (
            AccountUserCreate,
            {"name": "n", "email": "e", "user_attributes": {"name": "n"}},
            "x.y() takes name and email, or user_attributes, not both",
        ),
        (
            AccountUserUpdate,
            {"name": "n", "user_attributes": {"name": "n"}},
            "x.y() takes name or user_attributes, not both",
        ),
        (
            AlertQuery,
            {"sort": "-title", "direction": "asc"},
            "x.y() takes a direction, or a sort with a leading '-', not both",
        ),
    ],
)
def test_what_is_wrong_together_is_refused(kind: Any, arguments: dict[str, Any], expected: str) -> None:
    """One of several that is needed, and what another argument calls for, is asked for in one line."""
    assert expected == refused(kind, **arguments)


def test_a_repeated_event_says_how() -> None:
    """With frequency and unit it is fine, and without repeat neither is needed."""
    repeated = body(EventCreate, **DATES, account_user_ids=["A"], repeat=True, frequency=1, frequency_unit="weekly")
    assert (True, 1, "weekly") == (repeated["repeat"], repeated["frequency"], repeated["frequency_unit"])
    assert "frequency" not in body(EventCreate, **DATES, account_user_ids=["A"], repeat=False)


def test_a_person_in_the_shape_of_the_api() -> None:
    """Objects within objects are typed, and a mapping does as well."""
    typed = UserAttributes(
        name="Ada",
        notify_sms=True,
        emails_attributes=[EmailAttributes(email="a@x.example", primary=True), EmailAttributes(id="A", destroy=True)],
        phones_attributes=[PhoneAttributes(phone="+15551234567")],
    )
    expected = {
        "name": "Ada",
        "notify_sms": True,
        "emails_attributes": [{"email": "a@x.example", "primary": True}, {"id": "A", "_destroy": True}],
        "phones_attributes": [{"phone": "+15551234567"}],
    }
    assert {"user_attributes": expected} == body(AccountUserCreate, user_attributes=typed)
    assert {"user_attributes": expected} == body(AccountUserCreate, user_attributes=expected)
    assert {"roles": {"admin": True}} == body(AccountUserUpdate, roles={"admin": True})
    assert {"name": "A", "email": "e", "time_zone": "Arizona"} == body(
        UserCreate, name="A", email="e", time_zone="America/Phoenix"
    )


def test_the_parts_of_an_object_are_checked() -> None:
    """A wrong type, an unknown name or no id is found inside as well, in a struct and in a mapping."""
    with pytest.raises(InvalidArgumentError, match=r"UserAttributes\.name: expected `str`, got `int`"):
        UserAttributes(name=3)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match=r"EmailAttributes\.id: not an id: '\.\.'"):
        EmailAttributes(id="..")
    assert "unknown field `nme`" in refused(AccountUserCreate, user_attributes={"nme": "Ada"})
    assert "layers_attributes: expected `int`" in refused(
        EscalationPolicyCreate, name="n", escalation_layers_attributes=[{"layer": "1"}]
    )
    with pytest.raises(InvalidIdError):
        checked(AccountUserCreate, {"user_attributes": {"phones_attributes": [{"id": "a/b"}]}}, "x.y")


def test_objects_stand_for_their_ids() -> None:
    """A model may be given wherever an id is wanted, inside objects too, and either id will do."""
    team, ada = Team(id="01TEAM", prefix_id="tem_1"), AccountUser(id="01ADA")
    made = body(TeamCreate, name="n", member_account_user_ids=[ada, "act_2"], admin_account_user_ids=[ada])
    assert ["01ADA", "act_2"] == made["member_account_user_ids"]
    assert {"default_receiver_team_id": "01TEAM", "name": "n"} == body(
        RouterCreate, name="n", default_receiver_team_id=team
    )
    assert [{"layer": 1, "id": "01TEAM"}] == body(
        EscalationPolicyCreate, name="n", escalation_layers_attributes=[LayerAttributes(layer=1, id=team)]
    )["escalation_layers_attributes"]


def test_settings_are_keys_of_their_own() -> None:
    """Every option of an integration is sent under its name with ``option_`` before it, once."""
    sent = body(
        IntegrationCreate,
        name="n",
        urgency="low",
        integration_type_id="A",
        team_ids=["A"],
        options={"allowed": ["x"], "option_url": None},
        extra_body={"unheard_of": 1},
    )
    assert (["x"], None, 1) == (sent["option_allowed"], sent["option_url"], sent["unheard_of"])
    assert "options" not in sent


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (datetime(2022, 11, 1, 15, 0, tzinfo=UTC), "2022-11-01 08:00"),
        (datetime(2022, 11, 1, 8, 0), "2022-11-01 08:00"),
        (datetime(2022, 11, 1, 16, 0, tzinfo=ZoneInfo("Europe/Berlin")), "2022-11-01 08:00"),
        ("2022-11-01 08:00", "2022-11-01 08:00"),
        ("2022-11-01T15:00:00Z", "2022-11-01 08:00"),
    ],
)
def test_an_override_is_on_the_clocks_of_its_zone(given: Any, expected: str) -> None:
    """An aware moment is turned into what the clocks show there; anything else is what they show."""
    sent = body(
        EventOverride,
        start_time=given,
        end_time=given,
        layer=1,
        time_zone="Arizona",
        account_user_ids=["A"],
        action_time=NOW,
    )
    assert (expected, expected) == (sent["start_time"], sent["end_time"])


def test_a_window_is_in_utc() -> None:
    """Aware moments are turned into UTC, texts are taken as it, and a moment without a zone is refused."""
    there = datetime(2022, 10, 12, 9, tzinfo=timezone(timedelta(hours=2)))
    query = checked(EventWindow, {"start": there, "end": "2022-10-13 07:00"}, "x.y").query()
    assert {"start": "2022-10-12 07:00:00", "end": "2022-10-13 07:00:00"} == query
    assert "has no time zone" in refused(EventWindow, start=datetime(2022, 1, 1), end=there)
    assert "x.y(): end: not an aware datetime" in refused(EventWindow, start=there, end=3)
    assert "x.y(): end: not an aware datetime" in refused(EventWindow, start=there, end="tomorrow")


def test_lists_are_filtered_searched_and_sorted() -> None:
    """Comparisons go out as operators, a range as two moments, a search as it is, a leading minus as a direction."""
    given = {
        "created_at": between(NOW, NOW),
        "title": gte("d"),
        "q": "disk",
        "sort": "-created_at",
        "thirdparty_id": "z",
    }
    assert {
        "created_at": "2022-10-12T07:00:00.000Z..2022-10-12T07:00:00.000Z",
        "title": "d",
        "ops": "created_at:between,title:gte",
        "q": "disk",
        "sort": "created_at",
        "direction": "desc",
        "thirdparty_id": "z",
    } == checked(AlertQuery, given, "x.y").query()
    assert {"sort": "title", "direction": "asc"} == checked(
        AlertQuery, {"sort": "title", "direction": "asc"}, "x.y"
    ).query()
    assert {"time_zone": "Berlin"} == checked(EventQuery, {"time_zone": "Europe/Berlin"}, "x.y").query()
    assert "direction" in refused(AlertQuery, direction="up")
