"""Other people's clients work against the sandbox with nothing changed but address and key.

What they send, and what they read of the answers, is written down here as data, from what they publish: the requests of
the vendor's own command line (its alerts, broadcasts, integrations, teams and users commands) and of the vendor's Zapier
app and report script, which speak API v3, to a sandbox that is served on this machine, by plain httpx; and those of
programs that send events: Apprise and the like.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
import uvicorn

from pagertree_async.sandbox import Sandbox


class Served(NamedTuple):
    """A sandbox behind a real port."""

    sandbox: Sandbox
    url: str


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One account for all of them: each makes what it needs."""
    with Sandbox(size=1500) as sandbox:
        server = uvicorn.Server(uvicorn.Config(sandbox.app, port=0, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Served(sandbox, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()


class Client:
    """Sends what another client sends, with its headers, and keeps what it is to read of the answers."""

    def __init__(self, base_url: str, headers: dict[str, str]) -> None:
        self.http = httpx.Client(headers=headers)
        self.base_url = base_url

    def __call__(self, method: str, path: str, status: int, **request: Any) -> Any:
        reply = self.http.request(method, f"{self.base_url}{path}", **request)
        assert status == reply.status_code, reply.text
        return reply.json() if reply.content else None


@pytest.fixture
def official(served: Served) -> Iterator[Client]:
    """The vendor's command line: ``PAGERTREE_BASE_URL`` and ``PAGERTREE_API_KEY`` are all that it is told."""
    headers = {
        "Authorization": f"Bearer {served.sandbox.v4_api_key}",
        "Content-Type": "application/json",
        "User-Agent": "PagerTree-Python-CLI-Client/1.0",
        "Accept": "*/*",
    }
    client = Client(f"{served.url}/api/v4", headers)
    with client.http:
        yield client


def listed(answer: Any, *fields: str) -> list[dict[str, Any]]:
    """The rows of a list, with what the command line reads of a list and of its rows."""
    assert {"data", "total_count", "has_more"} == set(answer)
    assert isinstance(answer["total_count"], int)
    assert isinstance(answer["has_more"], bool)
    rows: list[dict[str, Any]] = answer["data"]
    assert rows
    assert set() == {field for field in fields for row in rows if field not in row}
    return rows


def a_team(official: Client) -> dict[str, Any]:
    """A team of the account."""
    return listed(official("GET", "/teams", 200, params={"limit": 10, "offset": 0}), "id", "name")[0]


def an_alert(official: Client, alias: str | None = None) -> Any:
    """What ``alerts create --title ... --team-id ... [--alias ...]`` sends."""
    body = {
        "title": "Out of Memory",
        "destination_team_ids": [a_team(official)["id"]],
        "urgency": "medium",
        "tags": [],
        **({} if alias is None else {"thirdparty_id": alias}),
        "meta": {"incident": False, "incident_severity": None, "incident_message": None},
    }
    return official("POST", "/alerts", 201, json=body)


def test_alerts_create_and_show(official: Client) -> None:
    """``alerts create``, ``alerts show`` and ``alerts delete``."""
    made = an_alert(official, "oom-1")
    shown = official("GET", f"/alerts/{made['id']}", 200)
    fields = {"id", "status", "urgency", "thirdparty_id", "title", "description", "created_at"}
    assert set() == (fields | {f"destination_{kind}_ids" for kind in ("team", "router", "account_user")}) - set(shown)
    assert ("Out of Memory", "medium", "oom-1", "open") == (
        *(shown[name] for name in ("title", "urgency", "thirdparty_id", "status")),
    )
    assert None is official("DELETE", f"/alerts/{made['id']}", 204)
    official("GET", f"/alerts/{made['id']}", 404)


@pytest.mark.parametrize("status", [None, "open", "acknowledged", "resolved", "dropped"])
def test_alerts_list(status: str | None, official: Client) -> None:
    """``alerts list`` with each ``--status``, and ``--search``."""
    made = an_alert(official)
    if status in {"acknowledged", "resolved"}:
        official("POST", f"/alerts/{made['id']}/{status.removesuffix('d')}", 200)
    params = {"limit": 10, "offset": 0, **({} if status is None else {"status": status})}
    rows = listed(official("GET", "/alerts", 200, params=params), "id", "title", "status")
    assert status is None or {status} == {row["status"] for row in rows}
    rows = listed(
        official("GET", "/alerts", 200, params=params | {"q": "out of memory"} if status != "dropped" else params)
    )
    assert status == "dropped" or {"Out of Memory"} == {row["title"] for row in rows}
    last = official("GET", "/alerts", 200, params={"limit": 100, "offset": 100_000})
    assert ([], False) == (last["data"], last["has_more"])


@pytest.mark.parametrize(("action", "status"), [("acknowledge", "acknowledged"), ("resolve", "resolved")])
def test_alerts_by_their_alias(action: str, status: str, official: Client) -> None:
    """``alerts acknowledge --alias`` and ``alerts resolve --alias``: the alias is looked up first."""
    alias = f"alias-{action}"
    made = an_alert(official, alias)
    found = official("GET", "/alerts", 200, params={"limit": 1, "offset": 0, "thirdparty_id": alias})
    assert (1, made["id"]) == (found["total_count"], found["data"][0]["id"])
    done = official("POST", f"/alerts/{made['id']}/{action}", 200)
    assert (made["id"], status) == (done["id"], done["status"])
    none = official("GET", "/alerts", 200, params={"limit": 1, "offset": 0, "thirdparty_id": "none of it"})
    assert (0, []) == (none["total_count"], none["data"])


def test_alerts_reject(official: Client, served: Served) -> None:
    """``alerts reject --alias``: of the open ones alone; who was not asked is refused."""
    me = official("GET", "/account_users", 200, params={"limit": 1, "offset": 0})["data"][0]["id"]
    body = {"title": "mine", "urgency": "low", "destination_account_user_ids": [me], "thirdparty_id": "alias-reject"}
    made = official("POST", "/alerts", 201, json=body | {"meta": {"incident": False}})
    params = {"limit": 1, "offset": 0, "status": "open", "thirdparty_id": "alias-reject"}
    assert made["id"] == official("GET", "/alerts", 200, params=params)["data"][0]["id"]
    assert made["id"] == official("POST", f"/alerts/{made['id']}/reject", 200)["id"]
    assert 422 == official("POST", f"/alerts/{made['id']}/reject", 422)["code"]


def test_alerts_comments(official: Client) -> None:
    """``alerts comment --comment`` and ``alerts list-comments``."""
    made = an_alert(official)
    for text in ("first", "second"):
        official("POST", f"/alerts/{made['id']}/comments", 201, json={"body": text})
    answer = official("GET", f"/alerts/{made['id']}/comments", 200, params={"limit": 1, "offset": 0})
    rows = listed(answer, "created_at", "body")
    assert (1, 2, True) == (len(rows), answer["total_count"], answer["has_more"])


def test_broadcasts(official: Client) -> None:
    """``broadcasts create``, ``list``, ``show`` and ``delete``, and the update that its library has."""
    body = {
        "title": "Maintenance",
        "destination_account_user_ids": [],
        "destination_team_ids": [a_team(official)["id"]],
    }
    made = official("POST", "/broadcasts", 201, json=body)
    listed(
        official("GET", "/broadcasts", 200, params={"limit": 10, "offset": 0}), "id", "title", "status", "created_at"
    )
    shown = official("GET", f"/broadcasts/{made['id']}", 200)
    assert set() == {"id", "title", "description", "status"} - set(shown)
    changed = official("PUT", f"/broadcasts/{made['id']}", 200, json={"title": "Later", "meta": {}})
    assert "Later" == changed["title"]
    assert None is official("DELETE", f"/broadcasts/{made['id']}", 204)
    nobody = official("POST", "/broadcasts", 422, json=body | {"destination_team_ids": []})
    assert {"errors", "code"} == set(nobody)


@pytest.mark.parametrize(
    ("asked", "wanted"), [({}, {True, False}), ({"enabled": 1}, {True}), ({"enabled": 0}, {False})]
)
def test_integrations(asked: dict[str, int], wanted: set[bool], official: Client) -> None:
    """``integrations list`` with ``--enabled`` and ``--disabled``, ``show``, ``enable`` and ``disable``."""
    every = official("GET", "/integrations", 200, params={"limit": 100, "offset": 0})["data"]
    changed = official("PUT", f"/integrations/{every[0]['id']}", 200, json={"enabled": False})
    assert (every[0]["id"], False) == (changed["id"], changed["enabled"])
    rows = listed(
        official("GET", "/integrations", 200, params={"limit": 100, "offset": 0, **asked}), "id", "name", "enabled"
    )
    assert wanted == {row["enabled"] for row in rows}
    assert {str} == {type(row["integration_type"]["name"]) for row in rows}
    word = rows[0]["name"].split()[0].lower()
    assert rows[0]["id"] in {row["id"] for row in listed(official("GET", "/integrations", 200, params={"q": word}))}
    assert official("PUT", f"/integrations/{every[0]['id']}", 200, json={"enabled": True})["enabled"]
    shown = official("GET", f"/integrations/{every[0]['id']}", 200)
    assert set() == {"id", "name", "enabled", "created_at", "updated_at"} - set(shown)


def test_teams(official: Client) -> None:
    """``teams create``, ``list --search``, ``show``, ``update``, ``delete`` and ``alerts``."""
    me, other = (one["id"] for one in official("GET", "/account_users", 200, params={"limit": 2, "offset": 0})["data"])
    body = {"name": "Night watch", "notes": "n", "member_account_user_ids": [me], "admin_account_user_ids": [me]}
    made = official("POST", "/teams", 201, json=body)
    params = {"limit": 10, "offset": 0, "q": "night"}
    assert [made["id"]] == [row["id"] for row in listed(official("GET", "/teams", 200, params=params), "id", "name")]
    shown = official("GET", f"/teams/{made['id']}", 200)
    assert set() == {"id", "name", "notes", "created_at", "updated_at"} - set(shown)
    for person in (*shown["member_account_user_ids"], *shown["admin_account_user_ids"]):
        assert person == official("GET", f"/account_users/{person}", 200)["id"]
    changed = official("PUT", f"/teams/{made['id']}", 200, json={"member_account_user_ids": [me, other]})
    assert ([me, other], "Night watch") == (changed["member_account_user_ids"], changed["name"])
    alert = {"title": "x", "urgency": "low", "destination_team_ids": [made["id"]], "tags": []}
    sent = official("POST", "/alerts", 201, json=alert)
    answer = official("GET", f"/teams/{made['id']}/alerts", 200, params={"limit": 10, "offset": 0})
    assert [sent["id"]] == [row["id"] for row in listed(answer, "id", "title", "status")]
    assert None is official("DELETE", f"/teams/{made['id']}", 204)
    official("POST", "/teams", 422, json={"name": "x", "member_account_user_ids": [], "admin_account_user_ids": []})


def test_teams_current_oncall(official: Client) -> None:
    """``teams current-oncall``: shifts with a layer, their times, and attendees who are account users."""
    shifts = [
        shift
        for team in official("GET", "/teams", 200, params={"limit": 10, "offset": 0})["data"]
        for shift in official("GET", f"/teams/{team['id']}/current_oncall", 200)
    ]
    assert shifts
    assert set() == {name for name in ("layer", "start_time", "end_time") for shift in shifts if name not in shift}
    people = {attendee["attendee_id"] for shift in shifts for attendee in shift["attendees"]}
    assert people
    for person in people:
        assert official("GET", f"/account_users/{person}", 200)["user"]["name"]


def test_users(official: Client) -> None:
    """``users create`` with ``--role`` and ``--team-id``, ``list --search``, ``show``, ``update`` and ``delete``."""
    body = {
        "user_attributes": {"name": "Grace Hopper", "emails_attributes": [{"email": "grace@example.com"}]},
        "roles": {"billing": True, "communicator": True},
        "team_ids": [a_team(official)["id"]],
    }
    made = official("POST", "/account_users", 201, json=body)
    assert isinstance(made["tiny_id"], int)
    params = {"limit": 10, "offset": 0, "q": "hopper"}
    (row,) = listed(official("GET", "/account_users", 200, params=params), "id", "tiny_id", "user", "roles")
    assert ["grace@example.com"] == [email["email"] for email in row["user"]["emails"] if email["primary"]]
    assert ({"billing", "communicator"}, []) == (
        {role for role, has in row["roles"].items() if has},
        row["user"]["phones"],
    )
    shown = official("GET", f"/account_users/{made['id']}", 200)
    assert ("Grace Hopper", made["created_at"]) == (shown["user"]["name"], shown["created_at"])
    changed = official("PUT", f"/account_users/{made['id']}", 200, json={"user_attributes": {"name": "Admiral"}})
    assert "Admiral" == changed["user"]["name"]
    assert made["id"] == official("PUT", f"/account_users/{made['id']}", 200, json={})["id"]
    assert None is official("DELETE", f"/account_users/{made['id']}", 204)
    plain = official("POST", "/account_users", 201, json=body | {"roles": {}, "team_ids": []})
    assert not any(plain["roles"].values())


def test_what_the_command_line_is_refused(official: Client, served: Served) -> None:
    """It shows status and reason: they tell a wrong key from a wrong id and from a wrong value."""
    official("GET", "/alerts/01JT13CYDAMAJDM0G8HR1X8BMY", 404)
    official("POST", "/alerts", 422, json={"title": "x", "urgency": "low", "destination_team_ids": [], "tags": []})
    with httpx.Client(headers={"Authorization": "Bearer none"}) as stranger:
        assert 401 == stranger.get(f"{official.base_url}/alerts").status_code


def test_a_server_for_assistants(served: Served) -> None:
    """A published MCP server of somebody else's: it asks for JSON, pages by 100, and reads bodies as text first."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    client = Client(f"{served.url}/api/v4", headers | {"Authorization": f"Bearer {served.sandbox.v4_api_key}"})
    with client.http:
        for path in ("alerts", "teams", "schedules", "escalation_policies"):
            listed(client("GET", f"/{path}", 200, params={"limit": 100, "offset": 0}), "id")
            listed(client("GET", f"/{path}", 200, params={"limit": 100, "page": 1}), "id")
        missing = client("GET", "/teams/none", 404)
        assert 404 == missing["code"]


def test_a_provider_that_lists_alerts(served: Served) -> None:
    """Keep's provider checks its key by a list without parameters, and reads these of each alert."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {served.sandbox.v4_api_key}"}
    client = Client(f"{served.url}/api/v4", headers)
    with client.http:
        rows = listed(client("GET", "/alerts", 200), "id", "status", "urgency", "title", "created_at", "description")
        assert 10 == len(rows)


Event = Callable[[str], dict[str, Any]]
SENDERS: dict[str, dict[str, dict[str, Any]]] = {
    "the vendor's documentation": {
        "create": {"event_type": "create", "Id": "doc-1", "Title": "Example Incident Title", "Description": "Example"},
        "acknowledge": {"event_type": "acknowledge", "Id": "doc-1"},
        "resolve": {"event_type": "resolve", "Id": "doc-1"},
    },
    "Apprise": {
        "create": {
            "id": "apprise-1",
            "event_type": "create",
            "title": "Disk full",
            "description": "on db-7",
            "meta": {"where": "db-7"},
            "tags": ["a", "b"],
            "urgency": "high",
        },
        "acknowledge": {"id": "apprise-1", "event_type": "acknowledge"},
        "resolve": {"id": "apprise-1", "event_type": "resolve"},
    },
}


@pytest.mark.parametrize("sender", SENDERS)
def test_senders_of_events(sender: str, official: Client, served: Served) -> None:
    """Events need no key, and are answered with 200; their names may begin with small letters."""
    integration = official("GET", "/integrations", 200, params={"enabled": 1, "limit": 1})["data"][0]
    for kind, event in SENDERS[sender].items():
        reply = httpx.post(
            f"{served.url}/integration/{integration['prefix_id']}",
            content=json.dumps(event),
            headers={"Content-Type": "application/json", "User-Agent": sender},
        )
        assert (200, b"") == (reply.status_code, reply.content)
        key = event.get("Id") or event["id"]
        (alert,) = official("GET", "/alerts", 200, params={"thirdparty_id": key})["data"]
        statuses = {"create": {"open", "dropped"}, "acknowledge": {"acknowledged"}, "resolve": {"resolved"}}
        assert alert["status"] in statuses[kind]
    sent = SENDERS[sender]["create"]
    assert (sent.get("tags", []), sent.get("urgency", integration["urgency"])) == (alert["tag_list"], alert["urgency"])


def test_events_without_a_key_or_a_kind(official: Client, served: Served) -> None:
    """Some senders give no key, and some no kind of event: the former open an alert each time, the latter none."""
    integration = official("GET", "/integrations", 200, params={"enabled": 1, "limit": 1})["data"][0]
    url = f"{served.url}/integration/{integration['prefix_id']}"

    def alerts() -> int:
        found: int = official("GET", "/alerts", 200, params={"source_id": integration["id"]})["total_count"]
        return found

    before = alerts()
    for _ in range(2):
        assert 200 == httpx.post(url, json={"event_type": "create", "title": "t", "description": "d"}).status_code
    assert before + 2 == alerts()
    assert 200 == httpx.post(url, json={"title": "VaultPulse Alert", "description": "d"}).status_code
    assert before + 2 == alerts()
    assert 404 == httpx.post(f"{served.url}/integration/int_nosuchone", json={"event_type": "create"}).status_code


def test_ids_have_the_form_that_senders_check(official: Client) -> None:
    """Apprise takes an integration's id only in this form."""
    import re

    rows = official("GET", "/integrations", 200, params={"limit": 100})["data"]
    assert [] == [row["prefix_id"] for row in rows if not re.fullmatch(r"int_[a-zA-Z0-9\-_]{7,14}", row["prefix_id"])]


def test_the_zapier_app(served: Served) -> None:
    """The vendor's Zapier app: it logs in, reads its user's id out of the token, and speaks API v3."""
    http = Client(served.url, {"Accept": "application/json"})
    with http.http:
        login = {"username": served.sandbox.username, "password": served.sandbox.password}
        token = http("POST", "/public/login", 200, json=login)["token"]
        payload = token.split(".")[1]
        me = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["id"]
        http.http.headers["authorization"] = f"Bearer {token}"
        assert served.sandbox.username == http("GET", f"/user/{me}", 200)["email"]
        for path in ("team", "user", "incident"):
            rows = http("GET", f"/{path}", 200)["data"]
            assert rows[0]["id"] == http("GET", f"/{path}/{rows[0]['id']}", 200)["id"]
        team = http("GET", "/team", 200)["data"][0]
        assert team["id"] in {row["id"] for row in http("GET", "/team", 200, params={"name": team["name"]})["data"]}
        body = {"title": "t", "description": "d", "source_id": me, "d_team_id": team["id"], "urgency": "high"}
        made = http("POST", "/incident", 201, json=body)
        assert ("t", team["id"]) == (made["title"], made["d_team_id"])
        sent = http("POST", "/broadcast", 201, json={"message": "m", "source_id": me, "user_ids": [me]})
        assert "m" == sent["message"]
        person = http("POST", "/user", 201, json={"name": "n", "email": "zapped@example.com"})
        assert ("n", "zapped@example.com") == (person["name"], person["email"])
        http.http.headers["authorization"] = "Bearer none"
        http("GET", f"/user/{me}", 401)


def test_the_report_script(served: Served) -> None:
    """The vendor's report script: incidents since a moment, newest first, page by page until there are no more."""
    http = Client(served.url, {"Content-Type": "application/json"})
    with http.http:
        login = {"username": served.sandbox.username, "password": served.sandbox.password}
        http.http.headers["Authorization"] = f"Bearer {http('POST', '/public/login', 200, json=login)['token']}"
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            query = f"sort=created&sortdirection=DESC&created=0&ops=created:gte&page={page}"
            answer = http("GET", f"/incident?{query}", 200)
            found += answer["data"]
            page += 1
            if not answer["has_more"]:
                break
        created = [row["created"] for row in found]
        assert (sorted(created, reverse=True), True) == (created, page > 2)
        assert len(found) == len({row["id"] for row in found}) == answer["total_count"]
        assert set() == {name for name in ("id", "title", "urgency", "status") for row in found if name not in row}
