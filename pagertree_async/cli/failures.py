"""What a failure comes to: its exit code, and its line on standard error."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from pagertree_async.cli.connect import IMPORTS
from pagertree_async.cli.exits import CommandError, Exit, Terminated
from pagertree_async.cli.output import note
from pagertree_async.errors import (
    AmbiguousWriteError,
    APIError,
    AuthenticationError,
    ConfigurationError,
    IncompleteListWarning,
    InvalidArgumentError,
    InvalidResponseError,
    MultipleFoundError,
    NoneFoundError,
    NotFoundError,
    PagerTreeError,
    PaginationError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    TransportError,
    UnexpectedRedirectError,
)
from pagertree_async.export.files import ExportStateError

BY_KIND: tuple[tuple[type[PagerTreeError], Exit], ...] = (
    (AmbiguousWriteError, Exit.AMBIGUOUS),
    (InvalidArgumentError, Exit.USAGE),
    (ConfigurationError, Exit.USAGE),
    (AuthenticationError, Exit.AUTH),
    (PermissionDeniedError, Exit.AUTH),
    (NotFoundError, Exit.NOT_FOUND),
    (RateLimitedError, Exit.RATE_LIMITED),
    (ServerError, Exit.UNREACHABLE),
    (UnexpectedRedirectError, Exit.UNREACHABLE),
    (APIError, Exit.REFUSED),
    (MultipleFoundError, Exit.REFUSED),
    (NoneFoundError, Exit.NOT_FOUND),
    (TransportError, Exit.UNREACHABLE),
    (InvalidResponseError, Exit.UNREACHABLE),
    (PaginationError, Exit.UNREACHABLE),
    (ExportStateError, Exit.REFUSED),
)
HERE = {"allow_http=True": "--allow-http", "timeout=": "--timeout", "base_url": "--base-url", " or proxy=": ""} | {
    **IMPORTS,
    "or give auth= in code": "or log in: pagertree-async auth login",
}
"""How the command line says what hints say in Python."""
LATE = frozenset({408, 425})
"""Statuses below 500 that speak of the connection and not of the request."""


def code_of(error: BaseException) -> Exit:
    """The exit code that an error stands for.

    A ``POST`` that may have been applied is told apart from whatever else failed on the way: it must not be repeated
    without a look.
    """
    if isinstance(error, CommandError):
        return error.code
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED
    if isinstance(error, Terminated):
        return Exit.TERMINATED
    if not isinstance(error, PagerTreeError):
        return Exit.UNEXPECTED
    unsure = isinstance(error, ServerError | TransportError | InvalidResponseError)
    if unsure and error.maybe_applied and error.method == "POST":
        return Exit.AMBIGUOUS
    if isinstance(error, APIError) and error.status in LATE:
        return Exit.UNREACHABLE
    return next((code for kind, code in BY_KIND if isinstance(error, kind)), Exit.UNEXPECTED)


def lines_of(error: BaseException) -> list[str]:
    """What is said of an error: ``error: …``, and ``hint: …`` where there is one."""
    if isinstance(error, CommandError):
        text, hint = str(error), error.hint
    elif isinstance(error, PagerTreeError):
        hint = str(error.__dict__.get("_hint", error.hint))
        text = str(error).removesuffix(f". {hint}") if hint else str(error)
        hint = said_here(hint)
    elif isinstance(error, KeyboardInterrupt | Terminated):
        left: list[str] = getattr(error, "__notes__", [])
        text = "; ".join(["interrupted" if isinstance(error, KeyboardInterrupt) else "terminated", *left])
        hint = AmbiguousWriteError.hint if left else ""
    elif isinstance(error, OSError):
        told = error.strerror or str(error)
        text, hint = f"{error.filename}: {told}" if error.filename else told, ""
    else:
        text, hint = f"{type(error).__name__}: {error}", "PAGERTREE_DEBUG=1 shows where it happened"
    return [f"error: {printable(text)}", *([f"hint: {printable(hint)}"] if hint else [])]


def said_here(hint: str) -> str:
    """A hint for those who write Python in the words of the command line.

    >>> said_here("Give the call more time with timeout=, or check why the server is slow")
    'Give the call more time with --timeout, or check why the server is slow'
    """
    for there, here in HERE.items():
        hint = hint.replace(there, here)
    return hint


def printable(text: str) -> str:
    """``text`` on one line, without characters that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@contextmanager
def warned() -> Generator[list[str]]:
    """Say in a line when a list ended short of its total, and remember it for the exit code."""
    told: list[str] = []
    with warnings.catch_warnings():
        shown: Callable[..., None] = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *rest: Any) -> None:
            if issubclass(category, IncompleteListWarning):
                told.append(str(message))
                note(f"warning: {printable(str(message))}")
            else:
                shown(message, category, *rest)

        warnings.simplefilter("always", IncompleteListWarning)
        warnings.showwarning = show  # type: ignore[assignment] # it takes whatever the other takes
        yield told
