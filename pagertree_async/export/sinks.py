"""The forms an export can have, by name; heavy libraries are loaded when they are asked for."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from pagertree_async.errors import InvalidArgumentError
from pagertree_async.export import linefile
from pagertree_async.export.extras import wanted
from pagertree_async.export.files import ExportStateError, Finished, Mark, Sink, recover, remove, sync_folder
from pagertree_async.export.formats import STREAM_FORMATS
from pagertree_async.export.linefile import FileSink, Packing
from pagertree_async.export.rows import CsvLines, JsonLines, Rows
from pagertree_async.export.streams import StreamSink
from pagertree_async.models import Model

RowsOf = Callable[[type[Model]], Rows]


class Open(Protocol):
    """Opens the sink of a resource."""

    def __call__(self, name: str, model: type[Model], mark: Mark | None, *, merge: bool = False) -> Sink:
        """Open it.

        Args:
            name: The resource's name: ``alerts``.
            model: What a row is.
            mark: How much of it is good, when it is gone on with.
            merge: Whether the rows take the place of those of the finished file that have the same id, and leave the rest.

        Raises:
            ExportStateError: What is there is not what was marked, or cannot be merged with; nothing was changed.
            OSError: It cannot be opened.
        """
        ...


def opener(format: str, target: Path | BinaryIO) -> Open:
    """What opens the sink of a resource.

    Args:
        format: One of ``FORMATS``; for a stream, of ``STREAM_FORMATS``.
        target: The folder that the files go to, or a stream that all rows go to.

    Raises:
        ConfigurationError: The format needs a library that is not there.
        InvalidArgumentError: The format cannot go to a stream.
    """
    rows: RowsOf = CsvLines if format == "csv" else JsonLines
    if not isinstance(target, Path):
        if format not in STREAM_FORMATS:
            message = f"{format} cannot go to a stream; {' and '.join(STREAM_FORMATS)} can"
            raise InvalidArgumentError(message)
        return _Stream(target, rows)
    if format == "sqlite":
        return _Folder(target, format, _Sqlite())
    if format == "parquet":
        return _Folder(target, format, _Parquet())
    if format == "duckdb":
        return _Folder(target, format, _DuckDB())
    packing = {"ndjson.gz": _gzip, "ndjson.zst": _zstd}.get(format, _plain)()
    return _Folder(target, format, _Lines(rows, packing))


class _Form(Protocol):
    """How sinks of a format are made, and known once they are finished."""

    by_window: bool

    def new(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool) -> Sink:
        """Begin a sink, or go on with one."""
        ...

    def is_finished(self, path: Path, part: Path, name: str, mark: Mark, *, merge: bool) -> bool:
        """Whether what is there is what was marked, under its name."""
        ...


class _Stream:
    """Opens sinks that write to one stream."""

    def __init__(self, stream: BinaryIO, rows: RowsOf) -> None:
        self._stream = stream
        self._rows = rows

    def __call__(self, name: str, model: type[Model], mark: Mark | None, *, merge: bool = False) -> Sink:
        return StreamSink(self._stream, self._rows(model))


class _Folder:
    """Opens sinks that are files of a folder."""

    def __init__(self, folder: Path, format: str, form: _Form) -> None:
        self._folder = folder
        self._format = format
        self._form = form

    def __call__(self, name: str, model: type[Model], mark: Mark | None, *, merge: bool = False) -> Sink:
        path = self._folder / f"{name}.{self._format}"
        part = path.with_name(path.name + ".part")
        recover(path)
        if mark is not None:
            if self._form.is_finished(path, part, name, mark, merge=merge):
                sync_folder(self._folder)
                remove(part)
                return Finished(path, mark, by_window=self._form.by_window)
            if not part.exists():
                message = f"{part} is gone, and its checkpoint is there"
                raise ExportStateError(message, hint="Nothing was changed; remove the checkpoint to begin anew")
        return self._form.new(path, name, model, mark, merge=merge)


class _Lines:
    by_window = False

    def __init__(self, rows: RowsOf, packing: Packing) -> None:
        self._rows = rows
        self._packing = packing

    def new(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool) -> Sink:
        return FileSink(path, self._rows(model), mark, self._packing, merge=merge)

    def is_finished(self, path: Path, part: Path, name: str, mark: Mark, *, merge: bool) -> bool:
        return not part.exists() and linefile.is_finished(path, mark, merge=merge)


class _Sqlite:
    by_window = False

    def new(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool) -> Sink:
        from pagertree_async.export.sqlite import SqliteSink

        return SqliteSink(path, name, model, mark, merge=merge)

    def is_finished(self, path: Path, part: Path, name: str, mark: Mark, *, merge: bool) -> bool:
        from pagertree_async.export import sqlite

        return not part.exists() and sqlite.is_finished(path, name, mark)


class _Parquet:
    by_window = True

    def __init__(self) -> None:
        wanted("pyarrow.parquet", "parquet")

    def new(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool) -> Sink:
        from pagertree_async.export.parquet import ParquetSink

        return ParquetSink(path, name, model, mark, merge=merge)

    def is_finished(self, path: Path, part: Path, name: str, mark: Mark, *, merge: bool) -> bool:
        from pagertree_async.export import parquet

        return parquet.is_finished(path, mark)


class _DuckDB:
    by_window = False

    def __init__(self) -> None:
        wanted("duckdb", "duckdb")

    def new(self, path: Path, name: str, model: type[Model], mark: Mark | None, *, merge: bool) -> Sink:
        from pagertree_async.export.duckdb import DuckDBSink

        return DuckDBSink(path, name, model, mark, merge=merge)

    def is_finished(self, path: Path, part: Path, name: str, mark: Mark, *, merge: bool) -> bool:
        from pagertree_async.export import duckdb

        return not part.exists() and path.exists() and duckdb.is_finished(path, name, mark)


def _plain() -> Packing:
    def pack(text: bytes) -> bytes:
        return text

    def open_(path: Path) -> BinaryIO:
        return path.open("rb")

    return Packing(pack, open_)


def _gzip() -> Packing:
    def pack(text: bytes) -> bytes:
        return gzip.compress(text, compresslevel=5, mtime=0)

    def open_(path: Path) -> BinaryIO:
        return cast("BinaryIO", gzip.open(path))

    return Packing(pack, open_)


def _zstd() -> Packing:
    library = wanted("zstandard", "zstd")

    def open_(path: Path) -> BinaryIO:
        reader = library.ZstdDecompressor().stream_reader(path.open("rb"), read_across_frames=True, closefd=True)
        return cast("BinaryIO", io.BufferedReader(reader))

    def pack(text: bytes) -> bytes:
        # one of its own each time: a compressor cannot be used by two threads, and several sinks share the packing
        return library.ZstdCompressor().compress(text)

    return Packing(pack, open_)
