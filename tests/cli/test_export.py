"""``export``: what it takes, what it shows, and how it is gone on with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import watching
from pagertree_async.export import FORMATS, Progress


def test_the_formats_of_the_command_are_those_of_the_engine() -> None:
    """The help names every format, without loading the engine."""
    from pagertree_async.cli import export

    assert FORMATS == export.FORMATS


def test_since_until_and_filter(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """Only what was created in the time given and compares as said is exported."""
    alerts = sandbox._store.all("alert")
    low, high = alerts[10]["createdAt"], alerts[-10]["createdAt"]
    arguments = ("export", "--sandbox", "-o", str(tmp_path), "--resource", "alerts", "--since", low, "--until", high)
    result = cli(*arguments, "--filter", "urgency!=low", "--filter", "status=resolved")
    assert 0 == result.code, result.err
    wanted = [
        alert["id"]
        for alert in alerts
        if low <= alert["createdAt"] < high and alert["urgency"] != "low" and alert["status"] == "resolved"
    ]
    assert wanted == [json.loads(line)["id"] for line in (tmp_path / "alerts.ndjson").read_bytes().splitlines()]
    assert wanted


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "yesterday-ish"), "--since: "),
        (("--filter", "urgency=low"), "--filter is of one list"),
        (("--resource", "alerts", "--filter", "odd=low"), "--filter: there is no 'odd' to compare"),
        (
            ("--resource", "alerts", "--filter", "urgency=low", "--filter", "urgency=high"),
            "--filter: 'urgency' is compared twice",
        ),
        (("--format", "xml"), "there is no format 'xml'; there are ndjson, "),
    ],
)
def test_wrong_selections(arguments: tuple[str, ...], said: str, cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """What cannot be selected so is a usage error, and nothing is made."""
    result = cli("export", "--sandbox", "-o", str(tmp_path / "new"), *arguments)
    assert (2, True) == (result.code, result.err.startswith(f"error: {said}")), result.err
    assert not (tmp_path / "new").exists()


def test_a_line_of_json_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody watches, a line every ten seconds tells how far it is."""
    told = watching.Told()
    told(Progress(resource="alerts", rows=100, total=300))
    assert "" == capsys.readouterr().err
    told._last -= 20
    told._begun -= 20
    told(Progress(resource="alerts", rows=200, total=300))
    assert {
        "seconds": 20,
        "rows": 200,
        "rows_a_second": 10,
        "lists": {"alerts": {"rows": 200, "total": 300, "done": False}},
    } == json.loads(capsys.readouterr().err)
