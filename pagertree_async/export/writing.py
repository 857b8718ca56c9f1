"""Rows on their way to a sink: what can be written at once is, the rest waits for a worker to write and mark it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import msgspec

from pagertree_async.export.files import Sink


class Batch(NamedTuple):
    """What a worker is to write.

    Attributes:
        held: Rows and their windows, in their order; None where all rows before are to be forgotten.
        seals: The windows to be sealed after that.
        rows: How many rows are safe once all of it is marked.
    """

    held: list[tuple[Sequence[msgspec.Raw], int] | None]
    seals: list[int]
    rows: int


class Writer:
    """Rows on their way to a sink.

    All but :meth:`bringing` is called by one at a time, and does not block; that is called by a worker, of which there
    is one at a time as well. What comes while it is at work waits.

    Args:
        open_: Opens the sink.
        forget: Called before rows are forgotten: what was kept of them counts no longer.
        quick: Whether rows are written in so little time that it needs no worker.
        sink: The sink, where an earlier export is gone on with.
        rows: How many rows it has.
    """

    def __init__(
        self, open_: Callable[[], Sink], forget: Callable[[], None], *, quick: bool, sink: Sink | None, rows: int
    ) -> None:
        self.sink: Sink | None = sink
        self.rows: int = rows
        self.busy: bool = False
        self.torn: bool = False
        """Whether rows that were taken are not in the file: then the last checkpoint counts."""
        self.disk: threading.RLock = threading.RLock()
        """Held by the worker while it is at work."""
        self._open = open_
        self._forget = forget
        self._quick = quick
        self._held: list[tuple[Sequence[msgspec.Raw], int] | None] = []
        self._to_seal: list[int] = []
        self._unsealed: dict[int, int] = {}

    @property
    def by_window(self) -> bool:
        """Whether rows are kept only once their window is sealed, as far as that is known."""
        return self.sink is not None and self.sink.by_window

    @property
    def held(self) -> int:
        """How many pages wait."""
        return len(self._held)

    @property
    def sealable(self) -> bool:
        """Whether there are windows that can be sealed."""
        return bool(self._to_seal)

    def write(self, rows: Sequence[msgspec.Raw], window: int) -> None:
        """Take rows of a window.

        Raises:
            OSError: They cannot be written.
        """
        if not rows:
            return
        self.rows += len(rows)
        self._unsealed[window] = self._unsealed.get(window, 0) + len(rows)
        self._held.append((rows, window))
        self.pour()

    def seal(self, window: int) -> None:
        """Take in that no more rows of a window come."""
        self._to_seal.append(window)

    def clear(self) -> None:
        """Forget all rows."""
        self.rows = 0
        self._to_seal.clear()
        self._unsealed.clear()
        self._held[:] = [None]
        self.pour()

    def pour(self) -> None:
        """Write what waits, where that is quick and no worker is at it."""
        if self.sink is not None and self._quick and not self.busy and not self.torn:
            self.torn = True
            self._put(self.sink, self._held)
            self._held = []
            self.torn = False

    def _put(self, sink: Sink, held: Sequence[tuple[Sequence[msgspec.Raw], int] | None]) -> None:
        for one in held:
            if one is None:
                self._forget()
                sink.clear()
            else:
                sink.write(*one)

    def batch(self, *, last: bool) -> Batch:
        """Hand out all that waits to a worker.

        Args:
            last: Whether no more rows come at all.
        """
        self.busy = self.torn = True
        held, self._held = self._held, []
        seals: list[int] = []
        if last or (self.sink is not None and not self.sink.by_window):
            seals = [*self._unsealed]
        elif self.by_window:
            seals = [window for window in dict.fromkeys(self._to_seal) if window in self._unsealed]
        if last or self.sink is not None:
            self._to_seal = []
        for window in seals:
            del self._unsealed[window]
        return Batch(held, seals, self.rows - sum(self._unsealed.values()))

    @contextmanager
    def bringing(self, batch: Batch) -> Generator[Sink]:
        """Write a batch; the sink is yielded, to be marked. It blocks.

        Raises:
            ExportStateError: The sink cannot be begun, or cannot forget rows.
            OSError: It cannot be written.
        """
        with self.disk:
            if self.sink is None:
                self.sink = self._open()
            self._put(self.sink, batch.held)
            for window in batch.seals if self.sink.by_window else ():
                self.sink.seal(window)
            yield self.sink
            self.torn = False

    def done(self) -> None:
        """Take in that the worker is done.

        Raises:
            OSError: What came meanwhile cannot be written.
        """
        self.busy = False
        self.pour()
