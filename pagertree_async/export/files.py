"""Files that have their name only when they are whole."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from pagertree_async.errors import PagerTreeError


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what a sink was given is on the disk for certain.

    Attributes:
        bytes: How many bytes it is; rows, where a database holds it.
        checksum: The CRC-32 of so much of it, or of the list of its files.
        parts: How many files it is in, where that is more than one.
    """

    bytes: int
    checksum: int
    parts: int = 0


class Sink(Protocol):
    """Takes rows and keeps them; what was marked survives. One call at a time, from whichever thread.

    Attributes:
        path: The name that it has once it is whole.
        bytes: How much there is of it; once it is whole, its size.
        by_window: Whether rows are kept only once their window is sealed.
    """

    path: Path
    bytes: int
    by_window: bool

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        """Take rows of a window of time; return how many bytes they became."""
        ...

    def seal(self, window: int) -> None:
        """Take in that a window has all of its rows."""
        ...

    def mark(self) -> Mark:
        """Bring all that was written to the disk, where it can be gone on with, and tell how much it is."""
        ...

    def clear(self) -> None:
        """Forget all that was written."""
        ...

    def finish(self) -> None:
        """Give what was written its name."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Finished:
    """A sink that an earlier run finished: nothing is left to be done.

    Args:
        path: What it made.
        mark: How much it was.
        by_window: As that sink has it.
    """

    def __init__(self, path: Path, mark: Mark, *, by_window: bool = False) -> None:
        self.path: Path = path
        self.bytes: int = size(path)
        self.by_window: bool = by_window
        self._mark = mark

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        """Refuse them.

        Raises:
            ExportStateError: Always: nothing is written to what is final.
        """
        raise not_as_marked(self.path)

    def clear(self) -> None:
        """Refuse to.

        Raises:
            ExportStateError: Always: nothing is taken from what is final.
        """
        raise not_as_marked(self.path)

    def seal(self, window: int) -> None:
        """There is nothing to take in."""

    def mark(self) -> Mark:
        """Tell how much it is."""
        return self._mark

    def finish(self) -> None:
        """It has its name."""

    def close(self) -> None:
        """It is not open."""


class ExportStateError(PagerTreeError):
    """What an earlier export left cannot be gone on with; nothing of it was changed."""


def not_as_marked(path: Path) -> ExportStateError:
    """What is raised when something is not what a checkpoint says."""
    message = f"{path} is not what its checkpoint says: it was changed or torn"
    return ExportStateError(message, hint="Nothing was overwritten; move it away, or export to another folder")


def unreadable(path: Path, error: Exception, where: str = "") -> ExportStateError:
    """What is raised when a finished file that rows are to be merged with is no such file."""
    return ExportStateError(f"{path} cannot be read{where}: {error}", hint=_ANEW)


def other_columns(path: Path) -> ExportStateError:
    """What is raised when a file has other columns than those that are written now."""
    return ExportStateError(f"{path} has other columns than this version writes", hint=_ANEW)


_ANEW = "Nothing was changed; move it away, or export to another folder, to begin anew"


def size(path: Path) -> int:
    """The bytes of a file, or of those in a folder."""
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


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


def sync(path: Path) -> None:
    """Bring a file's bytes to the disk, whoever wrote them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def swap(new: Path, path: Path) -> None:
    """Give a folder its name, and the one that has it the other; at once, where the system can.

    Where it cannot, a crash may leave the old one aside: :func:`recover` puts that right.
    """
    if not path.exists():
        new.rename(path)
    elif not _exchanged(new, path):
        aside = path.with_name(path.name + ".old")
        path.rename(aside)
        new.rename(path)
        aside.rename(new)


def recover(path: Path) -> None:
    """Put right what a crash left of something that was about to be finished."""
    new, aside = path.with_name(path.name + ".new"), path.with_name(path.name + ".old")
    if aside.exists() and not path.exists():
        aside.rename(path)
    if aside.exists() or new.exists():
        sync_folder(path.parent)  # nothing is removed before what took its place is on the disk
        remove(aside)
        remove(new)


def _exchanged(one: Path, two: Path) -> bool:
    """Exchange two names, if this system can (Linux has ``renameat2``, and most of its file systems do it)."""
    import ctypes

    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange is None:
        return False
    here, at_once = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done: int = exchange(here, os.fsencode(one), here, os.fsencode(two), at_once)
    return done == 0
