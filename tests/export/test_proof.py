"""What is proved of an export, and what is said of it when it cannot be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pagertree_async import InvalidResponseError
from pagertree_async.export import ExportError, windows
from pagertree_async.retry import RetryPolicy
from tests.export.lists import START, List, Query, Row, exported, ids, iso, row, rows, written
from tests.modes import Mode

PAGE, COUNT = "100", "1"


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of a few pages, so that a short list has several."""
    monkeypatch.setattr(windows, "WINDOW_ROWS", 500)


def test_each_window_is_held_against_its_count(tmp_path: Path) -> None:
    """The windows cover all of the time, and each is counted: what is before its end, less what is before it."""
    served = List(rows(2000))
    report = exported(served, tmp_path, at_once=1)
    edges = [query["createdAt"] for query in served.asked if query.get("ops") == "createdAt:lt"]
    ends, beginnings = edges[0::2], edges[1::2]
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)
    assert ends[:-1] == beginnings
    assert (4, iso(START + timedelta(seconds=1999, milliseconds=1))) == (len(ends), ends[-1])


@pytest.mark.parametrize("at_once", [1, 6])
def test_rows_that_are_left_out_once_are_found(at_once: int, tmp_path: Path) -> None:
    """A window with fewer rows than it has is read again: rows that a page lacked are there after all, each once."""
    served = List(rows(2000))
    missed: set[str] = set()

    def shown(query: Query, one: Row) -> bool:
        if one["id"] in missed or int(one["id"][1:]) % 97 != 50 or query["limit"] != PAGE:
            return True
        missed.add(one["id"])
        return False

    served.shown = shown
    report = exported(served, tmp_path, at_once=at_once)
    assert len(missed) > 15
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


def test_rows_that_are_never_shown_are_told(tmp_path: Path) -> None:
    """Where a window is short when it was read again as well, the warning says which, and by how much."""
    served = List(rows(2000))
    served.shown = lambda query, one: one["id"] not in {"a700", "a710"}
    report = exported(served, tmp_path, at_once=1)
    assert 1998 == report.rows
    (warning,) = report.warnings
    assert warning.startswith("alerts.list() from 2026-01-01T00:0")
    assert " rows, also when they were read again" in warning


def test_an_end_that_is_none(tmp_path: Path) -> None:
    """A page of a window that says that it is the last, and is not, is read again: once is a slip, twice is told."""
    served = List(rows(2000))
    served.lies = lambda query: query["limit"] == PAGE and len(served.asked) == 7
    report = exported(served, tmp_path / "once", at_once=1)
    assert (ids(served.rows), ()) == (ids(written(tmp_path / "once")), report.warnings)
    served.lies = lambda query: query["limit"] == PAGE and "createdAt" in query
    report = exported(served, tmp_path / "always", at_once=1)
    assert (199, "alerts.list() to 2026-01-01T00:33:19.001+00:00 ended after 199 of 2000 rows, ") == (
        report.rows,
        report.warnings[0].removesuffix("also when they were read again"),
    )


def test_an_end_of_offsets_that_is_none(tmp_path: Path) -> None:
    """The same by offsets, where the end is read again."""
    served = List(rows(2000))
    served.orders = set()
    served.lies = lambda query: query["offset"] == "540" and sum(one["offset"] == "540" for one in served.asked) == 1
    report = exported(served, tmp_path / "once", at_once=1)
    assert (ids(served.rows), ()) == (ids(written(tmp_path / "once")), report.warnings)
    served.lies = lambda query: int(query["offset"]) > 500
    report = exported(served, tmp_path / "always", at_once=1)
    assert (720, ("alerts.list() ended after 720 of 2000 rows, also when its end was read again",)) == (
        report.rows,
        report.warnings,
    )


def test_a_server_that_does_not_count(tmp_path: Path) -> None:
    """Without totals, nothing is proved, which is said once; a list of one page is whole by itself."""
    served = List(rows(2000))
    served.totals = False
    report = exported(served, tmp_path, at_once=4)
    assert 2000 == report.rows
    assert (
        "it cannot be proved that alerts.list() is whole: the server does not say how many rows there are",
    ) == report.warnings
    served.orders = set()
    assert report.warnings == exported(served, tmp_path, at_once=4).warnings
    served.rows = rows(50)
    assert () == exported(served, tmp_path).warnings
    served.orders = {"createdAt"}
    assert () == exported(served, tmp_path).warnings


def test_a_server_that_does_not_count_by_time(tmp_path: Path) -> None:
    """One that refuses the comparison that counts is read all the same, and nothing is said to be proved."""
    served = List(rows(2000))
    served.before = lambda query: 422 if "lt" in query.get("ops", "") else None
    report = exported(served, tmp_path, at_once=4)
    assert ids(served.rows) == ids(written(tmp_path))
    (warning,) = report.warnings
    assert warning.startswith(
        "it cannot be proved that alerts.list() is whole: the server does not count them by time: "
    )


def test_a_count_that_fails_is_a_failure(tmp_path: Path) -> None:
    """What is no refusal of the comparison ends the export, which can be gone on with."""
    served = List(rows(2000))
    served.before = lambda query: 409 if "lt" in query.get("ops", "") else None
    with pytest.raises(ExportError, match="409"):
        exported(served, tmp_path, at_once=1)
    served.before = lambda query: None
    report = exported(served, tmp_path, at_once=1)
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


@pytest.mark.parametrize("orders", [True, False])
@pytest.mark.parametrize("at_once", [1, 5])
def test_between_two_moments(orders: bool, at_once: int, tmp_path: Path) -> None:
    """With since and until, below the millisecond as well, just those rows are there, and that is proved either way."""
    served = List(rows(3000))
    if not orders:
        served.orders = set()
    low, high = START + timedelta(seconds=300, microseconds=1), START + timedelta(seconds=2500, microseconds=1)
    report = exported(served, tmp_path, at_once=at_once, since=low, until=high)
    assert ([f"a{number}" for number in sorted(map(str, range(301, 2501)))], ()) == (
        ids(written(tmp_path)),
        report.warnings,
    )


@pytest.mark.parametrize("count", [50, 1500])
def test_until_after_the_newest(count: int, tmp_path: Path) -> None:
    """An end that is still to come is the newest row's; one within the first page is in one answer."""
    served = List(rows(count))
    report = exported(served, tmp_path / "a", until=START + timedelta(days=9))
    assert (count, ()) == (report.rows, report.warnings)
    report = exported(served, tmp_path / "b", until=START + timedelta(seconds=30))
    assert (30, ()) == (report.rows, report.warnings)


def test_offsets_that_end_short_of_the_total(tmp_path: Path) -> None:
    """Between two moments by offsets, all rows of the list are held against its total, not only those that are kept."""
    served = List(rows(950))
    served.orders = set()
    served.shown = lambda query, one: one["id"] != "a700"
    report = exported(served, tmp_path, since=START + timedelta(seconds=900))
    assert 50 == report.rows
    assert ("alerts.list() ended after 949 of 950 rows, also when its end was read again",) == report.warnings


def test_rows_without_a_time_between_two_moments(tmp_path: Path) -> None:
    """Rows that do not say when they were created are there, which is told once, however often it was interrupted."""
    served = List([{"id": f"a{number}"} for number in range(250)])
    served.orders = set()
    served.before = lambda query: 409 if query["offset"] == "180" else None
    with pytest.raises(ExportError):
        exported(served, tmp_path, since=START, at_once=1)
    served.before = lambda query: None
    report = exported(served, tmp_path, since=START)
    assert 250 == report.rows
    assert (
        "alerts.list() has rows that do not say when they were created: they are there, whatever the time",
    ) == report.warnings
    assert () == exported(served, tmp_path).warnings


@pytest.mark.parametrize("fault", ["unsorted", "refused", "beyond"])
@pytest.mark.parametrize("at_once", [1, 5])
def test_a_newest_row_that_is_not_to_be_had(fault: str, at_once: int, tmp_path: Path) -> None:
    """A server that cannot sort from the last to the first, or does not tell what comes later, is read by time."""
    served = List(rows(2500))
    settings: dict[str, Any] = {}

    def before(query: Query) -> int | None:
        if query.get("sort", "").startswith("-"):
            if fault == "refused":
                return 400
            if fault == "unsorted":
                query["sort"] = query["sort"][1:]
        return 400 if fault == "beyond" and query["limit"] == COUNT and "gte" in query.get("ops", "") else None

    served.before = before
    if fault == "beyond":
        settings["until"] = START + timedelta(seconds=2000)
    report = exported(served, tmp_path, at_once=at_once, **settings)
    wanted = [one["id"] for one in served.rows[: 2000 if fault == "beyond" else 2500]]
    assert (sorted(wanted), ()) == (ids(written(tmp_path)), report.warnings)


def test_an_end_that_is_not_counted(tmp_path: Path) -> None:
    """Where the server does not say how many rows come after the end, the list is read in one window, unproved."""
    served = List(rows(2500))
    served.totals = False
    report = exported(served, tmp_path, until=START + timedelta(seconds=2000), at_once=5)
    assert (2000, 1) == (report.rows, len(report.warnings))


def test_a_row_that_goes_away_unseen(tmp_path: Path) -> None:
    """By offsets, a row that was never shown, and is deleted before rows are counted, is nobody's loss."""
    served = List(rows(950))
    served.orders = set()
    served.shown = lambda query, one: one["id"] != "a700"

    def before(query: Query) -> None:
        if query["limit"] == COUNT and len(served.asked) > 3:
            served.rows = [one for one in served.rows if one["id"] != "a700"]

    served.before = before
    assert (949, ()) == ((report := exported(served, tmp_path)).rows, report.warnings)


@pytest.mark.parametrize("row", [{"name": "no id"}, {"id": 5}, ["no", "object"]])
@pytest.mark.parametrize("place", [50, 500])
def test_rows_that_cannot_be_told_apart(row: Any, place: int, mode: Mode, tmp_path: Path) -> None:
    """A row without an id that is a text is not what the API is known to send."""
    served = List(rows(950))
    served.rows[place] = row

    def selected(query: Query) -> list[Row]:
        return served.rows

    served.selected = selected
    with pytest.raises(
        ExportError, match=r"alerts could not be exported: .*a row of alerts.list\(\) has no id"
    ) as caught:
        exported(served, tmp_path, mode.name)
    assert InvalidResponseError is type(caught.value.__cause__)


@pytest.mark.parametrize("last", [True, False])
def test_rows_without_a_moment(last: bool, tmp_path: Path) -> None:
    """Where some rows do not say when they were created, all are read by offsets, wherever the server has those."""
    served = List([*rows(450), {"id": "odd"}])
    served.nulls_last = last
    report = exported(served, tmp_path)
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


@pytest.mark.parametrize("status", [400, 504])
def test_a_server_that_does_not_go_deep(status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that refuses to tell the row in the middle is read in one window."""
    served = List(rows(2500))
    refused: list[Query] = []

    def before(query: Query) -> int | None:
        if query["limit"] == COUNT and int(query["offset"]) > 0:
            refused.append(query)
            return status
        return None

    served.before = before
    monkeypatch.setattr(windows, "BRIEFLY", RetryPolicy(attempts=1))
    report = exported(served, tmp_path, at_once=5)
    assert refused
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


def test_a_filter_that_is_left_unheard(tmp_path: Path) -> None:
    """A server that sorts, but goes on from the beginning, is found out before anything is written."""
    served = List(rows(950))
    served.before = lambda query: query.pop("createdAt", None) and None
    report = exported(served, tmp_path, at_once=1)
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


@pytest.mark.parametrize("at_once", [1, 6])
def test_an_order_that_is_lost_in_the_middle(at_once: int, tmp_path: Path) -> None:
    """Where the order is lost after rows were written, they are forgotten, and all is read by offsets."""
    served = List(rows(1500))
    asked: list[Query] = []

    def before(query: Query) -> int | None:
        asked.append(query)
        if len(asked) > 9:
            query.pop("createdAt", None)
        return None

    served.before = before
    report = exported(served, tmp_path, at_once=at_once)
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


def test_ties_beyond_a_window(tmp_path: Path) -> None:
    """Many rows of one moment are one window, however many; each is there once."""
    served = List([row(number, START) for number in range(1300)] + [row(2000, START + timedelta(seconds=1))])
    report = exported(served, tmp_path, at_once=4)
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)
