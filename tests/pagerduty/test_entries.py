"""Schedule entries by API v1: the examples of its description, its rules, and ranges longer than it takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pagertree_async import (
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    InvalidArgumentError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    ResponseMismatchError,
    ServerError,
)
from pagertree_async.pagerduty import Basic, Entries, Entry, EntryUser, Region, ScheduleError
from pagertree_async.pagerduty.entries import joined, pieces, three_months_after
from pagertree_async.pagerduty.errors import BY_CODE
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from tests.modes import Mode, got
from tests.pagerduty.helpers import answered, daily, headers, on, query, reply


def at(text: str) -> datetime:
    """A moment in June 2011."""
    return datetime.fromisoformat(f"2011-06-{text}+00:00")


async def scheduled(client: Any) -> tuple[str, list[dict[str, Any]]]:
    """A schedule of two users that changes daily at midnight UTC: its id, and the users."""
    users = (await got(client.list_all("users")))[:2]
    return (await got(client.rpost("schedules", json=daily(users))))["id"], users


def times(found: Entries) -> list[tuple[datetime | None, datetime | None]]:
    """When the entries are."""
    return [(one.start, one.end) for one in found.entries]


def test_a_day_turn_between_ten_and_two(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """The entry is cut at both bounds; with overflow it keeps its own midnight-to-midnight."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        schedule, _ = await scheduled(client)
        bounds = ("2011-06-01T10:00:00Z", "2011-06-01T14:00:00Z")
        cut = await got(client.schedules.entries(schedule, *bounds))
        assert [(at("01T10:00"), at("01T14:00"))] == times(cut)
        whole = await got(client.schedules.entries(schedule, *bounds, overflow=True))
        assert [(at("01T00:00"), at("02T00:00"))] == times(whole)
        assert (1, 1, None) == (cut.total, whole.total, cut.echo)

    mode.run(scenario)


def test_who_is_on_call_at_two(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """Equal bounds ask for the moment, with overflow for the whole shift around it."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        schedule, users = await scheduled(client)
        moment = "2011-06-01T14:00:00Z"
        found = await got(client.schedules.entries(schedule, moment, moment))
        assert [(at("01T14:00"), at("01T14:00"))] == times(found)
        assert users[1]["id"] == found.entries[0].user.id
        assert users[1]["email"] == found.entries[0].user.email
        whole = await got(client.schedules.entries({"id": schedule}, moment, moment, overflow=True))
        assert [(at("01T00:00"), at("02T00:00"))] == times(whole)

    mode.run(scenario)


def test_the_upcoming_month(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """From June 1 to July 1 there are thirty entries, whatever kind of date the bounds are."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        schedule, _ = await scheduled(client)
        found = await got(client.schedules.entries(schedule, "2011-06-01", "2011-07-01"))
        assert 30 == found.total == len(found.entries)
        for since, until in ((date(2011, 6, 1), date(2011, 7, 1)), (at("01T00:00"), datetime(2011, 7, 1, tzinfo=UTC))):
            assert found == await got(client.schedules.entries(schedule, since, until))

    mode.run(scenario)


def test_one_users_shifts_without_user_details(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """Every second day of the month is that user's, and only start and end come."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        schedule, users = await scheduled(client)
        month = ("2011-06-01", "2011-07-01")
        full = await got(client.schedules.entries(schedule, *month, user_id=users[0]))
        assert 15 == full.total
        assert {users[0]["id"]} == {one.user.id for one in full.entries}
        for fields in ("start,end", ["start", "end"]):
            bare = await got(client.schedules.entries(schedule, *month, user_id=users[0]["id"], fields=fields, echo=7))
            assert [Entry(start=one.start, end=one.end) for one in full.entries] == bare.entries
            assert "7" == bare.echo

    mode.run(scenario)


def test_a_year_is_split_and_joined(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A range of a year gives each turn once, those at the joints in one piece, and is cut only at its own bounds."""

    async def scenario() -> None:
        client = on(mode, sandbox)
        schedule, users = await scheduled(client)
        since, until = at("01T10:00"), at("01T10:00") + timedelta(days=365)
        found = await got(client.schedules.entries(schedule, since, until, echo="x"))
        days = [at("01T00:00") + timedelta(days=number) for number in range(366)]
        expected = [(max(day, since), min(day + timedelta(days=1), until)) for day in days]
        assert expected == times(found)
        assert (366, "x") == (found.total, found.echo)
        whole = await got(client.schedules.entries(schedule, since, until, overflow=True, fields="user"))
        assert [None] * 366 == [one.start for one in whole.entries]
        assert users[1]["id"] == whole.entries[0].user.id
        whole = await got(client.schedules.entries(schedule, since, until, overflow=True, fields="start"))
        assert days == [one.start for one in whole.entries]

    mode.run(scenario)
    assert 15 == sandbox.requests["GET /api/v1/schedules/:id/entries"]


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.floats(0, 1500))
def test_pieces_cover_a_range_without_a_hole(start: datetime, days: float) -> None:
    """The pieces follow each other from bound to bound, and none is longer than three months."""
    since = start.replace(tzinfo=UTC)
    until = since + timedelta(days=days)
    found = list(pieces(since, until))
    assert (since, until) == (found[0][0], found[-1][1])
    assert all(one[1] == other[0] for one, other in zip(found, found[1:], strict=False))
    assert all(stop <= three_months_after(begin) for begin, stop in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 2000), min_size=1, max_size=60), st.lists(st.integers(0, 20_000), max_size=6))
def test_whatever_the_joints_each_shift_comes_once(lengths: list[int], joints: list[int]) -> None:
    """Shifts that are asked for in parts, whole, are the same as those asked for at once."""
    shifts, start = [], 0
    for length in lengths:
        shifts.append((start, start + length))
        start += length
    edges = sorted({0, start, *(joint for joint in joints if joint < start)})
    assume(len(edges) > 1)
    parts = [
        (since, [one for one in shifts if one[0] < until and one[1] > since])
        for since, until in zip(edges, edges[1:], strict=False)
    ]
    assert shifts == joined(parts, lambda one: one[0])  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2011-01-31", "2011-04-30"),
        ("2011-11-30", "2012-02-29"),
        ("2010-11-30", "2011-02-28"),
        ("2011-12-01", "2012-03-01"),
    ],
)
def test_three_months_later(day: str, expected: str) -> None:
    """The same day of the month, or the last that it has."""
    assert datetime.fromisoformat(expected) == three_months_after(datetime.fromisoformat(day))


def test_the_calendar_ends() -> None:
    """Three months after the last month there is nothing more."""
    assert datetime.max.replace(tzinfo=UTC) == three_months_after(datetime(9999, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (None, "2011-06-01"),
        ("2011-06-01", None),
        ("2011-06-02", "2011-06-01"),
        ("yesterday", "2011-06-01"),
        (20110601, "2011-06-02"),
        (datetime(2011, 6, 1), "2011-06-02"),
        ("0001-01-01T00:00+05:00", "2011-06-02"),
    ],
)
def test_wrong_bounds_are_refused(mode: Mode, since: Any, until: Any) -> None:
    """What is missing, no moment, without a zone, or the wrong way round is an error before any request."""
    client, transport = answered(mode, lambda _: reply({}), Basic("ada", "pw"), subdomain="acme")

    async def scenario() -> None:
        with pytest.raises(InvalidArgumentError):
            await got(client.schedules.entries("P4MHU96", since, until))

    mode.run(scenario)
    assert [] == transport.requests


@pytest.mark.parametrize("wrong", [{"fields": "start,colour"}, {"fields": []}, {"user_id": "P/1"}])
def test_other_wrong_arguments_are_refused(mode: Mode, wrong: dict[str, Any]) -> None:
    """Unknown fields, none at all, and ids that are none."""
    client, transport = answered(mode, lambda _: reply({}), Basic("ada", "pw"), subdomain="acme")

    async def scenario() -> None:
        with pytest.raises(InvalidArgumentError):
            await got(client.schedules.entries("P4MHU96", "2011-06-01", "2011-06-02", **wrong))

    mode.run(scenario)
    assert [] == transport.requests


def test_dates_go_out_as_they_were_given(mode: Mode) -> None:
    """ISO text stays as it is, an aware moment is in UTC, and nothing that was not given is sent."""
    answer = {
        "total": 1,
        "entries": [{"start": "2011-06-01T00:00:00Z", "end": "2011-06-02T00:00:00Z", "user": {"id": "P1", "odd": 1}}],
    }
    client, transport = answered(mode, lambda _: reply(answer), Basic("john@acme.com", "myPassw0rd"), subdomain="acme")

    async def scenario() -> None:
        found = await got(client.schedules.entries("P4MHU96", "2011-05-06T03:30-07", date(2011, 5, 20), timeout=5))
        assert {"odd": 1} == found.entries[0].user.extra
        moment = datetime(2011, 6, 1, 7, tzinfo=UTC)
        await got(client.schedules.entries("P4MHU96", moment, moment, overflow=True))

    mode.run(scenario)
    first, second = transport.requests
    assert "https://acme.pagerduty.com/api/v1/schedules/P4MHU96/entries" == first.url.partition("?")[0]
    assert [("since", "2011-05-06T03:30-07"), ("until", "2011-05-20")] == query(first)
    moment = "2011-06-01T07:00:00.000Z"
    assert [("since", moment), ("until", moment), ("overflow", "true")] == query(second)
    assert "Basic am9obkBhY21lLmNvbTpteVBhc3N3MHJk" == headers(first)["authorization"]


@pytest.mark.parametrize("code", BY_CODE)
def test_every_code_has_its_error(mode: Mode, code: int) -> None:
    """A 400 is raised at once, in the class of its code, with what PagerDuty says of it."""
    body = {"error": {"message": "Error Message String", "code": code, "errors": ["details", "more details"]}}
    client, transport = answered(mode, lambda _: reply(body, 400), Basic("ada", "pw"), subdomain="acme")

    async def scenario() -> None:
        with pytest.raises(BY_CODE[code]) as caught:
            await got(client.schedules.entries("P4MHU96", "2011-06-01", "2011-06-02"))
        error = caught.value
        assert isinstance(error, ScheduleError)
        assert (400, code, ("details", "more details")) == (error.status, error.code, error.details)
        assert "Error Message String" in str(error)

    mode.run(scenario)
    assert 1 == len(transport.requests)


def test_the_classes_are_also_those_of_every_api() -> None:
    """Code that knows nothing of PagerDuty catches them as what they are."""
    expected = {
        2000: ServerError,
        2001: BadRequestError,
        2006: AuthenticationError,
        2007: NotFoundError,
        2008: PermissionDeniedError,
        3004: NotFoundError,
    }
    assert all(issubclass(BY_CODE[code], kind) for code, kind in expected.items())


def test_a_500_is_tried_again(mode: Mode) -> None:
    """An internal error is repeated, and what comes then is the answer; a 500 of another shape is one as well."""
    wrong = {"error": {"message": "Internal Error", "code": 2000, "errors": []}}
    answers = [reply(wrong, 500), reply({"error": {"code": 1}}, 500), reply({"total": 0, "entries": []})]
    client, transport = answered(
        mode, lambda _: answers[len(transport.requests) - 1], Basic("ada", "pw"), subdomain="acme"
    )

    async def scenario() -> None:
        assert Entries(total=0, entries=[]) == await got(
            client.schedules.entries("P4MHU96", "2011-06-01", "2011-06-02")
        )

    mode.run(scenario)
    assert 3 == len(transport.requests)


def test_a_proxys_error_is_no_code(mode: Mode) -> None:
    """What is not PagerDuty's own error stays what every API's is."""
    client, _ = answered(mode, lambda _: reply({}, 403), Basic("ada", "pw"), subdomain="acme")

    async def scenario() -> None:
        with pytest.raises(PermissionDeniedError) as caught:
            await got(client.schedules.entries("P4MHU96", "2011-06-01", "2011-06-02"))
        assert not isinstance(caught.value, ScheduleError)

    mode.run(scenario)
    assert (0, ()) == (ScheduleError(400).code, ScheduleError(400).details)


def test_another_echo_is_another_answer(mode: Mode) -> None:
    """An answer that echoes something else belongs to another question."""
    client, _ = answered(
        mode, lambda _: reply({"total": 0, "entries": [], "echo": "2"}), Basic("ada", "pw"), subdomain="acme"
    )

    async def scenario() -> None:
        with pytest.raises(ResponseMismatchError, match="echoes"):
            await got(client.schedules.entries("P4MHU96", "2011-06-01", "2011-06-02", echo="1"))

    mode.run(scenario)


def test_an_answer_of_another_shape(mode: Mode) -> None:
    """What has no entries, or an entry with a user that is none, is an error."""
    bodies = iter([{"total": 0}, {"total": 1, "entries": [{"user": {"name": "x"}}]}])
    client, _ = answered(mode, lambda _: reply(next(bodies)), Basic("ada", "pw"), subdomain="acme")

    async def scenario() -> None:
        for _ in range(2):
            with pytest.raises(InvalidResponseError):
                await got(client.schedules.entries("P4MHU96", "2011-06-01", "2011-06-02"))

    mode.run(scenario)


@pytest.mark.parametrize(
    ("settings_", "what"),
    [({"auth": "a-key", "subdomain": "acme"}, "name and password"), ({"auth": Basic("ada", "pw")}, "subdomain")],
)
def test_what_is_missing_for_api_v1_is_said(mode: Mode, settings_: dict[str, Any], what: str) -> None:
    """Without a password, or without a subdomain, the error says so, and nothing was sent."""
    client, transport = answered(mode, lambda _: reply({}), **settings_)

    async def scenario() -> None:
        with pytest.raises(ConfigurationError, match=what):
            await got(client.schedules.entries("P4MHU96", "2011-06-01", "2011-06-02"))

    mode.run(scenario)
    assert [] == transport.requests


@pytest.mark.parametrize(
    ("query_", "code"),
    [
        ("until=2011-06-01", 2003),
        ("since=x&until=2011-06-01", 2004),
        ("since=2011-06-02&until=2011-06-01", 2005),
        ("since=2011-11-30&until=2012-03-01", 2005),
        ("since=2011-06-01&until=2011-06-02&fields=colour", 2001),
    ],
)
def test_the_sandbox_answers_with_the_codes(mode: Mode, sandbox: PagerDutySandbox, query_: str, code: int) -> None:
    """What a careful client never sends is answered as the description says."""

    async def scenario() -> None:
        keyed = on(mode, sandbox)
        schedule, _ = await scheduled(keyed)
        raw = on(
            mode, sandbox, Basic(sandbox.username, sandbox.password), basic=None, region=Region.at("https://x.example")
        )
        raw._session = raw.schedules._session
        response = await got(raw.get(f"/api/v1/schedules/{schedule}/entries?{query_}"))
        assert (400, code) == (response.status, response.json()["error"]["code"])

    mode.run(scenario)


def test_the_sandbox_refuses_wrong_names_and_schedules(mode: Mode, sandbox: PagerDutySandbox) -> None:
    """A wrong password, a name that nobody has, and a schedule that does not exist."""

    async def scenario() -> None:
        for basic in (Basic(sandbox.username, "wrong"), Basic("nobody", sandbox.password)):
            with pytest.raises(AuthenticationError) as caught:
                await got(on(mode, sandbox, basic=basic).schedules.entries("P4MHU96", "2011-06-01", "2011-06-02"))
            assert 2006 == caught.value.code
        with pytest.raises(NotFoundError) as missing:
            await got(on(mode, sandbox).schedules.entries("P4MHU96", "2011-06-01", "2011-06-02"))
        assert 3004 == missing.value.code

    mode.run(scenario)


def test_an_entry_user_is_a_model() -> None:
    """What the API adds to users is kept."""
    assert "P1" == EntryUser(id="P1", name="Ada").id
