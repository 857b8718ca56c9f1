"""``report``: an export as a page, and what is said when there is none."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def exported(cli: Any, sandbox: Any, tmp_path: Path) -> Path:
    """A folder that ``export`` wrote."""
    done = cli("export", "--sandbox", "-o", str(tmp_path / "export"))
    assert 0 == done.code, done.err
    return tmp_path / "export"


def test_a_report_of_an_export(cli: Any, exported: Path, tmp_path: Path) -> None:
    """What export wrote becomes a page, over what was there; where it is, how large and how long it took is said."""
    page = tmp_path / "report.html"
    page.write_text("old")
    done = cli("report", str(exported), "-o", str(page), "--timezone", "Asia/Tokyo", "--since", "2025-10-01")
    assert (0, "") == (done.code, done.out), done.err
    assert done.err.startswith(f"the report is in {page} ({page.stat().st_size:,} bytes, ")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>\n")
    assert "Asia/Tokyo, for all days and hours" in text
    assert "2025-10-01 to 20" in text
    assert {"export", "report.html"} <= {*os.listdir(tmp_path)}


def test_a_report_to_standard_output(cli: Any, exported: Path) -> None:
    """The page alone goes there, in ASCII, and shows the same."""
    done = cli("report", str(exported), "-o", "-")
    assert (0, "") == (done.code, done.err)
    assert done.out.isascii()
    assert done.out.startswith("<!doctype html>\n")
    assert "Jonas Wei&#223;" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "error", "hint"),
    [
        (("none",), 4, "there is no folder none", "Make it with: pagertree-async export -o none"),
        (("empty",), 4, "there is no file of alerts in empty", "Make one with: pagertree-async export -o empty"),
        (("torn",), 5, "torn/alerts.ndjson cannot be read: it ends in the middle", "Export it again: "),
        (
            ("empty", "--timezone", "Mars/Phobos"),
            2,
            "there is no time zone 'Mars/Phobos'",
            "Write its name, such as Europe/Berlin or UTC",
        ),
        (("empty", "--since", "soon"), 2, "since must be a date, an aware datetime or ISO 8601, not 'soon'", ""),
        (("empty", "--since", "2026-01-02", "--until", "2026-01-01"), 2, "since must be before until: ", ""),
    ],
)
def test_no_report(
    cli: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    error: str,
    hint: str,
) -> None:
    """The reason is said, and what to do about it; no file is made."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "alerts.ndjson").write_text('{"id": "a1"}\n{"id"')
    done = cli("report", *arguments, "-o", "report.html")
    assert (code, "") == (done.code, done.out)
    said, *advised = done.err.splitlines()
    assert said.startswith(f"error: {error}")
    assert [hint] == [one.removeprefix("hint: ")[: len(hint)] for one in advised] if hint else [] == advised
    assert not (tmp_path / "report.html").exists()


def test_without_its_library(cli: Any, exported: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The extra that has it is named."""
    real = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    done = cli("report", str(exported), "-o", str(tmp_path / "report.html"))
    assert 2 == done.code
    assert "error: a report needs duckdb\nhint: pip install 'pagertree-async[report]'\n" == done.err


def test_an_output_that_cannot_be_written(cli: Any, exported: Path, tmp_path: Path) -> None:
    """The file is named, with the system's reason."""
    done = cli("report", str(exported), "-o", str(tmp_path / "nowhere" / "report.html"))
    assert 1 == done.code
    assert "nowhere" in done.err
    assert done.err.endswith(": No such file or directory\n")


def test_the_output_is_asked_for(cli: Any) -> None:
    """Without ``-o`` it is wrong usage, not a page on the terminal."""
    assert 2 == cli("report", "somewhere").code


def test_the_help(cli: Any) -> None:
    """It is in the list of commands, and says what it takes and what comes first."""
    assert "Make one HTML page of charts from an export" in cli("--help").out
    told = cli("report", "--help").out
    assert all(word in told for word in ("DIR", "--output", "--timezone", "--since", "--until", "no script"))
    assert "pagertree-async export -o DIR" in " ".join(told.split())
