"""Exports made up for tests: rows of either API, written in every format as an export writes them."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import zstandard
from hypothesis import strategies as st

Row = dict[str, Any]

FORMATS = ("ndjson", "ndjson.gz", "ndjson.zst", "csv", "sqlite", "parquet", "duckdb")
BEGIN = datetime(2025, 3, 20, tzinfo=UTC)
"""Ten days later the clocks are changed in most of Europe."""
TEAMS = {"v3": ("tem_1", "tem_2", "tem_3"), "v4": ("01T1", "01T2", "01T3")}
LISTS = {"destination_ids", "destination_team_ids", "attendees", "schedule_ids"}
MOMENTS = {"createdAt", "created_at", "acknowledged_at", "resolved_at", "created", "acknowledged", "resolved"}


def iso(moment: datetime) -> str:
    """A moment as the API writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def written(folder: Path, format: str, **resources: Sequence[Row]) -> Path:
    """A folder with rows of some resources, each in a file as an export writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in resources.items():
        path = folder / f"{name}.{format}"
        if format.startswith("ndjson"):
            lines = [json.dumps(row).encode() + b"\n" for row in rows]
            pack = {"ndjson": bytes, "ndjson.gz": gzip.compress, "ndjson.zst": zstandard.ZstdCompressor().compress}[
                format
            ]
            # An export packs what it writes at a time, one piece behind the other.
            path.write_bytes(b"".join(pack(b"".join(part)) for part in (lines[:3], lines[3:])))
            continue
        names = list(dict.fromkeys(["id", *(key for row in rows for key in row), "extra"]))
        if format == "csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([names, *([_word(row.get(key)) for key in names] for row in rows)])
        elif format == "sqlite":
            with closing(sqlite3.connect(path)) as base, base:
                base.execute(f'CREATE TABLE "{name}" ({", ".join(map(_quoted, names))})')
                marks = ", ".join("?" * len(names))
                base.executemany(
                    f'INSERT INTO "{name}" VALUES ({marks})', [[_cell(row.get(key)) for key in names] for row in rows]
                )
        else:
            _typed(path, name, names, rows)
    return folder


def _typed(path: Path, name: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    """A table whose columns have types, in a database of DuckDB or as a folder of Parquet files."""
    kinds = {key: "VARCHAR[]" if key in LISTS else "TIMESTAMPTZ" if key in MOMENTS else "VARCHAR" for key in names}
    into = str(path) if path.suffix == ".duckdb" else ":memory:"
    with duckdb.connect(into) as base:
        base.execute(f'CREATE TABLE "{name}" ({", ".join(f"{_quoted(key)} {kinds[key]}" for key in names)})')
        if rows:
            marks = ", ".join("?" * len(names))
            base.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})',
                [[_fit(row.get(key), kinds[key]) for key in names] for row in rows],
            )
        if path.suffix == ".parquet":
            path.mkdir()
            for number, part in enumerate(("LIMIT 2", "OFFSET 2")):
                to = str(path / f"part-{number:05}.parquet").replace("'", "''")
                base.execute(f"COPY (FROM \"{name}\" {part}) TO '{to}' (FORMAT parquet)")


def _fit(value: Any, kind: str) -> Any:
    if kind == "TIMESTAMPTZ" and value is not None:
        return datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    return value if kind == "VARCHAR[]" else _word(value) if value is not None else None


def _quoted(name: str) -> str:
    return f'"{name}"'


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _word(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else _cell(value)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
LATER = st.none() | st.integers(-30, 1_000_000) | st.sampled_from([59, 60, 299, 300, 86_399, 86_400, 604_800])
"""Seconds until something happened to an alert, or that it never did."""


@st.composite
def alerts(draw: st.DrawFn, api: str) -> list[Row]:
    """Alerts of an API, with all that alerts may lack or have too much of."""
    return [
        (_three if api == "v3" else _four)(draw, f"a{number}")
        for number in range(draw(st.integers(1, 12), label="rows"))
    ]


def _common(draw: st.DrawFn, id: str) -> Row:
    title = draw(st.sampled_from(["disk 1 full", "disk 22 full", None]) | TEXTS)
    urgency = draw(st.sampled_from(["critical", "high", "low", "silent", "odd <b>", None]))
    row: Row = {
        "id": id,
        "title": title,
        "urgency": urgency,
        "status": draw(st.sampled_from(["open", "dropped", None])),
    }
    row["meta"] = draw(st.sampled_from([{}, {"incident": True}, {"incident": False, "x": "é"}]))
    row["source_id"] = draw(st.sampled_from(["int_1", "int_2", None]))
    return row


def _made(draw: st.DrawFn) -> datetime:
    return BEGIN + timedelta(milliseconds=draw(st.integers(0, 16 * 86_400_000)))


def _three(draw: st.DrawFn, id: str) -> Row:
    made = _made(draw)
    row = {**_common(draw, id), "sid": "acc_1", "createdAt": iso(made), "created": int(made.timestamp())}
    for name in ("acknowledged", "resolved"):
        after = draw(LATER)
        if after is not None:
            row[name] = row["created"] + after
    known = st.sampled_from([*TEAMS["v3"], "usr_1", "skd_1"])
    row["destination_ids"] = draw(st.lists(known, max_size=3))
    row["d_team_id"] = draw(st.sampled_from([None, *TEAMS["v3"]]))
    if draw(st.booleans()):
        del row["created"]
    return row


def _four(draw: st.DrawFn, id: str) -> Row:
    made = _made(draw)
    row = {**_common(draw, id), "account_id": "01ACC", "created_at": iso(made)}
    for name in ("acknowledged_at", "resolved_at"):
        after = draw(LATER)
        row[name] = (
            None if after is None else iso(made + timedelta(seconds=after, milliseconds=draw(st.integers(0, 999))))
        )
    row["destination_team_ids"] = draw(st.lists(st.sampled_from(TEAMS["v4"]), max_size=3))
    return row


def teams(api: str) -> list[Mapping[str, str]]:
    """The teams of an API."""
    return [{"id": id, "name": f"Team {id[-1]}"} for id in TEAMS[api]]
