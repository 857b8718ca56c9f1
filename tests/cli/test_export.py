"""``export``: what it takes, what it shows, and how it is gone on with."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import rich.progress

from pagertree_async.cli import app, watching
from pagertree_async.export import FORMATS, Progress
from pagertree_async.export.linefile import FileSink
from tests.cli.conftest import Answers, Stream, on


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
        (("--format", "jsonl"), "there is no format 'jsonl'; did you mean 'ndjson'? There are ndjson, "),
    ],
)
def test_wrong_selections(arguments: tuple[str, ...], said: str, cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """What cannot be selected so is a usage error, and nothing is made."""
    result = cli("export", "--sandbox", "-o", str(tmp_path / "new"), *arguments)
    assert (2, True) == (result.code, result.err.startswith(f"error: {said}")), result.err
    assert not (tmp_path / "new").exists()


def test_the_help_names_every_format_without_loading_the_engine() -> None:
    """What there is to choose from is known before anything heavy is imported."""
    script = (
        "import sys\nfrom pagertree_async.cli.export import FORMATS\n"
        "print(*FORMATS)\nprint([name for name in sys.modules if name.startswith('pagertree_async.export.')])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert [" ".join(FORMATS), "['pagertree_async.export.formats']"] == told.splitlines()


def test_a_line_of_json_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody watches, a line every ten seconds tells how far it is, whether anything came in between or not."""
    assert 10.0 == watching.EVERY
    monkeypatch.setattr(watching, "EVERY", 0.01)
    with watching.watching() as told:
        told(Progress(resource="alerts", rows=200, total=300, pace=12.34))
        while capsys.readouterr().err.count("\n") < 1:
            time.sleep(0.01)
        told(Progress(resource="alerts", rows=300, total=300, done=True))
        time.sleep(0.05)
    *_, last = capsys.readouterr().err.splitlines()
    line = json.loads(last)
    assert {"alerts": 300} == line["lists"]
    assert (300, 1) == (line["total"], line["lists_done"])
    assert {"seconds", "rows", "total", "rows_a_second", "requests_a_second_at_most", "lists_done", "lists"} == set(
        line
    )
    assert [] == [thread for thread in threading.enumerate() if thread.name == "pagertree_async lines"]


def test_how_fast_it_was_since_the_last_line() -> None:
    """Rows a second are of the time since the last line, the pace is the one in force."""
    told = watching.Told()
    told._last -= 20
    told._begun -= 40
    told(Progress(resource="alerts", rows=200, total=None, pace=12.34))
    line = json.loads(told.line())
    assert (40, 200, 10, 12.3, None) == (
        line["seconds"],
        line["rows"],
        line["rows_a_second"],
        line["requests_a_second_at_most"],
        line["total"],
    )
    assert 0 == json.loads(told.line())["rows_a_second"]


def test_a_line_of_many_lists_is_short() -> None:
    """All lists of an account with a million rows each fit into a few lines of a terminal."""
    told = watching.Told()
    for number in range(15):
        told(Progress(resource=f"maintenance{number:02}", rows=1_000_000, total=2_000_000, pace=123.4))
    line = told.line()
    assert 30_000_000 == json.loads(line)["total"]
    assert len(line) < 600


def test_bars(cli: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a terminal there is a bar for each list, with rows, rate, time left and, where there is one, the pace in force."""
    shown: list[str] = []

    def spied(self: Any, task: Any, **fields: Any) -> None:
        shown.append(f"{fields['completed']} of {fields['total']}, {fields['pace']}, {fields['rate'] >= 0}")

    monkeypatch.setattr(rich.progress.Progress, "update", spied)
    monkeypatch.setattr(sys, "stderr", Stream(terminal=True))
    with watching.watching() as told:
        told(Progress(resource="alerts", rows=100, total=300, pace=None))
        told(Progress(resource="alerts", rows=200, total=300, pace=1234.5))
        told(Progress(resource="alerts", rows=290, total=300, done=True))
    assert ["100 of 300, , True", "200 of 300, at most 1,234.5 requests a second, True", "290 of 290, , True"] == shown


def test_the_summary_tells_retries_and_waits(
    cli: Any, sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside rows, pages and bytes: what was tried again, why, and how long was waited."""
    failed: list[str] = []

    class Failing:
        def token(self) -> str:
            return str(sandbox.token())

        async def app(self, scope: Any, receive: Any, send: Any) -> None:
            if len(failed) < 2:
                failed.append(scope["path"])
                await Answers(b"", 503).app(scope, receive, send)
            else:
                await sandbox.app(scope, receive, send)

    on(monkeypatch, Failing())
    result = cli("export", "--sandbox", "-o", str(tmp_path), "--resource", "teams")
    assert 0 == result.code, result.err
    assert re.fullmatch(
        r"retries: 2 \(503 2\); waited: \d+\.\d s \(retry \d+\.\d s\); warnings: 0", result.out.splitlines()[-1]
    )
    assert (
        "retries: 0; waited: 0.0 s; warnings: 0"
        == cli("export", "--sandbox", "-o", str(tmp_path), "--resource", "teams").out.splitlines()[-1]
    )


def test_a_list_that_is_forbidden(cli: Any, sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are exported, a warning says which was left out, and the code is 9; one that was named is an error."""

    class Denying:
        def token(self) -> str:
            return str(sandbox.token())

        async def app(self, scope: Any, receive: Any, send: Any) -> None:
            await (sandbox.app if scope["path"] != "/log" else Answers(b"", 403).app)(scope, receive, send)

    on(monkeypatch, Denying())
    result = cli("export", "--sandbox", "-o", str(tmp_path))
    assert (9, 12) == (result.code, len(list(tmp_path.iterdir())))
    assert result.err.startswith("warning: logs was left out: GET /log: 403")
    assert "warnings: 1\n" in result.out
    assert 3 == cli("export", "--sandbox", "-o", str(tmp_path), "--resource", "logs").code


def test_a_full_disk(cli: Any, sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said which disk is full and how to go on; with room again, that command brings exactly the rows."""
    write = FileSink.write

    def full(self: FileSink, rows: Any, window: int = 0) -> int:
        if self.path.stem == "logs":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.part))
        return write(self, rows, window)

    arguments = ("export", "--sandbox", "-o", str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(FileSink, "write", full)
        result = cli(*arguments)
    assert 8 == result.code
    assert re.search(r"error: logs could not be exported: .*No space left on device: .*logs.ndjson.part", result.err)
    assert f"hint: Go on with: pagertree-async export --output {tmp_path} --sandbox\n" in result.err
    assert 0 == cli(*arguments).code
    found = [json.loads(line)["id"] for line in (tmp_path / "logs.ndjson").read_bytes().splitlines()]
    assert sorted(one["id"] for one in sandbox._store.all("log")) == sorted(found)


def test_a_checkpoint_of_another_export(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """What an earlier export left of another format, or of another account, is wrong usage, and stays as it is."""
    arguments = ("export", "--sandbox", "-o", str(tmp_path), "--resource", "teams", "--incremental")
    assert 0 == cli(*arguments).code
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = cli(*arguments, "--format", "csv")
    said = f"error: {tmp_path}/teams.complete is of another export: format was ndjson, and is csv\n"
    assert (2, True) == (other.code, other.err.startswith(said)), other.err
    for team in sandbox._store.all("team"):
        sandbox._store.replace("team", team | {"sid": "acc_other"})
    strange = cli(*arguments)
    assert 2 == strange.code
    assert strange.err.startswith(f"error: {tmp_path}/teams.complete is of another account: of acc_")
    assert strange.err.endswith("hint: Nothing was overwritten; export to another folder\n")
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_incremental(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """The second run brings the file up to date."""
    arguments = ("export", "--sandbox", "-o", str(tmp_path), "--resource", "teams", "--incremental")
    assert 0 == cli(*arguments).code
    team = sandbox._store.all("team")[0]
    assert 0 == cli("teams", "update", team["id"], "--name", "Night owls", "--sandbox").code
    result = cli(*arguments)
    assert 0 == result.code, result.err
    found = {row["id"]: row["name"] for row in map(json.loads, (tmp_path / "teams.ndjson").read_bytes().splitlines())}
    assert ({one["id"]: one["name"] for one in sandbox._store.all("team")}, "Night owls") == (found, found[team["id"]])
    assert 2 == cli(*arguments, "--until", "2030-01-01T00:00:00Z").code


@contextmanager
def outputs(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[io.BytesIO, io.StringIO]]:
    """Standard output as bytes, and standard error."""
    out, err = io.BytesIO(), io.StringIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8"))
        patched.setattr(sys, "stderr", err)
        yield out, err


def test_standard_output(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, and nothing else, are on standard output; the summary is on standard error."""
    with outputs(monkeypatch) as (out, err):
        code = app.run(["export", "--sandbox", "-o", "-", "--resource", "teams"])
        found = [json.loads(line)["id"] for line in out.getvalue().splitlines()]
    assert (0, [one["id"] for one in sandbox._store.all("team")]) == (code, found)
    assert "teams" in err.getvalue()
    assert err.getvalue().endswith("all rows of a made-up account were written\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_standard_output_that_was_interrupted(
    number: int, code: int, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be gone on with, which is said; the code is that of the signal."""
    monkeypatch.setattr(watching, "_lines", partial(at_the_first_step, lambda: signal.raise_signal(number)))
    with outputs(monkeypatch) as (_, err):
        ended = app.run(["export", "--sandbox", "-o", "-", "--resource", "logs"])
    said = "interrupted" if number == signal.SIGINT else "terminated"
    hint = "What was written is not whole, and cannot be gone on with; an export to a folder can: -o DIR"
    assert (code, f"error: {said}\nhint: {hint}\n") == (ended, err.getvalue())


@contextmanager
def at_the_first_step(do: Any) -> Iterator[Any]:
    """Does something when the first progress is told, in the thread and loop that tell it."""
    done: list[Progress] = []

    def watch(step: Progress) -> None:
        if not done:
            done.append(step)
            do()

    yield watch


def test_standard_output_that_fails(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error says that what was written is not whole; a reader that left is no error."""

    class Failing(io.BytesIO):
        error: OSError = OSError(28, "No space left on device")

        def write(self, text: Any) -> int:
            raise self.error

    with monkeypatch.context() as patched:
        err = io.StringIO()
        patched.setattr(sys, "stdout", io.TextIOWrapper(Failing(), encoding="utf-8"))
        patched.setattr(sys, "stderr", err)
        patched.setattr(app.streams, "drop", lambda: None)
        code = app.run(["export", "--sandbox", "-o", "-", "--resource", "teams"])
        assert (
            1,
            "hint: What was written is not whole, and cannot be gone on with; an export to a folder can: -o DIR",
        ) == (
            code,
            err.getvalue().splitlines()[-1],
        )
        patched.setattr(Failing, "error", BrokenPipeError(32, "Broken pipe"))
        err.truncate(0)
        assert (0, "") == (
            app.run(["export", "--sandbox", "-o", "-", "--resource", "teams"]),
            err.getvalue().strip("\0"),
        )


def test_standard_output_in_a_pipe(tmp_path: Path) -> None:
    """What a shell would do with it."""
    command = [sys.executable, "-m", "pagertree_async", "export", "--sandbox", "-o", "-", "--resource", "users"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert 12 == len([json.loads(line)["id"] for line in done.stdout.splitlines()])
    assert done.stderr.startswith(b"RESOURCE")


@pytest.mark.parametrize("arguments", [(), ("--resource", "users", "--resource", "teams")])
def test_standard_output_takes_one_list(arguments: tuple[str, ...], cli: Any) -> None:
    """Without just one --resource it is a usage error."""
    result = cli("export", "--sandbox", "-o", "-", *arguments)
    assert (2, "error: -o - takes one list: say which with one --resource\n") == (result.code, result.err)


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_a_signal_within_the_process(
    number: int, said: str, windows: bool, cli: Any, sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal in the middle keeps what was read, also where event loops take no signal handlers, as on Windows.

    The same command goes on, and the process's own handlers are there again.
    """
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    if windows:

        def no(self: Any, *args: Any) -> Any:
            raise NotImplementedError

        monkeypatch.setattr(asyncio.SelectorEventLoop, "add_signal_handler", no)
        monkeypatch.setattr(asyncio.SelectorEventLoop, "remove_signal_handler", no)
    arguments = ("export", "--sandbox", "-o", str(tmp_path), "--at-once", "1")
    with monkeypatch.context() as patched:
        patched.setattr(watching, "_lines", partial(at_the_first_step, lambda: signal.raise_signal(number)))
        result = cli(*arguments)
    assert 8 == result.code
    assert f"error: {said}; what was read is kept\nhint: Go on with: pagertree-async export " in result.err
    assert before == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
    assert 0 == cli(*arguments).code
    assert 13 == len(list(tmp_path.iterdir()))
