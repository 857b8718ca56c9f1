"""Each exit code, reached by what really causes it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import anyio
import pytest

from pagertree_async.cli import app, exits, failures
from pagertree_async.cli.exits import Exit
from pagertree_async.errors import (
    APIError,
    ClientClosedError,
    ConnectionLostError,
    MultipleFoundError,
    PagerTreeError,
    PermissionDeniedError,
    Sent,
    ServerError,
)
from pagertree_async.sandbox import Sandbox
from tests.cli.conftest import Answers, on
from tests.rawserver import RawServer, answer, close_before_answer, hang, refusing_port


@pytest.fixture
def token(tmp_path: Path) -> str:
    """A file with a token."""
    path = tmp_path / "token"
    path.write_text("a-very-secret-token\n")
    return str(path)


def test_0_when_it_is_done(cli: Any, sandbox: Any) -> None:
    """A command that did what it was asked to ends with 0 and says nothing on standard error."""
    result = cli("teams", "list", "--sandbox")
    assert (0, "") == (result.code, result.err)


def test_1_for_what_is_unexpected(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """A folder that cannot be made is no usage error and no traceback."""
    (tmp_path / "file").write_text("")
    result = cli("export", "--sandbox", "-o", str(tmp_path / "file"))
    assert (1, f"error: {tmp_path / 'file'}: File exists\n") == (result.code, result.err)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nonsense"], "there is no command 'nonsense'"),
        (["alert", "list"], "there is no command 'alert'; did you mean 'alerts'?"),
        (["alerts", "lst"], "there is no command 'lst'; did you mean 'list'?"),
        (["alerts", "list", "--nonsense"], "no such option: --nonsense"),
        (["alerts", "show"], "missing argument 'ID'"),
        (["alerts", "create"], "missing option '--title'"),
        (["alerts", "list", "--limit", "x"], "invalid value for '--limit': 'x' is not a whole number"),
        (["alerts", "list", "--timeout", "x"], "invalid value for '--timeout': 'x' is not a number"),
        (["alerts", "list", "--limit", "0"], "--limit: at least 1"),
        (["alerts", "list", "--limit", "1", "--all"], "--all and --limit contradict each other"),
        (["alerts", "list", "-o", "xml"], "--output: 'xml' is none of table, json, ndjson, csv"),
        (["alerts", "list", "--fields", "titel"], "--fields: Alert has no 'titel'; did you mean 'title'?"),
        (["users", "list", "--fields", "password"], "--fields: 'password' is a secret and never shown"),
        (["alerts", "list", "--filter", "nonsense"], "--filter: not a comparison: 'nonsense'"),
        (["alerts", "list", "--filter", "colour=red"], "--filter: there is no 'colour' to compare"),
        (["alerts", "list", "--filter", "title=a", "--title", "b"], "--filter: 'title' is compared twice"),
        (["alerts", "list", "--filter", "created>yesterday"], "--filter 'created>yesterday': not a time: 'yesterday'"),
        (["alerts", "list", "--created-at", "yesterday"], "--created-at: not a time: 'yesterday'"),
        (["alerts", "update", "alt_1", "--null", "colour"], "--null: there is no attribute 'colour' to set"),
        (["alerts", "update", "alt_1", "--meta", "{"], "--meta: not JSON: '{'"),
        (["alerts", "show", "../x"], "not an id: '../x'"),
        (["alerts", "delete", "alt_1"], "this cannot be undone, and there is nobody to ask"),
        (["alerts", "find"], "alerts.find() finds by an attribute"),
        (["api", "DELETE", "/alert/alt_1"], "this cannot be undone, and there is nobody to ask"),
        (["api", "GET", "/alert", "-f", "nonsense"], "--field: write NAME=VALUE, not 'nonsense'"),
        (["api", "GET", "https://example.com"], "not a path below the base URL"),
        (["alerts", "list", "--profile", "x"], "--sandbox and --profile contradict each other"),
        (["export", "-o", "x", "--resource", "y"], "there is no list of 'y'"),
        (["export", "-o", "x", "--at-once", "0"], "at_once must be at least 1"),
    ],
)
def test_2_for_wrong_usage(arguments: list[str], error: str, cli: Any, sandbox: Any) -> None:
    """What cannot be meant is refused before anything is sent, in one line."""
    before = sum(sandbox.requests.values())
    result = cli(*arguments, "--sandbox") if len(arguments) > 1 else cli(*arguments)
    assert (2, "", before) == (result.code, result.out, sum(sandbox.requests.values()))
    assert result.err.startswith(f"error: {error}"), result.err
    assert len(result.err.splitlines()) <= 2
    assert all(line.startswith(("error: ", "hint: ")) for line in result.err.splitlines())


def test_2_for_an_address_that_cannot_be(cli: Any, token: str) -> None:
    """Credentials are not sent unencrypted to another machine."""
    result = cli("alerts", "list", "--token-file", token, "--base-url", "http://example.com")
    assert 2 == result.code
    assert "credentials would travel unencrypted" in result.err


def test_3_without_credentials(cli: Any) -> None:
    """Without credentials nothing is sent, and how to give them is said."""
    result = cli("alerts", "list")
    hint = "hint: pagertree-async auth login, or set PAGERTREE_API_KEY (API v4) or PAGERTREE_TOKEN (API v3); --sandbox needs none\n"
    assert (3, f"error: no credentials\n{hint}") == (result.code, result.err)


def test_3_when_they_are_refused(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that the API does not know ends with 3, and does not stand in the error."""
    with Sandbox(size=10) as sandbox:
        monkeypatch.setattr(sandbox, "token", lambda: "a-very-secret-token")
        on(monkeypatch, sandbox)
        result = cli("alerts", "list", "--sandbox", "-vv")
    assert 3 == result.code
    assert "401 unauthorized" in result.err
    assert "a-very-secret-token" not in result.err


def test_4_for_what_is_not_there(cli: Any, sandbox: Any) -> None:
    """An unknown id, a search without a result and an unknown team end with 4."""
    shown = cli("alerts", "show", "alt_none", "--sandbox")
    found = cli("teams", "find", "--name", "None", "--sandbox")
    raised = cli("trigger", "disk full", "--team", "no team", "--sandbox")
    assert (4, 4, 4) == (shown.code, found.code, raised.code)
    assert shown.err.startswith("error: GET /alert/alt_none: 404 not found")
    assert "error: none of the teams has name=None\n" == found.err
    assert raised.err.startswith("error: there is no team 'no team', neither by name nor by id\n")


def test_5_for_a_move_that_is_not_allowed(cli: Any, sandbox: Any) -> None:
    """Acknowledging an archived alert is refused by the API."""
    alert = cli(
        "alerts", "list", "--status", "archived", "--limit", "1", "--fields", "id", "-o", "csv", "--sandbox"
    ).out.split()[1]
    result = cli("alerts", "acknowledge", alert, "--sandbox")
    assert 5 == result.code
    assert "400 bad request" in result.err


def test_6_when_the_rate_is_limited(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 429 that asks to wait for longer than the call may take ends with 6."""
    with Sandbox(size=10, rate=0.001, burst=1) as sandbox:
        on(monkeypatch, sandbox)
        codes = [cli("teams", "list", "--sandbox").code, cli("teams", "list", "--sandbox").code]
    assert [0, 6] == codes


def test_7_when_nobody_is_there(cli: Any, token: str) -> None:
    """A refused connection ends with 7."""
    address = f"http://127.0.0.1:{refusing_port()}"
    result = cli("alerts", "list", "--token-file", token, "--base-url", address, "-v")
    assert 7 == result.code
    assert "Connection refused" in result.err
    assert "a-very-secret-token" not in result.err


def test_7_when_the_server_fails(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 500 to what only reads ends with 7."""
    on(monkeypatch, Answers(b"", 500))
    assert 7 == cli("alerts", "list", "--sandbox").code


def test_8_when_an_export_was_interrupted(
    cli: Any, sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in an export keeps what was read, and says how to go on, which brings the rest."""
    interrupted: list[bool] = []

    class Interrupting:
        def token(self) -> str:
            return str(sandbox.token())

        async def app(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["path"] == "/log" and not interrupted:
                interrupted.append(True)
                os.kill(os.getpid(), signal.SIGINT)
                await anyio.sleep(5)
            await sandbox.app(scope, receive, send)

    on(monkeypatch, Interrupting())
    result = cli("export", "--sandbox", "-o", str(tmp_path), "--at-once", "1")
    assert 8 == result.code
    assert ["alerts", "automations", "broadcasts", "events", "incidents", "integrations"] == sorted(
        path.stem for path in tmp_path.glob("*.ndjson")
    )
    assert f"hint: Go on with: pagertree-async export --output {tmp_path} --at-once 1 --sandbox\n" in result.err
    assert 0 == cli("export", "--sandbox", "-o", str(tmp_path), "--at-once", "1").code
    assert 13 == len(list(tmp_path.iterdir())) == len(list(tmp_path.glob("*.ndjson")))


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_an_export_of_which_nothing_is_whole(
    number: int, said: str, cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal before anything is whole can be gone on from as well."""
    on(monkeypatch, Answers(b"{}", before=lambda request: os.kill(os.getpid(), number), pause=5))
    result = cli("export", "--sandbox", "-o", str(tmp_path), "--at-once", "1", "-vv", "--resource", "users")
    assert (8, []) == (result.code, list(tmp_path.glob("*.ndjson")))
    assert f"error: {said}; what was read is kept\nhint: Go on with: pagertree-async export " in result.err
    assert "--resource users --at-once 1 --sandbox --verbose --verbose\n" in result.err


def test_9_when_a_list_ends_short(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that ends short of its total is printed, and told."""
    on(monkeypatch, Answers(b'{"data": [], "has_more": false, "total_count": 5}'))
    listed = cli("alerts", "list", "--all", "--sandbox")
    exported = cli("export", "--resource", "alerts", "--sandbox", "-o", str(tmp_path))
    assert (9, 9) == (listed.code, exported.code)
    assert listed.err.startswith("warning: alerts.list() ended after 0 of 5 rows")
    assert exported.err.startswith("warning: alerts.list() ended after 0 of 5 rows")


def test_10_when_a_write_is_ambiguous(cli: Any, token: str) -> None:
    """A create that left and got no answer ends with 10, as does one that the server failed at."""
    arguments = ("alerts", "create", "--title", "x", "--destination-ids", "tem_1", "--token-file", token, "--base-url")
    with RawServer(close_before_answer) as server:
        lost = cli(*arguments, server.url)
    with RawServer(answer(500)) as server:
        failed = cli(*arguments, server.url)
    assert (10, 10) == (lost.code, failed.code)
    assert "hint: Look whether it was applied before sending it again" in lost.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143_for_signals(number: int, code: int, token: str) -> None:
    """A command that waits ends at once with the code of its signal, in one line."""
    with RawServer(hang) as server:
        command = [
            sys.executable,
            "-m",
            "pagertree_async",
            "alerts",
            "list",
            "--token-file",
            token,
            "--base-url",
            server.url,
        ]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while not server.requests and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        _, said = process.communicate(timeout=10)
    assert (code, "error: interrupted\n" if code == 130 else "error: terminated\n") == (process.returncode, said)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_within_the_process(number: int, code: int, cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, in this process, whose own handler is there again afterwards."""
    before = signal.getsignal(signal.SIGTERM)
    on(monkeypatch, Answers(b"{}", before=lambda request: os.kill(os.getpid(), number)))
    assert (code, before) == (cli("alerts", "list", "--sandbox").code, signal.getsignal(signal.SIGTERM))


def test_a_command_in_a_thread(cli: Any, sandbox: Any) -> None:
    """Away from the main thread there are no signals to listen to; commands work all the same."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(cli("teams", "list", "--sandbox").code))
    thread.start()
    thread.join()
    assert [0] == codes


def test_an_export_in_a_thread(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """The same for an export."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(cli("export", "--sandbox", "-o", str(tmp_path)).code))
    thread.start()
    thread.join()
    assert [0] == codes


def test_an_export_that_fails_has_the_code_of_its_cause(
    cli: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The resource that could not be exported is named, what is whole is kept, the code is the cause's."""
    with Sandbox(size=10) as sandbox:

        class Denying:
            def token(self) -> str:
                return sandbox.token()

            async def app(self, scope: Any, receive: Any, send: Any) -> None:
                await (sandbox.app if scope["path"] != "/broadcast" else Answers(b"", 401).app)(scope, receive, send)

        on(monkeypatch, Denying())
        result = cli("export", "--sandbox", "-o", str(tmp_path), "--at-once", "1")
    assert 3 == result.code
    assert result.err.startswith(
        f"finished and kept in {tmp_path}: alerts, automations\nerror: broadcasts could not be exported: "
    )


def test_an_export_that_fails_at_once(cli: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nothing was finished, nothing is said of it."""
    on(monkeypatch, Answers(b"", 403))
    result = cli("export", "--sandbox", "-o", str(tmp_path))
    assert (3, True) == (result.code, result.err.startswith("error: "))


def test_debugging_shows_where_it_happened(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """``PAGERTREE_DEBUG=1`` lets the error through as it is."""
    monkeypatch.setenv("PAGERTREE_DEBUG", "1")
    with pytest.raises(PagerTreeError):
        cli("alerts", "show", "alt_none", "--sandbox")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionDeniedError(403), Exit.AUTH),
        (APIError(405), Exit.REFUSED),
        (APIError(425), Exit.UNREACHABLE),
        (MultipleFoundError("two"), Exit.REFUSED),
        (ClientClosedError("closed"), Exit.UNEXPECTED),
        (ConnectionLostError("gone", sent=Sent.MAYBE), Exit.UNREACHABLE),
        (ServerError(500), Exit.UNREACHABLE),
        (ValueError("odd"), Exit.UNEXPECTED),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (exits.Terminated(), Exit.TERMINATED),
    ],
)
def test_the_code_of_an_error(error: BaseException, code: Exit) -> None:
    """Every error has its code."""
    assert code == failures.code_of(error)


def test_the_lines_of_an_error() -> None:
    """An error is said in one line, whatever it holds, with its hint in another."""
    assert ["error: ValueError: odd thing", "hint: PAGERTREE_DEBUG=1 shows where it happened"] == failures.lines_of(
        ValueError("odd\n\x1b thing")
    )
    assert ["error: cut"] == failures.lines_of(OSError("cut"))
    assert ["error: plain"] == failures.lines_of(PagerTreeError("plain"))


def test_a_missing_library_is_named(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of the extra that is not there is no traceback but a way to install it."""
    monkeypatch.setitem(sys.modules, "rich.table", None)
    monkeypatch.setitem(sys.modules, "rich", None)
    result = cli("teams", "list", "--sandbox", "-o", "table")
    assert 2 == result.code
    assert result.err.endswith("hint: pip install 'pagertree-async[cli]'\n")


def test_an_unconfirmed_delete_sends_nothing(cli: Any, sandbox: Any) -> None:
    """On a terminal a delete is asked for; without a yes nothing is sent."""
    user = cli("users", "list", "--limit", "1", "--fields", "id", "-o", "csv", "--sandbox").out.split()[1]
    before = sum(sandbox.requests.values())
    refused = cli("users", "delete", user, "--sandbox", stdin="n\n", terminal=True)
    left = cli("users", "delete", user, "--sandbox", stdin="", terminal=True)
    sent = sum(sandbox.requests.values())
    agreed = cli("users", "delete", user, "--sandbox", stdin="y\n", terminal=True)
    assert (2, 130, before, 0) == (refused.code, left.code, sent, agreed.code)
    assert f"Delete a user: {user}?" in refused.err
    assert refused.err.endswith("error: not confirmed; nothing was sent\n")


def test_the_reader_of_the_output_may_leave(sandbox: Any) -> None:
    """``| head -1`` ends a command quietly."""
    line = f"{sys.executable} -m pagertree_async logs list --all --sandbox | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False)
    assert (0, "", 1) == (done.returncode, done.stderr, len(done.stdout.splitlines()))


def test_a_broken_pipe_within_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same, seen from within: nothing more is written to where nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert 0 == app.run(["--version"])


def test_other_warnings_are_left_alone() -> None:
    """A warning that is not of a list that ended short goes where it would go otherwise."""
    shown: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *rest: shown.append(str(message))
        with failures.warned() as told:
            warnings.warn("something else", UserWarning, stacklevel=1)
    assert ([], ["something else"]) == (told, shown)


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_a_signal_during_a_write(number: int, said: str, cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that was interrupted is told to be one that may have been applied."""
    on(monkeypatch, Answers(b"{}", before=lambda request: os.kill(os.getpid(), number)))
    result = cli("teams", "create", "--name", "x", "--sandbox")
    assert (128 + number, f"error: {said}; POST /team may have been applied\n") == (
        result.code,
        result.err.partition("hint")[0],
    )
    assert result.err.endswith("hint: Look whether it was applied before sending it again\n")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("alerts", "list", "--status", "a", "--status", "b"), "--status was given 2 times, and takes one value"),
        (("alerts", "update", "alt_1", "--title", "a", "--title=b"), "--title was given 2 times, and takes one value"),
        (
            ("accounts", "update", "acc_1", "--active", "--no-active"),
            "--active and --no-active are one switch: give one of them, once",
        ),
    ],
)
def test_an_option_given_twice(arguments: tuple[str, ...], error: str, cli: Any, sandbox: Any) -> None:
    """What would be dropped without a word is refused."""
    assert (2, f"error: {error}\n") == cli(*arguments, "--sandbox")[::2]


def test_what_may_be_given_twice(cli: Any, sandbox: Any) -> None:
    """A switch, a count and a list may be."""
    twice = ("-y", "--yes", "-v", "-v", "--sandbox", "--sandbox")
    assert 4 == cli("alerts", "delete", "alt_none", *twice).code
    assert 0 == cli("alerts", "list", "--sort", "title", "--sort", "id", "--sandbox").code


def test_a_mass_action_that_deletes_is_asked_about(cli: Any, sandbox: Any) -> None:
    """Deleting asks, whichever command does it; another action does not."""
    ids = [one["id"] for one in sandbox._store.all("alert")[:2]]
    given = ("alerts", "mass-action", "--alert-ids", ids[0], "--alert-ids", ids[1], "--sandbox", "--type")
    asked = (2, "error: this cannot be undone, and there is nobody to ask\nhint: Say --yes when it is meant\n")
    assert asked == cli(*given, "delete")[::2]
    assert 0 == cli(*given, "delete", "--dry-run").code
    body = '{"type": "delete", "alert_ids": []}'
    assert asked == cli("api", "POST", "/alert/mass-action", "--json", body, "--sandbox")[::2]
    assert 0 == cli(*given, "archive", "--dry-run").code
    before = sandbox.count("alert")
    assert (0, before - 2) == (cli(*given, "delete", "--yes").code, sandbox.count("alert"))


def test_hints_in_words_of_the_command_line() -> None:
    """What a hint says in Python is said as options."""
    error = PagerTreeError("it failed", hint="Check base_url, timeout= and HTTPS_PROXY or proxy=")
    assert ["error: it failed", "hint: Check --base-url, --timeout and HTTPS_PROXY"] == failures.lines_of(error)


def test_verbose_before_the_command(cli: Any, sandbox: Any) -> None:
    """``-v`` may stand first, as ``--api`` may; behind the command it may be a value."""
    assert "asks for GET /team?limit=30&offset=0\n" in cli("-v", "--verbose", "teams", "list", "--sandbox").err
    assert "GET /team attempt 1: 200" in cli("teams", "-v", "list", "--sandbox").err
    assert "-v" in cli("teams", "create", "--name", "-v", "--sandbox", "--dry-run").out


def test_the_help_tells_the_exit_codes(cli: Any) -> None:
    """Every exit code stands in the root's help."""
    told = " ".join(cli("--help").out.split()).partition("Exit codes: ")[2]
    assert [] == [code for code in Exit if f"{code} " not in told]


def test_ctrl_c_during_a_write_over_the_network(token: str) -> None:
    """The same of a process that waits for an answer."""
    with RawServer(hang) as server:
        words = ["teams", "create", "--name", "x", "--token-file", token, "--base-url", server.url]
        process = subprocess.Popen([sys.executable, "-m", "pagertree_async", *words], stderr=subprocess.PIPE, text=True)
        while not server.requests and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
    assert (130, "error: interrupted; POST /team may have been applied") == (process.returncode, said.splitlines()[0])


class AsItStands:
    """A transport whose close cannot be called."""

    def send(self, request: Any) -> Any:
        raise KeyboardInterrupt


def test_a_login_is_no_write() -> None:
    """Of a login that was interrupted nothing is said, and a transport without a way to close it is left alone."""
    from pagertree_async.cli.wires import Leaving
    from pagertree_async.http import Request

    leaving = Leaving(AsItStands())
    with pytest.raises(KeyboardInterrupt) as ended:
        leaving.send(Request(method="POST", url="https://x.example/public/login"))
    leaving.close()
    assert ["error: interrupted"] == failures.lines_of(ended.value)


def test_every_code_has_a_cause_in_a_test() -> None:
    """No exit code is there that no test of this file reaches by what really causes it."""
    tested = {int(code) for name in globals() if name.startswith("test_") for code in re.findall(r"_(\d+)(?=_)", name)}
    assert {int(code) for code in Exit} == tested
