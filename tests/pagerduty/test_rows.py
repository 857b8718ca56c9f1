"""Lists that end where they should: beyond ten thousand rows, in circles, and when the server does not say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async import (
    ConnectionLostError,
    IncompleteListWarning,
    InvalidArgumentError,
    InvalidResponseError,
    PaginationError,
)
from pagertree_async.calling import drive
from pagertree_async.errors import Sent
from pagertree_async.oncall import instant
from pagertree_async.pagerduty.rows import Asked, Range, Walk
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from tests.modes import Mode, got, rows
from tests.pagerduty.helpers import answered, on, query, reply

START = datetime(2026, 1, 1, tzinfo=UTC)


def server(
    items: list[dict[str, Any]], *, wrapper: str = "log_entries", newest_first: bool = False, total: bool = True
) -> Any:
    """A list as PagerDuty pages it, each item with a moment ``at``; gives a fetch, and remembers its queries."""
    asked: list[dict[str, Any]] = []

    async def fetch(values: dict[str, Any]) -> dict[str, Any]:
        asked.append(values)
        assert values["offset"] + values["limit"] <= 10_000
        since, until = (instant(values[name], name) if values.get(name) else None for name in ("since", "until"))
        found = [one for one in items if (since is None or one["end"] > since) and (until is None or one["at"] < until)]
        found = found[::-1] if newest_first else found
        page = found[values["offset"] : values["offset"] + values["limit"]]
        more = values["offset"] + len(page) < len(found)
        count = len(found) if total and values.get("total") else None
        shown = [{name: value for name, value in one.items() if name not in ("at", "end")} for one in page]
        return {wrapper: shown, "more": more, "total": count, "limit": values["limit"], "offset": values["offset"]}

    fetch.asked = asked  # type: ignore[attr-defined]
    return fetch


def moments(number: int, step: float = 60, length: float = 0.001) -> list[dict[str, Any]]:
    """Items one after another."""
    at = [START + timedelta(seconds=step * one) for one in range(number)]
    return [{"id": f"R{one}", "at": moment, "end": moment + timedelta(seconds=length)} for one, moment in enumerate(at)]


def walked(
    fetch: Any, path: str = "/log_entries", wrapper: str = "log_entries", size: int = 100, **params: Any
) -> list[Any]:
    """Every row, without any client."""
    walk, found = Walk(fetch, Asked(path=path, wrapper=wrapper, params=params, size=size)), []
    while (page := drive(walk.next())) is not None:
        found += page
    return found


@pytest.mark.parametrize(("path", "newest_first"), [("/log_entries", True), ("/incidents", False)])
def test_a_range_with_more_than_ten_thousand_rows_is_split(path: str, newest_first: bool) -> None:
    """Twenty-five thousand rows come whole, once each, and in the order of the list."""
    items = moments(25_000)
    fetch = server(items, newest_first=newest_first)
    found = walked(fetch, path, since="2026-01-01", until="2026-12-31")
    ids = [one["id"] for one in items]
    assert (ids[::-1] if newest_first else ids) == [one["id"] for one in found]
    assert 320 > len(fetch.asked)


def test_the_order_that_was_asked_for_is_kept_when_a_range_is_split() -> None:
    """With the newest first the later halves come first."""
    items = moments(12_000)
    fetch = server(items, newest_first=True)
    found = walked(fetch, "/incidents", since="2026-01-01", until="2026-12-31", sort_by="created_at:desc")
    assert [one["id"] for one in reversed(items)] == [one["id"] for one in found]


def test_what_lies_on_a_joint_comes_once() -> None:
    """Rows that reach over many joints, with and without ids, are given once each."""
    items = moments(11_000, step=60, length=86_400)
    for one in items:
        one["schedule"] = one.pop("id")
    found = walked(server(items, wrapper="oncalls"), "/oncalls", "oncalls", since="2026-01-01", until="2026-12-31")
    assert sorted(one["schedule"] for one in items) == sorted(one["schedule"] for one in found)


def test_without_an_end_a_range_ends_now() -> None:
    """What was asked for without ``until`` is split up to this moment."""
    now = datetime.now(UTC) - timedelta(minutes=30_000)
    items = [
        {"id": f"R{one}", "at": now + timedelta(minutes=one), "end": now + timedelta(minutes=one, seconds=1)}
        for one in range(15_000)
    ]
    assert 15_000 == len(walked(server(items), "/incidents", since=(now - timedelta(days=1)).isoformat()))


@pytest.mark.parametrize(
    ("path", "params", "hint"),
    [
        ("/log_entries", {}, "since= and until="),
        ("/log_entries", {"since": "nonsense"}, "since= and until="),
        ("/incidents", {"since": "2026-01-01", "date_range": "all"}, "neither offset= nor date_range="),
        ("/users", {}, "filters"),
    ],
)
def test_where_nothing_can_be_split_it_says_so(path: str, params: dict[str, Any], hint: str) -> None:
    """The first ten thousand rows come, then an error instead of a silent end."""
    items = moments(10_050)

    async def fetch(values: dict[str, Any]) -> dict[str, Any]:
        return await server(items)({name: value for name, value in values.items() if name in ("limit", "offset")})  # type: ignore[no-any-return]

    walk = Walk(fetch, Asked(path=path, wrapper="log_entries", params=params, size=99))
    found: list[Any] = []
    with pytest.raises(PaginationError, match="10000") as caught:
        while page := drive(walk.next()):
            found += page
    assert 10_000 == len(found)
    assert hint in str(caught.value)
    assert 10_000 == caught.value.next_offset


def test_a_second_that_holds_too_much_is_said_too() -> None:
    """When a range cannot be halved any more, its first ten thousand rows come, then an error."""
    items = moments(10_001, step=0)
    with pytest.raises(PaginationError, match="10000.* with filters$"):
        walked(server(items), since="2026-01-01T00:00:00Z", until="2026-01-01T00:00:01Z")


def test_a_server_that_does_not_count_is_said_too() -> None:
    """Where no total comes, nothing is split, and the end of what can be reached is an error."""
    with pytest.raises(PaginationError, match="10000"):
        walked(server(moments(10_001), total=False), since="2026-01-01", until="2026-12-31")


def test_a_given_offset_is_where_a_list_begins() -> None:
    """Going on from an offset asks for no splitting."""
    assert ["R8", "R9"] == [one["id"] for one in walked(server(moments(10)), since="2026-01-01", offset=8)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 230), st.integers(1, 100), st.booleans())
def test_pages_put_any_list_together_again(number: int, size: int, newest_first: bool) -> None:
    """Whatever the length of a list and of its pages, every row comes once and in order."""
    items = moments(number)
    expected = [one["id"] for one in items]
    found = walked(server(items, newest_first=newest_first), size=size)
    assert (expected[::-1] if newest_first else expected) == [one["id"] for one in found]


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(0, 10**7))
def test_two_halves_are_the_whole(since: datetime, length: int) -> None:
    """A range's halves meet in the middle, lose nothing, and are both shorter."""
    whole = Range(since.replace(tzinfo=UTC), since.replace(tzinfo=UTC) + timedelta(seconds=length))
    halves = whole.halves()
    if halves is None:
        assert 2 > length
    else:
        assert (whole.since, halves[0].until, whole.until) == (halves[0].since, halves[1].since, halves[1].until)


def test_a_real_history_beyond_ten_thousand(mode: Mode) -> None:
    """The sandbox's thirteen thousand log entries come whole by the client, and their notes too."""
    with PagerDutySandbox(incidents=4_400) as sandbox:

        async def scenario() -> None:
            client = on(mode, sandbox)
            params = {"since": "2025-01-01", "until": "2027-01-01"}
            told: list[Any] = []
            found = await got(client.list_all("log_entries", params=params, item_hook=lambda *of: told.append(of[1:])))
            assert sandbox.count("log_entries") == len({one["id"] for one in found}) == len(found) == 13_200
            assert (13_200, 13_200) == told[-1]
            assert [one["created_at"] for one in found] == sorted((one["created_at"] for one in found), reverse=True)
            with pytest.raises(PaginationError):
                await got(client.list_all("log_entries"))

        mode.run(scenario)


@pytest.mark.parametrize(
    "pages",
    [
        [{"users": [], "more": True}],
        [{"users": [{"id": "1"}], "more": True}] * 2,
        [{"users": [], "next_cursor": "a"}, {"users": [], "next_cursor": "a"}],
        [{"users": [], "next_cursor": f"{number}"} for number in range(102)],
    ],
)
def test_a_list_that_would_never_end_ends(mode: Mode, pages: list[dict[str, Any]]) -> None:
    """An empty page that promises more, a page seen before, and cursors that lead nowhere are errors."""
    coming = iter(pages)
    client, _ = answered(mode, lambda _: reply(next(coming)))

    async def scenario() -> None:
        with pytest.raises(PaginationError):
            await got(client.list_all("users"))

    mode.run(scenario)


def test_an_empty_page_does_not_end_a_cursor(mode: Mode) -> None:
    """A cursor may lead through empty pages, and null ends it; the offset is left out once there is a cursor."""
    pages = iter(
        [
            {"records": [{"id": "1"}], "next_cursor": "a"},
            {"records": [], "next_cursor": "b"},
            {"records": [{"id": "2"}], "next_cursor": None},
        ]
    )
    client, transport = answered(mode, lambda _: reply(next(pages)))

    async def scenario() -> None:
        assert [{"id": "1"}, {"id": "2"}] == await rows(
            client.iter_cursor("audit/records", page_size=5, params={"offset": 0})
        )

    mode.run(scenario)
    assert [("limit", "5"), ("cursor", "b")] == query(transport.requests[-1])


def test_a_list_that_does_not_say_whether_it_ends(mode: Mode) -> None:
    """A short page is the whole list; a full one without a word is warned of."""
    client, _ = answered(mode, lambda _: reply({"users": [{"id": "1"}, {"id": "2"}]}))

    async def scenario() -> None:
        assert 2 == len(await got(client.list_all("users")))
        with pytest.warns(IncompleteListWarning, match="does not say"):
            assert 2 == len(await got(client.list_all("users", page_size=2)))

    mode.run(scenario)


@pytest.mark.parametrize("body", [[], {"users": None}, {}])
def test_an_answer_without_the_list_is_an_error(mode: Mode, body: Any) -> None:
    """What is no page is not taken for an empty one, nor counted."""
    client, _ = answered(mode, lambda _: reply(body))

    async def scenario() -> None:
        with pytest.raises(InvalidResponseError):
            await got(client.list_all("users"))
        with pytest.raises(InvalidResponseError):
            await got(client.get_total("users"))
        with pytest.raises(InvalidResponseError, match="Use the verb with j") as caught:
            await got(client.rget("users/P1"))
        assert 200 == caught.value.status

    mode.run(scenario)


def test_an_error_in_mid_list_says_where_to_go_on(mode: Mode) -> None:
    """What came before is valid, and the error carries the offset."""
    answers = iter([reply({"users": [{"id": "1"}, {"id": "2"}], "more": True}), reply({}, 403)])
    client, _ = answered(mode, lambda _: next(answers))

    async def scenario() -> None:
        with pytest.raises(Exception) as caught:
            await got(client.list_all("users"))
        assert 2 == caught.value.next_offset

    mode.run(scenario)


def test_a_cursor_that_breaks_off_has_no_offset(mode: Mode) -> None:
    """An error among cursors tells no offset, as there is none to go on from."""

    def handler(request: Any) -> Any:
        if "cursor=" in request.url:
            raise ConnectionLostError("cut", sent=Sent.MAYBE)
        return reply({"records": [{"id": "1"}], "next_cursor": "a"})

    client, _ = answered(mode, handler)

    async def scenario() -> None:
        with pytest.raises(ConnectionLostError) as caught:
            await got(client.list_all("audit/records"))
        assert caught.value.next_offset is None

    mode.run(scenario)


def test_wrong_numbers_are_refused(mode: Mode) -> None:
    """A page size out of its bounds, and an offset that is none, are errors before any request."""
    client, transport = answered(mode, lambda _: reply({}))
    for size in (0, 101, True, "many"):
        with pytest.raises(InvalidArgumentError, match="1 to 100"):
            client.iter_all("users", page_size=size)
    for offset in (-1, True, "0"):
        with pytest.raises(InvalidArgumentError, match="offset"):
            client.iter_all("users", params={"offset": offset})
    assert [] == transport.requests


def test_what_cannot_be_counted_is_refused(mode: Mode) -> None:
    """A list with a cursor has no total, and nothing is asked."""
    client, transport = answered(mode, lambda _: reply({}))

    async def scenario() -> None:
        with pytest.raises(TypeError, match="count"):
            await got(client.get_total("audit/records"))
        with pytest.raises(TypeError, match="persist"):
            await got(client.persist("users", "email", {"name": "x"}))

    mode.run(scenario)
    assert [] == transport.requests
