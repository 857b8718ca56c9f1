"""Rows to a stream of bytes, such as standard output: what went out cannot be taken back or gone on with."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from pagertree_async.export.files import ExportStateError, Mark
from pagertree_async.export.rows import Rows


class StreamSink:
    """A stream that rows go to, whole lines at a time; it is flushed with each mark and never closed.

    A stream whose reader is gone raises ``BrokenPipeError``, as it does to all who write to it.

    Args:
        stream: The stream.
        rows: Turns rows into bytes.
    """

    by_window: bool = False

    def __init__(self, stream: BinaryIO, rows: Rows) -> None:
        self.path: Path = Path("-")
        self.bytes: int = 0
        self._stream = stream
        self._rows = rows
        self._head = rows.head()

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        """Take rows; return how many bytes they became."""
        return self._put(self._rows.lines(rows))

    def _put(self, text: bytes) -> int:
        text, self._head = self._head + text, b""
        rest = memoryview(text)
        while rest:
            taken = cast("int | None", self._stream.write(rest))  # without a buffer, it may take a part, or nothing
            if taken is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            rest = rest[taken:]
        self.bytes += len(text)
        return len(text)

    def seal(self, window: int) -> None:
        """Rows go out as they come, whatever their window."""

    def mark(self) -> Mark:
        """Flush the stream."""
        self._stream.flush()
        return Mark(bytes=self.bytes, checksum=0)

    def clear(self) -> None:
        """Forget all that was written, which is nothing.

        Raises:
            ExportStateError: Rows went out.
        """
        if self.bytes:
            message = "the list has to be read anew, and rows of it went out already"
            raise ExportStateError(message, hint="Export to a folder: there, rows can be taken back")

    def finish(self) -> None:
        """Flush the stream; where there were no rows, the head goes out alone."""
        self._put(b"")
        self._stream.flush()

    def close(self) -> None:
        """The stream stays open: it is its owner's."""
