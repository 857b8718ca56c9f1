"""Whether a file is whole, for those formats of which a DuckDB may read what is there and keep quiet about the rest."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20
FRAME, SKIPPED = 0xFD2FB528, range(0x184D2A50, 0x184D2A60)
"""The numbers that a frame of Zstandard begins with, and one that is to be skipped."""
RUN = 1
"""The kind of a block that is one byte, many times."""
TORN = "it ends in the middle"


def check(path: Path, format: str) -> None:
    """See that a file ends where one of its format can end.

    Raises:
        EOFError: It does not.
        OSError: It cannot be read.
    """
    if format in CHECKS:
        with path.open("rb") as file:
            CHECKS[format](file, file.seek(0, os.SEEK_END))


def _lines(last: bytes, file: BinaryIO, size: int) -> None:
    """See that the last byte is one of some."""
    if size:
        file.seek(-1, os.SEEK_END)
        if file.read() not in last:
            raise EOFError(TORN)


def _members(file: BinaryIO, _size: int) -> None:
    """Unpack all of it, which tells by its checksums whether it is whole."""
    file.seek(0)
    try:
        with gzip.open(file) as unpacked:
            while unpacked.read(PIECE):
                pass
    except (EOFError, OSError, zlib.error) as error:
        message = "it is torn, or not packed by gzip"
        raise EOFError(message) from error


def _frames(file: BinaryIO, size: int) -> None:
    """Go from frame to frame, and in each from block to block (RFC 8878, section 3.1)."""
    file.seek(0)
    while file.tell() < size:
        magic = _number(file, 4)
        if magic in SKIPPED:
            file.seek(_number(file, 4), os.SEEK_CUR)
        elif magic == FRAME:
            _frame(file)
        else:
            message = "it is not Zstandard"
            raise EOFError(message)
    if file.tell() > size:
        raise EOFError(TORN)


def _frame(file: BinaryIO) -> None:
    described = _number(file, 1)
    single, checksum = described & 0x20, 4 if described & 0x04 else 0
    content = (1 if single else 0, 2, 4, 8)[described >> 6]
    file.seek((0 if single else 1) + (0, 1, 2, 4)[described & 3] + content, os.SEEK_CUR)
    last = False
    while not last:
        block = _number(file, 3)
        last, kind, length = bool(block & 1), block >> 1 & 3, block >> 3
        file.seek(1 if kind == RUN else length, os.SEEK_CUR)
    file.seek(checksum, os.SEEK_CUR)


def _number(file: BinaryIO, length: int) -> int:
    read = file.read(length)
    if len(read) < length:
        raise EOFError(TORN)
    return int.from_bytes(read, "little")


CHECKS: dict[str, Callable[[BinaryIO, int], None]] = {
    "ndjson": partial(_lines, b"\n}"),
    "csv": partial(_lines, b"\n"),
    "ndjson.gz": _members,
    "ndjson.zst": _frames,
}
