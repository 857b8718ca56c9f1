"""Rows in the order of a moment: what is answered from memory is what SQL answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.sandbox import Sandbox, store
from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.listing import Listing, listing
from pagertree_async.sandbox.store import Store, Table

KINDS: Any = {"createdAt": "time", "updatedAt": "time", "status": "text"}
MOMENTS = st.integers(0, 12).map(lambda number: iso(1_700_000_000 + number / 2))
ITEMS = st.fixed_dictionaries(
    {"createdAt": MOMENTS, "updatedAt": st.none() | MOMENTS, "status": st.sampled_from(["open", "closed"])}
)
RANGES = st.dictionaries(
    st.sampled_from(["createdAt", "updatedAt"]),
    st.tuples(st.sampled_from(["gt", "gte", "lt", "lte", "ne", "equals"]), MOMENTS),
)
QUERIES = st.builds(
    lambda ranges, sort, offset, status: {
        **({"sort": sort} if sort else {}),
        **({"status": status} if status else {}),
        **{name: moment for name, (_, moment) in ranges.items()},
        **({"ops": ",".join(f"{name}:{op}" for name, (op, _) in ranges.items())} if ranges else {}),
        "offset": str(offset),
        "limit": "5",
    },
    RANGES,
    st.sampled_from(["", "createdAt", "-createdAt", "updatedAt", "-updatedAt", "createdAt,updatedAt", "status"]),
    st.integers(0, 30),
    st.sampled_from(["", "open"]),
)


def both(kept: Store, asked: Listing) -> tuple[Any, Any]:
    """What is answered, and what SQL alone answers."""
    alone = replace(asked.question, along=None)
    offset, limit = asked.window.offset, asked.window.limit
    return kept.page("things", asked.question, offset, limit), kept.page("things", alone, offset, limit)


@settings(max_examples=300, deadline=None)
@given(
    items=st.lists(ITEMS, max_size=30),
    steps=st.lists(st.tuples(st.sampled_from("adr"), st.integers(0, 40), ITEMS), max_size=8),
    queries=st.lists(QUERIES, min_size=1, max_size=5),
)
def test_as_sql_answers(items: list[Any], steps: list[Any], queries: list[dict[str, str]]) -> None:
    """Through insertions, deletions and changes, by any range, forwards and backwards, and with rows that lack a moment."""
    kept = Store(":memory:", [Table("things")])
    kept.insert("things", [(number, made(number, item)) for number, item in enumerate(items, 1)])
    asked = [listing(query, KINDS) for query in queries]
    number = len(items)
    for step in [None, *steps]:
        if step is not None:
            kind, place, item = step
            if kind == "a":
                number += 1
                kept.insert("things", [(number, made(number, item))])
            elif kind == "d":
                kept.delete("things", f"t{place}")
            elif kept.has("things", f"t{place}"):
                before = kept.get("things", f"t{place}") or {}
                kept.replace("things", made(place, item) | {"createdAt": before["createdAt"]})
        for one in asked:
            quick, slow = both(kept, one)
            assert slow == quick
    kept.close()


def made(number: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"t{number}", **{name: value for name, value in item.items() if value is not None}}


def test_many_rows_at_once() -> None:
    """After many rows, and after what was taken back, the order is made anew."""
    kept = Store(":memory:", [Table("things")])
    asked = listing({"sort": "createdAt", "limit": "5"}, KINDS)
    item = {"createdAt": iso(1_700_000_000)}
    kept.insert("things", [(1, made(1, item))])
    assert 1 == kept.page("things", asked.question, 0, 5)[1]
    kept.insert("things", ((number, made(number, item)) for number in range(2, 500)))
    assert 499 == kept.page("things", asked.question, 0, 5)[1]

    def break_off() -> None:
        with kept.transaction():
            kept.delete("things", "t1")
            raise ValueError

    with pytest.raises(ValueError):
        break_off()
    assert 499 == kept.page("things", asked.question, 0, 5)[1]
    kept.close()


def test_more_orders_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was forgotten is made again."""
    monkeypatch.setattr(store, "_KEPT_ORDERS", 1)
    kept = Store(":memory:", [Table("things")])
    kept.insert("things", [(1, made(1, {"createdAt": iso(1), "updatedAt": iso(2)}))])
    for _ in range(2):
        for name in ("createdAt", "updatedAt"):
            assert 1 == kept.page("things", listing({"sort": name}, KINDS).question, 0, 5)[1]
    kept.close()


def test_pages_deep_in_a_large_account() -> None:
    """Pages from a moment on are answered without going through all rows, also while rows come and go."""
    with Sandbox(alerts=2000, size=0) as sandbox:
        kept = sandbox._store
        moments = [alert["createdAt"] for alert in kept.all("alert")[::400]]
        kept.page("alert", listing({"sort": "createdAt"}, KINDS).question, 0, 1)
        asked: list[str] = []
        kept._connection.set_trace_callback(asked.append)
        for number, moment in enumerate(moments, 1):
            query = {"sort": "createdAt", "createdAt": moment, "ops": "createdAt:gte", "limit": "100"}
            rows, total = kept.page("alert", listing(query, KINDS).question, 0, 100)
            assert 100 <= len(rows) <= total
            item = kept.get("alert", msgspec.json.decode(rows[50])["id"]) or {}
            kept.delete("alert", item["id"])
            kept.insert("alert", [(kept.next_number("alert"), item | {"id": f"alt_{number}"})])
        kept._connection.set_trace_callback(None)
        assert 30 < len(asked)
        assert [] == [statement for statement in asked if "ORDER BY" in statement or "count(" in statement]
