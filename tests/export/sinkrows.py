"""What sinks are tested with: a model that has a column of each kind, hostile rows, and readers of every format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import msgspec
import pyarrow.parquet as parquet
import zstandard
from hypothesis import strategies as st

from pagertree_async.export.columns import columns
from pagertree_async.export.files import Mark, Sink
from pagertree_async.export.sinks import opener
from pagertree_async.models import Json, Model, OpenEnum, Timestamp, UnixTime

Row = dict[str, Any]


class Colour(OpenEnum):
    """What a thing may be painted in."""

    RED = "red"


class Plain(Model, frozen=True):
    """A column of each kind."""

    name: str | None = None
    colour: Colour | None = None
    number: int | None = None
    share: int | float | None = None
    on: bool | None = None
    made_at: Timestamp | None = msgspec.field(name="madeAt", default=None)
    seen: UnixTime | None = None
    tags: list[str] | None = None
    meta: Json | None = None
    either: str | list[str] | None = None


class Thing(Plain, frozen=True):
    """The same columns, and a secret that has none."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"password"})

    password: str | None = None


KINDS = dict(columns(Thing))
TYPED = ("duckdb", "parquet")


def raw(row: Row, **options: Any) -> msgspec.Raw:
    """A row as a server sends it."""
    return msgspec.Raw(json.dumps(row, **options).encode())


def opened(
    form: str, folder: Path, mark: Mark | None = None, *, merge: bool = False, model: type[Plain] = Thing
) -> Sink:
    """A sink of things."""
    return opener(form, folder)("things", model, mark, merge=merge)


def finish(sink: Sink, pages: Iterable[list[msgspec.Raw]]) -> None:
    """Write pages to a sink, each a window that is kept by itself, and give it its name."""
    for window, page in enumerate(pages):
        sink.write(page, window)
        sink.seal(window)
        sink.mark()
    sink.finish()
    sink.close()


def export(form: str, folder: Path, *pages: list[Row], merge: bool = False) -> Path:
    """Write pages of rows from the beginning to the end."""
    sink = opened(form, folder, merge=merge)
    finish(sink, ([raw(row) for row in page] for page in pages))
    return sink.path


# What was sent


def _plain_json() -> st.SearchStrategy[Any]:
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=9)
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )


MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "name": st.text(),
    "colour": st.sampled_from(["red", "green"]),
    "number": st.integers(-(2**63), 2**63 - 1),
    "share": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    "on": st.booleans(),
    "madeAt": MOMENTS.map(lambda moment: moment.isoformat().replace("+00:00", "Z")),
    "seen": MOMENTS.map(lambda moment: int(moment.timestamp())) | MOMENTS.map(datetime.isoformat),
    "tags": st.lists(st.text(max_size=5), max_size=3),
    "meta": st.dictionaries(st.text(max_size=5), _plain_json(), max_size=3),
    "either": st.text() | st.lists(st.text(), max_size=2),
}
IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
STRANGE = st.dictionaries(
    st.text(max_size=8).filter(lambda name: name not in {*KINDS, "id", "password"} - {"extra"}),
    _plain_json(),
    max_size=3,
)
HOSTILE = st.builds(
    lambda key, known, strange: {"id": key, **known, **strange},
    IDS,
    st.fixed_dictionaries(
        {},
        optional={name: fitting | _plain_json() for name, fitting in FITTING.items()} | {"password": st.just("hush")},
    ),
    STRANGE,
)
"""Rows with any JSON in any field, and with fields that have no column."""


def batches(rows: st.SearchStrategy[Row] = HOSTILE) -> st.SearchStrategy[list[Row]]:
    """Rows with ids that differ."""
    return st.lists(rows, max_size=8, unique_by=lambda row: row["id"])


# What came out


def records(form: str, path: Path, table: str = "things") -> list[Row]:
    """The rows of a finished export, as whoever uses it reads them."""
    if form in {"ndjson", "ndjson.gz", "ndjson.zst"}:
        return [json.loads(line) for line in plain(form, path).split(b"\n")[:-1]]
    if form == "csv":
        return [*csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""))]
    if form == "sqlite":
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
    if form == "parquet":
        return [row for part in sorted(path.glob("*.parquet")) for row in parquet.ParquetFile(part).read().to_pylist()]
    names = [f'epoch_us("{name}")' if kind == "timestamp" else f'"{name}"' for name, kind in KINDS.items()]
    with duckdb.connect(path, read_only=True) as database:
        found = database.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
    return [dict(zip(KINDS, row, strict=True)) for row in found]


def plain(form: str, path: Path) -> bytes:
    """The bytes of a file, unpacked."""
    data = path.read_bytes()
    if form == "ndjson.gz":
        return gzip.decompress(data)
    if form == "ndjson.zst":
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    return data


def sent_again(form: str, record: Row) -> Row:
    """What a record was before it had columns: nulls and secrets apart, the row that was sent."""
    if form.startswith("ndjson"):
        return record
    row: Row = {}
    for name, cell in record.items():
        if name == "extra" or cell is None or (form == "csv" and cell == ""):
            continue
        row[name] = _value(form, KINDS[name], cell)
    return row | json.loads(record["extra"] or "{}")


def _value(form: str, kind: str, cell: Any) -> Any:
    if kind == "json" or (kind == "texts" and form not in TYPED):
        return json.loads(cell)
    if kind == "timestamp" and isinstance(cell, int):
        return datetime.fromtimestamp(cell // 1_000_000, UTC).replace(microsecond=cell % 1_000_000)
    if form == "csv" and kind in {"integer", "real"}:
        return float(cell) if kind == "real" else int(cell)
    if kind == "boolean":
        return {"true": True, "false": False, 1: True, 0: False}[cell]
    return cell


def alike(form: str, rows: Iterable[Row]) -> dict[str, Row]:
    """Rows by their ids, without what a format cannot tell apart: null from nothing, in CSV the empty text as well."""
    return {
        row["id"]: {name: _alike(form, name, value) for name, value in row.items() if _told(form, name, value)}
        for row in rows
    }


def _told(form: str, name: str, value: Any) -> bool:
    if name == "password":
        return False
    if form.startswith("ndjson"):
        return True
    return not (
        name in KINDS and name != "extra" and (value is None or (form == "csv" and value == "" and _is_text(name)))
    )


def _is_text(name: str) -> bool:
    return KINDS[name] in {"text", "timestamp"}


def _alike(form: str, name: str, value: Any) -> Any:
    """A moment as one, however it is written."""
    if form.startswith("ndjson") or KINDS.get(name) != "timestamp" or isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else datetime.fromisoformat(value)
    except (ValueError, TypeError, OverflowError, OSError):
        return value
    return moment if moment.tzinfo else value


def as_after_a_crash(folder: Path, elsewhere: Path) -> Path:
    """What is on the disk at this moment, as a process finds it that begins after another was killed."""
    shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.copytree(folder, elsewhere)
    return elsewhere
