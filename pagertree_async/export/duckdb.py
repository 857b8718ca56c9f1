"""A table in a DuckDB database: rows put in the place of those with the same id."""

# The names of tables and columns come from the models.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pagertree_async.export.batches import TYPES, batches
from pagertree_async.export.columns import columns
from pagertree_async.export.extras import wanted
from pagertree_async.export.files import (
    ExportStateError,
    Mark,
    not_as_marked,
    other_columns,
    remove,
    sync,
    sync_folder,
    unreadable,
)
from pagertree_async.export.rows import JsonLines
from pagertree_async.models import Model

BATCH = 10_000
"""Rows that are held, at most."""
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""Nothing is fetched from elsewhere: all that is needed is built in."""


class DuckDBSink:
    """A database with one table, made under a temporary name.

    Rows are held until there are many, or they are marked, and then put in by one transaction. Rows that a crash left
    beyond the last checkpoint are read again and take their own place, so that they are there once. Rows that are to be
    merged go to a copy of the finished database, which then takes its place.

    Moments are timestamps with time zone, to the microsecond, lists of texts lists, other lists and objects JSON as text.

    Args:
        path: The name that it has once it is whole; until then ``.part`` is added.
        name: The table's name.
        model: What a row is.
        mark: How much of it is good, when it is gone on with.
        merge: Whether the rows of the finished database stay.

    Raises:
        ConfigurationError: There is no duckdb.
        ExportStateError: What is there is not what was marked, or has other columns.
        OSError: It cannot be opened.
    """

    by_window: bool = False

    def __init__(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool = False) -> None:
        self.path: Path = path
        self.part: Path = path.with_name(path.name + ".part")
        self.bytes: int = 0
        self._library = wanted("duckdb", "duckdb")
        self._json = JsonLines(model)
        self._batches = batches(model)
        self._declared = [(one.name, TYPES[one.kind]) for one in columns(model)]
        self._name = name
        self._merge = merge
        self._lines: list[bytes] = []
        self._held = 0
        if mark is None:
            self._begin()
        else:
            self._go_on(mark)

    def _begin(self) -> None:
        remove(self.part)
        remove(_log(self.part))
        self._connect()
        with self._closing():
            if self._merge and self.path.exists():
                self._copy()
            declared = ", ".join(f'"{name}" {kind}' for name, kind in self._declared)
            self._connection.execute(f'CREATE TABLE IF NOT EXISTS "{self._name}" ({declared})')
            self._check(self.path)
        sync_folder(self.part.parent)

    def _go_on(self, mark: Mark) -> None:
        try:
            self._connect()
            with self._closing():
                count = self._count()
        except OSError as error:
            raise not_as_marked(self.part) from error
        with self._closing():
            if count < mark.bytes:
                raise not_as_marked(self.part)
            self._check(self.part)

    def _connect(self) -> None:
        with self._told():
            self._connection = self._library.connect(str(self.part), config=SETTINGS)

    @contextmanager
    def _told(self) -> Generator[None]:
        """Tell what the library refuses as what the system does."""
        try:
            yield
        except self._library.Error as error:
            raise OSError(*error.args) from error

    @contextmanager
    def _closing(self) -> Generator[None]:
        """Let go of the file when it cannot be used."""
        try:
            with self._told():
                yield
        except (OSError, ExportStateError):
            self._connection.close()
            raise

    def _copy(self) -> None:
        """Copy the finished database, whatever else is in it."""
        run = self._connection.execute
        path = str(self.path).replace("'", "''")
        try:
            run(f"ATTACH '{path}' AS finished (READ_ONLY)")
        except self._library.Error as error:
            raise unreadable(self.path, error) from error
        here = str(run("SELECT current_database()").fetchall()[0][0]).replace('"', '""')
        run(f'COPY FROM DATABASE finished TO "{here}"')
        run("DETACH finished")

    def _check(self, path: Path) -> None:
        found = self._connection.execute(f"PRAGMA table_info('{self._name}')").fetchall()
        if [(name, kind) for _, name, kind, *_ in found] != self._declared:
            raise other_columns(path)

    def _count(self) -> int:
        return int(self._connection.execute(f'SELECT count(*) FROM "{self._name}"').fetchall()[0][0])

    def seal(self, window: int) -> None:
        """Rows are kept as they come, whatever their window."""

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        """Take rows; return how many bytes they came in."""
        text = self._json.lines(rows)
        self._lines.append(text)
        self._held += len(rows)
        if self._held >= BATCH:
            self._put()
        self.bytes += len(text)
        return len(text)

    def _put(self) -> None:
        run = self._connection.execute
        with self._told(), self._batches.batch(self._connection, b"".join(self._lines)) as batch:
            run("BEGIN")
            run(f'DELETE FROM "{self._name}" WHERE "id" IN (SELECT "id" FROM {batch})')
            run(f'INSERT INTO "{self._name}" SELECT * FROM {batch}')
            run("COMMIT")
        self._lines, self._held = [], 0

    def mark(self) -> Mark:
        """Bring all that was written to the disk, and tell how many rows there are."""
        if self._held:
            self._put()
        with self._told():
            return Mark(bytes=self._count(), checksum=0)

    def clear(self) -> None:
        """Forget all that was written."""
        self._connection.close()
        self._lines, self._held, self.bytes = [], 0, 0
        self._begin()

    def finish(self) -> None:
        """Give what was written its name."""
        self.mark()
        with self._told():
            self._connection.execute("CHECKPOINT")
            self._connection.close()
        sync(self.part)
        remove(_log(self.path))  # what a crash left of changes to the old one is not to be done to the new
        self.part.replace(self.path)
        sync_folder(self.path.parent)
        self.bytes = self.path.stat().st_size

    def close(self) -> None:
        """Let go of the file, and of the rows that were not marked."""
        self._connection.close()


def _log(path: Path) -> Path:
    """Where changes to a database are until they are in it."""
    return path.with_name(path.name + ".wal")


def is_finished(path: Path, name: str, mark: Mark) -> bool:
    """Whether a database has as many rows as were marked."""
    library = wanted("duckdb", "duckdb")
    try:
        with library.connect(str(path), read_only=True, config=SETTINGS) as connection:
            return bool(connection.execute(f'SELECT count(*) >= {mark.bytes} FROM "{name}"').fetchall()[0][0])
    except library.Error:
        return False
