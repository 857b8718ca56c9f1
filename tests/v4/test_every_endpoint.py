"""Every endpoint of the vendor's reference, called once in each mode against the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pagertree_async import ne
from pagertree_async.errors import AuthenticationError, NotFoundError, UnprocessableError
from pagertree_async.sandbox import Sandbox
from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport
from pagertree_async.v4 import TIME_ZONES, AsyncEvents, AsyncPagerTree, Events, PagerTree, models
from tests.modes import Mode, got, rows
from tests.v4.vendor import ENDPOINTS, VendorEndpoint

NOW = datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)
ROOT = "https://api.test"


class World:
    """A client, the sandbox it speaks to, and what a scenario needs to be there."""

    def __init__(self, mode: Mode, sandbox: Sandbox) -> None:
        self.mode = mode
        self.sandbox = sandbox
        self.client = self.open(sandbox.v4_api_key)

    def open(self, key: str) -> Any:
        """A client with a key."""
        transport = (ASGITransport if self.mode.blocking else AsyncASGITransport)(self.sandbox.app)
        return (PagerTree if self.mode.blocking else AsyncPagerTree)(key, base_url=ROOT, transport=transport)

    def events(self, integration: Any) -> Any:
        """A sender of events to an integration."""
        transport = (ASGITransport if self.mode.blocking else AsyncASGITransport)(self.sandbox.app)
        return (Events if self.mode.blocking else AsyncEvents)(integration, base_url=ROOT, transport=transport)

    async def one(self, service: str, **filters: Any) -> Any:
        """Some object of a resource."""
        page = await got(getattr(self.client, service).list(limit=1, **filters).first())
        return page.data[0]

    async def known(self, service: str) -> Any:
        """Some object of a resource that may be changed."""
        if service == "comments":
            return await got(self.client.comments.create(body="looking"))
        if service in {"logs", "integration_types", "users"}:
            return await self.one(service)
        return await self.make(service)

    async def make(self, service: str) -> Any:
        """A new object of a resource."""
        return await got(getattr(self.client, service).create(**await self.recipe(service)))

    async def recipe(self, service: str) -> dict[str, Any]:
        """What a new object of a resource is made of."""
        if service in {"escalation_policies", "notification_rules", "schedules"}:
            return {"name": "new"}
        if service == "comments":
            return {"body": "looking"}
        if service in {"account_users", "users"}:
            return {"name": "Ada Lovelace", "email": "ada@lovelace.example"}
        ada, team = await self.one("account_users"), await self.one("teams")
        if service == "alerts":
            return {"title": "disk full", "urgency": "high", "destination_account_user_ids": [await self.me()]}
        if service == "broadcasts":
            return {"title": "lunch", "destination_team_ids": [team]}
        if service == "events":
            times = {"start_time": NOW, "end_time": NOW + timedelta(hours=8), "time_zone": "Europe/Berlin"}
            schedule = await self.one("schedules")
            repeat = {"repeat": True, "frequency": 1, "frequency_unit": "daily"}
            return {**times, **repeat, "layer": 1, "account_user_ids": [ada], "schedule_ids": [schedule]}
        if service == "integrations":
            kind = await self.one("integration_types")
            return {"name": "new", "urgency": "low", "integration_type_id": kind, "team_ids": [team]}
        if service == "maintenance_windows":
            integration = await self.one("integrations")
            times = {"start_datetime": NOW, "end_datetime": NOW + timedelta(hours=1), "time_zone": "UTC"}
            return {"name": "new", **times, "integration_ids": [integration]}
        if service == "routers":
            return {"name": "new", "default_receiver_team_id": team}
        return {"name": "new", "member_account_user_ids": [ada], "admin_account_user_ids": [ada]}

    async def me(self) -> str:
        """The account user whose key the client has, as the sandbox says it."""
        return self.sandbox.v4_api_key[:26]


Scenario = Callable[[World], Coroutine[Any, Any, None]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(work: Scenario) -> Scenario:
    """The scenario of the endpoint that its name tells: service and verb, two underscores between them."""
    SCENARIOS[work.__name__.replace("__", ".")] = work
    return work


async def listed(world: World, service: str) -> None:
    """A page has some, and iterating gives each of them once."""
    if service in {"comments", "maintenance_windows"}:
        await world.known(service)
    verbs = getattr(world.client, service)
    page = await got(verbs.list(limit=2).first())
    everything = await rows(verbs.list(sort="-created_at"))
    assert page.total_count == len(everything) == len({item.id for item in everything}) > 0
    assert page.data[0].prefix_id is not None
    moments = [item.created_at for item in everything]
    assert sorted(moments, reverse=True) == moments


async def made(world: World, service: str) -> None:
    """What was created is there, by either of its ids."""
    item = await world.make(service)
    assert item == await got(getattr(world.client, service).retrieve(item.prefix_id))


async def retrieved(world: World, service: str) -> None:
    """The object has its ids, whichever is given."""
    item = await world.known(service)
    for given in (item, *item.ids):
        assert item.ids == (await got(getattr(world.client, service).retrieve(given))).ids


async def updated(world: World, service: str) -> None:
    """What is given changes, the rest does not."""
    item = await world.known(service)
    changed = await got(getattr(world.client, service).update(item, meta={"note": "changed by a test"}))
    assert (item.ids, {"note": "changed by a test"}) == (changed.ids, changed.meta)
    same = [name for name in item.__struct_fields__ if name not in {"meta", "updated_at"}]
    assert [getattr(item, name) for name in same] == [getattr(changed, name) for name in same]


async def deleted(world: World, service: str) -> None:
    """It is gone afterwards."""
    item = await world.known(service)
    assert None is await got(getattr(world.client, service).delete(item))
    with pytest.raises(NotFoundError):
        await got(getattr(world.client, service).retrieve(item))


async def commented(world: World, service: str) -> None:
    """What is written about an object is listed with it, and nothing else is."""
    item, verbs = await world.known(service), getattr(world.client, service)
    comment = await got(verbs.comment(item, body="looking into it"))
    assert (models.Comment, "looking into it") == (type(comment), comment.body)
    assert [comment.id] == [one.id for one in await rows(verbs.comments(item.prefix_id))]


USUAL = {
    "list": listed,
    "create": made,
    "retrieve": retrieved,
    "update": updated,
    "delete": deleted,
    "comment": commented,
    "comments": commented,
}


@scenario
async def account_users__update(world: World) -> None:
    """The person's name changes by the plain way, and an address is added in the API's own shape."""
    ada = await world.make("account_users")
    changed = await got(world.client.account_users.update(ada, name="Countess Ada"))
    assert ("Countess Ada", "ada@lovelace.example") == (changed.name, changed.email)
    more = {"emails_attributes": [{"email": "ada@second.example"}]}
    changed = await got(world.client.account_users.update(ada, user_attributes=more))
    assert {"ada@lovelace.example", "ada@second.example"} == {email.email for email in changed.user.emails}


@scenario
async def broadcasts__create(world: World) -> None:
    """A broadcast that asks for an answer has the options to choose from."""
    recipe = await world.recipe("broadcasts")
    made = await got(world.client.broadcasts.create(**recipe, response_requested=True, response_options=["yes", "no"]))
    assert ["yes", "no"] == [option.value for option in made.broadcast_response_options]


@scenario
async def events__create(world: World) -> None:
    """An event is in the zone that was given by the name of the IANA."""
    event = await world.make("events")
    assert ("Berlin", "Europe/Berlin") == (event.time_zone, event.zone.key)
    assert (NOW, NOW + timedelta(hours=8)) == (event.start_time, event.end_time)


@scenario
async def integrations__create(world: World) -> None:
    """The options of an integration are kept."""
    recipe = await world.recipe("integrations")
    made = await got(world.client.integrations.create(**recipe, options={"anything": ["x"]}))
    assert recipe["integration_type_id"].id == made.integration_type_id
    assert made == await got(world.client.integrations.retrieve(made))


@scenario
async def alerts__acknowledge(world: World) -> None:
    """The caller takes it; a second time is refused."""
    alert = await world.make("alerts")
    taken = await got(world.client.alerts.acknowledge(alert))
    assert "acknowledged" == taken.status
    assert taken.acknowledged_at is not None
    with pytest.raises(UnprocessableError):
        await got(world.client.alerts.acknowledge(alert))


@scenario
async def alerts__reject(world: World) -> None:
    """Nobody else is to be asked, so the alert is not open any more."""
    alert = await world.make("alerts")
    assert "open" != (await got(world.client.alerts.reject(alert))).status


@scenario
async def alerts__resolve(world: World) -> None:
    """It is dealt with."""
    resolved = await got(world.client.alerts.resolve(await world.make("alerts")))
    assert "resolved" == resolved.status
    assert resolved.resolved_at is not None


@scenario
async def events__override(world: World) -> None:
    """Another event stands in the place of one occurrence."""
    event, ada = await world.make("events"), await world.one("account_users")
    other = await got(
        world.client.events.override(
            event,
            start_time=NOW + timedelta(days=1, hours=2),
            end_time=NOW + timedelta(days=1, hours=4),
            layer=1,
            time_zone="Europe/Berlin",
            account_user_ids=[ada],
            action_time=NOW + timedelta(days=1),
        )
    )
    assert isinstance(other, models.Event)
    assert 1 == len((await got(world.client.events.retrieve(event))).exceptions)


@scenario
async def events__add_exception(world: World) -> None:
    """One occurrence is left out."""
    event = await world.make("events")
    await got(world.client.events.add_exception(event, action_time=NOW + timedelta(days=1)))
    (left_out,) = (await got(world.client.events.retrieve(event))).exceptions
    assert NOW + timedelta(days=1) == left_out.start_datetime


@scenario
async def events__terminate_on(world: World) -> None:
    """Nothing is left from an occurrence on."""
    event = await world.make("events")
    await got(world.client.events.terminate_on(event, action_time=NOW + timedelta(days=2)))
    assert (await got(world.client.events.retrieve(event))).repeat_end_datetime < NOW + timedelta(days=2)


@scenario
async def events__time_zones(world: World) -> None:
    """The zones are those that the client knows."""
    assert set(TIME_ZONES) >= set(await got(world.client.events.time_zones()))


@scenario
async def schedules__events(world: World) -> None:
    """What is listed belongs to the schedule, and filters apply."""
    event = await world.make("events")
    found = await rows(world.client.schedules.events(event.schedule_ids[0], layer=1, repeat=True))
    assert event.id in {one.id for one in found}
    assert all(event.schedule_ids[0] in one.schedule_ids for one in found)


@scenario
async def schedules__current_oncall(world: World) -> None:
    """What has just begun is on."""
    event = await world.make("events")
    found = await got(world.client.schedules.current_oncall(event.schedule_ids[0]))
    assert event.id in {one.id for one in found}
    assert all(one.start_time <= NOW < one.end_time for one in found)
    assert event.event_attendees[0].attendee_id in {id for one in found for id in one.on_call_ids}


@scenario
async def schedules__window_events(world: World) -> None:
    """A daily event occurs on each of three days."""
    event = await world.make("events")
    window = {"start": NOW + timedelta(days=10), "end": NOW + timedelta(days=13)}
    found = await got(world.client.schedules.window_events(event.schedule_ids[0], **window))
    assert 3 == len([one for one in found if one.id == event.id])


@scenario
async def schedules__flush(world: World) -> None:
    """The schedule has no events afterwards."""
    (schedule_id,) = (await world.make("events")).schedule_ids
    assert None is await got(world.client.schedules.flush(schedule_id))
    assert [] == await rows(world.client.schedules.events(schedule_id))


@scenario
async def teams__create(world: World) -> None:
    """A new team has a schedule and an escalation policy by itself."""
    team = await world.make("teams")
    assert team.schedule_id == (await got(world.client.schedules.retrieve(team.schedule_id))).id
    assert (
        team.escalation_policy_id
        == (await got(world.client.escalation_policies.retrieve(team.escalation_policy_id))).id
    )


@scenario
async def teams__alerts(world: World) -> None:
    """What is listed went to the team."""
    team = await world.make("teams")
    alert = await got(world.client.alerts.create(title="disk full", urgency="low", destination_team_ids=[team]))
    assert [alert.id] == [one.id for one in await rows(world.client.teams.alerts(team.prefix_id, q="disk"))]


@scenario
async def teams__current_oncall(world: World) -> None:
    """Who is on call for a team is on call on its schedule."""
    team = await world.one("teams")
    of_team = await got(world.client.teams.current_oncall(team))
    assert of_team == await got(world.client.schedules.current_oncall(team.schedule_id))


def scenario_of(one: VendorEndpoint) -> Scenario:
    """What is done with an endpoint; a new one that nobody has written a scenario for has none."""
    if one.name in SCENARIOS:
        return SCENARIOS[one.name]
    usual = USUAL[one.verb]
    return lambda world: usual(world, one.service)


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: one.name)
def test_every_endpoint_in_every_mode(one: VendorEndpoint, mode: Mode) -> None:
    """The client's verb reaches the vendor's endpoint, and does there what it says."""
    with Sandbox(alerts=12, clock=NOW.timestamp) as sandbox:

        async def story() -> None:
            world = World(mode, sandbox)
            await scenario_of(one)(world)
            await mode.close(world.client)

        mode.run(story)
        assert sandbox.requests[f"{one.method} /api/v4{one.path}"] > 0


def test_an_alert_by_its_own_name(mode: Mode) -> None:
    """Events open, dedupe and resolve an alert under the caller's key, by which it is found and acted on too."""

    async def story(world: World) -> None:
        integration = await world.one("integrations", enabled=True)
        sender = world.events(integration)
        for _ in range(2):
            await got(sender.create(dedup_key="db7/disk", title="disk full", tags=["disk"]))
        alert = await got(world.client.alerts.find(thirdparty_id="db7/disk"))
        assert "disk full" == alert.title
        taken = await got(world.client.alerts.acknowledge(thirdparty_id="db7/disk"))
        assert (alert.id, "acknowledged") == (taken.id, taken.status)
        await got(sender.resolve(dedup_key="db7/disk"))
        assert "resolved" == (await got(world.client.alerts.retrieve(alert))).status
        assert [alert.id] == [
            one.id for one in await rows(world.client.alerts.list(thirdparty_id="db7/disk", status=ne("open")))
        ]

    with Sandbox(alerts=3, clock=NOW.timestamp) as sandbox:
        mode.run(story, World(mode, sandbox))


def test_many_at_once(mode: Mode) -> None:
    """Some alerts are resolved together, the one that is resolved already saying so in its place."""

    async def story(world: World) -> None:
        alerts = [await world.make("alerts") for _ in range(5)]
        await got(world.client.alerts.resolve(alerts[2]))
        outcomes = await got(world.client.alerts.for_each(alerts, "resolve", concurrency=3))
        assert [True, True, False, True, True] == [outcome.ok for outcome in outcomes]
        assert isinstance(outcomes[2].error, UnprocessableError)

    with Sandbox(alerts=3, clock=NOW.timestamp) as sandbox:
        mode.run(story, World(mode, sandbox))


def test_a_key_that_nobody_has(mode: Mode) -> None:
    """A wrong key is refused with 401."""

    async def story(world: World) -> None:
        with pytest.raises(AuthenticationError):
            await got(world.open("nobody").alerts.list().first())

    with Sandbox(alerts=3, clock=NOW.timestamp) as sandbox:
        mode.run(story, World(mode, sandbox))


def test_no_scenario_is_for_nothing() -> None:
    """Every scenario is that of an endpoint."""
    assert set(SCENARIOS) <= {one.name for one in ENDPOINTS}
