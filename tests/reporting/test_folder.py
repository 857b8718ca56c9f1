"""Which files of an export are read, and what is said when they cannot be."""

from __future__ import annotations

import importlib
import os
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async import ConfigurationError, InvalidArgumentError, PagerTree
from pagertree_async.export import export
from pagertree_async.reporting import ReportError, UnreadableError, database, folder, report, write
from pagertree_async.reporting.clock import MICROSECOND, bound, micros, midnight, moment_of, offsets
from pagertree_async.reporting.database import Database
from pagertree_async.reporting.folder import Folder
from pagertree_async.reporting.whole import check
from pagertree_async.sandbox import Sandbox
from pagertree_async.transports.asgi import ASGITransport
from tests.reporting import made
from tests.reporting.made import FORMATS, written

ROWS = [{"id": "1", "created_at": "2026-01-01T00:00:00Z", "title": 'a "quoted", text\r\nof two lines'}]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A small account."""
    with Sandbox(size=120) as sandbox:
        yield sandbox


def test_every_format_of_an_export_is_read() -> None:
    """What an export can write, a report can read."""
    from pagertree_async.export import FORMATS as WRITTEN

    assert {*WRITTEN} <= {*folder.FORMATS}
    assert {*FORMATS} == {*folder.FORMATS}


@pytest.mark.parametrize("format", FORMATS)
def test_texts_come_as_they_are(tmp_path: Path, format: str) -> None:
    """Lines, quotes and signs of other scripts are read as they were written, what is not there as nothing."""
    rows = [*ROWS, {"id": "2", "title": "Überlast 夜間 😀 \u2028", "n": 5, "b": True}, {"id": "3", "title": ""}]
    source = Folder(written(tmp_path / f"it's [a] *{'' if format == 'duckdb' else '?'}", format, alerts=rows)).alerts
    with Database() as opened:
        found = opened.rows(source, ("title", "n", "b", "id", "odd"))
    assert [row["title"] for row in rows][:2] == [row["title"] for row in found][:2]
    assert not found[2]["title"]
    assert (["1", "2", "3"], [None] * 3) == ([row["id"] for row in found], [row["odd"] for row in found])
    assert ("5", True) == (found[1]["n"], found[1]["b"] in {"true", "1"})


@pytest.mark.parametrize("format", FORMATS)
def test_no_rows(tmp_path: Path, format: str) -> None:
    """A list that is empty is read as empty, whatever the format, and a resource without a file as well."""
    source = Folder(written(tmp_path, format, alerts=[])).alerts
    with Database() as opened:
        assert [] == opened.rows(source, ("id", "title"))
        assert [] == opened.rows(None, ("id", "title"))
        if format.startswith("ndjson"):
            source.path.write_bytes(b"")
            assert [] == opened.rows(source, ("id", "title"))


def test_many_rows_out_of_sqlite(tmp_path: Path) -> None:
    """Rows are taken out of SQLite in batches; none gets lost between them."""
    rows = [{"id": str(number)} for number in range(database.AT_ONCE + 1)]
    source = Folder(written(tmp_path, "sqlite", alerts=rows)).alerts
    with Database() as opened:
        assert rows == opened.rows(source, ("id",))
        assert [{"odd": None}] * len(rows) == opened.rows(source, ("odd",))


def test_a_single_parquet_file(tmp_path: Path) -> None:
    """It does not have to be a folder of them."""
    parts = written(tmp_path / "parts", "parquet", alerts=ROWS) / "alerts.parquet"
    (parts / "part-00000.parquet").rename(tmp_path / "alerts.parquet")
    with Database() as opened:
        assert [{"id": "1"}] == opened.rows(Folder(tmp_path).alerts, ("id",))


def test_parquet_files_that_count(tmp_path: Path, sandbox: Any) -> None:
    """Those count that the folder's list has: one more is not read, one less is told."""
    with PagerTree(sandbox.token(), base_url="https://api.test", transport=ASGITransport(sandbox.app)) as client:
        export(client, tmp_path, only=["alerts"], format="parquet")
    source = Folder(tmp_path).alerts
    with Database() as opened:
        rows = opened.rows(source, ("id", "createdAt", "destination_ids"))
    alerts = sandbox._store.all("alert")
    assert [one["id"] for one in alerts] == [row["id"] for row in rows]
    (only,) = source.path.glob("*.parquet")
    shutil.copy(only, source.path / "part-99999.parquet")
    with Database() as opened:
        assert rows == opened.rows(source, ("id", "createdAt", "destination_ids"))
    only.unlink()
    with Database() as opened, pytest.raises(UnreadableError):
        opened.rows(source, ("id",))


def test_the_newest_of_several(tmp_path: Path) -> None:
    """Alerts are read from what was written last, all else in the same form where it is there."""
    for format in ("csv", "ndjson", "sqlite"):
        written(tmp_path, format, alerts=ROWS, teams=[], **({} if format == "sqlite" else {"events": []}))
    for age, format in enumerate(("ndjson", "sqlite", "csv")):
        os.utime(tmp_path / f"alerts.{format}", (1_000_000 - age, 1_000_000 - age))
    os.utime(tmp_path / "alerts.sqlite", (2_000_000, 2_000_000))
    found = Folder(tmp_path)
    assert ("sqlite", "sqlite", "ndjson") == tuple(
        found.find(n).format if n != "alerts" else found.alerts.format for n in ("alerts", "teams", "events")
    )
    assert (None, False) == (found.find("users"), found.unfinished)


@pytest.mark.parametrize(
    ("there", "said", "hint"),
    [
        (None, "there is no folder ", "Make it with: pagertree-async export -o {}"),
        ("teams.ndjson", "there is no file of alerts in ", "Make one with: pagertree-async export -o {}"),
        ("alerts.csv.part", "the export of alerts to ", "Run the command that began it once more: it goes on"),
    ],
)
def test_nothing_to_report(tmp_path: Path, there: str | None, said: str, hint: str) -> None:
    """It is said what there is not, and which command makes it."""
    path = tmp_path / "export"
    if there is not None:
        path.mkdir()
        (path / there).touch()
    with pytest.raises(ReportError) as raised:
        report(path)
    assert str(raised.value).startswith(f"{said}{path}")
    assert str(raised.value).endswith(hint.format(path))


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("ndjson", b'{"id": "1"}\n{"id": '),
        ("ndjson.gz", b"not packed"),
        ("ndjson.zst", b"not packed"),
        ("csv", b""),
        ("csv", b"id,title\n\xff,\xfe\n"),
        ("csv", b"id,title\n1\n"),
        ("sqlite", b"not a database at all, but long enough to be looked at" * 20),
        ("sqlite", b""),
        ("parquet", b"PAR1"),
        ("duckdb", b"no database"),
    ],
)
def test_a_file_that_is_torn(tmp_path: Path, format: str, text: bytes) -> None:
    """It is named, with what is wrong with it in a line, and how to get a whole one."""
    path = tmp_path / f"alerts.{format}"
    path.write_bytes(text)
    with pytest.raises(UnreadableError) as raised:
        report(tmp_path)
    said = str(raised.value)
    assert said.startswith(f"{path} cannot be read: ")
    assert said.endswith(f"Export it again: pagertree-async export -o {tmp_path}")
    assert "\n" not in said


@pytest.mark.parametrize("format", [one for one in FORMATS if one not in {"sqlite", "parquet", "duckdb"}])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_no_row_is_lost_without_a_word(format: str, data: st.DataObject) -> None:
    """A file that was cut anywhere is refused, or has all its rows."""
    rows = [
        {"id": str(n), "title": text} for n, text in enumerate(data.draw(st.lists(made.TEXTS, min_size=1, max_size=9)))
    ]
    with tempfile.TemporaryDirectory() as folder, Database() as opened:
        path = Folder(written(Path(folder), format, alerts=rows)).alerts.path
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole) - 1))
        path.write_bytes(whole[:cut])
        try:
            found = opened.rows(Folder(Path(folder)).alerts, ("id",))
        except UnreadableError:
            return
        # Where a row ends, or a packed piece of three, nothing is to be seen of what came behind it.
        packed = format in {"ndjson.gz", "ndjson.zst"}
        unseen = len(found) == 3 if packed else b"\n" in whole[max(0, cut - 1) : cut + 1]
        assert len(found) == len(rows) or cut == 0 or unseen


def test_packed_pieces_end_where_they_can(tmp_path: Path) -> None:
    """Whatever a packed piece is like, it is whole as it is, and torn anywhere before its end."""
    import zstandard

    path = tmp_path / "rows"
    skipped = (0x184D2A53).to_bytes(4, "little") + (3).to_bytes(4, "little") + b"abc"
    for text in (b"", b"x" * 500_000, bytes(range(256)) * 3, os.urandom(200_000)):
        for told in (True, False):
            packed = zstandard.ZstdCompressor(write_checksum=told, write_content_size=told).compress(text)
            stream = zstandard.ZstdCompressor(write_checksum=told).compressobj()
            for one in (packed, stream.compress(text) + stream.flush()):
                path.write_bytes(skipped + one + one)
                check(path, "ndjson.zst")
                for lost in {1, 2, 5, len(one) // 2, len(one) - 1}:
                    path.write_bytes(skipped + one + one[:-lost])
                    with pytest.raises(EOFError, match="it ends in the middle"):
                        check(path, "ndjson.zst")


def test_no_extension_is_fetched() -> None:
    """DuckDB neither installs what it lacks nor leaves anything behind."""
    with Database() as opened:
        settings = dict(opened.run("SELECT name, value FROM duckdb_settings()"))
        scratch = Path(settings["temp_directory"]).parent
        assert ("false", "false") == (settings["autoinstall_known_extensions"], settings["allow_community_extensions"])
        assert scratch.is_dir()
    assert not scratch.exists()


@pytest.mark.parametrize("library", ["duckdb", "dateutil"])
def test_a_library_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """It is named, with the extra that has it, which there is."""
    real = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name.partition(".")[0] == library:
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    written(tmp_path, "ndjson", alerts=ROWS)
    with pytest.raises(ConfigurationError, match=f"a report needs {library}") as raised:
        report(tmp_path)
    assert "pip install 'pagertree-async[report]'" in str(raised.value)
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert "report" in project["optional-dependencies"]


def test_the_package_is_light() -> None:
    """Importing it does not load what only a report needs."""
    import subprocess

    code = (
        "import sys, pagertree_async.reporting; print([n for n in ('duckdb', 'dateutil', 'typer') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "[]\n" == done.stdout


def test_writing(tmp_path: Path) -> None:
    """The file is there whole, over what was there, with nothing beside it; what fails leaves the old one."""
    written(tmp_path / "export", "ndjson", alerts=ROWS)
    out = tmp_path / "out" / "report.html"
    out.parent.mkdir()
    out.write_text("old")
    with pytest.raises(InvalidArgumentError):
        write(tmp_path / "export", out, timezone="Mars/Phobos")
    assert "old" == out.read_text()
    write(str(tmp_path / "export"), str(out), timezone="Asia/Tokyo", since="2026-01-01", until="2026-01-02")
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert ["report.html"] == os.listdir(out.parent)
    with pytest.raises(OSError, match="nowhere"):
        write(tmp_path / "export", tmp_path / "nowhere" / "report.html")


def test_writing_to_a_pipe(tmp_path: Path) -> None:
    """What is no file stays what it is."""
    written(tmp_path, "ndjson", alerts=ROWS)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write(tmp_path, pipe)
    reader.join(30)
    assert (True, True) == (got[0].endswith(b"</html>\n"), stat.S_ISFIFO(pipe.stat().st_mode))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"timezone": "Mars/Phobos"}, "there is no time zone 'Mars/Phobos'"),
        ({"timezone": "../../etc/passwd"}, "there is no time zone"),
        ({"since": "soon"}, "since must be a date"),
        ({"until": datetime(2026, 1, 1)}, "until has no time zone"),
        ({"since": "1969-12-31"}, "since must be between 1970 and 2100"),
        ({"until": "2200-01-01"}, "until must be between 1970 and 2100"),
        ({"since": "2026-01-02", "until": "2026-01-02"}, "since must be before until"),
    ],
)
def test_wrong_arguments(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    """They are refused before a file is looked for."""
    with pytest.raises(InvalidArgumentError, match=said):
        report(tmp_path / "none", **given)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (None, None),
        (date(2026, 7, 1), "2026-06-30T22:00"),
        ("2026-01-01", "2025-12-31T23:00"),
        ("2026-01-01T12:30", "2026-01-01T11:30"),
        ("2026-01-01T12:30Z", "2026-01-01T12:30"),
        ("2026-01-01T12:30+05:30", "2026-01-01T07:00"),
        (datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo")), "2026-01-01T03:00"),
    ],
)
def test_bounds(sent: Any, expected: str | None) -> None:
    """A bound without an offset is in the time zone of the report."""
    wanted = None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert wanted == bound(sent, "since", ZoneInfo("Europe/Berlin"))


ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Pacific/Apia", "UTC")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2010, 1, 1), datetime(2027, 1, 1)),
    st.integers(0, 900),
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
)
def test_offsets_are_those_of_the_zone(name: str, first: datetime, days: int, parts: list[float]) -> None:
    """At every moment, the last offset that began is what the zone's clocks are ahead by."""
    zone, begin = ZoneInfo(name), first.replace(tzinfo=UTC)
    end = begin + timedelta(days=days)
    table = offsets(zone, begin, end)
    assert micros(begin) == table[0][0]
    moments = [begin + (end - begin) * part for part in parts]
    moments += [moment_of(since) for since, _ in table] + [moment_of(since) - MICROSECOND for since, _ in table[1:]]
    for moment in moments:
        ahead = [ahead for since, ahead in table if since <= micros(moment)][-1]
        assert moment.astimezone(zone).utcoffset() == timedelta(microseconds=ahead)


def test_midnight_in_a_zone() -> None:
    """A day begins when its clocks say so."""
    assert datetime(2026, 6, 30, 22, tzinfo=UTC) == midnight(date(2026, 7, 1), ZoneInfo("Europe/Berlin"))
