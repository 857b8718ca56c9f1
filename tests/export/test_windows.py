"""Windows of time: how much is done at once, and that whatever happens every row is there once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async import ServerError
from pagertree_async.export import offsets, shares, table, windows
from pagertree_async.export.asking import Step
from tests.export.lists import START, List, Query, iso, row
from tests.export.simulation import CrashError, Disk, Run, answer

EVEN = [timedelta(seconds=number) for number in range(6000)]
LATE = [timedelta(hours=number) for number in range(100)] + [
    timedelta(hours=100, milliseconds=number) for number in range(5900)
]
BURSTS = [timedelta(hours=number // 1500, milliseconds=number % 1500) for number in range(6000)]


@pytest.mark.parametrize("moments", [EVEN, LATE, BURSTS], ids=["even", "late", "bursts"])
@pytest.mark.parametrize("slots", [1, 4, 16])
def test_the_work_is_shared(moments: list[timedelta], slots: int, tmp_path: Path) -> None:
    """However uneven the rows lie in time, all that may be done at once is done: rounds of requests are few."""
    served = List([row(number, START + moment) for number, moment in enumerate(moments)])
    disk = Disk(by_window=False)
    run = Run(served, disk, tmp_path, slots)
    run.by_rounds()
    assert [f"a{number}" for number in range(6000)] == sorted(disk.final or (), key=lambda name: int(name[1:]))
    pages = 6000 / 99
    assert run.rounds <= 1.35 * pages / slots + 12
    assert len(served.asked) <= 1.2 * pages + 5 * slots


def test_a_window_is_not_split_for_ever(tmp_path: Path) -> None:
    """Where all rows are of one moment, the row in the middle tells nothing, and is asked for once."""
    served = List([row(number, START) for number in range(3000)])
    disk = Disk(by_window=False)
    Run(served, disk, tmp_path, 8).by_rounds()
    assert 3000 == len(set(disk.final or ())) == len(disk.final or ())
    assert len([query for query in served.asked if query["limit"] == "1"]) < 12


@pytest.mark.parametrize("counts", ["refused", "untold", "half"])
def test_windows_that_cannot_be_counted(counts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked for at once, and whatever is answered to the others, it is said once."""
    monkeypatch.setattr(windows, "WINDOW_ROWS", 200)
    served = List([row(number, START + moment) for number, moment in enumerate(EVEN)])
    refused: list[Query] = []

    def before(query: Query) -> int | None:
        served.totals = True
        if "lt" not in query.get("ops", ""):
            return None
        served.totals = counts != "untold"
        if counts == "untold" or (counts == "half" and refused):
            return None
        refused.append(query)
        return 422

    served.before = before
    disk = Disk(by_window=True)
    run = Run(served, disk, tmp_path, 20)
    counting: list[Step] = []
    while len(counting) < 3:
        run.ask()
        counting += [step for step in run.flying if step.kind in {"below", "through"}]
        others = [step for step in run.flying if step not in counting]
        run.flying = []
        for step in others:
            answer(served, run.table, step)
        run.keep()
    for step in counting:
        answer(served, run.table, step)
    run.by_rounds()
    assert (6000, 6000) == (len(disk.final or ()), len(set(disk.final or ())))
    assert 1 == len(run.warnings)
    assert run.warnings[0].startswith("it cannot be proved that alerts.list() is whole: ")


def test_what_comes_after_the_end_is_not_taken(tmp_path: Path) -> None:
    """A list that ends before pages that were asked for: neither their rows nor their errors are of importance."""
    served = List([{"id": f"a{number}"} for number in range(900)])
    disk = Disk(by_window=False)
    run = Run(served, disk, tmp_path, 6)
    answer(served, run.table, run.table.next())  # type: ignore[arg-type]
    answer(served, run.table, run.table.next())  # type: ignore[arg-type]
    run.ask()
    del served.rows[150:]
    answer(served, run.table, run.flying.pop(0))
    assert run.table.ready
    answer(served, run.table, run.flying.pop(0))
    assert run.table.refused(run.flying.pop(0), ServerError(500))
    run.by_rounds()
    assert [f"a{number}" for number in range(150)] == disk.final


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Windows of a few pages, and checkpoints whenever there can be one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(table, "KEPT_EVERY", 0.0)
        yield


class Shifting(List):
    """A list in which rows come and go at every request."""

    def __init__(self, moments: list[timedelta], chance: random.Random, rate: int) -> None:
        super().__init__([row(number, START + moment) for number, moment in enumerate(moments)])
        self.throughout = {one["id"] for one in self.rows}
        self.number = len(self.rows)
        self.now = START + timedelta(days=30)
        self.chance = chance
        self.rate = rate
        self.before = self.change

    def change(self, query: Query) -> None:
        for _ in range(self.rate):
            self.throughout.discard(self.rows.pop(self.chance.randrange(len(self.rows)))["id"])
            self.now += timedelta(milliseconds=self.chance.randrange(2000))
            self.rows.append({"id": f"a{self.number}", "createdAt": iso(self.now)})
            self.number += 1


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    slots=st.integers(1, 9),
    by_window=st.booleans(),
    quick=st.booleans(),
    orders=st.booleans(),
    ties=st.sampled_from([1, 3, 120, 700]),
    rate=st.integers(0, 2),
)
def test_crashes(seed: int, slots: int, by_window: bool, quick: bool, orders: bool, ties: int, rate: int) -> None:
    """Whenever the machine stops, in whatever order answers come, going on gives each row that was there throughout, once."""
    chance = random.Random(seed)
    moments = [timedelta(seconds=number // ties) for number in range(1500)]
    served = Shifting(moments, chance, rate)
    if not orders:
        served.orders = set()
    left = [chance.randrange(60) for _ in range(4)]

    def crash() -> None:
        if left:
            left[-1] -= 1
            if left[-1] < 0:
                left.pop()
                raise CrashError

    disk = Disk(by_window, crash)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(table, "replace", disk.replace)
        patched.setattr(windows, "WINDOW_ROWS", 250)
        patched.setattr(shares, "WORTH_SPLITTING", 200)
        patched.setattr(offsets, "SEALED_ROWS", 300)
        while disk.final is None:
            try:
                Run(served, disk, Path(folder), slots, chance, quick=quick).by_chance()
            except CrashError:
                continue
    assert set() == served.throughout - set(disk.final)
    assert len(disk.final) == len(set(disk.final))
