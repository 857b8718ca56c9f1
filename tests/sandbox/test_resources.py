"""Every resource: creating, retrieving, updating, deleting, and what each refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.v3.resources import INCIDENT, RESOURCES
from tests.sandbox.wire import Clock, Wire

RULES = "url: https://x.example\nmethod: POST\n"

# What the reference says: the operations of each resource beside those with paths of their own.
VERBS = {
    "account": "RUD",
    "alert": "CRUDL",
    "automation": "CRUDL",
    "broadcast": "CRDL",
    "event": "CRUDL",
    "incident": "CRUDL",
    "integration": "CRUDL",
    "log": "CRL",
    "notification": "RL",
    "router": "CRUDL",
    "schedule": "CRUDL",
    "stakeholder": "CRUDL",
    "team": "CRUDL",
    "token": "R",
    "user": "CRUDL",
}


def bodies(wire: Wire) -> dict[str, list[dict[str, Any]]]:
    """What is enough to make each resource, in the form of 2019 and, where it differs, of 2018."""
    user, team, schedule, router = (wire.ids(f"/{name}", limit=1)[0] for name in ("user", "team", "schedule", "router"))
    times = {"start": 1_780_000_000, "end": 1_780_003_600}
    return {
        "alert": [{"title": "t", "destination_ids": [user, team, schedule]}],
        "automation": [{"name": "n", "settings": RULES}],
        "broadcast": [
            {"title": "t", "destination_ids": [user, team]},
            {"message": "m", "source_id": user, "user_ids": [user]},
        ],
        "event": [
            {"schedule_id": [schedule], "attendees": [user], "layer": 1, **times},
            {"schedule_id": schedule, "user_id": user, **times},
        ],
        "incident": [{"title": "t", "destination_ids": [team]}, {"title": "t", "description": "d", "d_team_id": team}],
        "integration": [{"name": "n", "type": "email", "destination_ids": [team, router, user, schedule]}],
        "log": [{"owner_id": team, "content": "c"}],
        "router": [{"name": "n", "settings": RULES, "type": "router", "default_receiver": team}],
        "schedule": [{"name": "n"}],
        "stakeholder": [{"name": "n", "user_ids": [user]}],
        "team": [{"name": "n"}, {"name": "n", "admin_ids": [user], "member_user_ids": [user], "schedule_id": schedule}],
        "user": [{"name": "n", "emails": [{"email": "a@x.example"}]}, {"name": "n", "email": "b@x.example"}],
    }


CREATED = [name for name, verbs in VERBS.items() if "C" in verbs]


def test_every_operation_of_the_reference_is_there_and_no_other(wire: Wire) -> None:
    """Each resource answers to the verbs it has; any other method is a 405 that names those possible."""
    known = {"C": ("POST", ""), "R": ("GET", "/x"), "U": ("PUT", "/x"), "D": ("DELETE", "/x"), "L": ("GET", "")}
    for name, verbs in VERBS.items():
        for verb, (method, rest) in known.items():
            reply = wire(method, f"/{name}{rest}", {})
            beside = [known[one][0] for one in verbs if known[one][1] == rest]
            if verb in verbs:
                assert reply.status in (200, 400, 404), (name, verb)
            elif beside:
                assert (405, ", ".join(sorted(beside))) == (reply.status, reply.headers["allow"]), (name, verb)
            else:
                assert 404 == reply.status, (name, verb)


@pytest.mark.parametrize("name", CREATED)
def test_a_made_object_has_what_every_object_has(wire: Wire, clock: Clock, name: str) -> None:
    """Both forms make an object that keeps what it was given, is found under its id, and ends its list."""
    for body in bodies(wire)[name]:
        item = wire.made(f"/{name}", **body, a_new_field={"x": [None]})
        assert body == {key: item[key] for key in body}
        assert ("2026-05-28T20:26:40.000Z", {"x": [None]}, False) == (
            item["createdAt"],
            item["a_new_field"],
            "updatedAt" in item,
        )
        assert item["sid"].startswith("acc_")
        assert wire.sandbox.count(name) <= item["tinyId"]
        assert item == wire.get(f"/{name}/{item['id']}").json
        assert item == wire.everything(f"/{name}")[-1]


@pytest.mark.parametrize("name", [name for name in CREATED if "U" in VERBS[name]])
def test_an_update_changes_what_it_names_and_nothing_else(wire: Wire, clock: Clock, name: str) -> None:
    """An update is partial, sets updatedAt, takes null, and leaves the common attributes as they are."""
    item = wire.made(f"/{name}", **bodies(wire)[name][0], note="n")
    clock.now += 1
    reply = wire.put(f"/{name}/{item['id']}", {"note": None, "more": 1, "id": "x", "createdAt": "x", "tinyId": 0})
    expected = {**item, "note": None, "more": 1, "updatedAt": "2026-05-28T20:26:41.000Z"}
    if name == "incident":
        assert True is reply.json["meta"]["incident"]
    assert (200, expected) == (reply.status, reply.json)
    assert expected == wire.get(f"/{name}/{item['id']}").json


@pytest.mark.parametrize("name", [name for name in CREATED if "D" in VERBS[name]])
def test_a_deleted_object_is_gone(wire: Wire, name: str) -> None:
    """Deleting answers 204 and nothing else, then 404; its number is not given again."""
    item = wire.made(f"/{name}", **bodies(wire)[name][0])
    total = wire.sandbox.count(name)
    reply = wire.delete(f"/{name}/{item['id']}")
    assert (204, b"") == (reply.status, reply.body)
    assert total - 1 == wire.sandbox.count(name)
    gone = [wire.get(f"/{name}/{item['id']}"), wire.delete(f"/{name}/{item['id']}")]
    assert [(404, [f"The {name} '{item['id']}' does not exist"])] * 2 == [
        (reply.status, reply.messages) for reply in gone
    ]
    again = wire.made(f"/{name}", **bodies(wire)[name][0])
    assert item["tinyId"] < again["tinyId"]
    assert item["id"] != again["id"]


@pytest.mark.parametrize("name", CREATED)
def test_what_is_missing_is_named(wire: Wire, name: str) -> None:
    """Each required parameter that is missing, null or empty is named as the API words it."""
    for body in bodies(wire)[name][:1]:
        needed = [key for key in body if key not in ("admin_ids", "member_user_ids", "schedule_id") or name == "event"]
        for key in needed:
            for empty in ({}, {key: None}, {key: ""}, {key: []}):
                reply = wire.post(f"/{name}", {**{one: body[one] for one in body if one != key}, **empty})
                if name in ("event", "incident", "user") and reply.status == 400:
                    # Where two forms exist the one that is nearer is named.
                    assert all(message.endswith("is a required parameter") for message in reply.messages)
                else:
                    assert (400, [f"'{key}' is a required parameter"]) == (reply.status, reply.messages)


def test_the_error_of_the_reference(wire: Wire) -> None:
    """A user without name, and without e-mail address, is refused as in the vendor's own example."""
    assert {"errors": [{"message": "'emails' is a required parameter"}]} == wire.post("/user", {"name": "n"}).json


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("alert", {"title": 1}, "'title' must be a text"),
        ("alert", {"destination_ids": "usr_1"}, "'destination_ids' must be an array of texts"),
        ("alert", {"destination_ids": [1]}, "'destination_ids' must be an array of texts"),
        ("alert", {"destination_ids": ["usr_1"]}, "'destination_ids' names 'usr_1', which does not exist"),
        ("alert", {"urgency": "loud"}, "'urgency' must be one of silent, low, medium, high, critical"),
        ("alert", {"response_requested": 1}, "'response_requested' must be true or false"),
        ("alert", {"additional_data": [1]}, "'additional_data' must be an array of objects"),
        ("alert", {"meta": []}, "'meta' must be an object"),
        ("alert", {"stakeholder_ids": ["stk_1"]}, "'stakeholder_ids' names 'stk_1', which does not exist"),
        ("broadcast", {"destination_ids": ["skd_1"]}, "'destination_ids' names 'skd_1', which does not exist"),
        ("event", {"schedule_id": 1}, "'schedule_id' must be a text or an array of texts"),
        ("event", {"layer": 1.5}, "'layer' must be a whole number"),
        ("event", {"layer": True}, "'layer' must be a whole number"),
        ("event", {"layer": 0}, "'layer' must be 1 or more"),
        ("event", {"frequency": 0}, "'frequency' must be 1 or more"),
        ("event", {"frequency_unit": "hourly"}, "'frequency_unit' must be one of daily, weekly, monthly, yearly"),
        ("event", {"start": -1}, "'start' must be a time in unix seconds"),
        ("event", {"end": 10**12}, "'end' must be a time in unix seconds"),
        ("event", {"end": 1_780_000_000}, "'end' must be after 'start'"),
        ("event", {"dow": [8]}, "'dow' must be days of the week, 0 for Sunday to 6 for Saturday"),
        ("event", {"dow": ["1"]}, "'dow' must be an array of whole numbers"),
        ("event", {"timezone": "Mars/Olympus"}, "'timezone' names 'Mars/Olympus', which is not an IANA time zone"),
        ("event", {"timezone": "../etc"}, "'timezone' names '../etc', which is not an IANA time zone"),
        (
            "event",
            {"exceptions": {}},
            "'exceptions' must be an array of unix seconds, or of objects with a start in unix seconds",
        ),
        (
            "event",
            {"exceptions": [{"event_id": None}]},
            "'exceptions' must be an array of unix seconds, or of objects with a start in unix seconds",
        ),
        ("event", {"p_event_id": "evt_1"}, "'p_event_id' names 'evt_1', which does not exist"),
        ("log", {"owner_id": "x"}, "'owner_id' names 'x', which does not exist"),
        ("log", {"level": "1"}, "'level' must be a number"),
        ("router", {"type": "x"}, "'type' must be one of router, notification"),
        ("router", {"default_receiver": "x"}, "'default_receiver' names 'x', which does not exist"),
        ("team", {"schedule_id": "x"}, "'schedule_id' names 'x', which does not exist"),
        ("user", {"roles": 1}, "'roles' must be an object"),
        ("user", {"email": 1}, "'email' must be a text"),
        ("user", {"password": 1}, "'password' must be a text"),
    ],
)
def test_what_is_wrong_is_named(wire: Wire, name: str, values: dict[str, Any], message: str) -> None:
    """A wrong type, choice or id is a 400 that names it, in a creation and in an update alike."""
    body = bodies(wire)[name][0]
    reply = wire.post(f"/{name}", {**body, **values})
    assert (400, [message]) == (reply.status, reply.messages)
    if "U" in VERBS[name]:
        item = wire.made(f"/{name}", **body)
        reply = wire.put(f"/{name}/{item['id']}", values)
        assert (400, [message]) == (reply.status, reply.messages)
        assert item == wire.get(f"/{name}/{item['id']}").json


def test_several_wrong_things_are_all_named(wire: Wire) -> None:
    """One answer lists everything that is wrong."""
    reply = wire.post("/team", {"name": 1, "description": 2})
    assert (400, ["'name' must be a text", "'description' must be a text"]) == (reply.status, reply.messages)


def test_what_is_required_cannot_be_emptied(wire: Wire) -> None:
    """An update cannot take away what a creation needs."""
    team = wire.ids("/team", limit=1)[0]
    for empty in (None, ""):
        assert ["'name' is a required parameter"] == wire.put(f"/team/{team}", {"name": empty}).messages
    event = wire.made("/event", **bodies(wire)["event"][1])
    assert ["'user_id' is a required parameter"] == wire.put(f"/event/{event['id']}", {"user_id": None}).messages


JUNK = [
    None,
    "",
    "x",
    "é",
    [],
    {},
    0,
    -1,
    3,
    True,
    0.5,
    1e300,
    [None],
    [[]],
    ["x"],
    [{}],
    [7],
    {"a": 1},
    {"start": "x"},
]


FIELDS = {name: sorted({*(INCIDENT if name == "incident" else RESOURCES[name]).fields, "meta"}) for name in CREATED}
USES = {
    "alert": ["POST /acknowledge", "POST /reject", "POST /resolve", "GET /notifications"],
    "incident": ["POST /reject", "POST /acknowledge", "GET /logs"],
    "automation": ["POST /run"],
    "schedule": ["GET /currentevents", "DELETE /flush"],
    "team": ["GET /members", "GET /current-oncall"],
    "user": ["GET /currentevents"],
}


@st.composite
def attempts(draw: st.DrawFn) -> tuple[str, int, dict[str, Any], dict[str, Any]]:
    """A resource, the form to make it in, and what is wrong in its creation and its update."""
    name = draw(st.sampled_from(CREATED))
    junk = st.dictionaries(st.sampled_from([*FIELDS[name], "sid", "id"]), st.sampled_from(JUNK), max_size=4)
    return name, draw(st.integers(0, 1)), draw(junk), draw(junk)


@settings(max_examples=200, deadline=None)
@given(attempts())
def test_no_body_breaks_the_sandbox(attempt: tuple[str, int, dict[str, Any], dict[str, Any]]) -> None:
    """Whatever values a body has, the answer is an object or a refusal, and what was made can be used."""
    name, form, creation, update = attempt
    with Sandbox(size=0, clock=Clock()) as sandbox:
        wire = Wire(sandbox)
        reply = wire.post(f"/{name}", {**bodies(wire)[name][-form], **creation})
        assert reply.status in (201, 400, 403, 409), reply.body
        if reply.status != 201:
            return
        made = reply.json["id"]
        if "U" in VERBS[name]:
            assert wire.put(f"/{name}/{made}", update).status in (200, 400, 403, 409)
        for method, rest in (use.split(" ") for use in USES.get(name, [])):
            assert wire(method, f"/{name}/{made}{rest}").status in (200, 204, 400)
        schedule = wire.ids("/schedule", limit=1)[0]
        assert 200 == wire.get(f"/schedule/{schedule}/window-events", start=1_780_000_000, end=1_781_000_000).status
        assert wire.post("/alert", {"title": "t", "destination_ids": [made]}).status in (201, 400)
        assert 200 == wire.get(f"/{name}/{made}").status
        if "D" in VERBS[name]:
            assert 204 == wire.delete(f"/{name}/{made}").status


def test_an_event_takes_both_forms_of_exceptions(wire: Wire) -> None:
    """Unix seconds and objects with a start are both kept as they came."""
    body = bodies(wire)["event"][0]
    for exceptions in ([1_780_000_000], [{"start": 1_780_000_000, "event_id": None}], []):
        assert exceptions == wire.made("/event", **body, exceptions=exceptions)["exceptions"]
    assert None is wire.put(f"/event/{wire.made('/event', **body)['id']}", {"exceptions": None}).json["exceptions"]


def test_an_id_can_be_chosen_once(wire: Wire) -> None:
    """A free id is taken, one that exists is a conflict, one that cannot be an id is wrong."""
    assert "tem-My_1" == wire.made("/team", name="n", id="tem-My_1")["id"]
    assert (409, ["The team 'tem-My_1' exists already"]) == (
        (reply := wire.post("/team", {"name": "n", "id": "tem-My_1"})).status,
        reply.messages,
    )
    for wrong in ("", "a/b", "é", "x" * 65, 1):
        assert 400 == wire.post("/team", {"name": "n", "id": wrong}).status


def test_an_email_address_belongs_to_one_user(wire: Wire) -> None:
    """Taking another user's address is a conflict; keeping one's own is none."""
    mine, other = wire.get("/user", limit=2).json["data"]
    assert 409 == wire.post("/user", {"name": "n", "email": mine["email"]}).status
    assert 409 == wire.put(f"/user/{other['id']}", {"email": mine["email"]}).status
    assert 200 == wire.put(f"/user/{other['id']}", {"email": other["email"]}).status


def test_a_user_has_an_address_in_both_forms(wire: Wire) -> None:
    """From the first of the e-mails comes the address, and from the address the e-mails."""
    assert "a@x.example" == wire.made("/user", name="n", emails=[{"email": "a@x.example"}])["email"]
    assert [{"email": "b@x.example", "primary": True}] == wire.made("/user", name="n", email="b@x.example")["emails"]
    assert [{"email": "d@x.example", "primary": True}] == wire.made("/user", name="n", email="d@x.example", emails=[])[
        "emails"
    ]
    assert "email" not in wire.made("/user", name="n", emails=[{"value": "c@x.example"}])
    reply = wire.post("/user", {"name": "n", "emails": [{"email": "a@x.example"}]})
    assert (409, ["A user with the email 'a@x.example' exists already"]) == (reply.status, reply.messages)


def test_secrets_of_a_user_are_shown_as_the_api_shows_them(wire: Wire) -> None:
    """A user object has the hash of its password and its verification code, not the password."""
    user = wire.get("/user").json["data"][0]
    assert user["password"].startswith("pbkdf2$")
    assert wire.sandbox.password not in str(user)
    assert 6 == len(user["verificationcode"])


def test_the_account_and_its_token_can_be_retrieved(wire: Wire) -> None:
    """The account names its token, which names the account."""
    account = wire.get(f"/account/{wire.get('/team').json['data'][0]['sid']}").json
    token = wire.get(f"/token/{account['token_id']}").json
    assert (account["id"], 36) == (token["resource_id"], len(token["sequence"]))


@pytest.mark.parametrize("body", [b"{", b"nul", b"\xff", b'{"a":1}x', b"[" * 100_000, b'{"a":"\\ud800"}'])
def test_a_body_that_is_not_json_is_refused(wire: Wire, body: bytes) -> None:
    """Broken JSON is a 400, however it is broken."""
    reply = wire("POST", "/team", raw=body)
    assert (400, ["The body is not valid JSON"]) == (reply.status, reply.messages)


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"', b"true"])
def test_a_body_that_is_no_object_is_refused(wire: Wire, body: bytes) -> None:
    """JSON that is not an object is a 400."""
    reply = wire("PUT", "/team/x", raw=body)
    assert (400, ["The body must be a JSON object"]) == (reply.status, reply.messages)


def test_any_text_and_number_comes_back_as_it_went(wire: Wire) -> None:
    """Text of any script, control characters and numbers of any size survive being stored."""
    odd = {
        "t": 'Zürich 東京 🔔 \u2028 " \\',
        "z": "\u0000",
        "n": [2**63, -(2**70), 0.1, 1e300],
        "deep": {"": {"a b": [[], {}]}},
    }
    team = wire.made("/team", name=odd["t"], more=odd)
    assert (odd["t"], odd) == ((found := wire.get(f"/team/{team['id']}").json)["name"], found["more"])
    assert [team["id"]] == wire.ids("/team", name=odd["t"])
