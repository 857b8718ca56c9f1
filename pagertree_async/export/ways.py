"""What every way through a list has: what is asked for next, what is made of what came, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from pagertree_async.errors import PagerTreeError, PaginationError
from pagertree_async.export.asking import Rows, Step
from pagertree_async.export.spans import Span
from pagertree_async.paging import Sent

MOST_STRANGE = 25
"""Pages without anything new that are put up with in a row."""


class Course(msgspec.Struct, kw_only=True):
    """How far a list has been read: all that going on needs.

    Attributes:
        ordered: Whether the server orders and filters by the moment asked for; None when that is not yet known.
        spans: The windows that are not yet read and proved whole.
        number: The number of the newest window.
        total: How many rows there are, as far as the server says.
    """

    ordered: bool | None = None
    spans: list[Span] = []
    number: int = 0
    total: int | None = None


Warn = Callable[[str], None]
"""Takes in what cannot be proved, in a sentence."""


class Out(Protocol):
    """Where rows go."""

    def write(self, rows: Sequence[msgspec.Raw], window: int) -> None:
        """Take rows of a window."""
        ...

    def seal(self, window: int) -> None:
        """Take in that no more rows of a window come."""
        ...

    def clear(self) -> None:
        """Forget all rows."""
        ...


class Way(Protocol):
    """A way through a list; ``number`` is that of its newest window."""

    number: int

    @property
    def done(self) -> bool:
        """Whether all of it was read."""
        ...

    def next(self, room: int = 1) -> Step | None:
        """What can be asked for now, None when nothing can before an answer is there.

        Args:
            room: How many could be asked for at once.
        """
        ...

    def take(self, step: Step, sent: Sent) -> None:
        """Take in a page.

        Raises:
            UnorderedError: The rows are not what was asked for.
            PaginationError: The server's paging is at fault.
            InvalidResponseError: A row has no id.
            OSError: What came cannot be written.
        """
        ...

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Take in that a step failed; tell whether it can be done without."""
        ...

    def seal(self) -> None:
        """Have all that was read kept as it is, also where rows are kept by windows that are not yet whole."""
        ...

    def spans(self, *, sealed: bool) -> list[Span]:
        """Copies of the windows as they are; or, ``sealed``, as they were when their rows were last sealed."""
        ...


class Patience:
    """How many pages in a row brought nothing new.

    Args:
        verb: How the list is named in errors.
    """

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._strange = 0

    def saw(self, rows: Rows, *, new: bool) -> None:
        """Take in whether a page that is not the last brought anything new.

        Raises:
            PaginationError: This would go on for ever.
        """
        self._strange = 0 if new else self._strange + 1
        if self._strange > MOST_STRANGE or (self._strange > 1 and not rows.ids):
            what = "brings the same rows again and again" if rows.ids else "promises more rows and brings none"
            message = f"{self._verb} {what}"
            raise PaginationError(message, hint="What was written is valid; the server's paging is at fault")
