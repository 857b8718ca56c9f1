"""New rows and a finished file become one file, whole at every moment."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.export import FORMATS, ExportStateError, files, partmerge
from pagertree_async.export.files import Finished
from pagertree_async.export.manifest import read_manifest
from pagertree_async.export.sinks import opener
from tests.export.sinkrows import (
    Row,
    Thing,
    alike,
    as_after_a_crash,
    batches,
    export,
    finish,
    opened,
    raw,
    records,
    sent_again,
)

FEW = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "=b", 'c "\n,', "\0", "é", "f\r", '"', "null"])},
    optional={"name": st.text(), "odd": st.integers() | st.none()},
)
"""Rows of few ids, so that many are in both files."""
LINES = ("ndjson", "ndjson.gz", "ndjson.zst", "csv")


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=20, deadline=None)
@given(old=batches(FEW), new=batches(FEW))
def test_the_law(form: str, old: list[Row], new: list[Row]) -> None:
    """It is what updating a dictionary makes: new rows replace those with their id, others stay."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export(form, folder, old)
        found = [sent_again(form, record) for record in records(form, export(form, folder, new, merge=True))]
        assert [f"things.{form}"] == os.listdir(folder)
    merged = {row["id"]: row for row in old} | {row["id"]: row for row in new}
    assert alike(form, merged.values()) == alike(form, found)
    assert len(merged) == len(found)


@pytest.mark.parametrize("form", FORMATS)
def test_the_order(form: str, tmp_path: Path) -> None:
    """Rows that stay keep their order, and new ones come after."""
    export(form, tmp_path, [{"id": id} for id in "dbca"])
    path = export(form, tmp_path, [{"id": id} for id in "zbx"], merge=True)
    assert [*"dcazbx"] == [record["id"] for record in records(form, path)]


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_to_merge_with_or_to_merge(form: str, tmp_path: Path) -> None:
    """Without a finished file there are the new rows alone; without new rows, what there was."""
    for rows, expected in ([{"id": "a"}], ["a"]), ([], ["a"]):
        path = export(form, tmp_path, rows, merge=True)
        assert expected == [record["id"] for record in records(form, path)]


@pytest.mark.parametrize("form", FORMATS)
def test_gone_on_with(form: str, tmp_path: Path) -> None:
    """A merge that was killed in its middle is gone on with, and one that is begun anew forgets the rows of the other."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    export(form, one, [{"id": "a"}, {"id": "b"}])
    sink = opened(form, one, merge=True)
    sink.write([raw({"id": "b", "name": "first"})], 0)
    sink.clear()
    sink.write([raw({"id": "b", "name": "second"})], 0)
    sink.seal(0)
    mark = sink.mark()
    sink.write([raw({"id": "c"})], 1)
    as_after_a_crash(one, two)
    sink.close()
    again = opened(form, two, mark, merge=True)
    finish(again, [[raw({"id": "c"})]])
    assert {"a": None, "b": "second", "c": None} == {
        record["id"]: record.get("name") or None for record in records(form, again.path)
    }
    assert [f"things.{form}"] == os.listdir(two)


def test_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that stay are written piece by piece, and are all there."""
    monkeypatch.setattr("pagertree_async.export.merge.BLOCK", 50)
    for form in LINES:
        export(form, tmp_path, [{"id": f"{number:02}"} for number in range(40)])
        path = export(form, tmp_path, [{"id": "07"}], merge=True)
        expected = [f"{number:02}" for number in range(40) if number != 7]
        assert [*expected, "07"] == [record["id"] for record in records(form, path)]


class Killed(BaseException):
    """The process ended here."""


def _dying(patched: pytest.MonkeyPatch, at: int) -> Callable[[], int]:
    """Have the process end before the ``at``-th time that it changes a name or asks the disk; tells how often it did."""
    done = 0

    def counted(change: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done == at:
                raise Killed
            return change(*given, **named)

        return call

    def emptied(folder: Path) -> None:
        for file in Path(folder).iterdir():
            file.unlink()
        Path(folder).rmdir()

    for name in ("replace", "rename", "unlink", "mkdir", "rmdir", "hardlink_to"):
        patched.setattr(Path, name, counted(getattr(Path, name)))
    patched.setattr(os, "fsync", counted(os.fsync))
    patched.setattr(shutil, "rmtree", emptied)
    patched.setattr(files, "_exchanged", counted(files._exchanged))
    return lambda: done


@pytest.mark.parametrize(("form", "at_once"), [*((form, True) for form in FORMATS), ("parquet", False)])
@pytest.mark.parametrize("merge", [False, True])
def test_killed_at_any_moment_of_the_end(
    form: str, merge: bool, at_once: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file or the new one is there, whole; finished by the next run, it is the new one, and nothing else is left."""
    if not at_once:
        monkeypatch.setattr(files, "_exchanged", lambda one, two: False)
    old = ["a", "b", "c"]
    new = ["a", "c", "b", "d"] if merge else ["b", "d"]
    at, steps = 0, 1
    while at < steps:
        at += 1
        folder = tmp_path / str(at)
        folder.mkdir()
        path = export(form, folder, [{"id": "a"}, {"id": "b"}], [{"id": "c"}])
        sink = opened(form, folder, merge=merge)
        sink.write([raw({"id": "b", "name": "new"}), raw({"id": "d"})], 0)
        sink.seal(0)
        mark = sink.mark()
        with pytest.MonkeyPatch.context() as patched:
            count = _dying(patched, at)
            try:
                sink.finish()
            except Killed:
                steps = at + 1
            else:
                steps = count()
        sink.close()
        if at_once:
            assert [record["id"] for record in records(form, path)] in (old, new), f"at {at}"
        again = opened(form, folder, mark, merge=merge)
        assert [record["id"] for record in records(form, path)] in (old, new), f"at {at}"
        again.finish()
        again.close()
        assert new == [record["id"] for record in records(form, path)], f"at {at}"
        assert [path.name] == os.listdir(folder), f"at {at}"
        assert isinstance(opened(form, folder, mark, merge=merge), Finished)
    assert at > 2


@pytest.mark.parametrize("form", LINES)
def test_a_file_that_is_none(form: str, tmp_path: Path) -> None:
    """A finished file that cannot be read is refused when the rows are to be merged into it, and stays."""
    sink = opened(form, tmp_path, merge=True)
    sink.write([raw({"id": "a"})], 0)
    for text in (b"nothing of the kind\n", b'id,name\r\n"a', b'{"name": 1}\n'):
        sink.path.write_bytes(gzip.compress(text) if form == "ndjson.gz" and text[:1] == b"{" else text)
        before = sink.path.read_bytes()
        with pytest.raises(ExportStateError, match=r"cannot be read beyond its row 0|has other columns"):
            opened(form, tmp_path, sink.mark(), merge=True).finish()
        assert before == sink.path.read_bytes()
    sink.close()


@pytest.mark.parametrize("form", FORMATS)
def test_what_the_system_refuses(form: str, tmp_path: Path) -> None:
    """It is told as what it is."""
    (tmp_path / f"things.{form}").mkdir()
    with pytest.raises(
        ExportStateError if form in {"duckdb", "parquet"} else OSError, match=f"things.{form}|unable to open"
    ):
        opened(form, tmp_path, merge=True).finish()
    with pytest.raises(OSError, match=r"No such file|unable to open|Cannot open"):
        opened(form, tmp_path / "not there")


def test_a_record_without_an_end(tmp_path: Path) -> None:
    """A CSV file that was cut in the middle of a record is refused; one that lacks the last line break is mended."""
    path = export("csv", tmp_path, [{"id": "a"}, {"id": 'b "\n,', "name": "x\ny"}])
    whole = path.read_bytes()
    path.write_bytes(whole.rstrip(b"\r\n"))
    export("csv", tmp_path, [{"id": "c"}], merge=True)
    assert ["a", 'b "\n,', "c"] == [record["id"] for record in records("csv", path)]
    path.write_bytes(whole[: whole.index(b"x\ny") + 2])
    with pytest.raises(ExportStateError, match="cannot be read beyond its row 1: a record has no end"):
        export("csv", tmp_path, [{"id": "c"}], merge=True)


@pytest.mark.parametrize("form", ["sqlite", "duckdb", "parquet"])
def test_a_table_that_is_none(form: str, tmp_path: Path) -> None:
    """A finished table that cannot be read, or has other columns, is refused before anything is read, and stays."""
    path = tmp_path / f"things.{form}"
    path.write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(ExportStateError, match="things.* cannot be read"):
        opened(form, tmp_path, merge=True)
    assert b"nothing of the kind" * 1000 == path.read_bytes()
    path.unlink()
    files.remove(tmp_path / f"things.{form}.part")
    export(form, tmp_path, [{"id": "a"}])
    other = type("Other", (Thing,), {"__annotations__": {"new": int | None}, "new": None})
    with pytest.raises(ExportStateError, match="has other columns than this version writes"):
        opener(form, tmp_path)("things", other, None, merge=True)
    assert ["a"] == [record["id"] for record in records(form, path)]


def test_what_else_is_in_a_database_stays(tmp_path: Path) -> None:
    """A view that somebody added to a finished database is there after a merge, whatever its journal was."""
    for form, connect in ("sqlite", sqlite3.connect), ("duckdb", duckdb.connect):
        path = export(form, tmp_path, [{"id": "a"}])
        with closing(connect(path)) as database:
            if form == "sqlite":
                database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE VIEW names AS SELECT id FROM things")
        export(form, tmp_path, [{"id": "b"}], merge=True)
        with closing(connect(path)) as database:
            assert [("a",), ("b",)] == database.execute("SELECT * FROM names ORDER BY id").fetchall()
    assert ["things.duckdb", "things.sqlite"] == sorted(os.listdir(tmp_path))


# Parquet


def test_a_system_that_cannot_exchange_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One folder takes the place of another all the same."""
    import ctypes

    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    export("parquet", tmp_path, [{"id": "a"}])
    path = export("parquet", tmp_path, [{"id": "b"}])
    assert ["b"] == [record["id"] for record in records("parquet", path)]
    assert [path.name] == os.listdir(tmp_path)


def _parts(path: Path) -> dict[str, tuple[int, int]]:
    """The files of a folder, with their inodes and rows."""
    listed = read_manifest(path)
    assert listed is not None
    assert (sum(part.rows for part in listed.parts), sum(part.bytes for part in listed.parts)) == (
        listed.rows,
        listed.bytes,
    )
    assert {part.file for part in listed.parts} == {file.name for file in path.glob("*.parquet")}
    assert all(part.is_in(path) for part in listed.parts)
    return {part.file: ((path / part.file).stat().st_ino, part.rows) for part in listed.parts}


@pytest.mark.parametrize("linked", [True, False])
def test_only_files_that_change_are_written(linked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are the same files, or copies of them; one without rows that stay is gone."""
    if not linked:
        monkeypatch.setattr(Path, "hardlink_to", lambda self, other: (_ for _ in ()).throw(OSError(1, "no links")))
    monkeypatch.setattr(partmerge, "SMALL", 0)
    path = export("parquet", tmp_path, [{"id": "a"}, {"id": "b"}], [{"id": "c"}], [{"id": "d"}, {"id": "e"}])
    before = _parts(path)
    export("parquet", tmp_path, [{"id": "b"}, {"id": "c"}], merge=True)
    after = _parts(path)
    assert [1, 2, 2] == [rows for _, rows in after.values()]
    assert linked is (before["part-00002.parquet"] == after["part-00001.parquet"])
    assert [*"adebc"] == [record["id"] for record in records("parquet", path)]


def test_small_files_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small merges leave few files, and none is written again and again once it has some size."""
    monkeypatch.setattr(partmerge, "SMALL", 10)
    path = export("parquet", tmp_path, [{"id": f"old-{number}"} for number in range(12)])
    for number in range(30):
        export("parquet", tmp_path, [{"id": f"{number}"}], merge=True)
    assert [12, 10, 10, 10] == [rows for _, rows in _parts(path).values()]
    expected = [*(f"old-{number}" for number in range(12)), *map(str, range(30))]
    assert expected == [record["id"] for record in records("parquet", path)]


def test_a_file_of_the_folder_that_is_gone(tmp_path: Path) -> None:
    """A finished folder that lacks a file, or has a torn one, is not made a whole one of."""
    path = export("parquet", tmp_path, [{"id": "a"}])
    (path / "part-00000.parquet").write_bytes(b"torn")
    with pytest.raises(ExportStateError, match=r"part-00000.parquet cannot be read"):
        export("parquet", tmp_path, [{"id": "b"}], merge=True)
    (path / "part-00000.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        export("parquet", tmp_path, [{"id": "b"}], merge=True)
    assert ["_manifest.json"] == os.listdir(path)
    listed = json.loads((path / "_manifest.json").read_bytes())
    assert ("things", 1, [["id", "text"]]) == (listed["table"], listed["rows"], listed["columns"][:1])
