"""Comparisons, and how values stand in an address."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import query
from pagertree_async.addresses import encoded_query
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.query import Op, seconds, text


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (query.ne("a"), "ne"),
        (query.lt("a"), "lt"),
        (query.lte("a"), "lte"),
        (query.gt("a"), "gt"),
        (query.gte("a"), "gte"),
        (query.begins_with("a"), "beginsWith"),
        (query.contains("a"), "contains"),
    ],
)
def test_comparisons_have_the_names_of_the_api(made: Op[str], name: str) -> None:
    """Each comparison is a value with its name on the wire."""
    assert Op(name, ("a",)) == made
    assert "a" == text(made)


def test_between_has_both_ends() -> None:
    """A range stands with two dots."""
    assert "1..5" == text(query.between(1, 5))


@pytest.mark.parametrize(
    ("value", "unix", "stands"),
    [
        (True, False, "true"),
        (False, False, "false"),
        (3, False, "3"),
        (1.5, False, "1.5"),
        ("a b", False, "a b"),
        (
            datetime(2018, 4, 27, 2, 2, 50, 123456, tzinfo=timezone(timedelta(hours=2))),
            False,
            "2018-04-27T00:02:50.123Z",
        ),
        (datetime(2018, 4, 27, 0, 2, 50, 999999, tzinfo=UTC), True, "1524787370"),
        (datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC), True, "-1"),
        (query.gte(datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)), True, "1524787370"),
    ],
)
def test_how_values_stand(value: Any, unix: bool, stands: str) -> None:
    """Booleans, numbers, moments and comparisons each have one form."""
    assert stands == text(value, unix=unix)


def test_seconds_are_whole() -> None:
    """A moment's seconds are rounded down."""
    assert 1524787370 == seconds(datetime(2018, 4, 27, 0, 2, 50, 999999, tzinfo=UTC))


@given(
    st.dictionaries(
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]))
        | st.integers()
        | st.booleans()
        | st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.none()),
    )
)
def test_a_query_round_trips_through_a_parser(values: dict[str, Any]) -> None:
    """What was put into an address is what a parser takes out of it."""
    wanted = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                wanted.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    encoded = encoded_query(values)
    assert encoded.isascii()
    assert not set(encoded) & set(" #?\r\n\\")
    assert wanted == parse_qsl(encoded, keep_blank_values=True)


@pytest.mark.parametrize("value", [object(), {"a": 1}, b"x", [{"a": 1}], datetime(2020, 1, 1, tzinfo=UTC), "\ud800"])
def test_what_cannot_stand_in_an_address_is_refused(value: Any) -> None:
    """Anything but texts, numbers, booleans and lists of them is a clear error."""
    with pytest.raises(InvalidArgumentError, match="query value"):
        encoded_query({"x": value})


def test_none_is_left_out() -> None:
    """None sends nothing."""
    assert "b=2" == encoded_query({"a": None, "b": 2, "c": []})
    assert "a=nan" == encoded_query({"a": math.nan})
