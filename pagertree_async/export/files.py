"""Files that have their name only when they are whole, and locks that keep a second export from them."""

from __future__ import annotations

import contextlib
import errno
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from pagertree_async.errors import InvalidArgumentError, PagerTreeError
from pagertree_async.export.rows import Rows

VERSION = 1
BLOCK = 1 << 16


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a file is on the disk for certain.

    Attributes:
        bytes: Its length.
        checksum: The CRC-32 of so much of it.
    """

    bytes: int
    checksum: int


class Sink(Protocol):
    """Takes rows and keeps them; what was marked survives."""

    path: Path

    def write(self, rows: Sequence[msgspec.Raw]) -> int:
        """Take rows; return how many bytes they became."""
        ...

    def mark(self) -> Mark:
        """Bring all that was written to the disk, and tell how much it is."""
        ...

    def clear(self) -> None:
        """Forget all that was written."""
        ...

    def finish(self) -> None:
        """Give what was written and marked its name."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class FileSink:
    """A file of rows, written under a temporary name.

    Args:
        path: The name that it has once it is whole; until then ``.part`` is added.
        rows: Turns rows into the bytes of the file.
        mark: How much of the temporary file is good, when it is gone on with.
        pack: Compresses bytes so that packed pieces in a row unpack to all of them.

    Raises:
        ExportStateError: What is there is not what was marked.
        OSError: It cannot be opened.
    """

    def __init__(self, path: Path, rows: Rows, mark: Mark | None, pack: Any = None) -> None:
        self.path: Path = path
        self.part: Path = path.with_name(path.name + ".part")
        self._rows = rows
        self._pack = pack
        self._buffer: list[bytes] = []
        self._held = 0
        self._checksum = 0
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
        self._put(self._rows.head())

    def _go_on(self, mark: Mark) -> None:
        left = mark.bytes
        while left:
            piece = self._file.read(min(left, 1 << 20))
            if not piece:
                break
            self._checksum = zlib.crc32(piece, self._checksum)
            left -= len(piece)
        if left or self._checksum != mark.checksum:
            message = f"{self.part} is not what its checkpoint says: it was changed or torn"
            raise ExportStateError(message, hint="Nothing was overwritten; move it away, or export to another folder")
        self._file.truncate(mark.bytes)
        self._file.seek(mark.bytes)
        self.bytes = mark.bytes

    def write(self, rows: Sequence[msgspec.Raw]) -> int:
        """Take rows; return how many bytes they became."""
        text = self._rows.lines(rows)
        self._put(text)
        return len(text)

    def _put(self, text: bytes) -> None:
        self._buffer.append(text)
        self._held += len(text)
        if self._held >= BLOCK:
            self._flush()

    def _flush(self) -> None:
        if not self._held:
            return
        text = b"".join(self._buffer)
        if self._pack is not None:
            text = self._pack(text)
        self._file.seek(self.bytes)  # a write that failed may have left a part of itself
        rest = memoryview(text)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._buffer, self._held = [], 0
        self.bytes += len(text)
        self._checksum = zlib.crc32(text, self._checksum)

    def mark(self) -> Mark:
        """Bring all that was written to the disk, and tell how much it is."""
        self._flush()
        os.fsync(self._file.fileno())
        return Mark(bytes=self.bytes, checksum=self._checksum)

    def clear(self) -> None:
        """Forget all that was written."""
        self._file.seek(0)
        self._file.truncate(0)
        self._buffer, self._held, self._checksum, self.bytes = [], 0, 0, 0
        self._begin()

    def finish(self) -> None:
        """Give the file, which was marked just before, its name."""
        self._file.close()
        self.part.replace(self.path)
        sync_folder(self.path.parent)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class ExportStateError(PagerTreeError):
    """What an earlier export left cannot be gone on with; nothing of it was changed."""


def replace(path: Path, text: bytes) -> None:
    """Put ``text`` in the place of a file, whole or not at all, through a crash as well."""
    new = path.with_name(path.name + ".new")
    try:
        with new.open("wb", buffering=0) as file:
            if file.write(text) != len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(new))
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Lock:
    """Keeps a folder to one export; the system lifts it when the process ends, however it does.

    Args:
        folder: The folder.

    Raises:
        InvalidArgumentError: Another export writes there.
    """

    def __init__(self, folder: Path) -> None:
        import fcntl

        self._handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            message = f"another export writes to {folder}"
            raise InvalidArgumentError(message, hint="Wait for it, or export to another folder") from None

    def release(self) -> None:
        """Let others have the folder."""
        os.close(self._handle)
