"""DuckDB, reading what an export wrote: every format becomes a table of texts."""

# The names of tables and columns are this package's own; what comes from outside is quoted.
# ruff: noqa: S608

from __future__ import annotations

import csv
import importlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import msgspec

from pagertree_async.errors import ConfigurationError
from pagertree_async.export.manifest import read_manifest
from pagertree_async.reporting.folder import Source, UnreadableError
from pagertree_async.reporting.whole import check

SETTINGS = {
    "autoinstall_known_extensions": "false",  # it would fetch them from the network
    "allow_community_extensions": "false",
}
PACKED = {"ndjson": "auto_detect", "ndjson.gz": "gzip", "ndjson.zst": "zstd"}
NESTED = ("STRUCT", "MAP", "UNION")
AT_ONCE = 10_000
"""How many rows are taken out of SQLite at a time."""


def wanted(library: str) -> Any:
    """A library that reports need.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return importlib.import_module(library)
    except ImportError:
        message = f"a report needs {library.partition('.')[0]}"
        raise ConfigurationError(message, hint="pip install 'pagertree-async[report]'") from None


class Database:
    """A database in memory for one report; what does not fit goes to a folder that ends with it."""

    def __init__(self) -> None:
        self._duckdb = wanted("duckdb")
        self._scratch = tempfile.TemporaryDirectory(prefix="pagertree-report-")
        spill = str(Path(self._scratch.name) / "spill")
        self._connection = self._duckdb.connect(":memory:", config=SETTINGS | {"temp_directory": spill})
        self.run("SET enable_progress_bar = false")
        self._readers: dict[str, Callable[[Source, Sequence[str]], str]] = {
            **dict.fromkeys(PACKED, self._json),
            "csv": self._csv,
            "sqlite": self._sqlite,
            "parquet": self._parquet,
            "duckdb": self._database,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._connection.close()
        self._scratch.cleanup()

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        found: list[tuple[Any, ...]] = self._connection.execute(sql, list(values)).fetchall()
        return found

    def fill(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Insert rows, of which there are few."""
        self._connection.executemany(sql, rows)

    def load(self, source: Source | None, table: str, columns: Sequence[str]) -> None:
        """Make a table of an export's rows: each column a text, NULL where there is none; the first counts the rows.

        Args:
            source: The rows; None makes a table without any.
            table: What it is called.
            columns: The columns, by their names in the API; those that the rows do not have are NULL.

        Raises:
            UnreadableError: The file is torn, or not what its name says.
        """
        nothing = ", ".join(f'NULL::VARCHAR AS "{name}"' for name in columns)
        try:
            chosen = f"SELECT {nothing} LIMIT 0"
            # A list without rows is a file without bytes, of which a packed one could not be unpacked.
            if source is not None and not (source.format in PACKED and source.path.stat().st_size == 0):
                check(source.path, source.format)
                chosen = self._readers[source.format](source, columns)
            self.run(f'CREATE TABLE "{table}" AS SELECT row_number() OVER () AS row, * FROM ({chosen})')
        except (self._duckdb.Error, sqlite3.Error, OSError, EOFError, UnicodeError, csv.Error) as error:
            assert source is not None, "nothing is always read"
            said = str(getattr(error, "strerror", None) or error).strip().splitlines()
            message = f"{source.path} cannot be read: {said[0] if said else type(error).__name__}"
            raise UnreadableError(
                message, hint=f"Export it again: pagertree-async export -o {source.path.parent}"
            ) from error

    def rows(self, source: Source | None, columns: Sequence[str]) -> list[dict[str, str | None]]:
        """The rows of a list that is not long, each a text or None by column."""
        self.load(source, "list", columns)
        names = ", ".join(f'"{name}"' for name in columns)
        found = self.run(f"SELECT {names} FROM list ORDER BY row")
        self.run("DROP TABLE list")
        return [dict(zip(columns, row, strict=True)) for row in found]

    def _json(self, source: Source, columns: Sequence[str]) -> str:
        return _lines(source.path, columns, PACKED[source.format])

    def _csv(self, source: Source, columns: Sequence[str]) -> str:
        with source.path.open(encoding="utf-8", newline="") as file:
            there = next(csv.reader(file), None)
        if not there:
            message = "it has no head"
            raise csv.Error(message)
        kinds = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in there)
        return (
            f"SELECT {_selected(columns, dict.fromkeys(there, 'VARCHAR'))} FROM read_csv({_pattern(source.path)}, "
            f"columns = {{{kinds}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            "nullstr = '', max_line_size = 67108864, parallel = false)"  # a row may have several lines
        )

    def _sqlite(self, source: Source, columns: Sequence[str]) -> str:
        """Read by Python's own library: DuckDB's extension for it would have to be fetched."""
        path = Path(self._scratch.name) / "rows.ndjson"
        with closing(sqlite3.connect(f"{source.path.absolute().as_uri()}?mode=ro", uri=True)) as account:
            there = [str(row[1]) for row in account.execute(f'PRAGMA table_info("{source.resource}")')]
            chosen = [name for name in columns if name in there]
            names = ", ".join(f'"{name}"' for name in chosen)
            cursor = account.execute(f'SELECT {names or "NULL"} FROM "{source.resource}" ORDER BY rowid')
            with path.open("wb") as file:
                file.writelines(_encoded(cursor, chosen))
        return _lines(path, columns, PACKED["ndjson"])

    def _parquet(self, source: Source, columns: Sequence[str]) -> str:
        files = [_pattern(source.path)]
        if source.path.is_dir():
            listed = read_manifest(source.path)  # of the files there, those count that it lists
            names = (
                sorted(source.path.glob("*.parquet"))
                if listed is None
                else [source.path / one.file for one in listed.parts]
            )
            files = [_pattern(name) for name in names]
        return self._typed(
            f"read_parquet([{', '.join(files)}], union_by_name = true, hive_partitioning = false)", columns
        )

    def _database(self, source: Source, columns: Sequence[str]) -> str:
        self.run(f"ATTACH IF NOT EXISTS {_quoted(str(source.path.absolute()))} AS {source.resource} (READ_ONLY)")
        return self._typed(f'"{source.resource}".main."{source.resource}"', columns)

    def _typed(self, rows: str, columns: Sequence[str]) -> str:
        """A selection of rows whose columns have types."""
        there = {str(row[0]): str(row[1]) for row in self.run(f"DESCRIBE SELECT * FROM {rows}")}
        return f"SELECT {_selected(columns, there)} FROM {rows}"


def _selected(columns: Sequence[str], there: dict[str, str]) -> str:
    return ", ".join(f'{_text(name, there.get(name))} AS "{name}"' for name in columns)


def _text(name: str, kind: str | None) -> str:
    """A column as text: moments in unix seconds, what is nested as JSON."""
    if kind is None:
        return "NULL::VARCHAR"
    if kind.startswith("TIMESTAMP"):
        return f'(epoch_us("{name}") / 1e6)::VARCHAR'
    if kind.endswith("]") or kind.startswith(NESTED):
        return f'to_json("{name}")::VARCHAR'
    return f'"{name}"::VARCHAR'


def _lines(path: Path, columns: Sequence[str], packed: str) -> str:
    kinds = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in columns)
    return (
        f"SELECT * FROM read_json({_pattern(path)}, columns = {{{kinds}}}, format = 'newline_delimited', "
        f"records = 'true', compression = '{packed}', maximum_object_size = 67108864)"
    )


def _encoded(rows: Iterator[tuple[Any, ...]], columns: Sequence[str]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode_lines
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(dict(zip(columns, row, strict=False)))  # of rows without any of them there is a NULL
        if len(batch) == AT_ONCE:
            yield encode(batch)
            batch = []
    yield encode(batch)


def _pattern(path: Path) -> str:
    """A file by its name, of which nothing is a pattern."""
    return _quoted("".join(f"[{c}]" if c in "*?[" else c for c in str(path.absolute())))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
