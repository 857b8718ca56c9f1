"""The standard streams: in any encoding, closed, full, or read by somebody who leaves; with colours, and without any."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from pagertree_async.cli import app, output, streams
from pagertree_async.cli.commands import Group
from tests.cli.conftest import Answers, Stream, on

PROGRAM = [sys.executable, "-m", "pagertree_async"]
ODD = '{"id": "alt_1", "title": "Störung \u2192 \u6025 \U0001f525", "status": "open"}'
LIST = f'{{"data": [{ODD}], "has_more": false, "total_count": 1}}'.encode()


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash, in which ``pagertree-async`` is this one."""
    program = " ".join(PROGRAM)
    words = ["bash", "-o", "pipefail", "-c", f'pagertree-async() {{ {program} "$@"; }}; {line}']
    buffered = {"PYTHONUNBUFFERED": ""}  # as it is where nobody has asked for anything else
    return subprocess.run(words, capture_output=True, check=False, env=os.environ | buffered | environment, timeout=120)


class Bytes(io.TextIOWrapper):
    """A stream over bytes that can be looked at, in an encoding that cannot hold everything."""

    def __init__(self, *, terminal: bool = False, encoding: str = "ascii") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def written(self) -> bytes:
        self.flush()
        return self.buffer.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv"])
def test_a_pipe_gets_utf_8(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data in a pipe is UTF-8 whatever encoding Python was told to use, and nothing breaks half-way."""
    on(monkeypatch, Answers(LIST))
    out, err = Bytes(), Bytes()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(sys, "stdin", Stream())
    assert 0 == app.run(["alerts", "list", "--sandbox", "-o", form])
    assert "Störung \u2192 \u6025 \U0001f525" in out.written().decode()
    assert b"" == err.written()


def test_what_no_encoding_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word of the command line that is no text is told of without a traceback."""
    err = Bytes()
    monkeypatch.setattr(sys, "stdout", Bytes())
    monkeypatch.setattr(sys, "stderr", err)
    assert 2 == app.run(["alerts", "\udcff\u00e9"])
    assert err.written().decode().startswith("error: there is no command ")


def test_a_terminal_keeps_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal that cannot show a character, a question mark stands in its place."""
    on(monkeypatch, Answers(LIST))
    out = Bytes(terminal=True)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", Stream())
    assert 0 == app.run(["alerts", "list", "--sandbox"])
    assert "ascii" == out.encoding
    assert b"St?rung ? ? ?" in out.written()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "utf-16"])
def test_in_a_process_of_its_own(encoding: str) -> None:
    """The same, of the command itself: every line of a list is JSON in UTF-8."""
    done = shell("pagertree-async alerts list --all --sandbox -o table | cat", PYTHONIOENCODING=encoding)
    assert (0, b"") == (done.returncode, done.stderr)
    assert "p99 latency" in done.stdout.decode("utf-8")


def test_standard_input_is_utf_8() -> None:
    """What is read from standard input is UTF-8 as well; what is not is refused in a line."""
    given = "teams create --name x --meta @- --sandbox --dry-run"
    line = f'printf \'{{"a": "\\xc3\\xa9"}}\' | pagertree-async {given}'
    assert '"a": "é"' in shell(line, PYTHONIOENCODING="cp1252").stdout.decode()
    refused = shell("printf '\\xff' | pagertree-async teams list --token-stdin")
    assert (3, b"error: --token-stdin: standard input is not UTF-8\n") == (refused.returncode, refused.stderr)
    refused = shell(f"printf '\\xff' | pagertree-async {given}")
    assert (2, b"error: --meta: cannot be read: standard input: not UTF-8\n") == (refused.returncode, refused.stderr)


@pytest.mark.parametrize(
    ("redirected", "lines"), [(">&-", 0), ("2>&-", 2), ("<&-", 2), ("<&- >&- 2>&-", 0), ("2>/dev/full", 2)]
)
def test_streams_that_are_not_there(redirected: str, lines: int) -> None:
    """A closed stream is one that nobody looks at: the work is done all the same."""
    done = shell(f"pagertree-async teams list --sandbox --limit 2 {redirected}")
    assert (0, lines) == (done.returncode, len(done.stdout.splitlines()))
    assert b"Traceback" not in done.stderr


def test_a_disk_that_is_full() -> None:
    """Data that cannot be written is told of in a line, and by the exit code."""
    done = shell("pagertree-async teams list --sandbox --all >/dev/full")
    assert (1, b"error: No space left on device\n") == (done.returncode, done.stderr)


def test_what_is_closed_takes_nothings_place() -> None:
    """A file that is opened later does not get the number of a closed stream, and nothing is written into it."""
    done = shell("pagertree-async sandbox --port 0 --host 256.0.0.1 >&-; echo $?")
    assert (b"2\n", True) == (done.stdout, done.stderr.startswith(b"error: cannot listen on 256.0.0.1"))


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("pagertree-async logs list --all --sandbox | head -1", "0 0"),
        ("pagertree-async logs list --all --sandbox -o json | head -1", "0 0"),
        ("pagertree-async logs list --all --sandbox -o table | head -1", "0 0"),
        ("pagertree-async logs list --all -vv --sandbox 2>&1 | head -1", "0 0"),
        ("pagertree-async --help | true", "0 0"),
    ],
)
def test_whoever_reads_may_leave(line: str, codes: str) -> None:
    """``| head -1`` ends a command quietly, whatever it prints."""
    done = shell(f'{line} >/dev/null; echo "${{PIPESTATUS[@]}}"')
    assert (codes, b"") == (done.stdout.decode().strip().splitlines()[-1], done.stderr)


def test_streams_within_the_process(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """Closed streams are replaced by what takes everything and gives nothing, at the number that they would have."""
    kept = [os.dup(number) for number in range(3)]
    try:
        for number, name in enumerate(streams.NAMES):
            os.close(number)
            monkeypatch.setattr(sys, name, None)
        streams.prepare()
        assert ["", 3, 3] == [sys.stdin.read(), sys.stdout.write("out"), sys.stderr.write("err")]
        assert [0, 1, 2] == [getattr(sys, name).fileno() for name in streams.NAMES]
        sys.stdout.flush()
        monkeypatch.setattr(sys, "stdin", None)
        streams.prepare()
        assert "" == sys.stdin.read()
    finally:
        for number, handle in enumerate(kept):
            os.dup2(handle, number)
            os.close(handle)


def test_a_stream_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left in it when the process ends goes nowhere, and nothing is said of it."""
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert 1 == app.run(["--version"])
        full.write("more")


# colours -------------------------------------------------------------------------------------------------------------

STYLE = re.compile(r"\x1b\[[0-9;]*m")
EVERYTHING = (
    ("alerts", "list", "--sandbox"),
    ("users", "show", "--sandbox"),
    ("trigger", "x", "--team", "Platform", "--sandbox"),
    ("oncall", "entries", "Payments on call", "--api", "pagerduty", "--sandbox"),
    ("oncall", "now", "Payments", "--api", "pagerduty", "--sandbox"),
    ("auth", "list"),
    ("doctor", "--sandbox"),
    ("--help",),
    ("alerts", "--help"),
    ("alerts", "list", "--help"),
    ("nonsense",),
)


@pytest.mark.parametrize("arguments", EVERYTHING, ids=lambda words: " ".join(words))
def test_no_color(arguments: tuple[str, ...], cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``NO_COLOR`` there is no style at all, neither colour nor bold, whatever else is set; help included."""
    if arguments[:2] == ("users", "show"):
        arguments = ("users", "show", sandbox._store.all("user")[0]["id"], "--sandbox")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        plain = cli(*arguments, terminal=True)
        assert "\x1b" not in plain.out + plain.err
        monkeypatch.setenv(name, "1")


@pytest.mark.parametrize(
    ("environment", "terminal", "styled"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "unknown"}, True, False),
        ({"CLICOLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_when_there_is_style(
    environment: dict[str, str], terminal: bool, styled: bool, cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables that people know say whether; without them a terminal has colours and a pipe has none."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shown = cli("alerts", "list", "--sandbox", "-o", "table", terminal=terminal).out
    assert styled == output.styled(Stream(terminal=terminal)) == bool(STYLE.search(shown))


def test_forced_colours_end_no_line_with_blanks(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A coloured table in a pipe is the plain one, but for its colours."""
    asked = ("alerts", "list", "--sandbox", "-o", "table", "--all")
    plain = cli(*asked).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = cli(*asked).out
    assert plain == STYLE.sub("", coloured)
    assert plain != coloured


def test_groups_are_plain() -> None:
    """No help is drawn with markup: it would have styles of its own."""
    group: Any = app.root()
    assert isinstance(group, Group)
    assert group.rich_markup_mode is None


def test_json_is_never_styled(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program reads has no colours, even where they are forced."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    for form in ("json", "ndjson", "csv"):
        assert "\x1b" not in cli("alerts", "list", "--sandbox", "-o", form, terminal=True).out
    assert json.loads(cli("alerts", "list", "--sandbox", "-o", "json", terminal=True).out)
