"""The paths of API v4: those of the vendor's reference and no others, and what is answered at the wrong ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.v4.resources import COMMON, RESOURCES
from pagertree_async.sandbox.v4.routes import operations
from tests.sandbox.v4.wires import LISTS, Line
from tests.sandbox.wire import Clock, Wire

DATA = Path(__file__).parents[2] / "data"
LINES = [
    line.split() for line in (DATA / "v4_endpoints.txt").read_text().splitlines() if line and not line.startswith("#")
]
ENDPOINTS = sorted(f"{method} {path}" for method, path, _ in LINES)
FIELDS = {
    name: set(fields)
    for name, *fields in (line.split() for line in (DATA / "v4_fields.txt").read_text().splitlines() if line)
    if name != "#"
}


def test_the_paths_are_those_of_the_reference() -> None:
    """Every endpoint of the reference is served, and nothing else is."""
    assert ENDPOINTS == sorted(operations())


@pytest.mark.parametrize("name", LISTS)
def test_every_object_has_the_fields_of_the_reference(big_line: Line, name: str) -> None:
    """An object has every field that the reference has, null where there is nothing, and no others."""
    # That field is only written.
    expected = (FIELDS["every"] | FIELDS[name]) - {"member_team_ids"}
    assert {frozenset(expected)} == {frozenset(item) for item in big_line.everything(f"/{name}")}
    assert expected == {*COMMON, *RESOURCES[name].fields}


@pytest.mark.parametrize("name", LISTS)
def test_both_ids_lead_to_an_object(big_line: Line, name: str) -> None:
    """An object is found by its ULID and by the id that tells what it is, in the path and as a filter."""
    for item in big_line.everything(f"/{name}")[:3]:
        prefix, _, rest = item["prefix_id"].partition("_")
        assert (RESOURCES[name].prefix, 14, 26) == (prefix, len(rest), len(item["id"]))
        assert item == big_line.get(f"/{name}/{item['id']}").json == big_line.get(f"/{name}/{item['prefix_id']}").json
        assert [item["id"]] == big_line.ids(f"/{name}", id=item["prefix_id"]) == big_line.ids(f"/{name}", id=item["id"])
        assert [item["id"]] == big_line.ids(f"/{name}", prefix_id=item["prefix_id"])
    assert [] == big_line.ids(f"/{name}", id="nobody")


@pytest.mark.parametrize("what", [endpoint for endpoint in ENDPOINTS if ":id" in endpoint])
def test_an_object_that_is_not_there(big_line: Line, what: str) -> None:
    """Whatever is asked of an unknown id is a 404 that names the kind of object and the id."""
    method, path = what.split(" ")
    model = RESOURCES[path.split("/")[1]].model
    expected = (404, [f"Couldn't find {model} with 'id'=01NOTHING"])
    assert expected == big_line.refused(method, path.replace(":id", "01NOTHING"), {} if method != "GET" else None)


@pytest.mark.parametrize("path", ["", "/", "/alert", "/alerts/1/archive", "/users/1/teams/2"])
def test_a_path_that_leads_nowhere(big_line: Line, path: str) -> None:
    """An unknown path is a 404, in the API's own shape wherever it is below the API's root."""
    reply = big_line.get(path)
    assert (404, [f"The path /api/v4{path} does not exist"]) == (reply.status, reply.messages)
    assert bool(path) == ("code" in reply.json)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PATCH", "/alerts/1", "DELETE, GET, PUT"), ("DELETE", "/users/1", "GET, PUT"), ("POST", "/logs", "GET")],
)
def test_a_method_that_is_not_possible(big_line: Line, method: str, path: str, allowed: str) -> None:
    """Another method is a 405 that names those there are: users cannot be deleted, logs not be made."""
    reply = big_line(method, path)
    assert (405, allowed, 405) == (reply.status, reply.headers["allow"], reply.json["code"])


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {key}", "{key}", "Bearer {key}x", "Bearer x{key}"],
)
def test_who_has_no_key_is_not_let_in(big_line: Line, header: str | None) -> None:
    """Without a valid key as a bearer every path is a 401."""
    wire = Wire(big_line.sandbox, {})
    if header is not None:
        wire.headers["authorization"] = header.format(key=big_line.sandbox.v4_api_key)
    for reply in (wire.get("/api/v4/alerts"), wire.get("/api/v4/events/time_zones"), wire.post("/api/v4/users", {})):
        assert (401, 401, True) == (reply.status, reply.json["code"], reply.messages[0].startswith("Unauthorized"))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token"])
def test_a_key_lets_in(big_line: Line, scheme: str) -> None:
    """The key goes after Bearer, in any case of letters, or after Token as in Rails."""
    wire = Wire(big_line.sandbox, {"authorization": f"{scheme} {big_line.sandbox.v4_api_key}"})
    assert 200 == wire.get("/api/v4/teams").status


def test_credentials_of_one_version_are_none_in_the_other(line: Line) -> None:
    """A token does not open v4, an API key of v4 does not open v3."""
    sandbox = line.sandbox
    assert 401 == Wire(sandbox, {"authorization": f"Bearer {sandbox.token()}"}).get("/api/v4/alerts").status
    assert 401 == Wire(sandbox, {"authorization": f"Bearer {sandbox.v4_api_key}"}).get("/alert").status


def test_every_account_user_has_a_key(line: Line) -> None:
    """A key is an account user's, is given by either id, and ends with the account user."""
    person = line.first("account_users", 3)
    keys = {line.sandbox.v4_key(person["id"]), line.sandbox.v4_key(person["prefix_id"])}
    assert 1 == len(keys)
    assert line.sandbox.v4_api_key == line.sandbox.v4_key(line.me)
    other = line.with_key_of(person["id"])
    assert person["id"] == other.alert()["source_id"]
    assert 204 == line.delete(f"/account_users/{person['id']}").status
    assert (401, ["Unauthorized: the API key is invalid"]) == other.refused("GET", "/teams")
    with pytest.raises(LookupError, match="there is no account user"):
        line.sandbox.v4_key(person["id"])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "The body is not valid JSON"),
        (b'{"title": "\xff"}', "The body is not valid JSON"),
        (b"[" * 100_000, "The body is not valid JSON"),
        (b"[1]", "The body must be a JSON object"),
    ],
)
def test_a_body_that_is_no_object(line: Line, raw: bytes, message: str) -> None:
    """What is not a JSON object is a 400."""
    for method, path in (("POST", "/alerts"), ("PUT", f"/users/{line.first('users')['id']}")):
        reply = line(method, path, raw=raw)
        assert (400, [message], 400) == (reply.status, reply.messages, reply.json["code"])


def test_requests_are_counted_and_limited(clock: Clock) -> None:
    """Both versions share the counter and the limit; a 429 of v4 has v4's shape and says how long to wait."""
    with Sandbox(alerts=0, rate=0.1, burst=2, clock=clock) as sandbox:
        line = Line(sandbox)
        assert [200, 200, 429] == [line.get("/teams").status for _ in range(3)]
        reply = line.get(f"/teams/{1}")
        assert (429, "10", 429) == (reply.status, reply.headers["retry-after"], reply.json["code"])
        assert 429 == Wire(sandbox).get("/team").status
        expected = {"GET /api/v4/teams": 3, "GET /api/v4/teams/:id": 1, "GET /team": 1}
        assert expected == sandbox.requests


def test_answers_have_a_request_id(big_line: Line) -> None:
    """Every answer, good or bad, is JSON and has a request id of its own."""
    replies = [big_line.get(path) for path in ("/alerts", "/alerts/1", "/nothing")]
    assert {"application/json"} == {reply.headers["content-type"] for reply in replies}
    assert 3 == len({reply.headers["x-request-id"] for reply in replies})


def test_both_versions_have_integrations_at_one_path(line: Line) -> None:
    """An integration of v3 is retrieved, changed and deleted where v4 takes in events."""
    wire: Any = Wire(line.sandbox)
    mine = wire.get("/integration", limit=1).json["data"][0]
    assert mine == wire.get(f"/integration/{mine['id']}").json
    assert "n" == wire.put(f"/integration/{mine['id']}", {"name": "n"}).json["name"]
    assert 204 == wire.delete(f"/integration/{mine['id']}").status
    assert 405 == wire("PATCH", f"/integration/{mine['id']}").status
