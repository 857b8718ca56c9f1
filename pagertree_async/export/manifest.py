"""The list of the files that a folder of rows is made of: they count when they stand in it."""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec

from pagertree_async.export.columns import Column
from pagertree_async.export.files import Mark, replace

NAME = "_manifest.json"
VERSION = 1
PIECE = 1 << 20


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file.

    Attributes:
        file: Its name.
        rows: How many rows it has.
        bytes: Its size.
        crc32: The CRC-32 of its bytes.
    """

    file: str
    rows: int
    bytes: int
    crc32: int

    def is_in(self, folder: Path) -> bool:
        """Whether the file is there, just as it was written."""
        path = folder / self.file
        return path.exists() and path.stat().st_size == self.bytes and checksum(path) == self.crc32


def part_of(path: Path, rows: int) -> Part:
    """A file that has just been written."""
    return Part(file=path.name, rows=rows, bytes=path.stat().st_size, crc32=checksum(path))


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The list.

    Attributes:
        version: The version of this form.
        table: What the rows are: ``alerts``.
        run: Tells one export from another.
        columns: What a row has.
        rows: How many rows there are.
        bytes: How many bytes they are.
        parts: The files.
        finished: What was marked last, once all is there.
    """

    version: int = VERSION
    table: str
    run: str
    columns: tuple[Column, ...]
    rows: int
    bytes: int
    parts: tuple[Part, ...]
    finished: Mark | None = None

    def write(self, folder: Path) -> None:
        """Put it into a folder, in the place of an earlier one."""
        replace(folder / NAME, msgspec.json.format(msgspec.json.encode(self), indent=1))

    def mark(self, count: int | None = None) -> Mark:
        """The mark of its first parts, by default of all."""
        parts = self.parts[:count]
        told = msgspec.json.encode((self.run, self.columns, parts))
        return Mark(bytes=sum(one.bytes for one in parts), checksum=zlib.crc32(told), parts=len(parts))


def manifest_of(table: str, run: str, columns: tuple[Column, ...], parts: list[Part]) -> Manifest:
    """The manifest of some files."""
    return Manifest(
        table=table,
        run=run,
        columns=columns,
        rows=sum(one.rows for one in parts),
        bytes=sum(one.bytes for one in parts),
        parts=tuple(parts),
    )


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder, None when it has none that can be read."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None


def checksum(path: Path) -> int:
    """The CRC-32 of a file."""
    found = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found = zlib.crc32(piece, found)
    return found
