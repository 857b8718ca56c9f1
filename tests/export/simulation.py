"""An export in one thread without a client, whose pages, checkpoints and crashes come in an order that chance decides."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec

from pagertree_async.errors import api_error
from pagertree_async.export import resources
from pagertree_async.export.asking import CREATED, UPDATED, Asks, Bounds, Step
from pagertree_async.export.checkpoint import Plan
from pagertree_async.export.files import Mark
from pagertree_async.export.table import Source, Table
from pagertree_async.http import Headers, Response
from pagertree_async.paging import sent_page
from tests.export.lists import List
from tests.modes import Mode


class CrashError(Exception):
    """The machine stopped."""


class Disk:
    """What survives a crash.

    Args:
        by_window: Whether rows are kept only once their window is sealed.
        crash: Called before and after each change of it; may raise.
    """

    def __init__(self, by_window: bool, crash: Callable[[], None] = lambda: None) -> None:
        self.by_window = by_window
        self.crash = crash
        self.parts: list[list[str]] = []
        self.final: list[str] | None = None

    def replace(self, path: Path, text: bytes) -> None:
        """What the engine calls to keep a checkpoint."""
        self.crash()
        path.write_bytes(text)
        self.crash()

    def open(self, name: str, model: Any, mark: Mark | None, *, merge: bool = False) -> Sink:
        return Sink(self, mark)


class Sink:
    """A sink that remembers ids."""

    def __init__(self, disk: Disk, mark: Mark | None) -> None:
        self.path = Path("alerts")
        self.bytes = 0
        self.by_window = disk.by_window
        self._disk = disk
        self._rows: dict[int, list[str]] = {}
        if mark is None:
            disk.parts = []
        del disk.parts[mark.parts if mark else 0 :]

    def write(self, rows: Sequence[msgspec.Raw], window: int = 0) -> int:
        place = self._rows.setdefault(window if self.by_window else 0, [])
        place.extend(msgspec.json.decode(row)["id"] for row in rows)
        return len(rows)

    def _keep(self, window: int) -> None:
        self._disk.crash()
        if window in self._rows:
            self._disk.parts.append(self._rows.pop(window))
        self._disk.crash()

    def seal(self, window: int) -> None:
        self._keep(window)

    def mark(self) -> Mark:
        if not self.by_window:
            self._keep(0)
        return Mark(bytes=0, checksum=0, parts=len(self._disk.parts))

    def clear(self) -> None:
        self._rows.clear()
        self._disk.parts.clear()

    def finish(self) -> None:
        assert not self._rows, "all was marked or sealed"
        self._disk.final = [one for part in self._disk.parts for one in part]

    def close(self) -> None:
        pass


def source(quick: bool = True) -> Source:
    """Alerts, of nobody."""
    service = resources(Mode("blocking").client())["alerts"]
    listed: Any = type(service).list
    asks = [Asks(service, listed, {}, by, Bounds()) for by in (CREATED, UPDATED)]
    return Source(
        name="alerts",
        path="/alert",
        model=listed.result,
        created=asks[0],
        updated=asks[1],
        incremental=False,
        quick=quick,
        plan=Plan(base_url="", format="", since=None, until=None, incremental=False, filters="{}"),
    )


def answer(served: List, table: Table, step: Step) -> None:
    """Have a list answer a step, and take that in."""
    call = step.listing.call(step.limit, step.offset)
    status, body = served.answer({name: values[-1] for name, values in parse_qs(call.query).items()})
    if status != 200:
        assert table.refused(step, api_error(status, Headers(), b""))
        return
    response = Response(status=status, body=msgspec.json.encode(body))
    table.take(step, sent_page(response, step.listing, step.limit, step.offset))


class Run:
    """An export from its beginning, or from where the last one crashed.

    Args:
        served: The list.
        disk: Where rows go.
        folder: Where the checkpoint goes.
        slots: How many pages are asked for at a time.
        chance: What the order depends on, None for the order of asking.
        quick: Whether rows are written in no time.
    """

    def __init__(
        self,
        served: List,
        disk: Disk,
        folder: Path,
        slots: int,
        chance: random.Random | None = None,
        *,
        quick: bool = True,
    ) -> None:
        self.served, self.disk = served, disk
        self.table = Table(source(quick), disk.open, folder, slots, None, lambda: None)
        self.slots = slots
        self.chance = chance
        self.flying: list[Step] = []
        self.rounds = 0

    def ask(self) -> None:
        """Ask for as much as may be asked for at a time."""
        while len(self.flying) < self.slots and (step := self.table.next(self.slots - len(self.flying))) is not None:
            self.flying.append(step)

    def keep(self) -> None:
        """Bring what there is to the disk."""
        if self.table.due:
            self.table.saving()()
            self.table.saved()

    def by_rounds(self) -> None:
        """Answer all that was asked for, again and again."""
        while not self.table.ready:
            self.ask()
            asked, self.flying = self.flying, []
            for step in asked:
                answer(self.served, self.table, step)
            self.keep()
            self.rounds += 1
        self.warnings = self.table.finishing()().warnings

    def by_chance(self) -> None:
        """Answer one after another, and keep checkpoints in between, as chance has it."""
        assert self.chance is not None
        save: Any = None
        while not self.table.ready:
            self.ask()
            if save is None and self.table.due:
                save = self.table.saving()
            if save is not None and (not self.flying or self.chance.random() < 0.2):
                save()
                save = None
                self.table.saved()
            elif self.flying:
                step = self.flying.pop(self.chance.randrange(len(self.flying)))
                answer(self.served, self.table, step)
        self.table.finishing()()
