"""Ranges on the command line: as one comparison where the API has it, and else as an error that says what there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.sandbox import Sandbox

V4 = ("--api", "v4", "--sandbox")
V3 = ("--api", "v3", "--sandbox")
FIRST, LAST = "2025-10-01", "2025-11-01"


def created(cli: Any, *arguments: str) -> list[str]:
    """When the alerts were made that a list with these options has."""
    result = cli("alerts", "list", "--all", *arguments, "--sort", "created_at", *V4)
    assert (0, "") == (result.code, result.err)
    return [json.loads(line)["created_at"] for line in result.out.splitlines()]


@pytest.mark.parametrize(
    "conditions",
    [
        (f"created_at={FIRST}..{LAST}",),
        (f"created_at>={FIRST}", f"created_at<={LAST}"),
        (f"created_at<={LAST}", f"created_at>={FIRST}"),
    ],
)
def test_a_range_of_moments(conditions: tuple[str, ...], cli: Any, sandbox: Sandbox) -> None:
    """Both ways of writing a range give the rows between its ends, and just those."""
    every = created(cli)
    inside = [moment for moment in every if FIRST <= moment[:10] < LAST or moment == f"{LAST}T00:00:00.000Z"]
    assert 0 < len(inside) < len(every)
    assert inside == created(cli, *(word for one in conditions for word in ("--filter", one)))


def test_a_range_of_numbers(cli: Any, sandbox: Sandbox) -> None:
    """Numbers have ranges as well, and both ends are in them."""
    result = cli("alerts", "list", "--filter", "tiny_id=3..5", "--fields", "tiny_id", *V4)
    assert [3, 4, 5] == sorted(json.loads(line)["tiny_id"] for line in result.out.splitlines())


def test_an_export_has_ranges(cli: Any, sandbox: Sandbox, tmp_path: Path) -> None:
    """The filters of an export take them alike."""
    arguments = ("export", "-o", str(tmp_path), "--resource", "alerts", "--filter", "tiny_id=3..5", *V4)
    assert 0 == cli(*arguments).code
    rows = [json.loads(line) for line in (tmp_path / "alerts.ndjson").read_text("utf-8").splitlines()]
    assert [3, 4, 5] == sorted(row["tiny_id"] for row in rows)


@pytest.mark.parametrize(
    ("conditions", "error", "hint"),
    [
        (("created_at=a..b",), "--filter 'created_at': not a time: 'a'", None),
        (("created_at=2026-01-01..",), "a range has two ends", "With one, write created_at>=2026-01-01"),
        (("created_at=..2026-01-01",), "a range has two ends", "With one, write created_at<=2026-01-01"),
        (("created_at=2026-01-02..2026-01-01",), "the range of 'created_at' ends before it begins", None),
        (
            ("created_at>=2026-01-01", "created_at<2026-01-02"),
            "with a range whose ends are both in it, and nothing else",
            "Write created_at=FROM..TO, or >= and <=",
        ),
        (("created_at>=2026-01-01",) * 2, "with a range whose ends are both in it", "Write created_at=FROM..TO"),
        (("created_at>=2026-01-01",) * 3, "'created_at' is compared twice", None),
        (("title^=a", "title^=b"), "'title' is compared twice", None),
    ],
)
def test_what_is_no_range(conditions: tuple[str, ...], error: str, hint: str | None, cli: Any) -> None:
    """What the API cannot compare is refused in a line that says what it can."""
    result = cli("alerts", "list", *(word for one in conditions for word in ("--filter", one)), *V4)
    assert (2, "") == (result.code, result.out)
    assert error in result.err
    assert (hint is None) == ("hint:" not in result.err)
    assert (hint or "") in result.err


@pytest.mark.parametrize(
    ("conditions", "how", "other"),
    [
        (
            ("created_at=2026-01-01..2026-01-02",),
            "with a range",
            "--filter 'created_at>=2026-01-01' --filter 'created<=2026-01-02'",
        ),
        (("created_at=2026-01-01..",), "with a range", "--filter 'created_at>=2026-01-01' --filter 'created<=TIME'"),
        (
            ("created<=2026-01-02", "created>=2026-01-01"),
            "twice",
            "--filter 'created>=2026-01-01' --filter 'created_at<=2026-01-02'",
        ),
        (("tiny_id=3..5",), "with a range", None),
    ],
)
def test_an_api_without_ranges(conditions: tuple[str, ...], how: str, other: str | None, cli: Any) -> None:
    """Where the API compares an attribute once, that is said, and how another attribute can be given the other end."""
    result = cli("alerts", "list", *(word for one in conditions for word in ("--filter", one)), *V3)
    assert (2, "") == (result.code, result.out)
    assert f"is compared {how}; the API compares an attribute once" in result.err
    hint = result.err.splitlines()[1]
    if other is None:
        assert "hint: This API has no ranges: give one end" == hint
    else:
        assert f"hint: This API has no ranges, but created_at and created are the same moment: {other}" == hint.replace(
            "but created and created_at", "but created_at and created"
        )


@pytest.mark.parametrize(("api", "ranges"), [(V4, True), (V3, False)])
def test_the_help_says_whether_there_are_ranges(api: tuple[str, ...], ranges: bool, cli: Any) -> None:
    """Where there are none, none are promised."""
    told = " ".join(cli("alerts", "list", "--help", *api).out.split())
    assert ranges == ("FROM..TO behind a = is a range, with both its ends" in told)


def test_the_time_of_creation_is_no_filter_of_an_export(cli: Any, tmp_path: Path) -> None:
    """It has options of its own there, which are named."""
    result = cli("export", "-o", str(tmp_path / "x"), "--resource", "alerts", "--filter", "created_at>=2026-01-01", *V4)
    said = "error: --filter: there is no 'created_at' to compare\nhint: --since and --until are of the creation time\n"
    assert (2, "", said) == result


def test_two_attributes_of_one_moment_make_a_range(cli: Any, sandbox: Sandbox) -> None:
    """As the hint says: one end by the one attribute, the other by the other."""
    given = ("--filter", f"created_at>={FIRST}", "--filter", f"created<={LAST}")
    result = cli("alerts", "list", "--all", *given, "--fields", "created_at", *V3)
    found = [json.loads(line)["created_at"][:10] for line in result.out.splitlines()]
    assert found
    assert all(FIRST <= day <= LAST for day in found)


def test_dots_in_a_text_are_dots(cli: Any, sandbox: Sandbox) -> None:
    """A text has no ranges: it is compared as it is."""
    result = cli("alerts", "list", "--filter", "title=a..b", "--dry-run", *V4)
    assert (0, True) == (result.code, "title=a..b" in result.out)
