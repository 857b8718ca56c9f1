"""The house stands on floors: a module imports only from floors below its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "pagertree_async"
FLOORS = (
    {"_version", "errors", "flags", "forks", "query", "warn"},
    {"addresses", "calling", "http", "models", "pace", "retry", "telling"},
    {"auth", "filepace", "many", "params", "transports"},
    {"oncall", "timezones", "tracing"},
    {"session"},
    {"alike", "both", "paging", "raw"},
    {"ahead"},
    {"pages"},
    {"endpoints"},
    {"client", "ensure", "found", "services"},
    {"pagerduty", "v3", "v4"},
    {"__init__", "export"},
    {"reporting"},
    {"cli", "testing"},
    {"__main__"},
)
"""What stands on which floor, the lowest first; a folder counts as one. Those on one floor do not import each other."""
BELOW = {name: set[str]().union(*FLOORS[:number]) for number, floor in enumerate(FLOORS) for name in floor}
ALLOWED = BELOW | {"sandbox": set[str](), **{name: BELOW[name] | {"sandbox"} for name in ("cli", "testing")}}
HTTP = {"aiohttp", "h11", "httpcore", "httpx", "httpx2", "niquests", "pyreqwest", "requests", "urllib3"}


def unit(path: Path) -> str:
    """The name under which a file stands in the table."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


FILES = sorted(ROOT.rglob("*.py"))
UNITS = {unit(path) for path in FILES}


def imported(path: Path) -> set[str]:
    """The dotted names that a file imports, wherever in it, those of type checking included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import hides where it comes from"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_everything_has_its_floor() -> None:
    """No module is missing from the table, and none stands in it that is not there."""
    assert UNITS == ALLOWED.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_come_from_below(path: Path) -> None:
    """Each file imports only what lower floors have, or its own folder."""
    ours = [name.split(".")[1] for name in imported(path) if name.startswith("pagertree_async.")]
    used = {name if name in UNITS else "__init__" for name in ours} - {unit(path)}
    assert set() == used - ALLOWED[unit(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_are_kept_behind_one_door(path: Path) -> None:
    """Only transports import an HTTP library, and only retry imports tenacity."""
    libraries = {name.split(".")[0] for name in imported(path)}
    assert set() == libraries & HTTP or unit(path) == "transports"
    assert "tenacity" not in libraries or unit(path) == "retry"
