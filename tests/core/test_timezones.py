"""Zones by either of their names."""

from __future__ import annotations

from datetime import UTC, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import InvalidArgumentError, InvalidResponseError
from pagertree_async.timezones import ABBREVIATION, FIRST, RENAMED, near_zone
from pagertree_async.v4 import TIME_ZONES, rails_name, zone_info

NAMES = st.sampled_from(sorted(TIME_ZONES))


def test_the_table_is_whole() -> None:
    """There are as many names as Rails has, those of today, and every one of them is a zone of this system's."""
    assert 151 == len(TIME_ZONES)
    assert set(RENAMED.values()) | set(FIRST) <= set(TIME_ZONES.values())
    assert set(FIRST.values()) <= set(TIME_ZONES)
    assert all(isinstance(zone_info(name), ZoneInfo) for name in TIME_ZONES)


@given(NAMES)
def test_there_and_back(name: str) -> None:
    """A name stays itself, and the zone it stands for has a name that stands for the same zone."""
    assert name == rails_name(name)
    assert zone_info(name) == zone_info(rails_name(zone_info(name))) == zone_info(rails_name(TIME_ZONES[name]))


@given(NAMES, st.sampled_from([str.lower, str.upper, lambda name: f" {name} "]))
def test_case_and_spaces_do_not_matter(name: str, change: Any) -> None:
    """A name is known however it is written."""
    assert name == rails_name(change(name))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/Los_Angeles", "Pacific Time (US & Canada)"),
        (ZoneInfo("America/Los_Angeles"), "Pacific Time (US & Canada)"),
        ("US/Pacific", "Pacific Time (US & Canada)"),
        (UTC, "UTC"),
        (ZoneInfo("UTC"), "UTC"),
        ("GMT", "UTC"),
        ("Europe/London", "London"),
        ("Asia/Calcutta", "Kolkata"),
        ("Europe/Kiev", "Kyiv"),
        ("Mazatlán", "Mazatlan"),
        ("america/new york", "Eastern Time (US & Canada)"),
    ],
)
def test_every_way_to_say_it(zone: Any, expected: str) -> None:
    """Names of the IANA, old and new, zones themselves, and names with accents are taken."""
    assert expected == rails_name(zone)


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("Pacific Time", "Pacific Time (US & Canada)"),
        ("Pasific Time", "near ones: Pacific Time (US & Canada)"),
        ("Pacific", "near ones: Pacific Time (US & Canada)"),
        ("New York", "near ones: Eastern Time (US & Canada)"),
        ("Brlin", "Berlin"),
        ("Europe/Berln", "Berlin"),
        ("Europe/Oslo", "Belgrade"),
        ("America/Detroit", "Eastern Time (US & Canada)"),
    ],
)
def test_an_unknown_zone_names_near_ones(zone: str, near: str) -> None:
    """What is misspelt is guessed; a zone that has no name here is told by those whose clocks go alike."""
    with pytest.raises(InvalidArgumentError) as caught:
        rails_name(zone)
    assert near in str(caught.value)
    assert "events.time_zones()" in str(caught.value)


@pytest.mark.parametrize("zone", ["", "xyzzy", "../etc/passwd", "\x00"])
def test_nothing_is_near_to_nonsense(zone: str) -> None:
    """What is like no name is refused without a guess."""
    with pytest.raises(InvalidArgumentError) as caught:
        rails_name(zone)
    assert "near ones" not in str(caught.value)


@pytest.mark.parametrize("zone", [3, None, timezone.max])
def test_what_is_no_zone(zone: Any) -> None:
    """A number, nothing, or a mere offset is no zone."""
    with pytest.raises(InvalidArgumentError, match="not a time zone"):
        rails_name(zone)


def test_a_zone_that_the_api_sent() -> None:
    """Either name gives the zone; one that nobody knows says so."""
    assert ZoneInfo("Europe/Berlin") == zone_info("Berlin") == zone_info("Europe/Berlin")
    assert 9 == datetime(2022, 1, 1, tzinfo=zone_info("Osaka")).utcoffset().total_seconds() / 3600  # type: ignore[union-attr]
    with pytest.raises(InvalidResponseError, match="tzdata"):
        zone_info("Atlantis")


def test_a_system_with_older_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system knows a zone by an older name only, that one is taken."""
    import pagertree_async.timezones as module

    monkeypatch.setitem(TIME_ZONES, "Kyiv", "Europe/Kyiv-of-today")
    monkeypatch.setitem(RENAMED, "Europe/Kiev", "Europe/Kyiv-of-today")
    zone_info.cache_clear()
    try:
        assert ZoneInfo("Europe/Kiev") == module.zone_info("Kyiv")
    finally:
        zone_info.cache_clear()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Berlin", "Europe/Berlin"),
        ("berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("america/new_yrk", "America/New_York"),
        ("Zürich", "Europe/Zurich"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("Mars/Phobos", None),
        ("../../etc/passwd", None),
        ("PST", None),
        ("", None),
    ],
)
def test_the_zone_that_was_probably_meant(given: str, expected: str | None) -> None:
    """A city, a slip of the pen and a name of Rails' are understood; what nothing resembles, and an abbreviation, is not."""
    assert expected == near_zone(given)


@given(st.sampled_from(sorted(name for name in available_timezones() if len(name) > ABBREVIATION)))
def test_a_zone_is_near_itself(name: str) -> None:
    """Every zone of this system's is found by its own name, however its letters are written."""
    assert name == near_zone(name) == near_zone(name.upper().replace("_", " "))
