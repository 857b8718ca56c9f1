"""What type checkers see: the right types in correct code, an error in each wrong line, and nothing without a type."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TYPING = ROOT / "tests" / "typing"
BOTH = ("good.py", "bad.py")

Errors = dict[str, dict[int, str]]


def marked(name: str) -> set[int]:
    """The lines of a file that are to be refused."""
    lines = (TYPING / name).read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# ERROR")}


def run(*command: str, root: Path = ROOT, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A type checker's run, as this interpreter's own tool, over the package below ``root``."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environ = os.environ | {"PATH": path, "PYTHONPATH": str(root), "MYPYPATH": str(root)}
    environ["PYRIGHT_PYTHON_IGNORE_WARNINGS"] = "1"
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, env=environ, capture_output=True, text=True, timeout=300, check=False
    )


@cache
def pyright_missing() -> str:
    """Why pyright cannot run here, empty when it can: it needs node, which not every machine has or can fetch."""
    if find_spec("pyright") is None:
        return "pyright is not installed"
    try:
        tried = run("pyright", "--version")
    except subprocess.TimeoutExpired:
        return "pyright could not fetch node in time"
    return "" if not tried.returncode else f"pyright does not run here: {(tried.stderr or tried.stdout).strip()[-200:]}"


@pytest.fixture(scope="session")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Errors:
    """What pyright, strict, says of both files, in one run."""
    if reason := pyright_missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("typing")
    for name in BOTH:
        shutil.copy(TYPING / name, folder)
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "reportUnusedExpression": False}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    said = run("pyright", "--outputjson", cwd=folder)
    errors: Errors = {name: {} for name in BOTH}
    for one in json.loads(said.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            errors[Path(one["file"]).name][one["range"]["start"]["line"] + 1] = one["message"]
    return errors


@pytest.fixture(scope="session")
def mypy() -> Errors:
    """What mypy, strict, says of both files, in one run."""
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    said = run("mypy", "--strict", "--no-error-summary", "--hide-error-context", *(str(TYPING / name) for name in BOTH))
    errors: Errors = {name: {} for name in BOTH}
    for file, line, message in re.findall(r"^(.*?):(\d+): error: (.*)$", said.stdout, re.MULTILINE):
        errors[Path(file).name][int(line)] = message
    assert said.returncode in {0, 1}, said.stdout + said.stderr
    return errors


@pytest.mark.parametrize("name", BOTH)
def test_pyright_refuses_the_marked_lines_alone(pyright: Errors, name: str) -> None:
    """Strict pyright reports each marked line and no other."""
    assert marked(name) == pyright[name].keys(), pyright[name]


@pytest.mark.parametrize("name", BOTH)
def test_mypy_refuses_the_marked_lines_alone(mypy: Errors, name: str) -> None:
    """Strict mypy reports each marked line and no other."""
    assert marked(name) == mypy[name].keys(), mypy[name]


def test_everything_public_has_its_type(tmp_path: Path) -> None:
    """Of what the package exports, pyright knows every type."""
    if reason := pyright_missing():
        pytest.skip(reason)
    shutil.copytree(
        ROOT / "pagertree_async", tmp_path / "pagertree_async", ignore=shutil.ignore_patterns("__pycache__")
    )
    said = run(
        "pyright", "--outputjson", "--ignoreexternal", "--verifytypes", "pagertree_async", root=tmp_path, cwd=tmp_path
    )
    complete = json.loads(said.stdout)["typeCompleteness"]
    unknown = [one["name"] for one in complete["symbols"] if one["isExported"] and not one["isTypeKnown"]]
    assert ([], 1) == (unknown, complete["completenessScore"])
