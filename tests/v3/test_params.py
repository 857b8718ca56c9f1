"""What callers pass is checked before anything is sent, and stands on the wire as the reference says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from pagertree_async import (
    AmbiguousWriteError,
    ConnectionLostError,
    InvalidArgumentError,
    InvalidIdError,
    PagerTree,
    Request,
    Response,
    RetryPolicy,
    begins_with,
    contains,
    gt,
    gte,
    lt,
    lte,
    ne,
)
from pagertree_async.endpoints import operations
from pagertree_async.errors import Sent
from pagertree_async.params import OPTION_NAMES, checked, names_of
from pagertree_async.transports.memory import MemoryTransport
from pagertree_async.v3 import models
from pagertree_async.v3.resources.alerts import AlertCreate
from pagertree_async.v3.services import SERVICES

T = datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)
SECONDS = 1524787370
OPERATIONS = [
    (f"{service.name}.{operation.verb}", operation)
    for service in SERVICES
    for operation in operations(service)
    if not operation.derived or operation.verb == "find"
]
NAMED = dict(OPERATIONS)
TEAM, USER, SCHEDULE = models.Team(id="tem_1"), models.User(id="usr_1"), models.Schedule(id="skd_1")

VALID: dict[str, Any] = {
    "title": "disk full",
    "name": "a name",
    "destination_ids": ["tem_1"],
    "to": "tem_1",
    "type": "acknowledge",
    "alert_ids": ["alt_1"],
    "settings": "url: https://x.example",
    "schedule_id": "skd_1",
    "start": T,
    "end": T,
    "attendees": ["usr_1"],
    "layer": 1,
    "owner_id": "alt_1",
    "content": "looked into it",
    "default_receiver": "tem_1",
    "user_ids": ["usr_1"],
    "emails": [{"email": "ada@example.com"}],
    "team_ids": ["tem_1"],
    "message": "maintenance",
    "source_id": "usr_1",
    "description": "p99 is 4 s",
    "d_team_id": "tem_1",
    "user_id": "usr_1",
    "email": "ada@example.com",
}
"""A value for each argument that some call needs."""


class Wire:
    """A client whose requests are kept, and answered with the object that they are about."""

    def __init__(self) -> None:
        self.transport = MemoryTransport(self.answer)
        self.client = PagerTree("a-token", base_url="https://api.test", transport=self.transport)

    def answer(self, request: Request) -> Response:
        parts = urlsplit(request.url).path.split("/")
        if request.method == "DELETE":
            return Response(status=204)
        if parts[-1] == "mass-action":
            return Response(status=200, body=b'[{"id":"alt_1"}]')
        return Response(
            status=200, body=json.dumps({"id": parts[2] if len(parts) > 2 else "new_1", "data": []}).encode()
        )

    def verb(self, name: str) -> Callable[..., Any]:
        service, _, verb = name.partition(".")
        return getattr(getattr(self.client, service), verb)

    @property
    def sent(self) -> Request:
        (request,) = self.transport.requests
        return request

    @property
    def body(self) -> Any:
        return json.loads(self.sent.body)

    @property
    def query(self) -> dict[str, str]:
        return {name: value for name, (value,) in parse_qs(urlsplit(self.sent.url).query, strict_parsing=True).items()}


@pytest.fixture
def wire() -> Wire:
    """A line on which everything is written down."""
    return Wire()


def positional(operation: Any) -> list[str]:
    """An argument for each in the path."""
    return ["router" if operation.choices else "x_1"] * len(operation.arguments)


def needed(kind: Any) -> dict[str, Any]:
    """Valid arguments, as few as a call can have; of the newest form where there are several."""
    required = [field.name for field in msgspec.structs.fields(kind) if field.required]
    return {name: VALID[name] for name in (*required, *(kind.alternatives or [()])[0])}


REQUIRED = {
    "alerts.create": {"title", "destination_ids"},
    "alerts.handoff": {"to"},
    "alerts.mass_action": {"type", "alert_ids"},
    "automations.create": {"name", "settings"},
    "broadcasts.create": {"title", "destination_ids"},
    "events.create": {"schedule_id", "attendees", "layer", "start", "end"},
    "incidents.create": {"title", "destination_ids"},
    "integrations.create": {"name", "type", "destination_ids"},
    "logs.create": {"owner_id", "content"},
    "routers.create": {"name", "settings", "type", "default_receiver"},
    "schedules.create": {"name"},
    "schedules.window_events": {"start", "end"},
    "stakeholders.create": {"name", "user_ids"},
    "teams.create": {"name"},
    "users.create": {"name", "emails"},
    "users.add_to_teams": {"team_ids"},
}
"""What the reference requires, in the form of 2019 where there are two."""

OF_2018 = {
    "broadcasts.create": {"message", "source_id", "user_ids"},
    "events.create": {"schedule_id", "user_id", "start", "end"},
    "incidents.create": {"title", "description", "d_team_id"},
    "users.create": {"name", "email"},
}


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=NAMED)
def test_what_the_reference_requires_is_required(name: str, operation: Any) -> None:
    """A call needs just what the reference says, and nothing else."""
    assert REQUIRED.get(name, set()) == set(needed(operation.params))


@pytest.mark.parametrize(
    ("name", "left_out"), [(name, one) for name, arguments in REQUIRED.items() for one in sorted(arguments)]
)
def test_what_is_missing_is_named(wire: Wire, name: str, left_out: str) -> None:
    """Without one of the arguments it needs, a call is refused by its name, and nothing is sent."""
    given = {one: VALID[one] for one in REQUIRED[name] - {left_out}}
    with pytest.raises(InvalidArgumentError, match=rf"{name}\(\) is missing .*'{left_out}'"):
        wire.verb(name)(*positional(NAMED[name]), **given)
    assert [] == wire.transport.requests


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_is_enough(wire: Wire, name: str) -> None:
    """With the arguments that the reference requires, a call is sent."""
    given = {one: VALID[one] for one in REQUIRED[name]}
    answer = wire.verb(name)(*positional(NAMED[name]), **given)
    if NAMED[name].paged:
        answer.first()
    assert 1 == len(wire.transport.requests)


@pytest.mark.parametrize("name", OF_2018)
def test_the_form_of_2018_is_enough(wire: Wire, name: str) -> None:
    """Where the reference of 2018 requires other arguments, those will do, and are sent alone."""
    wire.verb(name)(**{one: VALID[one] for one in OF_2018[name]})
    assert OF_2018[name] == set(wire.body)


@pytest.mark.parametrize(
    ("name", "given", "missing"),
    [
        ("broadcasts.create", {"message", "source_id"}, "'user_ids'"),
        ("broadcasts.create", {"title"}, "'destination_ids'"),
        ("events.create", {"schedule_id", "start", "end", "attendees"}, "'layer'"),
        ("incidents.create", {"title", "description"}, "'destination_ids'"),
    ],
)
def test_half_of_a_form_is_not_enough(wire: Wire, name: str, given: set[str], missing: str) -> None:
    """When neither form is complete, the one that lacks less is asked for, the newer if both lack as much."""
    with pytest.raises(InvalidArgumentError, match=rf"is missing {missing}\. Give .*; or .*"):
        wire.verb(name)(**{one: VALID[one] for one in given})
    assert [] == wire.transport.requests


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=NAMED)
def test_what_is_unknown_is_named(wire: Wire, name: str, operation: Any) -> None:
    """An argument that a call does not have is refused by its name, and nothing is sent."""
    with pytest.raises(InvalidArgumentError, match=rf"{name}\(\) has no argument 'colour'"):
        wire.verb(name)(*positional(operation), **needed(operation.params), colour="red")
    assert [] == wire.transport.requests


ARGUMENTS = [
    (name, operation, argument)
    for name, operation in OPERATIONS
    for argument in operation.params.__struct_fields__
    if argument not in OPTION_NAMES
]


@pytest.mark.parametrize(("name", "operation", "argument"), ARGUMENTS, ids=[f"{one[0]}-{one[2]}" for one in ARGUMENTS])
def test_what_has_the_wrong_type_is_named(wire: Wire, name: str, operation: Any, argument: str) -> None:
    """Every argument of every call is held to its type, named when it is wrong, and nothing is sent."""
    given = needed(operation.params) | {argument: object()}
    with pytest.raises(InvalidArgumentError, match=rf"{name}\(\)(: {argument}: | .*not by {argument}=)"):
        wire.verb(name)(*positional(operation), **given)
    assert [] == wire.transport.requests


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("alerts.create", {"title": 5}),
        ("alerts.create", {"title": None}),
        ("alerts.create", {"destination_ids": "tem_1"}),
        ("alerts.create", {"destination_ids": [5]}),
        ("alerts.create", {"destination_ids": ["a/b"]}),
        ("alerts.create", {"tags": "storage"}),
        ("alerts.create", {"tags": [1]}),
        ("alerts.create", {"meta": []}),
        ("alerts.create", {"additional_data": ["text"]}),
        ("alerts.create", {"response_requested": "yes"}),
        ("alerts.update", {"title": None}),
        ("alerts.update", {"response_requested": 1}),
        ("alerts.mass_action", {"type": "explode"}),
        ("events.create", {"start": "2018-04-27"}),
        ("events.create", {"start": T.replace(tzinfo=None)}),
        ("events.create", {"start": 1.5}),
        ("events.create", {"start": True}),
        ("events.create", {"schedule_id": 7}),
        ("events.create", {"schedule_id": ["skd_1", ".."]}),
        ("events.create", {"schedule_id": {"skd_1"}}),
        ("events.create", {"layer": "1"}),
        ("events.create", {"dow": ["monday"]}),
        ("events.create", {"exceptions": [T]}),
        ("alerts.list", {"created": "yesterday"}),
        ("alerts.list", {"created": gte("yesterday")}),
        ("alerts.list", {"created_at": T.replace(tzinfo=None)}),
        ("alerts.list", {"created_at": SECONDS}),
        ("alerts.list", {"tiny_id": "1"}),
        ("alerts.list", {"status": 1}),
        ("alerts.list", {"status": ne(1)}),
        ("alerts.list", {"status": ["open"]}),
        ("alerts.list", {"d_team_id": ne("a b")}),
        ("alerts.list", {"d_team_id": contains(5)}),
        ("alerts.list", {"limit": 0}),
        ("alerts.list", {"limit": 101}),
        ("alerts.list", {"limit": "10"}),
        ("alerts.list", {"offset": -1}),
        ("alerts.list", {"page": 0}),
        ("alerts.list", {"sort": 1}),
        ("alerts.list", {"select": [1]}),
        ("alerts.find", {"status": 1}),
        ("users.update", {"preferences": ["alert_push"]}),
        ("users.add_to_teams", {"team_ids": None}),
        ("schedules.update", {"rules": [5]}),
    ],
)
def test_wrong_values_are_named(wire: Wire, name: str, given: dict[str, Any]) -> None:
    """What cannot be meant is refused, with the name of the argument, as a TypeError too; nothing is sent."""
    operation = NAMED[name]
    (argument,) = given
    with pytest.raises(InvalidArgumentError, match=rf"{name}\(\): {argument}: ") as caught:
        wire.verb(name)(*positional(operation), **needed(operation.params) | given)
    assert isinstance(caught.value, TypeError)
    assert [] == wire.transport.requests


@pytest.mark.parametrize("value", ["..", "a/b", "", "x" * 65, "alt_1?x=1", "alt_1\r\n", "ält_1"])
def test_what_is_no_id_is_refused_wherever_an_id_stands(wire: Wire, value: str) -> None:
    """In the path, in the body, in a list, in a filter: what could change the address is an ``InvalidIdError``."""
    client = wire.client
    calls: list[Callable[[], Any]] = [
        lambda: client.alerts.retrieve(value),
        lambda: client.alerts.handoff("alt_1", to=value),
        lambda: client.alerts.create(title="x", destination_ids=["tem_1", value]),
        lambda: client.events.update("evt_1", schedule_id=value),
        lambda: client.events.update("evt_1", schedule_id=[value]),
        lambda: client.alerts.list(d_team_id=value),
        lambda: client.alerts.list(d_team_id=ne(value)),
        lambda: client.teams.members(value),
    ]
    for call in calls:
        with pytest.raises(InvalidIdError, match="not an id"):
            call()
    assert [] == wire.transport.requests


@pytest.mark.parametrize("value", ["other", "router/..", ""])
def test_the_default_template_is_one_of_two(wire: Wire, value: Any) -> None:
    """Another type than the two that the API names is refused."""
    with pytest.raises(InvalidArgumentError, match="router, notification"):
        wire.client.routers.default_template(value)
    assert [] == wire.transport.requests


@pytest.mark.parametrize(
    ("name", "of", "given", "expected"),
    [
        (
            "alerts.create",
            (),
            {"title": "x", "destination_ids": [TEAM, "usr_2"]},
            {"title": "x", "destination_ids": ["tem_1", "usr_2"]},
        ),
        ("alerts.create", (), {"title": "x", "destination_ids": (USER,)}, {"title": "x", "destination_ids": ["usr_1"]}),
        ("alerts.handoff", ("alt_1",), {"to": USER}, {"to": "usr_1"}),
        (
            "alerts.mass_action",
            (),
            {"type": "resolve", "alert_ids": [models.Alert(id="alt_1")]},
            {"type": "resolve", "alert_ids": ["alt_1"]},
        ),
        ("events.update", ("evt_1",), {"schedule_id": SCHEDULE}, {"schedule_id": "skd_1"}),
        ("events.update", ("evt_1",), {"schedule_id": [SCHEDULE, "skd_2"]}, {"schedule_id": ["skd_1", "skd_2"]}),
        ("events.update", ("evt_1",), {"schedule_id": (SCHEDULE,)}, {"schedule_id": ["skd_1"]}),
        (
            "teams.update",
            (TEAM,),
            {"schedule_id": SCHEDULE, "admin_ids": [USER]},
            {"schedule_id": "skd_1", "admin_ids": ["usr_1"]},
        ),
        ("users.add_to_teams", (USER,), {"team_ids": [TEAM]}, {"team_ids": ["tem_1"]}),
    ],
)
def test_objects_stand_for_their_ids(
    wire: Wire, name: str, of: tuple[Any, ...], given: dict[str, Any], expected: Any
) -> None:
    """Wherever an id is wanted the object may be given, alone or in a list."""
    wire.verb(name)(*of, **given)
    assert expected == wire.body


def test_objects_stand_for_their_ids_in_filters(wire: Wire) -> None:
    """A list is filtered by an object as by its id, compared or not."""
    wire.client.alerts.list(d_team_id=TEAM, d_user_id=ne(USER), destination_ids=contains("usr_2")).first()
    expected = {"d_team_id": "tem_1", "d_user_id": "usr_1", "destination_ids": "usr_2"}
    assert expected | {"ops": "destination_ids:contains,d_user_id:ne"} == wire.query


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (T, SECONDS),
        (T.astimezone(timezone(timedelta(hours=5, minutes=30))), SECONDS),
        (T + timedelta(milliseconds=999), SECONDS),
        (SECONDS, SECONDS),
        (0, 0),
    ],
)
def test_moments_are_sent_in_seconds(wire: Wire, given: Any, expected: int) -> None:
    """Where the API counts seconds, a moment of any zone becomes whole seconds, and seconds stay what they are."""
    wire.client.events.create(schedule_id="skd_1", user_id="usr_1", start=given, end=T, repeatend=given)
    sent = {"schedule_id": "skd_1", "user_id": "usr_1", "start": expected, "end": SECONDS, "repeatend": expected}
    assert sent == wire.body


def test_moments_of_a_window_are_sent_in_seconds(wire: Wire) -> None:
    """A window is asked for in seconds, whichever way it is given."""
    wire.client.schedules.window_events("skd_1", start=T, end=SECONDS + 60, limit=7).first()
    assert {"start": str(SECONDS), "end": str(SECONDS + 60), "limit": "7"} == wire.query


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("accounts.update", {"sso": None}),
        ("alerts.update", {"description": None, "source_id": None, "meta": None, "title": "x"}),
        ("events.update", {"repeatend": None, "user_id": None, "timezone": None}),
        ("teams.update", {"schedule_id": None, "router_id": None}),
        ("users.update", {"phone": None, "slack": None, "preferences": None}),
        ("schedules.update", {"enabled": False, "reassign": [], "repeat": 0}),
    ],
)
def test_an_update_sends_what_is_given_and_nothing_else(wire: Wire, name: str, given: dict[str, Any]) -> None:
    """None is sent as null, what is false or empty is sent as it is, and what is left out is not sent."""
    wire.verb(name)("x_1", **given)
    assert ("PUT", given) == (wire.sent.method, wire.body)


def test_parts_of_models_can_be_sent(wire: Wire) -> None:
    """What was read from a model can be given back, without what it leaves open; mappings are sent as they are."""
    rules = [models.ScheduleRule(layer=1, timeout=15), {"layer": 2, "timeout": 30, "brand_new": None}]
    wire.client.schedules.update("skd_1", rules=rules)
    assert {"rules": [{"layer": 1, "timeout": 15}, {"layer": 2, "timeout": 30, "brand_new": None}]} == wire.body


def test_free_form_values_are_sent_as_they_are(wire: Wire) -> None:
    """Mappings within mappings, and what an event leaves out in both of its forms."""
    wire.client.events.update(
        "evt_1", meta={"a": {"b": [1, None]}}, exceptions=[SECONDS, {"start": SECONDS, "event_id": None}]
    )
    assert {"meta": {"a": {"b": [1, None]}}, "exceptions": [SECONDS, {"start": SECONDS, "event_id": None}]} == wire.body


def test_enum_members_are_sent_as_their_text(wire: Wire) -> None:
    """A member of an enum and its text are the same."""
    wire.client.integrations.update("int_1", urgency=models.Urgency.LOW, type="email")
    assert {"urgency": "low", "type": "email"} == wire.body


def test_more_can_be_sent(wire: Wire) -> None:
    """What this version does not know goes into the body and the address."""
    wire.client.alerts.update("alt_1", title="x", extra_body={"colour": "red"}, extra_query={"dry": True})
    assert ({"title": "x", "colour": "red"}, {"dry": "true"}) == (wire.body, wire.query)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"status": "open"}, {"status": "open"}),
        ({"status": models.AlertStatus.OPEN}, {"status": "open"}),
        ({"status": ne("open")}, {"status": "open", "ops": "status:ne"}),
        ({"status": ne(models.AlertStatus.OPEN)}, {"status": "open", "ops": "status:ne"}),
        ({"tiny_id": lt(5)}, {"tinyId": "5", "ops": "tinyId:lt"}),
        ({"tiny_id": lte(5)}, {"tinyId": "5", "ops": "tinyId:lte"}),
        ({"created": gt(SECONDS)}, {"created": str(SECONDS), "ops": "created:gt"}),
        ({"created": gte(T)}, {"created": str(SECONDS), "ops": "created:gte"}),
        ({"created": T}, {"created": str(SECONDS)}),
        ({"created_at": gte(T)}, {"createdAt": "2018-04-27T00:02:50.000Z", "ops": "createdAt:gte"}),
        ({"updated_at": T}, {"updatedAt": "2018-04-27T00:02:50.000Z"}),
        ({"title": begins_with("disk")}, {"title": "disk", "ops": "title:beginsWith"}),
        ({"title": contains("a&b=c ü")}, {"title": "a&b=c ü", "ops": "title:contains"}),
        ({"response_requested": True}, {"response_requested": "true"}),
        ({"response_requested": ne(False)}, {"response_requested": "false", "ops": "response_requested:ne"}),
        ({"tags": contains("storage")}, {"tags": "storage", "ops": "tags:contains"}),
        (
            {"title": contains("disk"), "urgency": "high", "created": lt(T)},
            {"title": "disk", "urgency": "high", "created": str(SECONDS), "ops": "title:contains,created:lt"},
        ),
        ({"limit": 5, "offset": 10}, {"limit": "5", "offset": "10"}),
        ({"limit": 100, "page": 2}, {"limit": "100", "page": "2"}),
        ({"sort": "created"}, {"sort": "created"}),
        ({"sort": "-created_at"}, {"sort": "-createdAt"}),
        ({"sort": "-createdAt"}, {"sort": "-createdAt"}),
        ({"sort": ["urgency", "-tiny_id", "meta.incident"]}, {"sort": "urgency,-tinyId,meta.incident"}),
        ({"sort": "urgency,-created_at"}, {"sort": "urgency,-createdAt"}),
        ({"select": ["title", "created_at"]}, {"select": "id,title,createdAt"}),
        ({"select": "title"}, {"select": "id,title"}),
        ({"select": ["id", "title"]}, {"select": "id,title"}),
        (
            {"select": ["title"], "status": ne("open"), "limit": 3},
            {"select": "id,status,title", "status": "open", "ops": "status:ne", "limit": "3"},
        ),
        ({"extra_query": {"colour": "red"}}, {"colour": "red"}),
    ],
)
def test_lists_are_asked_for_as_the_reference_says(wire: Wire, given: dict[str, Any], expected: dict[str, str]) -> None:
    """Filters by their names on the wire, one comparison each in ``ops``; sorting and selecting by wire names too."""
    wire.client.alerts.list(**given).first()
    assert expected == ({} if "?" not in wire.sent.url else wire.query)


def test_the_sender_of_a_notification_is_filtered_by_its_name_on_the_wire(wire: Wire) -> None:
    """``from_`` is ``from`` in the address, in a filter, in the order and in what is selected."""
    wire.client.notifications.list(from_=begins_with("+1555"), sort="-from_", select=["from_", "to"]).first()
    assert {"from": "+1555", "ops": "from:beginsWith", "sort": "-from", "select": "id,from,to"} == wire.query


def test_finding_among_selected_attributes_selects_what_it_looks_at(wire: Wire) -> None:
    """What is compared here must be sent, whatever else is selected."""
    wire.client.alerts.list(select=["urgency"]).find(title="disk full")
    assert {"id", "title", "urgency"} == set(wire.query["select"].split(","))


def test_a_page_and_an_offset_exclude_each_other(wire: Wire) -> None:
    """Both together are refused before anything is sent."""
    with pytest.raises(InvalidArgumentError, match="an offset or a page"):
        wire.client.alerts.list(offset=1, page=1)
    assert [] == wire.transport.requests


@pytest.mark.parametrize("type", ["acknowledge", "resolve", "archive", "delete", "reject"])
def test_a_mass_action_without_an_answer(type: str) -> None:
    """What moves to a state is tried again; to reject might notify twice, so it is not."""
    answers = iter([ConnectionLostError("gone", sent=Sent.MAYBE), Response(status=200, body=b'[{"id":"alt_1"}]')])

    def answer(request: Request) -> Response:
        given = next(answers)
        if isinstance(given, Exception):
            raise given
        return given

    transport = MemoryTransport(answer)
    client = PagerTree("a-token", base_url="https://api.test", transport=transport, retry=RetryPolicy(base=0))
    if type == "reject":
        with pytest.raises(AmbiguousWriteError):
            client.alerts.mass_action(type=type, alert_ids=["alt_1"])
        assert 1 == len(transport.requests)
    else:
        assert [models.Alert(id="alt_1")] == client.alerts.mass_action(type=type, alert_ids=["alt_1"])
        assert 2 == len(transport.requests)


@pytest.mark.parametrize("kind", {operation.params for _, operation in OPERATIONS}, ids=lambda kind: kind.__name__)
def test_arguments_are_sent_under_the_names_of_the_models(kind: Any) -> None:
    """No two arguments have the same name on the wire."""
    wires = list(names_of(kind).values())
    assert len(wires) == len(set(wires))


def test_arguments_can_be_checked_alone() -> None:
    """The parameters are values of their own, with what was given."""
    given = checked(AlertCreate, {"title": "x", "destination_ids": [TEAM]}, "alerts.create")
    assert [("title", "x"), ("destination_ids", ["tem_1"])] == given.given()
