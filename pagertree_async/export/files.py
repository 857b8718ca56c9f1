"""A file that has its name only when it is whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pagertree_async.models import Model


def line(item: Model) -> bytes:
    """An object as one line of JSON without its secrets: just what was sent, unknown fields included."""
    text = item.to_json(secrets=False)
    if b"\n" in text or b"\r" in text:
        text = msgspec.json.encode(msgspec.json.decode(text))
    return text + b"\n"


class Lines:
    """An NDJSON file being written under a temporary name.

    Args:
        path: The name that it has once it is whole; until then ``.part`` is added.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part: Path = path.with_name(path.name + ".part")
        self.bytes: int = 0
        self._file = self.part.open("wb")

    def write(self, items: Iterable[Model]) -> None:
        """Write objects, a line each."""
        self.bytes += self._file.write(b"".join(map(line, items)))

    def finish(self) -> None:
        """Bring what was written to the disk and give the file its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.part.replace(self.path)
        _sync_folder(self.path.parent)

    def discard(self) -> None:
        """Remove what was written, if it was not finished; never raises, since it follows another failure."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self.part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
