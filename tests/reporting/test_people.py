"""The section about who was on call: its timeline to scale, its hours summed, and what does not fit said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.oncall import Person, Shift
from pagertree_async.reporting import report
from pagertree_async.reporting.clock import Period
from pagertree_async.reporting.markup import Ids, el
from pagertree_async.reporting.timeline import lines, timeline
from tests.reporting.made import Row, written
from tests.reporting.reading import Element, read, table

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = Period(since=MONDAY, until=MONDAY + timedelta(days=7), zone=ZoneInfo("UTC"))


def shift(start: float, end: float, who: str = "u1", *, layer: int = 1, schedule: str = "s1") -> Shift:
    """A shift between two days of a week."""
    begin, until = (MONDAY + timedelta(days=day) for day in (start, end))
    return Shift(start=begin, end=until, user=Person(id=who, name=f"Person {who}"), layer=layer, schedule=schedule)


def event(number: int, *, people: tuple[str, ...], schedule: str = "s1", layer: int = 1, days: int = 7) -> Row:
    """An event that repeats without an end from a Monday on, in which people take turns."""
    start = datetime(2025, 12, 29, tzinfo=UTC)
    return {
        "id": f"e{number}",
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(days=days)).isoformat(),
        "layer": layer,
        "repeat": True,
        "frequency": days,
        "frequency_unit": "daily",
        "rotation": True,
        "schedule_ids": [schedule],
        "event_attendees": [{"attendee_id": one, "position": place} for place, one in enumerate(people)],
    }


def of_people(folder: Path, events: list[Row], **given: Any) -> Element:
    """The section, for events of an export without alerts."""
    period = {"since": "2026-01-05", "until": "2026-01-12", **given}
    return read(report(written(folder, "ndjson", alerts=[], events=events), **period)).one("section", id="oncall")


def test_a_timeline_is_to_scale() -> None:
    """A bar begins and ends where its shift does; days have their marks."""
    shown = lines([shift(0, 3.5), shift(3.5, 7, "u2"), shift(0, 0.05, layer=2)], ["s1"])
    colours = {"u1": "p0", "u2": "p1"}
    drawn = timeline(Ids(), "title", "about", shown, WEEK, {"s1": "Platform"}, colours)
    page = read(f"<!doctype html>\n{el('html', drawn)}")
    bars = page.all("svg", class_="shift")
    assert [("0%", "50%"), ("50%", "50%"), ("0%", "0.7143%")] == [
        (_percent(bar, "x"), _percent(bar, "width")) for bar in bars
    ]
    assert "Person u2, 2026-01-08 12:00 to 2026-01-12 00:00, layer 1" == bars[1].one("title").text
    assert ["p0", "p1", "p0"] == [bar.one("rect").attributes["class"] for bar in bars]
    assert [["Person u1"], ["Person u2"], []] == [[one.text for one in bar.all("text")] for bar in bars]
    marks = [one for one in page.one("svg", role="img").all("text") if "tick" in one.attributes.get("class", "")]
    assert [f"{day} Jan" for day in range(5, 12)] == [one.text for one in marks]
    aside = page.one("svg", class_="over").all("text")
    assert ["PlatformPlatform", "L1", "L2"] == [one.text for one in aside]  # the name, and all of it when pointed at


def _percent(bar: Element, name: str) -> str:
    return f"{float(bar.attributes[name].rstrip('%')):g}%"


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.integers(1, 9),
            st.sampled_from(["u1", "u2"]),
            st.integers(1, 2),
            st.sampled_from(["s1", "s2"]),
        ),
        max_size=20,
    )
)
def test_no_bar_covers_another(given: list[tuple[int, int, str, int, str]]) -> None:
    """Every shift is on one line of its schedule and layer, and those of a line follow each other."""
    shifts = sorted(
        (shift(a, a + length, who, layer=layer, schedule=of) for a, length, who, layer, of in given),
        key=lambda one: one.start,
    )
    found = lines(shifts, ["s2", "s1"])
    assert sorted(map(repr, shifts)) == sorted(repr(one) for line in found for one in line.shifts)
    assert sorted((line.schedule for line in found), reverse=True) == [line.schedule for line in found]
    for line in found:
        assert {line.schedule} == {one.schedule for one in line.shifts}
        assert len({one.layer for one in line.shifts}) == 1
        assert line.layer in {None, line.shifts[0].layer}
        assert all(one.end <= other.start for one, other in zip(line.shifts, line.shifts[1:], strict=False))


def test_nobody_in_the_period(tmp_path: Path) -> None:
    """Events that take place at other times put nobody on call, which is said."""
    later = {**event(1, people=("u1",)), "start_time": "2026-03-02T00:00:00Z", "end_time": "2026-03-09T00:00:00Z"}
    section = of_people(tmp_path, [later])
    assert (
        "Nobody was on call in this period: none of the exported events takes place in it."
        == section.one("p", class_="missing").text
    )


def test_nobody_in_the_last_days(tmp_path: Path) -> None:
    """The timeline of a long period shows its end; where nobody is on call there, that is said, and hours are there."""
    ended = {**event(1, people=("u1",)), "repeat": False}
    section = of_people(tmp_path, [ended], since="2025-12-01", until="2026-03-01")
    assert "The last 28 days, 2026-02-01 to 2026-02-28" == section.all("h3")[0].text
    assert "Nobody was on call in these days." == section.one("p", class_="missing").text
    hours, schedules = map(table, section.all("table"))
    assert ["u1", "", "168.0 h", "7.8 %", "168.0 h", "1"] == hours[1]
    assert ["s1", "", "7.8 %", "1,992.0 h", "2"] == schedules[1]


def test_a_long_period_shows_its_end(tmp_path: Path) -> None:
    """Of more than four weeks, the timeline and its table show the last four."""
    section = of_people(tmp_path, [event(1, people=("u1", "u2"))], since="2025-12-29", until="2026-03-02")
    assert "The last 28 days, 2026-02-02 to 2026-03-01" == section.all("h3")[0].text
    assert 4 == len(table(section.all("table")[0])) - 1
    assert ["u1", "", "840.0 h"] == table(section.all("table")[1])[1][:3]


def test_many_people_and_schedules(tmp_path: Path) -> None:
    """The longest on call have bars, the others one line together; beyond forty lines and schedules it is said."""
    events = [event(n, people=(f"u{n}", f"v{n}"), schedule=f"s{n:02}", days=1 + n % 2) for n in range(45)]
    section = of_people(tmp_path, events)
    shifts, hours, every, schedules, all_schedules = map(table, section.all("table"))
    assert 40 == len({bar.attributes["y"] for bar in section.all("svg", class_="shift")})
    assert "5 more lines of other schedules and layers are left out." in section.text
    assert (1 + 15 + 1, 1 + 90) == (len(hours), len(every))
    rest = sum(float(row[1].removesuffix(" h")) for row in every[16:])
    assert ["75 others, together", "", f"{rest:,.1f} h", "", "", ""] == hours[-1]
    assert "The first 40 of 45 schedules." in section.text
    assert (1 + 40, 1 + 45) == (len(schedules), len(all_schedules))
    assert len(shifts) > 40


@pytest.mark.parametrize(("count", "legend"), [(3, 3), (10, 10), (11, 0)])
def test_a_legend_while_colours_are_enough(tmp_path: Path, count: int, legend: int) -> None:
    """It names everybody shown, as long as each has a colour of his own."""
    section = of_people(tmp_path, [event(n, people=(f"u{n:02}",), layer=n + 1) for n in range(count)])
    assert [legend] == [len(one.all("li")) for one in section.all("ul", class_="legend")] or not legend
    colours = {one.attributes["class"] for one in section.all("rect") if one.attributes.get("class", "")[:1] == "p"}
    assert min(count, 10) == len(colours)
