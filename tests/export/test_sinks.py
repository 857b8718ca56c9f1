"""What is given to a sink comes out of it: any JSON, in every format."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow.dataset
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async import ConfigurationError, InvalidArgumentError
from pagertree_async.export import FORMATS, STREAM_FORMATS, ExportStateError, sinks
from pagertree_async.export import batches as batching
from pagertree_async.export.rows import JsonLines
from pagertree_async.export.streams import StreamSink
from tests.export.sinkrows import (
    KINDS,
    Plain,
    Row,
    Thing,
    alike,
    batches,
    export,
    finish,
    opened,
    raw,
    records,
    sent_again,
)

THING: Row = {
    "id": "a",
    "name": 'x, "y"\nz',
    "colour": "green",
    "number": 2**63 - 1,
    "share": 0.1,
    "on": True,
    "madeAt": "2018-04-27T00:02:50.419Z",
    "seen": 1524787370,
    "tags": ["t", ""],
    "meta": {"a": [1]},
    "either": "one",
    "password": "hush",
    "odd": {"a": 1},
}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25, deadline=None)
@given(
    pages=st.lists(batches(), min_size=1, max_size=3),
    model=st.sampled_from([Plain, Thing]),
    ascii=st.booleans(),
    indent=st.sampled_from([None, 1]),
)
def test_what_is_sent_comes_out(
    form: str, pages: list[list[Row]], model: type[Plain], ascii: bool, indent: int | None
) -> None:
    """Any JSON in any field, known or not, is what it was; of rows with the same id a database has the last."""
    rows = [row for page in pages for row in page]
    if form not in {"sqlite", "duckdb"}:
        rows = [*{row["id"]: row for row in rows}.values()]
        pages = [rows[:3], rows[3:]]
    with tempfile.TemporaryDirectory() as folder:
        sink = opened(form, Path(folder), model=model)
        if model is Plain:
            pages = [
                [{name: value for name, value in row.items() if name != "password"} for row in page] for page in pages
            ]
        finish(sink, [[raw(row, ensure_ascii=ascii, indent=indent) for row in page] for page in pages])
        found = records(form, sink.path)
    assert alike(form, rows) == alike(form, (sent_again(form, record) for record in found))
    assert len({row["id"] for row in rows}) == len(found)


@pytest.mark.parametrize("form", FORMATS)
def test_files_of_one_export_are_written_by_several_threads(form: str, tmp_path: Path) -> None:
    """What is written to one file has nothing to do with what another thread writes to another at that moment."""
    open_ = sinks.opener(form, tmp_path)
    pages = [[raw({"id": f"{page}-{row}", "name": "x" * 500}) for row in range(100)] for page in range(20)]

    def written(name: str) -> list[str]:
        sink = open_(name, Thing, None)
        finish(sink, pages)
        return [row["id"] for row in records(form, sink.path, name)]

    expected = [f"{page}-{row}" for page in range(20) for row in range(100)]
    with ThreadPoolExecutor(4) as threads:
        assert [sorted(expected)] * 4 == [*map(sorted, threads.map(written, ["a", "b", "c", "d"]))]


@pytest.mark.parametrize("form", FORMATS)
def test_where_values_go(form: str, tmp_path: Path) -> None:
    """What fits its column is there, in the column's type; what does not fit, and what has none, is in ``extra``."""
    misfits: Row = {
        "id": "b",
        "name": 1,
        "number": 2**63,
        "share": 2**53 + 1,
        "on": "yes",
        "madeAt": True,
        "seen": 1e300,
        "password": 3,
    }
    (first, second) = records(form, export(form, tmp_path, [THING, misfits]))
    expected: Row = {name: value for name, value in misfits.items() if name != "password"}
    if form.startswith("ndjson"):
        assert ({name: value for name, value in THING.items() if name != "password"}, expected) == (first, second)
        return
    assert [*KINDS] == [*first] == [*second]
    assert ({"odd": {"a": 1}}, expected) == (json.loads(first["extra"]), {"id": "b"} | json.loads(second["extra"]))
    assert {None, ""} >= {second[name] for name in KINDS if name not in {"id", "extra"}}


def test_columns_of_sqlite(tmp_path: Path) -> None:
    """Declared types, booleans as numbers, moments as ISO 8601 in UTC where they were seconds, JSON as it was sent."""
    with closing(sqlite3.connect(export("sqlite", tmp_path, [THING]))) as connection:
        declared = {name: (kind, key) for _, name, kind, _, _, key in connection.execute("PRAGMA table_info(things)")}
        row = connection.execute("SELECT * FROM things").fetchone()
    texts = dict.fromkeys(KINDS, ("TEXT", 0))
    assert {
        **texts,
        "id": ("TEXT", 1),
        "number": ("INTEGER", 0),
        "share": ("REAL", 0),
        "on": ("INTEGER", 0),
    } == declared
    assert (
        ("a", 'x, "y"\nz', "green", 2**63 - 1, 0.1, 1, "2018-04-27T00:02:50.419Z", "2018-04-27T00:02:50Z")
        + ('["t",""]', '{"a":[1]}', '"one"', '{"odd":{"a":1}}')
    ) == row


def test_columns_of_csv(tmp_path: Path) -> None:
    """The same, with true and false in words, nothing for null, and no sign before what looks like a formula."""
    rows = [THING, {"id": "=1+1", "name": "@SUM(A1)", "on": False, "seen": -1.5}]
    assert (
        "id,name,colour,number,share,on,madeAt,seen,tags,meta,either,extra\r\n"
        'a,"x, ""y""\nz",green,9223372036854775807,0.1,true,2018-04-27T00:02:50.419Z,2018-04-27T00:02:50Z,'
        '"[""t"",""""]","{""a"":[1]}","""one""","{""odd"":{""a"":1}}"\r\n'
        "=1+1,@SUM(A1),,,,false,,1969-12-31T23:59:58.500000Z,,,,\r\n"
    ) == export("csv", tmp_path, rows).read_bytes().decode()


def test_columns_of_parquet(tmp_path: Path) -> None:
    """Types of their own; several readers find the same rows in the folder."""
    path = export("parquet", tmp_path, [THING], [{"id": "b"}])
    schema = parquet.ParquetFile(path / "part-00000.parquet").schema_arrow
    assert {
        **dict.fromkeys(KINDS, "string"),
        "number": "int64",
        "share": "double",
        "on": "bool",
        "madeAt": "timestamp[us, tz=UTC]",
        "seen": "timestamp[us, tz=UTC]",
        "tags": "list<element: string>",
    } == {field.name: str(field.type) for field in schema}
    assert [["t", ""], None] == pyarrow.dataset.dataset(path).to_table().column("tags").to_pylist()
    with duckdb.connect() as database:
        found = database.execute("SELECT id, epoch_ms(madeAt) FROM read_parquet(?)", [str(path / "*.parquet")])
        assert [("a", 1524787370419), ("b", None)] == found.fetchall()
    assert "ZSTD" == parquet.ParquetFile(path / "part-00000.parquet").metadata.row_group(0).column(0).compression


@pytest.mark.parametrize("alone", [False, True])
def test_columns_of_duckdb(alone: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Types of their own, the same with pyarrow and without."""
    if alone:
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with duckdb.connect(export("duckdb", tmp_path, [THING, {"id": "b"}])) as database:
        declared = {name: kind for name, kind, *_ in database.execute("DESCRIBE things").fetchall()}
        found = database.execute(
            'SELECT id, number, "on", epoch_us(madeAt), epoch_us(seen), tags FROM things'
        ).fetchall()
    assert {
        **dict.fromkeys(KINDS, "VARCHAR"),
        "number": "BIGINT",
        "share": "DOUBLE",
        "on": "BOOLEAN",
        "madeAt": "TIMESTAMP WITH TIME ZONE",
        "seen": "TIMESTAMP WITH TIME ZONE",
        "tags": "VARCHAR[]",
    } == declared
    assert [
        ("a", 2**63 - 1, True, 1524787370419000, 1524787370000000, ["t", ""]),
        ("b", None, None, None, None, None),
    ] == found


@settings(max_examples=15, deadline=None)
@given(rows=batches())
def test_duckdb_alone_has_the_same(rows: list[Row]) -> None:
    """Without pyarrow a DuckDB database is just what it is with it."""
    found: list[list[Row]] = []
    for made in (batching.ArrowBatches, batching.JsonBatches):
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
            patched.setattr("pagertree_async.export.duckdb.batches", made)
            found.append(records("duckdb", export("duckdb", Path(folder), rows)))
    assert found[0] == found[1]


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_at_all(form: str, tmp_path: Path) -> None:
    """An empty list is a file that a reader finds empty."""
    assert [] == records(form, export(form, tmp_path))
    assert [f"things.{form}"] == os.listdir(tmp_path)


@pytest.mark.parametrize("form", FORMATS)
def test_a_later_export_takes_the_place_of_an_earlier_one(form: str, tmp_path: Path) -> None:
    """Whole, with nothing left of it, and the size is told."""
    export(form, tmp_path, [{"id": "a"}, {"id": "b"}])
    sink = opened(form, tmp_path)
    assert 2 == len(records(form, sink.path))
    assert sink.write([raw({"id": "c"})]) > 0
    sink.finish()
    assert ["c"] == [record["id"] for record in records(form, sink.path)]
    files = [*sink.path.iterdir()] if sink.path.is_dir() else [sink.path]
    assert sum(file.stat().st_size for file in files) == sink.bytes > 0
    assert [f"things.{form}"] == os.listdir(tmp_path)


def test_what_a_crash_left_of_an_earlier_database(tmp_path: Path) -> None:
    """Changes to it that somebody did not bring to their end are not done to the one that takes its place."""
    for form, left in ("sqlite", ("-journal", "-wal", "-shm")), ("duckdb", (".wal",)):
        path = export(form, tmp_path, [{"id": "a"}])
        sink = opened(form, tmp_path)
        for ending in left:
            path.with_name(path.name + ending).write_bytes(b"changes" * 1000)
        finish(sink, [[raw({"id": "b"})]])
        assert ["b"] == [record["id"] for record in records(form, path)]
    assert ["things.duckdb", "things.sqlite"] == sorted(os.listdir(tmp_path))


@pytest.mark.parametrize("form", FORMATS)
def test_forgetting_what_was_written(form: str, tmp_path: Path) -> None:
    """After ``clear`` only what is written later counts, marked before or not."""
    sink = opened(form, tmp_path)
    sink.write([raw({"id": "a"})], 0)
    sink.seal(0)
    sink.mark()
    sink.write([raw({"id": "b"})], 1)
    sink.clear()
    finish(sink, [[raw({"id": "c"})]])
    assert ["c"] == [record["id"] for record in records(form, sink.path)]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Half a character, bytes that are none, numbers out of range: the export goes on, and what was sent is kept."""
    rows = [
        msgspec.Raw(b'{"id":"a","name":"x\\ud83d y","odd":1e999}'),
        msgspec.Raw(b'{"id":"b","name":"\xff","share":1e999,"meta":{"a": "\xff"}}'),
        msgspec.Raw(b'{"id":"c","\\ud83d odd":1,"number":7}'),
    ]
    for form in ("csv", "sqlite", "parquet", "duckdb"):
        sink = opened(form, tmp_path)
        finish(sink, [rows])
        found = {record["id"]: record for record in records(form, sink.path)}
        assert r"\ud83d" in found["a"]["extra"]
        assert ('{"a":"\ufffd"}', '{"name":"\ufffd","share":1e999}') == (found["b"]["meta"], found["b"]["extra"])
        assert ("7", '{"? odd":1}') == (str(found["c"]["number"]), found["c"]["extra"])


@pytest.mark.parametrize("form", ["sqlite", "duckdb", "csv", "parquet"])
def test_fields_that_are_new(form: str, tmp_path: Path) -> None:
    """Fields that have no column are in ``extra`` on the first page as on the tenth, nulls as well, however many."""
    rows = [
        [{"id": f"{page}", "new": page, "none": None, **{f"f{page}-{n}": n for n in range(30)}}] for page in range(10)
    ]
    found = records(form, export(form, tmp_path, *rows))
    assert {str(page): {"new": page, "none": None, **{f"f{page}-{n}": n for n in range(30)}} for page in range(10)} == {
        record["id"]: json.loads(record["extra"]) for record in found
    }


@pytest.mark.parametrize("form", ["duckdb", "parquet"])
@pytest.mark.parametrize(
    ("sent", "micros"),
    [
        ("2018-04-27T02:02:50+02:00", 1524787370000000),
        ("2018-04-27t00:02:50z", 1524787370000000),
        ("2018-04-27 00:02:50.5Z", 1524787370500000),
        ("2018-04-27T00:02:50.000+00:00", 1524787370000000),
        ("2018-04-27T00:02:50.00000000Z", None),
        ("2018-04-27T00:02:50.123456+00:00", 1524787370123456),
        (1524787370.5, 1524787370500000),
        (-1, -1000000),
        ("2018-04-27T00:02:50", None),
        ("2018-04-27T00:02:50.1234567Z", None),
        ("2018-04-27T00:02:60Z", None),
        ("9999-12-31T23:59:59.9-01:00", None),
        ("soon", None),
        (1e11, 1e17),
        (0.1234567, None),
        (10**12, None),
    ],
)
def test_moments(form: str, sent: Any, micros: int | None, tmp_path: Path) -> None:
    """A moment is kept to the microsecond, however it was written; what is none, or cannot be kept so, is in ``extra``."""
    rows = [{"id": "a", "madeAt": sent, "seen": "2018-04-27T00:02:50Z"}]
    path = export(form, tmp_path, rows)
    source = "things" if form == "duckdb" else f"'{path}/*.parquet'"
    with duckdb.connect(path if form == "duckdb" else ":memory:") as database:
        found = database.execute(f"SELECT epoch_us(madeAt), extra, epoch_us(seen) FROM {source}").fetchall()
    extra = None if micros is not None else json.dumps({"madeAt": sent}, separators=(",", ":"))
    assert [(micros, extra, 1524787370000000)] == found


@pytest.mark.parametrize("form", ["sqlite", "duckdb", "csv", "parquet"])
def test_fields_that_come_again(form: str, tmp_path: Path) -> None:
    """So are those that come on every page, in some rows or in all, beside values that do not fit."""
    extras: dict[str, Row] = {
        f"{page}-{row}": {"new": page, **({"some": None} if row % 2 else {}), **({"on": 1} if row == 3 else {})}
        for page in range(4)
        for row in range(5)
    }
    rows = [{"id": id, **extra} for id, extra in extras.items()]
    found = records(form, export(form, tmp_path, rows[:5], rows[5:10], rows[10:15], rows[15:]))
    assert extras == {record["id"]: json.loads(record["extra"]) for record in found}


def test_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held until there is much of it is let go of in order, and once."""
    monkeypatch.setattr("pagertree_async.export.parquet.CHUNK", 3)
    monkeypatch.setattr("pagertree_async.export.parquet.GROUP", 6)
    monkeypatch.setattr("pagertree_async.export.duckdb.BATCH", 4)
    rows = [{"id": f"{number:02}"} for number in range(20)]
    for form in ("duckdb", "parquet"):
        sink = opened(form, tmp_path)
        for row in rows:
            sink.write([raw(row)], 7)
        sink.seal(7)
        sink.seal(8)
        finish(sink, [])
        assert [row["id"] for row in rows] == [record["id"] for record in records(form, sink.path)]
        sink = opened(form, tmp_path)
        for row in rows:
            sink.write([raw(row)], 7)
        sink.close()
    assert 4 == parquet.ParquetFile(tmp_path / "things.parquet" / "part-00000.parquet").num_row_groups


def test_windows_that_are_kept_together_are_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that were sealed before a mark, in their order; one that has become a file already stays one of its own."""
    monkeypatch.setattr("pagertree_async.export.parquet.CHUNK", 3)
    monkeypatch.setattr("pagertree_async.export.parquet.GROUP", 6)
    sink = opened("parquet", tmp_path)
    rows = {1: ["a", "b"], 2: [*"cdefghij"], 3: ["k"], 4: ["l", "m"], 5: ["n"]}
    for window, names in rows.items():
        for name in names:
            sink.write([raw({"id": name})], window)
    for window in (3, 2, 1, 4):
        sink.seal(window)
    assert 2 == sink.mark().parts
    sink.seal(5)
    sink.close()  # what was sealed and not marked does not count
    parts = [parquet.read_table(tmp_path / "things.parquet.part" / f"part-{number:05}.parquet") for number in (0, 1)]
    assert [[*"cdefghij"], ["k", "a", "b", "l", "m"]] == [part["id"].to_pylist() for part in parts]


# Streams


@pytest.mark.parametrize("form", STREAM_FORMATS)
def test_a_stream(form: str) -> None:
    """Rows go to it at once, whole lines at a time; a mark flushes it, and it stays open."""
    flushed: list[int] = []

    class Stream(io.BytesIO):
        def write(self, text: Any) -> int:
            return super().write(text[:7])  # as one without a buffer may

        def flush(self) -> None:
            flushed.append(self.tell())

    stream = Stream()
    open_ = sinks.opener(form, stream)
    sink = open_("things", Thing, None)
    sink.clear()
    sink.seal(0)
    sink.write([raw({"id": "a", "password": "hush"})])
    assert len(stream.getvalue()) == sink.mark().bytes == sink.bytes == flushed[-1]
    sink.write([raw({"id": "b"})])
    with pytest.raises(ExportStateError, match="rows of it went out already"):
        sink.clear()
    sink.finish()
    sink.close()
    expected = b'{"id":"a"}\n{"id":"b"}\n'
    if form == "csv":
        commas = b"," * (len(KINDS) - 1)
        expected = ",".join(KINDS).encode() + b"\r\na" + commas + b"\r\nb" + commas + b"\r\n"
    assert (expected, Path("-")) == (stream.getvalue(), sink.path)
    empty = io.BytesIO()
    sinks.opener(form, empty)("things", Thing, None).finish()
    assert (b"" if form == "ndjson" else expected.splitlines(keepends=True)[0]) == empty.getvalue()


def test_a_stream_that_fails() -> None:
    """A reader that is gone is told as the system tells it, and a stream that takes nothing does not hang."""
    here, there = os.pipe()
    os.close(here)
    with open(there, "wb", buffering=0) as stream, pytest.raises(BrokenPipeError):
        StreamSink(stream, JsonLines(Thing)).write([raw({"id": "a"})])

    class Full(io.BytesIO):
        def write(self, text: Any) -> Any:
            return None

    with pytest.raises(BlockingIOError):
        StreamSink(Full(), JsonLines(Thing)).write([raw({"id": "a"})])


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in STREAM_FORMATS])
def test_what_cannot_go_to_a_stream(form: str) -> None:
    """It is refused before anything is asked for."""
    with pytest.raises(InvalidArgumentError, match=f"{form} cannot go to a stream; ndjson and csv can"):
        sinks.opener(form, io.BytesIO())


@pytest.mark.parametrize(
    ("form", "library", "extra"),
    [
        ("ndjson.zst", "zstandard", "zstd"),
        ("parquet", "pyarrow", "parquet"),
        ("parquet", "pyarrow.parquet", "parquet"),
        ("duckdb", "duckdb", "duckdb"),
    ],
)
def test_a_library_that_is_missing(
    form: str, library: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is asked for or made, the error names the extra that has it."""
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(ConfigurationError) as caught:
        sinks.opener(form, tmp_path)
    said = f"this format needs {library.partition('.')[0]}. pip install 'pagertree-async[{extra}]'"
    assert (said, []) == (str(caught.value), [*tmp_path.iterdir()])
