"""What the guide of PagerDuty's own client shows, with this one, in three modes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pagertree_async import AuthenticationError, NotFoundError, RetryPolicy
from pagertree_async.pagerduty import OAuth, Pkce, Tokens, UrlError, authorize_url
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from tests.modes import Mode, got, rows
from tests.pagerduty.helpers import answered, daily, door, headers, on, query, reply


def test_the_three_ways_to_read_an_object(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """The raw answer, its body, and the object in it are the same user."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        first = (await rows(client.iter_all("users")))[0]
        response = await got(client.get(f"/users/{first['id']}"))
        assert response.ok
        assert first == response.json()["user"]
        assert first == (await got(client.jget(f"users/{first['id']}")))["user"]
        assert first == await got(client.rget(f"/users/{first['id']}"))
        assert first == await got(client.rget(first["self"]))
        assert first == await got(client.rget(first))
        assert 32 == len(response.request_id)
        await mode.close(client)

    mode.run(scenario)


def test_a_plain_verb_gives_the_answer_whatever_its_status(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A user who does not exist is an answer with 404 for get, and an error for rget."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        response = await got(client.get("/users/PNOEXST"))
        assert (404, False) == (response.status, response.ok)
        with pytest.raises(NotFoundError) as caught:
            await got(client.rget("/users/PJKL678"))
        assert 404 == caught.value.status
        with pytest.raises(NotFoundError):
            await got(client.jget("/users/PJKL678"))
        with pytest.raises(NotFoundError):
            await got(client.rdelete("/users/PJKL678"))

    mode.run(scenario)


def test_every_row_as_an_iterator_a_list_and_a_dict(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """All users come, in pages of two, with the progress told for each of them."""

    async def scenario() -> None:
        client, told = on(mode, sandbox), []
        users = await rows(client.iter_all("users", page_size=2, total=True, item_hook=lambda *of: told.append(of[1:])))
        assert 7 == len(users)
        assert [(number, 7) for number in range(1, 8)] == told
        assert users == await got(client.list_all("users"))
        assert {user["email"]: user for user in users} == await got(client.dict_all("users", by="email"))
        assert {user["id"] for user in users} == set(await got(client.dict_all("users")))

    mode.run(scenario)


def test_a_cursor_works_through_the_same_iterator(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """The audit records come through iter_all and through iter_cursor, which knows no others."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        by_cursor = await rows(client.iter_cursor("audit/records", page_size=2))
        assert 9 == len(by_cursor)
        assert by_cursor == await rows(client.iter_all("audit/records"))
        with pytest.raises(UrlError, match="has no cursor"):
            client.iter_cursor("users")

    mode.run(scenario)


def test_query_parameters_filter(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """Services with SN in their name, and the first of the users named Dan."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        assert ["Core SN"] == [one["name"] for one in await got(client.list_all("services", params={"query": "SN"}))]
        found = await got(client.rget("users", params={"query": "Dan", "limit": 1, "offset": 0}))
        assert ["Dan Novák"] == [one["name"] for one in found]

    mode.run(scenario)


def test_a_list_in_the_query_gets_its_brackets(mode: Mode) -> None:
    """Both spellings of a list reach the server with brackets, on every page."""
    more = iter([True, False])
    client, transport = answered(
        mode, lambda _: reply({"services": [{"id": str(time.monotonic())}], "more": next(more)})
    )

    async def scenario() -> None:
        params = {"query": "foo", "include": ["escalation_policies", "teams"], "user_ids[]": ("P1",), "limit": 50}
        assert 2 == len(await got(client.list_all("services", params=params)))

    mode.run(scenario)
    expected = [("query", "foo"), ("include[]", "escalation_policies"), ("include[]", "teams"), ("user_ids[]", "P1")]
    assert [*expected, ("limit", "50"), ("offset", "0")] == query(transport.requests[0])
    assert [*expected, ("limit", "50"), ("offset", "1")] == query(transport.requests[1])
    assert "include%5B%5D=escalation_policies&include%5B%5D=teams" in transport.requests[0].url


def test_finding_and_counting(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A user is found by e-mail whatever its case, one who is not there is None, and rows are counted."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        found = await got(client.find("users", "DAN@northwind.example", attribute="email"))
        assert "Dan Novák" == found["name"]
        assert await got(client.find("users", "jane@example35.com", attribute="email")) is None
        assert await got(client.find("users", "dan")) is None
        assert 7 == await got(client.get_total("users"))
        team = (await got(client.find("teams", "Payments")))["id"]
        assert 3 == await got(client.get_total("users", params={"team_ids[]": [team]}))

    mode.run(scenario)


def test_updating_in_two_ways(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """With put the body is wrapped by hand, with rput the object itself is sent to where it is."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        user = await got(client.find("users", "Dan Novák"))
        response = await got(client.put(user["self"], json={"user": {"type": "user", "name": "Jane Doe"}}))
        assert "Jane Doe" == response.json()["user"]["name"]
        assert "Janet" == (await got(client.rput(user, json={"type": "user", "name": "Janet"})))["name"]
        assert "Jan" == (await got(client.jput(user, json={"user": {"name": "Jan"}})))["user"]["name"]

    mode.run(scenario)


def test_creating_and_deleting_in_every_way(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """Teams are made and removed raw, as bodies, and as objects."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        raw = await got(client.post("teams", json={"team": {"name": "Raw"}}))
        assert 201 == raw.status
        body = await got(client.jpost("teams", json={"team": {"name": "Body"}}))
        made = await got(client.rpost("teams", json={"name": "Object"}))
        assert "Object" == made["name"]
        assert 204 == (await got(client.delete(raw.json()["team"]))).status
        assert await got(client.jdelete(body["team"])) is None
        assert await got(client.rdelete(made)) is None
        assert 2 == await got(client.get_total("teams"))

    mode.run(scenario)


def test_persist_creates_once_and_updates_what_differs(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """The first call makes the user, the second changes nothing, the third changes the name."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        data = {"email": "user123@example.com", "name": "User McUserson"}
        made = await got(client.persist("users", "email", data, update=True))
        assert made == await got(client.persist("users", "email", data, update=True))
        renamed = {**data, "name": "Another"}
        assert made == await got(client.persist("users", "email", renamed))
        assert "Another" == (await got(client.persist("users", "email", renamed, update=True)))["name"]

    mode.run(scenario)
    assert 1 == sandbox.requests["POST /users"]
    assert 1 == sandbox.requests["PUT /users/:id"]


def test_incident_notes_of_a_team_and_of_one_incident(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """Notes are the annotations among the log entries."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        team = (await got(client.find("teams", "Platform")))["id"]
        params = {"team_ids": [team], "since": "2025-01-01", "until": "2027-07-01"}
        notes = await rows(client.iter_incident_notes(params=params))
        assert 4 == len(notes)
        assert {"annotate_log_entry"} == {note["type"] for note in notes}
        incident = notes[0]["incident"]["id"]
        assert [notes[0]] == await rows(client.iter_incident_notes(incident))
        with pytest.raises(TypeError, match="leave it out"):
            client.iter_incident_notes(incident, params=params)

    mode.run(scenario)


def test_several_incidents_at_once(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """All triggered incidents are acknowledged by one request, made as the default user."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        incidents = await got(client.list_all("incidents", params={"statuses": ["triggered"]}))
        assert incidents
        for incident in incidents:
            incident["status"] = "acknowledged"
        updated = await got(client.rput("incidents", json=incidents))
        assert ["acknowledged"] * len(incidents) == [incident["status"] for incident in updated]
        assert [] == await got(client.list_all("incidents", params={"statuses": ["triggered"]}))

    mode.run(scenario)
    assert 1 == sandbox.requests["PUT /incidents"]


def test_overrides_are_wrapped_one_way_and_answered_bare(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """The list is wrapped for the request, and the bare list that comes tells of each override by itself."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        users = await got(client.list_all("users"))
        schedule = await got(client.rpost("schedules", json=daily(users[:2])))
        user = {"id": users[0]["id"], "type": "user_reference"}
        given = [
            {"start": "2023-07-01T00:00:00-04:00", "end": "2023-07-02T00:00:00-04:00", "user": user},
            {"start": "2023-07-03T00:00:00-04:00", "end": "2023-07-01T00:00:00-04:00", "user": user},
            {"start": "2023-07-03T00:00:00-04:00", "end": "2023-07-04T00:00:00-04:00", "user": {"id": "PNOBODY"}},
        ]
        made = await got(client.rpost(f"/schedules/{schedule['id']}/overrides", json=given))
        assert [201, 400, 400] == [one["status"] for one in made]
        assert ["Override must end after its start"] == made[1]["errors"]
        kept = await got(client.rget(f"/schedules/{schedule['id']}/overrides"))
        assert [made[0]["override"]] == kept
        await got(client.rdelete(f"/schedules/{schedule['id']}/overrides/{kept[0]['id']}"))
        assert [] == await got(client.rget(f"/schedules/{schedule['id']}/overrides"))

    mode.run(scenario)


def test_the_other_odd_endpoints(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A status update is sent bare and comes wrapped; subscribers are sent and subscriptions come."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        incident = (await got(client.rget("incidents")))[-1]
        told = await got(client.rpost(f"incidents/{incident['id']}/status_updates", json={"message": "On it"}))
        assert "On it" == told["message"]
        service = (await got(client.rget("business_services")))[0]
        path = f"business_services/{service['id']}/subscribers"
        subscribed = await got(client.rpost(path, json=[{"subscriber_id": "P1", "subscriber_type": "user"}]))
        assert ["success"] == [one["result"] for one in subscribed]
        note = await got(client.rpost(f"incidents/{incident['id']}/notes", json={"content": "Rebooted"}))
        assert "Rebooted" == note["content"]
        assert "Rebooted" in [one["content"] for one in await got(client.rget(f"incidents/{incident['id']}/notes"))]

    mode.run(scenario)


def test_an_escalation_rule_is_added_in_place(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """An object is read, changed as a dict, and put back to where it says it is."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        policy = (await got(client.list_all("escalation_policies")))[0]
        user = (await got(client.list_all("users")))[0]
        rule = {"escalation_delay_in_minutes": 30, "targets": [{"id": user["id"], "type": "user_reference"}]}
        policy["escalation_rules"].append(rule)
        saved = await got(client.rput(policy, json=policy))
        assert 3 == len(saved["escalation_rules"])
        assert "Platform on call" == saved["escalation_rules"][0]["targets"][0]["summary"]

    mode.run(scenario)


@pytest.mark.parametrize(
    "path", ["users/PABC123", "/abilities", "schedules/P1/users", "analytics/metrics/users/all", "users/me"]
)
def test_what_does_not_page_is_refused_before_any_request(mode: Mode, path: str) -> None:
    """Iterating over an object, or a list that comes whole, is an error, and nothing was sent."""
    client, transport = answered(mode, lambda _: reply({}))
    for use in (client.iter_all, client.iter_cursor):
        with pytest.raises(UrlError, match="does not page"):
            use(path)

    async def scenario() -> None:
        for use in (client.list_all, client.dict_all, client.get_total):
            with pytest.raises(UrlError, match="does not page"):
                await got(use(path))
        with pytest.raises(UrlError, match="does not page"):
            await got(client.find(path, "x"))

    mode.run(scenario)
    assert [] == transport.requests


def test_events_open_acknowledge_and_resolve(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A dedup key comes from the first event or is the caller's own, and the incident follows."""

    async def scenario() -> None:
        client = on(mode, sandbox)

        async def status(key: str) -> str:
            return str((await got(client.list_all("incidents", params={"incident_key": [key]})))[0]["status"])

        key = await got(client.events.trigger("Server is on fire", "dusty.old.server.net"))
        assert "triggered" == await status(key)
        assert key == await got(client.events.resolve(key))
        assert "resolved" == await status(key)
        await got(client.events.trigger("Server is on fire", "dusty.old.server.net", dedup_key="abc123"))
        assert "abc123" == await got(client.events.acknowledge("abc123"))
        assert "acknowledged" == await status("abc123")
        assert await got(client.events.submit("new build finished at latest HEAD", source="automation")) is None
        assert ["automation"] == [one["source"] for one in await got(client.list_all("change_events"))]

    mode.run(scenario)


def test_an_oauth_exchange_and_a_client_that_renews_itself(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """The user agrees, the code becomes tokens, they are kept as text, and a client made of them renews them."""
    kept: list[dict[str, Any]] = []

    async def scenario() -> None:
        identity, pkce, back = door(mode, sandbox), Pkce.new(), "https://app.example/back"
        url = identity.authorize_url("users.read", back, pkce=pkce, state="s1")
        assert url == authorize_url(sandbox.client_id, "users.read", back, pkce=pkce, state="s1")
        browser = on(mode, sandbox)
        path, _, asked = url.removeprefix("https://identity.pagerduty.com").partition("?")
        try:
            await got(browser.get(f"{path}?{asked}"))
        except Exception as error:
            location = error.headers["location"]  # type: ignore[attr-defined]
        code = dict(part.split("=") for part in location.partition("?")[2].split("&"))
        assert "s1" == code["state"]
        tokens = await got(identity.exchange(code["code"], back, scope="users.read", pkce=pkce))
        stored = tokens.to_dict()
        auth = OAuth(
            sandbox.client_id,
            sandbox.client_secret,
            tokens=Tokens.of(stored),
            early=20 * 86_400,
            on_tokens=lambda fresh: kept.append(fresh.to_dict()),
        )
        client = on(mode, sandbox, auth)
        assert "Ada Okafor" == (await got(client.rget("users/me")))["name"]
        assert stored["access_token"] != kept[0]["access_token"]
        assert {"access_token", "refresh_token", "expiration_date", "scope"} == set(kept[0])
        app = await got(identity.app_token("as_account-us.acme users.read"))
        assert "as_account-us.acme users.read" == app.scope
        assert app.refresh_token is None
        fresh = await got(identity.refresh(kept[0]["refresh_token"]))
        assert fresh.expiration_date.endswith("+00:00")

    mode.run(scenario)


def test_retries_have_the_guides_knobs(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits by status, attempts in all, and waits that grow by a factor: with the guide's numbers, the guide's waits."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(round(seconds, 3))

    client, transport = answered(mode, lambda _: reply({}, 404))
    monkeypatch.setattr(client._session.mode, "sleep", staticmethod(sleep))

    async def scenario() -> None:
        policy = RetryPolicy(attempts=5, statuses={404: 5}, base=2, factor=2, jitter=0, cap=1e6)
        assert 404 == (await got(client.get("users/PNOEXST", retry=policy, timeout=1e6))).status
        policy = RetryPolicy(attempts=9, statuses={404: 5}, base=3, factor=3, jitter=0, cap=1e6)
        assert 404 == (await got(client.get("users/PNOEXST", retry=policy, timeout=1e6))).status

    mode.run(scenario)
    assert [2, 4, 8, 16, 3, 9, 27, 81, 243] == waited
    assert 11 == len(transport.requests)


def test_a_401_is_raised_at_once_also_by_a_plain_verb(mode: Mode) -> None:
    """Wrong credentials are not an answer to look into, and asking again does not help."""
    client, transport = answered(mode, lambda _: reply({"error": {"message": "no such key: a-key"}}, 401))

    async def scenario() -> None:
        with pytest.raises(AuthenticationError) as caught:
            await got(client.get("users"))
        assert "a-key" not in str(caught.value)

    mode.run(scenario)
    assert 1 == len(transport.requests)


def test_who_a_write_is_made_as(mode: Mode) -> None:
    """The default goes with what writes, and a header of the call goes before it."""
    client, transport = answered(mode, lambda _: reply({"incident": {}}), default_from="ada@x.example")

    async def scenario() -> None:
        await got(client.rget("incidents/P1"))
        await got(client.rput("incidents/P1", json={}))
        await got(client.rput("incidents/P1", json={}, headers={"From": "bo@x.example"}))

    mode.run(scenario)
    assert [None, "ada@x.example", "bo@x.example"] == [headers(one).get("from") for one in transport.requests]
    first = headers(transport.requests[0])
    assert "Token token=a-key" == first["authorization"]
    assert "application/vnd.pagerduty+json;version=2" == first["accept"]


def test_iterating_in_the_wrong_way_says_which_is_right(mode: Mode) -> None:
    """An async client's rows cannot be gone through with a plain for, nor a blocking one's with async for."""
    client, _ = answered(mode, lambda _: reply({}))
    listing = client.iter_all("users")
    assert "<rows of /users: nothing sent yet>" == repr(listing)
    with pytest.raises(TypeError, match="use"):
        listing.__aiter__() if mode.blocking else iter(listing)


def test_a_list_may_be_left_early(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """Only the pages that are looked at are asked for."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        listing = client.iter_all("users", page_size=1)
        first = next(iter(listing)) if mode.blocking else await anext(aiter(aiter(listing)))
        assert "Ada Okafor" == first["name"]

    mode.run(scenario)
    assert 1 == sandbox.requests["GET /users"]
