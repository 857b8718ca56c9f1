"""What is checked before a change lands: ``nox`` runs it all, ``nox -s tests-3.13`` one of it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["tests", "coverage", "oldest", "lint", "types"]
nox.options.error_on_missing_interpreters = False

SUPPORTED = ["3.11", "3.12", "3.13", "3.14"]
PYTHONS = [version for version in SUPPORTED if shutil.which(f"python{version}")] or [
    f"{sys.version_info[0]}.{sys.version_info[1]}"
]
OLDEST = Path("tests/oldest.txt")
LOCKED = Path("requirements/ci.txt")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests, on every supported Python that is there."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """The tests with branch coverage, which is to be whole."""
    session.install("-e", ".[test]")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def kills(session: nox.Session) -> None:
    """Exports to each sink that are killed 50 times, in each mode, and then come to their end."""
    session.install(".[test]")
    session.run("pytest", "tests/export/test_resume.py", "-k", "killed", *session.posargs, env={"EXPORT_KILLS": "50"})


@nox.session
def oldest(session: nox.Session) -> None:
    """The tests with the oldest dependencies that pyproject.toml allows."""
    tools = ["fastapi", "hypothesis", "pagerduty", "pytest", "pytest-asyncio", "respx", "trio", "trustme"]
    session.install(".[cli,duckdb,parquet,zstd]", *tools, "-c", str(OLDEST))  # the other HTTP libraries need newer ones
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and what a linter can see."""
    session.install("ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types: pyright strict on the package, whole annotations, mypy strict on the typing tests."""
    session.install(".[all,test]")
    session.run("pyright", "pagertree_async")
    session.run("pyright", "--ignoreexternal", "--verifytypes", "pagertree_async")
    session.run("mypy", "tests/typing/good.py")


@nox.session
def chaos(session: nox.Session) -> None:
    """Faults, cancellations and shared paces in full number, where the other tests have few; ``CHAOS_SEED`` chooses them."""
    session.install(".[test]")
    many = ("tests/chaos", "tests/reliability/test_sharing.py")
    session.run("pytest", "-s", "--durations=10", *many, *session.posargs, env={"CHAOS": "full"})


@nox.session
def benchmarks(session: nox.Session) -> None:
    """The benchmarks, side by side in one run, printing ratios."""
    session.install(".[all,test]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Renew the versions and hashes that CI installs; with a package's name behind ``--``, of that one alone."""
    session.install("uv")
    renewed = [part for name in session.posargs for part in ("--upgrade-package", name)] or ["--upgrade"]
    session.run(
        *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", SUPPORTED[0], "--generate-hashes"),
        *("--no-emit-index-url", "--custom-compile-command", "nox -s lock", "--extra", "test", "--extra", "all"),
        *("--output-file", str(LOCKED), *renewed, "pyproject.toml"),
    )


@nox.session
def audit(session: nox.Session) -> None:
    """Hold what CI installs against the advisory database; an audit that cannot see it fails."""
    session.install("pip-audit")
    session.run("python", "requirements/audit.py", str(LOCKED))
