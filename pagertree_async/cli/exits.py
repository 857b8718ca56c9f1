"""How a command ends: the exit codes, and what a command raises to end by itself."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    AUTH = 3
    NOT_FOUND = 4
    REFUSED = 5
    """A conflict, or the API found the values invalid."""
    RATE_LIMITED = 6
    UNREACHABLE = 7
    """The server or the network failed; nothing was applied, or repeating does no harm."""
    RESUMABLE = 8
    """Interrupted, and what was finished can be gone on from."""
    WARNINGS = 9
    AMBIGUOUS = 10
    """A write may or may not have been applied: look before repeating it."""
    INTERRUPTED = 130
    TERMINATED = 143


class CommandError(Exception):
    """A command cannot go on, for a reason of its own.

    Args:
        message: What happened, in one line.
        code: The exit code.
        hint: What to do about it, in one line.
    """

    def __init__(self, message: str, code: Exit = Exit.USAGE, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class Terminated(BaseException):
    """SIGTERM arrived; raised where the command stands, as Ctrl-C is."""
