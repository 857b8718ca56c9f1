"""A table in a SQLite database: rows put in the place of those with the same id."""

# The names of tables and columns come from the models.
# ruff: noqa: S608

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pagertree_async.export.files import ExportStateError, Mark, sync_folder
from pagertree_async.export.rows import Cells
from pagertree_async.models import Model


class SqliteSink:
    """A database with one table, made under a temporary name.

    What is written between two marks is one transaction. Rows that a crash left beyond the last checkpoint are read
    again and take their own place, so that they are there once.

    Args:
        path: The name that it has once it is whole; until then ``.part`` is added.
        name: The table's name.
        model: What a row is.
        mark: How much of it is good, when it is gone on with.

    Raises:
        ExportStateError: What is there is not what was marked.
        OSError: It cannot be opened.
    """

    def __init__(self, path: Path, name: str, model: type[Model], mark: Mark | None) -> None:
        self.path: Path = path
        self.part: Path = path.with_name(path.name + ".part")
        self._cells = Cells(model)
        self._name = name
        names = ", ".join(f'"{column}"' for column in self._cells.columns)
        marks = ", ".join("?" * len(self._cells.columns))
        self._insert = f'INSERT OR REPLACE INTO "{name}" ({names}) VALUES ({marks})'
        if mark is None:
            self.part.unlink(missing_ok=True)
            self.part.with_name(self.part.name + "-journal").unlink(missing_ok=True)
        else:
            self.part.stat()
        self._connection = sqlite3.connect(self.part, isolation_level=None, check_same_thread=False)
        try:
            if mark is None:
                keyed = names.replace('"id"', '"id" PRIMARY KEY', 1)
                self._connection.execute(f'CREATE TABLE "{name}" ({keyed})')
            elif self._count() < mark.bytes:
                raise sqlite3.DatabaseError
        except sqlite3.DatabaseError as error:
            self._connection.close()
            message = f"{self.part} is not what its checkpoint says: it was changed or torn"
            raise ExportStateError(
                message, hint="Nothing was overwritten; move it away, or export to another folder"
            ) from error
        self._begun = False

    def _count(self) -> int:
        return int(self._connection.execute(f'SELECT count(*) FROM "{self._name}"').fetchone()[0])

    def write(self, rows: Sequence[msgspec.Raw]) -> int:
        """Take rows; return how many bytes they came in."""
        cells = [self._cells.of(row) for row in rows]
        try:
            if not self._begun:
                self._connection.execute("BEGIN")
                self._begun = True
            self._connection.executemany(self._insert, cells)
        except sqlite3.Error as error:
            raise OSError(*error.args) from error
        return sum(map(len, map(bytes, rows)))

    def mark(self) -> Mark:
        """Bring all that was written to the disk, and tell how many rows it is."""
        try:
            if self._begun:
                self._connection.execute("COMMIT")
                self._begun = False
            return Mark(bytes=self._count(), checksum=0)
        except sqlite3.Error as error:
            raise OSError(*error.args) from error

    def clear(self) -> None:
        """Forget all that was written."""
        self._connection.execute(f'DELETE FROM "{self._name}"')

    def finish(self) -> None:
        """Give what was written and marked its name."""
        self._connection.close()
        self.part.replace(self.path)
        sync_folder(self.path.parent)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
