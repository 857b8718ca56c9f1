"""The list of faults is whole: each entry has its rows, each row its scenario, each transport its rows."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import msgspec
import pytest

from pagertree_async import errors, transports
from tests.faults import table
from tests.faults.behaviours import BEHAVIOURS
from tests.faults.scenarios import SCENARIOS
from tests.faults.table import Differs, Fault, List
from tests.faults.test_faults import ROWS
from tests.faults.ways import WAYS
from tests.modes import MODES

ROOT = Path(__file__).parents[2]
OWN = {"not_to_be_trusted", "handshake", "redirected", "listed"}
"""Scenarios whose rows name a behaviour of their own."""
SHIPPED = {*transports.NAMES, "portal"}


def functions_of(path: str) -> set[str]:
    """The tests of a file, and its other functions."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def wrong(given: List) -> list[str]:
    """What is missing in a list, or stands there for nothing."""
    found = [
        f"{entry}: no row covers it" for entry in given.survives if entry not in {one.covers for one in given.fault}
    ]
    for fault in given.fault:
        if fault.covers not in given.survives:
            found.append(f"{fault.name}: covers no entry")
        if fault.proved_by:
            found += [
                f"{fault.name}: there is no test {test}"
                for test in fault.proved_by
                if test.partition("::")[2] not in functions_of(test.partition("::")[0])
            ]
            continue
        if fault.scenario not in SCENARIOS:
            found.append(f"{fault.name}: there is no scenario {fault.scenario}")
        elif fault.scenario not in OWN:
            found += [f"{fault.name}: no server does {name!r}" for name in fault.behaviour if name not in BEHAVIOURS]
        found += [f"{fault.name}: there is no transport {name}" for name in {*fault.on, *fault.cannot} - SHIPPED]
        for kind in {fault.expected, *(differs.expected or fault.expected for differs in fault.on.values())}:
            if kind != "value" and not hasattr(errors, kind):
                found.append(f"{fault.name}: there is no error {kind}")
        for name in {"", *fault.on}:
            row = fault.seen_by(name)
            if (
                row.operation == "CREATE"
                and row.maybe_applied
                and row.expected != "value"
                and row.attempts not in {1, None}
            ):
                found.append(f"{fault.name}: what may have been applied must not be sent again")
    return found


def missing(names: set[str], ways: set[tuple[str, str]]) -> list[str]:
    """Transports that have no rows."""
    found = [f"{name}: no row is played on it" for name in names if name not in {transport for transport, _ in ways}]
    for name in transports.NAMES:
        modes = {mode for transport, mode in ways if transport == name}
        found += [f"{name}: no row is played in {mode}" for mode in MODES if mode not in modes]
    return found


def test_the_list_is_whole() -> None:
    """Every entry is covered, every scenario, behaviour, error and test that a row names is there."""
    assert [] == wrong(table.read())
    names = [fault.name for fault in table.read().fault]
    assert sorted(set(names)) == sorted(names)


def test_every_scenario_is_used() -> None:
    """None is left behind, and nothing that a server can do."""
    assert set(SCENARIOS) == {fault.scenario for fault in table.played()}
    named = {name for fault in table.played() for name in fault.behaviour if fault.scenario not in OWN}
    assert set(BEHAVIOURS) == named | {name for name in BEHAVIOURS if name.startswith("repeats")}
    assert all(inspect.getdoc(play) for play in SCENARIOS.values())


def test_every_transport_has_its_rows() -> None:
    """In every mode that it serves each row is played, but for those that it cannot be met with, and says why."""
    ways = {(way.transport, way.mode.name) for way in WAYS}
    assert ["pyreqwest: no row is played in trio"] == missing(SHIPPED, ways)  # it says so itself: see test_names.py
    played = {(way, fault.name) for way, fault in ROWS}
    for way in WAYS:
        for fault in table.played():
            assert ((way, fault.name) in played) is (way.transport not in fault.cannot)
    assert all(reason for fault in table.played() for reason in fault.cannot.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scenario": "there_is_none"}, "there is no scenario there_is_none"),
        ({"behaviour": ["there is none"]}, "no server does 'there is none'"),
        ({"covers": "nothing"}, "covers no entry"),
        ({"expected": "NoSuchError"}, "there is no error NoSuchError"),
        ({"cannot": {"carrier pigeon": "it sleeps"}}, "there is no transport carrier pigeon"),
        ({"on": {"carrier pigeon": Differs(because="it sleeps")}}, "there is no transport carrier pigeon"),
        ({"proved_by": ["tests/faults/test_table.py::test_nothing"]}, "there is no test"),
        (
            {"operation": "CREATE", "expected": "AmbiguousWriteError", "maybe_applied": True, "attempts": 2},
            "must not be sent again",
        ),
    ],
)
def test_a_row_that_is_not_whole_is_noticed(change: dict[str, object], said: str) -> None:
    """A row without its scenario, and everything else that can be missing, is told by its name."""
    fine = Fault(name="a row", covers="an entry", behaviour=["reset"])
    assert [] == wrong(List(survives=["an entry"], fault=[fine]))
    broken = msgspec.structs.replace(fine, **change)
    problems = wrong(List(survives=["an entry"], fault=[broken]))
    assert any("a row" in problem and said in problem for problem in problems), problems


def test_what_is_not_covered_is_noticed() -> None:
    """An entry without a row, and a transport without rows, are told by their names."""
    assert ["an entry: no row covers it"] == wrong(List(survives=["an entry"], fault=[]))
    ways = {(way.transport, way.mode.name) for way in WAYS}
    assert "carrier pigeon: no row is played on it" in missing({*SHIPPED, "carrier pigeon"}, ways)
    assert "httpx: no row is played in trio" in missing(SHIPPED, ways - {("httpx", "trio")})


def test_a_word_that_no_row_knows_is_refused() -> None:
    """A column that is written wrong is not passed over."""
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"name": "a row", "covers": "an entry", "expcted": "value"}, Fault)
