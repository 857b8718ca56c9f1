"""The guide of PagerDuty's own client, run by that client against the sandbox: nothing but its URL is changed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pagerduty
import pytest
import trustme
import uvicorn

from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from tests.pagerduty.helpers import daily


class Served:
    """A sandbox behind HTTPS on a port of its own."""

    def __init__(self, sandbox: PagerDutySandbox, folder: Path) -> None:
        authority = trustme.CA()
        self.trusted = str(folder / "trusted.pem")
        key, chain = str(folder / "key.pem"), str(folder / "chain.pem")
        certificate = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(self.trusted)
        certificate.private_key_pem.write_to_path(key)
        for number, blob in enumerate(certificate.cert_chain_pems):
            blob.write_to_path(chain, append=number > 0)
        self.sandbox = sandbox
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            sandbox.app, ssl_keyfile=key, ssl_certfile=chain, ws="none", log_level="critical", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An account for all tests of this module."""
    with PagerDutySandbox() as sandbox, Served(sandbox, tmp_path_factory.mktemp("tls")) as found:
        yield found


@pytest.fixture(autouse=True)
def _trusted(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", served.trusted)


@pytest.fixture
def client(served: Served) -> Iterator[pagerduty.RestApiV2Client]:
    """PagerDuty's own client of the REST API."""
    with pagerduty.RestApiV2Client(served.sandbox.api_key, default_from=served.sandbox.username) as found:
        found.url = served.url
        yield found


@pytest.fixture
def events(served: Served) -> Iterator[pagerduty.EventsApiV2Client]:
    """PagerDuty's own client of the Events API."""
    with pagerduty.EventsApiV2Client(served.sandbox.routing_key) as found:
        found.url = served.url
        yield found


def test_the_three_ways_to_read_an_object(client: pagerduty.RestApiV2Client) -> None:
    """With get, jget and rget a user is the same."""
    user_id = client.list_all("users")[0]["id"]
    response = client.get(f"/users/{user_id}")
    assert response.is_success
    assert client.jget(f"/users/{user_id}")["user"] == response.json()["user"] == client.rget(f"/users/{user_id}")
    assert 32 == len(response.headers["x-request-id"])
    with pytest.raises(pagerduty.HttpError) as caught:
        client.rget("/users/PJKL678")
    assert 404 == caught.value.response.status_code


def test_pages(client: pagerduty.RestApiV2Client) -> None:
    """Users come through iter_all, list_all and dict_all, on small pages too, and services are searched."""
    told: list[tuple[int, object]] = []
    users = list(
        client.iter_all(
            "users", page_size=2, total=True, item_hook=lambda _, number, total: told.append((number, total))
        )
    )
    assert (len(users), len(users)) == told[-1]
    assert users == client.list_all("users")
    assert {user["email"] for user in users} == set(client.dict_all("users", by="email"))
    assert ["Core SN"] == [one["name"] for one in client.list_all("services", params={"query": "SN"})]
    foo = client.list_all("services", params={"query": "c", "include": ["escalation_policies", "teams"], "limit": 1})
    assert 2 == len(foo)
    assert ["Dan Novák"] == [
        one["name"] for one in client.rget("users", params={"query": "Dan", "limit": 1, "offset": 0})
    ]


def test_a_cursor(client: pagerduty.RestApiV2Client) -> None:
    """The audit records are gone through with a cursor."""
    records = list(client.iter_cursor("audit/records", page_size=2))
    assert 9 <= len(records)


def test_find_and_get_total(client: pagerduty.RestApiV2Client) -> None:
    """A user is found by e-mail, and users are counted, of a team as well."""
    assert "Dan Novák" == client.find("users", "dan@northwind.example", attribute="email")["name"]
    assert client.find("users", "jane@example35.com", attribute="email") is None
    team = client.find("teams", "Payments")
    assert 3 == client.get_total("users", params={"team_ids[]": [team["id"]]})
    assert len(client.list_all("users")) == client.get_total("users")


def test_updating(client: pagerduty.RestApiV2Client) -> None:
    """With put and with rput, by the object itself."""
    user = client.find("users", "Grace Kim")
    response = client.put(user["self"], json={"user": {"type": "user", "name": "Jane Doe"}})
    assert "Jane Doe" == response.json()["user"]["name"]
    assert "Grace Kim" == client.rput(user, json={"type": "user", "name": "Grace Kim"})["name"]
    policy = client.list_all("escalation_policies")[0]
    rule = {"escalation_delay_in_minutes": 30, "targets": [{"id": user["id"], "type": "user_reference"}]}
    policy["escalation_rules"].append(rule)
    assert 3 == len(client.rput(policy, json=policy)["escalation_rules"])


def test_persist(client: pagerduty.RestApiV2Client) -> None:
    """The same twice makes one user."""
    data = {"email": "user123@example.com", "name": "User McUserson"}
    made = client.persist("users", "email", data, update=True)
    assert made["id"] == client.persist("users", "email", {**data, "name": "Another"}, update=True)["id"]
    client.rdelete(made)
    assert client.find("users", "user123@example.com", attribute="email") is None


def test_incidents_are_filtered_and_updated_together(client: pagerduty.RestApiV2Client) -> None:
    """All that are triggered are acknowledged at once."""
    incidents = client.list_all("incidents", params={"statuses": ["triggered"]})
    user = incidents[0]["assignments"][0]["assignee"]["id"]
    assert incidents[0] in client.list_all(
        "incidents", params={"user_ids[]": [user], "statuses": ["triggered", "acknowledged"]}
    )
    for one in incidents:
        one["status"] = "acknowledged"
    assert ["acknowledged"] * len(incidents) == [one["status"] for one in client.rput("incidents", json=incidents)]
    two = [{"id": one["id"], "type": "incident_reference", "status": "resolved"} for one in incidents[:2]]
    assert ["resolved", "resolved"] == [one["status"] for one in client.rput("incidents", json=two)]


def test_incident_notes(client: pagerduty.RestApiV2Client) -> None:
    """The notes of a team within a range."""
    team = client.find("teams", "Platform")["id"]
    params = {"team_ids": [team], "since": "2025-01-01", "until": "2027-07-01"}
    notes = list(client.iter_incident_notes(params=params))
    assert {"annotate_log_entry"} == {note["type"] for note in notes}
    assert [notes[0]] == list(client.iter_incident_notes(notes[0]["incident"]["id"]))


def test_the_odd_endpoints(client: pagerduty.RestApiV2Client) -> None:
    """Overrides, status updates and subscribers are wrapped differently on the way there and back."""
    users = client.list_all("users")
    schedule = client.rpost("schedules", json=daily(users[:2]))
    user = {"id": users[0]["id"], "type": "user_reference"}
    made = client.rpost(
        f"/schedules/{schedule['id']}/overrides",
        json=[
            {
                "start": "2023-07-01T00:00:00-04:00",
                "end": "2023-07-02T00:00:00-04:00",
                "user": user,
                "time_zone": "UTC",
            },
            {
                "start": "2023-07-03T00:00:00-04:00",
                "end": "2023-07-01T00:00:00-04:00",
                "user": user,
                "time_zone": "UTC",
            },
        ],
    )
    assert [(201, None), (400, ["Override must end after its start"])] == [
        (one["status"], one.get("errors")) for one in made
    ]
    incident = client.rget("incidents")[-1]
    assert "On it" == client.rpost(f"incidents/{incident['id']}/status_updates", json={"message": "On it"})["message"]
    service = client.rget("business_services")[0]
    given = [{"subscriber_id": users[0]["id"], "subscriber_type": "user"}]
    assert ["success"] == [
        one["result"] for one in client.rpost(f"business_services/{service['id']}/subscribers", json=given)
    ]


def test_who_is_on_call(client: pagerduty.RestApiV2Client) -> None:
    """The on-calls of a policy, the rendered entries of its schedule, and its users agree."""
    policy = client.find("escalation_policies", "Platform policy")
    found = client.list_all("oncalls", params={"escalation_policy_ids": [policy["id"]]})
    level_1 = next(one for one in found if one["escalation_level"] == 1)
    params = {"since": level_1["start"], "until": level_1["end"]}
    schedule = client.rget(f"schedules/{level_1['schedule']['id']}", params=params)
    entries = schedule["final_schedule"]["rendered_schedule_entries"]
    assert [level_1["user"]["id"]] == [entry["user"]["id"] for entry in entries]
    assert [level_1["user"]["id"]] == [
        user["id"] for user in client.rget(f"schedules/{schedule['id']}/users", params=params)
    ]
    assert {user["id"] for user in client.list_all("users", params={"team_ids": [policy["teams"][0]["id"]]})} == {
        member["user"]["id"] for member in client.list_all(f"teams/{policy['teams'][0]['id']}/members")
    }


def test_what_does_not_page(client: pagerduty.RestApiV2Client) -> None:
    """Iterating over an object is refused."""
    with pytest.raises(pagerduty.UrlError):
        list(client.iter_all("users/PABC123"))


def test_a_history_beyond_ten_thousand(served: Served, client: pagerduty.RestApiV2Client) -> None:
    """What a range holds comes whole, also by that client's own splitting."""
    from datetime import UTC, datetime

    since, until = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    found = {one["id"] for one in client.iter_history("log_entries", since, until)}
    assert served.sandbox.count("log_entries") == len(found)


def test_events(client: pagerduty.RestApiV2Client, events: pagerduty.EventsApiV2Client) -> None:
    """Opened and resolved by the key that came, and opened and acknowledged by a key of one's own."""
    key = events.trigger("Server is on fire", "dusty.old.server.net")
    events.resolve(key)
    events.trigger("Server is on fire", "dusty.old.server.net", dedup_key="abc123")
    events.acknowledge("abc123")
    found = {
        one["incident_key"]: one["status"]
        for one in client.list_all("incidents", params={"incident_key": [key, "abc123"]})
    }
    assert {key: "resolved", "abc123": "acknowledged"} == found
    events.submit("new build finished at latest HEAD", source="automation", timestamp="2026-01-01T00:00:00Z")
    assert ["automation"] == [one["source"] for one in client.list_all("change_events")]
    with pytest.raises(pagerduty.HttpError):
        events.trigger("x", "y", severity="worst")


def test_oauth(served: Served) -> None:
    """A code is exchanged, a token refreshed when it ends soon, and a client made with it."""
    with pagerduty.OAuthTokenClient(served.sandbox.client_secret, served.sandbox.client_id) as identity:
        identity.url = served.url
        url = identity.authorize_url("read", "https://app.example/back")
        with (
            pagerduty.RestApiV2Client(served.sandbox.api_key, base_url=served.url) as browser,
            pytest.raises(pagerduty.Error) as sent,
        ):
            browser.get(url)
        code = sent.value.response.headers["location"].partition("code=")[2]
        given: dict[str, Any] = identity.get_new_token_from_code(code, "read", "https://app.example/back")
        arguments = (given["access_token"], given["refresh_token"], given["expiration_date"])
        rest, renewed = identity.refresh_client(*arguments, base_url=served.url)
        assert renewed is None
        assert "Ada Okafor" == rest.rget("users/me")["name"]
        rest.close()
        identity.early_refresh_buffer = 20 * 86_400
        rest, renewed = identity.refresh_client(*arguments, base_url=served.url)
        assert renewed["access_token"] != given["access_token"]
        assert "Ada Okafor" == rest.rget("users/me")["name"]
        rest.close()
        assert "access_token" in identity.get_scoped_app_token("as_account-us.acme users.read")
