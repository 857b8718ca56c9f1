"""Incremental exports: what was created or updated since the last one takes its place in the finished file."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async import InvalidArgumentError
from pagertree_async.export import ExportError, ExportStateError, export, windows
from tests.export.lists import START, List, Query, Row, exported, ids, iso, row, rows, written
from tests.modes import Mode

DAY = timedelta(days=1)


def contents(folder: Path) -> dict[str, Row]:
    """The rows of an export by their ids, each of which is there once."""
    found = written(folder)
    assert len(found) == len({one["id"] for one in found})
    return {one["id"]: one for one in found}


def by_id(served: List) -> dict[str, Row]:
    return {one["id"]: one for one in served.rows}


def change(served: List, number: int, moment: Any, **values: Any) -> None:
    """Change a row, as somebody does who works with it."""
    place = next(place for place, one in enumerate(served.rows) if one["id"] == f"a{number}")
    served.rows[place] = served.rows[place] | {"updatedAt": iso(moment)} | values


def test_what_is_new_and_what_was_changed(mode: Mode, tmp_path: Path) -> None:
    """The first run reads everything, each other one what was created and updated since, a little more to be safe."""
    served = List(rows(3000))
    first = exported(served, tmp_path, mode.name, incremental=True)
    assert (3000, by_id(served)) == (first.rows, contents(tmp_path))
    assert ["alerts.complete", "alerts.ndjson"] == sorted(path.name for path in tmp_path.iterdir())
    served.rows += [row(number, START + DAY + timedelta(seconds=number)) for number in range(3000, 3150)]
    for number in (5, 1234, 3010):
        change(served, number, START + DAY + timedelta(hours=1, seconds=number), title="changed")
    served.asked.clear()
    second = exported(served, tmp_path, mode.name, incremental=True)
    assert ((), by_id(served)) == (second.warnings, contents(tmp_path))
    assert 150 + 2 + 301 == second.rows  # 301 rows are of the five minutes up to the newest of the first run
    assert len(served.asked) < 25
    served.asked.clear()
    assert (by_id(served), ()) == (by_id(served), exported(served, tmp_path, mode.name, incremental=True).warnings)
    assert by_id(served) == contents(tmp_path)
    change(served, 77, START + 2 * DAY, title="again")
    exported(served, tmp_path, mode.name, incremental=True)
    assert by_id(served) == contents(tmp_path)


def test_rows_that_were_deleted_stay(tmp_path: Path) -> None:
    """Nobody is told of them: the file has them still."""
    served = List(rows(300))
    exported(served, tmp_path, incremental=True)
    del served.rows[10]
    exported(served, tmp_path, incremental=True)
    assert 300 == len(contents(tmp_path))


def test_a_list_that_cannot_be_asked_for_changes(tmp_path: Path) -> None:
    """Where the server refuses to tell what was updated since, or takes no notice, that is said."""
    served = List(rows(900))
    exported(served, tmp_path, incremental=True)
    change(served, 5, START + DAY, title="changed")
    served.rows.append(row(900, START + DAY))
    served.before = lambda query: 400 if "updatedAt" in query else None
    report = exported(served, tmp_path, incremental=True)
    assert report.warnings[0].startswith("alerts.list() cannot be asked for what was updated (400 ")
    assert report.warnings[0].endswith("): rows that are older are as they were")
    served.before = lambda query: None
    served.orders = {"createdAt"}
    served.rows.append(row(901, START + 2 * DAY))
    report = exported(served, tmp_path, incremental=True)
    (warning,) = report.warnings
    assert warning.startswith("alerts.list() cannot be asked for what was updated (its rows do not come as they were ")
    assert ("changed" in str(contents(tmp_path)["a5"]), 902) == (False, len(contents(tmp_path)))


def test_a_list_that_cannot_be_asked_for_what_is_new(tmp_path: Path) -> None:
    """Where rows cannot be had in the order of creation, each run reads all of them, whole by itself."""
    served = List(rows(900))
    served.orders = set()
    exported(served, tmp_path, incremental=True)
    change(served, 5, START + DAY, title="changed")
    served.rows.append(row(900, START + DAY))
    report = exported(served, tmp_path, incremental=True)
    assert ((), 901, by_id(served)) == (report.warnings, report.rows, contents(tmp_path))
    served.rows = [{"id": f"b{number}"} for number in range(250)]
    report = exported(served, tmp_path / "timeless", incremental=True)
    assert ((), ["alerts.ndjson"]) == (report.warnings, [path.name for path in (tmp_path / "timeless").iterdir()])


def test_a_list_without_such_filters(mode: Mode, tmp_path: Path) -> None:
    """A list that takes no such filters is read as a whole each time."""
    from tests.core.mini import answer, client, query

    count = [50]

    def serve(request: Any) -> Any:
        offset, limit = int(query(request)["offset"]), int(query(request)["limit"])
        data = [{"id": f"a{number}"} for number in range(offset, min(count[0], offset + limit))]
        return answer(200, {"data": data, "has_more": offset + limit < count[0], "total_count": count[0]})

    async def scenario() -> Any:
        from tests.modes import got

        return await got(export(client(mode, serve), tmp_path, incremental=True))

    assert 50 == mode.run(scenario).rows
    count[0] = 250
    report = mode.run(scenario)
    assert (250, (), 250) == (report.rows, report.warnings, len(contents(tmp_path)))


def test_between_bounds_and_filters(tmp_path: Path) -> None:
    """The bound is kept to in each run; what was created before it is not brought in by having been changed."""
    served = List(rows(900))
    settings: dict[str, Any] = {"incremental": True, "since": START + timedelta(seconds=500)}
    assert 400 == exported(served, tmp_path, **settings).rows
    change(served, 5, START + DAY, title="changed")
    change(served, 505, START + DAY, title="changed")
    assert () == exported(served, tmp_path, **settings).warnings
    assert (400, "changed") == (len(contents(tmp_path)), contents(tmp_path)["a505"]["title"])
    with pytest.raises(ExportStateError) as caught:
        exported(served, tmp_path, incremental=True, filters={"alerts": {"status": "open"}})
    said = 'since was 2026-01-01T00:08:20+00:00, and is not given; filters was {}, and is {"status":"open"}'
    assert f"{tmp_path / 'alerts.complete'} is of another export: {said}" == caught.value.message
    with pytest.raises(InvalidArgumentError, match="an incremental export has no end"):
        exported(served, tmp_path, incremental=True, until=START)


def test_everything_is_read_where_the_file_is_gone(tmp_path: Path) -> None:
    """Without the file, or after an export that was not incremental, or of an empty list, the next run begins anew."""
    served = List(rows(900))
    exported(served, tmp_path, incremental=True)
    (tmp_path / "alerts.ndjson").unlink()
    assert 900 == exported(served, tmp_path, incremental=True).rows
    exported(served, tmp_path, until=START + timedelta(seconds=10))
    assert ["alerts.ndjson"] == [path.name for path in tmp_path.iterdir()]
    assert (900, 900) == (exported(served, tmp_path, incremental=True).rows, len(contents(tmp_path)))
    empty = List([])
    for _ in range(2):
        assert 0 == exported(empty, tmp_path / "empty", incremental=True).rows
    assert ["alerts.ndjson"] == [path.name for path in (tmp_path / "empty").iterdir()]


def test_a_state_that_is_torn(tmp_path: Path) -> None:
    """It is refused, and nothing is overwritten."""
    served = List(rows(90))
    exported(served, tmp_path, incremental=True)
    state = tmp_path / "alerts.complete"
    state.write_bytes(state.read_bytes()[:-9])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ExportStateError, match="alerts.complete is torn"):
        exported(served, tmp_path, incremental=True)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_list_whose_newest_row_is_not_told(tmp_path: Path) -> None:
    """Where the server refuses to sort from the last to the first, each run reads everything; a failure is one."""
    served = List(rows(900))
    served.before = lambda query: 400 if query.get("sort", "").startswith("-") else None
    for _ in range(2):
        assert 900 == exported(served, tmp_path, incremental=True).rows
    assert ["alerts.ndjson"] == [path.name for path in tmp_path.iterdir()]
    served.before = lambda query: 409 if query.get("sort", "").startswith("-") else None
    with pytest.raises(ExportError, match="409"):
        exported(served, tmp_path, incremental=True)


@pytest.mark.parametrize("form", ["ndjson", "sqlite"])
def test_an_incremental_export_that_broke_off(form: str, tmp_path: Path) -> None:
    """It is gone on with at the stage it was in, and begins where it began; the finished file stays until then."""
    served = List(rows(900))
    exported(served, tmp_path, incremental=True, format=form)
    served.rows += [row(number, START + DAY + timedelta(seconds=number)) for number in range(900, 1500)]
    for number in range(0, 700, 2):
        change(served, number, START + 2 * DAY + timedelta(seconds=number), title="changed")
    whole = (tmp_path / f"alerts.{form}").read_bytes()
    served.before = lambda query: 409 if len(served.asked) > 6 else None
    broke_off = 0
    report = None
    while report is None:
        served.asked.clear()
        assert whole == (tmp_path / f"alerts.{form}").read_bytes()
        try:
            report = exported(served, tmp_path, incremental=True, at_once=1, format=form)
        except ExportError:
            broke_off += 1
    assert ((), True) == (report.warnings, broke_off > 1)
    if form == "ndjson":
        assert by_id(served) == contents(tmp_path)
    else:
        import sqlite3

        connection = sqlite3.connect(tmp_path / "alerts.sqlite")
        found = dict(connection.execute("SELECT id, title FROM alerts"))
        connection.close()
        assert {one["id"]: one.get("title") for one in served.rows} == found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), at_once=st.integers(1, 6), nulls_last=st.booleans())
def test_the_file_follows(seed: int, at_once: int, nulls_last: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Rows are created and changed at every request: after a last run in quiet, the file is as the list."""
    chance = random.Random(seed)
    served = List(rows(800))
    served.nulls_last = nulls_last
    now = [START + DAY]
    folder = tmp_path_factory.mktemp("follows")

    def stir(query: Query) -> None:
        now[0] += timedelta(milliseconds=chance.randrange(60_000))
        for _ in range(chance.randrange(3)):
            change(served, chance.randrange(len(served.rows)), now[0], title=chance.random())
        if chance.random() < 0.5:
            served.rows.append(row(len(served.rows), now[0]))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(windows, "WINDOW_ROWS", 200)
        served.before = stir
        for _ in range(3):
            assert () == exported(served, folder, at_once=at_once, incremental=True).warnings
            contents(folder)
        served.before = lambda query: None
        exported(served, folder, at_once=at_once, incremental=True)
    assert by_id(served) == json.loads(json.dumps(contents(folder)))
    assert ids(served.rows) == ids(written(folder))
