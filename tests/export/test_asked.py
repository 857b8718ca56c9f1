"""What a list is asked for from one moment after another, and how it is divided among those who read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.errors import api_error
from pagertree_async.export import ExportError, resources, shares
from pagertree_async.export.asking import CREATED, UPDATED, Asks, Bounds, picked
from pagertree_async.export.reading import Reading
from pagertree_async.export.ways import Course
from pagertree_async.http import Headers
from pagertree_async.paging import Sent
from pagertree_async.query import gte, lt
from tests.export.lists import START, List, Query, exported, row, rows, written
from tests.export.simulation import Disk, Run, answer
from tests.modes import Mode

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def asks(by: str, filters: dict[str, Any]) -> Asks:
    service = resources(Mode("blocking").client())["alerts"]
    listed: Any = type(service).list
    return Asks(service, listed, filters, by, Bounds())


def plain(by: str, query: dict[str, Any]) -> str:
    """What a list that is asked for as anybody would is asked for."""
    service: Any = resources(Mode("blocking").client())["alerts"]
    listing = type(service).list.listing(service, (), query)
    return str(listing.call(100, 7).query)


@given(MOMENTS, st.sampled_from([{}, {"status": "open"}, {"title": "a=b&createdAt=2001-02-03T04:05:06.789Z"}]))
@pytest.mark.parametrize("by", [CREATED, UPDATED])
def test_what_is_written_once_is_what_would_be_written_each_time(
    by: str, moment: datetime, filters: dict[str, Any]
) -> None:
    """Whatever the moment, and whatever else is asked for."""
    one = asks(by, filters)
    for _ in range(2):
        assert plain(by, {**filters, "sort": by, by: gte(moment)}) == one.since(moment).call(100, 7).query
        assert plain(by, {**filters, "sort": by, by: lt(moment)}) == one.until(moment).call(100, 7).query
        assert plain(by, {**filters, "sort": f"-{by}", by: gte(moment)}) == one.latest(moment).call(100, 7).query
    assert plain(by, {**filters, "sort": by}) == one.since(None).call(100, 7).query


def test_what_takes_the_place_of_a_moment_stays() -> None:
    """Where a caller's own query value has the moment's name, it is sent, as it is by every list."""
    filters = {"extra_query": {"createdAt": "yesterday"}}
    asked = asks(CREATED, filters).since(START).call(100, 7).query
    assert plain(CREATED, {**filters, "sort": CREATED, CREATED: gte(START)}) == asked
    assert "createdAt=yesterday&" in asked


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=8), st.integers(0, 120))
def test_the_largest_pieces_are_divided(sizes: list[int], more: int) -> None:
    """No more often than was said, nothing that is small, and no piece stays twice as large as what others became."""
    begin = [sum(sizes[:number]) for number in range(len(sizes))]
    pieces = [(low, low + size) for low, size in zip(begin, sizes, strict=True)]
    found = shares.edges(pieces, more)
    assert len(found) <= more
    assert len(set(found)) == len(found)
    made = []
    for low, high in pieces:
        inside = [low, *(edge for edge in found if low < edge < high), high]
        parts = [b - a for a, b in zip(inside, inside[1:], strict=False)]
        assert len(parts) == 1 or min(parts) >= shares.WORTH_SPLITTING // 2 - 1
        made += parts
    if len(found) < more:
        assert max(made) < shares.WORTH_SPLITTING + 1


def test_some_of_some_values() -> None:
    """One after another, or here and there."""
    assert ["b", "c"] == picked(["a", "b", "c", "d"], range(1, 3))
    assert ["a", "d"] == picked(["a", "b", "c", "d"], [0, 3])


def test_rows_that_are_all_wanted() -> None:
    """That is told at a glance, unless one of them does not say when it was created."""
    bounds = Bounds(START, START + timedelta(days=1))
    hour, late = START + timedelta(hours=1), START + timedelta(days=1)
    found = [bounds.have(each) for each in ([], [START, hour], [None], [START, late], [hour, None])]
    assert [True, True, True, False, False] == found


def divided(served: List, folder: Path, slots: int) -> Run:
    disk = Disk(by_window=False)
    run = Run(served, disk, folder, slots)
    run.by_rounds()
    assert {one["id"] for one in served.rows} == set(disk.final or ())
    assert len(served.rows) == len(disk.final or ())
    return run


def test_a_list_without_an_end_is_divided_while_it_opens(tmp_path: Path) -> None:
    """The rows at which windows begin are asked for with the second page: in the third round, all read pages."""
    served = List(rows(8000))
    divided(served, tmp_path, 8)
    kinds = [query["limit"] for query in served.asked]
    assert ["100", "100", "1", *["1"] * 6] == kinds[:9]
    assert ["100"] * 5 == kinds[9:14]


@pytest.mark.parametrize("refused", range(3))
def test_a_server_that_does_not_tell_where_to_divide(refused: int, tmp_path: Path) -> None:
    """The list is read all the same, in one window or in a few."""
    served = List(rows(6000))
    asked: list[Query] = []

    def before(query: Query) -> int | None:
        if query["limit"] == "1" and query["offset"] != "0":
            asked.append(query)
            return 400 if len(asked) > refused else None
        return None

    served.before = before
    assert () == divided(served, tmp_path, 8).warnings


def test_a_list_that_is_not_in_order_is_not_divided(tmp_path: Path) -> None:
    """What was asked for before that was seen is of no importance."""
    served = List(rows(3000))
    served.orders = set()
    assert () == divided(served, tmp_path, 8).warnings


def test_rows_that_all_came_at_once_are_not_divided(tmp_path: Path) -> None:
    """The rows in their midst tell nothing; they are asked for once."""
    served = List([row(number, START) for number in range(3000)])
    divided(served, tmp_path, 8)
    assert len([query for query in served.asked if query["limit"] == "1"]) < 12


def opened(served: List, folder: Path) -> Run:
    """An export to which the first page came, and that has asked for what opens the list."""
    run = Run(served, Disk(by_window=True), folder, 8)
    run.ask()
    answer(served, run.table, run.flying.pop())
    run.ask()
    assert ["second", "newest", *["edge"] * 6] == [step.kind for step in run.flying]
    return run


def test_what_cannot_be_divided_while_it_opens(tmp_path: Path) -> None:
    """A server that refuses to tell where, before the rest has come, is not asked again; what is told counts."""
    served = List(rows(8000))
    run = opened(served, tmp_path)
    for refused in (False, True, True, False):
        served.before = lambda query, refused=refused: 400 if refused else None
        answer(served, run.table, run.flying.pop())
    served.before = lambda query: None
    run.by_rounds()
    assert (8000, 8000) == (len(run.disk.final or ()), len(set(run.disk.final or ())))


def test_a_list_that_turns_out_not_to_be_in_order(tmp_path: Path) -> None:
    """Whatever of what opens it comes last; what comes, or fails, after that is of no importance."""
    served = List(rows(3000))
    run = Run(served, Disk(by_window=True), tmp_path, 8)
    run.ask()
    answer(served, run.table, run.flying.pop())
    run.ask()
    second, newest, *others = run.flying
    run.flying = []
    served.rows = served.rows[::-1]
    served.orders = set()
    answer(served, run.table, second)
    served.before = lambda query: 422
    answer(served, run.table, newest)
    for step in others:
        answer(served, run.table, step)
    served.before = lambda query: None
    run.by_rounds()
    assert (3000, 3000) == (len(run.disk.final or ()), len(set(run.disk.final or ())))


def test_an_export_that_ends_while_it_opens(tmp_path: Path) -> None:
    """There is nothing to keep, and nothing to be gone on with."""
    served = List(rows(3000))
    served.before = lambda query: 409 if len(served.asked) > 1 else None
    with pytest.raises(ExportError, match="409"):
        exported(served, tmp_path, format="parquet")
    assert [] == list(tmp_path.iterdir())


class Nowhere:
    """Takes no rows."""

    def write(self, rows: Any, window: int) -> None:
        raise AssertionError

    def seal(self, window: int) -> None:
        raise AssertionError

    def clear(self) -> None:
        raise AssertionError


def test_a_list_that_was_given_up() -> None:
    """Where it is to be read by time alone and cannot be, nothing more is asked for, and what comes late is dropped."""
    reading = Reading(asks(UPDATED, {}), Nowhere(), print, Course(), Bounds(START), only_by_time=True)
    reading.seal()
    step = reading.next(8)
    assert step is not None
    sent = Sent([msgspec.Raw(b'{"id":"a","updatedAt":null}')], has_more=True, total_count=9, offset=0)
    reading.take(step, sent)
    assert "its rows do not come as they were asked for" == reading.given_up
    reading.take(step, sent)
    assert reading.refused(step, api_error(500, Headers(), b""))
    assert reading.next(8) is None
    assert reading.done


def test_the_second_stage_ends_while_it_opens(tmp_path: Path) -> None:
    """An incremental export that is broken off there is gone on with, and has every row as it is."""
    served = List([row(number, START + timedelta(seconds=number), START) for number in range(50)])
    exported(served, tmp_path, incremental=True)
    late = START + timedelta(days=1)
    served.rows = [row(0, START, late, title="new"), *served.rows[1:], row(50, late, late)]
    served.before = lambda query: 409 if query["sort"] == "updatedAt" else None
    with pytest.raises(ExportError, match="409"):
        exported(served, tmp_path, incremental=True, at_once=1)
    served.before = lambda query: None
    exported(served, tmp_path, incremental=True)
    found = {one["id"]: one.get("title") for one in written(tmp_path)}
    assert (51, "new") == (len(found), found["a0"])
