"""A finished file and new rows as one file: rows with the same id are replaced, others kept, new ones come after."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from pagertree_async.export.files import ExportStateError, other_columns, unreadable
from pagertree_async.export.rows import Rows

BLOCK = 1 << 18
Open = Callable[[Path], BinaryIO]


def merged(old: Path, part: Path, rows: Rows, pack: Callable[[bytes], bytes], open_: Open) -> Path:
    """Write a file and new rows to one file, which is on the disk when this returns.

    The new rows stand at its end just as they are in ``part``, by which it is known for what it is.

    Args:
        old: The file; where there is none, there are only the new rows.
        part: The new rows, without a head.
        rows: What the rows look like.
        pack: Packs bytes.
        open_: Opens a file to read what was packed.

    Raises:
        ExportStateError: The old file has no such rows; nothing was changed.
        OSError: It cannot be read or written.
    """
    new = old.with_name(old.name + ".new")
    ids = {id for id, _ in _read(part, rows, open_, head=b"")}
    with new.open("wb") as out:
        block, held = [rows.head()], 0
        for id, record in _read(old, rows, open_, head=rows.head()) if old.exists() else ():
            if id not in ids:
                block.append(record)
                held += len(record)
            if held >= BLOCK:
                out.write(pack(b"".join(block)))
                block, held = [], 0
        out.write(pack(b"".join(block)))
        with part.open("rb") as file:
            shutil.copyfileobj(file, out, BLOCK)
        out.flush()
        os.fsync(out.fileno())
    return new


def _read(path: Path, rows: Rows, open_: Open, *, head: bytes) -> Iterator[tuple[str, bytes]]:
    number = 0
    try:
        with open_(path) as file:
            if file.read(len(head)) != head:
                raise other_columns(path)
            for id, record in rows.parted(file):
                number += 1
                yield id, record if record.endswith(b"\n") else record + b"\n"
    except ExportStateError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise unreadable(path, error, f" beyond its row {number}") from error
