"""The parts of an export, where only chance would bring a test of the whole."""

from __future__ import annotations

import gzip
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pagertree_async import ConfigurationError, InvalidArgumentError, PaginationError
from pagertree_async.export import ExportError, ExportStateError, export, files, sinks
from pagertree_async.export.rows import CsvLines, JsonLines
from pagertree_async.export.spans import Span, UnorderedError
from pagertree_async.export.sqlite import SqliteSink
from pagertree_async.models import Model
from tests.modes import Mode, got

START = datetime(2026, 1, 1, tzinfo=UTC)


class Thing(Model, frozen=True):
    """A model with a secret."""

    secret_fields = frozenset({"password"})

    name: str | None = None
    tags: list[str] | None = None
    on: bool | None = None
    password: str | None = None


ROW = msgspec.Raw(b'{"id":"a","name":"x, \\"y\\"\\nz","tags":["t"],"on":true,"password":"p","odd":{"a":1}}')


def test_csv() -> None:
    """Columns by the model, what is not plain as JSON, unknown fields in ``extra``, no secret."""
    text = CsvLines(Thing).head() + CsvLines(Thing).lines([ROW, msgspec.Raw(b'{"id":"b"}')])
    assert b'id,name,tags,on,extra\r\na,"x, ""y""\nz","[""t""]",true,"{""odd"":{""a"":1}}"\r\nb,,,,\r\n' == text
    assert b"password" not in JsonLines(Thing).lines([ROW])


def test_sqlite(tmp_path: Path) -> None:
    """The same in a table; a row that comes again takes its own place."""
    sink = SqliteSink(tmp_path / "things.sqlite", "things", Thing, None)
    sink.write([ROW])
    sink.clear()
    sink.write([ROW, msgspec.Raw(b'{"id":"b"}')])
    mark = sink.mark()
    sink.close()
    sink = SqliteSink(tmp_path / "things.sqlite", "things", Thing, mark)
    sink.write([msgspec.Raw(b'{"id":"b","name":"new"}')])
    assert 2 == sink.mark().bytes
    sink.finish()
    connection = sqlite3.connect(tmp_path / "things.sqlite")
    assert [
        ("a", 'x, "y"\nz', '["t"]', 1, '{"odd":{"a":1}}'),
        ("b", "new", None, None, None),
    ] == connection.execute("SELECT * FROM things ORDER BY id").fetchall()
    connection.close()


def test_sqlite_that_does_not_fit(tmp_path: Path) -> None:
    """A database with fewer rows than were marked, or none at all, is refused; what the disk refuses is an OSError."""
    sink = SqliteSink(tmp_path / "things.sqlite", "things", Thing, None)
    sink.write([ROW])
    sink._connection.execute("PRAGMA query_only = 1")
    with pytest.raises(OSError, match="readonly"):
        sink.write([ROW])
    mark = sink.mark()
    sink.close()
    with pytest.raises(OSError, match="closed"):
        sink.mark()
    with pytest.raises(ExportStateError):
        SqliteSink(tmp_path / "things.sqlite", "things", Thing, files.Mark(bytes=mark.bytes + 1, checksum=0))
    (tmp_path / "things.sqlite.part").write_bytes(b"no database" * 100)
    with pytest.raises(ExportStateError):
        SqliteSink(tmp_path / "things.sqlite", "things", Thing, mark)


def test_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error names the extra that has it."""
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'pagertree-async\[zstd\]'"):
        sinks.opener("ndjson.zst", tmp_path)


def test_packed_pieces_are_one_file(tmp_path: Path) -> None:
    """What is packed piece by piece unpacks to all of it."""
    sink = sinks.opener("ndjson.gz", tmp_path)("things", Thing, None)
    sink.write([ROW])
    sink.mark()
    sink.mark()
    sink.write([ROW])
    sink.mark()
    sink.finish()
    assert 2 == gzip.decompress((tmp_path / "things.ndjson.gz").read_bytes()).count(b"\n")


def test_a_checkpoint_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk has no room for all of the new one, the old one stays."""
    path = tmp_path / "x.checkpoint"
    files.replace(path, b"old")

    class Full:
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def write(self, text: bytes) -> int:
            return 1

    monkeypatch.setattr(Path, "open", lambda *a, **k: Full())
    with pytest.raises(OSError, match="No space left"):
        files.replace(path, b"new")
    monkeypatch.undo()
    assert ["x.checkpoint"] == [one.name for one in tmp_path.iterdir()]
    assert b"old" == path.read_bytes()


def moments(*numbers: int) -> list[datetime | None]:
    return [START + timedelta(seconds=number) for number in numbers]


def rows(*numbers: int) -> tuple[list[str], list[datetime | None]]:
    return [f"a{number}" for number in numbers], moments(*numbers)


def test_rows_that_are_not_as_asked_for() -> None:
    """Out of order, before the window or without a time, they show that the server does not do as it was asked."""
    for wrong in (rows(2, 1), (["a"], [None]), (["a", "b"], [None, None]), (["a", "b"], [START, None]), rows(-1)):
        with pytest.raises(UnorderedError):
            Span(keyed=True, low=START).take(*wrong, 0, has_more=True)


def test_an_id_that_stands_twice_in_a_page_is_new_once() -> None:
    """And one that is known is not, wherever in the page it stands."""
    span = Span(keyed=False)
    assert [0, 1, 2] == [*(span.take(*rows(0, 1, 2), 0, has_more=True) or ())]
    assert [1, 4] == [*(span.take(*rows(2, 3, 0, 1, 5), 0, has_more=True) or ())]
    assert [2, 1] == [*(span.take(*rows(8, 9, 8), 0, has_more=True) or ())]


def test_what_lies_behind_a_window_is_none_of_its_business() -> None:
    """Rows of a window have to be in order; those after its end need not be, nor have a time at all."""
    span = Span(low=START, before=START + timedelta(seconds=10))
    for behind in (moments(10, 30, 20), [*moments(12), None]):
        assert 3 == span.reach([*moments(1, 2, 9), *behind])
    assert 0 == span.reach(moments(10))
    assert 0 == span.reach([])
    for wrong in (moments(1, 11, 9), [None, *moments(11)], moments(2, 1, 11)):
        with pytest.raises(UnorderedError):
            span.reach(wrong)


def test_a_page_that_does_not_join_is_asked_for_again_from_further_back() -> None:
    """Twice as far each time, until it joins."""
    span = Span(keyed=False)
    assert list(range(100)) == [*(span.take(*rows(*range(100)), 0, has_more=True) or ())]
    assert 90 == span.offset
    span.offset = 500
    assert span.take(*rows(*range(700, 800)), 500, has_more=True) is None
    assert (400, 200) == (span.offset, span.back)
    assert span.take(*rows(*range(600, 700)), 400, has_more=True) is None
    assert (200, 400) == (span.offset, span.back)
    assert list(range(10, 100)) == [*(span.take(*rows(*range(90, 190)), 200, has_more=False) or ())]
    assert span.done


def test_what_is_remembered_is_bounded() -> None:
    """Of a list that is read by offsets, only so many ids."""
    span = Span(keyed=False)
    new = 0
    for start in range(0, 20_000, 90):
        new += len(span.take(*rows(*range(start, start + 100)), start, has_more=True) or ())
    assert (10_000, 20_080) == (len(span.tail), new)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"format": "xml"}, "there is no format"),
        ({"filters": {"odd": {}}}, "there is a filter for 'odd', which is not exported"),
        ({"filters": {"alerts": {"odd": 1}}}, r"alerts.list\(\) has no argument 'odd'"),
        ({"since": datetime(2026, 1, 1)}, "since must have a time zone"),
    ],
)
def test_wrong_arguments(settings: dict[str, Any], said: str, tmp_path: Path) -> None:
    """What cannot be done is told before anything is made."""
    with pytest.raises(InvalidArgumentError, match=said):
        export(Mode("blocking").client(), tmp_path / "new", **settings)
    assert [] == list(tmp_path.iterdir())


def exported(answers: Any, folder: Path, **settings: Any) -> Any:
    """Export alerts from a function that answers."""
    from urllib.parse import parse_qs

    async def app(scope: Any, receive: Any, send: Any) -> None:
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        status, body = answers(query)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    mode = Mode("asyncio")
    client = mode.on(app, "a-token")

    async def scenario() -> Any:
        return await got(export(client, folder, only="alerts", **settings))

    return mode.run(scenario)


def page(query: dict[str, str], total: int, **row: Any) -> Any:
    offset, limit = int(query["offset"]), int(query["limit"])
    rows = [{"id": f"a{number}", **row} for number in range(offset, min(total, offset + limit))]
    return 200, {"data": rows, "has_more": offset + limit < total, "total_count": total}


@pytest.mark.parametrize("row", [{}, {"createdAt": "soon"}, {"createdAt": "2026-01-01T00:00:00"}])
def test_rows_without_a_time(row: dict[str, str], tmp_path: Path) -> None:
    """Lists whose rows have no creation time are read by offsets."""
    report = exported(lambda query: page(query, 950, **row), tmp_path)
    assert (950, ()) == (report.rows, report.warnings)


def test_a_server_that_refuses_to_sort(tmp_path: Path) -> None:
    """A 400 to the first page that sorts is answered by offsets without it; a 400 to that is an error."""
    report = exported(lambda query: (400, {}) if "sort" in query else page(query, 950), tmp_path)
    assert (950, ()) == (report.rows, report.warnings)
    with pytest.raises(ExportError, match="400"):
        exported(lambda query: (400, {}), tmp_path)


@pytest.mark.parametrize("empty", [True, False])
def test_a_list_without_end(empty: bool, tmp_path: Path) -> None:
    """The same page for ever, or an empty one that promises more, is an error."""
    rows = [] if empty else [{"id": f"a{number}"} for number in range(100)]
    with pytest.raises(ExportError) as caught:
        exported(lambda query: (200, {"data": rows, "has_more": True}), tmp_path)
    assert PaginationError is type(caught.value.__cause__)


def test_a_fault_is_raised_as_it_is(tmp_path: Path) -> None:
    """What is no failure of an export is not told as one."""

    def fails(step: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        exported(lambda query: page(query, 50), tmp_path, progress=fails)


def test_a_checkpoint_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full at the end is told."""
    monkeypatch.setattr(files.os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(ExportError, match="No space left on device"):
        exported(lambda query: page(query, 50), tmp_path)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """It is told with the resource's name."""
    (tmp_path / "alerts.ndjson.part").mkdir()
    with pytest.raises(ExportError, match="alerts could not be exported: .*Is a directory"):
        exported(lambda query: page(query, 50), tmp_path)


def test_a_file_that_cannot_be_opened_again(tmp_path: Path) -> None:
    """The same where an export is to be gone on with."""
    with pytest.raises(ExportError):
        exported(lambda query: page(query, 950) if query["offset"] != "540" else (409, {}), tmp_path)
    (tmp_path / "alerts.ndjson.part").unlink()
    (tmp_path / "alerts.ndjson.part").mkdir()
    with pytest.raises(ExportError, match="alerts could not be exported: .*Is a directory"):
        exported(lambda query: page(query, 50), tmp_path)


def test_lists_that_know_no_creation_time(mode: Mode, tmp_path: Path) -> None:
    """A list that cannot be sorted is read by offsets from the first page on."""
    from tests.core.mini import answer, client, query

    asked: list[dict[str, str]] = []

    def serve(request: Any) -> Any:
        asked.append(query(request))
        return answer(*page(query(request), 250))

    async def scenario() -> Any:
        return await got(export(client(mode, serve), tmp_path))

    assert 250 == mode.run(scenario).rows
    assert all(one.keys() == {"limit", "offset"} for one in asked)


def test_pages_that_were_asked_for_before_a_step_back_are_not_taken(tmp_path: Path) -> None:
    """Rows that go away in the middle make pages under way useless; all that stay are exported all the same."""
    gone: list[int] = []

    def answers(query: dict[str, str]) -> Any:
        if query["offset"] == "360":
            gone.extend(range(200))
        rows = [{"id": f"a{number}"} for number in range(2000) if number not in gone]
        offset, limit = int(query["offset"]), int(query["limit"])
        more = offset + limit < len(rows)
        return 200, {"data": rows[offset : offset + limit], "has_more": more, "total_count": len(rows)}

    report = exported(answers, tmp_path, at_once=6)
    names = {json.loads(line)["id"] for line in (tmp_path / "alerts.ndjson").read_bytes().splitlines()}
    assert {f"a{number}" for number in range(200, 2000)} <= names
    assert len(names) == report.rows


def test_an_answer_that_comes_after_the_end_is_not_taken(tmp_path: Path) -> None:
    """A thread that could not be ended in time does nothing to files that were closed."""
    import threading
    import time

    from pagertree_async.calling import BlockingCrew
    from tests.core.mini import answer, client, query

    let = threading.Event()

    def serve(request: Any) -> Any:
        if query(request)["offset"] == "180":
            let.wait(5)
        if query(request)["offset"] == "270":
            return answer(403)
        return answer(*page(query(request), 950))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BlockingCrew, "PATIENCE", 0.05)
        with pytest.raises(ExportError, match="403"):
            export(client(Mode("blocking"), serve), tmp_path, at_once=4)
    before = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    let.set()
    while any(thread.name == "pagertree_async" for thread in threading.enumerate()):
        time.sleep(0.01)
    assert before == [path.read_bytes() for path in sorted(tmp_path.iterdir())]
