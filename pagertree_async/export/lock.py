"""A lock that keeps a second export from a folder, which is made if it is not there."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from pagertree_async.errors import InvalidArgumentError

NAME = ".export.lock"
"""The file that is locked where a folder cannot be."""


class Lock:
    """Keeps a folder to one export; the system lifts it when the process ends, however it does.

    Args:
        folder: The folder, made if it is not there, and removed again if nothing was written to it.

    Raises:
        InvalidArgumentError: Another export writes there.
        OSError: It cannot be made, or cannot be locked at all.
    """

    def __init__(self, folder: Path) -> None:
        self._made = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        self._file: Path | None = None
        taken: tuple[type[OSError], ...] = (BlockingIOError,)
        if sys.platform == "win32":
            self._file = folder / NAME
            taken = (PermissionError,)
        self._handle = os.open(self._file or folder, os.O_RDWR | os.O_CREAT if self._file else os.O_RDONLY)
        try:
            _take(self._handle)
        except OSError as error:
            os.close(self._handle)
            if not isinstance(error, taken):
                raise
            message = f"another export writes to {folder}"
            raise InvalidArgumentError(message, hint="Wait for it, or export to another folder") from None

    def release(self) -> None:
        """Let others have the folder, unless it was made for nothing."""
        if self._file is None:
            self._unmake()
        os.close(self._handle)
        if self._file is not None:
            with contextlib.suppress(OSError):  # another export may have it open by now
                self._file.unlink()
            self._unmake()

    def _unmake(self) -> None:
        with contextlib.suppress(OSError):  # something is in it, as there should be
            for folder in self._made:
                folder.rmdir()


def _take(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
