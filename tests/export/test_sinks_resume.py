"""A sink that was stopped at any moment is gone on with from its last mark, and has each row once."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.export import FORMATS, ExportStateError, files
from pagertree_async.export.files import Finished, Mark
from pagertree_async.export.sinks import opener
from tests.export.sinkrows import Thing, as_after_a_crash, export, finish, opened, raw, records

LINES = ("ndjson", "ndjson.gz", "ndjson.zst", "csv")


def page(number: int, name: str = "") -> list[Any]:
    return [raw({"id": f"{number}-{row}", "name": name, "tags": ["x" * 40]}) for row in range(40)]


def ids(*numbers: int) -> list[str]:
    return [f"{number}-{row}" for number in numbers for row in range(40)]


def found(form: str, path: Path) -> list[str]:
    return [record["id"] for record in records(form, path)]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("marked_again", [False, True])
def test_killed_after_a_mark(form: str, marked_again: bool, tmp_path: Path) -> None:
    """What was written since, and even marked since, is written again and is there once."""
    (tmp_path / "one").mkdir()
    sink = opened(form, tmp_path / "one")
    sink.write(page(0), 0)
    sink.seal(0)
    mark = sink.mark()
    for number in range(1, 40):
        sink.write(page(number), number)
        if number < 39:
            sink.seal(number)
    if marked_again:
        sink.mark()
    left = as_after_a_crash(tmp_path / "one", tmp_path / "two")
    sink.close()
    again = opened(form, left, mark)
    finish(again, (page(number, "new") for number in range(1, 41)))
    assert sorted(ids(*range(41))) == sorted(found(form, again.path))
    assert {"", "new"} == {record["name"] or "" for record in records(form, again.path)}
    assert [again.path.name] == os.listdir(left)


@pytest.mark.parametrize("form", LINES)
@settings(max_examples=20, deadline=None)
@given(cut=st.integers(0, 10**6), marked=st.integers(0, 3))
def test_cut_at_any_byte(form: str, cut: int, marked: int) -> None:
    """A file that ends anywhere behind the mark is gone on with; one that ends before it is refused, and stays."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sink: Any = opened(form, folder)
        mark = sink.mark()
        for number in range(4):
            sink.write(page(number), 0)
            if number < marked:
                mark = sink.mark()
        sink.mark()
        sink.close()
        size = sink.part.stat().st_size
        os.truncate(sink.part, cut % (size + 1))
        before = sink.part.read_bytes()
        if len(before) < mark.bytes:
            with pytest.raises(ExportStateError, match="is not what its checkpoint says"):
                opened(form, folder, mark)
            assert before == sink.part.read_bytes()
            return
        again = opened(form, folder, mark)
        finish(again, (page(number) for number in range(marked, 4)))
        assert ids(0, 1, 2, 3) == found(form, again.path)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_not_what_was_marked(form: str, tmp_path: Path) -> None:
    """A part that was changed, torn or removed is refused; nothing of it is changed."""
    sink: Any = opened(form, tmp_path)
    sink.write(page(0), 0)
    sink.seal(0)
    mark = sink.mark()
    sink.close()
    more = Mark(bytes=mark.bytes + 1, checksum=mark.checksum, parts=mark.parts)
    with pytest.raises(ExportStateError, match="is not what its checkpoint says"):
        opened(form, tmp_path, more)
    file = sink.part / "part-00000.parquet" if sink.part.is_dir() else sink.part
    whole = file.read_bytes()
    for torn in (whole[:20], b"nothing of the kind" * 100):
        file.write_bytes(torn)
        with pytest.raises(ExportStateError, match="is not what its checkpoint says"):
            opened(form, tmp_path, mark)
        assert torn == file.read_bytes()
    file.unlink()
    if sink.part.is_dir():
        with pytest.raises(ExportStateError, match="is not what its checkpoint says"):
            opened(form, tmp_path, mark)
        shutil.rmtree(sink.part)
    with pytest.raises(ExportStateError, match=r"part is gone, and its checkpoint is there"):
        opened(form, tmp_path, mark)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("merge", [False, True])
def test_finished_before(form: str, merge: bool, tmp_path: Path) -> None:
    """What a run finished, killed before its checkpoint was gone, stays as it is and is finished."""
    export(form, tmp_path, [{"id": "old"}])
    sink = opened(form, tmp_path, merge=merge)
    sink.write(page(0), 0)
    sink.seal(0)
    mark = sink.mark()
    finish(sink, [])
    again = opened(form, tmp_path, mark, merge=merge)
    assert isinstance(again, Finished)
    assert (mark, sink.bytes, sink.path, sink.by_window) == (again.mark(), again.bytes, again.path, again.by_window)
    for forbidden in (lambda: again.write(page(1), 0), again.clear):
        with pytest.raises(ExportStateError):
            forbidden()
    again.seal(0)
    again.finish()
    again.close()
    assert sorted([*(["old"] if merge else []), *ids(0)]) == sorted(found(form, sink.path))


@pytest.mark.parametrize("form", FORMATS)
def test_an_older_file_is_not_taken_for_the_new_one(form: str, tmp_path: Path) -> None:
    """Where the part is gone, what has the name counts only if it is what was marked."""
    export(form, tmp_path, [{"id": "old"}])
    sink: Any = opened(form, tmp_path)
    sink.write(page(0), 0)
    sink.seal(0)
    mark = sink.mark()
    sink.close()
    files.remove(sink.part)
    with pytest.raises(ExportStateError, match="is gone"):
        opened(form, tmp_path, mark)
    assert ["old"] == found(form, sink.path)
    files.remove(sink.path)
    sink.path.write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(ExportStateError, match="is gone"):
        opened(form, tmp_path, mark)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_left_of_a_run_without_a_checkpoint(form: str, tmp_path: Path) -> None:
    """What was killed before its first mark is begun anew."""
    (tmp_path / "one").mkdir()
    sink = opened(form, tmp_path / "one")
    sink.write(page(0), 0)
    left = as_after_a_crash(tmp_path / "one", tmp_path / "two")
    sink.close()
    assert found(form, export(form, left, [{"id": "a"}])) == ["a"]
    assert [f"things.{form}"] == os.listdir(left)


def test_a_write_that_failed_is_written_again(tmp_path: Path) -> None:
    """What a full disk took only in part is there once, when there is room again."""
    sink: Any = opened("ndjson", tmp_path)
    full = True

    class File:
        def __init__(self, file: Any) -> None:
            self._file = file

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

        def write(self, text: Any) -> int:
            if full:
                self._file.write(text[:10])
                raise OSError(28, "No space left on device")
            return self._file.write(text[:1000])

    sink._file = File(sink._file)
    sink.write(page(0), 0)
    with pytest.raises(OSError, match="No space"):
        sink.mark()
    full = False
    finish(sink, [])
    assert ids(0) == found("ndjson", sink.path)


def test_the_disk_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark of what is on the disk already costs nothing."""
    asked: list[int] = []
    monkeypatch.setattr(os, "fsync", asked.append)
    sink = opened("ndjson", tmp_path)
    asked.clear()
    sink.write(page(0), 0)
    assert (sink.mark(), 1) == (sink.mark(), len(asked))
    sink.close()


def test_another_form_of_the_same_export(tmp_path: Path) -> None:
    """A database whose table has other columns is not gone on with."""
    for form in ("sqlite", "duckdb"):
        sink = opened(form, tmp_path)
        mark = sink.mark()
        sink.close()
        with pytest.raises(ExportStateError, match="has other columns than this version writes"):
            opener(form, tmp_path)(
                "things", type("Other", (Thing,), {"__annotations__": {"new": int | None}, "new": None}), mark
            )
