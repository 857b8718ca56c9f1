"""Rows as a folder of Parquet files, one for all that is kept at a time, and a list of those that count."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from pagertree_async.export.arrow import Tables
from pagertree_async.export.columns import columns
from pagertree_async.export.extras import wanted
from pagertree_async.export.files import Mark, not_as_marked, remove, size, swap, sync, sync_folder
from pagertree_async.export.manifest import NAME, Manifest, Part, manifest_of, part_of, read_manifest
from pagertree_async.export.partmerge import check, merged
from pagertree_async.export.rows import JsonLines
from pagertree_async.models import Model

CHUNK = 500
"""Rows that are turned into columns at a time."""
SHIFTS = 5
"""How many moments there are at which one window or another does so."""
GROUP = 50_000
"""Rows that are kept in memory, for each window, before they go to its file."""


class ParquetSink:
    """A folder of Parquet files, made under a temporary name.

    A Parquet file cannot be cut and gone on with. The rows of a window are held until it is sealed; with the next mark,
    those of all sealed windows become a file, whole and on the disk, and the folder's list has it. Files that are not
    in the list that was marked are removed when an export is gone on with.

    Moments are timestamps in UTC to the microsecond, lists of texts lists, other lists and objects JSON as text.

    Args:
        path: The name that the folder has once it is whole; until then ``.part`` is added.
        name: What the rows are.
        model: What a row is.
        mark: How much of it is good, when it is gone on with.
        merge: Whether the rows take the place of those of the finished folder that have the same id, and leave the rest.

    Raises:
        ConfigurationError: There is no pyarrow.
        ExportStateError: What is there is not what was marked, or has other columns.
        OSError: It cannot be made.
    """

    by_window: bool = True

    def __init__(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool = False) -> None:
        self.path: Path = path
        self.part: Path = path.with_name(path.name + ".part")
        self.bytes: int = 0
        self._parquet = wanted("pyarrow.parquet", "parquet")
        self._tables = Tables(model)
        self._json = JsonLines(model)
        self._columns = columns(model)
        self._name = name
        self._merge = merge
        self._parts: list[Part] = []
        self._windows: dict[int, _Window] = {}
        self._sealed: list[_Window] = []
        self._listed: Manifest | None = None
        if merge and path.exists():
            check(path, self._columns)
        if mark is None:
            self._begin()
        else:
            self._go_on(mark)

    def _begin(self) -> None:
        self._run = secrets.token_hex(8)
        remove(self.part)
        self.part.mkdir()
        sync_folder(self.part.parent)

    def _go_on(self, mark: Mark) -> None:
        listed = read_manifest(self.part)
        if (
            listed is None
            or listed.columns != self._columns
            or listed.mark(mark.parts) != mark
            or not all(one.is_in(self.part) for one in listed.parts[: mark.parts])
        ):
            raise not_as_marked(self.part)
        self._run = listed.run
        self._parts = [*listed.parts[: mark.parts]]
        self.bytes = mark.bytes
        known = {NAME, *(one.file for one in self._parts)}
        for path in self.part.iterdir():
            if path.name not in known:
                path.unlink()

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        """Take rows of a window of time; return how many bytes they came in."""
        text = self._json.lines(rows)
        if window not in self._windows:
            # Windows are read in step: they are not to turn their rows into columns at the same moment.
            first = CHUNK * (1 + window % SHIFTS) // SHIFTS
            self._windows[window] = _Window(self.part / f"window-{window}.open", self._tables, self._parquet, first)
        self._windows[window].take(text, len(rows))
        return len(text)

    def seal(self, window: int) -> None:
        """Take in that a window has all of its rows, or as many as are to be kept together."""
        if window in self._windows:
            self._sealed.append(self._windows.pop(window))

    def _make(self) -> None:
        """Make a file of all windows that were sealed; those of which a part has been written become one each."""
        made: _Window | None = None
        for window in self._sealed:
            if window.begun:
                self._add(window)
            elif made is None:
                made = window
            else:
                made.join(window)
        if made is not None:
            self._add(made)
        self._sealed.clear()

    def _add(self, made: _Window) -> None:
        made.finish()
        path = made.path.rename(self.part / f"part-{len(self._parts):05}.parquet")
        self._parts.append(part_of(path, made.rows))
        self.bytes += self._parts[-1].bytes

    def mark(self) -> Mark:
        """Bring what was sealed to the disk, on the list."""
        self._make()
        manifest = manifest_of(self._name, self._run, self._columns, self._parts)
        if manifest != self._listed:
            sync_folder(self.part)
            manifest.write(self.part)
            self._listed = manifest
        return manifest.mark()

    def clear(self) -> None:
        """Forget all that was written."""
        self._drop()
        self._parts, self._listed, self.bytes = [], None, 0
        self._begin()

    def finish(self) -> None:
        """Give the folder its name, or its rows to the folder that has it."""
        for window in sorted(self._windows):
            self.seal(window)
        mark = self.mark()
        if self._merge and self.path.exists():
            made = merged(self.path, self.part, self._tables, mark)
        else:
            if not self._parts:  # a reader has to find the columns
                self._windows[0] = _Window(self.part / "window-0.open", self._tables, self._parquet)
                self.seal(0)
                self._make()
            listed = manifest_of(self._name, self._run, self._columns, self._parts)
            msgspec.structs.replace(listed, finished=mark).write(self.part)
            made = self.part
        swap(made, self.path)
        sync_folder(self.path.parent)  # nothing is removed before what took its place is on the disk
        remove(made)
        remove(self.part)
        sync_folder(self.path.parent)
        self.bytes = size(self.path)

    def close(self) -> None:
        """Let go of the files, and of the rows whose windows are not sealed."""
        self._drop()

    def _drop(self) -> None:
        for window in (*self._windows.values(), *self._sealed):
            window.close()
        self._windows.clear()
        self._sealed.clear()


def is_finished(path: Path, mark: Mark) -> bool:
    """Whether a folder is what was marked last before it was finished."""
    listed = read_manifest(path)
    return listed is not None and listed.finished == mark


class _Window:
    """A file that rows are added to until it is finished.

    Args:
        path: Its name.
        tables: Turns rows into columns.
        parquet: The library.
        first: So many rows are turned into columns at first.
    """

    def __init__(self, path: Path, tables: Tables, parquet: Any, first: int = CHUNK) -> None:
        self.path = path
        self.rows = 0
        self._of = tables
        self._parquet = parquet
        self._lines: list[bytes] = []
        self._tables: list[Any] = []
        self._held = self._in_lines = 0
        self._chunk = first
        self._writer: Any = None

    def take(self, lines: bytes, count: int) -> None:
        """Add rows."""
        self._lines.append(lines)
        self._in_lines += count
        self.rows += count
        if self._in_lines >= self._chunk:
            self._turn()
            self._chunk = CHUNK
        if self._held >= GROUP:
            self._write()

    @property
    def begun(self) -> bool:
        """Whether a part of it has been written."""
        return self._writer is not None

    def join(self, other: _Window) -> None:
        """Add the rows of another, of which nothing has been written."""
        for window in (self, other):
            window._turn()
        self._tables += other._tables
        self._held += other._held
        self.rows += other.rows

    def _turn(self) -> None:
        """Turn the rows that came into columns, which take less room."""
        if not self._lines:
            return
        self._tables.append(self._of.of(b"".join(self._lines)))
        self._held += self._in_lines
        self._lines, self._in_lines = [], 0

    def _write(self) -> None:
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(self.path, self._of.schema, compression="zstd")
        self._writer.write_table(self._of.joined(self._tables))
        self._tables, self._held = [], 0

    def finish(self) -> None:
        """Bring the file, with all of its rows, to the disk."""
        self._turn()
        self._write()
        self._writer.close()
        sync(self.path)

    def close(self) -> None:
        """Let go of the file, which is not whole."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
