"""Events that come in without a key: they open, dedupe, acknowledge and resolve alerts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.v4.test_states import quiet
from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Clock, Reply, Wire


@pytest.fixture
def mine(line: Line) -> dict[str, Any]:
    """An integration that alerts the administrator."""
    kind = line.first("integration_types")["id"]
    values = {"urgency": "low", "integration_type_id": kind, "account_user_ids": [line.me]}
    return line.made("/integrations", name="mine", **values)


def send(line: Line, integration: dict[str, Any], event_type: str, **values: Any) -> tuple[str, str | None]:
    """What has become of an event, and of which alert; sent without any credentials."""
    path = f"/integration/{integration['prefix_id']}"
    reply = Wire(line.sandbox, {}).post(path, {"event_type": event_type, **values})
    assert (200, b"") == (reply.status, reply.body)
    return told(reply)


def told(reply: Reply) -> tuple[str, str | None]:
    """What the sandbox says beside the answer: what has become of an event, and of which alert."""
    outcome, _, alert_id = reply.headers["x-sandbox-event"].partition(" ")
    return outcome, alert_id or None


def test_an_event_opens_an_alert(line: Line, mine: dict[str, Any]) -> None:
    """The alert has what the event says, the integration's urgency and destinations, and the key as its own."""
    meta = {"incident": True, "incident_severity": "SEV-1"}
    values = {
        "Id": "disk-7",
        "Title": "disk full",
        "Description": "on db7",
        "Tags": ["disk", "db", "disk", ""],
        "Meta": meta,
    }
    outcome, alert_id = send(line, mine, "create", **values)
    alert = line.get(f"/alerts/{alert_id}").json
    expected = {
        "title": "disk full",
        "description": "on db7",
        "tag_list": ["disk", "db"],
        "meta": meta,
        "urgency": "low",
        "status": "open",
        "thirdparty_id": "disk-7",
        "dedup_keys": ["disk-7"],
        "source_id": mine["id"],
        "source_type": "Integration",
        "destination_account_user_ids": [line.me],
    }
    assert ("created", expected) == (outcome, {name: alert[name] for name in expected})
    assert [alert_id] == line.ids("/alerts", thirdparty_id="disk-7")
    assert ["Incoming event: create disk-7"] == line.logged(mine)


def test_the_same_event_again_changes_nothing(line: Line, mine: dict[str, Any]) -> None:
    """While an alert is open or acknowledged, events of its key make no other, but are logged; those of other keys do."""
    _, first = send(line, mine, "create", Id="k", Title="t")
    assert ("deduplicated", first) == send(line, mine, "create", Id="k", Title="t")
    line.post(f"/alerts/{first}/acknowledge")
    assert ("deduplicated", first) == send(line, mine, "create", Id="k", Title="other")
    assert "t" == line.get(f"/alerts/{first}").json["title"]
    assert 2 == line.logged({"id": first}).count("Alert deduplicated: the same event came again")
    assert "created" == send(line, mine, "create", Id="other", Title="t")[0]
    assert 2 == line.get("/alerts", source_id=mine["id"]).json["total_count"]


def test_after_it_is_resolved_an_event_opens_another(line: Line, mine: dict[str, Any]) -> None:
    """A resolved alert takes in no more events, nor does one that nobody took."""
    _, first = send(line, mine, "create", Id="k", Title="t")
    line.post(f"/alerts/{first}/resolve")
    outcome, second = send(line, mine, "create", Id="k", Title="t")
    assert ("created", False) == (outcome, first == second)
    assert "dropped" == line.post(f"/alerts/{second}/reject").json["status"]
    outcome, third = send(line, mine, "create", Id="k", Title="t")
    assert ("created", 3) == (outcome, len({first, second, third}))
    assert ("resolved", third) == send(line, mine, "resolve", Id="k")
    assert ("resolved", second) == send(line, mine, "resolve", Id="k")
    assert ("ignored", None) == send(line, mine, "resolve", Id="k")


def test_events_acknowledge_and_resolve(line: Line, mine: dict[str, Any]) -> None:
    """Each moves the alert of its key where that is possible, and is ignored where it is not."""
    _, alert_id = send(line, mine, "create", Id="k", Title="t")
    assert ("acknowledged", alert_id) == send(line, mine, "acknowledge", Id="k")
    assert ("ignored", None) == send(line, mine, "acknowledge", Id="k")
    assert ("resolved", alert_id) == send(line, mine, "resolve", Id="k")
    alert = line.get(f"/alerts/{alert_id}").json
    assert (True, True, "resolved") == (bool(alert["acknowledged_at"]), bool(alert["resolved_at"]), alert["status"])
    assert f"Alert resolved by {mine['id']}" == line.logged(alert)[-1]
    assert ("ignored", None) == send(line, mine, "resolve", Id="unheard of")


def test_a_key_is_an_integrations_own(line: Line, mine: dict[str, Any]) -> None:
    """The same key through another integration is about something else."""
    other = line.first("integrations")
    _, first = send(line, mine, "create", Id="k", Title="t")
    outcome, second = send(line, other, "create", Id="k", Title="t")
    assert ("created", False) == (outcome, first == second)
    assert ("resolved", second) == send(line, other, "resolve", Id="k")
    assert "open" == line.get(f"/alerts/{first}").json["status"]


def test_what_an_event_may_leave_out(line: Line, mine: dict[str, Any]) -> None:
    """A title suffices; names may be small, and what is of the wrong kind counts as nothing."""
    _, first = send(line, mine, "create", title="t", tags="a", meta=[], description=None)
    alert = line.get(f"/alerts/{first}").json
    assert (None, [], {}) == (alert["description"], alert["tag_list"], alert["meta"])
    assert [alert["thirdparty_id"]] == alert["dedup_keys"]
    _, second = send(line, mine, "Create", Title="t", Urgency="CRITICAL", Tags=[1, 2])
    alert = line.get(f"/alerts/{second}").json
    assert ("critical", ["1", "2"], False) == (alert["urgency"], alert["tag_list"], first == second)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event_type": "delete"},
        {"event_type": ["create"], "Title": "t"},
        {"event_type": "create"},
        {"event_type": "create", "Title": ["t"]},
        {"event_type": "resolve"},
        {"event_type": "acknowledge", "Id": " "},
    ],
)
def test_an_event_that_is_wrong(line: Line, mine: dict[str, Any], body: Any) -> None:
    """It is answered like any other, as the vendor does, and nothing but a line in the log comes of it."""
    reply = Wire(line.sandbox, {}).post(f"/integration/{mine['prefix_id']}", body)
    assert (200, b"", ("ignored", None)) == (reply.status, reply.body, told(reply))
    assert (1, []) == (len(line.logged(mine)), line.ids("/alerts", source_id=mine["id"]))


def test_an_event_as_a_form(line: Line, mine: dict[str, Any]) -> None:
    """Its body may be a form as well."""
    sender = Wire(line.sandbox, {"content-type": "application/x-www-form-urlencoded"})
    reply = sender(
        "POST", f"/integration/{mine['id']}", raw=b"event_type=create&Id=k&Title=disk+full&Tags[]=a&Meta[b]=c"
    )
    outcome, alert_id = told(reply)
    alert = line.get(f"/alerts/{alert_id}").json
    assert ("created", "disk full", ["a"], {"b": "c"}) == (outcome, alert["title"], alert["tag_list"], alert["meta"])


def test_an_integration_with_a_token(line: Line, mine: dict[str, Any]) -> None:
    """Where an integration has one as an option, events must bring it."""
    line.put(f"/integrations/{mine['id']}", {"option_token": "s3cret"})
    path, body = f"/integration/{mine['prefix_id']}", {"event_type": "create", "Title": "t"}
    for headers in ({}, {"pagertree-token": "another"}):
        reply = Wire(line.sandbox, headers).post(path, body)
        assert (403, b"", ("blocked", None)) == (reply.status, reply.body, told(reply))
    assert "created" == told(Wire(line.sandbox, {"pagertree-token": "s3cret"}).post(path, body))[0]


def test_events_to_the_wrong_place(line: Line, mine: dict[str, Any]) -> None:
    """An unknown integration is a 404, and a body that is no object a 400; either id of an integration will do."""
    assert (404, ["Couldn't find Integration with 'id'=int_x"]) == line.refused("POST", "//integration/int_x", {})
    reply = line("POST", f"//integration/{mine['prefix_id']}", raw=b"{")
    assert (400, ["The body is not valid JSON"]) == (reply.status, reply.messages)
    assert 200 == line.post(f"//integration/{mine['id']}", {"event_type": "create", "Title": "t"}).status
    assert 3 == line.sandbox.requests["POST /integration/:id"]


def test_an_integration_that_is_off(line: Line, mine: dict[str, Any]) -> None:
    """Events to an integration that is not enabled are refused, and logged."""
    line.put(f"/integrations/{mine['id']}", {"enabled": False})
    body = {"event_type": "create", "Id": "k", "Title": "t"}
    reply = Wire(line.sandbox, {}).post(f"/integration/{mine['prefix_id']}", body)
    assert (405, b"", ("disabled", None)) == (reply.status, reply.body, told(reply))
    assert ["Incoming event: create k"] == line.logged(mine)


def test_events_during_maintenance(line: Line, clock: Clock, mine: dict[str, Any]) -> None:
    """While a maintenance window is open, events make suppressed alerts, and dedupe; they can be acknowledged."""
    quiet(line, clock, mine)
    _, alert_id = send(line, mine, "create", Id="k", Title="t")
    assert "suppressed" == line.get(f"/alerts/{alert_id}").json["status"]
    assert ("deduplicated", alert_id) == send(line, mine, "create", Id="k", Title="t")
    assert ("ignored", None) == send(line, mine, "resolve", Id="k")
    assert ("acknowledged", alert_id) == send(line, mine, "acknowledge", Id="k")
