"""``sandbox`` serves, tells how it is reached, and ends when it is told to."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme

from pagertree_async import PagerTree, v4
from pagertree_async.cli import sandbox as serving
from pagertree_async.errors import NotFoundError
from pagertree_async.pagerduty import AsyncPagerDuty, PagerDuty
from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.sandbox.together import Together
from pagertree_async.transports.asgi import ASGITransport, AsyncASGITransport
from tests.modes import Mode, got


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A sandbox that is served, and what it printed."""
    command = [sys.executable, "-m", "pagertree_async", "sandbox", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or "Token token=" not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr and process.stderr.read()
    return process, "".join(lines)


def blocks(text: str) -> dict[str, dict[str, str]]:
    """The variables that each paragraph exports, by the paragraph's first words."""
    return {
        block.partition(",")[0]: dict(re.findall(r"export (\w+)=(\S+)", block)) for block in text.strip().split("\n\n")
    }


def snippet(text: str, title: str) -> str:
    """The Python below a title."""
    found = text.partition(f"{title}\n")[2].partition("\n\n")[0]
    return found.replace("\n  ", "\n").strip()


def ended(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str, str]:
    """How a sandbox ends when it gets a signal."""
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    return process.returncode, out.strip(), err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_it_prints_works(number: int, tmp_path: Path) -> None:
    """The printed ways in work, in a shell and from Python; a signal ends it with 0 and without a word."""
    process, text = started("--db", str(tmp_path / "db"), "--alerts", "7")
    try:
        found = blocks(text)
        first, others, duty = found["PagerTree"], found["Or"], found["PagerDuty"]
        root = {"PAGERTREE_BASE_URL": first.pop("PAGERTREE_BASE_URL")}
        pasted = [line for line in text.splitlines() if line.strip().startswith("export ")]
        assert [{"PAGERTREE_API_KEY"}, 7] == [first.keys(), len(pasted)]
        assert "a token, which ends in an hour" in text
        pair = ("PAGERTREE_API_KEY", "PAGERTREE_API_SECRET"), ("PAGERTREE_USERNAME", "PAGERTREE_PASSWORD")
        names = [first, *({name: others[name] for name in way} for way in (("PAGERTREE_TOKEN",), *pair))]
        for environment in names:
            done = command("alerts", "list", "--all", **root, **environment)
            assert 7 == len(done.stdout.splitlines())
        python = subprocess.run([sys.executable, "-c", snippet(text, "In Python:")], capture_output=True, text=True)
        assert ("7 alerts\n", "") == (python.stdout, python.stderr)
        people = [json.loads(line) for line in command("oncall", "now", "Payments", **duty).stdout.splitlines()]
        assert people
        for line in re.findall(r"^  (curl .*)$", text, re.MULTILINE) if shutil.which("curl") else ():
            shown = subprocess.run(["bash", "-c", f"{line} -s"], capture_output=True, text=True, check=True)
            assert 1 == len(next(iter(json.loads(shown.stdout).values())))
        assert (tmp_path / "db.pagerduty").exists()
    finally:
        how = ended(process, number)
    assert (0, "", "") == how


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of its own process that is to succeed."""
    program = [sys.executable, "-m", "pagertree_async", *words]
    return subprocess.run(program, env=os.environ | environment, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """What a sandbox printed that is served with a certificate, and the authority to believe."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "trusted.pem"))
    issued = authority.issue_cert("localhost")
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
    tls = ("--tls-cert", str(folder / "both.pem"), "--tls-key", str(folder / "both.pem"))
    process, text = started("--host", "localhost", *tls)
    yield text, str(folder / "trusted.pem")
    assert (0, "", "") == ended(process)


def test_pagerdutys_own_client(secure: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients that PagerDuty gives out need nothing but another URL: REST, events, and OAuth."""
    pagerduty = pytest.importorskip("pagerduty")
    text, trusted = secure
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    program = snippet(text, "In Python, by PagerDuty's own client:")
    python = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ("40 incidents\n", "") == (python.stdout, python.stderr)
    variables = blocks(text)["PagerDuty"]
    url = variables["PAGERDUTY_BASE_URL"]
    assert url.startswith("https://localhost:")
    with pagerduty.RestApiV2Client(variables["PAGERDUTY_API_KEY"], base_url=url) as client:
        people = client.list_all("users")
        assert people == [client.rget(person) for person in people]
        assert {"PQVRLUO"} <= {schedule["id"] for schedule in client.iter_all("schedules")}
        before = client.get_total("incidents")
        with pagerduty.EventsApiV2Client(variables["PAGERDUTY_ROUTING_KEY"], base_url=url) as events:
            key = events.trigger("disk full", "db-7", dedup_key="db-7:disk")
            events.resolve(key)
        assert before + 1 == client.get_total("incidents")
    given = re.search(r'OAuthTokenClient\("([^"]+)", "([^"]+)"', text)
    assert given is not None
    with pagerduty.OAuthTokenClient(*given.groups(), base_url=url) as tokens:
        granted = tokens.get_scoped_app_token("as_account-us.acme users.read")
    with pagerduty.RestApiV2Client(granted["access_token"], auth_type="bearer", base_url=url) as client:
        assert people == client.list_all("users")


def test_our_clients(secure: tuple[str, str], monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """Each of ours is pointed at the one address by its environment variables, in every mode."""
    text, trusted = secure
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    found = blocks(text)
    for name, value in (found["PagerTree"] | found["PagerDuty"]).items():
        monkeypatch.setenv(name, value)
    old = {"token": found["Or"]["PAGERTREE_TOKEN"], "base_url": found["PagerTree"]["PAGERTREE_BASE_URL"]}

    async def scenario() -> list[int]:
        four, duty = (v4.PagerTree(), PagerDuty()) if mode.blocking else (v4.AsyncPagerTree(), AsyncPagerDuty())
        three = mode.client(old["token"], base_url=old["base_url"])
        entries = duty.schedules.entries("PQVRLUO", "2026-11-20", "2026-11-24")
        counted = [
            await got(three.users.list().count()),
            await got(four.users.list().count()),
            await got(duty.get_total("users")),
            len((await got(entries)).entries),
        ]
        for client in (three, four, duty):
            await mode.close(client)
        return counted

    counted = mode.run(scenario)
    assert all(counted), counted
    assert counted[0] == counted[1]


def test_oncall_asks_the_one_that_is_pointed_at(secure: tuple[str, str]) -> None:
    """``oncall`` goes to PagerDuty's account by ``PAGERDUTY_*``, and to PagerTree's where that is given too."""
    text, trusted = secure
    found = blocks(text)
    duty = found["PagerDuty"] | {"SSL_CERT_FILE": trusted}
    entries = ("oncall", "entries", "Payments on call", "--since", "2026-11-20", "--until", "2026-11-24")
    rows = [json.loads(line) for line in command(*entries, **duty).stdout.splitlines()]
    assert {"PQVRLUO"} == {row["schedule"] for row in rows}
    both = duty | found["PagerTree"]
    assert rows == [json.loads(line) for line in command(*entries, "--api", "pagerduty", **both).stdout.splitlines()]
    schedule = json.loads(command("schedules", "list", "--limit", "1", **both).stdout)["id"]
    assert command("oncall", "now", schedule, **both).stdout


def test_neither_has_the_others_paths() -> None:
    """No path of one account is one of the other's; what is nobody's is answered as PagerTree does."""
    with Sandbox(size=5) as tree, PagerDutySandbox() as duty:
        own = {route.path for route in tree.app.routes} - {"/{path:path}"}
        assert [] == [path for path in own if duty.serves(path)]
        theirs = {route.path for route in duty.app.routes} - {"/{path:path}"}
        assert [] == [path for path in theirs if not duty.serves(path)]
        app = Together(tree.app, duty)
        with PagerTree(tree.token(), base_url="https://x.example", transport=ASGITransport(app)) as client:
            assert client.teams.list().count()
            with pytest.raises(NotFoundError):
                client.request("GET", "/nonsense")
        with PagerDuty(duty.api_key, transport=ASGITransport(app)) as other:
            assert other.get_total("users")
        assert (0, 1) == (duty.requests["GET *"], tree.requests["GET *"])


def test_weather_is_for_both() -> None:
    """What comes late comes late from both accounts."""
    with Sandbox(size=5) as tree, PagerDutySandbox() as duty:
        both = Together(tree.app, duty)
        assert both is tree.in_weather(app=both)
        weather = tree.in_weather(latency=0.02, app=both)

        async def scenario() -> float:
            begun = time.monotonic()
            transport = AsyncASGITransport(weather)
            async with AsyncPagerDuty(duty.api_key, transport=transport) as client:
                await client.get_total("users")
            return time.monotonic() - begun

        assert anyio.run(scenario) >= 0.02


@pytest.mark.parametrize(
    ("names", "error"),
    [
        (("--tls-cert", "{here}"), "--tls-cert and --tls-key go together"),
        (("--tls-key", "{here}"), "--tls-cert and --tls-key go together"),
        (("--tls-cert", "/none", "--tls-key", "{here}"), "--tls-cert /none with --tls-key {here}: No such file"),
        (("--tls-cert", "{here}", "--tls-key", "{here}"), "--tls-cert {here} with --tls-key {here}: "),
    ],
)
def test_certificates_that_cannot_be(names: tuple[str, ...], error: str, cli: Any) -> None:
    """What is no certificate, or lacks its key, is told before anything is served; how to make both is said."""
    result = cli("sandbox", *(name.format(here=__file__) for name in names))
    assert (2, True) == (result.code, result.err.startswith(f"error: {error.format(here=__file__)}")), result.err
    assert "go together" in error or "hint: openssl req -x509" in result.err


def test_a_database_that_only_one_can_use(cli: Any, tmp_path: Path) -> None:
    """Where PagerDuty's file is something else, neither account is opened."""
    (tmp_path / "db.pagerduty").write_text(
        "something else, which is no database at all, for a hundred bytes or more" * 9
    )
    result = cli("sandbox", "--db", str(tmp_path / "db"))
    assert (2, True) == (result.code, result.err.startswith(f"error: --db: {tmp_path / 'db'}: ")), result.err


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
        serving.serve(sandbox.app, listener)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--rate", "0/s"), "rate must be above 0"),
        (("--rate", "-1"), "--rate: '-1' is no such number; write it as in 2/s or 2\n"),
        (("--latency", "20%"), "--latency: '20%' is no such number; write it as in 2ms or 2s\n"),
        (("--latency", "20"), "--latency: '20' has no unit; write it as in 2ms or 2s\n"),
        (("--churn", "x"), "--churn: 'x' is no such number; write it as in 2%\n"),
        (("--churn", "2"), "--churn: '2' has no unit; write it as in 2%\n"),
        (("--churn", "200%"), "--churn: 200% is more than all of a page\n"),
        (("--until", "yesterday"), "--until: not a time: 'yesterday'; write 2026-03-01T09:30Z"),
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
        port = taken.getsockname()[1]
    assert (2, f"error: cannot listen on 127.0.0.1 port {port}: Address already in use") == (
        result.code,
        result.err.splitlines()[0],
    )
    assert "hint: --port NUMBER takes another port, --port 0 a free one" == result.err.splitlines()[1]


def test_a_large_account_takes_a_while(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before; that the port is taken, before that account is made."""
    monkeypatch.setattr(serving, "MANY", 1_000)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = cli("sandbox", "--alerts", "1000", "--port", str(taken.getsockname()[1]))
    said = result.err.splitlines()
    assert (2, "Making 1,000 alerts, which may take a minute or more") == (result.code, said[0])
    assert said[1].startswith("error: cannot listen on")


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("0.0.0.0", "http://127.0.0.1:"),
        ("::", "http://[::1]:"),
        ("127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "http://localhost:"),
    ],
)
def test_the_address_that_is_told(host: str, reached: str) -> None:
    """A server that listens everywhere is reached at this machine's own address."""
    if ":" in host and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with serving.listening(host, 0) as listener:
        assert serving.address(listener, host).startswith(reached)
        assert serving.address(listener, host, secure=True).startswith(reached.replace("http", "https"))


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
    assert "warning: listening on 0.0.0.0: who reaches this machine reaches the accounts\n" == result.err


def test_an_export_says_where_its_files_are(cli: Any, tmp_path: Path) -> None:
    """And that they are of a made-up account, where they are."""
    result = cli("export", "--sandbox", "--size", "20", "-o", str(tmp_path))
    assert f"the files of a made-up account are in {tmp_path}\n" == result.err
