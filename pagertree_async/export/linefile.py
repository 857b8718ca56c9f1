"""Rows in a file of lines, plain or packed: written under a temporary name, and gone on with where a mark was."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from pagertree_async.export.files import Mark, not_as_marked, sync_folder
from pagertree_async.export.merge import merged
from pagertree_async.export.rows import Rows

BLOCK = 1 << 15
"""So many bytes are written together, at least."""
PIECE = 1 << 20


class Packing(NamedTuple):
    """How the bytes of a file are packed, or not.

    Attributes:
        pack: Packs bytes so that packed pieces in a row unpack to all of them.
        open: Opens a file to read what was packed.
    """

    pack: Callable[[bytes], bytes]
    open: Callable[[Path], BinaryIO]


class FileSink:
    """A file of rows.

    Args:
        path: The name that it has once it is whole; until then ``.part`` is added.
        rows: Turns rows into the bytes of the file.
        mark: How much of the temporary file is good, when it is gone on with.
        packing: How the bytes are packed.
        merge: Whether the rows take the place of those of the finished file that have the same id, and leave the rest.

    Raises:
        ExportStateError: What is there is not what was marked.
        OSError: It cannot be opened.
    """

    by_window: bool = False

    def __init__(self, path: Path, rows: Rows, mark: Mark | None, packing: Packing, *, merge: bool = False) -> None:
        self.path: Path = path
        self.part: Path = path.with_name(path.name + ".part")
        self._rows = rows
        self._packing = packing
        self._merge = merge
        self._buffer: list[bytes] = []
        self._held = 0
        self._checksum = 0
        self._safe = -1
        self.bytes: int = 0
        self._file = self.part.open("r+b" if mark is not None else "wb", buffering=0)
        try:
            if mark is None:
                self._begin()
            else:
                self._go_on(mark)
        except BaseException:
            self._file.close()
            raise

    def _begin(self) -> None:
        sync_folder(self.path.parent)
        if not self._merge:  # otherwise the file that they are merged into has it
            self._buffer.append(self._rows.head())
            self._flush()

    def _go_on(self, mark: Mark) -> None:
        if checksum(self._file, mark.bytes) != mark.checksum:
            raise not_as_marked(self.part)
        self._file.truncate(mark.bytes)
        self.bytes, self._checksum = mark.bytes, mark.checksum

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        """Take rows; return how many bytes they became."""
        text = self._rows.lines(rows)
        self._put(text)
        return len(text)

    def seal(self, window: int) -> None:
        """Rows are kept as they come, whatever their window."""

    def _put(self, text: bytes) -> None:
        self._buffer.append(text)
        self._held += len(text)
        if self._held >= BLOCK:
            self._flush()

    def _flush(self) -> None:
        text = self._packing.pack(self._buffer[0] if len(self._buffer) == 1 else b"".join(self._buffer))
        self._file.seek(self.bytes)  # a write that failed may have left a part of itself
        taken = self._file.write(text)
        while taken < len(text):
            taken += self._file.write(memoryview(text)[taken:])
        self._buffer, self._held = [], 0
        self.bytes += len(text)
        self._checksum = zlib.crc32(text, self._checksum)

    def mark(self) -> Mark:
        """Bring all that was written to the disk, and tell how much it is."""
        if self._held:
            self._flush()
        if self._safe != self.bytes:
            os.fsync(self._file.fileno())
            self._safe = self.bytes
        return Mark(bytes=self.bytes, checksum=self._checksum)

    def clear(self) -> None:
        """Forget all that was written."""
        self._file.seek(0)
        self._file.truncate(0)
        self._buffer, self._held, self._checksum, self._safe, self.bytes = [], 0, 0, -1, 0
        self._begin()

    def finish(self) -> None:
        """Give the file its name, or its rows to the file that has it."""
        self.mark()
        self._file.close()
        if self._merge:
            merged(self.path, self.part, self._rows, *self._packing).replace(self.path)
            sync_folder(self.path.parent)
            self.part.unlink()
        else:
            self.part.replace(self.path)
        sync_folder(self.path.parent)
        self.bytes = self.path.stat().st_size

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def is_finished(path: Path, mark: Mark, *, merge: bool) -> bool:
    """Whether a file is what was marked, or ends with it where that was merged into another."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        before = path.stat().st_size - mark.bytes
        if before < 0 or (before and not merge):
            return False
        file.seek(before)
        return checksum(file, mark.bytes) == mark.checksum


def checksum(file: BinaryIO, length: int) -> int | None:
    """The CRC-32 of the next ``length`` bytes of a file, None when it has fewer."""
    found = 0
    while length:
        piece = file.read(min(length, PIECE))
        if not piece:
            return None
        found = zlib.crc32(piece, found)
        length -= len(piece)
    return found
