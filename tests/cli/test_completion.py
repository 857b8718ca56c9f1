"""Completion in a shell, by the protocol that each shell's script speaks; bash itself, where it is there."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pagertree_async.cli import app
from pagertree_async.cli.app import COMPLETING

LINES = {
    "pagertree-async aler": "alerts",
    "pagertree-async alerts ack": "acknowledge",
    "pagertree-async teams list --output nd": "ndjson",
    "pagertree-async routers default-template not": "notification",
    "pagertree-async --api v4 maint": "maintenance-windows",
    "pagertree-async --api=v4 maint": "maintenance-windows",
    "pagertree-async oncall now x --api pager": "pagerduty",
    "pagertree-async teams list --transport aio": "aiohttp",
    "pagertree-async --api v4 users create --role bil": "billing",
    "pagertree-async alerts list --all-of-it": "",
    "pagertree-async nonsense x": "",
}


def asked(line: str, kind: str, monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """What a shell is answered for a line that ends where the cursor is."""
    words = line.split(" ")
    variables = {
        COMPLETING: kind,
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
        **environment,
    }
    with monkeypatch.context() as patched:
        if kind != "complete_bash":
            del variables["COMP_WORDS"], variables["COMP_CWORD"]
        for name, value in variables.items():
            patched.setenv(name, value)
        out = io.StringIO()
        patched.setattr(sys, "stdout", out)
        with pytest.raises(SystemExit) as ended:
            app.run([])
    assert ended.value.code in {0, None}, kind
    return out.getvalue()


@pytest.mark.parametrize(("line", "found"), LINES.items())
def test_bash(line: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bash gets a word a line."""
    assert found.split() == asked(line, "complete_bash", monkeypatch).split()


@pytest.mark.parametrize(("line", "found"), LINES.items())
def test_zsh(line: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zsh gets a call of ``_arguments``, with what is said of each command beside it, or of files where there is none."""
    answer = asked(line, "complete_zsh", monkeypatch)
    assert answer.startswith(f'_arguments \'*: :(("{found}"' if found else "_files")


@pytest.mark.parametrize(("line", "found"), LINES.items())
def test_fish(line: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fish gets a line for each word, a tab between it and what is said of it."""
    answer = asked(line, "complete_fish", monkeypatch, _TYPER_COMPLETE_FISH_ACTION="get-args")
    assert found == answer.rstrip("\n").partition("\t")[0]


@pytest.mark.parametrize(("line", "found"), LINES.items())
def test_powershell(line: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PowerShell gets the same with three colons between."""
    assert found == asked(line, "complete_powershell", monkeypatch).strip().partition(":::")[0]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_script_of_a_shell(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each script asks the command by the variable that is looked for here."""
    script = asked("", f"source_{shell}", monkeypatch)
    assert f"{COMPLETING}" in script
    assert f"complete_{shell}" in script


def test_a_config_file_of_the_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The API of the config file that the line names is the one whose commands are completed."""
    file = tmp_path / "v4.toml"
    file.write_text('[profiles.default]\napi_key = "key"\n')
    file.chmod(0o600)
    for given in (f"--config {file}", f"--config={file}", f"-c {file}"):
        line = f"pagertree-async {given} maint"
        assert "maintenance-windows" == asked(line, "complete_bash", monkeypatch).strip()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_itself(tmp_path: Path) -> None:
    """The script that bash is given completes a line as bash calls it."""
    program = tmp_path / "pagertree-async"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pagertree_async "$@"\n')
    program.chmod(0o755)
    lines = "; ".join(
        f"COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        f'_pagertree_async_completion pagertree-async; echo "${{COMPREPLY[*]}}"'
        for line in list(LINES)[:5]
    )
    script = f'eval "$({COMPLETING}=source_bash pagertree-async)"; {lines}'
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert (list(LINES.values())[:5], "") == (done.stdout.splitlines(), done.stderr)
