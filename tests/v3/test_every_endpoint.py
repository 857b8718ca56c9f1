"""Every endpoint of the vendor's reference, called once in each mode against the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pagertree_async import BadRequestError, NotFoundError
from pagertree_async.models import Model
from pagertree_async.sandbox import Sandbox
from pagertree_async.v3 import models
from tests.modes import Mode, got, rows
from tests.v3.vendor import ENDPOINTS, VendorEndpoint

NOW = datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)
RESOURCES = {one.service: one.path.split("/")[1] for one in ENDPOINTS}


class World:
    """A client, the sandbox it speaks to, and what a scenario needs to be there."""

    def __init__(self, client: Any, sandbox: Sandbox) -> None:
        self.client = client
        self.sandbox = sandbox

    async def one(self, service: str, **filters: Any) -> Any:
        """Some object of a resource."""
        page = await got(getattr(self.client, service).list(limit=1, **filters).first())
        return page.data[0]

    async def me(self) -> models.User:
        """The user whose token the client has."""
        return await self.one("users", email=self.sandbox.username)

    async def open_alert(self, service: str = "alerts") -> Any:
        """A new alert or incident that the caller is asked to see to."""
        alert = await got(getattr(self.client, service).create(title="disk full", destination_ids=[await self.me()]))
        assert "open" == alert.status
        return alert

    async def taken_alert(self, service: str = "alerts") -> Any:
        """One that the caller has acknowledged."""
        return await got(getattr(self.client, service).acknowledge(await self.open_alert(service)))

    async def known(self, service: str) -> Any:
        """Some object of any resource, those without a list included."""
        if service == "accounts":
            return await got(self.client.accounts.retrieve((await self.me()).sid))
        if service == "tokens":
            account = await self.known("accounts")
            return await got(self.client.tokens.retrieve(account.token_id))
        if service == "incidents":
            return await self.open_alert("incidents")
        others = {"id": _not((await self.me()).id)} if service == "users" else {}
        return await self.one(service, **others)


def _not(value: Any) -> Any:
    from pagertree_async import ne

    return ne(value)


Scenario = Callable[[World], Coroutine[Any, Any, None]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(work: Scenario) -> Scenario:
    """The scenario of the endpoint that its name tells: service and verb, two underscores between them."""
    SCENARIOS[work.__name__.replace("__", ".")] = work
    return work


async def listed(world: World, service: str) -> None:
    """A page has some, iterating gives all that the sandbox has, and a filter finds one of them."""
    if service == "incidents":
        await world.open_alert(service)
    verbs = getattr(world.client, service)
    page = await got(verbs.list(limit=2).first())
    count = world.sandbox.count(RESOURCES[service])
    assert (min(2, count), count) == (len(page.data), page.total_count)
    everything = await rows(verbs.list(sort="created_at"))
    assert count == len({item.id for item in everything}) == len(everything) == await got(verbs.list().count())
    assert everything[-1] == await got(verbs.find(id=everything[-1]))
    assert all(type(item) is type(page.data[0]) for item in everything)


async def retrieved(world: World, service: str) -> None:
    """The object has its id, whether the id is given or the object."""
    item = await world.known(service)
    assert item.id == (await got(getattr(world.client, service).retrieve(item.id))).id
    assert item == await got(getattr(world.client, service).retrieve(item))


async def updated(world: World, service: str) -> None:
    """What is given changes, the rest does not."""
    item = await world.known(service)
    meta = {**(item.meta or {}), "note": "changed by a test"}
    changed = await got(getattr(world.client, service).update(item, meta=meta))
    assert (item.id, meta) == (changed.id, changed.meta)
    assert changed.updated_at is not None
    same = [name for name in item.__struct_fields__ if name not in {"meta", "updated_at"}]
    assert [getattr(item, name) for name in same] == [getattr(changed, name) for name in same]


async def deleted(world: World, service: str) -> None:
    """It is gone afterwards."""
    item = await world.known(service)
    before = world.sandbox.count(RESOURCES[service])
    assert None is await got(getattr(world.client, service).delete(item))
    assert before - 1 == world.sandbox.count(RESOURCES[service])
    with pytest.raises(NotFoundError):
        await got(getattr(world.client, service).retrieve(item))


USUAL = {"list": listed, "retrieve": retrieved, "update": updated, "delete": deleted}


async def made(world: World, service: str, **arguments: Any) -> Any:
    """Create an object; what was given is in the answer, and in what is retrieved."""
    item = await got(getattr(world.client, service).create(**arguments))
    for name, value in arguments.items():
        assert _plain(value) == _plain(getattr(item, name)), name
    assert item == await got(getattr(world.client, service).retrieve(item))
    return item


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, models.ScheduleRule | models.StakeholderEvents):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    return value.id if isinstance(value, Model) else value


@scenario
async def alerts__create(world: World) -> None:
    """An alert that goes to a team is open, and with whoever is on call."""
    team = await world.one("teams")
    alert = await made(
        world,
        "alerts",
        title="disk full",
        destination_ids=[team],
        description="/var is at 99 %",
        urgency=models.Urgency.CRITICAL,
        tags=["storage"],
        additional_data=[{"format": "link", "value": "https://status.example"}],
        meta={"runbook": 7},
        thirdparty_id="zabbix-4711",
    )
    assert (models.AlertStatus.OPEN, team.id) == (alert.status, alert.d_team_id)
    assert alert.created == NOW


@scenario
async def automations__create(world: World) -> None:
    """An automation is enabled by default."""
    assert (await made(world, "automations", name="restart", settings="url: https://x.example\nmethod: POST\n")).enabled


@scenario
async def broadcasts__create(world: World) -> None:
    """A broadcast of today's form and one of 2018's."""
    team, me = await world.one("teams"), await world.me()
    await made(
        world,
        "broadcasts",
        title="maintenance tonight",
        destination_ids=[team],
        response_requested=True,
        responses=["ok"],
    )
    await made(world, "broadcasts", message="maintenance tonight", source_id=me, user_ids=[me])


@scenario
async def events__create(world: World) -> None:
    """An event of today's form and one of 2018's, its times as moments or as seconds."""
    schedule, me = await world.one("schedules"), await world.me()
    event = await made(
        world,
        "events",
        schedule_id=[schedule],
        attendees=[me],
        layer=2,
        start=NOW,
        end=NOW + timedelta(hours=8),
        repeat=True,
        frequency=1,
        frequency_unit=models.FrequencyUnit.WEEKLY,
        timezone="Europe/Berlin",
        dow=[1, 2, 3],
    )
    assert ([schedule.id], [1, 2, 3]) == (event.schedule_ids, event.dow)
    old = await made(world, "events", schedule_id=schedule, user_id=me, start=NOW, end=NOW + timedelta(hours=8))
    assert [schedule.id] == old.schedule_ids
    in_seconds = await got(
        world.client.events.create(schedule_id=schedule, user_id=me, start=1_780_000_000, end=1_780_003_600)
    )
    assert (NOW, NOW + timedelta(hours=1)) == (in_seconds.start, in_seconds.end)


@scenario
async def incidents__create(world: World) -> None:
    """An incident of today's form and one of 2018's."""
    team = await world.one("teams")
    incident = await made(world, "incidents", title="checkout is down", destination_ids=[team], urgency="critical")
    assert (True, models.Incident) == (incident.is_incident, type(incident))
    await made(world, "incidents", title="checkout is slow", description="p99 is 4 s", d_team_id=team)


@scenario
async def integrations__create(world: World) -> None:
    """An integration sends its alerts to a team."""
    await made(
        world, "integrations", name="mail", type="email", destination_ids=[await world.one("teams")], enabled=False
    )


@scenario
async def logs__create(world: World) -> None:
    """A line in the history of an alert."""
    await made(world, "logs", owner_id=await world.one("alerts"), content="looked into it", level=2)


@scenario
async def routers__create(world: World) -> None:
    """A router with the rules that a new one begins with."""
    rules = await got(world.client.routers.default_template("router"))
    team = await world.one("teams")
    await made(world, "routers", name="by tag", settings=rules, type=models.RouterType.ROUTER, default_receiver=team)


@scenario
async def schedules__create(world: World) -> None:
    """A schedule with two layers."""
    rules = [{"layer": 1, "timeout": 15}, {"layer": 2, "timeout": 30}]
    schedule = await made(world, "schedules", name="nights", rules=rules, repeat=2, reassign=[await world.me()])
    copied = await got(world.client.schedules.create(name="more nights", rules=schedule.rules))
    assert schedule.rules == copied.rules


@scenario
async def stakeholders__create(world: World) -> None:
    """People who are told when an alert is dropped."""
    events = {"alert_assigned": False, "alert_acknowledged": False, "alert_resolved": True, "alert_dropped": True}
    made_of = {"name": "board", "user_ids": [await world.me()], "emails": ["board@example.com"], "events": events}
    await made(world, "stakeholders", **made_of)


@scenario
async def teams__create(world: World) -> None:
    """A team with a member, an admin, and a schedule."""
    me, schedule = await world.me(), await world.one("schedules")
    await made(world, "teams", name="storage", member_user_ids=[me], admin_ids=[me], schedule_id=schedule)


@scenario
async def users__create(world: World) -> None:
    """A user of today's form and one of 2018's."""
    await made(world, "users", name="Grace", emails=[{"email": "grace@example.com", "primary": True}])
    user = await made(world, "users", name="Ada", email="ada@example.com")
    assert "password" not in user.to_dict(secrets=False)


@scenario
async def alerts__acknowledge(world: World) -> None:
    """The caller takes it; a second time it is refused."""
    alert = await got(world.client.alerts.acknowledge(await world.open_alert()))
    assert ("acknowledged", (await world.me()).id, NOW) == (alert.status, alert.acknowledged_by, alert.acknowledged)
    with pytest.raises(BadRequestError, match="it is acknowledged"):
        await got(world.client.alerts.acknowledge(alert))


@scenario
async def alerts__reject(world: World) -> None:
    """Nobody else is to be asked, so it is dropped."""
    assert "dropped" == (await got(world.client.alerts.reject(await world.open_alert()))).status


@scenario
async def alerts__resolve(world: World) -> None:
    """It is dealt with."""
    alert = await got(world.client.alerts.resolve(await world.taken_alert()))
    assert ("resolved", NOW) == (alert.status, alert.resolved)


@scenario
async def alerts__archive(world: World) -> None:
    """It is put away."""
    resolved = await got(world.client.alerts.resolve(await world.taken_alert()))
    alert = await got(world.client.alerts.archive(resolved))
    assert ("archived", (await world.me()).id) == (alert.status, alert.archivedby)


@scenario
async def alerts__handoff(world: World) -> None:
    """It is with the team that it was handed to."""
    team = await world.one("teams")
    alert = await got(world.client.alerts.handoff(await world.taken_alert(), to=team))
    assert ("open", team.id, 1) == (alert.status, alert.d_team_id, len(alert.handoffs))


@scenario
async def alerts__mass_action(world: World) -> None:
    """Several are acknowledged at once, each with all that the server sends."""
    ids = [(await world.open_alert()).id for _ in range(3)]
    answered = await got(world.client.alerts.mass_action(type="acknowledge", alert_ids=ids))
    assert [(one, "acknowledged") for one in ids] == [(alert.id, alert.status) for alert in answered]
    assert all("workflows" in alert.extra for alert in answered)


@scenario
async def alerts__notifications(world: World) -> None:
    """Whoever was asked to see to an alert was notified."""
    alert = await world.open_alert()
    found = await rows(world.client.alerts.notifications(alert))
    assert {(alert.id, (await world.me()).id)} == {(one.alert_id, one.user_id) for one in found}
    channel = found[0].channel
    assert [one for one in found if one.channel == channel] == await rows(
        world.client.alerts.notifications(alert, channel=channel)
    )


@scenario
async def automations__run(world: World) -> None:
    """What was sent is logged."""
    automation = await world.one("automations", enabled=True)
    log = await got(world.client.automations.run(automation))
    assert (models.Log, automation.id, "OUTGOING") == (type(log), log.owner_id, log.subtype)


@scenario
async def incidents__acknowledge(world: World) -> None:
    """The caller takes it."""
    incident = await got(world.client.incidents.acknowledge(await world.open_alert("incidents")))
    assert (models.Incident, "acknowledged") == (type(incident), incident.status)


@scenario
async def incidents__reject(world: World) -> None:
    """Nobody else is to be asked, so it is dropped."""
    assert "dropped" == (await got(world.client.incidents.reject(await world.open_alert("incidents")))).status


@scenario
async def incidents__resolve(world: World) -> None:
    """It is dealt with."""
    assert "resolved" == (await got(world.client.incidents.resolve(await world.taken_alert("incidents")))).status


@scenario
async def incidents__logs(world: World) -> None:
    """What happened to it is logged."""
    incident = await world.taken_alert("incidents")
    logs = await rows(world.client.incidents.logs(incident))
    assert {incident.id} == {log.owner_id for log in logs}
    assert any("acknowledged" in str(log.content) for log in logs)


@scenario
async def routers__default_template(world: World) -> None:
    """The rules that a new router begins with are a text, another one for each type."""
    texts = {
        await got(world.client.routers.default_template(kind)) for kind in ("router", models.RouterType.NOTIFICATION)
    }
    assert 2 == len(texts)


@scenario
async def schedules__current_events(world: World) -> None:
    """What is on now began before now and ends after it."""
    team = await world.one("teams")
    events = await got(world.client.schedules.current_events(team.schedule_id))
    assert events
    assert all(event.start <= NOW < event.end and event.next.start == event.start for event in events)


@scenario
async def schedules__window_events(world: World) -> None:
    """What is listed between two moments, over several pages, touches that stretch of time."""
    schedule_id = (await world.one("teams")).schedule_id
    until = NOW + timedelta(days=60)
    events = await rows(world.client.schedules.window_events(schedule_id, start=NOW, end=until, limit=3))
    assert len(events) > 3
    assert all(event.start < until and event.end > NOW for event in events)
    first = await got(world.client.schedules.window_events(schedule_id, start=1_780_000_000, end=until).first())
    assert events[:10] == first.data


@scenario
async def schedules__flush(world: World) -> None:
    """The schedule has no events afterwards."""
    schedule = await world.one("schedules")
    assert await rows(world.client.events.list(schedule_id=schedule))
    assert None is await got(world.client.schedules.flush(schedule))
    assert [] == await rows(world.client.events.list(schedule_id=schedule))


async def _of_a_team(world: World, verb: str) -> None:
    team = await world.one("teams")
    events = await got(getattr(world.client.teams, verb)(team))
    assert events
    assert all(team.schedule_id in event.schedule_ids for event in events)


@scenario
async def teams__current_oncall(world: World) -> None:
    """Who is on call is on call on the team's schedule."""
    await _of_a_team(world, "current_oncall")


@scenario
async def teams__current_events(world: World) -> None:
    """The path of 2018 says the same."""
    await _of_a_team(world, "current_events")


@scenario
async def teams__members(world: World) -> None:
    """The members are users."""
    team = await world.one("teams")
    members = await rows(world.client.teams.members(team))
    assert set(team.member_user_ids) == {user.id for user in members}
    assert members[:1] == await rows(world.client.teams.members(team, id=members[0]))


@scenario
async def users__current_events(world: World) -> None:
    """Whoever is on call for a team has an event now."""
    on_call = (await got(world.client.teams.current_oncall(await world.one("teams"))))[0]
    (user_id,) = on_call.attendees
    assert on_call in await got(world.client.users.current_events(user_id))


@scenario
async def users__add_to_teams(world: World) -> None:
    """The user is a member of each team afterwards."""
    teams, me = await rows(world.client.teams.list()), await world.me()
    assert me.id == (await got(world.client.users.add_to_teams(me, team_ids=teams))).id
    assert all(me.id in team.member_user_ids for team in await rows(world.client.teams.list()))


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
            client = mode.on(sandbox.app, sandbox.token())
            await scenario_of(one)(World(client, sandbox))
            await mode.close(client)

        mode.run(story)
        assert sandbox.requests[f"{one.method} {one.path}"] > 0


def test_no_scenario_is_for_nothing() -> None:
    """Every scenario is that of an endpoint."""
    assert set(SCENARIOS) <= {one.name for one in ENDPOINTS}
