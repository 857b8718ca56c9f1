"""The standard streams: in which encoding they are, and what is done where one is closed or nobody reads it."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

NAMES = ("stdin", "stdout", "stderr")


def prepare() -> None:
    """Have no character fail: data is UTF-8, whatever the locale says, and a terminal shows what it can.

    A stream that was closed before the start is one that nobody looks at: a page goes out all the same.
    """
    for number, name in enumerate(NAMES):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _nothing(number))
        elif isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace" if number else "strict")


def _nothing(number: int) -> TextIO:
    """What takes everything and gives nothing, at the number that the stream would have."""
    handle = os.open(os.devnull, os.O_RDWR)
    if handle != number:
        os.dup2(handle, number)
        os.close(handle)
    return open(number, "w" if number else "r", encoding="utf-8", closefd=False)


def drop() -> None:
    """Have nothing more written where nothing can be, and nothing said of it when the process ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
