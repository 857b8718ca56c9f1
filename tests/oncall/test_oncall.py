"""Who is on call: what is cut, left out and put in order, whatever the API."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import InvalidArgumentError, InvalidIdError, oncall
from pagertree_async.calling import Async, Blocking
from pagertree_async.oncall import Gap, OnCall, Person, Shift, bounds, cut, instant, uncovered
from tests.modes import Mode, got

ADA, BO = Person(id="P1", name="Ada"), Person(id="P2", name="Bo")
START = datetime(2026, 3, 1, tzinfo=UTC)


def hour(number: float) -> datetime:
    """Some hours after the start."""
    return START + timedelta(hours=number)


def shift(start: float, end: float, user: Person = ADA, layer: int = 1) -> Shift:
    """A shift in hours after the start."""
    return Shift(start=hour(start), end=hour(end), user=user, layer=layer, schedule="S1")


class Rota(OnCall[Any]):
    """Brings the shifts it was given."""

    def __init__(self, mode: type[Any], shifts: list[Shift]) -> None:
        super().__init__(mode)
        self._shifts = shifts
        self.asked: list[Any] = []

    async def shifts(self, schedule: str, since: datetime, until: datetime) -> list[Shift]:
        self.asked.append((schedule, since, until))
        return self._shifts

    async def current(self, schedule_or_team: str, at: datetime) -> list[Shift]:
        self.asked.append((schedule_or_team, at))
        return self._shifts


class Provider:
    """A client of no API at all."""

    def __init__(self, mode: Mode, *shifts: Shift) -> None:
        self.rota = Rota(Blocking if mode.blocking else Async, list(shifts))

    def on_call(self) -> Rota:
        return self.rota


def test_entries_are_cut_filtered_and_in_order(mode: Mode) -> None:
    """Shifts are cut at the bounds unless they may overflow, and only those of a user come when one is given."""
    client: Any = Provider(
        mode, shift(8, 20, BO), shift(0, 8), shift(20, 30), shift(0, 8, BO, 2), shift(-5, 0), shift(30, 40)
    )

    async def scenario() -> None:
        bounds_ = (hour(4), hour(24))
        expected = [shift(4, 8), shift(4, 8, BO, 2), shift(8, 20, BO), shift(20, 24)]
        assert expected == await got(oncall.entries(client, "S1", *bounds_))
        whole = [shift(0, 8), shift(0, 8, BO, 2), shift(8, 20, BO), shift(20, 30)]
        assert whole == await got(oncall.entries(client, "S1", *bounds_, overflow=True))
        for user in ("P2", BO, {"id": "P2"}):
            assert expected[1:3] == await got(oncall.entries(client, {"id": "S1"}, *bounds_, user=user))

    mode.run(scenario)
    assert {("S1", hour(4), hour(24))} == set(client.rota.asked)


def test_equal_bounds_ask_for_the_moment(mode: Mode) -> None:
    """Who begins then is on call, who ends then is not."""
    client: Any = Provider(mode, shift(0, 8), shift(8, 20, BO))

    async def scenario() -> None:
        assert [shift(8, 8, BO)] == await got(oncall.entries(client, "S1", hour(8), hour(8)))
        assert [shift(8, 20, BO)] == await got(oncall.entries(client, "S1", hour(8), hour(8), overflow=True))

    mode.run(scenario)


def test_now(mode: Mode) -> None:
    """Whoever is on call at this moment comes with the whole shift."""
    begun = datetime.now(UTC) - timedelta(hours=1)
    on = Shift(start=begun, end=begun + timedelta(hours=2), user=ADA)
    client: Any = Provider(mode, on, Shift(start=begun, end=begun + timedelta(minutes=1), user=BO))

    async def scenario() -> None:
        assert [on] == await got(oncall.now(client, "T1"))

    mode.run(scenario)
    assert "T1" == client.rota.asked[0][0]


def test_gaps(mode: Mode) -> None:
    """Where nobody is on call, on any layer or on one."""
    client: Any = Provider(mode, shift(0, 8), shift(10, 20, BO), shift(7, 12, BO, 2))

    async def scenario() -> None:
        assert [Gap(hour(-1), hour(0)), Gap(hour(20), hour(24))] == await got(
            oncall.gaps(client, "S1", hour(-1), hour(24))
        )
        assert [Gap(hour(8), hour(10))] == await got(oncall.gaps(client, "S1", hour(0), hour(20), layer=1))
        assert [] == await got(oncall.gaps(client, "S1", hour(1), hour(2)))
        assert [Gap(hour(50), hour(60))] == await got(oncall.gaps(client, "S1", hour(50), hour(60)))

    mode.run(scenario)


times = st.integers(0, 200)
some_shifts = st.lists(
    st.tuples(times, st.integers(1, 60), st.sampled_from([ADA, BO]), st.integers(1, 3)).map(
        lambda one: shift(one[0], one[0] + one[1], one[2], one[3])
    ),
    max_size=30,
)


@given(some_shifts, times, times)
def test_shifts_and_gaps_are_the_whole(shifts: list[Shift], one: int, other: int) -> None:
    """Every hour of a stretch lies within a shift or within a gap, and in none within both."""
    since, until = hour(min(one, other)), hour(max(one, other))
    found, gaps = cut(shifts, since, until), uncovered(shifts, since, until)
    for number in range(min(one, other), max(one, other)):
        middle = hour(number + 0.5)
        on = any(shift.start <= middle < shift.end for shift in found)
        off = any(gap.start <= middle < gap.end for gap in gaps)
        assert on != off
    assert all(since <= gap.start < gap.end <= until for gap in gaps)
    assert all(gap.end < after.start for gap, after in zip(gaps, gaps[1:], strict=False))


@given(some_shifts, st.lists(times, min_size=3, max_size=3))
def test_cutting_in_parts_is_cutting_at_once(shifts: list[Shift], edges: list[int]) -> None:
    """The hours of two neighbouring stretches are those of both together."""

    def hours(found: list[Shift]) -> float:
        return sum((one.end - one.start).total_seconds() for one in found)

    first, middle, last = (hour(edge) for edge in sorted(edges))
    assert hours(cut(shifts, first, last)) == hours(cut(shifts, first, middle)) + hours(cut(shifts, middle, last)) - (
        hours(cut(shifts, middle, middle)) if first == middle == last else 0
    )


@given(some_shifts, times, times)
def test_with_overflow_the_same_shifts_come_whole(shifts: list[Shift], one: int, other: int) -> None:
    """Overflow changes how far shifts reach, not which of them come."""
    since, until = hour(min(one, other)), hour(max(one, other))
    whole = cut(shifts, since, until, overflow=True)
    assert all(shift in shifts for shift in whole)
    assert len(whole) == len(cut(shifts, since, until))


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("2011-05-06T17:00Z", datetime(2011, 5, 6, 17, tzinfo=UTC)),
        ("2011-05-06T03:30-07", datetime(2011, 5, 6, 10, 30, tzinfo=UTC)),
        ("2011-05-06", datetime(2011, 5, 6, tzinfo=UTC)),
        (date(2011, 5, 6), datetime(2011, 5, 6, tzinfo=UTC)),
        (datetime(2011, 5, 6, 12, tzinfo=UTC), datetime(2011, 5, 6, 12, tzinfo=UTC)),
    ],
)
def test_moments(given_: Any, expected: datetime) -> None:
    """Dates, aware moments, and ISO 8601 with and without minutes, times and offsets."""
    assert expected == instant(given_, "since")


@pytest.mark.parametrize("given_", [None, 20110506, "soon", datetime(2011, 5, 6), "9999-12-31T23:00-05:00", []])
def test_what_is_no_moment(given_: Any) -> None:
    """Anything else is refused, and so is a moment without a time zone."""
    with pytest.raises(InvalidArgumentError, match="since"):
        instant(given_, "since")


def test_bounds_the_wrong_way_round() -> None:
    """Since after until is refused; equal is not."""
    with pytest.raises(InvalidArgumentError, match="must not be after"):
        bounds("2026-01-02", "2026-01-01")
    assert bounds("2026-01-02", date(2026, 1, 2))[0] == bounds("2026-01-02", date(2026, 1, 2))[1]


@pytest.mark.parametrize("wrong", ["a/b", "", None, {}, {"id": 7}, Person(id="..")])
def test_what_is_no_id(mode: Mode, wrong: Any) -> None:
    """What could change the address of a request is refused before any."""
    client: Any = Provider(mode)

    async def scenario() -> None:
        with pytest.raises(InvalidIdError):
            await got(oncall.entries(client, wrong, "2026-01-01", "2026-01-02"))
        with pytest.raises(InvalidIdError):
            await got(oncall.now(client, wrong))

    mode.run(scenario)
    assert [] == client.rota.asked
