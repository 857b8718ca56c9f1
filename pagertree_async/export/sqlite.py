"""A table in a SQLite database: rows put in the place of those with the same id."""

# The names of tables and columns come from the models.
# ruff: noqa: S608

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from pagertree_async.export.cells import Cells
from pagertree_async.export.columns import Kind
from pagertree_async.export.files import Mark, not_as_marked, other_columns, remove, sync_folder, unreadable
from pagertree_async.export.rows import JsonLines
from pagertree_async.models import Model

TYPES: dict[Kind, str] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "REAL",
    "boolean": "INTEGER",
    "timestamp": "TEXT",
    "texts": "TEXT",
    "json": "TEXT",
}


class SqliteSink:
    """A database with one table, made under a temporary name.

    What is written between two marks is one transaction. Rows that a crash left beyond the last checkpoint are read
    again and take their own place, so that they are there once. Rows that are to be merged go to a copy of the finished
    database, which then takes its place.

    Moments are texts as ISO 8601 has them, booleans 0 and 1, lists and objects JSON.

    Args:
        path: The name that it has once it is whole; until then ``.part`` is added.
        name: The table's name.
        model: What a row is.
        mark: How much of it is good, when it is gone on with.
        merge: Whether the rows of the finished database stay.

    Raises:
        ExportStateError: What is there is not what was marked, or has other columns.
        OSError: It cannot be opened.
    """

    by_window: bool = False

    def __init__(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool = False) -> None:
        self.path: Path = path
        self.part: Path = path.with_name(path.name + ".part")
        self.bytes: int = 0
        self._json = JsonLines(model)
        self._cells = Cells(model)
        self._name = name
        self._merge = merge
        declared = [f'"{column.name}" {TYPES[column.kind]}' for column in self._cells.columns]
        self._declared = [f"{declared[0]} PRIMARY KEY", *declared[1:]]
        marks = ", ".join("?" * len(self._cells.columns))
        self._insert = f'INSERT OR REPLACE INTO "{name}" VALUES ({marks})'
        if mark is None:
            self._begin()
        else:
            self._go_on(mark)

    def _begin(self) -> None:
        remove(self.part)
        _remove_journals(self.part)
        try:
            with self._connecting():
                if self._merge and self.path.exists():
                    with closing(sqlite3.connect(self.path)) as old:
                        old.backup(self._connection)
                    self._connection.execute("PRAGMA journal_mode = DELETE")  # the copy has what the old one has
                self._connection.execute(f'CREATE TABLE IF NOT EXISTS "{self._name}" ({", ".join(self._declared)})')
                self._check(self.path)
        except sqlite3.OperationalError as error:
            raise OSError(*error.args) from error
        except sqlite3.DatabaseError as error:
            raise unreadable(self.path, error) from error
        sync_folder(self.part.parent)

    def _go_on(self, mark: Mark) -> None:
        try:
            with self._connecting():
                if _count(self._connection, self._name) < mark.bytes:
                    raise not_as_marked(self.part)
                self._check(self.part)
        except sqlite3.DatabaseError as error:
            raise not_as_marked(self.part) from error

    @contextmanager
    def _connecting(self) -> Generator[None]:
        """Open the file, and let go of it when it cannot be used."""
        self._connection = sqlite3.connect(self.part, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("PRAGMA synchronous = EXTRA")  # a commit is to be one after a power cut as well
            yield
        except BaseException:
            self._connection.close()
            raise

    def _check(self, path: Path) -> None:
        found = self._connection.execute(f'PRAGMA table_info("{self._name}")').fetchall()
        if [f'"{name}" {kind}' + " PRIMARY KEY" * key for _, name, kind, _, _, key in found] != self._declared:
            raise other_columns(path)

    def seal(self, window: int) -> None:
        """Rows are kept as they come, whatever their window."""

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        """Take rows; return how many bytes they came in."""
        text = self._json.lines(rows)
        cells = zip(*self._cells.of(text), strict=True)
        try:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN")
            self._connection.executemany(self._insert, cells)
        except sqlite3.Error as error:
            raise OSError(*error.args) from error
        self.bytes += len(text)
        return len(text)

    def mark(self) -> Mark:
        """Bring all that was written to the disk, and tell how many rows there are."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
            return Mark(bytes=_count(self._connection, self._name), checksum=0)
        except sqlite3.Error as error:
            raise OSError(*error.args) from error

    def clear(self) -> None:
        """Forget all that was written."""
        self._connection.close()
        self.bytes = 0
        self._begin()

    def finish(self) -> None:
        """Give what was written its name."""
        self.mark()
        self._connection.close()
        _remove_journals(self.path)  # what a crash left of changes to the old one is not to be done to the new
        self.part.replace(self.path)
        sync_folder(self.path.parent)
        self.bytes = self.path.stat().st_size

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def is_finished(path: Path, name: str, mark: Mark) -> bool:
    """Whether a database has as many rows as were marked."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _count(connection, name) >= mark.bytes
    except sqlite3.DatabaseError:
        return False


def _remove_journals(path: Path) -> None:
    for ending in ("-journal", "-wal", "-shm"):
        remove(path.with_name(path.name + ending))


def _count(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
