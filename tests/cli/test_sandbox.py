"""``sandbox`` serves, tells how it is reached, and ends when it is told to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import sandbox as serving
from pagertree_async.sandbox import Sandbox


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A sandbox that is served, and what it printed."""
    command = [sys.executable, "-m", "pagertree_async", "sandbox", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or "curl -H" not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr and process.stderr.read()
    return process, "".join(lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_it_prints_works(number: int, tmp_path: Path) -> None:
    """The printed ways in work, in a shell and from Python; a signal ends it with 0 and without a word."""
    process, text = started("--db", str(tmp_path / "db"), "--alerts", "7")
    try:
        blocks = [dict(re.findall(r"export (\w+)=(\S+)", block)) for block in text.split("\n\n")]
        first, others = filter(None, blocks)
        root = {"PAGERTREE_BASE_URL": first.pop("PAGERTREE_BASE_URL")}
        pasted = [line for line in text.splitlines() if line.strip().startswith("export ")]
        assert [{"PAGERTREE_API_KEY"}, 2] == [first.keys(), len(pasted)]
        assert "a token, which ends in an hour" in text
        pair = ("PAGERTREE_API_KEY", "PAGERTREE_API_SECRET"), ("PAGERTREE_USERNAME", "PAGERTREE_PASSWORD")
        names = [first, *({name: others[name] for name in way} for way in (("PAGERTREE_TOKEN",), *pair))]
        command = [sys.executable, "-m", "pagertree_async", "alerts", "list", "--all"]
        for environment in names:
            done = subprocess.run(
                command, env=os.environ | root | environment, capture_output=True, text=True, check=True
            )
            assert 7 == len(done.stdout.splitlines())
        snippet = text.partition("In Python:\n")[2].partition("\n\n")[0].replace("\n  ", "\n").strip()
        python = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, check=True)
        assert "7 alerts\n" == python.stdout
    finally:
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (0, "", "") == (process.returncode, out.strip(), err)


def test_it_serves_in_this_process(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends serving, which is how it ends and not a failure."""
    served: list[int] = []

    def stop(self: Any, sockets: Any) -> None:
        served.append(len(sockets))
        raise KeyboardInterrupt

    monkeypatch.setattr("uvicorn.Server.run", stop)
    result = cli(
        "sandbox", "--port", "0", "--rate", "5", "--burst", "2", "--no-retry-after", "--seed", "3", "--size", "20"
    )
    assert (0, [1], "") == (result.code, served, result.err)
    assert "export PAGERTREE_BASE_URL=http://127.0.0.1:" in result.out


def test_it_may_end_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that just returns is an end like any other."""
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    with Sandbox(size=5) as sandbox, serving.listening("127.0.0.1", 0) as listener:
        serving.serve(sandbox, listener)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--rate", "0/s"), "rate must be above 0"),
        (("--rate", "-1"), "--rate: not a number with one of the units /s: '-1'"),
        (("--latency", "20%"), "--latency: not a number with one of the units ms, s: '20%'"),
        (("--churn", "x"), "--churn: not a number with one of the units %: 'x'"),
        (("--size", "-1"), "size and alerts must not be negative"),
        (("--host", "256.0.0.1"), "cannot listen on 256.0.0.1 port 8765"),
        (("--port", "70000"), "--port: 70000 is none; there are 0 to 65535"),
        (("--db", "/none/such/db"), "--db: /none/such/db: unable to open database file"),
    ],
)
def test_wrong_settings(arguments: tuple[str, ...], error: str, cli: Any) -> None:
    """A setting that cannot be is a usage error."""
    result = cli("sandbox", *arguments)
    assert (2, True) == (result.code, result.err.startswith(f"error: {error}")), result.err


def test_a_port_in_use(cli: Any) -> None:
    """A port that somebody else listens on is said to be so, with a way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = cli("sandbox", "--port", str(taken.getsockname()[1]))
    assert (2, True) == (result.code, result.err.endswith("hint: --port 0 takes a free port\n"))


@pytest.mark.parametrize(
    ("host", "reached"), [("0.0.0.0", "http://127.0.0.1:"), ("::", "http://[::1]:"), ("127.0.0.1", "http://127.0.0.1:")]
)
def test_the_address_that_is_told(host: str, reached: str) -> None:
    """A server that listens everywhere is reached at this machine's own address."""
    if ":" in host and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with serving.listening(host, 0) as listener:
        assert serving.address(listener).startswith(reached)


def test_the_sandbox_of_other_commands_is_chosen_by_seed_and_size(cli: Any, tmp_path: Path) -> None:
    """``export --sandbox`` takes the account's seed and size; the same seed gives the same bytes."""
    for folder in ("a", "b"):
        assert 0 == cli("export", "--sandbox", "--seed", "7", "--size", "250", "-o", str(tmp_path / folder)).code
    assert 0 == cli("export", "--sandbox", "--seed", "8", "--size", "250", "-o", str(tmp_path / "c")).code
    read = [(tmp_path / folder / "alerts.ndjson").read_bytes() for folder in ("a", "b", "c")]
    assert (True, False) == (read[0] == read[1], read[0] == read[2])


def test_threads_are_left_alone() -> None:
    """Nothing that these tests started goes on."""
    time.sleep(0.01)
    assert [] == [thread.name for thread in threading.enumerate() if thread.name.startswith("uvicorn")]


def test_listening_everywhere_is_warned_of(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that others can reach is told to be so."""
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    result = cli("sandbox", "--port", "0", "--size", "5", "--host", "0.0.0.0")
    assert "warning: listening on 0.0.0.0: who reaches this machine reaches the account\n" == result.err


def test_an_export_says_where_its_files_are(cli: Any, tmp_path: Path) -> None:
    """And that they are of a made-up account, where they are."""
    result = cli("export", "--sandbox", "--size", "20", "-o", str(tmp_path))
    assert f"the files of a made-up account are in {tmp_path}\n" == result.err
