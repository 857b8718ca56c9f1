"""A finished folder of Parquet files and new ones as one: only files with rows that are replaced are written anew."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from pagertree_async.export.arrow import Tables
from pagertree_async.export.columns import Column
from pagertree_async.export.extras import wanted
from pagertree_async.export.files import Mark, other_columns, remove, sync, sync_folder, unreadable
from pagertree_async.export.manifest import Part, manifest_of, part_of, read_manifest

SMALL = 10_000
"""Rows of files at the end that become one, so that many small merges do not make many small files."""


class _Piece(NamedTuple):
    """A file, or those of its rows that stay."""

    path: Path
    part: Part
    rows: int
    mask: Any = None


def check(path: Path, columns: tuple[Column, ...]) -> None:
    """See that a finished folder can be merged with.

    Raises:
        ExportStateError: It cannot.
    """
    listed = read_manifest(path)
    if listed is None:
        raise unreadable(path, FileNotFoundError("it has no list of its files"))
    if listed.columns != columns:
        raise other_columns(path)


def merged(old: Path, new: Path, tables: Tables, mark: Mark) -> Path:
    """Make a folder of a finished one and new rows, which is on the disk when this returns.

    Args:
        old: The finished folder, which stays as it is.
        new: The folder of the new rows.
        tables: How the rows are written.
        mark: What was marked last of the new rows.

    Raises:
        ExportStateError: The finished folder has files that cannot be read.
        OSError: One cannot be written.
    """
    kept, added = read_manifest(old), read_manifest(new)
    assert kept is not None, "it was looked at before"
    assert added is not None, "it was written just before"
    made = old.with_name(old.name + ".new")
    remove(made)
    made.mkdir()
    compute, parquet = wanted("pyarrow.compute", "parquet"), wanted("pyarrow.parquet", "parquet")
    ids = tables.joined([parquet.ParquetFile(new / one.file).read(["id"]) for one in added.parts], only="id")["id"]
    pieces: list[_Piece] = []
    for part in kept.parts:
        path = old / part.file
        with _reading(path):
            mask = compute.invert(compute.is_in(parquet.ParquetFile(path).read(["id"])["id"], value_set=ids))
        rows = compute.sum(mask).as_py() or 0
        pieces.append(_Piece(path, part, rows, None if rows == part.rows else mask))
    pieces += [_Piece(new / part.file, part, part.rows) for part in added.parts]
    parts: list[Part] = []
    for group in _groups([piece for piece in pieces if piece.rows]):
        path = made / f"part-{len(parts):05}.parquet"
        if len(group) == 1 and group[0].mask is None:
            _link(group[0].path, path)
            parts.append(msgspec.structs.replace(group[0].part, file=path.name))
            continue
        read: list[Any] = []
        for piece in group:
            with _reading(piece.path):
                table = parquet.ParquetFile(piece.path).read()
            read.append(table if piece.mask is None else table.filter(piece.mask))
        parquet.write_table(tables.joined(read), path, compression="zstd")
        sync(path)
        parts.append(part_of(path, sum(piece.rows for piece in group)))
    sync_folder(made)
    listed = manifest_of(added.table, added.run, added.columns, parts)
    msgspec.structs.replace(listed, finished=mark).write(made)
    return made


def _groups(pieces: list[_Piece]) -> list[list[_Piece]]:
    """The pieces that become a file each: those at the end together, as long as they are small; at least one."""
    rows, first = 0, len(pieces)
    while first and rows + pieces[first - 1].rows <= SMALL:
        first -= 1
        rows += pieces[first].rows
    last = pieces[first:]
    return [*([piece] for piece in pieces[:first]), *([last] if last or not pieces else [])]


def _link(path: Path, other: Path) -> None:
    try:
        other.hardlink_to(path)
    except OSError:  # the file system knows no links
        shutil.copyfile(path, other)
        sync(other)


@contextmanager
def _reading(path: Path) -> Generator[None]:
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise unreadable(path, error) from error
