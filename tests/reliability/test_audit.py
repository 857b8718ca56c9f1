"""The audit of what CI installs: it passes only when every package was looked up, and fails whenever it cannot tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "requirements" / "audit.py"
LOCKED = "anyio==4.7.0 \\\n    --hash=sha256:00\n# a comment\nhttpx==0.28.1 \\\n    --hash=sha256:01\n"
STAND_IN = """
import json, sys
from pathlib import Path

answers = json.loads(Path(__file__).with_name("answers.json").read_text())
given = answers["known bad" if sys.argv[-1].endswith(".known-bad.txt") else "locked"]
print(given if isinstance(given, str) else json.dumps(given))
print(answers.get("said", ""), file=sys.stderr)
"""
ADVISORY = {"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"]}
BAD = {"dependencies": [{"name": "jinja2", "version": "2.4.1", "vulns": [ADVISORY]}]}
UNKNOWN = {"dependencies": [{"name": "jinja2", "version": "2.4.1", "vulns": []}]}
SKIPPED = {"name": "httpx", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def package(name: str, *advisories: Any) -> dict[str, Any]:
    """What is told of a package that was looked up."""
    return {"name": name, "version": "1", "vulns": list(advisories)}


FINE = {"dependencies": [package("anyio"), package("httpx")]}


def audited(folder: Path, answers: dict[str, Any] | None) -> tuple[int, str]:
    """How the audit ends, and what it says, where pip-audit answers so, or is not there."""
    (folder / "ci.txt").write_text(LOCKED)
    module = STAND_IN if answers is not None else "raise ModuleNotFoundError('No module named pip_audit')"
    (folder / "pip_audit.py").write_text(module)
    (folder / "answers.json").write_text(json.dumps(answers))
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder / "ci.txt")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )
    assert not (folder / "ci.known-bad.txt").exists()
    return done.returncode, (done.stdout + done.stderr).strip()


def test_nothing_is_known_against_any(tmp_path: Path) -> None:
    """It passes where the database answers, knows what is known to be bad, and has nothing against the rest."""
    assert (0, "2 packages, no advisories") == audited(tmp_path, {"known bad": BAD, "locked": FINE})


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (None, "cannot audit: pip-audit ended with 1: ModuleNotFoundError: No module named pip_audit"),
        ({"known bad": "", "said": "no route to host"}, "cannot audit: pip-audit ended with 0: no route to host"),
        ({"known bad": "{}"}, "cannot audit: pip-audit ended with 0: without a word"),
        ({"known bad": UNKNOWN}, "cannot audit: the database knows nothing of jinja2==2.4.1"),
        ({"known bad": {"dependencies": []}}, "cannot audit: the database knows nothing of jinja2==2.4.1"),
        (
            {"known bad": BAD, "locked": {"dependencies": [package("anyio"), SKIPPED]}},
            "cannot audit: left out were httpx (Dependency not found on PyPI and could not be audited)",
        ),
        (
            {"known bad": BAD, "locked": {"dependencies": [package("anyio")]}},
            "cannot audit: not looked up were httpx",
        ),
        (
            {"known bad": BAD, "locked": {"dependencies": [package("anyio"), package("httpx", ADVISORY)]}},
            "httpx: PYSEC-2014-8",
        ),
    ],
)
def test_whatever_else_fails(answers: dict[str, Any] | None, said: str, tmp_path: Path) -> None:
    """No pip-audit, no network, an empty database, a package left out, an advisory: it fails, and says which."""
    assert (1, said) == audited(tmp_path, answers)
