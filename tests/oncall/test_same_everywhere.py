"""One schedule, given to every API, is answered alike: over a clock change, a repeat, an exception and an override."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pagertree_async import AsyncPagerTree, InvalidResponseError, KeyPair, NotFoundError, PagerTree, oncall, v4
from pagertree_async.oncall import ALWAYS, FOREVER, Gap, Person, Shift
from pagertree_async.pagerduty import ApiToken, Basic
from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport
from tests.modes import Mode, got
from tests.pagerduty.helpers import answered, reply
from tests.pagerduty.helpers import client as duty_client

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 3, 23, 20, tzinfo=BERLIN)
"""Nights from 20:00 to 08:00, in turns; the clocks go forward in the night to March 29."""
LEFT_OUT = datetime(2026, 3, 27, 20, tzinfo=BERLIN)
"""A night without anybody."""
SWAPPED = datetime(2026, 3, 25, 22, tzinfo=BERLIN)
"""Two hours of a night that somebody else takes."""
RANGE = (datetime(2026, 3, 24, 23, tzinfo=BERLIN), datetime(2026, 4, 2, 1, tzinfo=BERLIN))
NAMES = ("Ada", "Bo", "Cy")


def local(moment: datetime) -> str:
    """A moment as API v4 takes it beside a zone."""
    return f"{moment:%Y-%m-%d %H:%M}"


def night(number: int) -> tuple[datetime, datetime]:
    """The wall-clock bounds of a night."""
    start = (FIRST.replace(tzinfo=None) + timedelta(days=number)).replace(tzinfo=BERLIN)
    return start, (start.replace(tzinfo=None) + timedelta(hours=12)).replace(tzinfo=BERLIN)


@dataclass(frozen=True)
class Account:
    """A client, and the schedule that was made with it."""

    client: Any
    schedule: str
    team: str
    people: dict[str, str]


async def in_v3(mode: Mode, sandbox: Sandbox) -> Account:
    """The schedule as events of v3: each of two people every second night, and what differs as changed occurrences."""
    transport = (ASGITransport if mode.blocking else AsyncASGITransport)(sandbox.app)
    kind = PagerTree if mode.blocking else AsyncPagerTree
    client: Any = kind(KeyPair(sandbox.api_key, sandbox.api_secret), base_url="https://api.test", transport=transport)
    people = {}
    for name in NAMES:
        made = await got(client.users.create(name=name, emails=[{"email": f"{name.lower()}@x.example"}]))
        people[made.id] = name
    ids = list(people)
    schedule = (await got(client.schedules.create(name="Nights"))).id

    async def event(start: datetime, end: datetime, user: str, **more: Any) -> Any:
        common = {"schedule_id": [schedule], "attendees": [user], "layer": 1, "timezone": "Europe/Berlin"}
        return await got(client.events.create(start=start, end=end, **common, **more))

    nights = [
        await event(*night(number), ids[number], repeat=True, frequency=2, frequency_unit="daily") for number in (0, 1)
    ]
    swapped, out = night(2), int(LEFT_OUT.timestamp())
    await got(client.events.update(nights[0].id, exceptions=[int(swapped[0].timestamp()), out]))
    assert LEFT_OUT == night(4)[0]
    until = SWAPPED + timedelta(hours=2)
    for start, end, user in ((swapped[0], SWAPPED, ids[0]), (SWAPPED, until, ids[2]), (until, swapped[1], ids[0])):
        await event(start, end, user, p_event_id=nights[0].id)
    team = await got(client.teams.create(name="Night", schedule_id=schedule, member_user_ids=ids, admin_ids=ids[:1]))
    return Account(client, schedule, team.id, people)


async def in_v4(mode: Mode, sandbox: Sandbox) -> Account:
    """The schedule as a rotation of v4, with an exception and an override."""
    transport = (ASGITransport if mode.blocking else AsyncASGITransport)(sandbox.app)
    kind: Any = v4.PagerTree if mode.blocking else v4.AsyncPagerTree
    client: Any = kind(sandbox.v4_api_key, base_url="https://api.test", transport=transport)
    people = {}
    for name in NAMES:
        attributes = {"name": name, "emails_attributes": [{"email": f"{name.lower()}@x.example"}]}
        made = await got(client.account_users.create(user_attributes=attributes))
        people[made.id] = name
    ids = list(people)
    schedule = (await got(client.schedules.create(name="Nights"))).id
    start, end = night(0)
    zone = "Berlin"
    event = await got(
        client.events.create(
            start_time=start,
            end_time=end,
            layer=1,
            time_zone=zone,
            repeat=True,
            frequency=1,
            frequency_unit="daily",
            rotation=True,
            account_user_ids=ids[:2],
            schedule_ids=[schedule],
        )
    )
    await got(client.events.add_exception(event.id, action_time=LEFT_OUT.astimezone(UTC)))
    await got(
        client.events.override(
            event.id,
            start_time=local(SWAPPED),
            end_time=local(SWAPPED + timedelta(hours=2)),
            layer=1,
            time_zone=zone,
            account_user_ids=[ids[2]],
            action_time=SWAPPED.astimezone(UTC),
        )
    )
    team = await got(
        client.teams.create(
            name="Night", schedule_id=schedule, member_account_user_ids=ids, admin_account_user_ids=ids[:1]
        )
    )
    return Account(client, schedule, team.id, people)


async def in_pagerduty(mode: Mode, sandbox: PagerDutySandbox) -> Account:
    """The schedule as layers of PagerDuty that are restricted to nights and leave one out, with an override."""
    transport = (ASGITransport if mode.blocking else AsyncASGITransport)(sandbox.app)
    basic = Basic(sandbox.username, sandbox.password)
    client = duty_client(mode, ApiToken(sandbox.api_key), basic=basic, subdomain="acme", transport=transport)
    people = {}
    for name in NAMES:
        made = await got(client.rpost("users", json={"name": name, "email": f"{name.lower()}@x.example"}))
        people[made["id"]] = name
    ids = list(people)
    refs = [{"id": one, "type": "user_reference"} for one in ids]
    nightly = {"type": "daily_restriction", "start_time_of_day": "20:00:00", "duration_seconds": 43_200}
    layer = {
        "rotation_virtual_start": FIRST.isoformat(),
        "rotation_turn_length_seconds": 86_400,
        "users": [{"user": one} for one in refs[:2]],
        "restrictions": [nightly],
    }
    after = night(5)[0]
    layers = [
        {**layer, "start": FIRST.isoformat(), "end": LEFT_OUT.isoformat()},
        {**layer, "start": after.isoformat(), "end": None},
    ]
    body = {"name": "Nights", "time_zone": "Europe/Berlin", "schedule_layers": layers}
    schedule = (await got(client.rpost("schedules", json=body)))["id"]
    until = SWAPPED + timedelta(hours=2)
    await got(
        client.rpost(
            f"schedules/{schedule}/overrides",
            json=[{"start": SWAPPED.isoformat(), "end": until.isoformat(), "user": refs[2]}],
        )
    )
    team = await got(client.rpost("teams", json={"name": "Night"}))
    rules = [{"targets": [{"id": schedule, "type": "schedule_reference"}]}, {"targets": [refs[2]]}]
    policy = {"name": "Nights", "teams": [team], "escalation_rules": rules}
    await got(client.rpost("escalation_policies", json=policy))
    return Account(client, schedule, team["id"], people)


@pytest.fixture
def sandboxes() -> Iterator[tuple[Sandbox, PagerDutySandbox]]:
    """A PagerTree and a PagerDuty."""
    with Sandbox(size=0, alerts=0) as tree, PagerDutySandbox() as duty:
        yield tree, duty


async def everywhere(mode: Mode, sandboxes: tuple[Sandbox, PagerDutySandbox]) -> list[Account]:
    """The same schedule in all three."""
    tree, duty = sandboxes
    return [await in_v3(mode, tree), await in_v4(mode, tree), await in_pagerduty(mode, duty)]


def named(account: Account, shifts: list[Shift]) -> list[tuple[datetime, datetime, str, int]]:
    """Shifts without the ids that differ from API to API."""
    assert all(shift.schedule == account.schedule for shift in shifts)
    return [(one.start, one.end, account.people[one.user.id], one.layer) for one in shifts]


def expected(overflow: bool) -> list[tuple[datetime, datetime, str, int]]:
    """The shifts of the range, worked out by hand."""
    found = []
    for number in range(1, 10):
        start, end = night(number)
        who = NAMES[number % 2]
        if number == 2:
            until = SWAPPED + timedelta(hours=2)
            found += [(start, SWAPPED, who), (SWAPPED, until, "Cy"), (until, end, who)]
        elif number != 4:
            found.append((start, end, who))
    since, until = RANGE
    return [
        (one[0] if overflow else max(one[0], since), one[1] if overflow else min(one[1], until), one[2], 1)
        for one in found
    ]


@pytest.mark.parametrize("overflow", [False, True])
def test_the_same_entries_from_all_three(mode: Mode, sandboxes: Any, overflow: bool) -> None:
    """Equal entries, with the names of those on call, and a night of eleven hours when the clocks go forward."""

    async def scenario() -> None:
        for account in await everywhere(mode, sandboxes):
            found = await got(oncall.entries(account.client, account.schedule, *RANGE, overflow=overflow))
            assert expected(overflow) == named(account, found)
            assert [account.people[one.user.id] for one in found] == [one.user.name for one in found]

    mode.run(scenario)
    lengths = {end.timestamp() - start.timestamp() for start, end, *_ in expected(True)}
    assert 11 * 3600 in lengths


def test_the_same_gaps_and_the_same_moment_from_all_three(mode: Mode, sandboxes: Any) -> None:
    """The days, and the night that was left out, are without anybody; equal bounds give whoever is on call then."""

    async def scenario() -> None:
        for account in await everywhere(mode, sandboxes):
            gaps = await got(oncall.gaps(account.client, account.schedule, *RANGE))
            assert Gap(night(3)[1], night(5)[0]) in gaps
            assert 7 == len(gaps)
            moment = SWAPPED + timedelta(hours=1)
            found = await got(oncall.entries(account.client, account.schedule, moment, moment, overflow=True))
            assert [(SWAPPED, SWAPPED + timedelta(hours=2), "Cy", 1)] == named(account, found)
            cy = next(one for one, name in account.people.items() if name == "Cy")
            assert named(account, found) == named(
                account, await got(oncall.entries(account.client, account.schedule, *RANGE, user=cy))
            )

    mode.run(scenario)


def test_a_user_by_the_other_of_two_ids(mode: Mode, sandboxes: Any) -> None:
    """API v4 has two ids of everybody: by either come the same entries, and one that nobody has is told."""

    async def scenario() -> None:
        account = await in_v4(mode, sandboxes[0])
        cy = next(one for one, name in account.people.items() if name == "Cy")
        other = (await got(account.client.account_users.retrieve(cy))).prefix_id
        found = await got(oncall.entries(account.client, account.schedule, *RANGE, user=cy))
        assert 1 == len(found)
        assert found == await got(oncall.entries(account.client, account.schedule, *RANGE, user=other))
        with pytest.raises(NotFoundError):
            await got(oncall.entries(account.client, account.schedule, *RANGE, user="acu_nobody"))

    mode.run(scenario)


def test_a_year_from_all_three(mode: Mode, sandboxes: Any) -> None:
    """Over more than three months, and back to winter time, the three still agree."""

    async def scenario() -> None:
        found = [
            named(account, await got(oncall.entries(account.client, account.schedule, "2026-03-23", "2027-03-23")))
            for account in await everywhere(mode, sandboxes)
        ]
        assert 366 == len(found[0])
        assert found[0] == found[1]
        assert found[0] == found[2]

    mode.run(scenario)


def test_api_v1_answers_the_same(mode: Mode, sandboxes: Any) -> None:
    """A client with a name and a password alone asks API v1, and gets what the REST API gives, with e-mail addresses."""
    _, duty = sandboxes

    async def scenario() -> None:
        account = await in_pagerduty(mode, duty)
        transport = (ASGITransport if mode.blocking else AsyncASGITransport)(duty.app)
        client = duty_client(mode, Basic(duty.username, duty.password), subdomain="acme", transport=transport)
        found = await got(oncall.entries(client, account.schedule, *RANGE))
        assert expected(False) == named(account, found)
        assert {"ada@x.example", "bo@x.example", "cy@x.example"} == {one.user.email for one in found}
        assert {UTC} == {moment.tzinfo for one in found for moment in (one.start, one.end)}
        assert [] == [
            one for one in await got(oncall.now(client, account.schedule)) if one.schedule != account.schedule
        ]
        with pytest.raises(NotFoundError):
            await got(oncall.now(client, account.team))

    mode.run(scenario)


def test_now_by_schedule_and_by_team(mode: Mode, sandboxes: Any) -> None:
    """Who is on call now is the same asked by schedule and by team; PagerDuty's team has a second level for good."""
    tree, duty = sandboxes

    async def scenario() -> None:
        now = datetime.now(UTC)
        for account in await everywhere(mode, sandboxes):
            there = await got(oncall.entries(account.client, account.schedule, now, now, overflow=True))
            assert there == await got(oncall.now(account.client, account.schedule))
            team = await got(oncall.now(account.client, {"id": account.team}))
            assert there == [one for one in team if one.schedule is not None]
            for_good = [one for one in team if one.schedule is None]
            assert all((ALWAYS, FOREVER, 2) == (one.start, one.end, one.layer) for one in for_good)
            with pytest.raises(NotFoundError):
                await got(oncall.now(account.client, "PNOBODY"))

    mode.run(scenario)


def test_a_team_without_a_schedule_has_nobody_on_call(mode: Mode, sandboxes: Any) -> None:
    """A team that has no schedule, or no escalation policy, is answered with nobody; an id without a prefix is tried as both."""

    async def scenario() -> None:
        v3_account, v4_account, duty_account = await everywhere(mode, sandboxes)
        ids = list(v3_account.people)
        team = await got(v3_account.client.teams.create(name="x", member_user_ids=ids, admin_ids=ids))
        assert [] == await got(oncall.now(v3_account.client, team.id))
        ids = list(v4_account.people)
        team = await got(
            v4_account.client.teams.create(name="x", member_account_user_ids=ids, admin_account_user_ids=ids)
        )
        assert [] == await got(oncall.now(v4_account.client, team.id))
        assert [] == await got(oncall.now(v4_account.client, team.prefix_id))
        made = await got(duty_account.client.rpost("teams", json={"name": "x"}))
        assert [] == await got(oncall.now(duty_account.client, made["id"]))

    mode.run(scenario)


def test_somebody_who_was_removed_keeps_an_id(mode: Mode, sandboxes: Any) -> None:
    """A shift whose user does not exist any more still tells the id."""

    async def scenario() -> None:
        account = await in_v3(mode, sandboxes[0])
        ada = next(one for one, name in account.people.items() if name == "Ada")
        await got(account.client.users.delete(ada))
        found = await got(oncall.entries(account.client, account.schedule, *RANGE))
        assert Person(id=ada) in [one.user for one in found]

    mode.run(scenario)


def test_answers_of_another_shape(mode: Mode) -> None:
    """A schedule without rendered entries is an error; an attendee without an id is nobody, one who is unknown has one."""
    bodies: dict[str, Any] = {
        "/schedules/S1": {"schedule": {"id": "S1"}},
        "/api/v4/schedules/S1/window_events": [
            {
                "id": "1",
                "start_time": "2026-01-01T00:00:00Z",
                "end_time": "2026-01-02T00:00:00Z",
                "attendees": [{}, {"attendee_id": "acu_1"}],
            }
        ],
    }

    def handler(request: Any) -> Any:
        path = request.url.removeprefix("https://api.test").removeprefix("https://api.pagerduty.com").partition("?")[0]
        return reply(bodies[path]) if path in bodies else reply({"errors": []}, 404)

    duty, _ = answered(mode, handler)
    transport = (MemoryTransport if mode.blocking else AsyncMemoryTransport)(handler)
    kind: Any = v4.PagerTree if mode.blocking else v4.AsyncPagerTree
    tree = kind("a-key", base_url="https://api.test", transport=transport)

    async def scenario() -> None:
        with pytest.raises(InvalidResponseError, match="no rendered entries"):
            await got(oncall.entries(duty, "S1", "2026-01-01", "2026-01-02"))
        found = await got(oncall.entries(tree, "S1", "2026-01-01", "2026-01-02"))
        assert [Person(id="acu_1")] == [one.user for one in found]

    mode.run(scenario)
